r"""Read an HL7 v2 message: separators, segments, fields, repetitions, components, escapes (HL7 v2.5 chapter 2).

Lenient in what it takes: CR, LF or both end a segment; a line that is no segment continues the one before; Z segments
are segments. Values are addressed as the standard writes them: `PID-5`, `PID-5.2`, `PID-11.1.2`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from samhandling.errors import SamhandlingError
from samhandling.hl7 import charsets

NULL = '""'
"""A field that is explicitly empty: what was there is to be deleted. An absent field is the empty string."""

_LINE_END = re.compile(r"\r\n?|\n")
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_HEADER_BYTES = 8192


class NoHeaderError(SamhandlingError):
    """The bytes do not begin with an MSH segment that says its separators."""

    code = "hl7.no_header"


class UndecodableError(SamhandlingError):
    """The bytes are not text in the character set that the message or the line names."""

    code = "hl7.undecodable"


class BadPathError(SamhandlingError):
    """A mapping names a place in a message in a way that is none."""

    code = "hl7.bad_path"


@dataclass(frozen=True, slots=True)
class Separators:
    """MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding(self) -> str:
        """MSH-2."""
        return f"{self.component}{self.repetition}{self.escape}{self.subcomponent}"


@dataclass(frozen=True, slots=True)
class Path:
    """A place in a message: segment, field, component, subcomponent; all numbers from 1."""

    segment: str
    field: int
    component: int = 1
    subcomponent: int = 1


_PATH = re.compile(r"([A-Z][A-Z0-9]{2})-([1-9][0-9]{0,2})(?:\.([1-9][0-9]?))?(?:\.([1-9][0-9]?))?")


@lru_cache(maxsize=512)
def path(text: str) -> Path:
    """`PID-5.2` as a Path. Raises BadPathError."""
    found = _PATH.fullmatch(text)
    if found is None:
        raise BadPathError(text)
    return Path(found[1], int(found[2]), int(found[3] or 1), int(found[4] or 1))


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition of a field."""

    raw: str
    separators: Separators

    def component(self, number: int, subcomponent: int = 1) -> str:
        """The text of a component, unescaped; empty when absent, NULL when explicitly empty."""
        if self.raw == NULL:
            return NULL
        # Split no further than asked for: most components are near the front.
        components = self.raw.split(self.separators.component, number)
        if number > len(components):
            return ""
        parts = components[number - 1].split(self.separators.subcomponent, subcomponent)
        return unescape(parts[subcomponent - 1], self.separators) if subcomponent <= len(parts) else ""


class Segment:
    """A segment, split when it is first asked for a field."""

    __slots__ = ("_fields", "name", "raw", "separators")

    def __init__(self, name: str, raw: str, separators: Separators) -> None:
        self.name = name
        self.raw = raw
        self.separators = separators
        self._fields: list[str] | None = None

    def __repr__(self) -> str:
        return f"<Segment {self.name}>"

    def field(self, number: int) -> str:
        """The bytes of the field as text, not unescaped."""
        fields = self._fields
        if fields is None:
            fields = self.raw.split(self.separators.field)
            if self.name == "MSH":
                fields.insert(1, self.separators.field)
            self._fields = fields
        return fields[number] if number < len(fields) else ""

    def repetitions(self, number: int) -> list[Repetition]:
        """The repetitions of a field that are not empty."""
        raw = self.field(number)
        if self.name == "MSH" and number <= 2:
            return [Repetition(raw, Separators("\r", "\r", "\r", "\r", "\r"))]
        if not raw:
            return []
        return [Repetition(part, self.separators) for part in raw.split(self.separators.repetition) if part]

    def value(self, number: int, component: int = 1, subcomponent: int = 1) -> str:
        """A component of the first repetition that is not empty."""
        raw = self.field(number)
        if self.separators.repetition not in raw and self.name != "MSH":
            return Repetition(raw, self.separators).component(component, subcomponent)
        found = self.repetitions(number)
        return found[0].component(component, subcomponent) if found else ""


@dataclass(frozen=True)
class Message:
    """A message that was read. Its text stays out of its repr."""

    segments: tuple[Segment, ...]
    separators: Separators
    charset: str
    """Python's name of the character set it was read in."""
    raw_header: Segment
    """MSH read as Latin-1, to be echoed."""

    def __repr__(self) -> str:
        return f"<Message of {len(self.segments)} segments>"

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    def segment(self, name: str) -> Segment | None:
        """The first segment of that name."""
        return next((segment for segment in self.segments if segment.name == name), None)

    def all(self, name: str) -> list[Segment]:
        """Every segment of that name, in order."""
        return [segment for segment in self.segments if segment.name == name]

    def value(self, place: str) -> str:
        """The text at `PID-5.2`: empty when absent, NULL when explicitly empty. Raises BadPathError."""
        at = path(place)
        segment = self.segment(at.segment)
        return segment.value(at.field, at.component, at.subcomponent) if segment else ""

    def repetitions(self, place: str) -> list[Repetition]:
        """The repetitions of the field at `PID-3`. Raises BadPathError."""
        at = path(place)
        segment = self.segment(at.segment)
        return segment.repetitions(at.field) if segment else []


