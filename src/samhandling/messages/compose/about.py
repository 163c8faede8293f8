"""What a value says of itself: title, help, code list. Schemas, reading and checks are all made from it.

A field of a frozen dataclass is written `family_name: Annotated[str, About("Etternavn", required=True)]`.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args, get_origin

Form = Literal["text", "line", "phone", "her_id", "person_number", "uuid", "token"]
Kind = Literal["text", "flag", "whole", "number", "day", "instant", "when", "bytes", "object", "choice", "texts"]


@dataclass(frozen=True)
class About:
    """What a person or a program that fills in a field must know. Texts are bokmål."""

    title: str
    help: str = ""
    required: bool = False
    # Numbers of the code lists that the value is taken from.
    lists: tuple[str, ...] = ()
    # The only codes of the lists that we send; empty: all that are not withdrawn.
    only: tuple[str, ...] = ()
    # What is written is more than text: a telephone number, an identifier.
    form: Form = "text"
    example: Any = None
    # (List, code) of the heading that the text stands under in the document.
    heading: tuple[str, str] | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Field:
    """One field of a value, as its annotation says."""

    name: str
    about: About
    kind: Kind
    many: bool = False
    # The values that may stand here, when kind is "object".
    classes: tuple[type, ...] = ()
    # The words of a Literal.
    choices: tuple[str, ...] = ()
    default: Any = None


_known: dict[type, tuple[Field, ...]] = {}


def fields_of(cls: type) -> tuple[Field, ...]:
    """The fields of a value that people fill in, in the order they are asked for; those without About are not."""
    found = _known.get(cls)
    if found is None:
        found = _known[cls] = _fields(cls)
    return found


def _fields(cls: type) -> tuple[Field, ...]:
    hints = typing.get_type_hints(cls, include_extras=True)
    defaults = _defaults(cls)
    return tuple(
        _field(name, hint, defaults.get(name))
        for name, hint in hints.items()
        if get_origin(hint) is Annotated and any(isinstance(mark, About) for mark in hint.__metadata__)
    )


def _defaults(cls: type) -> dict[str, Any]:
    if hasattr(cls, "_field_defaults"):
        return dict(cls._field_defaults)
    found: dict[str, Any] = {}
    for field in dataclass_fields(cls):
        if field.default is not MISSING:
            found[field.name] = field.default
        elif field.default_factory is not MISSING:
            found[field.name] = field.default_factory()
    return found


_SIMPLE: Mapping[Any, Kind] = {
    str: "text",
    bool: "flag",
    int: "whole",
    float: "number",
    date: "day",
    datetime: "instant",
    bytes: "bytes",
}


def _field(name: str, hint: Any, default: Any) -> Field:
    about = next(mark for mark in hint.__metadata__ if isinstance(mark, About))
    inner, many = get_args(hint)[0], False
    if get_origin(inner) is tuple:
        inner, many = get_args(inner)[0], True
    options = [option for option in _options(inner) if option is not type(None)]
    if set(options) == {date, datetime}:
        return Field(name, about, "when", many, default=default)
    if get_origin(options[0]) is Literal:
        return Field(name, about, "choice", many, choices=get_args(options[0]), default=default)
    if get_origin(options[0]) in (Mapping, dict):
        return Field(name, about, "texts", default={})
    if options[0] in _SIMPLE:
        nothing = "" if options[0] is str else None
        return Field(name, about, _SIMPLE[options[0]], many, default=nothing if default is None else default)
    # A pair may stand for a named pair; only the named one is described.
    classes = tuple(option for option in options if isinstance(option, type) and get_origin(option) is None)
    return Field(name, about, "object", many, classes=classes, default=default)


def _options(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) in (typing.Union, types.UnionType):
        return get_args(hint)
    return (hint,)
