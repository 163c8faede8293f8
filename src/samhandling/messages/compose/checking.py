"""What is missing or wrong in values, said at the field, before any document is made of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from samhandling.identity.organisations import valid_her_id
from samhandling.identity.persons import normal_person_number
from samhandling.messages import codes
from samhandling.messages.compose.about import Field, Form, fields_of
from samhandling.messages.compose.parts import clean

LONGEST_TEXT = 100_000
"""Characters in one field. No nurse writes more, and no receiver's screen takes more."""
LONGEST_LINE = 250
MOST_ITEMS = 500
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2199, 12, 31)

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PHONE = re.compile(r"(?:tel:)?[+]?[0-9][0-9 /.()\-]*")


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field. The text is bokmål and holds nothing of the content."""

    # As in the data: `medicines[2].name`; "" when it concerns the whole message.
    path: str
    # Stable: field.required, field.code, field.format, field.range, field.type, field.unknown, field.conflict, or the
    # code of a profile finding.
    code: str
    text: str


def missing(path: str, text: str) -> FieldError:
    """Something mandatory is not there."""
    return FieldError(path, "field.required", text)


def conflict(path: str, text: str) -> FieldError:
    """Two fields do not go together."""
    return FieldError(path, "field.conflict", text)


def empty(value: Any) -> bool:
    """Whether a value says nothing: no text but blanks, no items, nothing."""
    if isinstance(value, str):
        return not clean(value)
    return value is None or (not isinstance(value, (bool, int, float)) and not value)


def check(values: Any, path: str = "", *, only: type | None = None, also: tuple[str, ...] = ()) -> Iterator[FieldError]:
    """Every field against what its annotation says, in the order of the form.

    With `only` the fields of that class and those that `also` names, which are required then.
    """
    head = {field.name for field in fields_of(only)} if only else None
    for field in fields_of(type(values)):
        if head is not None and field.name not in head and field.name not in also:
            continue
        value = getattr(values, field.name)
        where = f"{path}.{field.name}" if path else field.name
        if empty(value):
            if field.about.required or field.name in also:
                yield missing(where, f"{field.about.title} mangler.")
        elif field.many:
            yield from _items(field, value, where)
        else:
            yield from _one(field, value, where)


def _items(field: Field, values: tuple[Any, ...], where: str) -> Iterator[FieldError]:
    if len(values) > MOST_ITEMS:
        yield FieldError(where, "field.range", f"{field.about.title}: flere enn {MOST_ITEMS}.")
        return
    for number, value in enumerate(values):
        if empty(value):
            yield missing(f"{where}[{number}]", f"{field.about.title} mangler.")
        else:
            yield from _one(field, value, f"{where}[{number}]")


def _one(field: Field, value: Any, where: str) -> Iterator[FieldError]:
    if field.kind == "object":
        if isinstance(value, field.classes):
            yield from check(value, where)
        elif isinstance(value, tuple):
            yield from check(field.classes[0](*value), where)
        else:
            yield FieldError(where, "field.type", f"{field.about.title} er av feil slag.")
        return
    if field.kind == "texts":
        yield from _texts(field, value, where)
        return
    wrong = _CHECKS[field.kind](field, value)
    if wrong:
        code, text = wrong
        yield FieldError(where, code, f"{field.about.title} {text}")


def _texts(field: Field, value: Mapping[str, str], where: str) -> Iterator[FieldError]:
    for key, text in value.items():
        if field.about.lists and key not in allowed(field.about.lists, field.about.only):
            yield FieldError(f"{where}.{key}", "field.code", f"{field.about.title}: koden finnes ikke i kodeverket.")
        if len(text) > LONGEST_TEXT:
            yield FieldError(f"{where}.{key}", "field.range", f"{field.about.title} er for lang.")


Wrong = tuple[str, str] | None


def _text(field: Field, value: str) -> Wrong:
    cleaned = clean(value)
    if field.about.lists:
        if value not in allowed(field.about.lists, field.about.only):
            return "field.code", "har en kode som ikke finnes i kodeverket."
        return None
    return _FORMS[field.about.form](cleaned)


def _free(text: str) -> Wrong:
    return ("field.range", f"er lengre enn {LONGEST_TEXT} tegn.") if len(text) > LONGEST_TEXT else None


def _line(text: str) -> Wrong:
    if "\n" in text:
        return "field.format", "skal stå på én linje."
    return ("field.range", f"er lengre enn {LONGEST_LINE} tegn.") if len(text) > LONGEST_LINE else None


def _token(text: str) -> Wrong:
    if not re.fullmatch(r"[0-9A-Za-zÆØÅæøå .,/()*+_:\-]{1,80}", text):
        return "field.format", "er ikke skrevet som forventet."
    return None


def _phone(text: str) -> Wrong:
    if not _PHONE.fullmatch(text) or len(text) > 40:
        return "field.format", "er ikke et telefonnummer."
    return None


def _her_id(text: str) -> Wrong:
    return None if valid_her_id(text) else ("field.format", "er ikke en HER-id.")


def _person_number(text: str) -> Wrong:
    if not re.fullmatch(r"[0-9A-Za-z]{1,40}", normal_person_number(text)):
        return "field.format", "er ikke skrevet som forventet."
    return None


def _uuid(text: str) -> Wrong:
    return None if _UUID.fullmatch(text) else ("field.format", "er ikke en UUID.")


_FORMS: Mapping[Form, Callable[[str], Wrong]] = {
    "text": _free,
    "line": _line,
    "token": _token,
    "phone": _phone,
    "her_id": _her_id,
    "person_number": _person_number,
    "uuid": _uuid,
}


def _in_range(field: Field, value: float) -> Wrong:
    least, most = field.about.least, field.about.most
    if value != value or (least is not None and value < least) or (most is not None and value > most):
        return "field.range", "er utenfor det som er mulig."
    return None


def _day(field: Field, value: date) -> Wrong:
    on = value.date() if isinstance(value, datetime) else value
    if not FIRST_DAY <= on <= LAST_DAY:
        return "field.range", "er utenfor det som er mulig."
    if isinstance(value, datetime) and value.tzinfo is None:
        return "field.format", "mangler tidssone."
    return None


def _choice(field: Field, value: str) -> Wrong:
    return None if value in field.choices else ("field.code", "er ikke et av valgene.")


def _fine(field: Field, value: Any) -> Wrong:
    return None


_CHECKS: Mapping[str, Callable[[Field, Any], Wrong]] = {
    "text": _text,
    "flag": _fine,
    "whole": _in_range,
    "number": _in_range,
    "day": _day,
    "instant": _day,
    "when": _day,
    "bytes": _fine,
    "choice": _choice,
}


@cache
def allowed(lists: tuple[str, ...], only: tuple[str, ...] = ()) -> Mapping[str, str]:
    """The codes of the lists that we send, with their texts: none that is withdrawn."""
    found: dict[str, str] = {}
    for number in lists:
        known = codes.find_list(number)
        if known is None:
            raise LookupError(f"code list {number}")
        found.update({v: name for v, name in known.values.items() if v not in known.withdrawn})
    return {value: found[value] for value in only} if only else found
