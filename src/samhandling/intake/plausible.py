"""Times that cannot be meant: a feed's `9999-12-31` for *no end*, a year that was mistyped. Pure: no Django.

What is implausible is taken for not said, and stands among the problems, so that a person knows (issue: Bad input).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from samhandling.clock.oslo import day
from samhandling.hl7.adt import AdtEvent, AdtProblem

CODE = "implausible_time"
AHEAD = timedelta(days=366)
"""Nothing is registered for longer ahead than this."""
BEHIND = timedelta(days=20 * 366)
"""Nothing that is told of a stay lies further back than this."""


def plausible(adt: AdtEvent, now: datetime) -> AdtEvent:
    """The event without the times that cannot be meant; `now` (aware UTC) is the node's clock."""
    return _Check(adt, now).event()


class _Check:
    """Goes through the times of one event."""

    def __init__(self, adt: AdtEvent, now: datetime) -> None:
        self.adt = adt
        self.now = now
        self.found: list[AdtProblem] = []
        self.reference = now

    def event(self) -> AdtEvent:
        adt = self.adt
        recorded = self._instant("recorded_at", adt.recorded_at)
        if adt.recorded_at is not None and recorded is None:
            recorded = self._instant("sent_at", adt.sent_at) or self.now
        # A message may be old, as from a file: what it tells is held against the time of its own registration.
        self.reference = recorded or self.now
        occurred = self._instant("occurred_at", adt.occurred_at)
        visit, patient, told = adt.visit, adt.patient, adt.municipal
        admitted = self._instant("admitted_at", visit.admitted_at)
        found = replace(
            adt,
            recorded_at=recorded,
            occurred_at=occurred or recorded,
            visit=replace(
                visit, admitted_at=admitted, discharged_at=self._after(admitted, "discharged_at", visit.discharged_at)
            ),
            patient=replace(patient, died_at=self._instant("died_at", patient.died_at)),
            municipal=replace(
                told,
                need_assessed_at=self._instant("need_assessed_at", told.need_assessed_at),
                ready_date=self._day("ready", told.ready_date),
            ),
        )
        return replace(found, problems=(*found.problems, *self.found)) if self.found else adt

    def _instant(self, name: str, at: datetime | None) -> datetime | None:
        if at is None or self.reference - BEHIND <= at <= max(self.reference, self.now) + AHEAD:
            return at
        self.found.append(AdtProblem(CODE, name))
        return None

    def _after(self, admitted: datetime | None, name: str, at: datetime | None) -> datetime | None:
        """Nobody leaves before they came."""
        at = self._instant(name, at)
        if at is None or admitted is None or at >= admitted:
            return at
        self.found.append(AdtProblem(CODE, name))
        return None

    def _day(self, name: str, at: date | None) -> date | None:
        first, last = day(self.reference) - BEHIND, day(max(self.reference, self.now)) + AHEAD
        if at is None or first <= at <= last:
            return at
        self.found.append(AdtProblem(CODE, name))
        return None
