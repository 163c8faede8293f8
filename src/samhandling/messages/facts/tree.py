"""Small readers over an lxml tree, by local name.

By local name because the same structures stand in the namespaces of the header, of felleskomponent1 and of each
payload, and because a document that is only partly right must still be answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from lxml import etree

from samhandling.clock.oslo import UnreadableTimeError, day, parse_xml_time
from samhandling.messages.facts.values import Code, Moment

Element = etree._Element


def local(element: Element) -> str:
    """The name without its namespace; "" for comments and processing instructions."""
    return _split(element.tag)[1]


def namespace(element: Element) -> str:
    return _split(element.tag)[0]


# A name of any real standard is far shorter; longer ones come from outside and must not fill the cache.
_LONGEST_TAG = 200


def _split(tag: object) -> tuple[str, str]:
    # Comments and processing instructions have a function where elements have their name.
    if not isinstance(tag, str):
        return "", ""
    return _split_cached(tag) if len(tag) < _LONGEST_TAG else _split_text(tag)


def _split_text(tag: str) -> tuple[str, str]:
    uri, _, name = tag.rpartition("}")
    return uri[1:], name


_split_cached = lru_cache(maxsize=4096)(_split_text)


def children(parent: Element | None, name: str) -> Iterator[Element]:
    """The child elements of that name, in order."""
    if parent is not None:
        for element in parent:
            if _split(element.tag)[1] == name:
                yield element


def child(parent: Element | None, *path: str) -> Element | None:
    """The first element along the path of local names."""
    found = parent
    for name in path:
        if found is None:
            return None
        for element in found:
            if _split(element.tag)[1] == name:
                found = element
                break
        else:
            return None
    return found


def anywhere(root: Element, name: str) -> Element | None:
    """The first element of that name wherever it stands: what is left of a document that is not well-formed."""
    return next(root.iter("{*}" + name), None)


def text(parent: Element | None, *path: str) -> str:
    """The text of the first element along the path, without surrounding blanks."""
    return raw_text(parent, *path).strip()


def raw_text(parent: Element | None, *path: str) -> str:
    """The text exactly as written; comments and processing instructions inside it are skipped."""
    found = child(parent, *path)
    if found is None:
        return ""
    if len(found) == 0:
        return found.text or ""
    return (found.text or "") + "".join(part.tail or "" for part in found)


def attribute(parent: Element | None, name: str, *path: str) -> str:
    """An attribute of the first element along the path, without surrounding blanks."""
    found = child(parent, *path)
    return (found.get(name) or "").strip() if found is not None else ""


def code(parent: Element | None, *path: str) -> Code:
    """A coded value; an empty Code when the element is missing."""
    return code_of(child(parent, *path))


def code_of(element: Element | None) -> Code:
    if element is None:
        return Code()
    return Code(
        value=(element.get("V") or "").strip(),
        name=(element.get("DN") or "").strip(),
        oid=(element.get("S") or "").strip(),
        other=(element.get("OT") or "").strip(),
    )


def moment(raw: str) -> Moment:
    """What a date or time in XML means (message-header 5.3); a year or a mere time of day is kept as written."""
    try:
        reading = parse_xml_time(raw)
    except UnreadableTimeError:
        return Moment(raw=raw)
    on = day(reading.instant)
    if reading.date_only:
        # A date is the day it names, whatever zone stands behind it.
        return Moment(raw=raw, day=date.fromisoformat(raw.strip()[:10]))
    return Moment(raw=raw, instant=reading.instant, day=on, ambiguous=reading.ambiguous)
