"""Innleggelsesrapport of the municipality and Utskrivningsrapport of the ward: written, sent, changed, withdrawn."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.messages import engine
from samhandling.patients import services as patients
from samhandling.patients.models import Patient
from samhandling.stays import events
from samhandling.stays.models import Course, RoutinePolicy, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build, details
from tests.store.test_writing_information import post
from tests.store.test_writing_information import sent as send_information

pytestmark = pytest.mark.django_db

REPORT = {
    "reason_for_admission": "Falt hjemme i natt.",
    "phone": "60 90 01 01",
    "cautions-0-word": "Morfin",
    "services-0-type": "15",
    "services-0-text": "Stell morgen og kveld",
    "medicines-0-name": "Burinex 1 mg",
    "medicines-0-dose": "1 + 1",
    "medicines-0-strength": "0,5",
    "medicines-0-strength_unit": "mg",
    "medicines-0-medicine_form": "53",
    "medicines-0-atc": "C03CA02",
    "medicines-1-name": "",
    "contacts-0-role": "9",
    "contacts-0-family_name": "Aas",
    "functional_level-5": "3",
    "functional_level-5-remark": "Trapp går ikke.",
    "lives_alone": "on",
}
DISCHARGE = {
    "problem": "Brudd i venstre håndledd etter fall.",
    "leaving": "Går med rullator.",
    "discharged_day": "16.11.2026",
    "discharged_clock": "14.30",
    "phone": "60 80 01 01",
    "plans": "Kontroll om to uker.",
    "medicines-0-name": "Marevan",
    "medicines-0-stopped": "on",
    "appointments-0-about_when": "Uke 50",
    "appointments-0-place": "Ortopedisk poliklinikk",
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
def course(stay: Stay) -> Course:
    return Course.objects.get()


@pytest.fixture
def home_nurse(world: SmallWorld) -> Client:
    return logged_in(world.home_nurse)


@pytest.fixture
def nurse(world: SmallWorld) -> Client:
    return logged_in(world.nurse)


def address(where: Course | Stay, what: str, then: str = "") -> str:
    return f"/skriv/{'forlop' if isinstance(where, Course) else 'opphold'}/{where.pk}/{what}/{then}"


def sent(client: Client, where: Course | Stay, what: str, values: dict[str, str]) -> Message:
    """Write, look over, send."""
    answer = post(client, address(where, what), **values)
    assert answer.status_code == 302, re.findall(r'field__error"[^>]*>.*?</p>', answer.content.decode(), re.S)
    assert answer["Location"] == address(where, what, "se-over/")
    done = post(client, answer["Location"])
    assert done.status_code == 302
    message = Message.objects.filter(direction="out").latest("pk")
    run_due(present(), strict=True)
    return message


def text_of(message: Message) -> str:
    assert message.original is not None
    data = originals.read(message.original)
    reading = engine.read(data)
    assert reading.valid, reading.problems
    return data.decode()


def page(client: Client, where: Course | Stay) -> str:
    return client.get(f"/{'forlop' if isinstance(where, Course) else 'opphold'}/{where.pk}/").content.decode()


def card(body: str) -> str:
    """What the course's page says of the report, without marks."""
    found = re.search(r'aria-labelledby="h-report">(.*?)</section>', body, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def test_the_course_asks_for_the_report_and_says_until_when(course: Course, home_nurse: Client) -> None:
    said = card(page(home_nurse, course))
    assert "Ikke sendt" in said
    assert "Innen 17.11.2026 kl. 10.20" in said
    assert "Skriv innleggelsesrapport" in said
    assert "Endre" not in said


def test_the_report_reaches_the_hospital_with_all_that_was_written(
    course: Course, home_nurse: Client, world: SmallWorld
) -> None:
    message = sent(home_nurse, course, "innleggelsesrapport", REPORT)
    assert (message.type, message.status, message.version, message.ref_parent) == (
        "INNLEGGELSESRAPPORT",
        "N",
        "1.6",
        "",
    )
    text = text_of(message)
    for told in ("Falt hjemme i natt.", "Morfin", "Burinex 1 mg", "Stell morgen og kveld", "tel:60900101", "Aas"):
        assert told in text
    for structured in ("Trapp går ikke.", 'V="0.5" U="mg"', 'V="C03CA02"', 'DN="Tablett"'):
        assert structured in text
    assert text.count("<epj3:Legemiddelinfo") == 1 or text.count("Legemiddelinfo ") == 1
    received = Message.objects.get(organisation=world.hospital, type="INNLEGGELSESRAPPORT", direction="in")
    assert received.subject == Stay.objects.get().subject
    said = card(page(home_nurse, course))
    assert "Rapporten sendt kl. 10.20 Mottatt hos Somatikk plo meldingsmottak" in said
    assert "Ikke sendt" not in said
    assert "Endre innleggelsesrapporten" in said


def test_a_change_of_the_report_starts_from_the_last_and_says_what_changed(course: Course, home_nurse: Client) -> None:
    first = sent(home_nurse, course, "innleggelsesrapport", REPORT)
    body = home_nurse.get(address(course, "innleggelsesrapport-endring")).content.decode()
    assert all(f'value="{known}"' in body for known in ("Morfin", "Burinex 1 mg", "Stell morgen og kveld"))
    assert all(f'value="{known}"' in body for known in ("0,5", "C03CA02", "Trapp går ikke."))
    assert (
        "Rapporten er sendt. Skriv en endring."
        in home_nurse.get(address(course, "innleggelsesrapport")).content.decode()
    )
    same = post(home_nurse, address(course, "innleggelsesrapport-endring"), **REPORT, change="Ingenting")
    assert "Ingenting er endret siden forrige versjon." in same.content.decode()
    silent = post(home_nurse, address(course, "innleggelsesrapport-endring"), **{**REPORT, "cautions-0-word": "Kodein"})
    assert "Skriv hva som er endret." in silent.content.decode()
    changed = {**REPORT, "cautions-0-word": "Kodein", "change": "CAVE er rettet"}
    second = sent(home_nurse, course, "innleggelsesrapport-endring", changed)
    assert (second.status, second.ref_parent, second.ref_conversation) == ("M", first.msg_id, first.msg_id)
    assert "Endring: CAVE er rettet" in text_of(second)
    received = Message.objects.filter(direction="in", type="INNLEGGELSESRAPPORT").order_by("pk")
    assert [m.state for m in received] == ["replaced", "taken"]


def test_a_withdrawal_of_the_report_says_why(course: Course, home_nurse: Client) -> None:
    first = sent(home_nurse, course, "innleggelsesrapport", REPORT)
    what = "innleggelsesrapport-trekk-tilbake"
    assert "Skriv hvorfor" in post(home_nurse, address(course, what), cancel_reason="").content.decode()
    last = sent(home_nurse, course, what, {"cancel_reason": "Skrevet på feil pasient."})
    assert (last.status, last.ref_parent) == ("C", first.msg_id)
    assert "Kansellering: Skrevet på feil pasient." in text_of(last)
    assert Message.objects.get(direction="in", type="INNLEGGELSESRAPPORT", status="N").state == "cancelled"
    said = card(page(home_nurse, course))
    assert "Trukket tilbake" in said
    assert "Skriv innleggelsesrapport" in said


def test_the_next_admission_starts_with_what_lasts(
    world: SmallWorld, stay: Stay, course: Course, home_nurse: Client
) -> None:
    sent(home_nurse, course, "innleggelsesrapport", REPORT)
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    later = NOW + timedelta(days=1)
    set_clock(later, machine_now=datetime.now(UTC))
    again = admit(world, later, visit="1002")
    register(again, events.MunicipalUserSet(at=later, value=True), user=world.nurse, now=later)
    run_due(present(), strict=True)
    newest = Course.objects.latest("pk")
    body = home_nurse.get(address(newest, "innleggelsesrapport")).content.decode()
    assert 'value="Morfin"' in body
    assert 'value="Stell morgen og kveld"' in body
    # What changes from day to day is asked for anew.
    assert "Burinex" not in body
    assert "Falt hjemme" not in body


def test_no_report_after_the_discharge(world: SmallWorld, stay: Stay, course: Course, home_nurse: Client) -> None:
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert (
        "Pasienten er skrevet ut. Ring avdelingen."
        in home_nurse.get(address(course, "innleggelsesrapport")).content.decode()
    )
    before = Message.objects.count()
    refused = post(home_nurse, address(course, "innleggelsesrapport"), **REPORT)
    assert "Kan ikke sendes nå." in refused.content.decode()
    assert Message.objects.count() == before


def test_who_writes_a_report(world: SmallWorld, course: Course) -> None:
    assert logged_in(world.nurse).get(address(course, "innleggelsesrapport")).status_code in (403, 404)
    assert logged_in(world.case_handler).get(address(course, "innleggelsesrapport")).status_code == 200


# Utskrivningsrapport -------------------------------------------------------------------------------------------------


@pytest.fixture
def used(world: SmallWorld) -> None:
    """The hospital's routine has the report (C-12)."""
    RoutinePolicy.objects.create(
        organisation=world.hospital, name="Nasjonal", base="nasjonal", valid_from=date(2026, 1, 1), changes={}
    )


def test_where_the_routine_has_no_discharge_report_none_is_offered(stay: Stay, nurse: Client) -> None:
    assert "Utskrivningsrapport" not in page(nurse, stay)
    body = nurse.get(address(stay, "utskrivningsrapport")).content.decode()
    assert "endelig helseopplysning brukes i stedet" in body


@pytest.mark.usefixtures("used")
def test_a_discharge_report_starts_from_what_the_municipality_knows(
    world: SmallWorld, stay: Stay, nurse: Client
) -> None:
    send_information(nurse, stay)
    assert "Utskrivningsrapport" in page(nurse, stay)
    body = nurse.get(address(stay, "utskrivningsrapport")).content.decode()
    assert 'value="Penicillin"' in body
    assert 'value="16.11.2026"' in body
    message = sent(nurse, stay, "utskrivningsrapport", DISCHARGE)
    assert (message.type, message.status, message.kind) == ("UTSKRIVNINGSRAPPORT", "N", "report")
    text = text_of(message)
    for told in ("Brudd i venstre håndledd", "Marevan", "Kontroll om to uker.", "Uke 50", "2026-11-16T14:30:00"):
        assert told in text
    assert Message.objects.filter(organisation=world.municipality, direction="in", type="UTSKRIVNINGSRAPPORT").exists()
    assert re.search(r"Utskrivningsrapport.*Mottatt hos", page(nurse, stay), re.S)


@pytest.mark.usefixtures("used")
def test_a_discharge_report_is_changed_and_withdrawn(stay: Stay, nurse: Client) -> None:
    first = sent(nurse, stay, "utskrivningsrapport", DISCHARGE)
    changed = {**DISCHARGE, "plans": "Kontroll om tre uker.", "change": "Ny kontroll"}
    second = sent(nurse, stay, "utskrivningsrapport-endring", changed)
    assert (second.status, second.ref_parent) == ("M", first.msg_id)
    assert "Endring: Ny kontroll" in text_of(second)
    last = sent(nurse, stay, "utskrivningsrapport-trekk-tilbake", {"cancel_reason": "Feil pasient."})
    assert (last.status, last.ref_parent, last.ref_conversation) == ("C", second.msg_id, first.msg_id)
    received = Message.objects.filter(direction="in", type="UTSKRIVNINGSRAPPORT").exclude(status="C")
    assert {m.state for m in received} == {"cancelled"}


@pytest.mark.usefixtures("used")
def test_a_birth_and_what_other_professions_report(stay: Stay, nurse: Client) -> None:
    where = address(stay, "utskrivningsrapport")
    others = {"reports-0-text": "Fysioterapi tre ganger.", "reports-0-family_name": "Fysen", "reports-1-text": "Kost."}
    half = post(nurse, where, **DISCHARGE, **others)
    assert "Velg yrket." in half.content.decode()
    told = {**DISCHARGE, **others, "reports-0-profession": "FT", "kind": "birth"}
    message = sent(nurse, stay, "utskrivningsrapport", told)
    shown = nurse.get(f"/melding/{message.pk}/").content.decode()
    for said in ("Fødselsepikrise", "Fysioterapi tre ganger.", "Fysen", "Kost."):
        assert said in shown, said


@pytest.mark.usefixtures("used")
def test_a_patient_who_leaves_before_they_came_is_said_at_the_field(stay: Stay, nurse: Client) -> None:
    body = post(nurse, address(stay, "utskrivningsrapport"), **{**DISCHARGE, "discharged_day": "01.11.2026"})
    assert re.search(r'id="id_discharged_day-error1">.*?Utskrevet er før innlagt.', body.content.decode(), re.S)


@pytest.mark.usefixtures("used")
def test_no_discharge_report_about_the_dead(world: SmallWorld, stay: Stay, nurse: Client) -> None:
    register(stay, events.Died(at=NOW), user=world.nurse, now=NOW)
    before = Message.objects.filter(type="UTSKRIVNINGSRAPPORT").count()
    refused = post(nurse, address(stay, "utskrivningsrapport"), **DISCHARGE)
    assert "Kan ikke sendes nå." in refused.content.decode()
    assert Message.objects.filter(type="UTSKRIVNINGSRAPPORT").count() == before


# Before the admission (S-30, T01) ------------------------------------------------------------------------------------


@pytest.fixture
def known_at_home(world: SmallWorld) -> Patient:
    """The municipality's record system knows her."""
    return patients.register(details("Testine", "Prøvesen"), organisation_id=world.municipality.pk, now=NOW).patient


def test_a_report_before_the_admission_waits_for_it(
    world: SmallWorld, known_at_home: Patient, home_nurse: Client
) -> None:
    body = home_nurse.post("/sok/", {"q": "Prøvesen"}).content.decode()
    assert "Ikke meldt innlagt" in body
    assert "Testine Prøvesen" in body
    began = home_nurse.post(f"/forlop/meld/{known_at_home.pk}/", {"sykehus": "98000100"})
    course = Course.objects.get()
    assert began["Location"] == address(course, "innleggelsesrapport")
    message = sent(home_nurse, course, "innleggelsesrapport", REPORT)
    assert message.status == "N"
    assert "Skal innlegges" in page(home_nurse, course)
    assert Message.objects.filter(organisation=world.hospital, direction="in", type="INNLEGGELSESRAPPORT").exists()
    # The admission finds the course that was announced, and the report stands in it.
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    course = Course.objects.get()
    assert course.state == "admitted"
    assert "Mottatt hos Somatikk plo meldingsmottak" in card(page(home_nurse, course))


def test_who_has_a_course_already_is_not_announced_again(
    known_at_home: Patient, course: Course, home_nurse: Client
) -> None:
    assert "Ikke meldt innlagt" not in home_nurse.post("/sok/", {"q": "Prøvesen"}, follow=True).content.decode()
    home_nurse.post(f"/forlop/meld/{known_at_home.pk}/", {"sykehus": "98000100"})
    assert Course.objects.count() == 1


def test_nobody_announces_to_a_hospital_without_an_agreement(
    world: SmallWorld, known_at_home: Patient, home_nurse: Client
) -> None:
    assert home_nurse.post(f"/forlop/meld/{known_at_home.pk}/", {"sykehus": "99999999"}).status_code == 404
    assert logged_in(world.nurse).post(f"/forlop/meld/{known_at_home.pk}/", {"sykehus": "98000100"}).status_code in (
        403,
        404,
    )
    assert not Course.objects.exists()
