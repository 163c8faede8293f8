"""MLLP framing without sockets: bytes in, frames out (HL7 v2.5 appendix C, Minimal Lower Layer Protocol).

A frame is VT, content, FS, CR. FS alone ends it too, so that a sender that forgets the CR does not wait for ever.
Whatever is not a whole frame comes out as well, each piece once: the listener answers everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

VT, FS, CR = b"\x0b", b"\x1c", b"\r"
HEAD_BYTES = 8192
"""How much is kept of what is too long, to find the header in."""

_VT_OR_FS = re.compile(rb"[\x0b\x1c]")
_BLANK = b" \t\r\n\0"


class Fault(Enum):
    """What is wrong with a piece that is no frame."""

    NOT_FRAMED = "mllp.not_framed"
    CUT_SHORT = "mllp.cut_short"
    TOO_LONG = "mllp.too_long"


@dataclass(frozen=True, slots=True)
class Piece:
    """A frame's content (`fault` None), or what was found instead of one; of that perhaps only the beginning."""

    content: bytes = field(repr=False)
    fault: Fault | None = None


def wrap(content: bytes) -> bytes:
    """The content as a frame."""
    return VT + content + FS + CR


class Deframer:
    """Cuts a stream of bytes into pieces. Never holds more than `max_bytes` and what it was last fed."""

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._held = bytearray()
        self._inside = False
        self._too_long = False

    @property
    def inside(self) -> bool:
        """True while a frame has begun and not ended."""
        return self._inside

    @property
    def pending(self) -> bool:
        """True while something has come that no piece has told of yet."""
        return self._inside or bool(self._held) or self._too_long

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that these bytes complete, in order."""
        pieces: list[Piece] = []
        at = 0
        while at < len(data):
            found = _VT_OR_FS.search(data, at)
            end = found.start() if found else len(data)
            self._hold(data[at:end])
            if found is None:
                break
            at = end + 1
            if found[0] == VT:
                pieces += self.cut()
                self._inside = True
            elif self._inside:
                pieces.append(self._take(Fault.TOO_LONG if self._too_long else None))
            else:
                pieces += self.cut()
        return pieces

    def cut(self) -> list[Piece]:
        """Give up waiting for the end: what is held, as a faulty piece. The rest of it will count as not framed."""
        if not self.pending:
            return []
        if self._too_long:
            return [self._take(Fault.TOO_LONG)]
        return [self._take(Fault.CUT_SHORT if self._inside else Fault.NOT_FRAMED)]

    def _hold(self, data: bytes) -> None:
        if not self._inside and not self._held:
            data = data.lstrip(_BLANK)
        if self._too_long or not data:
            return
        if len(self._held) + len(data) > self._max:
            self._too_long = True
            self._held += data[:HEAD_BYTES]
            del self._held[HEAD_BYTES:]
            return
        self._held += data

    def _take(self, fault: Fault | None) -> Piece:
        piece = Piece(bytes(self._held), fault)
        self._held.clear()
        self._inside = False
        self._too_long = False
        return piece


def split_file(data: bytes) -> list[bytes]:
    """The messages in a file: framed or not, one or many; batch and file headers (FHS, BHS, BTS, FTS) are left out.

    Bytes before the first MSH come out as a piece of their own, so that nothing is passed over in silence.
    """
    if data.lstrip(_BLANK + b"\xef\xbb\xbf").startswith(VT):
        framer = Deframer(max_bytes=max(len(data), 1))
        return [piece.content for piece in framer.feed(data) + framer.cut()]
    found: list[bytes] = []
    current: list[bytes] = []
    for line in re.split(rb"\r\n?|\n", data.removeprefix(b"\xef\xbb\xbf")):
        if line[:3] in (b"FHS", b"BHS", b"BTS", b"FTS") and not line[3:4].isalnum():
            continue
        if line.startswith(b"MSH") and current:
            found.append(b"\r".join(current) + b"\r")
            current = []
        if line.strip(_BLANK):
            current.append(line)
    return [*found, b"\r".join(current) + b"\r"] if current else found
