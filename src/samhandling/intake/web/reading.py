"""What the pages show of ADT records, within a scope. Metadata only; the message itself is opened by an act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import SamhandlingError
from samhandling.hl7 import reader
from samhandling.hl7.reader import Message
from samhandling.intake.life import State
from samhandling.intake.models import AdtRecord
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Status, Tone

STATES: dict[State, tuple[Tone, str]] = {
    State.WAITING: (Tone.WAIT, N_("Venter på tur")),
    State.DONE: (Tone.OK, N_("Tatt i bruk")),
    State.FAILED: (Tone.BAD, N_("Feilet, prøves igjen")),
    State.ASIDE: (Tone.WARN, N_("Ikke brukt")),
    State.REFUSED: (Tone.BAD, N_("Avvist, ligger hos avsenderen")),
}


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record in a list."""

    pk: int
    href: str
    type: str
    control_id: str
    sender: str
    line: str
    at: datetime
    when: str
    status: Status
    code: str


@dataclass(frozen=True, slots=True)
class Line:
    """One segment of an opened message: its name, and its fields that say something, numbered as the standard does."""

    name: str
    fields: tuple[tuple[str, str], ...]


def within(scope: Scope) -> QuerySet[AdtRecord]:
    """The records of the scope's organisation, for those who see all of its messages."""
    return scope.rows(AdtRecord.objects.all())


def visible(scope: Scope, pk: int) -> bool:
    """Whether the record is within the scope."""
    return scope.may(May.SEE_MESSAGES) and within(scope).filter(pk=pk).exists()


def rows(records: Iterable[AdtRecord], now: datetime) -> list[RecordRow]:
    """Records as a list shows them."""
    return [
        RecordRow(
            pk=record.pk,
            href=reverse("intake:record", args=[record.pk]),
            type=record.trigger or _("Ukjent"),
            control_id=record.control_id,
            sender=" ".join(part for part in (record.sending_application, record.sending_facility) if part),
            line=record.line,
            at=record.received_at,
            when=moment(record.received_at, now),
            status=_status(record),
            code=record.error_code,
        )
        for record in records
    ]


def _status(record: AdtRecord) -> Status:
    tone, text = STATES[State(record.state)]
    return Status(tone, _(text))


def segments(content: bytes, charset: str) -> list[Line] | None:
    """The message field by field, as it was received; None when it cannot be read as HL7 at all."""
    try:
        message = reader.read(content, charset)
    except SamhandlingError:
        return None
    return [Line(segment.name, tuple(_fields(message, index))) for index, segment in enumerate(message.segments)]


def _fields(message: Message, index: int) -> Iterable[tuple[str, str]]:
    segment = message.segments[index]
    count = segment.raw.count(message.separators.field) + 1
    for number in range(1, count + 1):
        text = segment.field(number)
        if text:
            yield f"{segment.name}-{number}", text
