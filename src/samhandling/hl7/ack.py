"""Acknowledgments: AA, AE and AR with an ERR segment (HL7 v2.5 chapter 2.9, tables 0008, 0357, 0516)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from samhandling.hl7 import charsets
from samhandling.hl7.reader import NoHeaderError, Segment, Separators, escape, read_header
from samhandling.hl7.times import say_ts

Condition = Literal["100", "101", "102", "103", "200", "201", "204", "205", "207"]
"""Table 0357: sequence, field missing, data type, table value, type, event, unknown key, duplicate key, internal."""

_CONDITIONS: dict[Condition, str] = {
    "100": "Segment sequence error",
    "101": "Required field missing",
    "102": "Data type error",
    "103": "Table value not found",
    "200": "Unsupported message type",
    "201": "Unsupported event code",
    "204": "Unknown key identifier",
    "205": "Duplicate key identifier",
    "207": "Application internal error",
}

_NO_HEADER = Segment("MSH", "MSH|^~\\&", Separators())


def accept(header: Segment, *, answer_id: str, now: datetime) -> bytes:
    """AA: stored, and from now on ours to deal with. `answer_id` becomes MSH-10 of the answer.

    `header` is what `reader.read_header` gave: its bytes read as Latin-1.
    """
    return _answer(header, "AA", answer_id=answer_id, now=now)


def reject(
    frame: bytes, *, answer_id: str, now: datetime, condition: Condition, code: str, place: str = "", text: str = ""
) -> bytes:
    """AR: refused, the same bytes will be refused again.

    `code` is our stable error code (ERR-5), `place` where the fault is (ERR-2, as `MSH^1^18`), `text` for people
    (ERR-8). Neither may hold content.
    """
    error = (place, condition, "E", code, text)
    return _answer(_header(frame), "AR", answer_id=answer_id, now=now, error=error)


def error(frame: bytes, *, answer_id: str, now: datetime, code: str, transient: bool, text: str = "") -> bytes:
    """AE: not stored. With `transient` ERR-4 is `T`: the sender is to try again."""
    told: tuple[str, Condition, str, str, str] = ("", "207", "T" if transient else "E", code, text)
    return _answer(_header(frame), "AE", answer_id=answer_id, now=now, error=told)


def _header(frame: bytes) -> Segment:
    """The header of `frame`, or one of the default separators when it has none."""
    try:
        return read_header(frame)
    except NoHeaderError:
        return _NO_HEADER


def _answer(
    header: Segment,
    verdict: str,
    *,
    answer_id: str,
    now: datetime,
    error: tuple[str, Condition, str, str, str] | None = None,
) -> bytes:
    """Mirror the header and judge what came with it.

    The header was read as Latin-1 and is written so: what is echoed are the sender's own bytes.
    """
    marks = header.separators
    field, component = marks.field, marks.component
    trigger = header.value(9, 2)
    kind = f"ACK{component}{escape(trigger, marks)}{component}ACK" if trigger else "ACK"
    lines = [
        field.join(
            [
                "MSH",
                header.field(2) or marks.encoding,
                header.field(5),
                header.field(6),
                header.field(3),
                header.field(4),
                say_ts(now),
                "",
                kind,
                escape(answer_id, marks),
                header.field(11) or "P",
                header.field(12) or "2.5",
                *[""] * 5,
                _charset(header),
            ]
        ).rstrip(field),
        field.join(["MSA", verdict, header.field(10)]),
    ]
    if error is not None:
        place, condition, severity, code, text = error
        lines.append(_err(marks, place, condition, severity, code, text))
    return ("\r".join(lines) + "\r").encode("latin-1", "replace")


def _charset(header: Segment) -> str:
    """MSH-18 of the answer: the sender's, or empty when it is one that nobody can read."""
    named = header.field(18)
    try:
        charsets.codec(named, "ASCII")
    except charsets.UnknownCharsetError:
        return ""
    return named


def _err(marks: Separators, place: str, condition: Condition, severity: str, code: str, text: str) -> str:
    coded = marks.component.join([condition, _CONDITIONS[condition], "HL70357"])
    own = marks.component.join([escape(code, marks), "", "SAMHANDLING"])
    said = escape(text, marks)
    fields = ["ERR", "", place.replace("^", marks.component), coded, severity, own, "", "", said]
    return marks.field.join(fields).rstrip(marks.field)
