"""The municipality's inbox per service, *Fordel*, deaths before anything else, services on hold."""

from __future__ import annotations

from typing import Any

import pytest

from samhandling.access.models import User
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange import not_ours
from samhandling.exchange.models import Message
from samhandling.exchange.services import Draft, send
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation, Unit
from samhandling.patients.services import register as add_patient
from samhandling.registry.models import CommunicationParty
from samhandling.stays import events, hearing
from samhandling.stays.dialogs import Talk, send_talk
from samhandling.stays.models import Call, Course, CourseShare, Stay
from samhandling.stays.services import register
from samhandling.stays.sharing import share_task
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from samhandling.tasks.services import close
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build, details

pytestmark = pytest.mark.django_db
QUESTION = {
    "asked_by": "9154",
    "request_type": "1",
    "question": "Hvor mye hjelp får hun i dag?",
    "responsible": {"family_name": "Vik", "profession": "SP", "phone": "60800101"},
}
NOTE = {
    "subject": "Blodprøve",
    "text": "Kan dere ta prøven tirsdag?",
    "contact_at_receiver": {"profession": "SP"},
    "responsible": {"family_name": "Lønn", "profession": "LE", "phone": "60990500"},
}
GP = "98000501"


@pytest.fixture
def world() -> SmallWorld:
    return build()


def unit(world: SmallWorld, code: str) -> Unit:
    return Unit.objects.get(organisation=world.municipality, code=code)


def zone(world: SmallWorld) -> tuple[Unit, User]:
    made = Unit.objects.create(organisation=world.municipality, code="NORD", name="Sone nord", kind="zone")
    return made, person(world, "nora", "Nora", "Sonenord", made)


def person(world: SmallWorld, name: str, first: str, last: str, where: Unit) -> User:
    user = add_user(name, "demo", now=NOW, first_name=first, last_name=last, demo=True)
    add_role(user, Role.MUNICIPAL_NURSE, world.municipality, unit=where, now=NOW)
    return user


def admitted(world: SmallWorld, given: str = "Testine", visit: str = "1") -> tuple[Stay, Course]:
    stay = admit(world, given=given, visit=visit)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return stay, Course.objects.get(organisation=world.municipality, patient__given_name=given)


def ready(world: SmallWorld, stay: Stay) -> None:
    doctor = events.Professional(family_name="Dokter", given_name="Dina")
    register(stay, events.ReadySet(at=NOW, ready_date=NOW.date(), decided_by=doctor), user=world.nurse, now=NOW)
    run_due(present(), strict=True)


