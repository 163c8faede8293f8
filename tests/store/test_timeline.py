"""The timeline of a stay: paged, and without the content of what was matched to the wrong patient."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samhandling.exchange.matching import assign_patient, undo_match
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.dialogs import Talk, send_talk
from samhandling.stays.models import BreachOfRoutine, Course, Stay, StayEvent
from samhandling.stays.services import register
from samhandling.store.services import now as present
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db
TAKEN_BACK = "Hørte ikke til denne pasienten"
QUESTION = {
    "asked_by": "9152",
    "request_type": "8",
    "question": "Når?",
    "responsible": {"family_name": "Aas", "profession": "SP", "phone": "60990120"},
}


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return found


@pytest.fixture
def nurse(world: SmallWorld) -> Client:
    return logged_in(world.nurse)


def timeline(client: Client, where: str) -> str:
    body = unescape(client.get(where).content.decode())
    return body[body.index('<ol class="timeline">') :].split("</ol>")[0]


def asked(world: SmallWorld) -> Message:
    """A question of the municipality, as the hospital received it."""
    course = Course.objects.get()
    talk = Talk(
        organisation=world.municipality, message_type="DIALOG_FORESPORSEL", patient=course.patient, course=course
    )
    outcome = send_talk(talk, QUESTION, user=world.home_nurse, now=present())
    assert outcome.message is not None, outcome.findings
    run_due(present(), strict=True)
    return Message.objects.get(organisation=world.hospital, direction="in", type="DIALOG_FORESPORSEL")


def test_a_message_of_another_patient_leaves_a_line_without_content(
    world: SmallWorld, stay: Stay, nurse: Client
) -> None:
    message = asked(world)
    other = admit(world, given="Annen", visit="2")
    assert stay.patient is not None
    assign_patient(message.pk, stay.patient, user=world.responsible, now=present())
    BreachOfRoutine.objects.create(
        organisation=world.hospital, unique_key=f"message:{message.pk}:A-07", code="A-07", severity="medium", at=NOW,
        stay=stay, patient=stay.patient, unit=stay.unit, message=message,
    )  # fmt: skip
    run_due(present(), strict=True)
    link = f'href="/melding/{message.pk}/"'
    assert link in timeline(nurse, f"/opphold/{stay.pk}/")
    undo_match(message.pk, organisation_id=world.hospital.pk, user=world.responsible, now=present())
    run_due(present(), strict=True)
    after = timeline(nurse, f"/opphold/{stay.pk}/")
    assert TAKEN_BACK in after
    assert link not in after
    assert "Brudd på rutine" not in after
    assert link not in nurse.get(f"/opphold/{stay.pk}/").content.decode()
    assert other.patient is not None
    assign_patient(message.pk, other.patient, user=world.responsible, now=present())
    run_due(present(), strict=True)
    assert link in timeline(nurse, f"/opphold/{other.pk}/")
    assert TAKEN_BACK in timeline(nurse, f"/opphold/{stay.pk}/")
    assert TAKEN_BACK not in timeline(nurse, f"/opphold/{other.pk}/")


def test_the_municipality_sees_that_a_message_was_not_of_this_patient(world: SmallWorld, stay: Stay) -> None:
    course = Course.objects.get()
    other = admit(world, given="Annen", visit="2")
    talk = Talk(organisation=world.hospital, message_type="DIALOG_FORESPORSEL", patient=other.patient, stay=other)
    register(other, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    outcome = send_talk(talk, {**QUESTION, "asked_by": "9154", "request_type": "1"}, user=world.nurse, now=present())
    assert outcome.message is not None, outcome.findings
    run_due(present(), strict=True)
    message = Message.objects.get(organisation=world.municipality, direction="in", type="DIALOG_FORESPORSEL")
    Message.objects.filter(pk=message.pk).update(subject="")
    assert course.patient is not None
    assign_patient(message.pk, course.patient, user=world.home_nurse, now=present())
    run_due(present(), strict=True)
    where = f"/forlop/{course.pk}/"
    client = logged_in(world.home_nurse)
    assert f'href="/melding/{message.pk}/"' in client.get(where).content.decode()
    undo_match(message.pk, organisation_id=world.municipality.pk, user=world.home_nurse, now=present())
    run_due(present(), strict=True)
    assert timeline(client, where).count(TAKEN_BACK) == 1
    assert f'href="/melding/{message.pk}/"' not in client.get(where).content.decode()


def test_a_long_stay_is_read_a_page_at_a_time(stay: Stay, nurse: Client) -> None:
    def queries(where: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert nurse.get(where).status_code == 200
        return len(found)

    where = f"/opphold/{stay.pk}/"
    nurse.get(where)
    few = queries(where)
    many = [
        StayEvent(stay=stay, at=NOW - timedelta(minutes=n), recorded_at=NOW, kind="note", data={}) for n in range(5_000)
    ]
    StayEvent.objects.bulk_create(many)
    assert queries(where) <= few + 2
    first = nurse.get(where).content.decode()
    assert first.count('class="timeline__entry ') == 100
    assert 'href="?side=2#h-time"' in first
    last = nurse.get(f"{where}?side=51").content.decode()
    assert 0 < last.count('class="timeline__entry ') <= 100
    assert 'href="?side=50#h-time"' in last
