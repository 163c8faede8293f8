"""Which events a message stands for, and the life of a record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samhandling.errors import SamhandlingError
from samhandling.hl7 import adt, reader
from samhandling.hl7.mapping import EVENTS
from samhandling.identity import synthetic
from samhandling.intake import life, rules
from samhandling.intake.errors import NoPatientError, NoVisitError, UnknownEventError, WrongStateError
from samhandling.intake.life import TABLE, Event, State
from samhandling.stays import events

NOW = datetime(2026, 11, 18, 13, 0, tzinfo=UTC)
PID = "PID|1||15076500565^^^^FNR~4711^^^SOK^PI||Gundersen^Roland||19650715|M"
PV1 = "PV1|1|I|MED1" + "|" * 16 + "V-1" + "|" * 25 + "20261116100000|20261118130000"


def plan(trigger: str, *segments: str, test: bool = False) -> rules.Plan:
    evn = f"EVN|{trigger}|20261116102000|||USER|20261116101500"
    text = "\r".join([f"MSH|^~\\&|PAS|SO|||20261116102500||ADT^{trigger}|1|P|2.5", evn, *(segments or (PID, PV1))])
    return rules.plan(adt.read(reader.read(text.encode())), source="adt:7", test=test, now=NOW)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ("A01", [(events.Admitted, at(2026, 11, 16, 9, 0))]),
        ("A06", [(events.Admitted, at(2026, 11, 16, 9, 0))]),
        ("A02", [(events.Transferred, at(2026, 11, 16, 9, 15))]),
        ("A12", [(events.Transferred, at(2026, 11, 16, 9, 15))]),
        ("A03", [(events.Discharged, at(2026, 11, 18, 12, 0))]),
        ("A07", [(events.Discharged, at(2026, 11, 18, 12, 0))]),
        ("A08", [(events.PatientUpdated, at(2026, 11, 16, 9, 20))]),
        ("A31", [(events.PatientUpdated, at(2026, 11, 16, 9, 20))]),
        ("A11", [(events.AdmissionCancelled, at(2026, 11, 16, 9, 20))]),
        ("A13", [(events.DeathUndone, at(2026, 11, 16, 9, 20)), (events.DischargeUndone, at(2026, 11, 16, 9, 20))]),
        ("A21", [(events.LeaveStarted, at(2026, 11, 16, 9, 15))]),
        ("A22", [(events.LeaveEnded, at(2026, 11, 16, 9, 15))]),
    ],
)
def test_each_event_of_the_feed(trigger, expected):
    found = plan(trigger)
    assert [(type(event), event.at) for event in found.events] == expected
    about = found.events[0].about
    assert (about.visit, about.unit_code, about.inpatient, about.source) == ("V-1", "MED1", True, "adt:7")
    assert [(n.kind, n.value) for n in about.patient.numbers] == [("FNR", "15076500565"), ("LOCAL", "4711")]


def test_every_event_that_the_feed_page_names_is_handled():
    assert set(EVENTS) == set(rules._BY_TRIGGER)


def test_the_municipal_segment_follows_the_event_that_carries_it():
    found = plan("A08", PID, PV1, "ZPL|N||Y|20261116101000|20261117|Lege^Lise|||||Y").events
    user, need, ready = found[1:]
    assert (user.value, user.by_mistake, user.at) == (False, True, at(2026, 11, 16, 9, 20))
    assert (need.value, need.at) == (True, at(2026, 11, 16, 9, 10))
    assert (ready.ready_date, ready.decided_by.family_name) == (date(2026, 11, 17), "Lege")
    (cleared,) = plan("A08", PID, PV1, 'ZPL|||||""||||||Y').events[1:]
    assert isinstance(cleared, events.ReadyCleared)
    assert cleared.by_mistake


def test_what_was_registered_before_the_discharge_comes_before_it():
    found = plan("A03", PID, PV1, "ZPL|Y").events
    assert [type(event) for event in found] == [events.MunicipalUserSet, events.Discharged]


def test_death_in_a_discharge_and_in_an_update():
    fields = PID.split("|") + [""] * 22
    fields[29], fields[30] = "20261118110000", "Y"
    dead = "|".join(fields)
    for trigger in ("A03", "A08"):
        last = plan(trigger, dead, PV1).events[-1]
        assert (type(last), last.at) == (events.Died, at(2026, 11, 18, 10, 0))
    fields[29], fields[30] = "", "N"
    assert isinstance(plan("A08", "|".join(fields), PV1).events[-1], events.DeathUndone)


def test_a_cancelled_admission_of_the_wrong_patient():
    text = f"MSH|^~\\&|PAS|SO|||20261116102500||ADT^A11|1\rEVN|A11|20261116102000||FEIL_PASIENT\r{PID}\r{PV1}"
    found = rules.plan(adt.read(reader.read(text.encode())), source="adt:7", test=False, now=NOW)
    assert found.events[0].wrong_patient


def test_a_merge_names_both():
    (merged,) = plan("A40", PID, "MRG|25436000305^^^^HNR").events
    assert [(n.kind, n.value) for n in merged.other] == [("HNR", "25436000305")]


@pytest.mark.parametrize(
    ("trigger", "segments", "error"),
    [
        ("A04", (PID, PV1), UnknownEventError),
        ("A01", (PV1,), NoPatientError),
        ("A01", (PID,), NoVisitError),
        ("A40", (PID,), NoPatientError),
    ],
)
def test_what_cannot_be_used_has_a_named_error(trigger, segments, error):
    with pytest.raises(error):
        plan(trigger, *segments)


def test_an_update_of_the_person_needs_no_visit():
    assert plan("A31", PID).events[0].about.visit == ""


def test_undeclared_numbers_are_classified_by_their_digits():
    shifted = synthetic.person_number(date(1970, 3, 2), "2", shift=40)
    tenor = synthetic.person_number(date(1970, 3, 2), "2")

    def kind(number: str, *, test: bool) -> str:
        (found,) = plan("A31", f"PID|1||{number}", test=test).events[0].about.patient.numbers
        return found.kind

    assert kind("15076500565", test=False) == "FNR"
    assert kind("55076500559", test=False) == "DNR"
    assert (kind(shifted, test=False), kind(shifted, test=True)) == ("HNR", "FNR")
    # In a real store it keeps its kind, so that the patients refuse it (P-15).
    assert (kind(tenor, test=False), kind(tenor, test=True)) == ("FNR", "FNR")
    assert kind("12345678901", test=False) == "LOCAL"


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_the_life_of_a_record(state, event):
    if (state, event) in TABLE:
        assert life.step(state, event) is TABLE[state, event]
    else:
        with pytest.raises(WrongStateError):
            life.step(state, event)


values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12)
segments = st.lists(
    st.tuples(st.sampled_from(["PID", "PV1", "ZPL", "EVN", "MRG"]), st.lists(values, max_size=46)), max_size=5
)


@settings(max_examples=200)
@given(segments, st.sampled_from([*EVENTS, "A99"]))
def test_hostile_messages_give_events_or_a_named_error(rows, trigger):
    lines = [
        "MSH|^~\\&|A|B|||20261116102500||ADT^" + trigger + "|1||||||||UNICODE UTF-8",
        *["|".join([n, *r]) for n, r in rows],
    ]
    read = adt.read(reader.read("\r".join(lines).encode()))
    try:
        found = rules.plan(read, source="adt:1", test=False, now=NOW)
    except SamhandlingError:
        return
    assert found.events
    assert all(event.at.tzinfo is not None for event in found.events)
    assert all(1990 < event.at.year < 2030 for event in found.events)


@pytest.mark.parametrize("written", ["99991231", "99991231235959", "20361116100000", "18500101000000"])
def test_times_that_cannot_be_meant_count_as_not_said(written):
    visit = PV1.replace("20261116100000", written).replace("20261118130000", written)
    found = plan("A03", PID, visit, f"ZPL|Y||Y|{written}|{written[:8]}")
    assert {type(event) for event in found.events} == {events.MunicipalUserSet, events.NeedAssessed, events.Discharged}
    assert {event.at for event in found.events} == {at(2026, 11, 16, 9, 15), at(2026, 11, 16, 9, 20)}
    assert found.events[0].about.admitted_at is None
    assert {doubt.split()[1] for doubt in found.doubts if doubt.startswith("implausible_time")} == {
        "admitted_at", "discharged_at", "need_assessed_at", "ready",
    }  # fmt: skip


def test_nobody_leaves_before_they_came():
    found = plan("A03", PID, PV1.replace("20261118130000", "20261114130000"))
    assert found.events[-1].at == at(2026, 11, 16, 9, 15)
    assert found.doubts == ("implausible_time discharged_at",)


def test_an_old_message_is_held_against_its_own_time():
    text = "\r".join(
        [
            "MSH|^~\\&|PAS|SO|||20140302102500||ADT^A01|1",
            "EVN|A01|20140302102000",
            PID,
            PV1.replace("20261116", "20140302"),
        ]
    ).replace("20261118130000", "")
    found = rules.plan(adt.read(reader.read(text.encode())), source="adt:7", test=False, now=NOW)
    assert (found.events[0].at.year, found.doubts) == (2014, ())
