"""The basis for municipal payment of a patient ready for discharge (routines 3): a pure calculation, not an invoice.

Every result is *ubekreftet*: the rules of section 3.4 are defaults whose certainty is told with each answer. A year
without a day price is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from samhandling.clock import oslo
from samhandling.stays.prices import DayPrice

Early = Literal["met", "late", "missing", "not_required"]
Ending = Literal["", "withdrawn", "left", "died", "transferred", "municipality", "cancelled"]
Outcome = Literal["PAYABLE", "DISPUTED", "NOT_PAYABLE", "MANUAL", "PRICE_MISSING"]
Certainty = Literal["high", "medium", "low"]
_ORDER: tuple[Certainty, ...] = ("low", "medium", "high")
PSYCHIATRY_FROM = date(2019, 1, 1)
"""Mental health care and addiction treatment are payable from this day (Q10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAnswer:
    """What the municipality said, by any channel, about taking the patient."""

    at: datetime
    can: bool
    """True: expressly can receive. A day that is only assumed is no yes (3.4 Q2)."""
    from_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyInterval:
    """One time of being ready for discharge, opened by M6 (routines 3.3)."""

    ready_at: datetime
    """When it was registered that the patient is ready."""
    sent: bool = True
    """M6 was sent, whether or not it was acknowledged."""
    acknowledged_at: datetime | None = None
    """The first positive receipt of M6."""
    notified_at: datetime | None = None
    """When the municipality was told otherwise: by phone, documented."""
    ended_at: datetime | None = None
    ended_by: Ending = ""
    answers: tuple[PlaceAnswer, ...] = ()
    municipality: str = ""
    early: Early = "met"
    downtime: bool = False
    """An outage covered the notification."""
    outside_control: bool = False
    """The municipality pleads circumstances outside its control (§ 11)."""
    psychiatric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What one interval comes to."""

    dates: tuple[date, ...]
    amount: int | None
    """Kroner; None where a day price is missing."""
    outcome: Outcome
    certainty: Certainty
    why: tuple[str, ...] = ()
    """Stable codes of what decided: `Q7`, `early_late`, `not_acknowledged` …"""
    missing_years: tuple[int, ...] = ()

    @property
    def days(self) -> int:
        """How many dates are charged."""
        return len(self.dates)


def of_stay(
    intervals: Iterable[ReadyInterval],
    prices: Mapping[int, DayPrice],
    *,
    today: date,
    charged: frozenset[date] = frozenset(),
) -> tuple[Basis, ...]:
    """The basis of each interval of a stay, in order of time; no date is charged twice for one patient.

    `charged`: dates that are charged for the patient already, by another stay.
    """
    taken = set(charged)
    found = []
    for interval in sorted(intervals, key=lambda one: (one.ready_at, one.ended_at or one.ready_at)):
        one = basis(interval, prices, today=today, not_again=frozenset(taken))
        taken |= set(one.dates)
        found.append(one)
    return tuple(found)


def basis(
    interval: ReadyInterval,
    prices: Mapping[int, DayPrice],
    *,
    today: date,
    not_again: frozenset[date] = frozenset(),
) -> Basis:
    """Days, amount, outcome and certainty of one interval; `today` ends one that still runs (Oslo day)."""
    why: list[str] = []
    certain: Certainty = "high"
    notified = _notified(interval)
    if interval.ended_by == "cancelled":
        return Basis(dates=(), amount=0, outcome="NOT_PAYABLE", certainty="high", why=("cancelled",))
    if notified is None:
        return Basis(dates=(), amount=0, outcome="NOT_PAYABLE", certainty="high", why=("no_notice",))
    start = oslo.day(max(interval.ready_at, notified))
    stop = oslo.day(interval.ended_at) if interval.ended_at is not None else today
    dates = tuple(d for d in _charged(start, stop, interval.answers) if d not in not_again)
    if interval.psychiatric and start < PSYCHIATRY_FROM:
        dates = tuple(d for d in dates if d >= PSYCHIATRY_FROM)
        why.append("Q10")
    for code, level in _doubts(interval, start):
        why.append(code)
        certain = min(certain, level, key=_ORDER.index)
    missing = tuple(sorted({d.year for d in dates} - set(prices)))
    if any(not prices[d.year].verified for d in dates if d.year in prices):
        certain = "low"
        why.append("price_unverified")
    amount = None if missing else sum(prices[d.year].amount for d in dates)
    disputed = _disputes(interval)
    outcome: Outcome = "DISPUTED" if disputed else "PAYABLE"
    if not interval.municipality:
        outcome = "MANUAL"
    elif not dates:
        outcome = "NOT_PAYABLE"
    elif missing:
        outcome = "PRICE_MISSING"
    return Basis(
        dates=dates, amount=amount, outcome=outcome, certainty=certain, why=(*disputed, *why), missing_years=missing
    )


def _notified(interval: ReadyInterval) -> datetime | None:
    """When the notice was given: first positive receipt, else a documented call, else the M6 that nobody confirmed."""
    if interval.acknowledged_at is not None:
        return interval.acknowledged_at
    if interval.notified_at is not None:
        return interval.notified_at
    return interval.ready_at if interval.sent else None


def _charged(start: date, stop: date, answers: Sequence[PlaceAnswer]) -> Iterable[date]:
    """Dates from `start` on, before `stop`, on which no standing answer says that the municipality can receive."""
    told = sorted(answers, key=lambda answer: answer.at)
    day = start
    while day < stop:
        standing = [answer for answer in told if oslo.day(answer.at) <= day]
        last = standing[-1] if standing else None
        can = last is not None and last.can and max(oslo.day(last.at), last.from_day or start) <= day
        if not can:
            yield day
        day += timedelta(days=1)


def _doubts(interval: ReadyInterval, start: date) -> Iterable[tuple[str, Certainty]]:
    """The questions of 3.4 that the interval touches, with how certain their default is."""
    if any(a.can and a.from_day is not None and a.from_day > oslo.day(a.at) for a in interval.answers):
        yield "Q2", "medium"
    if interval.ended_by in ("left", "transferred") and not any(a.can for a in interval.answers):
        yield "Q3", "medium"
    if interval.ended_by == "withdrawn" and interval.ended_at is not None and oslo.day(interval.ended_at) == start:
        yield "Q6", "low"
    if interval.ended_by == "died":
        yield "Q7", "low"
    if start.weekday() >= 5:
        yield "Q9", "medium"
    said = [a.can for a in sorted(interval.answers, key=lambda answer: answer.at)]
    if True in said and False in said[said.index(True) :]:
        yield "Q11", "low"


def _disputes(interval: ReadyInterval) -> tuple[str, ...]:
    """Why the municipality may object (3.3)."""
    found = []
    if interval.early in ("late", "missing"):
        found.append(f"early_{interval.early}")
    if interval.acknowledged_at is None:
        found.append("not_acknowledged")
    if interval.outside_control:
        found.append("outside_control")
    if interval.downtime:
        found.append("downtime")
    return tuple(found)
