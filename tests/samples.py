"""The sample data of docs/data, and the messages that are built from them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from lxml import etree

from samhandling.messages import compose
from samhandling.messages.compose.about import fields_of
from samhandling.messages.compose.care_values import CareValues
from samhandling.messages.compose.parts import clean

FOLDER = Path(__file__).parents[1] / "docs" / "data"
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


def type_of(name: str) -> str:
    """The message type that a sample is for."""
    return name.partition("-")[0]


def all_samples() -> list[tuple[str, str]]:
    """Every sample in every version that its type is written in."""
    return [(name, version) for name in NAMES for version in compose.versions_of(type_of(name))]


def data(name: str, **changes: Any) -> dict[str, Any]:
    """A sample with fields changed; a field that becomes None is left out."""
    found = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    found.update(copy.deepcopy(changes))
    return {key: value for key, value in found.items() if value is not None}


def built(name: str, version: str | None = None, **changes: Any) -> compose.Composed:
    """What a sample becomes; component ids count from 1."""
    code = type_of(name)
    version = version or compose.versions_of(code)[-1]
    values, errors = compose.from_data(code, data(name, **changes), now=NOW, version=version)
    assert values is not None, errors
    numbers = count(1)
    return compose.compose(
        code, version, values, new_id=lambda: f"00000000-0000-4000-8000-{next(numbers):012}", test=True
    )


def tree(composed: compose.Composed) -> etree._Element:
    assert composed.errors == ()
    return etree.fromstring(composed.data)


def texts(values: Any, *, head_only: bool = False) -> Iterator[str]:
    """Every free text in values, as it should stand in the document; with `head_only` those of the common head."""
    head = {field.name for field in fields_of(CareValues)}
    for field in fields_of(type(values)):
        value = getattr(values, field.name)
        if field.name == "local_id" or (head_only and field.name not in head):
            continue
        if field.kind == "texts":
            yield from (clean(text) for text in value.values())
            continue
        for one in value if field.many else (value,):
            if one is None or one == "":
                continue
            if field.kind == "object":
                yield from texts(one)
            elif field.kind == "text" and not field.about.lists and field.about.form in ("text", "line"):
                yield clean(one)