def read(frame: bytes, default_charset: str = "8859/1") -> Message:
    """Read the bytes of one message.

    `default_charset` (a name of table 0211) is what an empty MSH-18 means. Raises NoHeaderError, UnknownCharsetError
    or UndecodableError, and nothing else.
    """
    header = read_header(frame)
    codec = charsets.codec(header.field(18), default_charset)
    try:
        text = _without_margin(frame).decode(codec)
    except UnicodeDecodeError as error:
        raise UndecodableError(f"byte {error.start} is not {codec}") from error
    return Message(tuple(_segments(text, header.separators)), header.separators, codec, header)


def read_header(frame: bytes) -> Segment:
    """The MSH segment alone, its bytes read as Latin-1 so that they can be echoed unchanged. Raises NoHeaderError."""
    head = _without_margin(frame[: _HEADER_BYTES + 16])
    if not head.startswith(b"MSH") or len(head) < 4:
        raise NoHeaderError("the first segment is not MSH")
    text = _LINE_END.split(head[:_HEADER_BYTES].decode("latin-1"), maxsplit=1)[0]
    field = text[3:4]
    if not field or field.isalnum() or not " " < field < "\x7f":
        raise NoHeaderError("MSH-1 is no separator")
    encoding = text[4:].split(field, 1)[0]
    defaults = Separators()
    return Segment(
        "MSH",
        text,
        Separators(
            field,
            encoding[0:1] or defaults.component,
            encoding[1:2] or defaults.repetition,
            encoding[2:3] or defaults.escape,
            encoding[3:4] or defaults.subcomponent,
        ),
    )


def _without_margin(frame: bytes) -> bytes:
    return frame.lstrip(b" \t\r\n\0").removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")


def _segments(text: str, separators: Separators) -> list[Segment]:
    lines: list[str] = []
    for line in _LINE_END.split(text):
        begins = _SEGMENT.match(line) is not None and (len(line) == 3 or line[3] == separators.field)
        if begins or len(lines) <= 1:
            # Nothing continues the header: what the answer mirrors must be what was read.
            lines.append(line)
        elif line:
            lines[-1] += "\n" + line
    return [Segment(line[:3], line, separators) for line in lines]


@lru_cache(maxsize=32)
def _escapes(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(f"{mark}([^{mark}\r\n]{{1,200}}){mark}")


def unescape(text: str, separators: Separators) -> str:
    r"""The text with its escape sequences resolved and control characters left out.

    `\.br\` becomes a line break, `\X..\` the characters of that hexadecimal (as UTF-8, else Latin-1), highlighting is
    dropped; a sequence that is not known stays as it is.
    """
    if separators.escape in text:

        def resolve(found: re.Match[str]) -> str:
            return _resolve(found[1], found[0], separators)

        text = _escapes(separators.escape).sub(resolve, text)
    # Printable text is the rule, and asking for it is quicker than looking for what is not.
    return text if text.isprintable() else _CONTROL.sub("", text)


def _resolve(sequence: str, whole: str, separators: Separators) -> str:
    simple = {
        "F": separators.field,
        "S": separators.component,
        "T": separators.subcomponent,
        "R": separators.repetition,
        "E": separators.escape,
        "P": "#",
        "H": "",
        "N": "",
        ".br": "\n",
        ".sp": "\n",
        ".ce": "\n",
        ".fi": "",
        ".nf": "",
    }
    if sequence in simple:
        return simple[sequence]
    if sequence.startswith(".sp") and sequence[3:].strip("+").isdecimal():
        return "\n" * min(int(sequence[3:].strip("+")), 100)
    if sequence.startswith((".in", ".ti", ".sk")):
        return " "
    if sequence.startswith("X"):
        return _hexadecimal(sequence[1:], whole)
    return whole


def _hexadecimal(digits: str, whole: str) -> str:
    try:
        content = bytes.fromhex(digits)
    except ValueError:
        return whole
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def escape(text: str, separators: Separators) -> str:
    """The text as it may stand in a field: separators and line breaks escaped."""
    marks = {
        separators.escape: "E",
        separators.field: "F",
        separators.component: "S",
        separators.subcomponent: "T",
        separators.repetition: "R",
    }
    out = "".join(f"{separators.escape}{marks[c]}{separators.escape}" if c in marks else c for c in text)
    return _LINE_END.sub(lambda _: f"{separators.escape}.br{separators.escape}", out)
