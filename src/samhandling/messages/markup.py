"""Marked-up text (XHTML) in messages: what of it may be shown, as safe HTML and as plain lines (message-header 9).

What comes from outside is rebuilt from a list of allowed names, never filtered: no attribute of the sender survives but
the spans of table cells, and no name that is not in the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from lxml import etree

from samhandling.messages.facts.tree import Element, local, namespace

XHTML = "http://www.w3.org/1999/xhtml"
_WEB = frozenset({XHTML, "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", ""})

TEXT = frozenset(
    [
        "abbr",
        "acronym",
        "address",
        "blockquote",
        "br",
        "cite",
        "code",
        "dfn",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "kbd",
        "p",
        "pre",
        "q",
        "samp",
        "span",
        "strong",
        "var",
    ]
)
LISTS = frozenset(["dl", "dt", "dd", "ol", "ul", "li"])
PRESENTATION = frozenset(["b", "big", "hr", "i", "small", "sub", "sup", "tt"])
TABLES = frozenset(["caption", "table", "td", "th", "tr"])
ALLOWED = TEXT | LISTS | PRESENTATION | TABLES
"""The modules of HISD 1155: what we take and show."""

WRITTEN = frozenset(["h1", "h2", "h3", "p", "em", "b", "i", "table", "tr", "td", "br", "pre", "hr", "div"])
"""The smaller set of HISD 1165, and the wrapper: what we write."""

# Parts of tables outside the module; their content belongs to the table all the same.
_TABLE_PARTS = frozenset({"tbody", "thead", "tfoot"})
# Gone with all that is in them: nothing there is text for a reader.
_GONE = frozenset(
    [
        "script",
        "style",
        "link",
        "meta",
        "base",
        "head",
        "title",
        "object",
        "embed",
        "applet",
        "iframe",
        "frame",
        "frameset",
        "noscript",
        "template",
        "svg",
        "math",
        "audio",
        "video",
        "canvas",
        "img",
        "image",
        "map",
        "area",
        "input",
        "button",
        "select",
        "textarea",
        "form",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "dt",
        "dd",
        "hr",
        "table",
        "ul",
        "ol",
        "dl",
        "caption",
        "address",
    ]
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
# Names that HTML 5 no longer has, and what stands for them.
_TODAY = {"acronym": "abbr", "big": "span", "tt": "code"}
_MOST_SPAN = 100
_LONGEST_FRAGMENT = 200_000


class Markup(NamedTuple):
    """Safe HTML, and the names of what had to be left out."""

    html: str
    dropped: frozenset[str]


def is_marked_up(element: Element) -> bool:
    """Whether an element holds XHTML beside or instead of plain text."""
    return any(namespace(item) == XHTML for item in element)


def safe(element: Element) -> Markup:
    """The content of an element as HTML that may stand in our pages."""
    parts: list[str] = []
    dropped: set[str] = set()
    for event, item in _events(element):
        name = local(item)
        if item is element:
            if event == "start":
                parts.append(_loose(item.text))
        elif event == "gone":
            dropped.add(name or "comment")
            parts.append(escape(item.tail or ""))
        elif event == "start":
            dropped.update(_refused(item, name))
            parts.append(_opening(item, name))
            parts.append(escape(item.text or ""))
        else:
            parts.append(_closing(name))
            parts.append(_loose(item.tail) if item.getparent() is element else escape(item.tail or ""))
    return Markup("".join(parts), frozenset(dropped))


def _loose(text: str | None) -> str:
    """Text beside the markup keeps its line breaks, as plain text does."""
    return escape(text or "").strip("\n").replace("\n", "<br>") if (text or "").strip() else ""


def _refused(element: Element, name: str) -> Iterator[str]:
    if name not in ALLOWED and name not in _TABLE_PARTS:
        yield name
    for attribute in element.attrib:
        found = str(attribute).rpartition("}")[2].lower()
        if found == "style" or found.startswith("on") or found in ("href", "src"):
            yield f"@{found}"


def _opening(element: Element, name: str) -> str:
    if name in _HEADINGS:
        # Headings of the sender have no place in the outline of our page.
        return "<p><strong>"
    if name not in ALLOWED:
        return ""
    if name in _CELLS:
        return f"<{name}{_span(element, 'colspan')}{_span(element, 'rowspan')}>"
    return f"<{_TODAY.get(name, name)}>"


def _closing(name: str) -> str:
    if name in _HEADINGS:
        return "</strong></p>"
    if name not in ALLOWED or name in ("br", "hr"):
        return ""
    return f"</{_TODAY.get(name, name)}>"


def _span(element: Element, attribute: str) -> str:
    value = (element.get(attribute) or "").strip()
    return f' {attribute}="{value}"' if value.isascii() and value.isdigit() and 0 < int(value[:4]) <= _MOST_SPAN else ""


def plain(element: Element) -> str:
    """Marked-up text as lines: nothing of the markup survives, nothing of the text is lost."""
    parts: list[str] = []
    for event, item in _events(element):
        name = local(item)
        inside = item is not element
        if event == "gone":
            parts.append((item.tail or "").replace("\n", " "))
        elif event == "start":
            parts.append("\n" if name in _BLOCKS and inside else _before_cell(item, name))
            keeps = not inside or name == "pre"
            parts.append((item.text or "") if keeps else (item.text or "").replace("\n", " "))
        elif inside:
            parts.append("\n" if name in _BLOCKS else "")
            parts.append((item.tail or "") if item.getparent() is element else (item.tail or "").replace("\n", " "))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _events(element: Element) -> Iterator[tuple[str, Element]]:
    """Start and end of each element, without recursion since depth comes from outside; `gone` for what is left out."""
    stack: list[tuple[Element, bool]] = [(element, False)]
    while stack:
        item, done = stack.pop()
        if done:
            yield "end", item
        elif item is not element and _is_gone(item):
            yield "gone", item
        else:
            yield "start", item
            stack.append((item, True))
            stack.extend((sub, False) for sub in reversed(item))


def _before_cell(element: Element, name: str) -> str:
    """A bar between the cells of a row, so that an empty one moves no value into another column."""
    return "" if name not in _CELLS or element.getprevious() is None else " | "


def _is_gone(element: Element) -> bool:
    """Comments, and what may carry code or pictures; elements of the standards may bear the same names."""
    name = local(element)
    return not name or (name.lower() in _GONE and namespace(element) in _WEB)


def escaped_fragment(text: str) -> Element | None:
    """A plain string that is nothing but one escaped fragment of allowed XHTML (RECV-23), parsed; else None.

    The PLO standards know plain text only, but some senders write markup there. It is taken as markup only when
    everything in it is allowed: any doubt, and the text is shown as written.
    """
    squeezed = text.strip()
    if not (squeezed.startswith("<") and squeezed.endswith(">")) or len(squeezed) > _LONGEST_FRAGMENT:
        return None
    if "<!" in squeezed or "<?" in squeezed:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        found = etree.fromstring(f'<text xmlns="{XHTML}">{squeezed}</text>', parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return found if all(_is_allowed(item) for item in _below(found)) else None


def _is_allowed(element: Element) -> bool:
    name = local(element)
    return namespace(element) == XHTML and (name in ALLOWED or name in _TABLE_PARTS) and not element.attrib


def _below(element: Element) -> Iterable[Element]:
    return (item for item in element.iter() if item is not element)
