"""What the routine does with requests, answers, admission reports and wrong patients, on real rows (2.3 to 2.6)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.dialogs import Talk, refusal, send_talk
from samhandling.stays.models import BreachOfRoutine, Course, Deadline, Stay
from samhandling.stays.services import register
from samhandling.stays.work import load_state
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build
from tests.store.test_kinds import inform

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
QUESTION = {
    "asked_by": "9152",
    "request_type": "1",
    "question": "Hvordan går det?",
    "responsible": {"family_name": "Vik", "profession": "SP", "phone": "60800101"},
}
DOCTOR = events.Professional(family_name="Dokter", given_name="Dina")


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return found


def ask(world: SmallWorld) -> Message:
    """The municipality asks the hospital; gives the message as the hospital has it."""
    course = Course.objects.get(organisation=world.municipality)
    told = Message.objects.get(organisation=world.municipality, type="LOG_INNLAGT")
    talk = Talk(
        organisation=world.municipality, message_type="DIALOG_FORESPORSEL", patient=course.patient, about=told,
        course=course,
    )  # fmt: skip
    outcome = send_talk(talk, QUESTION, user=world.case_handler, now=present())
    assert outcome.message is not None, outcome.findings
    run_due(present(), strict=True)
    return Message.objects.get(organisation=world.hospital, direction="in", type="DIALOG_FORESPORSEL")


def clocks(stay: Stay, name: str) -> list[str]:
    return list(Deadline.objects.filter(stay=stay, clock=name).values_list("state", flat=True))


def test_f6_runs_from_a_request_until_it_is_answered(world: SmallWorld, stay: Stay) -> None:
    answer = Talk(organisation=world.hospital, message_type="DIALOG_SVAR", patient=stay.patient, stay=stay)
    assert refusal(answer, now=present()) == "no_request"
    question = ask(world)
    assert clocks(stay, "F6") == ["due"]
    due = Deadline.objects.get(stay=stay, clock="F6")
    assert due.due_at - due.starts_at == 4 * HOUR
    stay.refresh_from_db()
    answer = Talk(
        organisation=world.hospital, message_type="DIALOG_SVAR", patient=stay.patient, about=question, stay=stay
    )
    assert refusal(answer, now=present()) == ""


def test_f6_runs_out_and_the_ward_calls(world: SmallWorld, stay: Stay) -> None:
    ask(world)
    run_due(NOW + 5 * HOUR)
    assert clocks(stay, "F6") == ["missed"]
    assert Task.objects.filter(cause="stay.request_overdue", closed_at=None).count() == 1


def test_f6_a_request_nobody_answered_is_a_call_at_discharge(world: SmallWorld, stay: Stay) -> None:
    ask(world)
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    assert clocks(stay, "F6") == ["closed"]
    assert Task.objects.filter(cause="stay.request_unanswered", closed_at=None).count() == 1


def test_f4_runs_from_the_receipt_of_m6(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.ReadySet(at=NOW, ready_date=NOW.date(), decided_by=DOCTOR), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert clocks(stay, "F4") == ["due"]
    run_due(NOW + 3 * HOUR)
    assert clocks(stay, "F4") == ["missed"]
    assert Task.objects.filter(cause="stay.place_unanswered", closed_at=None).count() == 1


def test_t19_withdraws_helseopplysninger_too(world: SmallWorld, stay: Stay) -> None:
    inform(world, stay, "early", 1)
    at = NOW + HOUR
    register(stay, events.AdmissionCancelled(at=at, wrong_patient=True), user=world.nurse, now=at)
    run_due(at, strict=True)
    sent = Message.objects.filter(organisation=world.hospital, direction="out", status="C")
    assert sorted(sent.values_list("type", flat=True)) == ["HELSEOPPL_SOKNAD", "LOG_INNLAGT"]
    assert set(
        Message.objects.filter(organisation=world.municipality, direction="in").exclude(status="C")
        .values_list("state", flat=True)
    ) == {"cancelled"}  # fmt: skip


def test_a07_a_request_after_the_discharge_is_taken_and_stands_with_the_last_ward(
    world: SmallWorld, stay: Stay
) -> None:
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    question = ask(world)
    assert BreachOfRoutine.objects.get(message=question).code == "A-07"
    task = Task.objects.get(cause="stay.message_outside", closed_at=None)
    assert task.unit == world.medicine
    assert load_state(stay).requests == ()


def test_an_objection_stops_what_would_be_told_and_asks_a_person(world: SmallWorld) -> None:
    stay = admit(world)
    register(stay, events.Objected(at=NOW), user=world.nurse, now=NOW)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert Message.objects.filter(direction="out").count() == 0
    assert Task.objects.filter(cause="stay.objection", closed_at=None).count() == 1
    register(stay, events.Objected(at=NOW, value=False), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert list(Message.objects.filter(direction="out", type="LOG_INNLAGT").values_list("type", flat=True)) == [
        "LOG_INNLAGT"
    ]
    assert Task.objects.filter(cause="stay.objection", closed_at=None).count() == 0


def test_an_objection_is_registered_on_the_stays_page(world: SmallWorld) -> None:
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    client = logged_in(world.nurse)
    form = f"/opphold/{stay.pk}/registrer/motsetter/"
    assert f'href="{form}"' in client.get(f"/opphold/{stay.pk}/").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(form).content.decode())
    assert seen is not None
    assert client.post(form, {"objects": "yes", "seen": seen[1]}).status_code == 302
    page = client.get(f"/opphold/{stay.pk}/").content.decode()
    assert "Pasienten motsetter seg at opplysninger gis videre" in page
    offered = set(re.findall(r"/skriv/opphold/\d+/([a-z-]+)/", page))
    assert not offered & {"tidligmelding", "endringsmelding", "endelig-helseopplysning", "foresporsel"}
