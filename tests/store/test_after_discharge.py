"""After the discharge the own system asks why (2.4), and while the patient objects it sends nothing (P-01)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from samhandling.exchange.models import Message, MessageEvent
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.informing import last_version, send_information
from samhandling.stays.models import BreachOfRoutine, Stay, StayEvent
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld
from tests.store.test_writing_information import FILLED, address, nurse, post, sent, stay, world

__all__ = ["nurse", "stay", "world"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def left(world: SmallWorld, stay: Stay, nurse: Client) -> Stay:
    """The patient of an early notice has been discharged."""
    sent(nurse, stay)
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return stay


def test_the_last_look_asks_why_and_nothing_goes_without_an_answer(left: Stay, nurse: Client) -> None:
    before = Message.objects.count()
    answer = post(
        nurse, address(left, "endringsmelding"), **{**FILLED, "change": "Ny medisin", "patient_status": "Ny medisin."}
    )
    assert answer.status_code == 302, answer.content.decode()[:500]
    look = nurse.get(answer["Location"]).content.decode()
    assert "Dette regnes som avvik fra avtalt rutine. Ring" in look
    assert "Hvorfor sendes den etter utskriving?" in look
    refused = post(nurse, answer["Location"])
    assert refused["Location"] == f"{answer['Location']}#grunn"
    assert Message.objects.count() == before
    assert "Velg hvorfor meldingen sendes likevel" in nurse.get(answer["Location"]).content.decode()


def test_the_reason_stands_with_the_message_and_on_the_timeline(left: Stay, nurse: Client) -> None:
    look = post(
        nurse, address(left, "endringsmelding"), **{**FILLED, "change": "Ny medisin", "patient_status": "Ny medisin."}
    )["Location"]
    assert post(nurse, look, grunn="asked")["Location"] == f"/opphold/{left.pk}/"
    message = Message.objects.filter(type="HELSEOPPL_SOKNAD", direction="out").latest("pk")
    step = MessageEvent.objects.get(message=message, kind="message.after_discharge")
    assert step.detail == "Kommunen har bedt om opplysningene"
    assert StayEvent.objects.filter(stay=left, message=message, data__reason="asked").exists()
    page = nurse.get(f"/opphold/{left.pk}/").content.decode()
    assert "Kommunen har bedt om opplysningene" in page
    assert (
        "Kommunen har bedt om opplysningene"
        in nurse.get(reverse("exchange:message", args=[message.pk])).content.decode()
    )
    # The sending records the deviation itself, and somebody calls.
    assert BreachOfRoutine.objects.filter(stay=left, code="A-07").count() == 1
    assert Task.objects.filter(cause="stay.call.after_discharge", closed_at=None, anomaly="A-07").count() == 1


def test_the_service_refuses_without_a_reason_or_with_one_that_is_none(world: SmallWorld, left: Stay) -> None:
    last = last_version(left)
    assert last is not None
    for reason in ("", "fordi"):
        outcome = send_information(
            left.pk, kind="change", values={}, basis=last.pk, user=world.nurse, now=present(), reason=reason
        )
        assert [finding.code for finding in outcome.findings] == ["routine.reason_needed"]


def test_no_reason_is_asked_while_the_patient_is_in(stay: Stay, nurse: Client) -> None:
    look = post(nurse, address(stay), **FILLED)
    assert "Hvorfor sendes den etter utskriving" not in nurse.get(look["Location"]).content.decode()
    assert "Hvorfor sendes den etter utskriving" not in nurse.get(address(stay)).content.decode()


def test_after_seven_days_it_is_refused_in_list_and_by_address(left: Stay, nurse: Client) -> None:
    set_clock(NOW + timedelta(days=8), machine_now=datetime.now(UTC))
    page = nurse.get(f"/opphold/{left.pk}/").content.decode()
    assert "/skriv/opphold/" + str(left.pk) + "/endringsmelding/" not in page
    assert "Pasienten er skrevet ut. Ring kommunen." in page
    assert "Pasienten er skrevet ut. Ring kommunen." in nurse.get(address(left, "endringsmelding")).content.decode()


LETTERS = ("medisinske-opplysninger", "helsefaglig-dialog", "notat")


def test_p_01_while_the_patient_objects_no_letter_is_offered_and_none_goes_by_its_address(
    world: SmallWorld, stay: Stay, nurse: Client
) -> None:
    page = nurse.get(f"/opphold/{stay.pk}/").content.decode()
    assert all(f"/skriv/opphold/{stay.pk}/{what}/" in page for what in LETTERS)
    register(stay, events.Objected(at=NOW), user=world.nurse, now=NOW)
    page = nurse.get(f"/opphold/{stay.pk}/").content.decode()
    assert not re.findall(rf"/skriv/opphold/{stay.pk}/(?:{'|'.join(LETTERS)}|tidligmelding|foresporsel)/", page)
    assert "Du kan trekke tilbake det som er sendt" in page
    for what in (*LETTERS, "tidligmelding", "foresporsel"):
        form = nurse.get(f"/skriv/opphold/{stay.pk}/{what}/")
        assert "Pasienten motsetter seg at opplysninger gis videre, så meldingen sendes ikke" in form.content.decode()
    register(stay, events.Objected(at=NOW, value=False), user=world.nurse, now=NOW)
    assert f"/skriv/opphold/{stay.pk}/notat/" in nurse.get(f"/opphold/{stay.pk}/").content.decode()


def test_p_01_what_was_sent_may_still_be_withdrawn(world: SmallWorld, stay: Stay, nurse: Client) -> None:
    sent(nurse, stay)
    register(stay, events.Objected(at=NOW), user=world.nurse, now=NOW)
    page = nurse.get(f"/opphold/{stay.pk}/").content.decode()
    assert f"/skriv/opphold/{stay.pk}/trekk-tilbake/" in page
    assert sent(nurse, stay, "trekk-tilbake", cancel_reason="Pasienten motsetter seg.").status == "C"


def test_another_ward_does_not_send_for_the_patient(world: SmallWorld, stay: Stay) -> None:
    assert logged_in(world.surgeon_nurse).get(address(stay)).status_code == 404
