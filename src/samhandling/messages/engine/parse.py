"""From bytes to a tree, safely: no DOCTYPE, no entities, no network, bounded in size, depth and number of elements."""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Iterable
from typing import cast

import msgspec
from lxml import etree

from samhandling.messages.engine.bounds import holds_more, is_countable, is_too_deep, may_hold_more
from samhandling.messages.engine.problems import Problem, Tree


class Limits(msgspec.Struct, frozen=True):
    """How much the engine takes: bytes, elements (and attributes), depth of nesting, and findings per document.

    One text may be as long as the document: attachments are.
    """

    bytes: int = 60_000_000
    elements: int = 100_000
    depth: int = 60
    problems: int = 100


class Parsed(msgspec.Struct, frozen=True):
    """The tree, if there is one to read; `recovered` when the document is not well-formed and this is what is left."""

    tree: Tree | None
    problems: tuple[Problem, ...]
    recovered: bool = False


# libxml2 keeps texts under 10 million bytes unless told otherwise; attachments may be larger. What else it then gives
# up (depth, the growth of entities) is bounded here: there are no entities, and `bounds` looks at the rest.
_HUGE = 9_000_000
# Below this no document can hold so many elements that counting them pays.
_COUNT_FROM = 400_000
_parsers = threading.local()
_BLANK = re.compile(rb"[ \t\r\n\x00]*+").fullmatch
_PROLOG = re.compile(rb"(?:[ \t\r\n]+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_USUAL = re.compile(rb"<\?xml version=[\"']1\.0[\"'] encoding=[\"'](?:UTF|utf)-8[\"']").match
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._\-]*)[\"']")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Documents without a byte order mark that are no ASCII all the same show it in their first bytes.
_WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_TWO_OR_FOUR = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def parse(data: bytes, limits: Limits) -> Parsed:
    """Read the bytes of one document; never raises for what is in them."""
    if _BLANK(data):
        return _refused("xml.empty", "Filen er tom.")
    if len(data) > limits.bytes:
        return _refused("xml.too_large", f"Dokumentet er større enn {limits.bytes // 1_000_000} MB.")
    if has_doctype(data):
        return _refused_doctype()
    large = len(data) > _COUNT_FROM
    crowded = large and may_hold_more(data, limits.elements)
    if large and not is_countable(_encoding_of(data)):
        return _refused("xml.encoding_unknown", "Et dokument av denne størrelsen må være i UTF-8 eller ISO-8859-1.")
    if crowded and holds_more(data, limits.elements):
        text = f"Dokumentet har flere enn {limits.elements} elementer og attributter."
        return _refused("xml.too_many_elements", text)
    huge = len(data) > _HUGE
    parser = _parser(huge=huge, recover=False)
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        # What comes after the fault has not been counted, so a crowded document is not read further.
        return _not_well_formed(data, parser, recover=not crowded)
    if tree.getroottree().docinfo.internalDTD is not None:
        return _refused_doctype()
    if huge and is_too_deep(tree):
        return _refused("xml.too_deep", "Elementene ligger for dypt inni hverandre.")
    return Parsed(tree, tuple(_encoding_warnings(data)))


def has_doctype(data: bytes) -> bool:
    """Whether a document type stands before the root, in UTF-8, ISO-8859, UTF-16 or UTF-32."""
    if not data.startswith(b"<?xml") and not data.startswith(b"<M"):
        for mark, encoding in (*_BOMS, *_WIDE):
            if data.startswith(mark) and encoding != "utf-8":
                if not any("<!DOCTYPE".encode(codec) in data for codec in _TWO_OR_FOUR):
                    return False
                data = data.decode(encoding, errors="replace").encode("utf-8", errors="replace")
                break
    if b"<!DOCTYPE" not in data:
        return False
    data = data.removeprefix(codecs.BOM_UTF8)
    prolog = _PROLOG.match(data)
    return prolog is not None and data.startswith(b"<!DOCTYPE", prolog.end())


def _parser(*, huge: bool, recover: bool) -> etree.XMLParser:
    """One parser of each kind per thread; comments and processing instructions are left out of the tree."""
    parsers: dict[tuple[bool, bool], etree.XMLParser] | None = getattr(_parsers, "made", None)
    if parsers is None:
        parsers = _parsers.made = {}
    parser = parsers.get((huge, recover))
    if parser is None:
        parser = parsers[huge, recover] = etree.XMLParser(
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            dtd_validation=False,
            attribute_defaults=False,
            remove_comments=True,
            remove_pis=True,
            huge_tree=huge,
            recover=recover,
        )
    return parser


