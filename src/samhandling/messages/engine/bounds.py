"""Keeping large documents bounded: what the parser would only notice when the memory is gone.

A tree takes some hundred bytes for the four bytes of `<a/>`, so elements and attributes are counted before it is made.
An attachment of 40 MB is one text and costs nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any, cast

from lxml import etree

from samhandling.messages.engine.problems import Tree

# libxml2 keeps to this depth itself, except when it is told to take long texts.
MOST_DEPTH = 256
# Encodings whose signs of XML are bytes of ASCII, or pairs with one.
_COUNTABLE = ("utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-", "windows-125")
_LONG_STRETCH = re.compile(rb"<[^<]{400000,}+")


_PIECE = 1_000_000


class _TooManyError(Exception):
    pass


class _Counter:
    """A target for the parser that counts instead of building a tree."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def start(self, tag: str, attributes: Mapping[str, str], prefixes: Mapping[str, str] | None = None) -> None:
        """A tag and what stands in it."""
        self.left -= 1 + len(attributes) + len(prefixes or ())
        if self.left < 0:
            raise _TooManyError

    def close(self) -> None:
        """Nothing is made."""


def is_countable(encoding: str) -> bool:
    """Whether a document that says this of its encoding ("": UTF-8) can be counted before it is parsed."""
    return not encoding or encoding.lower().startswith(_COUNTABLE)


def may_hold_more(data: bytes, limit: int) -> bool:
    """Whether the bytes could hold more elements and attributes than the limit: quick, and never wrong about no."""
    return data.count(b"<") - data.count(b"</") + data.count(b"=") > limit


def holds_more(data: bytes, limit: int) -> bool:
    """Whether a document has more elements and attributes than the limit, as far as it is well-formed.

    A stretch without `<` is one tag with the text behind it; with more equals signs than the limit it is taken for a
    tag with too many attributes, because to know better would take the memory that is to be spared.
    """
    for stretch in _LONG_STRETCH.finditer(data):
        if data.count(b"=", *stretch.span()) > limit:
            return True
    counter = _Counter(limit)
    # The stubs want every event of a target; what it has no method for is skipped.
    target = cast(Any, counter)
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, huge_tree=True)
    with contextlib.suppress(_TooManyError, etree.XMLSyntaxError):
        # In pieces, so that it ends soon after the limit.
        for at in range(0, len(data), _PIECE):
            parser.feed(data[at : at + _PIECE])
    return counter.left < 0


def is_too_deep(tree: Tree) -> bool:
    """Whether elements lie deeper inside each other than a reader of trees can follow."""
    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            depth += 1
            if depth > MOST_DEPTH:
                return True
        else:
            depth -= 1
    return False
