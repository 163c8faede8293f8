"""Opening the attachments of a document: what their bytes are, whatever the sender says of them (HIS 1036, P-20)."""

from __future__ import annotations

import binascii
import codecs
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass

from samhandling.messages.engine.parse import Limits, parse
from samhandling.messages.facts.attached import measure, signature
from samhandling.messages.facts.tree import Element, attribute, child, local, text

_PIECE = 1_000_000
_BLANKS = b" \t\r\n"
_LOOKED_AT = 8_000
"""Signs of base64 from which we judge what an attachment is."""
PROGRAM = "program"
UNREADABLE = "unreadable"
_IMAGES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
_PROGRAMS = frozenset({"application/x-msdownload", "application/x-executable"})
_EXTENSIONS = {
    "application/pdf": "pdf",
    "image/tiff": "tif",
    "application/rtf": "rtf",
    "application/zip": "zip",
    "application/msword": "doc",
    **_IMAGES,
}
_OFFICE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
}
"""A zip that says it is one of these gets its ending: it is saved, never opened by us."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What an attachment is by its bytes."""

    code: str
    """`pdf`, `image`, `text`: shown in the browser. `other`: saved. `program`, `unreadable`: not handed out."""
    media_type: str = "application/octet-stream"
    ending: str = "bin"

    @property
    def shown(self) -> bool:
        """Whether a browser may show it as it is."""
        return self.code in {"pdf", "image", "text"}

    @property
    def opens(self) -> bool:
        """Whether it is handed out at all."""
        return self.code not in {PROGRAM, UNREADABLE}


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment of a document. `number` counts from 1 in the order of the document."""

    number: int
    name: str
    """What the sender calls it."""
    size: int
    """Bytes when decoded."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one attachment, a piece at a time."""

    attached: Attached
    pieces: Iterator[bytes]


def attached(root: Element) -> tuple[Attached, ...]:
    """All attachments of a parsed document of any standard."""
    return tuple(_attached(number, place) for number, place in enumerate(_places(root), 1))


def content(data: bytes, number: int) -> Content | None:
    """The attachment of that number; None where there is none, or one that is not handed out. Never raises for content.

    Beside the document itself this holds one copy of the attachment as base64, and decodes it piece by piece.
    """
    tree = parse(data, Limits()).tree
    places = list(_places(tree)) if tree is not None else []
    if not 0 < number <= len(places):
        return None
    found = _attached(number, places[number - 1])
    if not found.kind.opens:
        return None
    return Content(found, decoded(_base64(places[number - 1])))


def _places(root: Element) -> Iterator[Element]:
    """Each RefDoc that holds base64, or that says it is an attachment and refers to no file elsewhere."""
    for reference in root.iter("{*}RefDoc"):
        if _container(reference) is not None:
            yield reference
        elif attribute(reference, "V", "MsgType") == "A" and child(reference, "FileReference") is None:
            content = child(reference, "Content")
            if content is None or not len(content):
                yield reference


def _container(reference: Element) -> Element | None:
    content = child(reference, "Content")
    if content is None:
        return None
    return next((each for each in content.iter("{*}*") if local(each) == "Base64Container"), None)


def _base64(reference: Element) -> str:
    container = _container(reference)
    return (container.text or "") if container is not None else ""


def _attached(number: int, reference: Element) -> Attached:
    written = _base64(reference)
    measured = measure(written)
    kind = kind_of(written, text(reference, "MimeType")) if measured.readable else Kind(UNREADABLE)
    return Attached(number, text(reference, "Description"), measured.size, kind)


def kind_of(written: str, declared: str = "") -> Kind:
    """What base64 is by its first bytes; `declared` only chooses among kinds of one signature."""
    media_type = signature(written)
    if media_type in _PROGRAMS:
        return Kind(PROGRAM)
    if media_type == "application/pdf":
        return Kind("pdf", media_type, "pdf")
    if media_type in _IMAGES:
        return Kind("image", media_type, _IMAGES[media_type])
    if media_type == "application/zip":
        return Kind("other", ending=_OFFICE.get(declared.strip().lower(), "zip"))
    if media_type:
        return Kind("other", ending=_EXTENSIONS.get(media_type, "bin"))
    encoding = _text_encoding(_first(written))
    return Kind("text", f"text/plain; charset={encoding}", "txt") if encoding else Kind("other")


def _first(written: str) -> bytes:
    squeezed = "".join(written[:_LOOKED_AT].split())
    try:
        return b64decode(squeezed[: len(squeezed) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""


def _text_encoding(first: bytes) -> str:
    """The encoding of what is text and nothing else; "" for other bytes."""
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if not first or any(byte < 32 and byte not in b"\t\n\f\r" for byte in first):
        return ""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(first)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def decoded(written: str) -> Iterator[bytes]:
    """The bytes of base64 that `measure` found readable, a piece at a time."""
    left = b""
    for start in range(0, len(written), _PIECE):
        squeezed = left + written[start : start + _PIECE].encode("ascii", "ignore").translate(None, _BLANKS)
        whole = len(squeezed) // 4 * 4
        left = squeezed[whole:]
        yield b64decode(squeezed[:whole])