def _refused(code: str, text: str, line: int | None = None) -> Parsed:
    return Parsed(None, (Problem(code, "error", "", line, text),))


def _refused_doctype() -> Parsed:
    return _refused("xml.doctype", "Dokumentet har en dokumenttype (DOCTYPE). Den kan skjule angrep og godtas aldri.")


def _not_well_formed(data: bytes, parser: etree.XMLParser, *, recover: bool) -> Parsed:
    found = _explain(data, parser)
    tree: Tree | None = None
    if recover:
        try:
            tree = etree.fromstring(data, _parser(huge=len(data) > _HUGE, recover=True))
        except etree.XMLSyntaxError:
            tree = None
    if tree is not None and tree.getroottree().docinfo.internalDTD is not None:
        tree = None
    if tree is not None and len(data) > _HUGE and is_too_deep(tree):
        tree = None
    if tree is not None:
        # An entity nobody declared stands as a node of its own in what is left; readers expect elements only.
        etree.strip_elements(tree, etree.Entity, with_tail=False)
    return Parsed(tree, (found,), recovered=tree is not None)


# Names of libxml2's errors -> what to say of them.
_EXPLAINED = {
    "ERR_TAG_NAME_MISMATCH": "Et element avsluttes med feil navn.",
    "ERR_TAG_NOT_FINISHED": "Dokumentet slutter før alle elementer er avsluttet.",
    "ERR_GT_REQUIRED": "Et element mangler «>».",
    "ERR_LT_IN_ATTRIBUTE": "«<» står i en attributtverdi; det skal skrives &lt;.",
    "ERR_NAME_REQUIRED": "«<» eller «&» står i tekst; de skal skrives &lt; og &amp;.",
    "ERR_ENTITYREF_SEMICOL_MISSING": "«&» står i tekst; det skal skrives &amp;.",
    "ERR_ENTITYREF_NO_NAME": "«&» står i tekst; det skal skrives &amp;.",
    "ERR_UNDECLARED_ENTITY": "Dokumentet bruker en entitet som ikke finnes.",
    "WAR_UNDECLARED_ENTITY": "Dokumentet bruker en entitet som ikke finnes.",
    "ERR_ATTRIBUTE_REDEFINED": "Et attributt er gitt to ganger på samme element.",
    "ERR_ATTRIBUTE_WITHOUT_VALUE": "Et attributt mangler verdi.",
    "ERR_ATTRIBUTE_NOT_STARTED": "En attributtverdi mangler anførselstegn.",
    "ERR_INVALID_CHAR": "Dokumentet har et tegn som XML ikke tillater.",
    "ERR_INVALID_CHARREF": "Dokumentet viser til et tegn som XML ikke tillater.",
    "ERR_DOCUMENT_END": "Det står noe etter rotelementet.",
    "ERR_RESERVED_XML_NAME": "XML-deklarasjonen (<?xml …?>) må stå aller først.",
    "ERR_DOCUMENT_EMPTY": "Filen er ikke XML.",
    "ERR_COMMENT_NOT_FINISHED": "En kommentar er ikke avsluttet.",
    "ERR_HYPHEN_IN_COMMENT": "«--» står inne i en kommentar.",
    "ERR_CDATA_NOT_FINISHED": "En CDATA-del er ikke avsluttet.",
    "ERR_PI_NOT_FINISHED": "En prosessinstruksjon er ikke avsluttet.",
    "ERR_SPACE_REQUIRED": "Det mangler et mellomrom mellom attributter.",
    "NS_ERR_ATTRIBUTE_REDEFINED": "Et attributt er gitt to ganger på samme element.",
    "NS_ERR_QNAME": "Et navn har mer enn ett kolon.",
    "NS_ERR_UNDEFINED_NAMESPACE": "Et prefiks er brukt uten at navnerommet er oppgitt.",
}


