"""What an outage does to messages: they wait in their order, the ward calls, and afterwards everything goes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from samhandling.downtime import services, suspicion
from samhandling.downtime.services import Report
from samhandling.exchange.models import Delivery, Direction, Message, MessageEvent
from samhandling.jobs.models import Job
from samhandling.jobs.worker import run_due
from samhandling.registry.models import CounterpartFault
from samhandling.stays.models import Stay
from samhandling.tasks.models import Task
from tests.store import small_world
from tests.store.small_world import NOW, SmallWorld, build
from tests.store.test_desks import is_ready, is_user
from tests.store.test_downtime_pages import client_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def report(affects: str = "exchange", municipalities: tuple[str, ...] = ()) -> Report:
    return Report(
        kind="acute", start=NOW, end=None, known_at=NOW, affects=affects, municipalities=municipalities, own_side=False
    )


def ready(world: SmallWorld) -> Stay:
    """A municipal user who is ready to go home: M1 and M6 must go."""
    stay = small_world.admit(world)
    is_user(stay, world.nurse)
    is_ready(stay, world.nurse)
    return stay


def run(minutes: float) -> datetime:
    now = NOW + timedelta(minutes=minutes)
    run_due(now, strict=True)
    return now


def received(world: SmallWorld) -> list[str]:
    """What the municipality has got, in the order it came."""
    found = Message.objects.filter(organisation=world.municipality, direction=Direction.IN).order_by("pk")
    return [message.type for message in found]


def test_messages_wait_and_then_go_in_their_order(world: SmallWorld) -> None:
    outage = services.announce_acute(world.hospital, report(), user=None, now=NOW)
    ready(world)
    run(1)
    run(20)
    assert received(world) == []
    held = Delivery.objects.filter(hold__isnull=False)
    assert held.count() == 2
    assert MessageEvent.objects.filter(kind="delivery.held").count() == 2, "told once, however often it is tried"
    services.finish(outage.pk, user=None, now=NOW + timedelta(minutes=21))
    run(22)
    run(23)
    assert received(world) == ["LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR"]
    assert all(each.receipted_at for each in held)


def test_the_ward_calls_and_the_message_goes_all_the_same(world: SmallWorld) -> None:
    outage = services.announce_acute(world.hospital, report(), user=None, now=NOW)
    stay = ready(world)
    run(1)
    calls = Task.objects.filter(cause="outage_call", closed_at__isnull=True)
    assert [call.unit for call in calls] == [stay.unit], "M6 is urgent; M1 is not"
    assert calls[0].phone
    services.finish(outage.pk, user=None, now=NOW + timedelta(minutes=5))
    run(6)
    run(7)
    assert calls.count() == 1, "a message that went does not close a telephone task"
    assert received(world)[-1] == "LOG_UTSKRIVNINGSKLAR"


def test_an_early_notice_that_is_due_and_unwritten_becomes_a_call(world: SmallWorld) -> None:
    stay = small_world.admit(world)
    is_user(stay, world.nurse)
    outage = services.announce_acute(world.hospital, report(), user=None, now=NOW)
    calls = Task.objects.filter(cause="outage_call", closed_at__isnull=True)
    run(19 * 60)
    assert not calls.exists(), "there is time yet"
    run(20 * 60 + 30)
    run(21 * 60)
    (call,) = calls.all()
    assert (call.unit, call.due_at) == (world.medicine, NOW + timedelta(hours=24))
    services.finish(outage.pk, user=None, now=NOW + timedelta(hours=22))
    run(22 * 60 + 30)
    run(30 * 60)
    assert not Job.objects.filter(handler="downtime.due_calls").exists(), "nobody looks when it is over"


def test_alarms_are_muted_while_it_lasts(world: SmallWorld) -> None:
    ready(world)
    outage = services.announce_acute(world.hospital, report(), user=None, now=NOW)
    run(10 * 60)
    assert not Task.objects.filter(cause="A-01").exists()
    services.finish(outage.pk, user=None, now=NOW + timedelta(hours=10))
    run(10 * 60 + 1)
    run(10 * 60 + 2)
    assert len(received(world)) == 2


def test_only_the_municipality_that_is_down(world: SmallWorld) -> None:
    other = "9902"
    services.announce_acute(world.hospital, report(municipalities=(other,)), user=None, now=NOW)
    ready(world)
    run(1)
    assert received(world) == ["LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR"]


def test_when_nobody_can_read_there_messages_go_and_the_ward_calls(world: SmallWorld) -> None:
    services.announce_acute(world.hospital, report("access"), user=None, now=NOW)
    ready(world)
    run(1)
    assert received(world) == ["LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR"]
    assert Task.objects.filter(cause="outage_call", closed_at__isnull=True).count() == 1


def test_after_the_outage_the_ward_sees_what_was_late(world: SmallWorld) -> None:
    outage = services.announce_acute(world.hospital, report(), user=None, now=NOW)
    ready(world)
    run(1)
    nurse = client_of(world.nurse)
    shown = text_of(nurse.get(reverse("downtime:after")))
    assert "Venter fortsatt" in shown
    assert "Ring om dette" in shown
    services.finish(outage.pk, user=None, now=NOW + timedelta(minutes=5))
    run(6)
    run(7)
    shown = text_of(nurse.get(reverse("downtime:after")))
    assert "Sendt forsinket" in shown
    assert "Venter fortsatt" not in shown
    assert "Ingen av meldingene deres" in text_of(client_of(world.surgeon_nurse).get(reverse("downtime:after")))
    assert Client().get(reverse("downtime:after")).status_code == 302


def suspected() -> list[Task]:
    return list(Task.objects.filter(cause=suspicion.CAUSE, closed_at=None))


def test_silence_from_a_counterpart_is_proposed_as_an_outage_and_taken_back(world: SmallWorld) -> None:
    CounterpartFault.objects.create(organisation=world.municipality, mode="silent")
    for number in range(2):
        stay = small_world.admit(world, given=f"Testine{number}", visit=f"20{number}")
        is_user(stay, world.nurse)
        is_ready(stay, world.nurse)
    run(1)
    assert suspicion.look(world.hospital, NOW + timedelta(minutes=10)) == 0, "too early to say"
    later = NOW + timedelta(minutes=40)
    assert suspicion.look(world.hospital, later) == 1
    assert suspicion.look(world.hospital, later) == 1
    (task,) = suspected()
    assert "4 meldinger uten bekreftelse" in task.text
    Delivery.objects.filter(message__isnull=False).update(receipted_at=later)
    assert suspicion.look(world.hospital, later + timedelta(minutes=1)) == 0
    assert suspected() == []


def test_nothing_is_suspected_while_the_outage_is_known(world: SmallWorld) -> None:
    services.announce_acute(world.hospital, report(), user=None, now=NOW)
    for number in range(2):
        stay = small_world.admit(world, given=f"Testine{number}", visit=f"20{number}")
        is_user(stay, world.nurse)
        is_ready(stay, world.nurse)
    run(60)
    assert suspicion.look(world.hospital, NOW + timedelta(hours=2)) == 0


def test_anybody_may_report_trouble(world: SmallWorld) -> None:
    anybody = Client()
    address = reverse("downtime:report")
    assert anybody.get(address).status_code == 200
    values = {"organisation": world.hospital.pk, "who": "Kari, Storvik", "phone": "60 00 00 01", "text": "Nede fra 9"}
    assert "Takk" in text_of(anybody.post(address, values))
    task = Task.objects.get(cause="outage_reported")
    assert ("Kari" in task.text, task.phone) == (True, "60 00 00 01")
    private = {**values, "text": "Gjelder 15076500565"}
    refused = anybody.post(address, private)
    assert refused.status_code == 422
    assert Task.objects.filter(cause="outage_reported").count() == 1
    for _number in range(suspicion.REPORTS_AN_HOUR + 3):
        anybody.post(address, values)
    assert Task.objects.filter(cause="outage_reported").count() == suspicion.REPORTS_AN_HOUR


def test_the_year_in_numbers(world: SmallWorld) -> None:
    outage = services.announce_acute(world.hospital, report(), user=None, now=NOW)
    services.finish(outage.pk, user=None, now=NOW + timedelta(minutes=90))
    client = client_of(world.responsible)
    shown = text_of(client.get(reverse("downtime:year")))
    assert "1,5" in shown
    file = client.get(reverse("downtime:year"), {"form": "csv"})
    assert "1,5" in file.content.decode()
    assert "Ingen stans" in text_of(client.get(reverse("downtime:year"), {"ar": "2025"}))
