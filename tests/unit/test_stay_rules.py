"""The stay's table, row by row (routines 2.3), and what may not happen."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from samhandling.stays import events
from samhandling.stays.anomalies import ANOMALIES
from samhandling.stays.causes import BREACH_SEVERITY, CAUSES
from samhandling.stays.events import Professional
from samhandling.stays.policy import OSTFOLD, PolicyError, shipped, with_changes
from samhandling.stays.policy_check import COLUMNS
from samhandling.stays.rules import ImpossibleEventError, State, StayState, courses, deadlines, decide, expectations
from samhandling.stays.rules.allowed import may_send, table_word
from samhandling.stays.rules.courses import CourseMessage, CourseState
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.rules.diagram import reference
from samhandling.stays.rules.step import MANUAL_CAUSES
from samhandling.stays.rules.table import ALPHABET, ROWS, TABLE
from samhandling.stays.rules.values import (
    AskPerson,
    AttendingNamed,
    Breach,
    Cancel,
    ClockEvent,
    DeathWaitOver,
    Decision,
    DischargeTimeCame,
    IdentityNow,
    Moved,
    MunicipalityNow,
    NoNewsCame,
    Note,
    Opened,
    OrderWaitOver,
    Place,
    ReadyDayCame,
    ReportWaitOver,
    SetTimer,
    StartClock,
    Tell,
    TellByPhone,
    Withdraw,
)

ADMITTED = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
NOW = ADMITTED + timedelta(hours=2)
TODAY, TOMORROW = date(2026, 11, 16), date(2026, 11, 17)
DOCTOR = Professional(family_name="Legesen")
POLICY = shipped(OSTFOLD)
BASE = {"admitted_at": ADMITTED, "id_class": "FNR", "ordinary": True, "municipality": "3101", "agreement": True}

IN = StayState(state=State.IN, **BASE)
ACTIVE = StayState(state=State.ACTIVE, user=True, m1="told", exchanged=True, early_due=ADMITTED, **BASE)
READY = msgspec.structs.replace(
    ACTIVE, state=State.READY, ready_date=TODAY, ready_decided_by=DOCTOR, m6="told", ever_ready=True
)
OUT = msgspec.structs.replace(READY, state=State.OUT, before=State.READY, m8="told", discharged_at=NOW)
DEAD = msgspec.structs.replace(READY, state=State.DEAD, before=State.READY, died_at=NOW)
VOID = StayState(state=State.VOID, before=State.IN, **BASE)
KNOWN = (IN, ACTIVE, READY, OUT, DEAD, VOID)
PLACE = Place(code="MED", phone="1")
REPORT = events.ReportReceived(at=NOW, id_class="FNR", municipality="3101", agreement=True)


def opened(at: datetime = ADMITTED, inpatient: bool = True) -> Opened:
    return Opened(at=at, place=PLACE, inpatient=inpatient, id_class="FNR", municipality="3101", agreement=True)


def user(value: bool = True, by_mistake: bool | None = None) -> events.MunicipalUserSet:
    return events.MunicipalUserSet(at=NOW, value=value, by_mistake=by_mistake)


def need(value: bool = True) -> events.NeedAssessed:
    return events.NeedAssessed(at=NOW, value=value)


def ready(day: date = TODAY, by: Professional | None = DOCTOR) -> events.ReadySet:
    return events.ReadySet(at=NOW, ready_date=day, decided_by=by)


def cleared(by_mistake: bool = False) -> events.ReadyCleared:
    return events.ReadyCleared(at=NOW, by_mistake=by_mistake)


def changed(state: StayState, **values) -> StayState:
    return msgspec.structs.replace(state, **values)


def do(state: StayState, event: events.Event, now: datetime = NOW) -> Decision:
    return decide(state, event, POLICY, now)


def told(decision: Decision) -> list[str]:
    """Messages asked for, in order; (C) a cancellation, ☎ a phone call, ? one that waits for a name."""
    found = []
    for action in decision.actions:
        if isinstance(action, Tell):
            found.append(action.message + ("?" if action.hold else ""))
        elif isinstance(action, TellByPhone):
            found.append(f"☎{action.message}")
        elif isinstance(action, Cancel):
            found += [f"{m}(C)" for m in action.messages]
        elif isinstance(action, Withdraw):
            found.append(f"-{action.message}")
    return found


def asked(decision: Decision) -> list[str]:
    return [a.cause for a in decision.actions if isinstance(a, AskPerson)]


H = {"id_class": "H", "ordinary": False}
LEAVE = changed(ACTIVE, on_leave=True)
PLANNED = changed(ACTIVE, planned_discharge=NOW)
EXPECTED_READY = changed(ACTIVE, expected_ready=TODAY)
ASKED_USER = changed(ACTIVE, user=False, user_question=True)
MOVED_MUNICIPALITY = changed(ACTIVE, municipality="3103", told_before="3101")
NEED_ONLY = changed(ACTIVE, user=None, need=True, m1="")

# One case per row and source: (row, state, event, state after, messages).
CASES: list[tuple[str, StayState, events.Event, State, list[str]]] = [
    ("T02", StayState(), opened(), State.IN, []),
    ("T02", StayState(state=State.EXPECTED), opened(), State.IN, []),
    ("T03", StayState(), opened(inpatient=False), State.NONE, []),
    ("T03", StayState(state=State.EXPECTED), opened(inpatient=False), State.EXPECTED, []),
    *[("T02r", s, opened(), s.state, []) for s in (IN, ACTIVE, READY, OUT, DEAD, VOID)],
    *[("T02c", s, opened(ADMITTED - timedelta(hours=1)), s.state, []) for s in (IN, ACTIVE, READY)],
    *[("T03r", s, opened(ADMITTED - timedelta(hours=1), False), s.state, []) for s in (IN, ACTIVE, READY)],
    ("T04r", changed(IN, user=False), user(False), State.IN, []),
    *[("T04r", s, user(), s.state, []) for s in (ACTIVE, READY, OUT, DEAD)],
    ("T04r", changed(VOID, user=True), user(), State.VOID, []),
    ("T28a", ASKED_USER, user(), State.ACTIVE, []),
    ("T28a", changed(READY, user=False, user_question=True), user(), State.READY, []),
    ("T28r", ASKED_USER, user(False), State.ACTIVE, []),
    ("T28r", changed(READY, user=False, user_question=True), user(False), State.READY, []),
    ("T04", IN, user(), State.ACTIVE, ["M1"]),
    ("T04", changed(IN, ready_date=TODAY, ready_decided_by=DOCTOR), user(), State.READY, ["M1", "M6"]),
    ("T04", NEED_ONLY, user(), State.ACTIVE, ["M1"]),
    ("T04", changed(READY, user=None, need=True, m1=""), user(), State.READY, []),
    ("T28", ACTIVE, user(False), State.ACTIVE, []),
    ("T28", READY, user(False), State.READY, []),
    ("T28m", ACTIVE, user(False, True), State.IN, ["M6(C)", "M1(C)"]),
    ("T28m", changed(READY, need=True), user(False, True), State.ACTIVE, ["M6(C)", "M1(C)"]),
    ("T28n", ACTIVE, user(False, False), State.IN, []),
    ("T28n", READY, user(False, False), State.IN, ["M7"]),
    ("T28n", changed(READY, need=True), user(False, False), State.ACTIVE, ["M7"]),
    ("T04n", IN, user(False), State.IN, []),
    ("T04n", NEED_ONLY, user(False), State.ACTIVE, []),
    ("T04n", changed(NEED_ONLY, need=None, user=True, m1=""), user(False), State.IN, []),
    ("T04n", changed(READY, user=None, need=True, m1="", m6="waiting"), user(False), State.READY, []),
    *[("T05r", changed(s, need=True), need(), s.state, []) for s in (IN, ACTIVE, READY, OUT, DEAD, VOID)],
    ("T05", IN, need(), State.ACTIVE, []),
    ("T05", ACTIVE, need(), State.ACTIVE, []),
    ("T05", READY, need(), State.READY, []),
    ("T05n", NEED_ONLY, need(False), State.IN, []),
    ("T05n", changed(READY, user=None, need=True, m1=""), need(False), State.IN, ["M7"]),
    ("T05n", IN, need(False), State.IN, []),
    ("T05n", ACTIVE, need(False), State.ACTIVE, []),
    ("T05n", READY, need(False), State.READY, []),
    ("T09r", changed(IN, ready_date=TODAY), ready(), State.IN, []),
    ("T09r", changed(ACTIVE, expected_ready=TOMORROW), ready(TOMORROW), State.ACTIVE, []),
    ("T09r", READY, ready(), State.READY, []),
    ("T09o", IN, ready(), State.IN, []),
    ("T09", ACTIVE, ready(), State.READY, ["M6"]),
    ("T09", EXPECTED_READY, ready(), State.READY, ["M6"]),
    ("T09", ACTIVE, ready(by=None), State.READY, ["M6?"]),
    ("T09", changed(ACTIVE, attending=DOCTOR), ready(by=None), State.READY, ["M6"]),
    ("T10", ACTIVE, ready(TOMORROW), State.ACTIVE, []),
    ("T09n", changed(READY, m6="waiting"), ready(), State.READY, ["M6"]),
    ("T12", READY, ready(date(2026, 11, 15)), State.READY, ["M7", "M6"]),
    ("T12", changed(READY, m6="waiting"), ready(date(2026, 11, 15)), State.READY, ["-M6", "M6"]),
    ("T13", READY, ready(TOMORROW), State.ACTIVE, ["M7"]),
    ("T19b", READY, cleared(True), State.ACTIVE, ["M6(C)"]),
    ("T11", READY, cleared(), State.ACTIVE, ["M7"]),
    ("T11", changed(READY, m6="waiting"), cleared(), State.ACTIVE, ["-M6"]),
    *[("T11r", s, cleared(), s.state, []) for s in (IN, ACTIVE)],
    ("T10c", changed(IN, ready_date=TODAY), cleared(), State.IN, []),
    ("T10c", EXPECTED_READY, cleared(), State.ACTIVE, []),
    *[("T11e", s, cleared(), s.state, []) for s in (OUT, DEAD, VOID)],
    ("T10d", EXPECTED_READY, ReadyDayCame(at=NOW), State.ACTIVE, []),
    ("T10d", changed(IN, expected_ready=TODAY), ReadyDayCame(at=NOW), State.IN, []),
    *[
        ("T10r", s, ReadyDayCame(at=NOW), s.state, [])
        for s in (StayState(), StayState(state=State.EXPECTED), IN, ACTIVE, READY, OUT, DEAD, VOID)
    ],
    *[
        ("T14w", s, events.Discharged(at=NOW + timedelta(hours=1)), s.state, [])
        for s in (IN, ACTIVE, READY)
    ],
    ("T15", IN, events.Discharged(at=NOW), State.OUT, []),
    ("T14", ACTIVE, events.Discharged(at=NOW), State.OUT, ["M8"]),
    ("T14", READY, events.Discharged(at=NOW, other_trust=True), State.OUT, ["M8"]),
    ("T14", changed(READY, m6="waiting"), events.Discharged(at=NOW), State.OUT, ["-M6", "M8"]),
    ("T14r", OUT, events.Discharged(at=NOW), State.OUT, []),
    ("T14c", OUT, events.Discharged(at=NOW, discharged_to="11"), State.OUT, []),
    ("T14c", OUT, events.Discharged(at=NOW - timedelta(hours=1)), State.OUT, []),
    ("T17d", DEAD, events.Discharged(at=NOW), State.DEAD, []),
    ("T14t", PLANNED, DischargeTimeCame(at=NOW), State.OUT, ["M8"]),
    ("T14t", changed(IN, planned_discharge=NOW), DischargeTimeCame(at=NOW), State.OUT, []),
    ("T14t", changed(READY, planned_discharge=NOW), DischargeTimeCame(at=NOW), State.OUT, ["M8"]),
    *[
        ("T14r", s, DischargeTimeCame(at=NOW), s.state, [])
        for s in (StayState(), StayState(state=State.EXPECTED), IN, ACTIVE, READY, OUT, DEAD, VOID)
    ],
    *[
        ("T20p", changed(s, planned_discharge=NOW), events.DischargeUndone(at=NOW), s.state, [])
        for s in (IN, ACTIVE, READY)
    ],
    *[("T20r", s, events.DischargeUndone(at=NOW), s.state, []) for s in (IN, ACTIVE, READY)],
    ("T20", OUT, events.DischargeUndone(at=NOW), State.READY, ["M8(C)"]),
    ("T20", changed(OUT, before=State.IN, m8=""), events.DischargeUndone(at=NOW), State.IN, []),
    (
        "T20",
        changed(OUT, discharged_at=NOW - timedelta(hours=30)),
        events.DischargeUndone(at=NOW, confirmed=True),
        State.READY,
        ["M8(C)"],
    ),
    ("T20l", changed(OUT, discharged_at=NOW - timedelta(hours=30)), events.DischargeUndone(at=NOW), State.OUT, []),
    *[("T17", s, events.Died(at=NOW), State.DEAD, []) for s in (IN, ACTIVE, READY)],
    ("T17r", DEAD, events.Died(at=NOW), State.DEAD, []),
    ("T18", OUT, events.Died(at=NOW), State.OUT, []),
    ("T18r", changed(OUT, died_at=NOW), events.Died(at=NOW), State.OUT, []),
    ("T18u", changed(OUT, died_at=NOW), events.DeathUndone(at=NOW), State.OUT, []),
    ("T17w", DEAD, DeathWaitOver(at=NOW), State.DEAD, ["M8"]),
    *[
        ("T17r", s, DeathWaitOver(at=NOW), s.state, [])
        for s in (StayState(), StayState(state=State.EXPECTED), IN, ACTIVE, READY, OUT, VOID)
    ],
    ("T17r", changed(DEAD, m8="told"), DeathWaitOver(at=NOW), State.DEAD, []),
    ("T17b", DEAD, events.DeathUndone(at=NOW), State.READY, []),
    ("T17b", changed(DEAD, m8="told"), events.DeathUndone(at=NOW), State.READY, ["M8(C)"]),
    *[("T17r", s, events.DeathUndone(at=NOW), s.state, []) for s in (IN, ACTIVE, READY, OUT, VOID)],
    ("T19", StayState(state=State.EXPECTED), events.AdmissionCancelled(at=NOW), State.VOID, []),
    ("T19", IN, events.AdmissionCancelled(at=NOW), State.VOID, []),
    *[
        ("T19", s, events.AdmissionCancelled(at=NOW), State.VOID, ["M8(C)", "M7(C)", "M6(C)", "M1(C)"])
        for s in (ACTIVE, READY)
    ],
    ("T19r", VOID, events.AdmissionCancelled(at=NOW), State.VOID, []),
    *[
        ("T22r", changed(s, unit="MED", phone="1"), Moved(at=NOW, place=PLACE), s.state, [])
        for s in (IN, ACTIVE, READY, OUT, DEAD, VOID)
    ],
    *[
        ("T23", s, Moved(at=NOW, place=Place(code="APS", track="PSYCH")), s.state, [])
        for s in (IN, ACTIVE, READY)
    ],
    *[("T22", s, Moved(at=NOW, place=PLACE), s.state, []) for s in (IN, ACTIVE, READY)],
    *[("T22e", s, Moved(at=NOW, place=PLACE), s.state, []) for s in (OUT, DEAD, VOID)],
    *[
        ("T09a", s, AttendingNamed(at=NOW, attending=DOCTOR), s.state, [])
        for s in (IN, ACTIVE, READY, OUT, DEAD, VOID)
    ],
    ("T09a", changed(READY, m6="waiting", ready_decided_by=None), AttendingNamed(at=NOW, attending=DOCTOR), State.READY, ["M6"]),
    *[("T25r", changed(s, on_leave=True), events.LeaveStarted(at=NOW), s.state, []) for s in (IN, ACTIVE, READY)],
    *[("T25", s, events.LeaveStarted(at=NOW), s.state, []) for s in (IN, ACTIVE, READY)],
    *[("T25r", s, events.LeaveEnded(at=NOW), s.state, []) for s in (IN, ACTIVE, READY)],
    *[("T25", changed(s, on_leave=True), events.LeaveEnded(at=NOW), s.state, []) for s in (IN, ACTIVE, READY)],
    *[
        ("T27r", changed(StayState(state=s), id_class="FNR"), IdentityNow(at=NOW, id_class="FNR"), s, [])
        for s in State
    ],
    *[("T27", StayState(state=s), IdentityNow(at=NOW, id_class="DNR"), s, []) for s in State if s is not State.READY],
    ("T27", changed(ACTIVE, m1="manual", early_due=None, **H), IdentityNow(at=NOW, id_class="FNR"), State.ACTIVE, ["M1"]),
    (
        "T27",
        changed(READY, m1="manual", m6="manual", **H),
        IdentityNow(at=NOW, id_class="FNR"),
        State.READY,
        ["M1", "M6"],
    ),
    *[
        (
            "T26r",
            changed(StayState(state=s), municipality="3101", agreement=True),
            MunicipalityNow(at=NOW, municipality="3101", agreement=True),
            s,
            [],
        )
        for s in State
    ],
    *[
        (
            "T26a",
            changed(s, municipality="3103", told_before="3101"),
            MunicipalityNow(at=NOW, municipality="3103", agreement=True, was_wrong=True),
            s.state,
            ["M8(C)", "M7(C)", "M6(C)", "M1(C)"],
        )
        for s in (IN, ACTIVE, READY, OUT, DEAD, VOID)
    ],
    *[
        ("T26", StayState(state=s), MunicipalityNow(at=NOW, municipality="3103", agreement=True), s, [])
        for s in State
        if s not in (State.ACTIVE, State.READY)
    ],
    ("T26", ACTIVE, MunicipalityNow(at=NOW, municipality="3103", agreement=True), State.ACTIVE, ["M1"]),
    ("T26", READY, MunicipalityNow(at=NOW, municipality="3103", agreement=True), State.READY, ["M1", "M6"]),
    ("T26", ACTIVE, MunicipalityNow(at=NOW, municipality="3214", agreement=False), State.ACTIVE, ["☎M1"]),
    *[("T06", s, events.InformationSent(at=NOW, kind="early"), s.state, []) for s in (ACTIVE, READY)],
    ("T08", OUT, events.InformationSent(at=NOW, kind="final"), State.OUT, []),
    *[("T06k", s, events.InformationReceived(at=NOW), s.state, []) for s in (IN, ACTIVE, READY, OUT)],
    *[("T06r", s, events.InformationReceived(at=NOW), s.state, []) for s in (DEAD, VOID)],
    *[("T06c", s, events.InformationWithdrawn(at=NOW), s.state, []) for s in (IN, ACTIVE, READY, OUT, DEAD, VOID)],
    *[("T08n", s, events.InformationRejected(at=NOW), s.state, []) for s in (IN, ACTIVE, READY, OUT, DEAD, VOID)],
    *[("P01r", StayState(state=s), events.Objected(at=NOW, value=False), s, []) for s in State],
    *[("P01", StayState(state=s, **BASE), events.Objected(at=NOW), s, []) for s in State if s is not State.READY],
    ("P01", READY, events.Objected(at=NOW), State.READY, []),
    ("P01", changed(ACTIVE, m1="manual", objects=True), events.Objected(at=NOW, value=False), State.ACTIVE, ["M1"]),
    ("T01", StayState(), REPORT, State.EXPECTED, []),
    ("T01x", StayState(), events.ReportReceived(at=NOW, id_class="H", municipality="3101", agreement=True), State.NONE, []),
    ("T01x", StayState(), events.ReportReceived(at=NOW, id_class="FNR", municipality="3199"), State.NONE, []),
    ("T01r", StayState(state=State.EXPECTED), REPORT, State.EXPECTED, []),
    *[("F2", s, REPORT, s.state, []) for s in (IN, ACTIVE, READY)],
    *[("T01x", s, REPORT, s.state, []) for s in (OUT, DEAD, VOID)],
    ("F8", StayState(state=State.EXPECTED), ReportWaitOver(at=NOW), State.VOID, []),
    *[("F8r", s, ReportWaitOver(at=NOW), s.state, []) for s in (StayState(), *KNOWN)],
    *[("N30", s, NoNewsCame(at=NOW), s.state, []) for s in (ACTIVE, READY)],
    *[("N30r", s, NoNewsCame(at=NOW), s.state, []) for s in (StayState(), StayState(state=State.EXPECTED), IN, OUT, DEAD, VOID)],
    *[("N31", s, OrderWaitOver(at=NOW), s.state, []) for s in (IN, ACTIVE, READY, OUT)],
    *[("N31r", s, OrderWaitOver(at=NOW), s.state, []) for s in (StayState(), StayState(state=State.EXPECTED), DEAD, VOID)],
    *[("F6", s, events.RequestReceived(at=NOW, reference="1"), s.state, []) for s in (IN, ACTIVE, READY)],
    *[("F6r", s, events.RequestReceived(at=NOW, reference="1"), s.state, []) for s in (OUT, DEAD, VOID)],
    *[("M9", s, events.RequestSent(at=NOW, reference="1"), s.state, []) for s in (IN, ACTIVE, READY)],
    *[("F6k", s, events.RequestTaken(at=NOW, reference="1"), s.state, []) for s in (IN, ACTIVE, READY)],
    *[("F6r", s, events.RequestTaken(at=NOW, reference="1"), s.state, []) for s in (OUT, DEAD, VOID)],
    *[("M10", s, events.RequestAnswered(at=NOW, reference="1"), s.state, []) for s in KNOWN],
    ("F4", READY, events.ReadyTaken(at=NOW), State.READY, []),
    *[("F4r", s, events.ReadyTaken(at=NOW), s.state, []) for s in (IN, ACTIVE, OUT, DEAD, VOID)],
    ("M13", READY, events.PlaceAnswered(at=NOW, can=True), State.READY, []),
    *[("M13r", s, events.PlaceAnswered(at=NOW), s.state, []) for s in (IN, ACTIVE, OUT, DEAD, VOID)],
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "state", "event", "after", "messages"),
    CASES,
    ids=[f"{i:03}-{c[0]}-{c[1].state.name}" for i, c in enumerate(CASES)],
)
def test_a_row_of_the_table(row, state, event, after, messages):
    done = do(state, event)
    assert (done.row, done.state.state, told(done)) == (row, after, messages)


def test_every_row_is_walked_from_every_state_it_names():
    walked = {(case[0], case[1].state, type(case[2])) for case in CASES}
    rows = {(row.t, source, row.event) for row in ROWS for source in row.source}
    assert sorted(map(str, rows - walked)) == []


def test_a_row_leads_only_where_it_says():
    for row_name, state, event, _, _ in CASES:
        done = do(state, event)
        rows = [r for r in TABLE[state.state, type(event)] if r.t == row_name]
        assert any(done.state.state in r.leads_to(state.state) for r in rows), row_name


def test_the_last_row_of_every_pair_always_holds_so_that_nothing_falls_through():
    for (state, event), rows in TABLE.items():
        for other in rows[:-1]:
            assert other.guard.__doc__ != "otherwise", (state, event)
    ends = {(s, e) for (s, e), rows in TABLE.items() if rows[-1].guard.__doc__ != "otherwise"}
    named = {(s.name, e.__name__) for s, e in ends}
    # What remains are repeats in ended stays: anything but a repeat is impossible there.
    assert named == {
        *((s, "MunicipalUserSet") for s in ("OUT", "DEAD", "VOID")),
        *((s, "NeedAssessed") for s in ("OUT", "DEAD", "VOID")),
        *((s, "Opened") for s in ("OUT", "DEAD", "VOID")),
        *((s, "ReadyCleared") for s in ("OUT", "DEAD", "VOID")),
    }


SAMPLES: dict[type[events.Event], events.Event] = {
    **{type(case[2]): case[2] for case in CASES},
    events.MunicipalUserSet: user(),
}


def test_impossible_pairs_have_a_named_error():
    pairs = [(s, e) for s in State for e in ALPHABET if (s, e) not in TABLE]
    assert len(pairs) > 30
    for state, event in pairs:
        with pytest.raises(ImpossibleEventError) as refused:
            do(StayState(state=state), SAMPLES[event])
        assert refused.value.code == "stay.impossible"
        assert (refused.value.state, refused.value.event) == (state.name, event.__name__)


def test_news_about_an_ended_stay_is_impossible():
    for state in (OUT, DEAD, VOID):
        with pytest.raises(ImpossibleEventError):
            do(changed(state, user=None), user())
        with pytest.raises(ImpossibleEventError):
            do(state, need())
        with pytest.raises(ImpossibleEventError):
            do(state, opened(ADMITTED + timedelta(days=3)))


# Details that the table names ----------------------------------------------------------------------------------------


def clock(decision: Decision, name: str) -> StartClock:
    return next(a for a in decision.actions if isinstance(a, StartClock) and a.clock == name)


def test_t04_starts_the_early_notice_from_admission_and_expects_the_report():
    done = do(IN, user())
    assert clock(done, "F1").due_at == ADMITTED + timedelta(hours=24)
    assert clock(done, "F2").due_at == ADMITTED + timedelta(hours=24)
    assert not [a for a in do(changed(IN, need=False), user()).actions if isinstance(a, StartClock) and a.clock == "F1"]


def test_c01_a_late_need_runs_from_the_need():
    late = ADMITTED + timedelta(hours=30)
    done = decide(IN, events.NeedAssessed(at=late, value=True), POLICY, late)
    assert (clock(done, "F1").due_at, clock(done, "F1").reason) == (late + timedelta(hours=24), "late_need")


def test_only_no_need_stops_the_early_notice():
    assert any(isinstance(a, ClockEvent) and "F1" in a.clocks for a in do(ACTIVE, need(False)).actions)


def test_t27_extends_the_early_notice():
    state = changed(ACTIVE, m1="manual", early_due=None, **H)
    at = ADMITTED + timedelta(hours=30)
    done = decide(state, IdentityNow(at=at, id_class="FNR"), POLICY, at)
    assert (clock(done, "F1").due_at, clock(done, "F1").reason) == (at + timedelta(hours=4), "identity")
    early = decide(state, IdentityNow(at=NOW, id_class="FNR"), POLICY, NOW)
    assert clock(early, "F1").due_at == ADMITTED + timedelta(hours=24)


def test_t10_asks_on_the_day_at_half_past_seven():
    done = do(ACTIVE, ready(TOMORROW))
    asked_at = next(a for a in done.actions if isinstance(a, SetTimer))
    assert asked_at.at == datetime(2026, 11, 17, 6, 30, tzinfo=UTC)
    assert clock(done, "F10").due_at == datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def test_c08_the_other_settings():
    at_once = with_changes(POLICY, name="x", valid_from=TODAY, changes={"future_ready": "send_at_registration"})
    assert told(decide(ACTIVE, ready(TOMORROW), at_once, NOW)) == ["M6"]
    unasked = with_changes(POLICY, name="x", valid_from=TODAY, changes={"future_ready": "send_on_day_unconfirmed"})
    state = changed(EXPECTED_READY, ready_decided_by=DOCTOR)
    assert told(decide(state, ReadyDayCame(at=NOW), unasked, NOW)) == ["M6"]


def test_policy_values_are_data_and_wrong_ones_are_refused():
    with pytest.raises(PolicyError):
        with_changes(POLICY, name="x", valid_from=TODAY, changes={"early_hours": 12})
    with pytest.raises(PolicyError):
        with_changes(POLICY, name="x", valid_from=TODAY, changes={"future_ready": "never"})
    twelve = with_changes(POLICY, name="x", valid_from=TODAY, changes={"early_notice_hours": 12})
    assert clock(decide(IN, user(), twelve, NOW), "F1").due_at == ADMITTED + timedelta(hours=12)


def test_c03_a_d_number_is_ordinary_unless_the_policy_says_otherwise():
    strict = with_changes(POLICY, name="x", valid_from=TODAY, changes={"identity_classes": ["FNR"]})
    d_number = Opened(at=ADMITTED, place=PLACE, inpatient=True, id_class="DNR", municipality="3101", agreement=True)
    assert decide(StayState(), d_number, POLICY, NOW).state.overlay == ""
    assert decide(StayState(), d_number, strict, NOW).state.overlay == "H"
    for id_class in ("H", "FH", "NONE"):
        other = Opened(at=ADMITTED, place=PLACE, inpatient=True, id_class=id_class, municipality="3101", agreement=True)
        assert decide(StayState(), other, POLICY, NOW).state.overlay == "H"


@pytest.mark.parametrize("overlay", [H, {"agreement": False}, {"municipality": "", "agreement": False}])
def test_under_an_overlay_people_are_asked_and_nothing_is_sent(overlay):
    def now_at(state: StayState, event: events.Event) -> list[str]:
        return told(do(changed(state, **overlay), event))

    assert now_at(IN, user()) == ["☎M1"]
    assert now_at(ACTIVE, ready()) == ["☎M6"]
    assert now_at(changed(READY, m6="manual"), cleared()) == ["☎M7"]
    assert now_at(READY, events.Discharged(at=NOW)) == ["☎M8"]


def test_t09_says_when_it_is_late_and_when_the_municipality_knows_nothing():
    actions = do(ACTIVE, ready(date(2026, 11, 15))).actions
    assert [a.kind for a in actions if isinstance(a, Note)] == ["ready_late", "warning_no_information"]
    assert [a.code for a in actions if isinstance(a, Breach)] == ["A-14"]


def test_t14_what_the_municipality_should_have_had():
    def breaches(state: StayState) -> list[str]:
        return [a.code for a in do(state, events.Discharged(at=NOW)).actions if isinstance(a, Breach)]

    assert breaches(ACTIVE) == ["A-21", "A-13"]
    assert breaches(changed(ACTIVE, information="change")) == ["A-21"]
    assert breaches(changed(ACTIVE, information="final")) == []
    assert breaches(changed(ACTIVE, need=False)) == []
    assert breaches(changed(IN, exchanged=True)) == ["A-07"]


def test_t19_wrong_patient_is_a_privacy_incident_only_when_something_was_told():
    assert "stay.privacy" in asked(do(ACTIVE, events.AdmissionCancelled(at=NOW, wrong_patient=True)))
    assert "stay.privacy" not in asked(do(IN, events.AdmissionCancelled(at=NOW, wrong_patient=True)))
    assert "stay.privacy" not in asked(do(ACTIVE, events.AdmissionCancelled(at=NOW)))


def test_t20_late_goes_to_the_message_responsible():
    late = changed(OUT, discharged_at=NOW - timedelta(hours=25))
    assert asked(do(late, events.DischargeUndone(at=NOW))) == ["stay.discharge_undone_late"]


def test_t22_hints_only_when_a_phone_that_was_given_is_wrong():
    move = Moved(at=NOW, place=PLACE)
    assert asked(do(ACTIVE, move)) == []
    assert asked(do(changed(ACTIVE, information="early"), move)) == ["stay.contact_changed"]


def test_every_cause_that_the_rules_ask_for_has_words():
    source = "".join(p.read_text() for p in Path("src/samhandling/stays/rules").glob("*.py"))
    named = set(re.findall(r'"(stay\.[a-z0-9_.]+)"', source)) | set(MANUAL_CAUSES)
    named |= {"stay.call.discharge_undone", "stay.call.death_undone"}
    errors = {"stay.impossible", "stay.impossible_deadline", "stay.impossible_expectation"}
    assert len(named) > 20
    assert sorted(named - errors - set(CAUSES)) == []


# The other tables ----------------------------------------------------------------------------------------------------


def test_deadlines_every_pair_and_late_is_missed():
    due = NOW
    for state in DeadlineState:
        for event in ("sent", "rejected", "met", "passed", "closed", "resumed"):
            after = deadlines.advance(state, event, due_at=due, at=due)
            if (state, event) == (DeadlineState.MISSED, "met"):
                assert after is DeadlineState.MET  # it was in time, and we learn of it late
                continue
            assert after == deadlines.TABLE[state, event]
    late = due + timedelta(minutes=5)
    assert deadlines.advance(DeadlineState.DUE, "met", due_at=due, at=late) is DeadlineState.MISSED
    assert deadlines.advance(DeadlineState.SENT, "met", due_at=due, at=late) is DeadlineState.MISSED
    with pytest.raises(deadlines.ImpossibleDeadlineError):
        deadlines.advance(DeadlineState.DUE, "forgotten", due_at=due, at=due)


def test_expectations_every_row_and_the_rest_is_impossible():
    reached = {expectations.ExpectationState.HELD, expectations.ExpectationState.DUE}
    for state in expectations.ExpectationState:
        for event in ("named", "sent", "confirmed", "rejected", "unconfirmed", "cancelled", "withdrawn"):
            if (state, event) in expectations.TABLE:
                reached.add(expectations.advance(state, event))
            else:
                with pytest.raises(expectations.ImpossibleExpectationError):
                    expectations.advance(state, event)
    assert reached == set(expectations.ExpectationState)


def test_allowed_messages_as_the_routine_has_them():
    assert set(COLUMNS) == {"S0", "S1", "S2", "S3", "S4", "S5", "S6", "HN"}
    assert all(table_word("C", c, POLICY) == table_word("M12", c, POLICY) == "yes" for c in COLUMNS)
    answers: list[tuple[str, StayState, str]] = [
        ("M1", IN, "yes"),
        ("M1", ACTIVE, "no"),
        ("M1", NEED_ONLY, "no"),
        ("M6", ACTIVE, "yes"),
        ("M6", READY, "no"),
        ("M6", IN, "no"),
        ("M7", READY, "yes"),
        ("M7", ACTIVE, "no"),
        ("M8", ACTIVE, "yes"),
        ("M8", OUT, "no"),
        ("M8", IN, "no"),
        ("M4", OUT, "warn"),
        ("M9", OUT, "no"),
        ("M11", OUT, "yes"),
        ("M11", changed(OUT, **H), "warn"),
        ("M6", changed(ACTIVE, **H), "no"),
    ]
    for message, state, word in answers:
        assert may_send(message, state, POLICY).word == word, (message, state.state)
    assert may_send("M1", ACTIVE, POLICY).reason == "duplicate"
    assert may_send("M6", changed(ACTIVE, **H), POLICY).reason == "overlay_h"
    assert may_send("M6", changed(ACTIVE, agreement=False), POLICY).reason == "overlay_n"


def course_message(number: int, kind: str, minutes: int = 0, **more) -> CourseMessage:
    at = NOW + timedelta(minutes=minutes)
    values = {"status": "N", "event_at": at, "generated_at": at}
    return CourseMessage(row_id=number, kind=kind, **(values | more))


def test_courses_every_pair_has_a_row():
    assert set(courses.TABLE) == {(s, k) for s in CourseState for k in courses.KINDS}
    for (state, kind), (after, anomaly) in courses.TABLE.items():
        before = {
            CourseState.UNKNOWN: [],
            CourseState.ADMITTED: ["LOG_INNLAGT"],
            CourseState.READY: ["LOG_UTSKRIVNINGSKLAR"],
            CourseState.OUT: ["LOG_UTSKREVET"],
            CourseState.DEAD: ["LOG_DOD"],
        }[state]
        told_so_far = [course_message(i, k, i) for i, k in enumerate(before, 1)]
        found = courses.fold([*told_so_far, course_message(9, kind, 9)])
        assert found.state is after
        assert [code for _, code in found.anomalies] == ([anomaly] if anomaly else [])


def test_a_course_does_not_depend_on_the_order_of_arrival():
    m1 = course_message(1, "LOG_INNLAGT", 0, admitted_at=ADMITTED)
    m6 = course_message(2, "LOG_UTSKRIVNINGSKLAR", 10, ready_date=TODAY)
    m7 = course_message(3, "LOG_AVMELDING", 20, refers_to=2)
    new = course_message(4, "LOG_UTSKRIVNINGSKLAR", 20, ready_date=TOMORROW)
    m8 = course_message(5, "LOG_UTSKREVET", 30, discharged_to="1")
    straight = courses.fold([m1, m6, m7, new, m8])
    assert (straight.state, straight.ready_date, straight.anomalies) == (CourseState.OUT, TOMORROW, ())
    assert courses.fold([m8, new, m7, m6, m1]) == straight


def test_a_withdrawal_in_the_same_second_as_its_message_comes_after_it():
    m6 = course_message(2, "LOG_UTSKRIVNINGSKLAR", 10, ready_date=TODAY)
    m7 = course_message(3, "LOG_AVMELDING", 10, refers_to=2)
    assert courses.fold([m7, m6]).state is CourseState.ADMITTED
    other = course_message(1, "LOG_UTSKRIVNINGSKLAR", 0, ready_date=TODAY)
    about_other = course_message(3, "LOG_AVMELDING", 10, refers_to=1)
    assert courses.fold([m6, about_other, other]).state is CourseState.READY


def test_a_change_or_a_cancelled_message_tells_nothing():
    m6 = course_message(1, "LOG_UTSKRIVNINGSKLAR", ready_date=TODAY)
    change = course_message(2, "LOG_AVMELDING", 5, status="M")
    found = courses.fold([m6, change])
    assert (found.state, found.anomalies) == (CourseState.READY, ((2, "status"),))
    assert courses.fold([course_message(1, "LOG_INNLAGT", cancelled=True)]).state is CourseState.UNKNOWN


def test_the_reference_in_the_documentation_is_current():
    assert Path("docs/reference-stay.md").read_text() == reference()


def test_every_anomaly_of_the_routine_is_graded_owned_and_explained():
    assert set(ANOMALIES) == {*(f"A-{n:02}" for n in range(1, 22)), "status"} == set(BREACH_SEVERITY)
    for code, row in ANOMALIES.items():
        assert all((row.title, row.means, row.do)), code
    spec = {
        "high": ("A-02", "A-03", "A-06", "A-09", "A-10", "A-12", "A-13", "A-18", "A-21"),
        "medium": ("A-05", "A-07", "A-08", "A-11", "A-14", "A-15", "A-16"),
        "low": ("A-04", "A-17", "A-20", "status"),
        "info": ("A-19",),
        "normal": ("A-01",),
    }
    assert {code: grade for grade, codes in spec.items() for code in codes} == BREACH_SEVERITY


def test_what_stands_as_final_is_not_asked_for_again_when_the_patient_becomes_ready() -> None:
    final = msgspec.structs.replace(ACTIVE, information="final")
    assert "F9" in started(decide(ACTIVE, ready(), POLICY, NOW))
    assert "F9" not in started(decide(final, ready(), POLICY, NOW))
    # A change after it, or its rejection, asks for a new one.
    told_again = decide(final, events.InformationSent(at=NOW, kind="change"), POLICY, NOW).state
    assert "F9" in started(decide(told_again, ready(), POLICY, NOW))
    waiting = decide(final, ready(), POLICY, NOW).state
    assert "F9" in started(decide(waiting, events.InformationRejected(at=NOW, stands="early"), POLICY, NOW))


def started(decision: Decision) -> set[str]:
    return {action.clock for action in decision.actions if isinstance(action, StartClock)}
