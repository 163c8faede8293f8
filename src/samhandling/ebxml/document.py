"""The SOAP part as a tree, safely: bounded, no DOCTYPE, no entities, no network; nothing is dropped from it.

Other than `messages.engine` this keeps comments and processing instructions: a signature is over the document as it
came, and the test mark is a comment.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from lxml import etree

from samhandling.messages.engine.parse import has_doctype

Tree = etree._Element

MOST_BYTES = 2_000_000
"""An envelope is some kilobytes; this leaves room for hundreds of references."""
MOST_ELEMENTS = 20_000
MOST_DEPTH = 60

_parsers = threading.local()
_too_deep = etree.XPath("boolean(" + "/*" * (MOST_DEPTH + 1) + ")")
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*[\"']([^\"']*)[\"']([^>]*)\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._\-]*)[\"']")


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of the bytes: a tree, or why there is none."""

    tree: Tree | None
    fault: str = ""
    """`empty`, `too_large`, `doctype`, `too_deep`, `version`, `encoding`, `not_xml`; "" when there is a tree."""
    declared: bool = False
    """Whether it begins with an XML declaration."""
    encoding: str = ""
    """As declared, lower case; "" when nothing is said (then it is UTF-8)."""


def declared_encoding(data: bytes) -> str:
    """The encoding that the XML declaration names, lower case; "" without one."""
    head = _DECLARATION.match(data[:400])
    named = _ENCODING.search(head[2]) if head else None
    return named[1].decode("ascii").lower() if named else ""


def open_document(data: bytes, *, most_bytes: int = MOST_BYTES, most_elements: int = MOST_ELEMENTS) -> Opened:
    """Parse an envelope or an agreement; never raises for what is in the bytes."""
    if not data.strip():
        return Opened(None, "empty")
    if len(data) > most_bytes or data.count(b"<") > 2 * most_elements:
        return Opened(None, "too_large")
    if has_doctype(data):
        return Opened(None, "doctype")
    head = _DECLARATION.match(data[:400])
    encoding = declared_encoding(data)
    if head is not None and head[1] != b"1.0":
        return Opened(None, "version", True, encoding)
    try:
        tree = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        return Opened(None, _fault(error, data, encoding), head is not None, encoding)
    if tree.getroottree().docinfo.internalDTD is not None:
        return Opened(None, "doctype")
    if any(isinstance(after, etree._ProcessingInstruction) for after in tree.itersiblings()):
        return Opened(None, "not_xml", head is not None, encoding)  # SOAP 1.1 forbids it, and copies lose its place
    if _too_deep(tree):
        return Opened(None, "too_deep", head is not None, encoding)
    return Opened(tree, "", head is not None, encoding)


def _fault(error: Exception, data: bytes, encoding: str) -> str:
    """Whether it is the encoding that is wrong, the depth, or anything else."""
    if "depth" in str(error):
        return "too_deep"
    try:
        data.decode(encoding or "utf-8")
    except (LookupError, ValueError):
        return "encoding"
    return "not_xml"


def _parser() -> etree.XMLParser:
    """One parser per thread."""
    made: etree.XMLParser | None = getattr(_parsers, "made", None)
    if made is None:
        made = _parsers.made = etree.XMLParser(
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            dtd_validation=False,
            attribute_defaults=False,
            remove_comments=False,
            remove_pis=False,
            strip_cdata=False,
            huge_tree=False,
            collect_ids=False,
        )
    return made
