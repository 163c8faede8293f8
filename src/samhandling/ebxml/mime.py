"""The MIME layer: a mail or an HTTP message with an envelope and its payload parts, read leniently, written strictly.

Of our own and on bytes: a mail may be 50 MB and comes from anyone. What could be read in two ways (a header twice, a
second boundary, text after the padding of base64) is refused. Section numbers are those of the transport notes.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.header import decode_header
from urllib.parse import unquote

from samhandling.errors import SamhandlingError

MOST_BYTES = 51_200_000
"""The largest mail that NHN takes (9.1)."""
MOST_PARTS = 20
_MOST_HEADER = 100_000
_MOST_BOUNDARY = 200

_HTTP = re.compile(rb"\A(?:HTTP/1\.[01] \d{3}[^\r\n]*|[A-Z]+ \S+ HTTP/1\.[01])\r?\n")
_NAME = re.compile(rb"[!-9;-~]+")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_PARAMETER = re.compile(r';\s*([!#-\'*+\-.0-9A-Z^_`a-z{|}~]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s"]+)', re.DOTALL)
_BLANKS = b" \t\r\n"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_ONCE = ("content-type", "content-transfer-encoding", "content-id", "mime-version", "soapaction")


class MimeError(SamhandlingError):
    """The bytes are no MIME message that can be read in one way only."""

    code = "ebxml.mime"


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type with its parameters, both in lower case (values of parameters as written)."""

    value: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Headers:
    """Header lines in the order they came, names as written."""

    lines: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        """The first value under a name, or None; blanks round it are gone."""
        name = name.lower()
        return next((value for key, value in self.lines if key.lower() == name), None)

    def twice(self) -> str:
        """The first name that may stand once and stands twice, or ""."""
        names = [key.lower() for key, _ in self.lines]
        return next((name for name in _ONCE if names.count(name) > 1), "")

    @property
    def content_type(self) -> ContentType:
        """`Content-Type`; empty when it is missing. Raises MimeError when a parameter stands twice."""
        return content_type(self.get("Content-Type") or "")

    @property
    def encoding(self) -> str:
        """`Content-Transfer-Encoding` in lower case; "" when it is missing."""
        return (self.get("Content-Transfer-Encoding") or "").lower()

    @property
    def content_id(self) -> str:
        """`Content-ID` without its angle brackets; "" when it is missing."""
        return (self.get("Content-ID") or "").strip().removeprefix("<").removesuffix(">")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the message, its transfer encoding undone."""

    headers: Headers
    data: bytes = field(repr=False)
    broken: str = ""
    """Why the transfer encoding could not be undone (then `data` is empty); "" when it could."""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail, an HTTP message, or a bare envelope (`headers` is None then)."""

    headers: Headers | None
    parts: tuple[Part, ...]
    root: int
    """Which part is the SOAP part."""
    preamble: str = ""
    http: bool = False

    @property
    def soap(self) -> Part:
        """The SOAP part."""
        return self.parts[self.root]

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The other parts, in order."""
        return self.parts[: self.root] + self.parts[self.root + 1 :]

    @property
    def multipart(self) -> bool:
        """Whether it came as several parts (or one that was wrapped)."""
        return self.headers is not None and self.headers.content_type.value.startswith("multipart/")


def content_type(value: str) -> ContentType:
    """Read the value of a `Content-Type`. Raises MimeError when a parameter stands twice."""
    media, _, _ = value.partition(";")
    parameters: dict[str, str] = {}
    for name, text in _PARAMETER.findall(value):
        if name.lower() in parameters:
            raise MimeError(f"parameter {name.lower()} twice")
        parameters[name.lower()] = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
    return ContentType(media.strip().lower(), parameters)


def looks_bare(data: bytes) -> bool:
    """Whether the bytes are an envelope without any header."""
    return data[:400].removeprefix(b"\xef\xbb\xbf").lstrip(_BLANKS).startswith(b"<") or data[:2] in (
        b"\xff\xfe",
        b"\xfe\xff",
    )


def read_headers(data: bytes) -> tuple[Headers, int, bool]:
    """Header lines, where the body begins, and whether it is HTTP. Raises MimeError when there are no headers."""
    start_line = _HTTP.match(data[:2000])
    begin = start_line.end() if start_line else 0
    if data[begin : begin + 5] == b"From ":  # a mail taken from an mbox file
        begin = data.find(b"\n", begin, begin + 1000) + 1
    end = _END_OF_HEADERS.search(data, begin, begin + _MOST_HEADER)
    if end is None:
        raise MimeError("no end of the headers")
    return Headers(tuple(_lines(data[begin : end.start()]))), end.end(), start_line is not None


def _lines(block: bytes) -> Iterator[tuple[str, str]]:
    unfolded = re.sub(rb"\r?\n(?=[ \t])", b"", block)
    for line in unfolded.splitlines():
        name, colon, value = line.partition(b":")
        name = name.strip(b" \t")
        if not colon or not _NAME.fullmatch(name):
            continue  # seen in mails that arrive: a folded line that lost its blank, a hyphen that is no hyphen
        yield name.decode("ascii"), value.decode("utf-8", errors="replace").strip()


def read(data: bytes) -> Message:
    """Read a mail, an HTTP message or a bare envelope. Raises MimeError for what cannot be read in one way only."""
    if looks_bare(data):
        return Message(None, (Part(Headers(), data),), 0)
    headers, begin, http = read_headers(data)
    return read_body(headers, memoryview(data)[begin:], http=http)


def read_body(headers: Headers, body: bytes | memoryview, *, http: bool) -> Message:
    """Read what follows the headers. Raises MimeError."""
    if headers.twice():
        raise MimeError(f"header {headers.twice()} twice")
    kind = headers.content_type
    if not kind.value.startswith("multipart/"):
        return Message(headers, (_part(headers, bytes(body)),), 0, http=http)
    preamble, parts = _split(kind, bytes(body))
    return Message(headers, parts, _root(kind, parts), preamble, http)


def _split(kind: ContentType, body: bytes) -> tuple[str, tuple[Part, ...]]:
    """Preamble and parts of a multipart body."""
    boundary = kind.parameters.get("boundary", "")
    if not boundary or len(boundary) > _MOST_BOUNDARY or not boundary.isascii() or boundary != boundary.strip():
        raise MimeError("no usable boundary")
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("ascii")) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    found = line.search(body)
    if found is None:
        raise MimeError("the boundary is nowhere")
    preamble = body[: found.start()].decode("utf-8", errors="replace").strip()
    parts: list[Part] = []
    while found[1] is None:
        begin = body.find(b"\n", found.end()) + 1
        found = line.search(body, found.end())
        if found is None or not begin:
            raise MimeError("the last part does not end")
        parts.append(_read_part(body[begin : max(found.start(), begin)]))
        if len(parts) > MOST_PARTS:
            raise MimeError(f"more than {MOST_PARTS} parts")
    if not parts:
        raise MimeError("no parts")
    return preamble, tuple(parts)


def _read_part(data: bytes) -> Part:
    if data.startswith((b"\r\n", b"\n")):
        return _part(Headers(), data.lstrip(b"\r").removeprefix(b"\n"))
    if len(data) < _MOST_HEADER and not _END_OF_HEADERS.search(data):
        data += b"\r\n\r\n"  # an empty part: the blank line belongs to the boundary
    headers, begin, _ = read_headers(data)
    if headers.twice():
        raise MimeError(f"header {headers.twice()} twice")
    return _part(headers, data[begin:])


def _part(headers: Headers, data: bytes) -> Part:
    decoded, broken = decode(data, headers.encoding)
    return Part(headers, decoded, broken)


def _root(kind: ContentType, parts: tuple[Part, ...]) -> int:
    """The part that `start` names, else the first (2.2). A start that names none is the first part's own business."""
    start = kind.parameters.get("start", "").strip().removeprefix("<").removesuffix(">")
    if start:
        named = [number for number, part in enumerate(parts) if part.headers.content_id == start]
        if len(named) > 1:
            raise MimeError("two parts have the Content-ID that start names")
        if named:
            return named[0]
    return 0


