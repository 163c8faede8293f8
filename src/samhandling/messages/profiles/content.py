"""Small readers that the rules of several profiles share."""

from __future__ import annotations

from samhandling.messages.codes import list_number
from samhandling.messages.facts import Facts
from samhandling.messages.facts.tree import Element, attribute, child, children

CANCELLATION = "C"


def headings(payload: Element | None) -> set[tuple[str, str]]:
    """(list, code) of every heading in the payload."""
    if payload is None:
        return set()
    return {
        (list_number(element.get("S") or ""), (element.get("V") or "").strip())
        for element in payload.iter("{*}Overskriftskode")
    }


def has_any(payload: Element | None, *names: str) -> bool:
    """Whether the payload has one of the elements directly below it."""
    return any(child(payload, name) is not None for name in names)


def is_full(facts: Facts) -> bool:
    """Whether the message tells something: a cancellation need only be valid (HISD 1154)."""
    return facts.status != CANCELLATION


def content_lists(payload: Element | None) -> str:
    """The list that TypeInnhold names; "" when it names none."""
    return list_number(attribute(payload, "S", "TypeInnholdIMelding", "TypeInnhold"))


def answers_request(payload: Element | None) -> bool:
    """SvarPaaForesporsel is true."""
    answer = child(payload, "InformasjonOmForsendelsen", "SvarPaaForesporsel")
    return answer is not None and (answer.text or "").strip() in ("true", "1")


def each(payload: Element | None, *path: str) -> list[Element]:
    """Every element along the path, whatever repeats on the way."""
    found = [payload] if payload is not None else []
    for name in path:
        found = [below for element in found for below in children(element, name)]
    return found
