"""Decide what to answer a frame: only frame, MSH, character set and keys are read before the answer. Pure.

Everything that can be stored is answered AA; what cannot be read at all is AR (issue: Bad input).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from samhandling.errors import SamhandlingError
from samhandling.hl7 import ack, adt, reader
from samhandling.hl7.ack import Condition
from samhandling.hl7.charsets import UnknownCharsetError
from samhandling.hl7.mapping import DEFAULT, AdtMapping
from samhandling.hl7.mllp import Fault, Piece
from samhandling.hl7.reader import Message, NoHeaderError, Segment, UndecodableError
from samhandling.intake.errors import CutShortError, NotFramedError, SameIdError, TooLongError

MOST_KEYS = 8
"""A message with more identifiers than this is put in line by the first ones."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a frame is received under."""

    name: str
    organisation_id: int
    charset: str = "8859/1"
    mapping: AdtMapping = DEFAULT
    max_bytes: int = 1_000_000
    patient_key: Callable[[int, str], str]
    """(organisation, number) -> job key; `patients.services.patient_key`."""
    index: Callable[[str], str]
    """Keyed hash of a text."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A frame with its answer, ready to be stored."""

    line: str
    organisation_id: int
    content: bytes = field(repr=False)
    sending_application: str = ""
    sending_facility: str = ""
    control_id: str = ""
    trigger: str = ""
    repeat_key: str | None = None
    """None: refused; the row stands for itself."""
    charset: str
    digest: str = ""
    received_at: datetime
    verdict: str
    answer: bytes
    keys: tuple[str, ...] = ()
    visit_index: str = ""
    error_code: str = ""

    @property
    def refused(self) -> bool:
        """True when the answer is AR."""
        return self.verdict == "AR"


_FAULTS: dict[Fault, tuple[type[SamhandlingError], str]] = {
    Fault.NOT_FRAMED: (NotFramedError, "bytes outside an MLLP frame"),
    Fault.CUT_SHORT: (CutShortError, "the frame has no end"),
    Fault.TOO_LONG: (TooLongError, "the frame is too long"),
}


def receive(piece: Piece, line: Line, *, now: datetime) -> Received:
    """What to store and answer for one piece of the line. Never raises for what came; `now` is aware UTC."""
    if piece.fault is not None:
        error, text = _FAULTS[piece.fault]
        return refuse(piece.content, line, now=now, code=error.code, condition="100", text=text)
    frame = piece.content
    if len(frame) > line.max_bytes:
        return refuse(frame, line, now=now, code=TooLongError.code, condition="100", text=_FAULTS[Fault.TOO_LONG][1])
    try:
        message = reader.read(frame, line.charset)
    except NoHeaderError as error:
        return refuse(frame, line, now=now, code=error.code, condition="100", text="no MSH segment")
    except UnknownCharsetError as error:
        text = "unknown character set"
        return refuse(frame, line, now=now, code=error.code, condition="103", place="MSH^1^18", text=text)
    except UndecodableError as error:
        text = "not in the character set that is named"
        return refuse(frame, line, now=now, code=error.code, condition="102", place="MSH^1^18", text=text)
    return _accept(frame, message, line, now)


def _accept(frame: bytes, message: Message, line: Line, now: datetime) -> Received:
    digest = hashlib.sha256(frame).hexdigest()
    header = message.header
    visit = adt.visit_number(message, line.mapping)
    return Received(
        line=line.name,
        organisation_id=line.organisation_id,
        content=frame,
        **_names(header),
        repeat_key=_repeat_key(header, digest),
        charset=line.charset,
        digest=digest,
        received_at=now,
        verdict="AA",
        answer=ack.accept(message.raw_header, answer_id=answer_id(), now=now),
        keys=keys_of(message, line.mapping, line.organisation_id, patient_key=line.patient_key, index=line.index),
        visit_index=line.index(f"visit:{visit}") if visit else "",
    )


def refuse(
    content: bytes, line: Line, *, now: datetime, code: str, condition: Condition, text: str, place: str = ""
) -> Received:
    """An AR for something that is not taken in; kept beside the records so that a person can look at it."""
    try:
        names = _names(reader.read_header(content))
    except NoHeaderError:
        names = {}
    return Received(
        line=line.name,
        organisation_id=line.organisation_id,
        content=content[: line.max_bytes],
        **names,
        charset=line.charset,
        digest=hashlib.sha256(content).hexdigest(),
        received_at=now,
        verdict="AR",
        answer=ack.reject(
            content, answer_id=answer_id(), now=now, condition=condition, code=code, place=place, text=text
        ),
        error_code=code,
    )


def other_bytes(received: Received, line: Line) -> Received:
    """The same identity came with other bytes before: the AR for it."""
    text = "this MSH-10 was used for another message"
    return refuse(
        received.content,
        line,
        now=received.received_at,
        code=SameIdError.code,
        condition="205",
        place="MSH^1^10",
        text=text,
    )


def answer_id() -> str:
    """A new MSH-10 for an answer: 20 characters, as the oldest receivers take."""
    return os.urandom(10).hex().upper()


def _names(header: Segment) -> dict[str, Any]:
    """What names the message in lists: cut to what the row holds."""
    code, trigger = header.value(9, 1), header.value(9, 2)
    return {
        "sending_application": header.value(3)[:100],
        "sending_facility": header.value(4)[:100],
        "control_id": header.value(10)[:100],
        "trigger": f"{code}^{trigger}"[:20] if trigger else code[:20],
    }


def _repeat_key(header: Segment, digest: str) -> str:
    parts = [header.field(3), header.field(4), header.field(10)]
    if not parts[2]:
        parts.append(digest)
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()


def keys_of(
    message: Message,
    mapping: AdtMapping,
    organisation_id: int,
    *,
    patient_key: Callable[[int, str], str],
    index: Callable[[str], str],
) -> tuple[str, ...]:
    """The lines of work that the message stands in: one for each number of each patient it is about (A40: both)."""
    keys = [patient_key(organisation_id, number) for number in adt.numbers(message, mapping)[:MOST_KEYS]]
    visit = "" if keys else adt.visit_number(message, mapping)
    if visit:
        keys = [f"visit:{organisation_id}:{index(f'visit:{visit}')[:32]}"]
    return tuple(dict.fromkeys(keys))
