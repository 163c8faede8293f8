"""Random histories of a stay: whatever comes in whatever order, the municipality is never told nonsense."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from samhandling.stays import events
from samhandling.stays.events import Professional
from samhandling.stays.policy import OSTFOLD, shipped
from samhandling.stays.rules import ImpossibleEventError, State, StayState, decide
from samhandling.stays.rules.values import (
    AttendingNamed,
    Cancel,
    DeathWaitOver,
    DischargeTimeCame,
    IdentityNow,
    Moved,
    MunicipalityNow,
    Opened,
    Place,
    ReadyDayCame,
    Tell,
    TellByPhone,
)

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
DOCTOR = Professional(family_name="Legesen")
PLACES = (Place(code="MED"), Place(code="KIR", phone="1"), Place(code="APS", track="PSYCH"))
DAYS = tuple(date(2026, 11, d) for d in (15, 16, 17, 18))

_values = st.booleans()
_maybe = st.sampled_from([None, True, False])
_COMMON = st.one_of(
    st.builds(lambda v, m: ("user", v, m), _values, _maybe),
    st.builds(lambda v: ("need", v), _values),
    st.builds(lambda d, by: ("ready", d, by), st.sampled_from(DAYS), st.sampled_from([None, DOCTOR])),
    st.builds(lambda m: ("cleared", m), _values),
    st.sampled_from([("doctor",), ("day",), ("undied",), ("undischarged",)]),
)
_RARE = st.one_of(
    st.builds(lambda p: ("moved", p), st.sampled_from(PLACES)),
    st.builds(lambda later: ("discharged", later), st.sampled_from([0, 0, 3])),
    st.builds(lambda w: ("cancelled", w), _values),
    st.builds(lambda c: ("identity", c), st.sampled_from(["FNR", "FNR", "DNR", "H", "NONE"])),
    st.builds(lambda m, a, w: ("municipality", m, a, w), st.sampled_from(["3101", "3103", ""]), st.booleans(), _maybe),
    st.sampled_from([("died",), ("leave",), ("back",), ("death_wait",), ("time",)]),
)
EVENT = st.one_of(_COMMON, _COMMON, _COMMON, _RARE)
"""What ends a stay is rare, so that histories go on."""
HISTORY = st.lists(EVENT, max_size=25)


def build(what: tuple, at: datetime) -> events.Event:
    match what:
        case ("user", value, mistake):
            return events.MunicipalUserSet(at=at, value=value, by_mistake=mistake)
        case ("need", value):
            return events.NeedAssessed(at=at, value=value)
        case ("ready", day, by):
            return events.ReadySet(at=at, ready_date=day, decided_by=by)
        case ("cleared", mistake):
            return events.ReadyCleared(at=at, by_mistake=mistake)
        case ("moved", place):
            return Moved(at=at, place=place)
        case ("discharged", later):
            return events.Discharged(at=at + timedelta(hours=later))
        case ("cancelled", wrong):
            return events.AdmissionCancelled(at=at, wrong_patient=wrong)
        case ("identity", found):
            return IdentityNow(at=at, id_class=found)
        case ("municipality", number, agreement, wrong):
            return MunicipalityNow(at=at, municipality=number, agreement=agreement and bool(number), was_wrong=wrong)
        case ("doctor",):
            return AttendingNamed(at=at, attending=DOCTOR)
        case (name,):
            return {
                "died": events.Died,
                "undied": events.DeathUndone,
                "undischarged": events.DischargeUndone,
                "leave": events.LeaveStarted,
                "back": events.LeaveEnded,
                "death_wait": DeathWaitOver,
                "time": DischargeTimeCame,
                "day": ReadyDayCame,
            }[name](at=at)
    raise AssertionError(what)


class Municipality:
    """What one municipality has been told, as it would see it; raises when it is told nonsense."""

    def __init__(self) -> None:
        self.admitted = self.ready = self.out = False

    def hear(self, message: str) -> None:
        match message:
            case "M1":
                assert not self.admitted, "M1 twice"
                assert not self.ready, "M1 after M6"
                assert not self.out, "M1 after M8"
                self.admitted = True
            case "M6":
                assert not self.ready, "M6 twice without M7"
                assert not self.out, "M6 after M8"
                self.ready = True
            case "M7":
                assert self.ready, "M7 without M6"
                self.ready = False
            case "M8":
                assert not self.out, "M8 twice"
                self.out = True

    def heard_by_phone(self, message: str) -> None:
        self.ready = self.ready and message != "M7"

    def forget(self, messages: tuple[str, ...]) -> None:
        self.admitted = self.admitted and "M1" not in messages
        self.ready = self.ready and "M6" not in messages
        self.out = self.out and "M8" not in messages


class Run:
    """Plays a history and watches."""

    def __init__(self, admission: Opened) -> None:
        self.state = StayState()
        self.told: dict[str, Municipality] = {}
        self.messages: list[str] = []
        self.step(admission, admission.at)

    def step(self, event: events.Event, now: datetime) -> bool:
        """False when the event is impossible now."""
        before = self.state
        try:
            done = decide(before, event, shipped(OSTFOLD), now)
        except ImpossibleEventError:
            return False
        for action in done.actions:
            if isinstance(action, Tell):
                assert not done.state.overlay or not before.overlay, "a message under an overlay"
                if not action.hold:
                    assert action.message != "M6" or (action.decided_by is not None and action.decided_by.named)
                    self.told.setdefault(self._where(done.state), Municipality()).hear(action.message)
                    self.messages.append(action.message)
            elif isinstance(action, TellByPhone):
                assert done.state.overlay, "people are asked although a message may go"
                # A call withdraws and ends what a message told, when the number was lost in between.
                if action.message in ("M7", "M8"):
                    self.told.get(done.state.municipality, Municipality()).heard_by_phone(action.message)
            elif isinstance(action, Cancel):
                for number, told in self.told.items():
                    if not action.municipality or action.municipality == number:
                        told.forget(action.messages)
        self.state = done.state
        return True

    def _where(self, state: StayState) -> str:
        return state.municipality


def play(history: list[tuple]) -> Run:
    run = Run(Opened(at=START, place=PLACES[0], inpatient=True, id_class="FNR", municipality="3101", agreement=True))
    for number, what in enumerate(history, 1):
        now = START + timedelta(minutes=50 * number)
        run.step(build(what, now), now)
    return run


def stays_in_one_municipality(history: list[tuple]) -> list[tuple]:
    """A patient who moves away and back again is told anew, which is another story."""
    return [what for what in history if what[0] != "municipality"]


@settings(max_examples=400, deadline=None)
@given(HISTORY)
def test_nobody_is_told_nonsense(history):
    run = play(stays_in_one_municipality(history))
    told = run.told.get("3101", Municipality())
    if run.state.state is State.VOID:
        assert (told.admitted, told.ready, told.out) == (False, False, False)
    if run.state.state is State.READY and run.state.m6 == "told":
        assert told.ready


@settings(max_examples=300, deadline=None)
@given(HISTORY)
def test_never_a_message_without_agreement_or_ordinary_number(history):
    run = play(history)
    assert set(run.told) <= {"3101", "3103"}


@settings(max_examples=300, deadline=None)
@given(HISTORY)
def test_every_event_that_comes_twice_counts_once(history):
    def doubled() -> Run:
        run = Run(
            Opened(at=START, place=PLACES[0], inpatient=True, id_class="FNR", municipality="3101", agreement=True)
        )
        for number, what in enumerate(history, 1):
            now = START + timedelta(minutes=50 * number)
            if run.step(build(what, now), now):
                run.step(build(what, now), now)
        return run

    assert doubled().messages == play(history).messages


@settings(max_examples=300, deadline=None)
@given(HISTORY)
def test_deciding_is_a_function_of_its_arguments(history):
    assert play(history).state == play(history).state


@settings(max_examples=300, deadline=None)
@given(HISTORY)
def test_messages_stand_in_the_routines_order(history):
    run = play(stays_in_one_municipality(history))
    for first, second in pairwise(run.messages):
        assert (first, second) not in {("M8", "M7"), ("M7", "M7")}


def random_history(seed: int, length: int) -> list[tuple]:
    """A long history in which stays seldom end: what Hypothesis' short ones rarely reach."""
    dice = random.Random(seed)
    common = (
        lambda: ("user", dice.random() < 0.6, dice.choice([None, True, False])),
        lambda: ("need", dice.random() < 0.7),
        lambda: ("ready", dice.choice(DAYS), dice.choice([None, DOCTOR, DOCTOR])),
        lambda: ("ready", dice.choice(DAYS), dice.choice([None, DOCTOR, DOCTOR])),
        lambda: ("cleared", dice.random() < 0.3),
        lambda: (dice.choice(["doctor", "day", "undied", "undischarged", "leave", "back", "death_wait", "time"]),),
        lambda: ("moved", dice.choice(PLACES)),
        lambda: ("identity", dice.choice(["FNR", "FNR", "FNR", "DNR", "H"])),
    )
    rare = (
        lambda: ("discharged", dice.choice([0, 0, 3])),
        lambda: ("died",),
        lambda: ("cancelled", dice.random() < 0.5),
    )
    return [(dice.choice(rare) if dice.random() < 0.03 else dice.choice(common))() for _ in range(length)]


def test_nobody_is_told_nonsense_in_long_histories():
    told: Counter[str] = Counter()
    for seed in range(600):
        try:
            told.update(play(random_history(seed, 40)).messages)
        except AssertionError as error:
            raise AssertionError(f"history {seed}: {error}") from error
    assert min(told[m] for m in ("M1", "M6", "M7", "M8")) > 50, told