def inbox(who: User, query: str = "") -> str:
    answer = logged_in(who).get(f"/innboks/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def share(who: User, course: Course, service: Unit, to: str) -> str:
    form = {"tjeneste": service.pk, "til": to}
    return logged_in(who).post(f"/forlop/{course.pk}/fordel/", form, follow=True).content.decode()


def test_each_service_has_its_own_and_what_nobody_has_is_counted(world: SmallWorld) -> None:
    nursing, cases = unit(world, "SYK"), unit(world, "SAK")
    admitted(world)
    assert "Testine Prøvesen" in inbox(world.home_nurse, f"?tjeneste={nursing.pk}")
    assert "Alt er fordelt." in inbox(world.home_nurse, f"?tjeneste={cases.pk}")
    stay, _course = admitted(world, "Klar", "2")
    ready(world, stay)
    assert "Klar Prøvesen" in inbox(world.case_handler, f"?tjeneste={cases.pk}")
    assert "<strong>3</strong> ikke fordelt" in logged_in(world.home_nurse).get("/").content.decode()


def test_what_is_given_to_a_zone_is_the_first_that_the_zone_sees(world: SmallWorld) -> None:
    nursing, (north, nora) = unit(world, "SYK"), zone(world)
    _stay, course = admitted(world)
    assert "Ingenting er fordelt til dere nå." in inbox(nora)
    assert "Fordelt til Sone nord." in share(world.home_nurse, course, nursing, f"enhet:{north.pk}")
    assert "Testine Prøvesen" in inbox(nora)
    assert "Alt er fordelt." in inbox(world.home_nurse, f"?tjeneste={nursing.pk}")
    assert "Fordelt til Sone nord" in inbox(world.home_nurse, f"?tjeneste={nursing.pk}&vis=alle")


def test_work_that_comes_later_goes_to_whoever_has_the_patient(world: SmallWorld) -> None:
    nursing, (north, nora) = unit(world, "SYK"), zone(world)
    service_nurse = person(world, "siv", "Siv", "Tjeneste", nursing)
    stay, course = admitted(world)
    talk = Talk(organisation=world.hospital, message_type="DIALOG_FORESPORSEL", patient=stay.patient, stay=stay)
    for number in range(2):
        if number:
            share(world.home_nurse, course, nursing, f"enhet:{north.pk}")
        outcome = send_talk(talk, QUESTION, user=world.nurse, now=present())
        assert outcome.message is not None, outcome.findings
        run_due(present(), strict=True)
        seen = {
            who: "Forespørsel fra sykehuset" in logged_in(who).get("/").content.decode()
            for who in (service_nurse, nora)
        }
        assert seen == ({service_nurse: True, nora: False} if not number else {service_nurse: False, nora: True})
    assert set(Task.objects.filter(cause="course.request").values_list("unit__code", flat=True)) == {"NORD"}


def test_a_person_gets_the_course_and_its_open_work(world: SmallWorld) -> None:
    nursing = unit(world, "SYK")
    stay, course = admitted(world)
    talk = Talk(organisation=world.hospital, message_type="DIALOG_FORESPORSEL", patient=stay.patient, stay=stay)
    send_talk(talk, QUESTION, user=world.nurse, now=present())
    run_due(present(), strict=True)
    assert "Fordelt til Hans Aas." in share(world.case_handler, course, nursing, f"person:{world.home_nurse.pk}")
    assert Task.objects.get(cause="course.request").owner == world.home_nurse
    assert "Testine Prøvesen" in inbox(world.home_nurse, "?vis=vare")


def test_nobody_of_another_organisation_can_be_given_anything(world: SmallWorld) -> None:
    nursing = unit(world, "SYK")
    _stay, course = admitted(world)
    for to in (f"enhet:{world.medicine.pk}", f"person:{world.nurse.pk}", "person:0", "", "alle"):
        assert 'role="alert"' in share(world.home_nurse, course, nursing, to)
    assert not CourseShare.objects.exists()
    assert logged_in(world.nurse).post(f"/forlop/{course.pk}/fordel/", {}).status_code == 403


def test_a_service_with_open_work_sees_the_patient_whatever_came_to_whom(world: SmallWorld) -> None:
    nursing, cases = unit(world, "SYK"), unit(world, "SAK")
    stay, course = admitted(world)
    assert "Testine" not in inbox(world.case_handler, f"?tjeneste={cases.pk}")
    Task.objects.create(
        organisation=world.municipality, unit=cases, kind="answer", cause="course.request", severity="medium",
        subject=course.subject, opened_at=NOW,
    )  # fmt: skip
    assert "Testine" in inbox(world.case_handler, f"?tjeneste={cases.pk}")
    ready(world, stay)
    for service in (nursing, cases):
        assert "Utskrivningsklar 16.11.2026" in inbox(world.home_nurse, f"?tjeneste={service.pk}")


def test_death_stands_before_anything_else(world: SmallWorld) -> None:
    stay, _course = admitted(world, "Levende")
    ready(world, stay)
    dead, course = admitted(world, "Avdød", "2")
    Course.objects.filter(pk=course.pk).update(state="dead", dead=True)
    for body in (logged_in(world.home_nurse).get("/").content.decode(), inbox(world.home_nurse, "?tjeneste=alle")):
        assert body.index("Avdød Prøvesen") < body.index("Levende Prøvesen")
    front = logged_in(world.home_nurse).get("/").content.decode()
    assert front.index("Avdød Prøvesen") < front.index("Utskrivningsklare nå")
    assert dead.pk != stay.pk


def test_services_are_put_on_hold_and_started_again(world: SmallWorld) -> None:
    stay, course = admitted(world)
    client = logged_in(world.home_nurse)
    address = f"/forlop/{course.pk}/tjenester/"
    assert "Tjenestene er satt på vent." in client.post(address, {"hva": "vent"}, follow=True).content.decode()
    assert 'role="alert"' in client.post(address, {"hva": "vent"}, follow=True).content.decode()
    assert "Tjenester satt på vent kl." in inbox(world.home_nurse, "?tjeneste=alle")
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=present())
    run_due(present(), strict=True)
    assert "Tjenester er satt på vent: start dem igjen" in inbox(world.home_nurse, "?tjeneste=alle")
    client.post(address, {"hva": "start"})
    assert "Tjenester startet igjen kl." in client.get(f"/forlop/{course.pk}/").content.decode()


