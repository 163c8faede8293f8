"""Sequences of ADT messages as patient systems send them, sensible and not: what the municipality is told of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.exchange import originals
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.stays.models import Course, Stay
from samhandling.tasks.models import Task
from tests.scenario.ward import Ward, on, open_ward
from tests.store.pas import Pas, stamp

pytestmark = pytest.mark.django_db

READY = {5: "20261116", 6: "Legesen^Lise", 7: "LE", 8: "9144897"}


@pytest.fixture
def ward() -> Ward:
    return open_ward()


@pytest.fixture
def pas(ward: Ward) -> Pas:
    return Pas(ward, ward.person())


@pytest.fixture
def stay(pas: Pas) -> Stay:
    """A municipal user admitted at 10, told of with M1."""
    return pas.admit("16.11.2026 10.00", zpl_1="Y", zpl_3="Y")


def told(ward: Ward, stay: Stay, number: int = -1):
    found = read_facts(engine.read(originals.read(ward.messages(stay)[number].original)))
    assert found is not None
    return found


# Admission cancelled -------------------------------------------------------------------------------------------------


def test_a11_after_m1_and_m6_cancels_both_newest_first(ward, pas, stay):
    pas.zpl |= READY
    pas.tells("A08", "16.11.2026 11.00")
    assert pas.tells("A11", "16.11.2026 12.00", evn_4="FEIL_PASIENT") == "done"
    assert ward.sent(stay)[2:] == ["UTSKRIVNINGSKLAR(C)", "INNLAGT(C)"]
    assert ward.state(stay) == "S6"
    assert {"stay.privacy", "message.withdrawn"} <= set(ward.causes(stay))
    assert ward.course().state == "unknown"
    before = ward.sent(stay), Task.objects.count()
    for trigger in ("A11", "A08", "A31"):
        assert pas.tells(trigger, "16.11.2026 12.10") == "done"
    assert (ward.sent(stay), Task.objects.count()) == before


def test_a_visit_cancelled_by_mistake_and_admitted_anew_with_the_same_time_is_a_stay(ward, pas, stay):
    pas.tells("A11", "16.11.2026 12.00")
    assert pas.tells("A01", "16.11.2026 12.10") == "done"
    again = Stay.objects.exclude(pk=stay.pk).get()
    assert (again.visit, again.admitted_at) == (stay.visit, stay.admitted_at)
    assert ward.sent(again) == ["INNLAGT"]
    assert pas.tells("A01", "16.11.2026 12.20") == "done"
    assert Stay.objects.count() == 2


def test_an_admission_registered_before_its_cancellation_does_not_undo_it(ward, pas, stay):
    pas.tells("A11", "16.11.2026 12.00")
    assert pas.tells("A01", "16.11.2026 12.10", recorded="16.11.2026 10.00") == "done"
    assert Stay.objects.count() == 1
    assert ward.state(stay) == "S6"


def test_the_right_patient_takes_over_the_visit_of_the_wrong_one(ward, pas, stay):
    pas.tells("A11", "16.11.2026 12.00", evn_4="FEIL_PASIENT")
    right = Pas(ward, ward.person(), visit=pas.visit, admitted=pas.admitted, zpl={1: "Y"})
    assert right.tells("A01", "16.11.2026 12.10") == "done"
    theirs = Stay.objects.exclude(pk=stay.pk).get()
    assert theirs.patient_id != stay.patient_id
    assert ward.sent(theirs) == ["INNLAGT"]


def test_a_cancelled_admission_that_comes_first_begins_nothing(ward, pas):
    pas.visit = "V-first"
    assert pas.tells("A11", "16.11.2026 10.00") == "done"
    assert not Stay.objects.exists()


# Discharge, undone, again --------------------------------------------------------------------------------------------


def test_a03_a13_a03(ward, pas, stay):
    pas.zpl |= READY
    pas.tells("A08", "16.11.2026 11.00")
    pas.tells("A03", "16.11.2026 12.00", pv1_37="1")
    pas.tells("A13", "16.11.2026 12.30")
    assert ward.state(stay) == "S3"
    pas.tells("A03", "16.11.2026 14.00", pv1_37="11")
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR", "UTSKREVET", "UTSKREVET(C)", "UTSKREVET"]
    last = told(ward, stay)
    assert (last.discharge.place.value, last.event("2").at.instant) == ("11", on("16.11.2026 14.00"))
    assert (ward.course().state, ward.course().discharged_to) == ("out", "11")
    assert pas.tells("A13", "16.11.2026 14.10") == "done"
    assert pas.tells("A13", "16.11.2026 14.11") == "done"
    assert ward.sent(stay)[-1] == "UTSKREVET(C)"
    assert len(ward.sent(stay)) == 6


def test_a_discharge_said_again_with_another_place_is_told_by_phone(ward, pas, stay):
    left = stamp(on("16.11.2026 12.00"))
    pas.tells("A03", "16.11.2026 12.00", pv1_37="1", pv1_45=left)
    assert pas.tells("A03", "16.11.2026 12.10", pv1_37="1", pv1_45=left) == "done"
    assert "stay.call.discharge_corrected" not in ward.causes(stay)
    pas.tells("A03", "16.11.2026 12.20", pv1_37="11", pv1_45=left)
    assert ward.sent(stay) == ["INNLAGT", "UTSKREVET"]
    assert "stay.call.discharge_corrected" in ward.causes(stay)
    assert ward.timeline(stay).count("discharge_corrected") == 1


def test_a_time_of_discharge_ahead_waits_and_can_be_moved(ward, pas, stay):
    pas.tells("A03", "16.11.2026 12.00", pv1_45=stamp(on("16.11.2026 15.00")), pv1_37="1")
    pas.tells("A03", "16.11.2026 12.30", pv1_45=stamp(on("16.11.2026 16.00")), pv1_37="1")
    ward.until("16.11.2026 15.59")
    assert ward.sent(stay) == ["INNLAGT"]
    ward.until("16.11.2026 16.00")
    assert ward.sent(stay) == ["INNLAGT", "UTSKREVET"]


def test_a_discharge_that_comes_days_late_is_told_with_its_own_time(ward, pas, stay):
    pas.tells("A03", "20.11.2026 08.00", pv1_45=stamp(on("17.11.2026 12.00")), pv1_37="1")
    assert told(ward, stay).event("2").at.instant == on("17.11.2026 12.00")
    stay.refresh_from_db()
    assert stay.discharged_at == on("17.11.2026 12.00")


def test_a_discharge_before_the_admission_or_years_ago_is_told_and_a_person_looks(ward, pas, stay):
    assert pas.tells("A03", "16.11.2026 12.00", pv1_45="20160101120000", pv1_37="1") == "done implausible_time"
    assert ward.sent(stay) == ["INNLAGT", "UTSKREVET"]
    assert told(ward, stay).event("2").at.instant == on("16.11.2026 12.00")
    assert "adt.doubtful" in ward.causes()


# Outpatient and inpatient, leave, moves ------------------------------------------------------------------------------


def test_a06_makes_an_outpatient_an_inpatient_and_a07_back(ward, pas):
    pas.visit, pas.patient_class, pas.unit, pas.zpl = "V1", "O", "DAG", {1: "Y"}
    pas.admitted = stamp(on("16.11.2026 08.00"))
    pas.tells("A01", "16.11.2026 08.00")
    assert not Stay.objects.exists()
    pas.patient_class, pas.unit = "I", "MED"
    pas.tells("A06", "16.11.2026 13.00")
    stay = Stay.objects.get()
    assert ward.sent(stay) == ["INNLAGT"]
    pas.patient_class, pas.unit = "O", "DAG"
    pas.tells("A07", "16.11.2026 15.00")
    assert ward.sent(stay) == ["INNLAGT", "UTSKREVET"]
    assert pas.tells("A08", "16.11.2026 15.10") == "done"
    assert not Task.objects.filter(cause="stay.not_applied").exists()


def test_a21_a22_and_a02_a12_send_nothing(ward, pas, stay):
    before = ward.clock(stay, "F1").due_at
    for trigger, unit in (
        ("A21", "MED"),
        ("A21", "MED"),
        ("A22", "MED"),
        ("A02", "KIR"),
        ("A12", "MED"),
        ("A02", "APS"),
    ):
        pas.unit = unit
        assert pas.tells(trigger, "16.11.2026 13.00") == "done"
    stay.refresh_from_db()
    assert (stay.unit.code, ward.sent(stay)) == ("APS", ["INNLAGT"])
    assert ward.clock(stay, "F1").due_at == before
    assert "stay.leave" not in ward.causes(stay)
    pas.tells("A03", "16.11.2026 14.00", pv1_37="1")
    assert told(ward, stay).sender.her_id == "8002"  # from the psychiatric reception now (T23)


def test_a_patient_who_is_discharged_from_leave(ward, pas, stay):
    pas.tells("A21", "16.11.2026 13.00")
    pas.tells("A03", "16.11.2026 14.00", pv1_37="1")
    assert pas.tells("A22", "16.11.2026 15.00") == "done stay.not_applied"
    assert ward.sent(stay) == ["INNLAGT", "UTSKREVET"]


# Merge ---------------------------------------------------------------------------------------------------------------


def test_a40_of_two_patients_who_both_have_an_open_stay_is_a_question(ward, pas, stay):
    other = Pas(ward, ward.person())
    second = other.admit("16.11.2026 11.00", zpl_1="Y")
    from samhandling.patients.values import Number

    gone = (Number("LOCAL", other.person.local), *other.person.numbers)
    assert pas.tells("A40", "16.11.2026 12.00", merged=gone) == "done"
    second.refresh_from_db()
    stay.refresh_from_db()
    assert second.patient_id == stay.patient_id
    assert "stay.two_open" in ward.causes(stay)
    assert (ward.sent(stay), ward.sent(second)) == (["INNLAGT"], ["INNLAGT"])
    before = Task.objects.count()
    assert pas.tells("A40", "16.11.2026 12.10", merged=gone) == "done"
    assert Task.objects.count() == before
    other.person = pas.person
    other.tells("A11", "16.11.2026 12.20")
    assert ward.sent(second) == ["INNLAGT", "INNLAGT(C)"]
    assert ward.state(stay) == "S2"


# Odd times -----------------------------------------------------------------------------------------------------------


def test_a_time_in_the_hour_that_comes_twice_is_the_earlier_one_and_marked(ward):
    ward.now = on("24.10.2026 12.00")
    pas = Pas(ward, ward.person(), visit="V1", zpl={1: "Y"}, admitted="20261025023000")
    assert pas.tells("A01", "25.10.2026 03.30") == "done ambiguous_time"
    stay = Stay.objects.get()
    assert stay.admitted_at.isoformat() == "2026-10-25T00:30:00+00:00"
    assert ward.clock(stay, "F1").due_at - stay.admitted_at == timedelta(hours=24)
    assert Task.objects.filter(cause="adt.doubtful").count() == 1


@pytest.mark.parametrize("written", ["20361116100000", "99991231235959", "18500101000000"])
def test_an_admission_far_from_today_stops_nothing(ward, pas, written):
    pas.visit, pas.admitted, pas.zpl = "V1", written, {1: "Y"}
    assert pas.tells("A01", "16.11.2026 10.00") == "done implausible_time"
    stay = Stay.objects.get()
    assert (stay.admitted_at, ward.sent(stay)) == (on("16.11.2026 10.00"), ["INNLAGT"])
    assert Task.objects.filter(cause="adt.doubtful").count() == 1


def test_municipalities_are_told_each_their_own_part(ward, pas, stay):
    """T26: M1 to both, and neither sees the other's messages."""
    pas.person.municipality = "9902"
    pas.tells("A08", "16.11.2026 12.00")
    pas.zpl |= READY
    pas.tells("A08", "16.11.2026 13.00")
    pas.tells("A03", "16.11.2026 14.00", pv1_37="1")
    assert ward.sent(stay) == ["INNLAGT", "INNLAGT", "UTSKRIVNINGSKLAR", "UTSKREVET"]
    names = [ward.delivered(message).name.split(", ")[1] for message in ward.messages(stay)]
    assert names == ["Kommune A", "Kommune B", "Kommune B", "Kommune B"]
    assert "stay.municipality_question" in ward.causes(stay)
    states = dict(Course.objects.values_list("organisation__name", "state"))
    assert states == {"Kommune A": "admitted", "Kommune B": "out"}
