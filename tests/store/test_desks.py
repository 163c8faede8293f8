"""*Mitt arbeid* of each role, the municipality's desk, and search."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from samhandling.access.models import AuditEntry, User
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.patients.models import PatientNumber
from samhandling.patients.services import opened
from samhandling.stays import events
from samhandling.stays.models import Course, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def is_user(stay: Stay, who: User) -> None:
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=who, now=NOW)
    run_due(present(), strict=True)


def is_ready(stay: Stay, who: User) -> None:
    doctor = events.Professional(family_name="Dokter", given_name="Dina")
    register(stay, events.ReadySet(at=NOW, ready_date=NOW.date(), decided_by=doctor), user=who, now=NOW)
    run_due(present(), strict=True)


def desk(who: User) -> str:
    answer = logged_in(who).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_ward_sees_its_patients_in_one_line_each_the_urgent_first(world: SmallWorld) -> None:
    calm = admit(world, given="Rolig", visit="1")
    register(calm, events.MunicipalUserSet(at=NOW, value=False), user=world.nurse, now=NOW)
    register(calm, events.NeedAssessed(at=NOW, value=False), user=world.nurse, now=NOW)
    admit(world, given="Haster", visit="2", at=NOW - timedelta(hours=11))
    admit(world, given="Annen", visit="3", unit=world.surgery)
    body = desk(world.nurse)
    assert body.index("Haster Prøvesen") < body.index("Rolig Prøvesen")
    assert "Annen Prøvesen" not in body
    assert body.count("<tr class=") == 2
    assert "Ingenting haster nå." in body


def test_similar_names_are_marked(world: SmallWorld) -> None:
    admit(world, given="Anne", visit="1")
    assert "Lik navn" not in desk(world.nurse)
    admit(world, given="Berit", visit="2")
    assert desk(world.nurse).count("Lik navn: sjekk fødselsdato") == 2


def test_an_empty_ward_says_so_and_since_when(world: SmallWorld) -> None:
    body = desk(world.nurse)
    assert "Ingen pasienter er innlagt her nå." in body
    assert "Sjekket kl. 10.20" in body


def test_the_list_costs_as_many_queries_for_forty_patients_as_for_four(
    world: SmallWorld, django_assert_max_num_queries
) -> None:
    for number in range(4):
        is_user(admit(world, given=f"Test{number}", visit=str(number)), world.nurse)
    client = logged_in(world.nurse)
    client.get("/")
    with django_assert_max_num_queries(1000) as few:
        client.get("/")
    for number in range(4, 12):
        is_user(admit(world, given=f"Test{number}", visit=str(number)), world.nurse)
    with django_assert_max_num_queries(len(few)) as many:
        client.get("/")
    assert len(many) == len(few)


def test_the_municipality_sees_what_it_was_told_and_no_more(world: SmallWorld) -> None:
    told, untold = admit(world, given="Fortalt", visit="1"), admit(world, given="Ukjent", visit="2")
    is_user(told, world.nurse)
    body = desk(world.case_handler)
    assert "Fortalt Prøvesen" in body
    assert "Ukjent Prøvesen" not in body
    assert Stay.objects.filter(pk=untold.pk).exists()
    is_ready(told, world.nurse)
    body = desk(world.case_handler)
    assert "Utskrivningsklar 16.11.2026" in body
    assert re.search(r"Bestemt av [^<]*Dokter", body)


def test_the_desk_is_the_same_when_the_hospitals_rows_are_gone_from_its_sight(world: SmallWorld) -> None:
    """Nothing of the municipality's pages is read from the hospital's rows (design 3a)."""
    stay = admit(world)
    is_user(stay, world.nurse)
    course = Course.objects.get(organisation=world.municipality)
    client = logged_in(world.home_nurse)
    before = strip_tokens(client.get("/").content.decode() + client.get(f"/forlop/{course.pk}/").content.decode())
    Stay.objects.update(facts={}, state="S6")
    stay.patient.given_name = "Endret"
    stay.patient.save()
    after = strip_tokens(client.get("/").content.decode() + client.get(f"/forlop/{course.pk}/").content.decode())
    assert before == after


def strip_tokens(body: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


def test_the_course_page_leads_to_the_messages_it_is_built_from(world: SmallWorld) -> None:
    is_user(admit(world), world.nurse)
    course = Course.objects.get(organisation=world.municipality)
    body = logged_in(world.case_handler).get(f"/forlop/{course.pk}/").content.decode()
    received = Message.objects.get(organisation=world.municipality, direction="in")
    assert f'href="/melding/{received.pk}/"' in body
    assert 'href="tel:60800101"' in body
    assert logged_in(world.nurse).get(f"/forlop/{course.pk}/").status_code == 403


def test_another_municipality_sees_no_course(world: SmallWorld) -> None:
    is_user(admit(world), world.nurse)
    course = Course.objects.get(organisation=world.municipality)
    other = Organisation.objects.get(her_id="98990200")
    Organisation.objects.filter(pk=other.pk).update(hosted=True)
    stranger = add_user("frank", "demo", demo=True, now=NOW)
    add_role(stranger, Role.CASE_HANDLER, other, now=NOW)
    client = logged_in(stranger)
    assert client.get(f"/forlop/{course.pk}/").status_code == 404
    assert "Prøvesen" not in client.get("/").content.decode()


def test_the_message_responsible_sees_the_queue_and_every_stay(world: SmallWorld) -> None:
    stay = admit(world, municipality="9902")
    is_user(stay, world.nurse)
    body = desk(world.responsible)
    assert "Ingen avtale: ring kommunen" in body
    listed = logged_in(world.responsible).get("/opphold/").content.decode()
    assert "Testine Prøvesen" in listed


def test_operations_see_no_patient_anywhere(world: SmallWorld) -> None:
    stay = admit(world)
    is_user(stay, world.nurse)
    operator = add_user("ivar", "demo", demo=True, now=NOW)
    add_role(operator, Role.OPERATIONS, world.hospital, now=NOW)
    client = logged_in(operator)
    message = Message.objects.get(organisation=world.hospital, direction="out")
    for address in ("/", "/oppgaver/", "/meldinger/", f"/melding/{message.pk}/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "Prøvesen" not in answer.content.decode(), address
    assert client.get(f"/opphold/{stay.pk}/").status_code == 403
    assert client.get(f"/melding/{message.pk}/original/").status_code == 403
    assert "Prøvesen" not in client.post("/sok/", {"q": "Testine"}).content.decode()


def search(client: Client, typed: str):
    return client.post("/sok/", {"q": typed})


def test_search_by_number_opens_the_patient_and_leaves_no_trace_of_it(world: SmallWorld) -> None:
    stay = admit(world)
    number = opened(PatientNumber.objects.get(patient=stay.patient, kind="FNR")).value
    client = logged_in(world.nurse)
    for typed in (number, f"{number[:6]} {number[6:]}"):
        answer = search(client, typed)
        assert answer.headers["Location"] == f"/opphold/{stay.pk}/"
    for entry in AuditEntry.objects.filter(action="search"):
        assert number not in f"{entry.purpose}{entry.subject}"
        assert entry.purpose == "1"


def test_search_by_name_stay_number_and_msgid(world: SmallWorld) -> None:
    stay = admit(world, visit="77001")
    is_user(stay, world.nurse)
    message = Message.objects.get(organisation=world.hospital, direction="out")
    client = logged_in(world.nurse)
    assert search(client, "prøve test").headers["Location"] == f"/opphold/{stay.pk}/"
    assert search(client, "77001").headers["Location"] == f"/opphold/{stay.pk}/"
    assert search(client, message.msg_id_written.upper()).headers["Location"] == f"/melding/{message.pk}/"


def test_search_finds_nothing_of_another_ward_or_organisation(world: SmallWorld) -> None:
    stay = admit(world, visit="77001")
    is_user(stay, world.nurse)
    message = Message.objects.get(organisation=world.hospital, direction="out")
    client = logged_in(world.surgeon_nurse)
    for typed in ("Prøvesen", "77001", message.msg_id_written):
        body = search(client, typed).content.decode()
        assert "Ingenting funnet her." in body
        assert "Testine" not in body


def test_a_search_never_stands_in_an_address(world: SmallWorld) -> None:
    admit(world)
    body = logged_in(world.nurse).get("/sok/?q=Testine").content.decode()
    assert "Testine Prøvesen" not in body
    assert 'method="post" action="/sok/"' in body


def test_opening_ones_desk_is_logged(world: SmallWorld) -> None:
    desk(world.nurse)
    entry = AuditEntry.objects.get(action="worklist.read")
    assert (entry.user_id, entry.organisation_id) == (world.nurse.pk, world.hospital.pk)
