"""Code lists as data, with their OIDs.

A list is named by its number (`"9121"`) or its OID, with or without a trailing version part. A value that is not in
our tables is never an error (HIS 80415 3.3.2): `text` gives None, `known` gives False.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from samhandling.errors import SamhandlingError
from samhandling.messages.codes import (
    care,
    dialogue,
    header,
    languages,
    logistics,
    medication,
    parties,
    receipt,
    services,
    translations,
)
from samhandling.messages.codes.listing import CLASSIFICATIONS, OID_PREFIX, REPLACED, CodeList, list_number

__all__ = [
    "CLASSIFICATIONS",
    "OID_PREFIX",
    "REPLACED",
    "CodeList",
    "Coded",
    "UnknownCodeError",
    "coded",
    "find_list",
    "known",
    "list_number",
    "surely_unknown",
    "text",
    "withdrawn",
]

LISTS: Mapping[str, CodeList] = {
    code_list.number: code_list
    for module in (header, parties, receipt, services, logistics, dialogue, care, medication, languages)
    for code_list in module.LISTS
}

_TRANSLATIONS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "nn": translations.NYNORSK,
    "en": translations.ENGLISH,
}


class UnknownCodeError(SamhandlingError):
    """A document of ours was to carry a value that its code list does not have (SEND-36, SEND-38)."""

    code = "message.unknown_code"


class Coded(NamedTuple):
    """A value with its text and the OID of its list: what the attributes V, DN and S get."""

    V: str
    DN: str
    S: str


def find_list(oid_or_number: str) -> CodeList | None:
    """The list of that number or OID; None when we do not have it."""
    return LISTS.get(list_number(oid_or_number))


def text(oid_or_number: str, value: str, lang: str = "nb") -> str | None:
    """The text of a value in `lang` (nb, nn, en), else in bokmål; None when the list or the value is unknown."""
    number = list_number(oid_or_number)
    found = LISTS.get(number)
    if found is None:
        return None
    return _TRANSLATIONS.get(lang, {}).get(number, {}).get(value) or found.values.get(value)


def known(oid_or_number: str, value: str) -> bool:
    """Whether our table has the value; False also for a list we do not have."""
    found = LISTS.get(list_number(oid_or_number))
    return found is not None and value in found.values


def surely_unknown(oid_or_number: str, value: str) -> bool:
    """Whether the value is wrong as far as we can tell: we hold the whole list, and it is not there."""
    found = LISTS.get(list_number(oid_or_number))
    return found is not None and not found.partial and value not in found.values


def withdrawn(oid_or_number: str, value: str) -> bool:
    """Whether the value, or its whole list, may still be met but is not to be written any more."""
    number = list_number(oid_or_number)
    found = LISTS.get(number)
    return number in REPLACED or (found is not None and value in found.withdrawn)


def coded(oid_or_number: str, value: str) -> Coded:
    """Value, text and OID for a document of ours. Raises UnknownCodeError rather than write a code without text."""
    found = LISTS.get(list_number(oid_or_number))
    name = found.values.get(value) if found else None
    if found is None or name is None:
        raise UnknownCodeError(f"list {list_number(oid_or_number)}")
    return Coded(value, name, found.oid)