def decode(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Undo a transfer encoding: the bytes and "", or nothing and what is wrong."""
    if encoding == "base64":
        bare = data.translate(None, _BLANKS)
        if len(bare) % 4 or not _BASE64.fullmatch(bare):
            return b"", "base64"
        return binascii.a2b_base64(bare), ""
    if encoding == "quoted-printable":
        return quopri.decodestring(data), ""
    if encoding in {"", "7bit", "8bit", "binary"}:
        return data, ""
    return b"", "unknown"


def cid(href: str) -> str:
    """The Content-ID that a `cid:` URI names, `%xx` undone (2.3); "" when it is no such URI."""
    return unquote(href[4:]) if href[:4].lower() == "cid:" else ""


def header_text(value: str) -> str:
    """A header's encoded words as text, for people; never raises."""
    try:
        return "".join(
            piece.decode(charset or "ascii", errors="replace") if isinstance(piece, bytes) else piece
            for piece, charset in decode_header(value)
        )
    except (LookupError, ValueError):
        return value


def write_part(headers: tuple[tuple[str, str], ...], data: bytes) -> bytes:
    """One part, its data in base64 in lines of 76."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    encoded = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return f"{lines}Content-Transfer-Encoding: base64\r\n\r\n".encode() + encoded


def write_multipart(boundary: str, parts: tuple[bytes, ...], preamble: str = "") -> bytes:
    """A multipart body of finished parts."""
    mark = f"--{boundary}".encode("ascii")
    pieces = [preamble.encode(), b"\r\n"] if preamble else []
    for part in parts:
        pieces += [mark, b"\r\n", part, b"" if part.endswith(b"\r\n") else b"\r\n"]
    return b"".join([*pieces, mark, b"--\r\n"])


def write_headers(lines: tuple[tuple[str, str], ...]) -> bytes:
    """Header lines and the blank line after them. Values are ASCII without line ends: raises MimeError otherwise."""
    for name, value in lines:
        if not (name + value).isascii() or re.search(r"[\r\n\x00]", name + value):
            raise MimeError(f"header {name} cannot be written")
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode("ascii") + b"\r\n"
