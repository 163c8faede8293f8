"""The doctor's office: its inbox, reading, answering, and writing about patients whether they are in hospital or not."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.patients.services import register
from samhandling.registry.models import CommunicationParty
from samhandling.stays.models import BreachOfRoutine
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, build, details

pytestmark = pytest.mark.django_db
GP, NURSES = "98000501", "98310701"


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def office(world: SmallWorld) -> Organisation:
    return Organisation.objects.get(kind="gp")


@pytest.fixture(autouse=True)
def listed(office: Organisation) -> Patient:
    """The same patient as the doctor knows her."""
    return register(details("Solveig", "Solosen"), organisation_id=office.pk, now=NOW).patient


@pytest.fixture
def doctor(office: Organisation) -> Client:
    user = add_user("ludvig", "demo", now=NOW, first_name="Ludvig", last_name="Lønn", demo=True)
    add_role(user, Role.DOCTOR, office, now=NOW)
    return logged_in(user)


@pytest.fixture
def nurse(world: SmallWorld) -> Client:
    return logged_in(world.home_nurse)


@pytest.fixture
def at_home(world: SmallWorld) -> Patient:
    """A patient of the municipality whom no hospital has written about."""
    return register(details("Solveig", "Solosen"), organisation_id=world.municipality.pk, now=NOW).patient


def body(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200, where
    return unescape(answer.content.decode())


def sent(client: Client, where: str, **values: str) -> Message:
    """Write, look over, send; the receiver's system answers."""
    version = re.search(r'name="version" value="(\d+)"', body(client, where))
    assert version is not None
    answer = client.post(where, {"version": version[1], "videre": "1", **values})
    assert answer.status_code == 302, re.findall(r'field__error"[^>]*>.*?</p>', answer.content.decode(), re.S)
    seen = re.search(r'name="version" value="(\d+)"', body(client, answer["Location"]))
    assert seen is not None
    assert client.post(answer["Location"], {"version": seen[1]}).status_code == 302
    run_due(present(), strict=True)
    found = Message.objects.filter(direction="out").order_by("pk").last()
    assert found is not None
    return found


def received(office: Organisation) -> Message:
    return Message.objects.filter(organisation=office, direction="in").latest("pk")


WISH = {"receiver": GP, "kind": "assessment", "problem": "Tung pust siden i går.", "phone": "60990120"}


def test_the_doctor_reads_and_answers_from_the_inbox(
    at_home: Patient, nurse: Client, doctor: Client, office: Organisation, world: SmallWorld
) -> None:
    wish = sent(nurse, f"/skriv/pasient/{at_home.pk}/helseopplysninger-til-lege/", **WISH)
    assert "kommet inn i legekontorets system" in body(nurse, f"/melding/{wish.pk}/")
    assert "Melding til legen" in body(doctor, "/")
    assert "Helseopplysninger til lege" in (inbox := body(doctor, "/innboks/"))
    assert "Ikke fordelt (1)" in inbox
    assert "forløp" not in inbox
    message = received(office)
    page = body(doctor, f"/melding/{message.pk}/")
    assert "Tung pust siden i går." in page
    answer = sent(
        doctor, f"/skriv/melding/{message.pk}/medisinske-opplysninger/", receiver=NURSES, kind="consultation",
        problem="KOLS-forverring. Prednisolonkur.", phone="60990500", **{"diagnoses-0-text": "KOLS"},
    )  # fmt: skip
    assert (answer.type, answer.own_her, answer.ref_parent) == ("MEDISINSKE_OPPLYSNINGER", GP, wish.msg_id)
    told = read_facts(engine.read(originals.read(answer.original)))
    assert told is not None
    assert told.responsible[0].profession.value == "LE"
    assert "kommet inn i kommunens system" in body(doctor, f"/melding/{answer.pk}/")
    assert Task.objects.get(organisation=office).closed_how == "done"
    assert "Alt er lest eller fordelt." in body(doctor, "/innboks/")
    assert "Prednisolonkur" in body(nurse, f"/melding/{Message.objects.latest('pk').pk}/")
    assert not BreachOfRoutine.objects.filter(organisation=office).exists()


def test_the_doctor_asks_and_gets_the_right_answer_form(
    at_home: Patient, listed: Patient, nurse: Client, doctor: Client, world: SmallWorld
) -> None:
    sent(nurse, f"/skriv/pasient/{at_home.pk}/helseopplysninger-til-lege/", **WISH)
    where = f"/pasient/{listed.pk}/"
    assert "Helseopplysninger til lege" in body(doctor, where)
    asked = sent(
        doctor, f"/skriv{where}sporsmal/", receiver=NURSES, request_type="5", question="Hvordan går det?", phone="1"
    )
    assert (asked.type, asked.own_her) == ("DIALOG_FORESPORSEL", GP)
    heard = Message.objects.get(organisation=world.municipality, type="DIALOG_FORESPORSEL")
    assert Task.objects.get(cause="message.loose.request").unit.code == "SYK"
    answer = sent(
        nurse, f"/skriv/melding/{heard.pk}/helseopplysninger-til-lege/",
        receiver=GP, kind="status", problem="Bedre.", phone="60990120",
    )  # fmt: skip
    assert answer.ref_parent == asked.msg_id
    assert Task.objects.get(cause="message.loose.request").closed_how == "done"
    page = body(doctor, f"/melding/{asked.pk}/")
    assert "Svar og meldinger om denne" in page


