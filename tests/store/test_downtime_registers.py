"""Contacts and documents: kept by form, with who changed what, flagged when they run out, reviewed once a year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from samhandling.clock import oslo
from samhandling.downtime import registers, services
from samhandling.downtime.facts import facts_of
from samhandling.downtime.models import RegisterEntry
from samhandling.downtime.services import Report
from samhandling.jobs.services import enqueue
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint, RoutineDocument
from samhandling.tasks.models import Task
from tests.store.small_world import NOW, SmallWorld, build
from tests.store.test_downtime_pages import client_of, text_of

pytestmark = pytest.mark.django_db

TODAY = oslo.day(NOW)


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def client(world: SmallWorld) -> Client:
    return client_of(world.responsible)


def contact(world: SmallWorld, **changes: str) -> dict[str, str]:
    return {
        "whose": str(world.hospital.pk), "kind": "acute_stop", "name": "IKT-vakt", "phone": "60 00 00 09",
        "email": "vakt@sykehuset.invalid", "hours": "workdays 08:00-15:30", "valid_from": "1.11.2026", "valid_to": "",
        **changes,
    }  # fmt: skip


def test_a_contact_is_added_changed_and_confirmed_with_who_and_when(world: SmallWorld, client: Client) -> None:
    assert client.post(reverse("downtime:register-new", args=["kontakt"]), contact(world)).status_code == 302
    row = ContactPoint.objects.get(name="IKT-vakt")
    assert (row.organisation, row.valid_from) == (world.hospital, date(2026, 11, 1))
    address = reverse("downtime:register-edit", args=["kontakt", row.pk])
    assert client.post(address, contact(world, phone="60 00 00 10")).status_code == 302
    row.refresh_from_db()
    assert row.phone == "60 00 00 10"
    shown = text_of(client.get(reverse("downtime:contact-register")))
    assert "Endret av Mette Lund" in shown
    client.post(reverse("downtime:register-confirm", args=["kontakt", row.pk]))
    assert "Bekreftet av Mette Lund" in text_of(client.get(reverse("downtime:contact-register")))
    kinds = RegisterEntry.objects.filter(table="kontakt", row=row.pk).values_list("what", flat=True)
    assert list(kinds.order_by("pk")) == ["added", "changed", "confirmed"]


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"phone": "", "email": ""}, "Skriv telefon eller e-post"),
        ({"phone": "ring meg"}, "bare siffer"),
        ({"hours": "av og til"}, "kan ikke leses"),
        ({"valid_to": "1.10.2026"}, "må komme etter"),
        ({"name": "Kari 15076500565"}, "fødselsnummer"),
        ({"email": "ikke en adresse"}, "e-post"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    world: SmallWorld, client: Client, changes: dict[str, str], hint: str
) -> None:
    answer = client.post(reverse("downtime:register-new", args=["kontakt"]), contact(world, **changes))
    assert answer.status_code == 422
    assert hint in text_of(answer)
    assert not RegisterEntry.objects.exists()


def test_a_group_and_its_members(world: SmallWorld, client: Client) -> None:
    values = {"name": "PLO Nye", "email": "", "valid_from": "1.11.2026", "valid_to": ""}
    client.post(reverse("downtime:register-new", args=["gruppe"]), values)
    group = ContactGroup.objects.get(name="PLO Nye")
    assert "gruppen får ingen varsler" in text_of(client.get(reverse("downtime:contact-register")))
    member = {"role": "Vaktleder", "name": "", "email": "vaktleder@sykehuset.invalid", "valid_from": "1.11.2026"}
    address = reverse("downtime:register-new", args=["medlem"])
    assert client.post(f"{address}?gruppe={group.pk}", member).status_code == 302
    assert ContactGroupMember.objects.get(group=group).email == "vaktleder@sykehuset.invalid"
    assert client.post(f"{address}?gruppe=999999", member).status_code == 404
    assert client.post(reverse("downtime:register-new", args=["gruppe"]), values).status_code == 422, "once a day"


def test_only_what_is_kept_here(world: SmallWorld, client: Client) -> None:
    theirs = ContactPoint.objects.create(organisation=world.municipality, kind="coordinator", phone="60 00 00 01")
    assert client.get(reverse("downtime:register-edit", args=["kontakt", theirs.pk])).status_code == 404
    Organisation.objects.filter(pk=world.municipality.pk).update(hosted=False)
    assert client.get(reverse("downtime:register-edit", args=["kontakt", theirs.pk])).status_code == 200
    assert client_of(world.nurse).get(reverse("downtime:contact-register")).status_code == 403
    assert client.get(reverse("downtime:register-edit", args=["bruker", 1])).status_code == 404


def test_each_contact_and_group_comes_up_once_a_year(world: SmallWorld, client: Client) -> None:
    def hour(now) -> None:  # type: ignore[no-untyped-def]
        enqueue("downtime.review", {}, now=now)
        run_due(now, strict=True)

    ContactGroup.objects.all().delete()
    ContactPoint.objects.all().delete()
    group = ContactGroup.objects.create(organisation=world.hospital, name="PLO Andre", email="a@sykehuset.invalid")
    waiting = Task.objects.filter(cause=registers.CAUSE, closed_at=None)
    hour(NOW)
    hour(NOW + timedelta(days=364))
    assert not waiting.all().exists()
    later = NOW + timedelta(days=366)
    hour(later)
    hour(later + timedelta(hours=1))
    (task,) = waiting.all()
    assert "PLO Andre" in task.text
    Task.objects.filter(pk=task.pk).update(closed_at=later, closed_how="done")
    hour(later + timedelta(days=1))
    assert not waiting.all().exists(), "asked once a year, also when somebody put the task away"
    hour(later + timedelta(days=366))
    assert waiting.all().count() == 1
    client.post(reverse("downtime:register-confirm", args=["gruppe", group.pk]))
    assert not waiting.all().exists()


def test_documents_are_kept_and_flagged(world: SmallWorld, client: Client) -> None:
    RoutineDocument.objects.filter(organisation=world.hospital).delete()
    page = reverse("downtime:documents")
    assert text_of(client.get(page)).count("Mangler i registeret") == len(registers.DOCUMENTS)
    values = {
        "code": "F/3.4-02", "title": "Nødrutine PLO", "version": "4.1", "url": "https://intranett.invalid/nodrutine",
        "valid_from": "1.1.2026", "valid_to": "31.12.2026",
    }  # fmt: skip
    assert client.post(reverse("downtime:register-new", args=["dokument"]), values).status_code == 302
    outage = services.announce_acute(
        world.hospital, Report(kind="acute", start=NOW, end=None, known_at=NOW), user=world.responsible, now=NOW
    )
    assert "https://intranett.invalid/nodrutine" in facts_of(outage, NOW).routine
    assert page in client.get(reverse("downtime:outage", args=[outage.pk])).content.decode(), (
        "linked from the checklist"
    )
    row = RoutineDocument.objects.get(code="F/3.4-02")
    states = {day: registers.documents(world.hospital, day)[0].state for day in (
        date(2025, 12, 31), date(2026, 6, 1), date(2026, 12, 15), date(2027, 1, 1))}  # fmt: skip
    assert list(states.values()) == ["coming", "valid", "soon", "expired"]
    values["valid_to"] = oslo.say_date(TODAY - timedelta(days=1))
    client.post(reverse("downtime:register-edit", args=["dokument", row.pk]), values)
    shown = text_of(client.get(page))
    assert "Har gått ut" in shown
    assert "Endret av Mette Lund" in shown
    bad = client.post(reverse("downtime:register-new", args=["dokument"]), {**values, "url": "javascript:alert(1)"})
    assert bad.status_code == 422
