"""A hospital with two wards, a municipality, and people with roles: what tests of pages lean on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.test import Client

from samhandling.access import services
from samhandling.access.models import User
from samhandling.access.roles import Role
from samhandling.organisations.models import Organisation, Unit

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PASSWORD = "en-lang-nok-setning"


@dataclass(frozen=True)
class People:
    """Rows that tests name."""

    hospital: Organisation
    medicine: Unit
    surgery: Unit
    municipality: Organisation
    nurse: User
    other_nurse: User
    responsible: User
    case_handler: User
    two_hats: User


def make_people() -> People:
    """Make them all."""
    hospital = Organisation.objects.create(
        name="Sykehuset Prøve", her_id="8001", organisation_number="999999999", kind="hospital", hosted=True
    )
    medicine = Unit.objects.create(organisation=hospital, code="MED", name="Medisin", kind="ward", inpatient=True)
    surgery = Unit.objects.create(organisation=hospital, code="KIR", name="Kirurgi", kind="ward", inpatient=True)
    municipality = Organisation.objects.create(
        name="Prøve kommune", her_id="8002", kind="municipality", municipality_number="3107", hosted=True
    )
    nurse = user("kari", "Kari", "Vik")
    services.add_role(nurse, Role.WARD_NURSE, hospital, unit=medicine, now=NOW)
    other = user("ola", "Ola", "Berg")
    services.add_role(other, Role.WARD_NURSE, hospital, unit=surgery, now=NOW)
    responsible = user("mette", "Mette", "Lund")
    services.add_role(responsible, Role.MESSAGE_RESPONSIBLE, hospital, now=NOW)
    case_handler = user("siri", "Siri", "Moe")
    services.add_role(case_handler, Role.CASE_HANDLER, municipality, now=NOW)
    two_hats = user("tore", "Tore", "Dal")
    services.add_role(two_hats, Role.WARD_NURSE, hospital, unit=surgery, now=NOW)
    services.add_role(two_hats, Role.PLO_RESOURCE, hospital, unit=surgery, now=NOW)
    return People(hospital, medicine, surgery, municipality, nurse, other, responsible, case_handler, two_hats)


def user(username: str, first: str, last: str) -> User:
    """A user with the usual password."""
    return services.add_user(username, PASSWORD, first_name=first, last_name=last, now=NOW)


def logged_in(who: User) -> Client:
    """A browser in which that user is logged in."""
    client = Client()
    client.force_login(who)
    return client


def say_why(client: Client, subject: str) -> None:
    """Answer what is asked outside an own unit, for that subject (`stay:12`)."""
    answer = client.post("/formal/", {"about": subject, "reason": "kontroll", "words": ""})
    assert answer.status_code == 302, answer.content.decode()
