"""The plaintext of a payload (2.4): bare XML, gzip, or a MIME entity around either; decoded once, and bounded."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from samhandling.ebxml import mime
from samhandling.errors import SamhandlingError

MOST_BYTES = 60_000_000
_GZIP = b"\x1f\x8b"
_LEGAL = {"", "7bit", "8bit", "binary", "quoted-printable", "base64"}


class ContentError(SamhandlingError):
    """What was decrypted is no document in any of the three forms, or too much of it."""

    code = "ebxml.content"


@dataclass(frozen=True, slots=True)
class Content:
    """A document and how it was wrapped."""

    data: bytes = field(repr=False)
    gzip: bool = False
    mime: bool = False
    encoding_missing: bool = False
    """A MIME entity without Content-Transfer-Encoding (259)."""


def open_content(data: bytes) -> Content:
    """Gunzip and unwrap until XML appears. Raises ContentError."""
    data, packed = _gunzip(data)
    if _is_xml(data):
        return Content(data, packed)
    try:
        headers, begin, _ = mime.read_headers(data)
    except mime.MimeError as error:
        raise ContentError("neither XML nor MIME") from error
    if headers.get("Content-Type") is None or headers.encoding not in _LEGAL or headers.twice():
        raise ContentError("no MIME entity that can be read")
    inner, broken = mime.decode(data[begin:], headers.encoding)
    if broken:
        raise ContentError("the transfer encoding of the MIME entity is broken")
    inner, packed_inside = _gunzip(inner)
    if not _is_xml(inner):
        raise ContentError("no XML in the MIME entity")
    return Content(inner, packed or packed_inside, True, not headers.encoding)


def _is_xml(data: bytes) -> bool:
    head = data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return head.startswith((b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<"))


def _gunzip(data: bytes) -> tuple[bytes, bool]:
    if not data.startswith(_GZIP):
        return data, False
    unpacker = zlib.decompressobj(31)
    try:
        unpacked = unpacker.decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        raise ContentError("broken gzip") from error
    if len(unpacked) > MOST_BYTES or not unpacker.eof or unpacker.unused_data.strip(b"\0"):
        raise ContentError("gzip that is too large, cut off, or followed by something")
    return unpacked, True
