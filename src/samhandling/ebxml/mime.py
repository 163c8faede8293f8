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
_BASE64 = re.compile(rb"[A-Za-z0-9+/ \t\r\n]*+(?:=[ \t\r\n]*+){0,2}")
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
    return read_body(headers, data, begin, http=http)


def read_body(headers: Headers, data: bytes, begin: int, *, http: bool) -> Message:
    """Read what follows the headers, from `begin` on. Raises MimeError. Nothing large is copied but what is decoded."""
    if headers.twice():
        raise MimeError(f"header {headers.twice()} twice")
    kind = headers.content_type
    if not kind.value.startswith("multipart/"):
        return Message(headers, (_part(headers, data, begin, len(data)),), 0, http=http)
    preamble, parts = _split(kind, data, begin)
    return Message(headers, parts, _root(kind, parts), preamble, http)


def _split(kind: ContentType, data: bytes, begin: int) -> tuple[str, tuple[Part, ...]]:
    """Preamble and parts of a multipart body."""
    boundary = kind.parameters.get("boundary", "")
    if not boundary or len(boundary) > _MOST_BOUNDARY or not boundary.isascii() or boundary != boundary.strip():
        raise MimeError("no usable boundary")
    mark = b"--" + boundary.encode("ascii")
    line = _boundary_line(data, mark, begin)
    if line is None:
        raise MimeError("the boundary is nowhere")
    preamble = data[begin : line[0]].decode("utf-8", errors="replace").strip()
    parts: list[Part] = []
    while not line[2]:
        start = line[1]
        line = _boundary_line(data, mark, start)
        if line is None:
            raise MimeError("the last part does not end")
        parts.append(_read_part(data, start, max(line[0], start)))
        if len(parts) > MOST_PARTS:
            raise MimeError(f"more than {MOST_PARTS} parts")
    if not parts:
        raise MimeError("no parts")
    return preamble, tuple(parts)


def _boundary_line(data: bytes, mark: bytes, place: int) -> tuple[int, int, bool] | None:
    """Where the next boundary line begins (with the line end before it), where it ends, and whether it closes."""
    while (place := data.find(mark, place)) >= 0:
        end = data.find(b"\n", place)
        end = len(data) if end < 0 else end + 1
        rest = data[place + len(mark) : min(end, place + len(mark) + 200)].rstrip(_BLANKS)
        if (place == 0 or data[place - 1] == 10) and rest in {b"", b"--"}:
            before = place - 1 if place > 0 else place
            before -= 1 if before > 0 and data[before - 1] == 13 else 0
            return before, end, rest == b"--"
        place += len(mark)
    return None


def _read_part(data: bytes, start: int, end: int) -> Part:
    if data.startswith((b"\r\n", b"\n"), start, end):
        return _part(Headers(), data, data.index(b"\n", start) + 1, end)
    found = _END_OF_HEADERS.search(data, start, min(start + _MOST_HEADER, end))
    if found is None and end - start > _MOST_HEADER:
        raise MimeError("no end of the headers")
    # Without a blank line the part is empty: its line end belongs to the boundary.
    stop, begin = (found.start(), found.end()) if found else (end, end)
    headers = Headers(tuple(_lines(data[start:stop])))
    if headers.twice():
        raise MimeError(f"header {headers.twice()} twice")
    return _part(headers, data, begin, end)


def _part(headers: Headers, data: bytes, begin: int, end: int) -> Part:
    decoded, broken = decode(data, headers.encoding, begin, end)
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


def decode(data: bytes, encoding: str, begin: int = 0, end: int | None = None) -> tuple[bytes, str]:
    """Undo a transfer encoding: the bytes and "", or nothing and what is wrong."""
    end = len(data) if end is None else end
    if encoding == "base64":
        letters = end - begin - sum(data.count(blank, begin, end) for blank in (b" ", b"\t", b"\r", b"\n"))
        if letters % 4 or not _BASE64.fullmatch(data, begin, end):
            return b"", "base64"
        return binascii.a2b_base64(memoryview(data)[begin:end]), ""
    if encoding == "quoted-printable":
        return quopri.decodestring(data[begin:end]), ""
    if encoding in {"", "7bit", "8bit", "binary"}:
        return data[begin:end], ""
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
