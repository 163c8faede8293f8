"""One contact for each message family (S-08 to S-11): the queue, the alert and the page Kontaktpunkter say the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from samhandling.access.models import User
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange.models import Message
from samhandling.organisations.models import Unit
from samhandling.registry.models import ContactPoint, CounterpartFault
from samhandling.registry.wording import say_hours
from samhandling.store.services import set_clock
from samhandling.tasks.models import Task
from samhandling.writing.services import pass_on
from tests.store.exchange_world import HOUR, NOW, World, make, run
from tests.store.test_downtime_pages import client_of, text_of
from tests.store.test_exchange_record_families import epikrise

pytestmark = pytest.mark.django_db

DESKS = {
    "discharge_letter": ("Dokumentasjonssenteret", "69 86 54 20"),
    "laboratory": ("Laboratoriet", "69 86 54 21"),
    "imaging": ("Bildediagnostikk", "69 86 54 22"),
    "referral": ("Henvisningskontoret", "69 86 54 23"),
}
TYPES = {
    "EPIKRISE": "discharge_letter", "SVAR_LAB": "laboratory", "SVAR_MBIO": "laboratory", "SVAR_RTG": "imaging",
    "HENVISNING": "referral", "HENVISNING_NYTILSTAND": "referral",
}  # fmt: skip
PLO = ("LOG_INNLAGT", "HELSEOPPL_SOKNAD", "DIALOG_FORESPORSEL", "DIALOG_AVVIK")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    built = make(monkeypatch)
    set_clock(NOW, machine_now=datetime.now(UTC))
    for kind, (name, phone) in DESKS.items():
        unit = Unit.objects.create(organisation=built.hospital, name=name, code=kind[:8].upper(), kind="office")
        ContactPoint.objects.create(organisation=built.hospital, kind=kind, name=name, phone=phone, unit=unit)
    for kind in ("plo", "message_responsible"):
        ContactPoint.objects.create(
            organisation=built.hospital, kind=kind, name="Mette", email=f"{kind}@sykehuset.invalid"
        )
    return built


def person(world: World, name: str, unit: Unit | None = None) -> User:
    user = add_user(name, "demo", now=NOW, demo=True)
    add_role(user, Role.MESSAGE_RESPONSIBLE, world.hospital, unit=unit, now=NOW)
    return user


def front(user: User) -> str:
    return text_of(client_of(user).get(reverse("worklist:my-work")))


def test_a_rejected_epikrise_goes_to_the_documentation_centre(world: World) -> None:
    """From the EPJ through the municipality's real answer (E35) to the desk that the table names."""
    passed = pass_on(epikrise(), organisation=world.hospital, now=NOW)
    assert passed.accepted, passed.findings
    run()
    task = Task.objects.get(cause="A-02", organisation=world.hospital)
    name, phone = DESKS["discharge_letter"]
    assert task.unit is not None
    assert (task.unit.name, task.role) == (name, "")
    assert f"Kontaktpunkt hos oss: {name}, {phone}." in task.text
    mine = front(person(world, "dina", task.unit))
    assert "Avvist av mottakeren" in mine
    desk = front(person(world, "mette"))
    assert "Avvist av mottakeren" not in desk, "not on the PLO desk"
    assert f"Hos andre kontaktpunkter: {name} ({phone}):" in desk, "but it knows whose it is"
    page = text_of(Client().get(reverse("downtime:contacts")))
    assert "Epikriser" in page
    assert f"{name} {phone}" in page, "the page shows the same"


def rejected(world: World, message_type: str, after: str = "reject_e21") -> Task:
    """The task of a message of that type that the municipality sends back."""
    CounterpartFault.objects.create(organisation=world.municipality, mode=after, reason="øvelse")
    sent = world.send()
    Message.objects.filter(pk=sent.pk).update(type=message_type)
    run()
    return Task.objects.get(cause="A-02", organisation=world.hospital)


@pytest.mark.parametrize(("message_type", "kind"), TYPES.items())
def test_each_family_goes_to_its_own_contact(world: World, message_type: str, kind: str) -> None:
    task = rejected(world, message_type)
    name, phone = DESKS[kind]
    assert task.unit is not None
    assert task.unit.name == name
    assert f"{name}, {phone}" in task.text
    assert task.group_key.endswith(f":{kind}"), "not one row with PLO messages to the same municipality"


@pytest.mark.parametrize("message_type", PLO)
def test_plo_and_dialogue_stay_with_the_message_responsible(world: World, message_type: str) -> None:
    task = rejected(world, message_type)
    assert (task.unit, task.role) == (None, "message_responsible")
    assert "Kontaktpunkt" not in task.text
    assert "Avvist av mottakeren" in front(person(world, "mette"))


def test_a_missing_receipt_follows_the_same_table(world: World) -> None:
    CounterpartFault.objects.create(organisation=world.municipality, mode="silent")
    sent = world.send("LOG_UTSKRIVNINGSKLAR")
    Message.objects.filter(pk=sent.pk).update(type="EPIKRISE")
    run(NOW)
    run(NOW + 30 * HOUR)
    task = Task.objects.get(cause="A-01")
    assert task.unit is not None
    assert task.unit.name == "Dokumentasjonssenteret"


def test_the_table_changes_with_a_date_and_a_family_without_a_contact_is_the_message_responsibles(world: World) -> None:
    ContactPoint.objects.filter(kind="discharge_letter").update(valid_to=NOW.date().replace(day=1))
    task = rejected(world, "EPIKRISE")
    assert (task.unit, task.role) == (None, "message_responsible")
    assert "Kontaktpunkt hos oss: Mette, message_responsible@sykehuset.invalid." in task.text
    page = text_of(Client().get(reverse("downtime:contacts")))
    assert "Epikriser Mette message_responsible@sykehuset.invalid" in page


def test_the_acute_contact_stands_on_top_with_what_is_staffed_now(world: World) -> None:
    ContactPoint.objects.create(
        organisation=world.hospital, kind="acute_stop", name="IKT-varsel", phone="60 10 00 93",
        email="ikt@sykehuset.invalid", hours="workdays 07:30-15:30",
    )  # fmt: skip
    page = text_of(Client().get(reverse("downtime:contacts")))
    assert "Betjent nå. Ring IKT-varsel: 60 10 00 93" in page
    assert page.index("Akutt stans") < page.index("Henvisninger")
    set_clock(NOW + 12 * HOUR, machine_now=datetime.now(UTC))
    page = text_of(Client().get(reverse("downtime:contacts")))
    assert "ikke betjent nå (virkedager kl. 07.30–15.30)" in page
    assert "leses hele døgnet: ikt@sykehuset.invalid" in page


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "hele døgnet"),
        ("workdays 08:00-15:30", "virkedager kl. 08.00–15.30"),
        ("mon-thu 08:00-15:30; fri 08:00-14:00", "mandag til torsdag kl. 08.00–15.30, fredag kl. 08.00–14.00"),
        ("sat,sun 10:00-14:00", "lørdag, søndag kl. 10.00–14.00"),
        ("all 22:00-07:00", "alle dager kl. 22.00–07.00"),
        ("holidays 00:00-24:00", "helg og helligdager hele døgnet"),
        ("når det passer", "når det passer"),
    ],
)
def test_opening_hours_in_words(written: str, said: str) -> None:
    assert say_hours(written) == said
