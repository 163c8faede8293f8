"""Small readers over an lxml tree, by local name.

By local name because the same structures stand in the namespaces of the header, of felleskomponent1 and of each
payload, and because a document that is only partly right must still be answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lxml import etree

from samhandling.clock.oslo import UnreadableTimeError, day, parse_xml_time
from samhandling.messages.facts.values import Code, Moment

Element = etree._Element


class _Names(dict[object, tuple[str, str]]):
    """Tag -> (namespace, local name), remembered; the walks ask some hundred times per document."""

    def __missing__(self, tag: object) -> tuple[str, str]:
        # Comments and processing instructions have a function where elements have their name.
        if not isinstance(tag, str):
            return "", ""
        uri, _, name = tag.rpartition("}")
        found = (uri[1:], name)
        # Names from outside must not fill the memory.
        if len(tag) < 200 and len(self) < 4096:
            self[tag] = found
        return found


_NAMES = _Names()


def local(element: Element) -> str:
    """The name without its namespace; "" for comments and processing instructions."""
    return _NAMES[element.tag][1]


def namespace(element: Element) -> str:
    """The namespace of the name; "" for none."""
    return _NAMES[element.tag][0]


def children(parent: Element | None, name: str) -> Iterator[Element]:
    """The child elements of that name, in order."""
    return iter(()) if parent is None else parent.iterchildren("{*}" + name)


def child(parent: Element | None, *path: str) -> Element | None:
    """The first element along the path of local names."""
    found = parent
    for name in path:
        if found is None:
            return None
        found = next(found.iterchildren("{*}" + name), None)
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
    """The coded value in the attributes of an element; an empty Code for None."""
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