def test_the_doctor_answers_a_request_in_words_and_reports_a_fault(
    at_home: Patient, nurse: Client, doctor: Client, office: Organisation
) -> None:
    sent(nurse, f"/skriv/pasient/{at_home.pk}/sporsmal/", receiver=GP, request_type="1", question="Dose?", phone="1")
    asked = received(office)
    assert Task.objects.get(organisation=office).cause == "message.loose.doctor_request"
    page = body(doctor, f"/melding/{asked.pk}/")
    assert page.index("Svar med medisinske opplysninger") < page.index("Svar på forespørselen")
    answer = sent(doctor, f"/skriv/melding/{asked.pk}/svar/", text="10 mg.", phone="60990500")
    assert (answer.type, answer.own_her, answer.counterpart_her) == ("DIALOG_SVAR", GP, NURSES)
    assert Task.objects.get(organisation=office).closed_how == "done"
    fault = sent(
        doctor, f"/skriv/melding/{asked.pk}/avvik/", reason="wrong_receiver", text="Ikke vår pasient.", phone="1"
    )
    assert fault.type == "DIALOG_AVVIK"
    again = sent(doctor, f"/skriv/melding/{asked.pk}/foresporsel/", request_type="5", question="Hvilken?", phone="1")
    told = read_facts(engine.read(originals.read(again.original)))
    assert told is not None
    assert told.requests[0].type.oid.endswith(".9153")


@pytest.mark.parametrize("first", ["doctor", "nurse"])
def test_who_first_hears_of_a_death_tells_the_other(
    first: str, at_home: Patient, listed: Patient, nurse: Client, doctor: Client
) -> None:
    if first == "nurse":
        who, other, where, to, own = nurse, doctor, at_home.pk, GP, NURSES
    else:
        who, other, where, to, own = doctor, nurse, listed.pk, NURSES, GP
    address = f"/skriv/pasient/{where}/dodsfall/"
    late = who.post(
        address, {"version": "0", "videre": "1", "receiver": to, "died_day": "17.11.2026", "phone": "60990120"}
    )
    assert "Datoen har ikke vært ennå." in late.content.decode()
    message = sent(who, address, receiver=to, died_day="16.11.2026", died_clock="04.10", phone="60990120")
    assert (message.type, message.status, message.own_her, message.counterpart_her) == ("LOG_DOD", "N", own, to)
    told = read_facts(engine.read(originals.read(message.original)))
    assert told is not None
    assert told.event("13").at.instant.hour == 3
    assert "Solveig Solosen" in body(other, "/")
    gone = sent(who, f"/skriv/melding/{message.pk}/trekk-tilbake/", cancel_reason="Feil pasient.")
    assert (gone.status, gone.ref_parent) == ("C", message.msg_id)


def test_a_doctor_writes_from_the_own_address(listed: Patient, doctor: Client, office: Organisation) -> None:
    CommunicationParty.objects.create(
        her_id="98000500", organisation=office, name="Lege Ask", kind="person", family_name="Ask", given_name="Alma",
        function="doctor",
    )  # fmt: skip
    note = sent(
        doctor, f"/skriv/pasient/{listed.pk}/notat/", receiver=NURSES, theme="1", text="Til orientering.", phone="1"
    )
    assert note.own_her == GP


def test_who_sees_what(at_home: Patient, listed: Patient, doctor: Client, nurse: Client, world: SmallWorld) -> None:
    assert body(nurse, f"/pasient/{at_home.pk}/")
    for who in (doctor, logged_in(world.nurse), logged_in(world.responsible)):
        assert who.get(f"/pasient/{at_home.pk}/").status_code in {403, 404}
        assert who.get(f"/skriv/pasient/{at_home.pk}/notat/").status_code in {403, 404}
    assert nurse.get(f"/skriv/pasient/{at_home.pk}/medisinske-opplysninger/").status_code == 403
    found = nurse.post("/sok/", {"q": "Solosen"})
    assert f'href="/pasient/{at_home.pk}/"' in found.content.decode()
    assert doctor.post("/sok/", {"q": "Solosen"})["Location"] == f"/pasient/{listed.pk}/"
    assert doctor.get("/opphold/").status_code == 403
