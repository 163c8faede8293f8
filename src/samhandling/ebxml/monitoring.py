"""Monitoring of message versions (HITS 1210, section 11.1): eb:Description as JSON, eb:Schema of the payload."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from samhandling.messages import catalogue

SYSTEM = "MSH-system"
VERSION = "MSH-versjon"


@dataclass(frozen=True, slots=True)
class Product:
    """What the Description names: the message handler, and optionally the record system and what stands between."""

    name: str = "Samhandling"
    version: str = "0"
    others: dict[str, str] = field(default_factory=dict)
    """`fagsystem`, `fagsystem-versjon`, `mellomvare`, `mellomvare-versjon`: each name with its version."""


def description(product: Product) -> str:
    """One line of JSON for eb:Description."""
    named = {SYSTEM: product.name, VERSION: product.version, **product.others}
    return json.dumps(named, ensure_ascii=False, separators=(",", ":"))


def faults_of(text: str) -> tuple[str, ...]:
    """Rules that a Description breaks: ids of `rules.RULES`. Text that is no JSON object is `monitoring_json`."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return ("monitoring_json",)
    if not isinstance(said, dict):
        return ("monitoring_json",)
    found = []
    for key, missing, empty in (
        (SYSTEM, "monitoring_system_missing", "monitoring_system_empty"),
        (VERSION, "monitoring_version_missing", "monitoring_version_empty"),
    ):
        if key not in said:
            found.append(missing)
        elif not isinstance(said[key], str) or not said[key].strip():
            found.append(empty)
    return tuple(found)


def versions() -> dict[str, str]:
    """Namespace of each business document that we know, to the version of its standard."""
    return {kind.namespace: kind.version for kind in catalogue.all_types()}


def schema_faults(location: str, version: str, action: str) -> tuple[str, ...]:
    """Rules that an eb:Schema breaks beside the service and action of its message."""
    if not location:
        return ("monitoring_schema_empty",)
    found = []
    if not version or not version.replace(".", "").isdigit():
        found.append("monitoring_schema_version_invalid")
    known = versions().get(location)
    if known is None:
        found.append("monitoring_schema_unknown")
        return tuple(found)
    if not found and known != version:
        found.append("monitoring_schema_version")
    codes = {kind.code for kind in catalogue.all_types() if kind.namespace == location}
    if action not in codes:
        found.append("monitoring_schema_action")
    return tuple(found)
