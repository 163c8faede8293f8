"""What stands in the payload: status, events, discharge, responsible persons and units, attachments, unknown codes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from samhandling.messages import catalogue, codes
from samhandling.messages.codes.elements import lists_of
from samhandling.messages.facts.tree import (
    Element,
    attribute,
    child,
    children,
    code,
    local,
    moment,
    namespace,
    raw_text,
    text,
)
from samhandling.messages.facts.values import Discharge, Event, UnknownCode

SURE_LISTS = frozenset({"Hendelsekode", "TypeId", "UtTil", "Uttilstand", "RoleToPatient"})
"""Elements that take no other lists than those our table names."""

_MOST_UNKNOWN = 100
_LONGEST_CODE = 120

LOGISTICS_ELEMENTS = frozenset(
    {
        "MeldingInnlagtPasient",
        "MeldingUtskrivningsklarPasient",
        "AvmeldingUtskrivningsklarPasient",
        "MeldingOmUtskrevetPasient",
        "OrienteringOmDod",
    }
)


def payload_of(root: Element) -> Element | None:
    """The first element inside the Content of the first Document that is not an attachment.

    In a document that is torn apart: the first payload root of ours, wherever it stands.
    """
    for document in children(root, "Document"):
        content = child(document, "RefDoc", "Content")
        if content is not None:
            for element in content:
                if local(element) and local(element) != "Base64Container":
                    return element
    for element in root.iter("{*}*"):
        found = catalogue.format_of(namespace(element))
        if found and found.wrapped and local(element) == found.root:
            return element
    return None


def events(parent: Element | None) -> tuple[Event, ...]:
    """Every TidsfestetHendelse below, in document order."""
    if parent is None:
        return ()
    return tuple(
        Event(
            code=attribute(found, "V", "Hendelsekode"),
            text=attribute(found, "DN", "Hendelsekode"),
            at=moment(attribute(found, "V", "TidspunktForHendelse")),
            estimate=_boolean(text(found, "Anslag")),
            description=raw_text(found, "BeskrivelseAvHendelse"),
            remark=raw_text(found, "Merknad"),
            place=text(found, "StedForHendelse", "StedHendelse"),
        )
        for found in parent.iter("{*}TidsfestetHendelse")
    )


def _boolean(written: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(written)


def chosen_element(payload: Element | None) -> Element | None:
    """The one of the five logistics elements that the document has."""
    if payload is None or local(payload) != "Pasientlogistikk":
        return None
    return next((element for element in payload if local(element) in LOGISTICS_ELEMENTS), None)


def discharge(chosen: Element | None) -> Discharge | None:
    """UtskrevetTil of MeldingOmUtskrevetPasient."""
    to = child(chosen, "UtskrevetTil")
    if to is None:
        return None
    return Discharge(code(to, "UtTil"), code(to, "Uttilstand"), raw_text(to, "Merknad"))


def unknown_codes(root: Element) -> tuple[UnknownCode, ...]:
    """Coded values that cannot be right as far as our tables know (RECV-47: shown, never rejected); 100 at most."""
    return tuple(islice(_unknown_codes(root), _MOST_UNKNOWN))


def _unknown_codes(root: Element) -> Iterator[UnknownCode]:
    for element in root.iter("{*}*"):
        value = element.get("V")
        if value is None:
            continue
        parent = element.getparent()
        name = local(element)
        # No code is that long, and what comes from outside must not fill the cache.
        asked = (local(parent) if parent is not None else "", name, value.strip(), element.get("S") or "")
        wrong = _wrong_list(*(part[:_LONGEST_CODE] for part in asked))
        if wrong:
            yield UnknownCode(name, wrong, value)


@lru_cache(maxsize=4096)
def _wrong_list(parent: str, name: str, value: str, written: str) -> str:
    """The list that does not have the value, or the OID that the element does not take; "" when nothing is wrong."""
    expected = lists_of(parent, name)
    if not value or not (written or expected):
        return ""
    if not written:
        return expected[0] if all(codes.surely_unknown(number, value) for number in expected) else ""
    number = codes.list_number(written)
    if codes.find_list(number):
        return number if codes.surely_unknown(number, value) else ""
    # An OID of a list that we do not hold proves nothing, except where we know which lists may stand there.
    return written if expected and name in SURE_LISTS else ""
