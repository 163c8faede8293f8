"""What can be wrong with a document, with stable codes, and where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Protocol, overload

import msgspec
from lxml import etree

# The tree at the edges of the engine.
Tree = etree._Element
Severity = Literal["error", "warning", "note"]


class Element(Protocol):
    """What the engine uses of an lxml element; the stubs of lxml allow bytes where a parsed tree never has any."""

    @property
    def tag(self) -> str: ...
    @property
    def text(self) -> str | None: ...
    @property
    def tail(self) -> str | None: ...
    @property
    def nsmap(self) -> Mapping[str | None, str]: ...
    @property
    def sourceline(self) -> int | None: ...
    def items(self) -> list[tuple[str, str]]: ...
    def keys(self) -> list[str]: ...
    def getparent(self) -> Element | None: ...
    def itersiblings(self, *, preceding: bool = False) -> Iterator[Element]: ...
    def __iter__(self) -> Iterator[Element]: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int) -> Element: ...
    @overload
    def __getitem__(self, index: slice) -> list[Element]: ...


class Problem(msgspec.Struct, frozen=True, gc=False):
    """One finding: `path` is `/MsgHead/MsgInfo/Patient/Ident[2]/Id` (attributes `…/@V`), `line` counts from 1.

    `text` is plain bokmål and holds nothing of the document but names of elements and attributes.
    """

    code: str
    severity: Severity
    path: str
    line: int | None
    text: str


def local_name(tag: str) -> str:
    """`{namespace}name` without its namespace."""
    return tag.rpartition("}")[2]


def namespace_of(tag: str) -> str:
    """The namespace of `{namespace}name`; "" if none."""
    return tag.rpartition("}")[0][1:]


def path_of(element: Element, attribute: str = "") -> str:
    """Path of local names, with [n] where the parent has several children of that name."""
    steps: list[str] = []
    node: Element | None = element
    while node is not None:
        name = local_name(node.tag)
        parent = node.getparent()
        if parent is not None:
            number, several = 1, False
            for sibling in node.itersiblings(preceding=True):
                if isinstance(sibling.tag, str) and local_name(sibling.tag) == name:
                    number, several = number + 1, True
            several = several or any(
                isinstance(sibling.tag, str) and local_name(sibling.tag) == name for sibling in node.itersiblings()
            )
            steps.append(f"{name}[{number}]" if several else name)
        else:
            steps.append(name)
        node = parent
    return "/" + "/".join(reversed(steps)) + (f"/@{local_name(attribute)}" if attribute else "")


def problem(code: str, element: Element, text: str, *, attribute: str = "", severity: Severity = "error") -> Problem:
    """A finding at an element or one of its attributes."""
    return Problem(code, severity, path_of(element, attribute), element.sourceline, text)
