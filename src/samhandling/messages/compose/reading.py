"""Values from data as JSON and TOML give it, and back: every fault is told at its field, and none is passed over."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from samhandling.clock.oslo import OSLO, UnreadableTimeError, parse_xml_time
from samhandling.messages.compose.about import Field, Kind, fields_of
from samhandling.messages.compose.checking import FieldError, empty

Values = TypeVar("Values")


class _WrongError(Exception):
    """The value is not of the kind the field takes; the text says what it takes."""


def read_values(cls: type[Values], data: object, **fixed: Any) -> tuple[Values | None, tuple[FieldError, ...]]:
    """The values that `data` holds; None with the errors when something in it cannot be read.

    `fixed`: what the data does not tell, because the caller has chosen it.
    A field that is not there gets its default, or nothing: what is mandatory is for `checking.check` to say.
    Times without a zone are Norwegian local time.
    """
    errors: list[FieldError] = []
    values = _object(cls, data, "", errors, **fixed)
    return (None if errors else cast(Values, values)), tuple(errors)


def _object(cls: type, data: object, path: str, errors: list[FieldError], **fixed: Any) -> Any:
    if not isinstance(data, Mapping):
        errors.append(FieldError(path, "field.type", "Her skal det stå flere felt, som et objekt."))
        return None
    known = {field.name: field for field in fields_of(cls)}
    for name in data:
        if name not in known:
            errors.append(FieldError(_below(path, _shown(name)), "field.unknown", "Feltet finnes ikke."))
    given: dict[str, Any] = dict(fixed)
    for name, field in known.items():
        if data.get(name) is not None:
            given[name] = _field(field, data[name], _below(path, name), errors)
        elif field.default is None or field.default == "":
            given[name] = () if field.many else field.default
    return cls(**given)


def _shown(name: object) -> str:
    """A name that is not ours may be anything."""
    return str(name)[:60] if isinstance(name, str) and name.isidentifier() else "?"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _field(field: Field, value: object, path: str, errors: list[FieldError]) -> Any:
    if not field.many:
        return _one(field, value, path, errors)
    if not isinstance(value, (list, tuple)):
        errors.append(FieldError(path, "field.type", f"{field.about.title} skal være en liste."))
        return ()
    return tuple(_one(field, item, f"{path}[{number}]", errors) for number, item in enumerate(value))


def _one(field: Field, value: object, path: str, errors: list[FieldError]) -> Any:
    if field.kind == "object":
        return _object(_fitting(field.classes, value), value, path, errors)
    try:
        return _READERS[field.kind](value)
    except _WrongError as wrong:
        errors.append(FieldError(path, "field.type", f"{field.about.title} skal være {wrong}."))
        return None


def _fitting(classes: tuple[type, ...], value: object) -> type:
    """The class that knows the names in the data."""
    if not isinstance(value, Mapping):
        return classes[0]
    return max(classes, key=lambda cls: len({field.name for field in fields_of(cls)} & set(value)))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _WrongError("tekst")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongError("true eller false")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or value in _ENDLESS:
        raise _WrongError("et heltall")
    if int(value) != value:
        raise _WrongError("et heltall")
    return int(value)


_ENDLESS = (float("inf"), float("-inf"))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _WrongError("et tall")
    try:
        found = float(value)
    except OverflowError as error:
        raise _WrongError("et tall") from error
    if found != found or found in _ENDLESS:
        raise _WrongError("et tall")
    return found


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _WrongError("en dato, som 2026-11-21")


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=OSLO).astimezone(UTC)
    try:
        if isinstance(value, str):
            found = parse_xml_time(value.replace("t", "T").replace("z", "Z").replace(" ", "T"))
            if not found.date_only:
                return found.instant
    except UnreadableTimeError:
        pass
    raise _WrongError("dato og klokkeslett, som 2026-11-21T14:05:00")


def _when(value: object) -> date | datetime:
    try:
        return _day(value)
    except _WrongError:
        return _instant(value)


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode("".join(_text(value).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _WrongError("base64") from error


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise _WrongError("et objekt med tekster")
    return dict(value)


_READERS: Mapping[Kind, Callable[[object], Any]] = {
    "text": _text,
    "choice": _text,
    "flag": _flag,
    "whole": _whole,
    "number": _number,
    "day": _day,
    "instant": _instant,
    "when": _when,
    "bytes": _bytes,
    "texts": _texts,
}


def to_data(values: object) -> dict[str, Any]:
    """The data that the values are read from: what a draft keeps. Fields that say nothing are left out."""
    found: dict[str, Any] = {}
    for field in fields_of(type(values)):
        value = getattr(values, field.name)
        if value == field.default or empty(value):
            continue
        found[field.name] = [_datum(field, one) for one in value] if field.many else _datum(field, value)
    return found


def _datum(field: Field, value: Any) -> Any:
    if field.kind == "object":
        return to_data(value if isinstance(value, field.classes) else field.classes[0](*value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return dict(value) if isinstance(value, Mapping) else value
