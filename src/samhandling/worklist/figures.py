"""Figures of one month for leaders: early notices in time, receipts, breaches; each number is a list of cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import QuerySet

from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageState
from samhandling.pages.texts import N_
from samhandling.stays.models import BreachOfRoutine, Deadline, Stay
from samhandling.stays.rules.deadlines import DeadlineState

IN_TIME, MISSED, NO_RECEIPT, REJECTED, BREACH = "i-tide", "for-sent", "uten-kvittering", "avvist", "brudd"
AFFECTED = "stans"
"""An early notice whose time was covered by an outage: counted apart, neither in time nor late (2.5)."""
KINDS = (IN_TIME, MISSED, AFFECTED, NO_RECEIPT, REJECTED, BREACH)
FEWEST = 5
"""P-16: smaller numbers are not shown outside the organisation."""
HIDDEN = N_("skjult")
UNRECEIPTED = (MessageState.UNCONFIRMED, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that counts."""

    kind: str
    code: str
    """Of a breach: A-09 …; else empty."""
    unit: int
    municipality: str
    subject: str
    at: datetime
    patient: int
    """Row id; 0 where nobody is known."""
    took: timedelta | None = None
    """From the admission until the early notice was received."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one ward or municipality."""

    in_time: int
    missed: int
    median_hours: float | None
    no_receipt: int
    rejected: int
    breaches: int
    affected: int

    @property
    def share(self) -> int | None:
        """Early notices in time, of those whose time was up; in per cent."""
        whole = self.in_time + self.missed
        return round(100 * self.in_time / whole) if whole else None


def month(text: str, today: date) -> date:
    """The first day of the month `2026-11`; of this month for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def cases(scope: Scope, first: date) -> list[Case]:
    """Everything that counts in that month, within the scope."""
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    begin, end = oslo.start_of_day(first), oslo.start_of_day(after)
    stays = scope.rows(Stay.objects.all(), unit="unit")
    return [*_early(stays, begin, end), *_messages(scope, stays, begin, end), *_breaches(scope, begin, end)]


def _early(stays: QuerySet[Stay], begin: datetime, end: datetime) -> Iterable[Case]:
    states = (DeadlineState.MET.value, DeadlineState.MISSED.value)
    found = Deadline.objects.filter(
        clock="F1", state__in=states, due_at__gte=begin, due_at__lt=end, stay__in=stays
    ).select_related("stay")
    # Thousands in a month: only what counts, not the facts of each stay.
    found = found.only(
        "state", "starts_at", "due_at", "settled_at", "late_at", "affected_by_downtime",
        "stay__unit", "stay__municipality_number", "stay__patient",
    )  # fmt: skip
    for row in found:
        met, stay = row.state == DeadlineState.MET, row.stay
        received = row.settled_at if met else row.late_at
        took = received - row.starts_at if received is not None else None
        at = row.due_at or row.starts_at
        kind = AFFECTED if row.affected_by_downtime else IN_TIME if met else MISSED
        yield Case(kind, "", stay.unit_id or 0, stay.municipality_number, stay.subject, at, stay.patient_id, took)


def _messages(scope: Scope, stays: QuerySet[Stay], begin: datetime, end: datetime) -> Iterable[Case]:
    bad = scope.rows(
        Message.objects.filter(
            direction=Direction.OUT, created_at__gte=begin, created_at__lt=end, subject__startswith="stay:",
            state__in=(*UNRECEIPTED, MessageState.REJECTED),
        )
    )  # fmt: skip
    messages = list(bad)
    numbers = {int(m.subject.partition(":")[2]) for m in messages}
    known = {s.subject: s for s in stays.filter(pk__in=numbers)}
    for message in messages:
        stay = known.get(message.subject)
        if stay is not None:
            kind = REJECTED if message.state == MessageState.REJECTED else NO_RECEIPT
            yield Case(
                kind,
                "",
                stay.unit_id or 0,
                stay.municipality_number,
                f"message:{message.pk}",
                message.created_at,
                stay.patient_id,
            )


def _breaches(scope: Scope, begin: datetime, end: datetime) -> Iterable[Case]:
    found = scope.rows(BreachOfRoutine.objects.filter(at__gte=begin, at__lt=end), unit="unit").select_related("stay")
    for row in found:
        if row.affected_by_downtime:
            continue  # Counted once, as the deadline that the outage covered.
        stay = row.stay
        about = stay.subject if stay is not None else f"message:{row.message_id}" if row.message_id else ""
        number = stay.municipality_number if stay is not None else ""
        yield Case(BREACH, row.code, row.unit_id or 0, number, about, row.at, row.patient_id or 0)


def summed(found: Iterable[Case]) -> Figures:
    """The numbers of these cases."""
    listed = list(found)
    count = {kind: sum(c.kind == kind for c in listed) for kind in KINDS}
    times = [c.took.total_seconds() / 3600 for c in listed if c.took is not None and c.kind != AFFECTED]
    return Figures(
        in_time=count[IN_TIME], missed=count[MISSED], median_hours=round(median(times), 1) if times else None,
        no_receipt=count[NO_RECEIPT], rejected=count[REJECTED], breaches=count[BREACH], affected=count[AFFECTED],
    )  # fmt: skip


def patients(found: Iterable[Case]) -> int:
    """How many people these cases are about; a case of nobody known is one of its own."""
    listed = list(found)
    return len({c.patient for c in listed if c.patient}) + sum(not c.patient for c in listed)


def shared(column: Sequence[tuple[int, int]]) -> list[str]:
    """One column of (number, people) as others may see it, whatever else they know of its sum (P-16).

    A number of fewer than five people is not told. Nor are, while a sum less the rest would tell it, the smallest of
    the others: `skjult`. None is told as none.
    """
    hidden = {place for place, (_, people) in enumerate(column) if 0 < people < FEWEST}
    few = set(hidden)
    others = sorted((people, place) for place, (_, people) in enumerate(column) if people >= FEWEST)
    while hidden and others and (len(hidden) == 1 or sum(column[place][1] for place in hidden) < FEWEST):
        hidden.add(others.pop(0)[1])
    return [
        f"<{FEWEST}" if place in few else HIDDEN if place in hidden else str(number)
        for place, (number, _) in enumerate(column)
    ]
