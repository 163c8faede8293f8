"""Attachments: size, format, and whether their base64 can be read; counted where they stand (HIS 1036)."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as BrokenBase64Error
from collections.abc import Iterator

from samhandling.messages.facts.tree import Element, attribute, child, children, text
from samhandling.messages.facts.values import Attachment

_BASE64 = re.compile(r"[A-Za-z0-9+/ \t\r\n]*+(?:=[ \t\r\n]*){0,2}")
_BLANKS = " \t\r\n"
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
        yield Attachment(
            mime_type=text(reference, "MimeType"),
            description=text(reference, "Description"),
            size=decoded_size(written),
            readable=container is None or (bool(written.strip()) and is_base64(written)),
            looks_like=signature(written),
        )


def decoded_size(base64: str) -> int:
    """How many bytes the base64 stands for."""
    signs = len(base64) - sum(base64.count(blank) for blank in _BLANKS)
    end = base64[-100:].rstrip()
    padding = len(end) - len(end.rstrip("= \t\r\n")) if end.endswith("=") else 0
    return max(signs * 3 // 4 - min(padding, 2), 0)


def is_base64(written: str) -> bool:
    """Whether it is base64 from end to end, blanks between allowed."""
    signs = len(written) - sum(written.count(blank) for blank in _BLANKS)
    return signs % 4 == 0 and _BASE64.fullmatch(written) is not None


def signature(base64: str) -> str:
    """The media type that the first bytes show; "" when they show none."""
    squeezed = "".join(base64[:200].split())
    try:
        first = b64decode(squeezed[: len(squeezed) // 4 * 4], validate=True)
    except (BrokenBase64Error, ValueError):
        return ""
    return next((kind for start, kind in _SIGNATURES if first.startswith(start)), "")
