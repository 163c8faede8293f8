"""What a received message is called: kinds that share a message type are told apart where the document lets us."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.exchange.models import Message
from samhandling.exchange.web.words import name
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.informing import last_version
from samhandling.stays.models import Stay
from samhandling.stays.services import register, send_information
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
PERSON = {"family_name": "Vik", "given_name": "Kari", "profession": "SP", "local_id": "kari", "phone": "69860000"}


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    for event in (events.MunicipalUserSet(at=NOW, value=True), events.NeedAssessed(at=NOW, value=True)):
        register(found, event, user=world.nurse, now=NOW)
    return found


def inform(world: SmallWorld, stay: Stay, kind: str, minutes: int, **more: str) -> None:
    now = NOW + minutes * MINUTE
    values = {
        "patient_status": f"Status {minutes}", "expected_course": "Hjem.", "expected_ready_on": "2026-11-20",
        "responsible": PERSON, **more,
    }  # fmt: skip
    last = last_version(stay)
    outcome = send_information(
        stay.pk, kind=kind, values=values, basis=last.pk if last else None, user=world.nurse, now=now
    )
    assert outcome.message is not None, outcome.findings
    run_due(now, strict=True)


def names(world: SmallWorld) -> list[str]:
    found = Message.objects.filter(organisation=world.municipality, direction="in", type="HELSEOPPL_SOKNAD")
    return [name(message) for message in found.order_by("generated_at", "pk")]


def test_early_change_and_the_last_before_the_discharge(world: SmallWorld, stay: Stay) -> None:
    inform(world, stay, "early", 1)
    inform(world, stay, "change", 2, change="Ny status")
    inform(world, stay, "final", 3, change="Sist")
    assert names(world) == ["Tidligmelding", "Endringsmelding", "Endringsmelding"]
    left = NOW + 5 * MINUTE
    register(stay, events.Discharged(at=left, discharged_to="1"), user=world.nurse, now=left)
    run_due(left, strict=True)
    assert names(world) == ["Tidligmelding", "Endringsmelding", "Endelig helseopplysning"]
    undone = NOW + 6 * MINUTE
    register(stay, events.DischargeUndone(at=undone), user=world.nurse, now=undone)
    run_due(undone, strict=True)
    assert names(world) == ["Tidligmelding", "Endringsmelding", "Endringsmelding"]


def test_a_withdrawal_is_called_one_at_both_ends(world: SmallWorld, stay: Stay) -> None:
    inform(world, stay, "early", 1)
    inform(world, stay, "change", 2, status="C", cancel_reason="Feil pasient")
    assert names(world)[-1] == "Helseopplysning, trukket tilbake"
    sent = Message.objects.get(organisation=world.hospital, type="HELSEOPPL_SOKNAD", status="C")
    assert name(sent) == "Helseopplysning, trukket tilbake"


def test_the_desk_shows_the_names(world: SmallWorld, stay: Stay) -> None:
    inform(world, stay, "early", 1)
    received = Message.objects.get(organisation=world.municipality, type="HELSEOPPL_SOKNAD")
    client = logged_in(world.case_handler)
    assert "<h1" in client.get(f"/melding/{received.pk}/").content.decode()
    assert "Tidligmelding" in client.get(f"/melding/{received.pk}/").content.decode()
