"""Decisions of the routine, without a store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from benchmarks import Result, rate
from samhandling.stays import events
from samhandling.stays.events import Event, Professional
from samhandling.stays.policy import shipped
from samhandling.stays.rules import StayState, decide
from samhandling.stays.rules.values import Opened, Place

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
GOAL = 20_000


def history() -> list[Event]:
    """A common stay: admitted, user, ready, not ready, ready again, discharged, with the repeats of a feed."""
    doctor = Professional(family_name="Legesen")
    day = date(2026, 11, 16)

    def at(hours: int) -> datetime:
        return START + timedelta(hours=hours)

    happened: list[Event] = [
        Opened(at=START, place=Place(code="M"), inpatient=True, id_class="FNR", municipality="3101", agreement=True),
        events.MunicipalUserSet(at=at(0), value=True),
        events.NeedAssessed(at=at(1), value=True),
        events.ReadySet(at=at(2), ready_date=day, decided_by=doctor),
        events.ReadyCleared(at=at(3)),
        events.ReadySet(at=at(4), ready_date=day, decided_by=doctor),
    ]
    repeats = [events.MunicipalUserSet(at=at(5), value=True), events.NeedAssessed(at=at(5), value=True)]
    return [*happened, *repeats, events.Discharged(at=at(6), discharged_to="1")]


def run() -> list[Result]:
    """Decisions a second on one core."""
    happened = history()

    def play() -> StayState:
        state = StayState()
        for event in happened:
            state = decide(state, event, shipped(), event.at).state
        return state

    value = rate(play, per_call=len(happened))
    return [Result("routine decisions", value, "decisions/s", goal=GOAL, note="one core, no store")]