def _explain(data: bytes, parser: etree.XMLParser) -> Problem:
    """Our code and words for what stopped the parser; nothing of the document is repeated."""
    entries = list(cast("Iterable[etree._LogEntry]", parser.error_log))
    name, message, line = (entries[0].type_name, entries[0].message, entries[0].line) if entries else ("", "", 0)
    declared = declared_encoding(data)
    if b"\x00" in data[:4096] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        code, text = "xml.nul", "Dokumentet har NUL-byter; det er ikke XML i et tegnsett som støttes."
    elif name in {"ERR_UNSUPPORTED_ENCODING", "ERR_UNKNOWN_ENCODING"}:
        code, text = "xml.encoding_unknown", "Dokumentet oppgir et tegnsett som ikke støttes."
    elif name in {"ERR_INVALID_ENCODING", "I18N_CONV_FAILED", "I18N_CONV_OUTPUT"} or _wide(declared):
        code = "xml.encoding_mismatch"
        text = f"Tegnsettet stemmer ikke: dokumentet sier {declared or 'UTF-8'}, men bytene er noe annet."
    elif "depth" in message:
        code, text = "xml.too_deep", "Elementene ligger for dypt inni hverandre."
    elif name in {"ERR_RESOURCE_LIMIT", "ERR_NAME_TOO_LONG", "ERR_ENTITY_LOOP"}:
        code, text = "xml.too_large", "Dokumentet har en tekst eller et navn som er større enn vi tar imot."
    else:
        reason = _EXPLAINED.get(name, "Dokumentet følger ikke reglene for XML.")
        code, text = "xml.not_well_formed", f"Ikke velformet XML. {reason}"
    return Problem(code, "error", "", line or None, text)


def _wide(declared: str) -> bool:
    """Whether the encoding is one of two or four bytes: a declaration read as ASCII then contradicts itself."""
    return declared.lower().startswith(("utf-16", "utf-32", "ucs-", "iso-10646-ucs"))


def declared_encoding(data: bytes) -> str:
    """The encoding of the XML declaration, as written; "" if none."""
    found = _DECLARED.match(data[:403].removeprefix(codecs.BOM_UTF8))
    return found[1].decode("ascii") if found else ""


def _encoding_of(data: bytes) -> str:
    """The encoding as far as the first bytes tell it: as declared, else as it looks; "" for neither (UTF-8)."""
    for mark, encoding in (*_BOMS[1:], *_WIDE):
        if data.startswith(mark):
            text = data[:400].decode(encoding, errors="ignore")
            return declared_encoding(text.encode("ascii", errors="ignore")) or encoding
    beginning = data[:400].removeprefix(codecs.BOM_UTF8)
    if not beginning.lstrip(b" \t\r\n").startswith(b"<") or (beginning.startswith(b"<?xml") and b"?>" not in beginning):
        return "unknown"
    return declared_encoding(data)


def _encoding_warnings(data: bytes) -> list[Problem]:
    """The document can be read, but what it says of its encoding is odd."""
    if _USUAL(data):
        return []
    declared = declared_encoding(data)
    for mark, encoding in _BOMS[1:]:
        if data.startswith(mark):
            declared = declared_encoding(data[:400].decode(encoding, errors="ignore").encode("ascii", errors="ignore"))
            if declared and not _wide(declared):
                text = f"Dokumentet sier {declared}, men bytene er {encoding.upper()}."
                return [Problem("xml.encoding_suspect", "warning", "", 1, text)]
    said = declared.lower()
    if not said or said == "utf-8":
        return []
    if data.startswith(codecs.BOM_UTF8) or (said.startswith("iso-8859") and _looks_like_utf8(data)):
        text = f"Dokumentet sier {declared}, men bytene ser ut til å være UTF-8."
        return [Problem("xml.encoding_suspect", "warning", "", 1, text)]
    if said not in {"iso-8859-1", "us-ascii", "utf-16"}:
        text = f"Tegnsettet {declared} er lest, men meldinger skal være i UTF-8 eller ISO-8859-1."
        return [Problem("xml.encoding_unusual", "warning", "", 1, text)]
    return []


_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")


def _looks_like_utf8(data: bytes) -> bool:
    if _UTF8_LETTER.search(data) is None:
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    view, step = memoryview(data), 1_000_000
    try:
        # In pieces: one rare letter would make the text of a large document four times as big.
        for at in range(0, len(data), step):
            decoder.decode(view[at : at + step], at + step >= len(data))
    except UnicodeDecodeError:
        return False
    return True
