"""P-01 to P-05, P-07 and P-10 where they touch stays, tasks and worklist, each test named after it (routines 7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from samhandling.access.models import AuditEntry
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange import not_ours
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.patients.alike import Named, alike, folded
from samhandling.patients.models import Patient
from samhandling.stays import events
from samhandling.stays.models import Stay, StayEvent
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build
from tests.store.test_anomalies import _late_question, messages_in
from tests.store.test_routine_messages import ask

pytestmark = pytest.mark.django_db
MARK = "Lik navn: sjekk fødselsdato"
BORN, OTHER = date(1942, 3, 14), date(1950, 1, 1)


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return found


def page(who, address: str) -> str:
    answer = logged_in(who).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_p_01_an_objection_stops_what_goes_out(world: SmallWorld) -> None:
    found = admit(world)
    register(found, events.Objected(at=NOW), user=world.nurse, now=NOW)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert not Message.objects.filter(direction="out").exists()


def test_p_02_who_registered_the_objection_and_when_stands_on_the_timeline(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.Objected(at=NOW), user=world.nurse, now=NOW)
    line = StayEvent.objects.get(stay=stay, kind="objects")
    assert (line.user, line.at) == (world.nurse, NOW)
    assert "Kari Vik" in page(world.nurse, f"/opphold/{stay.pk}/")


def test_p_03_each_role_sees_its_own(world: SmallWorld, stay: Stay) -> None:
    message = Message.objects.get(direction="out", subject=stay.subject)
    address = reverse("exchange:message", args=[message.pk])
    # The message responsible sees metadata first; another ward, the municipality and operations do not see the stay.
    metadata = page(world.responsible, address)
    assert "Åpne innholdet" in metadata
    assert "Innholdet i meldingen" not in metadata
    operator = add_user("ivar", "demo", now=NOW, first_name="Ivar", last_name="Ikt", demo=True)
    add_role(operator, Role.OPERATIONS, world.hospital, now=NOW)
    for who in (world.surgeon_nurse, world.case_handler, operator):
        assert logged_in(who).get(f"/opphold/{stay.pk}/").status_code in (403, 404)
    assert "Prøvesen" not in page(operator, "/")


def test_p_04_similar_names_are_marked_on_the_list_the_page_and_where_one_sends(world: SmallWorld) -> None:
    admit(world, family="Hansen", given="Kari", visit="1")
    near = admit(world, family="Hanssen", given="Berit", visit="2")
    admit(world, family="Nilsen", given="Anna", visit="3")
    admit(world, family="Hansen", given="Ola", visit="4", unit=world.surgery)
    assert page(world.nurse, "/").count(MARK) >= 2
    assert MARK not in page(world.surgeon_nurse, "/")
    register(near, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    for address in (f"/opphold/{near.pk}/", f"/skriv/opphold/{near.pk}/tidligmelding/",
                    f"/opphold/{near.pk}/registrer/utskrevet/"):  # fmt: skip
        assert MARK in page(world.nurse, address), address


@pytest.mark.parametrize(
    ("first", "second"),
    [("Hansen", "Hanssen"), ("Hansen", "Hansen"), ("Aas", "Ås"), ("Bø", "Bo"), ("Wik", "Vik"), ("Berg", "Borg")],
)
def test_p_04_names_that_people_mix_up(first: str, second: str) -> None:
    assert alike([Named(1, 5, first, "Kari", BORN), Named(2, 5, second, "Ola", OTHER)]) == {1, 2}


def test_p_04_names_that_nobody_mixes_up() -> None:
    people = [
        Named(1, 5, "Hansen", "Kari", BORN),
        Named(2, 5, "Olsen", "Kari", OTHER),
        Named(3, 6, "Hansen", "A", BORN),
    ]
    assert alike(people) == set()
    assert alike([Named(1, 5, "Hansen", "Kari", BORN), Named(2, 5, "Olsen", "Kari", BORN)]) == {1, 2}
    assert alike([Named(1, 5, "Lie", "A", BORN), Named(2, 5, "Lia", "B", OTHER)]) == set()
    assert alike([Named(1, 5, "", "", None), Named(2, 5, "", "", None)]) == set()
    assert folded("Aa-Sæther") == "asether"


def test_p_04_a_purpose_is_asked_for_content_outside_the_own_unit(world: SmallWorld, stay: Stay) -> None:
    message = Message.objects.get(direction="out", subject=stay.subject)
    client = logged_in(world.responsible)
    address = reverse("exchange:message", args=[message.pk])
    answer = client.get(f"{address}?innhold=1", follow=True).content.decode()
    assert "Hvorfor åpner du dette?" in answer
    assert "Innholdet i meldingen" not in answer


def test_p_05_reading_writing_and_refusals_are_logged(world: SmallWorld, stay: Stay) -> None:
    page(world.nurse, f"/opphold/{stay.pk}/")
    assert AuditEntry.objects.filter(action="stay.read", patient_id=stay.patient_id).exists()
    logged_in(world.surgeon_nurse).get(f"/opphold/{stay.pk}/")
    assert AuditEntry.objects.filter(action="access.refused").exists()


def test_p_07_what_is_not_ours_is_locked_at_once_and_deleted_after_seven_days_by_another(
    world: SmallWorld, stay: Stay
) -> None:
    question = _late_question(world, stay, days=31)
    not_ours.decide(
        question.pk, organisation_id=world.hospital.pk, reason="Feil adressat", user=world.responsible, now=NOW
    )
    run_due(present(), strict=True)
    question = messages_in()
    assert question.original is not None
    assert question.original.closed
    address = reverse("exchange:message", args=[question.pk])
    assert "innholdet er låst" in page(world.responsible, address)
    late = NOW + timedelta(days=7, minutes=1)
    with pytest.raises(not_ours.SamePersonError):
        not_ours.remove_content(question.pk, organisation_id=world.hospital.pk, user=world.responsible, now=late)
    with pytest.raises(not_ours.TooEarlyError):
        not_ours.remove_content(question.pk, organisation_id=world.hospital.pk, user=world.resource, now=NOW)
    not_ours.remove_content(question.pk, organisation_id=world.hospital.pk, user=world.resource, now=late)
    set_clock(late, machine_now=datetime.now(UTC))
    kept = page(world.responsible, address)
    assert "Mette Lund avgjorde" in kept
    assert "Slettet av Pia Lie" in kept


def test_p_07_a_message_to_be_cleared_up_is_not_filed(world: SmallWorld, stay: Stay) -> None:
    from samhandling.writing.models import Filing

    late = _late_question(world, stay, days=31)
    assert Filing.objects.get(message=late).state == "held"


def test_p_07_a_message_outside_the_stay_is_filed_when_somebody_has_dealt_with_it(
    world: SmallWorld, stay: Stay
) -> None:
    from samhandling.tasks.models import Task
    from samhandling.tasks.services import close
    from samhandling.writing.models import Filing

    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    question = ask(world)
    assert Filing.objects.get(message=question).state == "held"
    assert "Til avklaring (ikke journalført)" in page(world.nurse, reverse("exchange:message", args=[question.pk]))
    close(Task.objects.get(anomaly="A-07", closed_at=None).pk, user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert Filing.objects.get(message=question).state == "waiting"


def test_p_07_a_message_of_a_stay_is_on_its_way_into_the_record(world: SmallWorld, stay: Stay) -> None:
    from samhandling.writing.models import Filing

    assert Filing.objects.get(message=ask(world)).state == "waiting"


def test_p_10_a_protected_address_is_marked_and_never_shown(world: SmallWorld, stay: Stay) -> None:
    Patient.objects.filter(pk=stay.patient_id).update(protection="6", street="Hemmelig vei 1", phone="99887766")
    for who, address in ((world.nurse, "/"), (world.nurse, f"/opphold/{stay.pk}/"),
                         (world.nurse, f"/opphold/{stay.pk}/ringekort/")):  # fmt: skip
        body = page(who, address)
        assert "Fortrolig adresse: oppgi aldri hvor pasienten bor" in body, address
        assert "Hemmelig vei" not in body
        assert "99887766" not in body
