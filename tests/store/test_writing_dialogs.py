"""Requests, answers, deviations and the municipality's answer to *utskrivningsklar*, written and received here."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.exchange.services import Draft, send
from samhandling.jobs.worker import run_due
from samhandling.messages import engine
from samhandling.registry.models import RoutineDocument
from samhandling.stays import events
from samhandling.stays.models import Course, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from samhandling.writing.web.dialog import request_of
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build, patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    """Ready for discharge, as the municipality has been told."""
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    doctor = events.Professional(family_name="Dokter", given_name="Dina")
    register(
        found, events.ReadySet(at=NOW, ready_date=date(2026, 11, 16), decided_by=doctor), user=world.nurse, now=NOW
    )
    run_due(NOW, strict=True)
    return found


@pytest.fixture
def nurse(world: SmallWorld) -> Client:
    return logged_in(world.nurse)


@pytest.fixture
def handler(world: SmallWorld) -> Client:
    return logged_in(world.case_handler)


def course() -> Course:
    return Course.objects.get()


def post(client: Client, where: str, **values: str):
    body = client.get(where).content.decode()
    found = re.search(r'name="version" value="(\d+)"', body)
    assert found is not None, body
    return client.post(where, {"version": found[1], "videre": "1", **values})


def sent(client: Client, where: str, **values: str) -> Message:
    """Write, look over, send, deliver."""
    answer = post(client, where, **values)
    assert answer.status_code == 302, re.findall(r'field__error"[^>]*>.*?</p>', answer.content.decode(), re.S)
    if answer["Location"].endswith("se-over/"):
        post(client, answer["Location"])
    message = Message.objects.filter(direction="out", standard="dialogmelding").latest("pk")
    run_due(present(), strict=True)
    return message


def text(message: Message) -> str:
    assert message.original is not None
    data = originals.read(message.original)
    assert engine.read(data).valid
    return data.decode()


def place(reply: str, **more: str) -> tuple[str, dict[str, str]]:
    return f"/skriv/forlop/{course().pk}/plass/", {"reply": reply, "phone": "60 99 01 20", **more}


def place_task() -> Task:
    return Task.objects.get(cause="course.place")


def test_the_municipality_answers_in_two_clicks(stay: Stay, handler: Client, nurse: Client) -> None:
    page = handler.get(f"/forlop/{course().pk}/").content.decode()
    link = re.search(r'href="(/skriv/forlop/\d+/plass/\?svar=can)"', page)
    assert link is not None
    form = handler.get(link[1]).content.decode()
    assert re.search(r'value="can" checked', form)
    assert re.search(r'class="beside">.*Testine Prøvesen', form, re.S)
    filled = re.search(r'name="phone"[^>]*value="([^"]+)"', form)
    assert filled is not None
    message = sent(handler, link[1].partition("?")[0], reply="can", phone=filled[1])
    assert (message.type, message.counterpart_her, message.refers_to.type) == (
        "DIALOG_NOTAT", "98000101", "LOG_UTSKRIVNINGSKLAR",
    )  # fmt: skip
    assert 'V="1"' in text(message)
    assert "9155" in text(message)
    heard = Message.objects.get(organisation=stay.organisation, direction="in", type="DIALOG_NOTAT")
    assert heard.subject == stay.subject
    shown = nurse.get(f"/opphold/{stay.pk}/").content.decode()
    assert "Kommunen har svart på utskrivningsklar" in shown
    assert "Kommunen kan ta imot pasienten på meldt dato." in nurse.get(f"/melding/{heard.pk}/").content.decode()


def test_no_place_leaves_standing_work_until_a_further_answer(stay: Stay, handler: Client) -> None:
    where, values = place("cannot")
    sent(handler, where, **values)
    assert (place_task().text, place_task().closed_at) == ("Gi ny beskjed straks plass er klar.", None)
    assert "vet ennå ikke når" in handler.get(f"/forlop/{course().pk}/").content.decode()
    where, values = place("from", from_day="20.11.2026")
    message = sent(handler, where, **values)
    assert "fra 20.11.2026" in text(message)
    assert place_task().closed_at is not None
    assert "kan ta imot fra 20.11.2026" in handler.get(f"/forlop/{course().pk}/").content.decode()


def test_the_standing_work_ends_with_the_wait(stay: Stay, handler: Client, world: SmallWorld) -> None:
    where, values = place("cannot")
    sent(handler, where, **values)
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert place_task().closed_at is not None
    assert "ikke lenger meldt utskrivningsklar" in handler.get(where).content.decode()


def test_a_day_is_asked_for_and_kept_to_its_answer(stay: Stay, handler: Client) -> None:
    where, values = place("from")
    assert "Skriv datoen kommunen kan ta imot fra." in post(handler, where, **values).content.decode()
    where, values = place("from", from_day="01.11.2026")
    assert "Datoen har vært." in post(handler, where, **values).content.decode()
    assert not Message.objects.filter(type="DIALOG_NOTAT").exists()


def test_a_request_of_the_ward_is_answered_back_with_the_request_copied_in(
    stay: Stay, nurse: Client, handler: Client
) -> None:
    asked = sent(
        nurse, f"/skriv/opphold/{stay.pk}/foresporsel/", request_type="1", question="Hva har hun?", phone="60800101"
    )
    assert (asked.counterpart_her, asked.own_her) == ("98310701", "98000101")
    heard = Message.objects.get(direction="in", type="DIALOG_FORESPORSEL")
    task = Task.objects.get(cause="course.request")
    assert (heard.subject, task.closed_at) == (course().subject, None)
    assert request_of(heard) == {"asked_by": "9154", "type": "1", "question": "Hva har hun?"}
    where = f"/skriv/melding/{heard.pk}/svar/"
    assert f'href="{where}"' in handler.get(f"/melding/{heard.pk}/").content.decode()
    answer = sent(handler, where, text="Hjemmesykepleie daglig.", phone="60990120")
    assert (answer.counterpart_her, answer.own_her, answer.ref_parent) == ("98000101", "98310701", asked.msg_id)
    assert "Hva har hun?" in text(answer)
    task.refresh_from_db()
    assert task.closed_at is not None
    back = Message.objects.get(direction="in", type="DIALOG_SVAR")
    assert (back.subject, back.refers_to) == (stay.subject, asked)
    under = nurse.get(f"/melding/{asked.pk}/").content.decode()
    assert f'href="/melding/{back.pk}/"' in under
    assert Task.objects.filter(cause="stay.answer", unit=stay.unit, closed_at=None).exists()


def test_a_municipality_asks_from_its_own_list(stay: Stay, nurse: Client, handler: Client) -> None:
    asked = sent(
        handler, f"/skriv/forlop/{course().pk}/foresporsel/", request_type="8", question="Når?", phone="60990120"
    )
    assert "9152" in text(asked)
    assert asked.counterpart_her == "98000101"
    task = Task.objects.get(cause="stay.request")
    assert task.unit == stay.unit
    assert "Svar nå" in nurse.get(f"/opphold/{stay.pk}/").content.decode()


def test_a_deviation_stands_at_the_message_it_concerns(stay: Stay, nurse: Client, handler: Client) -> None:
    faulty = Message.objects.get(direction="in", type="LOG_INNLAGT")
    where = f"/skriv/melding/{faulty.pk}/avvik/"
    form = handler.get(where).content.decode()
    assert "Brukes bare når meldingen (a) er feilsendt" in form
    assert "Velg et svar." in post(handler, where, text="?", phone="60990120").content.decode()
    sent(handler, where, reason="technical", text="Datoen mangler.", phone="60990120")
    heard = Message.objects.get(direction="in", type="DIALOG_AVVIK")
    ours = Message.objects.get(direction="out", type="LOG_INNLAGT")
    assert heard.refers_to == ours
    assert f'href="/melding/{heard.pk}/"' in nurse.get(f"/melding/{ours.pk}/").content.decode()
    assert Task.objects.filter(cause="stay.deviation", closed_at=None).exists()
    # An avviksmelding is not answered by another.
    assert nurse.get(f"/skriv/melding/{heard.pk}/avvik/").status_code == 404


def test_who_may_write(stay: Stay, world: SmallWorld) -> None:
    heard = Message.objects.get(direction="in", type="LOG_INNLAGT")
    for user in (world.nurse, world.surgeon_nurse):
        assert logged_in(user).get(f"/skriv/melding/{heard.pk}/avvik/").status_code == 404
        assert logged_in(user).get(f"/skriv/forlop/{course().pk}/plass/").status_code in {403, 404}
    assert logged_in(world.case_handler).get(f"/skriv/opphold/{stay.pk}/foresporsel/").status_code == 404
    assert logged_in(world.case_handler).get(f"/skriv/melding/{heard.pk}/svar/").status_code == 404


def test_a_deviation_can_be_written_about_somebody_we_have_no_record_of(
    stay: Stay, world: SmallWorld, handler: Client
) -> None:
    stranger = patient(world, given="Ukjent", family="Fjernesen")
    draft = Draft(
        organisation=world.hospital, message_type="DIALOG_FORESPORSEL", patient=stranger, event_at=NOW,
        municipality=world.municipality,
        values={
            "asked_by": "9154", "request_type": "1", "question": "?",
            "responsible": {"family_name": "Vik", "profession": "SP", "phone": "69860000"},
        },
    )  # fmt: skip
    outcome = send(draft, now=NOW)
    assert outcome.message is not None, outcome.findings
    run_due(NOW, strict=True)
    heard = Message.objects.get(direction="in", type="DIALOG_FORESPORSEL")
    assert heard.patient is None
    where = f"/skriv/melding/{heard.pk}/avvik/"
    form = handler.get(where).content.decode()
    assert "Ukjent Fjernesen" in form
    assert "14.03.1942" in form
    written = sent(handler, where, reason="wrong_receiver", text="Ukjent for oss.", phone="60990120")
    assert "Fjernesen" in text(written)
    back = Message.objects.get(direction="in", type="DIALOG_AVVIK")
    assert (back.refers_to, back.patient) == (outcome.message, stranger)


def test_where_a_breach_of_routine_is_reported_stands_beside_the_deviation(
    stay: Stay, world: SmallWorld, handler: Client
) -> None:
    where = f"/skriv/melding/{Message.objects.get(direction='in', type='LOG_INNLAGT').pk}/avvik/"
    assert "Brudd på rutine eller samarbeidsavtale: meld på eget skjema." in handler.get(where).content.decode()
    RoutineDocument.objects.create(
        organisation=world.hospital, code="skjema-avvik", title="Skjema", url="https://skjema.example/"
    )
    form = handler.get(where).content.decode()
    assert (
        'Brudd på rutine eller samarbeidsavtale: <a href="https://skjema.example/" rel="noreferrer">Åpne skjema</a>.'
        in form
    )