def test_the_municipality_notes_its_call_to_the_ward(world: SmallWorld) -> None:
    _stay, course = admitted(world)
    client = logged_in(world.home_nurse)
    form = {"hvem": "Kari på medisin", "avtalt": "Skrives ut i morgen"}
    body = client.post(f"/forlop/{course.pk}/ringt/", form, follow=True).content.decode()
    assert "Samtalen er notert" in body
    assert "Kari på medisin: Skrives ut i morgen" in body
    call = Call.objects.get(course=course)
    assert (call.phone, call.counterpart) == ("60800101", "Medisinsk sengepost")
    assert logged_in(world.nurse).post(f"/forlop/{course.pk}/ringt/", form).status_code == 403


def from_the_doctor(
    world: SmallWorld,
    message_type: str = "DIALOG_FORESPORSEL",
    *,
    to: str = "98310701",
    values: dict[str, Any] | None = None,
) -> Message:
    """A message that nobody asked for, about a patient whom no hospital has written about; as we received it."""
    gp = Organisation.objects.get(kind="gp")
    about = add_patient(details("Solveig", "Solosen"), organisation_id=gp.pk, now=NOW).patient
    values = values or (QUESTION if message_type == "DIALOG_FORESPORSEL" else NOTE)
    draft = Draft(
        organisation=gp, message_type=message_type, event_at=NOW, sender_her=GP, receiver_her=to,
        patient=about, values=values,
    )  # fmt: skip
    outcome = send(draft, now=present())
    assert outcome.message is not None, outcome.findings
    run_due(present(), strict=True)
    return Message.objects.get(organisation=world.municipality, direction="in", msg_id=outcome.message.msg_id)


@pytest.mark.parametrize(("profession", "code"), [("SP", "SYK"), ("LE", ""), ("XX", "")])
def test_a_message_to_the_whole_municipality_is_work_of_whom_the_sender_wants_to_reach(
    world: SmallWorld, profession: str, code: str
) -> None:
    """The doctor of this municipality has no unit of its own, and nobody knows where an unnamed profession works."""
    CommunicationParty.objects.filter(her_id="98310703").update(unit=None)
    message = from_the_doctor(
        world, "DIALOG_HELSEFAGLIG", to="98310703", values={**NOTE, "contact_at_receiver": {"profession": profession}}
    )
    task = loose_task(message)
    assert (task.unit.code if task.unit is not None else "") == code
    nursing = unit(world, "SYK")
    assert "Storvik legesenter" in inbox(world.home_nurse, "?tjeneste=alle")
    assert ("Storvik legesenter" in inbox(world.home_nurse, f"?tjeneste={nursing.pk}")) == (code == "SYK")


def loose_task(message: Message) -> Task:
    return Task.objects.get(subject=f"message:{message.pk}", cause__startswith="message.loose")


def front(who: User) -> str:
    return logged_in(who).get("/").content.decode()


