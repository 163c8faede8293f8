"""What is new between two versions of a message, by the names that people know. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from samhandling.messages.compose import values_class
from samhandling.messages.compose.about import fields_of

ABOUT_THE_VERSION = frozenset({"status", "change", "cancel_reason", "answers"})
"""Fields that tell of the version itself."""


def changed(message_type: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Bokmål titles of the fields that say something else than before, in the order of the form.

    An empty field and one that is not there say the same. Raises LookupError for a type that we do not write.
    """
    return tuple(_changed(message_type, before, after))


def _changed(message_type: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for field in fields_of(values_class(message_type)):
        if field.name not in ABOUT_THE_VERSION and _plain(before.get(field.name)) != _plain(after.get(field.name)):
            yield field.about.title


def _plain(value: Any) -> Any:
    """The value without what says nothing."""
    if isinstance(value, Mapping):
        return {name: plain for name, each in value.items() if (plain := _plain(each)) is not None} or None
    if isinstance(value, (list, tuple)):
        return [plain for each in value if (plain := _plain(each)) is not None] or None
    if isinstance(value, str):
        return " ".join(value.split()) or None
    return value
