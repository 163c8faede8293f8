"""The municipality's course (forløp): what it knows of a patient in hospital, from the messages it received alone.

The course is folded from its messages in order of event time, then generation time, never of arrival (2.4): the same
messages give the same course however they came, and however often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

MessageKind = Literal["LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD"]

KINDS: tuple[MessageKind, ...] = (
    "LOG_INNLAGT",
    "LOG_UTSKRIVNINGSKLAR",
    "LOG_AVMELDING",
    "LOG_UTSKREVET",
    "LOG_DOD",
)
"""The message types that a course is made of."""


class CourseState(StrEnum):
    """Where the patient is, as far as the municipality has been told."""

    UNKNOWN = "unknown"
    """No message stands: all were cancelled, or none says."""
    ADMITTED = "admitted"
    READY = "ready"
    OUT = "out"
    DEAD = "dead"


C = CourseState
TABLE: Mapping[tuple[CourseState, MessageKind], tuple[CourseState, str]] = {
    (C.UNKNOWN, "LOG_INNLAGT"): (C.ADMITTED, ""),
    (C.UNKNOWN, "LOG_UTSKRIVNINGSKLAR"): (C.READY, ""),
    (C.UNKNOWN, "LOG_AVMELDING"): (C.ADMITTED, "A-08"),
    (C.UNKNOWN, "LOG_UTSKREVET"): (C.OUT, ""),
    (C.UNKNOWN, "LOG_DOD"): (C.DEAD, ""),
    (C.ADMITTED, "LOG_INNLAGT"): (C.ADMITTED, "A-05"),
    (C.ADMITTED, "LOG_UTSKRIVNINGSKLAR"): (C.READY, ""),
    (C.ADMITTED, "LOG_AVMELDING"): (C.ADMITTED, "A-08"),
    (C.ADMITTED, "LOG_UTSKREVET"): (C.OUT, ""),
    (C.ADMITTED, "LOG_DOD"): (C.DEAD, ""),
    (C.READY, "LOG_INNLAGT"): (C.READY, "A-08"),
    (C.READY, "LOG_UTSKRIVNINGSKLAR"): (C.READY, "A-05"),
    (C.READY, "LOG_AVMELDING"): (C.ADMITTED, ""),
    (C.READY, "LOG_UTSKREVET"): (C.OUT, ""),
    (C.READY, "LOG_DOD"): (C.DEAD, ""),
    (C.OUT, "LOG_INNLAGT"): (C.OUT, "A-08"),
    (C.OUT, "LOG_UTSKRIVNINGSKLAR"): (C.OUT, "A-08"),
    (C.OUT, "LOG_AVMELDING"): (C.OUT, "A-08"),
    (C.OUT, "LOG_UTSKREVET"): (C.OUT, "A-05"),
    (C.OUT, "LOG_DOD"): (C.DEAD, ""),
    (C.DEAD, "LOG_INNLAGT"): (C.DEAD, "A-08"),
    (C.DEAD, "LOG_UTSKRIVNINGSKLAR"): (C.DEAD, "A-08"),
    (C.DEAD, "LOG_AVMELDING"): (C.DEAD, "A-08"),
    (C.DEAD, "LOG_UTSKREVET"): (C.DEAD, ""),
    (C.DEAD, "LOG_DOD"): (C.DEAD, ""),
}
"""(state, message) -> (state, anomaly of 2.6). Who has a need only has no M1: M6 and M8 may come first (T05)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseMessage:
    """One received message that tells of the course."""

    row_id: int
    kind: MessageKind
    status: str
    """Forsendelsesstatus (7309): N, M or C."""
    cancelled: bool = False
    """Withdrawn by a later cancellation."""
    event_at: datetime
    """When it happened, where the document tells the time; else when it was written."""
    generated_at: datetime
    refers_to: int | None = None
    """Row id of the message that it names."""
    admitted_at: datetime | None = None
    ready_date: date | None = None
    discharged_at: datetime | None = None
    discharged_to: str = ""
    dead: bool = False
    decided_by: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the municipality knows."""

    state: CourseState = CourseState.UNKNOWN
    admitted_at: datetime | None = None
    ready_date: date | None = None
    decided_by: str = field(default="", repr=False)
    discharged_at: datetime | None = None
    discharged_to: str = ""
    dead: bool = False
    anomalies: tuple[tuple[int, str], ...] = ()
    """(row id of the message, code): A-05 twice the same, A-08 wrong order, `status` not allowed for logistics."""
    counted: int = 0
    """Messages that stand."""


def counts(message: CourseMessage) -> bool:
    """True when the message tells something: new (N) and not withdrawn. A change (M) is never applied (scenario 38)."""
    return message.status == "N" and not message.cancelled


_TIE: Mapping[str, int] = {
    "LOG_INNLAGT": 0,
    "LOG_AVMELDING": 1,
    "LOG_UTSKRIVNINGSKLAR": 2,
    "LOG_UTSKREVET": 4,
    "LOG_DOD": 5,
}
"""Order within one instant: a withdrawal goes before the new date that takes its place (T12)."""


def in_order(messages: Iterable[CourseMessage]) -> list[CourseMessage]:
    """By event time, then generation time; of one instant a withdrawal comes after the message that it names."""
    found = list(messages)
    times = {m.row_id: (m.event_at, m.generated_at) for m in found}

    def key(message: CourseMessage) -> tuple[datetime, datetime, int, int]:
        tie = _TIE[message.kind]
        here = (message.event_at, message.generated_at)
        if message.kind == "LOG_AVMELDING" and times.get(message.refers_to or 0) == here:
            tie = 3
        return (*here, tie, message.row_id)

    return sorted(found, key=key)


def fold(messages: Sequence[CourseMessage]) -> Course:
    """The course that these messages tell. Takes them in any order."""
    course = Course()
    anomalies = [(m.row_id, "status") for m in messages if m.status not in {"N", "C"}]
    for message in in_order(m for m in messages if counts(m)):
        state, anomaly = TABLE[course.state, message.kind]
        if anomaly:
            anomalies.append((message.row_id, anomaly))
        course = replace(_tell(course, message), state=state, counted=course.counted + 1)
    return replace(course, anomalies=tuple(sorted(anomalies)))


def _tell(course: Course, message: CourseMessage) -> Course:
    """What one message adds to what is known."""
    course = replace(course, admitted_at=message.admitted_at or course.admitted_at)
    match message.kind:
        case "LOG_UTSKRIVNINGSKLAR" if course.state not in (C.OUT, C.DEAD):
            return replace(course, ready_date=message.ready_date, decided_by=message.decided_by)
        case "LOG_AVMELDING" if course.state not in (C.OUT, C.DEAD):
            return replace(course, ready_date=None, decided_by="")
        case "LOG_UTSKREVET":
            return replace(
                course,
                discharged_at=message.discharged_at,
                discharged_to=message.discharged_to,
                dead=course.dead or message.dead,
            )
        case "LOG_DOD":
            return replace(course, dead=True)
        case _:
            return course


SAME_ADMISSION = timedelta(hours=12)
"""Two documents that name the same admission may differ by the clock's precision (a date alone, a corrected time)."""


def belongs(message: CourseMessage, course: Course, *, newest: bool) -> bool:
    """True when the message tells of this course: by the admission it names, else by being the newest open one.

    `newest`: no later course of the same patient and hospital is known.
    """
    if message.admitted_at is not None and course.admitted_at is not None:
        return abs(message.admitted_at - course.admitted_at) < SAME_ADMISSION
    if course.admitted_at is not None and message.event_at < course.admitted_at - SAME_ADMISSION:
        return False
    return newest and not (message.kind == "LOG_INNLAGT" and course.state in (C.OUT, C.DEAD))