def test_a_message_without_a_course_is_work_of_the_service_it_came_to(world: SmallWorld) -> None:
    nursing, cases = unit(world, "SYK"), unit(world, "SAK")
    task = loose_task(from_the_doctor(world, "DIALOG_HELSEFAGLIG"))
    assert (task.unit, task.kind) == (nursing, "read")
    assert "<strong>1</strong> ikke fordelt" in front(world.home_nurse)
    body = inbox(world.home_nurse, f"?tjeneste={nursing.pk}")
    assert "Meldinger som ikke hører til et forløp ennå" in body
    assert "Ikke fordelt (1)" in body
    assert "Alt er fordelt." in inbox(world.case_handler, f"?tjeneste={cases.pk}")
    done = logged_in(world.home_nurse).post(
        f"/innboks/melding/{task.pk}/ferdig/", {"tjeneste": nursing.pk}, follow=True
    )
    assert "Oppgaven er ferdig" in done.content.decode()
    assert "Alt er fordelt." in inbox(world.home_nurse, "?tjeneste=alle")
    assert "<strong>0</strong> ikke fordelt" in front(world.home_nurse)
    task.refresh_from_db()
    assert (task.closed_how, task.closed_by) == ("done", world.home_nurse)
    assert logged_in(world.home_nurse).post(f"/innboks/melding/{task.pk}/ferdig/").status_code == 404


@pytest.mark.parametrize("to", ["zone", "person"])
def test_a_message_without_a_course_is_given_to_a_zone_or_a_person(world: SmallWorld, to: str) -> None:
    north, nora = zone(world)
    task = loose_task(from_the_doctor(world))
    assert "Melding uten forløp" not in front(nora)
    whom = f"enhet:{north.pk}" if to == "zone" else f"person:{nora.pk}"
    given = logged_in(world.home_nurse).post(f"/innboks/melding/{task.pk}/fordel/", {"til": whom}, follow=True)
    assert f"Fordelt til {'Sone nord' if to == 'zone' else 'Nora Sonenord'}." in given.content.decode()
    assert "Alt er fordelt." in inbox(world.home_nurse, "?tjeneste=alle")
    assert "Fordelt til Sone nord" in inbox(world.home_nurse, "?tjeneste=alle&vis=alle")
    assert "Storvik legesenter" in inbox(nora)
    assert "Melding uten forløp" in front(nora)
    assert "<strong>0</strong> ikke fordelt" in front(world.home_nurse)


def test_a_message_without_a_course_is_given_to_nobody_elsewhere(world: SmallWorld) -> None:
    task = loose_task(from_the_doctor(world))
    where = f"/innboks/melding/{task.pk}/fordel/"
    for to in (f"enhet:{world.medicine.pk}", f"person:{world.nurse.pk}", "", "alle"):
        assert 'role="alert"' in logged_in(world.home_nurse).post(where, {"til": to}, follow=True).content.decode()
    assert logged_in(world.nurse).post(where, {}).status_code == 403
    task.refresh_from_db()
    assert (task.unit, task.owner) == (unit(world, "SYK"), None)


def test_a_message_that_was_not_for_us_leaves_no_work(world: SmallWorld) -> None:
    message = from_the_doctor(world)
    assert loose_task(message).kind == "answer"
    not_ours.decide(
        message.pk, organisation_id=world.municipality.pk, reason="Feil kommune", user=world.home_nurse, now=present()
    )
    run_due(present(), strict=True)
    assert loose_task(message).closed_how == "obsolete"
    assert "Alt er fordelt." in inbox(world.home_nurse, "?tjeneste=alle")
    not_ours.take_back(message.pk, organisation_id=world.municipality.pk, user=world.home_nurse, now=present())
    run_due(present(), strict=True)
    assert "Storvik legesenter" in inbox(world.home_nurse, "?tjeneste=alle")


def test_what_is_matched_to_a_patient_later_stays_with_whoever_has_it(world: SmallWorld) -> None:
    north, _nora = zone(world)
    message = from_the_doctor(world)
    share_task(loose_task(message), unit=north, user=None, by=world.home_nurse, now=NOW)
    hearing.forget(message, now=NOW)
    hearing.hear(message, now=NOW)
    again = Task.objects.get(subject=f"message:{message.pk}", cause__startswith=hearing.LOOSE, closed_at__isnull=True)
    assert again.unit == north
    close(again.pk, user=world.home_nurse, now=NOW)
    hearing.hear(message, now=NOW)
    assert not Task.objects.filter(
        subject=f"message:{message.pk}", cause__startswith=hearing.LOOSE, closed_at__isnull=True
    ).exists()
