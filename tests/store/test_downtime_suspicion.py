"""The node notices trouble: bounces, silence, growing queues, what runs out; a person says whether it is an outage."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from samhandling.clock import oslo
from samhandling.downtime import suspicion
from samhandling.downtime.models import Outage, SuspicionMute
from samhandling.downtime.signs import evidence
from samhandling.exchange.models import Delivery, Message
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.registry.models import Agreement
from samhandling.store.services import set_clock
from samhandling.tasks.models import Task
from tests.store import small_world
from tests.store.small_world import NOW, SmallWorld, build
from tests.store.test_downtime_pages import client_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def sent(world: SmallWorld) -> Delivery:
    """A message of ours with its delivery, as a row to copy."""
    small_world.send_admission(world, small_world.patient(world))
    return Delivery.objects.get(message__direction="out")


def another(delivery: Delivery, **changes: object) -> Delivery:
    message = Message.objects.get(pk=delivery.message_id)
    message.pk, message.msg_id = None, str(uuid4())
    message.save()
    copy = Delivery.objects.get(pk=delivery.pk)
    copy.pk, copy.transport_id, copy.message = None, uuid4(), message
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save()
    return copy


def came(world: SmallWorld, at: datetime, count: int) -> None:
    """So many messages from the municipality, spread over the hour before."""
    for number in range(count):
        Message.objects.create(
            organisation=world.hospital, direction="in", msg_id=str(uuid4()), msg_id_written="x", state="taken",
            counterpart_organisation=world.municipality.her_id, counterpart_name="Sykepleietjenesten",
            created_at=at - timedelta(minutes=5 + 10 * number),
        )  # fmt: skip


def proposals() -> list[str]:
    return list(Task.objects.filter(cause=suspicion.CAUSE, closed_at=None).values_list("text", flat=True))


def test_bounces(world: SmallWorld) -> None:
    one = sent(world)
    for _number in range(2):
        another(one, state="failed", reason="bounce", queued_at=NOW, receipted_at=None)
    assert suspicion.look(world.hospital, NOW + timedelta(minutes=10)) == 1
    assert "2 meldinger kom i retur" in proposals()[0]
    assert suspicion.look(world.hospital, NOW + timedelta(hours=3)) == 0, "old ones speak for nothing now"


def test_silence_where_messages_usually_come(world: SmallWorld) -> None:
    for week in (1, 2, 3):
        came(world, NOW - timedelta(weeks=week), 4)
    assert suspicion.look(world.hospital, NOW) == 1
    assert "Det pleier å komme 3" in proposals()[0]
    came(world, NOW, 1)
    assert suspicion.look(world.hospital, NOW) == 0
    assert proposals() == []


def test_no_silence_without_a_habit(world: SmallWorld) -> None:
    for week in (1, 2):
        came(world, NOW - timedelta(weeks=week), 20)
    came(world, NOW - timedelta(weeks=3), 2)
    assert suspicion.look(world.hospital, NOW) == 0


def test_a_queue_that_grows(world: SmallWorld) -> None:
    one = sent(world)
    waiting = {"state": "queued", "handed_at": None, "receipted_at": None}
    for minutes in (25, 22, 20, 19, 18, 14, 12, 10, 8, 6, 3):
        another(one, queued_at=NOW - timedelta(minutes=minutes), **waiting)
    assert suspicion.look(world.hospital, NOW) == 1
    assert "11 meldinger venter på å bli sendt, og køen vokser" in proposals()[0]
    later = evidence(world.hospital, NOW + timedelta(minutes=50), [])
    assert {sign.kind for each in later for sign in each.signs} == {"unconfirmed"}, (
        "one that stands still does not grow"
    )


def test_an_agreement_that_runs_out_is_reminded_of_and_then_evidence(world: SmallWorld) -> None:
    today = oslo.day(NOW)
    Agreement.objects.filter(municipality=world.municipality).update(valid_to=today + timedelta(days=10))
    assert suspicion.look(world.hospital, NOW) == 0
    (task,) = Task.objects.filter(cause=suspicion.EXPIRING, closed_at=None)
    assert (world.municipality.name in task.text, task.due_at) == (True, oslo.end_of_day(today + timedelta(days=10)))
    suspicion.look(world.hospital, NOW + timedelta(minutes=1))
    assert Task.objects.filter(cause=suspicion.EXPIRING).count() == 1, "reminded of once"
    later = NOW + timedelta(days=11)
    assert suspicion.look(world.hospital, later) == 1
    assert "gikk ut" in proposals()[0]
    Agreement.objects.filter(municipality=world.municipality).update(valid_to=None)
    assert suspicion.look(world.hospital, later) == 0
    assert not Task.objects.filter(cause__in=(suspicion.CAUSE, suspicion.EXPIRING), closed_at=None).exists()


def test_proposing_is_two_clicks(world: SmallWorld) -> None:
    one = sent(world)
    for _number in range(2):
        another(one, state="failed", reason="bounce", queued_at=NOW, receipted_at=None)
    client = client_of(world.responsible)
    page = client.get(reverse("downtime:suspects"))
    assert "Foreslå stans" in text_of(page)
    found = re.search(r'href="(/nedetid/akutt/[^"]+)"', page.content.decode())
    assert found is not None
    href = html.unescape(found[1])
    form = client.get(href)
    shown = form.content.decode()
    assert 'value="9901"' in shown
    assert "checked" in shown
    day = oslo.local(NOW)
    values = {
        "municipalities": ["9901"], "start_day": f"{day:%d.%m.%Y}", "start_time": f"{day:%H.%M}", "affects": "exchange",
        "families": ["plo", "dialogmelding"], "side": "counterpart", "cause": "2 meldinger kom i retur",
    }  # fmt: skip
    assert client.post(href, values).status_code == 302
    outage = Outage.objects.get()
    assert (outage.municipalities, outage.own_side) == (["9901"], False)
    run_due(NOW, strict=True)
    assert suspicion.look(world.hospital, NOW + timedelta(minutes=1)) == 0, "what is known is not proposed again"


def test_not_an_outage_needs_a_reason_and_mutes_for_so_long(world: SmallWorld) -> None:
    for week in (1, 2, 3):
        came(world, NOW - timedelta(weeks=week), 4)
    suspicion.look(world.hospital, NOW)
    client = client_of(world.responsible)
    address = reverse("downtime:no-outage", args=[world.municipality.her_id])
    client.post(address, {"reason": " ", "hours": "4"})
    client.post(address, {"reason": "Helligdag", "hours": "999"})
    client.post(address, {"reason": "Gjelder 15076500565", "hours": "4"})
    assert not SuspicionMute.objects.exists()
    client.post(address, {"reason": "Helligdag, de har stengt", "hours": "4"})
    assert proposals() == []
    mute = SuspicionMute.objects.get()
    assert (mute.user, mute.until - mute.at) == (world.responsible, timedelta(hours=4))
    assert suspicion.look(world.hospital, mute.until - timedelta(minutes=1)) == 0
    assert "Helligdag" in text_of(client.get(reverse("downtime:suspects")))
    for week in (0, 1, 2, 3):
        came(world, mute.until + timedelta(minutes=30) - timedelta(weeks=week + 1), 4)
    assert suspicion.look(world.hospital, mute.until + timedelta(minutes=30)) == 1


def test_another_hospitals_evidence_is_not_ours(world: SmallWorld) -> None:
    set_clock(NOW, machine_now=NOW)
    for week in (1, 2, 3):
        came(world, NOW - timedelta(weeks=week), 4)
    other = Organisation.objects.exclude(pk=world.hospital.pk).filter(hosted=True).first()
    assert other is not None
    assert suspicion.look(other, NOW) == 0
