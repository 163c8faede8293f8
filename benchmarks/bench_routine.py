"""The routine without a store: decisions of a stay, verdicts on messages, the payment basis of a stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from benchmarks import Result, rate
from samhandling.stays import events
from samhandling.stays.events import Event, Professional
from samhandling.stays.policy import OSTFOLD, shipped
from samhandling.stays.prices import shipped_prices
from samhandling.stays.rules import State, StayState, decide
from samhandling.stays.rules.allowed import may_send
from samhandling.stays.rules.payment import ReadyInterval, of_stay
from samhandling.stays.rules.receiving import Incoming, judge
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
        events.InformationSent(at=at(2), kind="early"),
        events.InformationReceived(at=at(2)),
        events.RequestReceived(at=at(2), reference="1"),
        events.RequestAnswered(at=at(3), reference="1"),
        events.ReadyTaken(at=at(3)),
        events.PlaceAnswered(at=at(3), can=True),
        events.ReadyCleared(at=at(3)),
        events.ReadySet(at=at(4), ready_date=day, decided_by=doctor),
    ]
    repeats = [events.MunicipalUserSet(at=at(5), value=True), events.NeedAssessed(at=at(5), value=True)]
    return [*happened, *repeats, events.Discharged(at=at(6), discharged_to="1")]


def run() -> list[Result]:
    """Decisions a second on one core."""
    happened = history()

    policy, prices = shipped(OSTFOLD), shipped_prices()

    def play() -> StayState:
        state = StayState()
        for event in happened:
            state = decide(state, event, policy, event.at).state
        return state

    states = [StayState(state=one, ordinary=True, municipality="3101", agreement=True) for one in State]
    codes = ("M3", "M4", "M9", "M11")

    def verdicts() -> None:
        for state in states:
            for code in codes:
                may_send(code, state, policy, now=START, reason="technical")

    incoming = [Incoming(message=code, at=START, now=START, reason="technical") for code in ("M2", "M9", "M11", "M13")]

    def judged() -> None:
        for state in states:
            for message in incoming:
                judge(message, state, policy)

    interval = ReadyInterval(
        ready_at=datetime(2025, 6, 2, tzinfo=UTC), acknowledged_at=datetime(2025, 6, 2, tzinfo=UTC),
        ended_at=datetime(2025, 6, 9, tzinfo=UTC), ended_by="left", municipality="3101",
    )  # fmt: skip

    def paid() -> None:
        of_stay([interval], prices, today=date(2025, 7, 1))

    return [
        Result(
            "routine decisions", rate(play, per_call=len(happened)), "decisions/s", goal=GOAL,
            note="one core, no store",
        ),
        Result("verdicts on messages out", rate(verdicts, per_call=len(states) * len(codes)), "verdicts/s"),
        Result("verdicts on messages in", rate(judged, per_call=len(states) * len(incoming)), "verdicts/s"),
        Result("payment basis of a stay", rate(paid, per_call=1), "stays/s"),
    ]  # fmt: skip
