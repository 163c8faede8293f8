"""Feeds say everything in every message: a repeat is no news at any later time, a change always is."""

from __future__ import annotations

from datetime import date

import pytest

from samhandling.exchange import originals
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.patients.models import Patient
from samhandling.patients.values import Number
from samhandling.stays import events
from samhandling.stays.models import Stay, StayEvent
from samhandling.stays.services import register
from samhandling.tasks.models import Task
from tests.scenario.ward import DOCTOR, Ward, fnr, on, open_ward
from tests.store.pas import Pas

pytestmark = pytest.mark.django_db

READY = {5: "20261116", 6: "Legesen^Lise", 7: "LE", 8: "9144897"}


@pytest.fixture
def ward() -> Ward:
    return open_ward()


@pytest.fixture
def pas(ward: Ward) -> Pas:
    return Pas(ward, ward.person())


def noise() -> tuple[int, int]:
    """How much people see: lines of timelines, and tasks opened."""
    return StayEvent.objects.count(), Task.objects.count()


def form(ward: Ward, stay: Stay, event: type[events.Event], **values) -> None:
    register(stay, event(at=ward.now, **values), user=ward.user(), now=ward.now)
    ward.work()


def test_a_repeat_is_silent_from_admission_to_long_after_the_discharge(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y", zpl_2="9901", zpl_3="Y")
    pas.zpl |= READY
    pas.tells("A08", "16.11.2026 11.00")
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR"]
    before = noise()
    for trigger, at in (("A08", "16.11.2026 11.10"), ("A31", "16.11.2026 11.20"), ("A08", "16.11.2026 11.30")):
        assert pas.tells(trigger, at) == "done"
    assert noise() == before
    assert pas.tells("A03", "17.11.2026 12.00", pv1_37="1") == "done"
    ward.until("17.11.2026 12.20")
    before = noise()
    for at in ("17.11.2026 12.30", "18.11.2026 09.00", "24.11.2026 09.00"):
        assert pas.tells("A08", at, pv1_37="1") == "done"
        assert pas.tells("A31", at) == "done"
    assert noise() == before
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR", "UTSKREVET"]


@pytest.mark.parametrize("gone", ['""', ""])
def test_a_ready_date_that_is_cleared_at_discharge_is_no_withdrawal_after_it(ward, pas, gone):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    pas.zpl |= READY
    pas.tells("A08", "16.11.2026 11.00")
    pas.tells("A03", "16.11.2026 13.00", pv1_37="1")
    pas.zpl[5] = gone
    assert pas.tells("A08", "16.11.2026 13.05") == "done"
    assert ward.sent(stay)[-1] == "UTSKREVET"


def test_what_changes_after_the_discharge_is_told_to_a_person_once(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    pas.tells("A03", "16.11.2026 13.00", pv1_37="1")
    pas.zpl |= READY
    assert pas.tells("A08", "16.11.2026 14.00") == "done stay.not_applied"
    assert "stay.not_applied" in ward.causes(stay)
    before = noise()
    assert pas.tells("A08", "16.11.2026 14.10") == "done"
    assert noise() == before
    pas.tells("A13", "16.11.2026 14.20")
    pas.tells("A08", "16.11.2026 14.30")  # the stay goes on: now it can be
    assert ward.sent(stay) == ["INNLAGT", "UTSKREVET", "UTSKREVET(C)", "UTSKRIVNINGSKLAR"]


def test_a_ready_date_that_people_withdrew_does_not_come_back(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    pas.zpl |= READY
    pas.tells("A08", "16.11.2026 11.00")
    ward.until("16.11.2026 12.00")
    form(ward, stay, events.ReadyCleared)
    pas.tells("A08", "16.11.2026 12.30")
    assert ward.state(stay) == "S2"
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR", "AVMELDING"]
    pas.zpl[5] = "20261117"
    pas.tells("A08", "17.11.2026 09.00")
    assert ward.sent(stay)[-1] == "UTSKRIVNINGSKLAR"


def test_a_ready_date_ahead_does_not_confirm_itself_on_its_day(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    pas.zpl |= READY | {5: "20261117"}
    pas.tells("A08", "16.11.2026 11.00")
    pas.tells("A08", "17.11.2026 08.00")
    assert (ward.state(stay), ward.sent(stay)) == ("S2", ["INNLAGT"])
    assert "stay.ready_today" in ward.causes(stay)
    form(ward, stay, events.ReadySet, ready_date=date(2026, 11, 17), decided_by=DOCTOR)
    pas.tells("A08", "17.11.2026 08.30")
    assert (ward.state(stay), ward.sent(stay)) == ("S3", ["INNLAGT", "UTSKRIVNINGSKLAR"])


def test_a_name_that_comes_later_acts_and_its_absence_does_not(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    pas.zpl[5] = "20261116"
    pas.tells("A08", "16.11.2026 11.00")
    assert ward.sent(stay) == ["INNLAGT"]
    pas.zpl |= READY
    pas.tells("A08", "16.11.2026 11.05")
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR"]
    pas.zpl = {1: "Y", 5: "20261116"}
    pas.tells("A08", "16.11.2026 11.10")
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR"]


def test_a_user_whom_people_took_away_does_not_come_back(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    ward.until("16.11.2026 11.00")
    form(ward, stay, events.MunicipalUserSet, value=False, by_mistake=True)
    pas.tells("A08", "16.11.2026 11.10")
    assert ward.sent(stay) == ["INNLAGT", "INNLAGT(C)"]
    pas.zpl[1] = "N"
    pas.tells("A08", "16.11.2026 11.20")
    pas.zpl[1] = "Y"
    pas.tells("A08", "16.11.2026 11.30")
    assert ward.sent(stay) == ["INNLAGT", "INNLAGT(C)", "INNLAGT"]


def test_a_municipality_that_people_corrected_stands(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    ward.until("16.11.2026 11.00")
    form(ward, stay, events.MunicipalityChanged, municipality_number="9902", was_wrong=True)
    told = ["INNLAGT", "INNLAGT(C)", "INNLAGT"]
    assert ward.sent(stay) == told
    before = noise()
    for at in ("16.11.2026 11.10", "16.11.2026 11.20"):
        assert pas.tells("A08", at) == "done"
        assert pas.tells("A31", at) == "done"
    assert (ward.sent(stay), noise()) == (told, before)
    assert Patient.objects.get(organisation=ward.hospital).municipality_number == "9902"
    pas.person.municipality = "9903"
    pas.tells("A08", "16.11.2026 11.30")
    assert "stay.municipality_question" in ward.causes(stay)


def test_death_said_in_every_message_is_one_death(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    pas.dead = "N"
    before = noise()
    pas.tells("A08", "16.11.2026 11.00")
    assert noise() == before
    pas.dead = "Y"
    pas.tells("A08", "16.11.2026 12.00")
    ward.until("16.11.2026 12.04")
    form(ward, stay, events.DeathUndone)
    pas.tells("A08", "16.11.2026 12.30")
    ward.until("16.11.2026 13.00")
    assert (ward.state(stay), ward.sent(stay)) == ("S2", ["INNLAGT"])
    pas.tells("A03", "16.11.2026 14.00", pv1_36="20")
    ward.until("16.11.2026 14.10")
    assert (ward.state(stay), ward.sent(stay)) == ("S5", ["INNLAGT", "UTSKREVET"])
    before = noise()
    pas.tells("A08", "16.11.2026 14.30")
    assert noise() == before


def test_a_death_after_the_discharge_is_one_line(ward, pas):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    pas.tells("A03", "16.11.2026 13.00", pv1_37="1")
    pas.dead = "Y"
    for at in ("20.11.2026 12.00", "20.11.2026 12.10", "21.11.2026 12.10"):
        pas.tells("A31", at, without="PV1")
    assert ward.timeline(stay).count("died_outside") == 1


# Data minimisation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", ["A08", "A31", "A11"])
def test_nothing_is_kept_of_people_without_a_stay(ward, pas, trigger):
    assert pas.tells(trigger, "16.11.2026 10.00") == "done"
    assert pas.tells("A31", "16.11.2026 10.05", zpl_1="Y", zpl_5="20261116", without="PV1") == "done"
    assert pas.tells("A40", "16.11.2026 10.10", merged=(Number("LOCAL", "X9"),)) == "done"
    assert not Patient.objects.exists()
    assert not Task.objects.exists()


def test_an_inpatient_whose_admission_we_were_not_told_is_one_task_and_nobody_is_kept(ward, pas):
    pas.visit = "V-unknown"
    for at in ("16.11.2026 10.00", "16.11.2026 10.10"):
        assert pas.tells("A08", at, zpl_1="Y") == "done"
    assert pas.tells("A02", "16.11.2026 10.20") == "done"
    task = Task.objects.get(closed_at__isnull=True)
    assert (task.cause, task.patient) == ("stay.unknown_visit", None)
    assert "V-unknown" not in task.unique_key
    assert not Patient.objects.exists()
    pas.admit("16.11.2026 10.30")
    assert ward.state(Stay.objects.get()) == "S1"


def test_nothing_is_kept_of_outpatients(ward, pas):
    pas.visit, pas.patient_class, pas.unit = "V1", "O", "DAG"
    for trigger in ("A01", "A08", "A02", "A03"):
        assert pas.tells(trigger, "16.11.2026 10.00", zpl_1="Y") == "done"
    assert not Patient.objects.exists()
    assert not Stay.objects.exists()
    assert not Task.objects.exists()


def test_people_whom_we_have_are_kept_up_to_date(ward, pas):
    pas.admit("16.11.2026 10.00")
    pas.person.family_name = "Nyttnavn"
    pas.tells("A31", "16.11.2026 11.00", without="PV1")
    assert Patient.objects.get().family_name == "Nyttnavn"


def test_somebody_unknown_on_a_known_visit_changes_nothing_and_a_person_looks(ward, pas):
    stay = pas.admit("16.11.2026 10.00")
    other = Pas(ward, ward.person(), visit=pas.visit, admitted=pas.admitted)
    assert other.tells("A08", "16.11.2026 11.00", zpl_1="Y") == "done stay.not_applied"
    assert ward.state(stay) == "S1"
    assert Patient.objects.count() == 1
    assert Task.objects.filter(cause="stay.not_applied", closed_at__isnull=True).exists()


# What the feed says is what the message says -------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "written"), [("SP", "SP"), ("", "LE"), ("ZZ", "XX")])
def test_the_profession_of_who_decided_reaches_the_message(ward, pas, said, written):
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    pas.zpl |= READY | {7: said}
    pas.tells("A08", "16.11.2026 11.00")
    told = read_facts(engine.read(originals.read(ward.messages(stay)[-1].original)))
    assert told.responsible[0].profession.value == written


@pytest.mark.parametrize("trigger", ["A31", "A08", "A40"])
def test_an_ordinary_number_comes_later_by_any_message(ward, trigger):
    person = ward.person(kind="HNR")
    helped = person.numbers
    pas = Pas(ward, person)
    stay = pas.admit("16.11.2026 10.00", zpl_1="Y")
    assert ward.sent(stay) == []
    if trigger == "A40":
        known = Pas(ward, ward.person())
        known.zpl = {}
        assert known.tells("A40", "17.11.2026 16.00", merged=(Number("LOCAL", person.local), *helped)) == "done"
    else:
        person.numbers = (Number("FNR", fnr(50)),)
        more = {"without": "PV1"} if trigger == "A31" else {}
        assert pas.tells(trigger, "17.11.2026 16.00", **more) == "done"
    assert ward.sent(stay) == ["INNLAGT"]
    assert (ward.clock(stay, "F1").due_at, ward.clock(stay, "F1").reason) == (on("17.11.2026 20.00"), "identity")
    assert not [cause for cause in ward.causes(stay) if "h_number" in cause]
