"""Attachments: size, format, and whether their base64 can be read; counted where they stand (HIS 1036)."""

from __future__ import annotations

import string
from base64 import b64decode
from binascii import Error as BrokenBase64Error
from collections.abc import Iterator
from typing import NamedTuple

from samhandling.messages.facts.tree import Element, attribute, child, children, text
from samhandling.messages.facts.values import Attachment

_BLANKS = b" \t\r\n"
_SIGNS = (string.ascii_letters + string.digits + "+/=").encode()
# Looked at piece by piece: an attachment of 30 MB must not be copied whole.
_PIECE = 1_000_000
# Where padding may stand, with blanks between.
_END = 200
# First bytes -> what it is. Text has no signature.
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
    (b"{\\rtf", "application/rtf"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xd0\xcf\x11\xe0", "application/msword"),
)


def attachments(root: Element) -> tuple[Attachment, ...]:
    """Every Document that is marked as attachment or carries base64."""
    return tuple(_attachments(root))


def is_attachment(document: Element) -> bool:
    """Whether a Document is an attachment: marked so, or with base64 for content."""
    reference = child(document, "RefDoc")
    return attribute(reference, "V", "MsgType") == "A" or child(reference, "Content", "Base64Container") is not None


def _attachments(root: Element) -> Iterator[Attachment]:
    for document in children(root, "Document"):
        if not is_attachment(document):
            continue
        reference = child(document, "RefDoc")
        container = child(reference, "Content", "Base64Container")
        written = (container.text or "") if container is not None else ""
        measured = measure(written)
        yield Attachment(
            mime_type=text(reference, "MimeType"),
            description=text(reference, "Description"),
            size=measured.size,
            readable=container is None or measured.readable,
            looks_like=signature(written),
        )


class Measured(NamedTuple):
    """Size of the decoded content in bytes, and whether it is base64 from end to end."""

    size: int
    readable: bool


def measure(written: str) -> Measured:
    """Measure base64, blanks between allowed; what is empty is not readable."""
    signs, clean = 0, written.isascii()
    for start in range(0, len(written), _PIECE):
        squeezed = written[start : start + _PIECE].encode("ascii", "replace").translate(None, _BLANKS)
        signs += len(squeezed)
        clean = clean and not squeezed.translate(None, _SIGNS)
    first = written.find("=", max(len(written) - _END, 0))
    padding = 0 if first < 0 else len(written[first:].encode("ascii", "replace").translate(None, _BLANKS))
    ends = first < 0 or (padding <= 2 and not written[first:].strip("= \t\r\n"))
    inside = written.find("=", 0, first if first >= 0 else None) >= 0
    readable = bool(signs) and clean and ends and not inside and signs % 4 == 0
    return Measured(max(signs * 3 // 4 - min(padding, 2), 0), readable)


def signature(base64: str) -> str:
    """The media type that the first bytes show; "" when they show none."""
    squeezed = "".join(base64[:200].split())
    try:
        first = b64decode(squeezed[: len(squeezed) // 4 * 4], validate=True)
    except (BrokenBase64Error, ValueError):
        return ""
    return next((kind for start, kind in _SIGNATURES if first.startswith(start)), "")
