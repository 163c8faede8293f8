"""When the outage is over: what goes first, how fast, and what nobody sends without being asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse

from samhandling.downtime import services
from samhandling.downtime.models import DowntimePolicyChange, Outage
from samhandling.downtime.undecided import CAUSE
from samhandling.exchange.models import Delivery, Hold, Message, MessageEvent, WithdrawnMatter
from samhandling.exchange.releasing import MatterDecidedError, decide
from samhandling.exchange.services import cancel
from samhandling.jobs.models import Job
from samhandling.jobs.services import next_run_at
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.models import Expectation, Stay
from samhandling.stays.services import register
from samhandling.tasks.models import Task
from tests.store import small_world
from tests.store.small_world import NOW, SmallWorld, build
from tests.store.test_desks import is_user
from tests.store.test_downtime_messages import ready, received, report, run
from tests.store.test_downtime_pages import client_of, text_of

pytestmark = pytest.mark.django_db

M1, M6, M7, M8 = "LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET"


@pytest.fixture
def world() -> SmallWorld:
    return build()


def begin(world: SmallWorld) -> Outage:
    return services.announce_acute(world.hospital, report(), user=None, now=NOW)


def end(outage: Outage, minutes: float) -> datetime:
    now = NOW + timedelta(minutes=minutes)
    services.finish(outage.pk, user=None, now=now)
    return now


def run_until(now: datetime) -> None:
    """Everything that is due until then, at the instants when it is due, or when the outage was over."""
    over = Hold.objects.order_by("-released_at").values_list("released_at", flat=True)[0]
    while (following := next_run_at()) is not None and following <= now:
        run_due(max(following, over or following), strict=True)


def not_ready(stay: Stay, who, minutes: float) -> None:  # type: ignore[no-untyped-def]
    at = NOW + timedelta(minutes=minutes)
    register(stay, events.ReadyCleared(at=at), user=who, now=at)
    run_due(at, strict=True)


def times(types: tuple[str, ...]) -> list[datetime]:
    found = Delivery.objects.filter(message__type__in=types, handed_at__isnull=False)
    return list(found.order_by("handed_at").values_list("handed_at", flat=True))


def test_ready_and_not_ready_while_it_waits_is_one_decision(world: SmallWorld) -> None:
    outage = begin(world)
    stay = ready(world)
    not_ready(stay, world.nurse, 5)
    over = end(outage, 10)
    run_until(over + timedelta(minutes=5))
    assert received(world) == [M1], "what stands before goes, and nothing is sent silently"
    (matter,) = WithdrawnMatter.objects.all()
    (task,) = Task.objects.filter(cause=CAUSE, closed_at=None)
    assert (task.unit, task.role) == (world.medicine, "message_responsible")
    for who in (world.nurse, world.responsible):
        page = text_of(client_of(who).get(reverse("downtime:after")))
        assert "Send begge" in page
        assert page.count("Send ingen") == 1, "one decision for both"
    assert "Send begge" not in text_of(client_of(world.surgeon_nurse).get(reverse("downtime:after")))
    address = reverse("downtime:decide", args=[matter.pk])
    assert client_of(world.surgeon_nurse).post(address, {"send": "ingen"}).status_code == 404
    assert client_of(world.nurse).post(address, {"send": "begge"}).status_code == 302
    run_until(over + timedelta(minutes=10))
    assert received(world) == [M1, M6, M7]
    assert not Task.objects.filter(cause=CAUSE, closed_at=None).exists()
    matter.refresh_from_db()
    assert (matter.sent, matter.decided_by) == (True, world.nurse)
    with pytest.raises(MatterDecidedError):
        decide(matter.pk, organisation_id=world.hospital.pk, send=False, user=world.nurse, now=over)


def test_none_of_them_is_sent(world: SmallWorld) -> None:
    outage = begin(world)
    stay = ready(world)
    not_ready(stay, world.nurse, 5)
    over = end(outage, 10)
    run_until(over + timedelta(minutes=5))
    calls = Task.objects.filter(cause="outage_call", closed_at=None)
    assert calls.count() == 2
    matter = WithdrawnMatter.objects.get()
    at = over + timedelta(minutes=6)
    decide(matter.pk, organisation_id=world.hospital.pk, send=False, user=world.nurse, now=at)
    run_until(at + timedelta(days=5))
    assert received(world) == [M1]
    assert not calls.exists(), "nobody was told, so nobody needs a call"
    gone = Message.objects.filter(subject=stay.subject, type__in=(M6, M7), direction="out")
    assert {message.state for message in gone} == {"withheld"}
    assert not Job.objects.filter(handler="exchange.deliver").exists(), "the line is free again"
    assert not Task.objects.filter(cause__in=("A-01", "not_delivered"), closed_at=None).exists()
    shown = text_of(client_of(world.responsible).get(reverse("exchange:message", args=[gone[0].pk])))
    assert "Ikke sendt: trukket tilbake mens meldingene var nede" in shown
    assert {row.state for row in Expectation.objects.filter(message__in=gone)} == {"cancelled"}


def test_a_municipality_that_was_called_must_be_called_again(world: SmallWorld) -> None:
    outage = begin(world)
    stay = ready(world)
    call = Task.objects.get(cause="outage_call")
    client = client_of(world.nurse)
    client.post(reverse("tasks:task", args=[call.pk]), {"do": "close", "hvordan": "called"})
    Task.objects.filter(pk=call.pk).update(closed_at=NOW, closed_how="called")
    not_ready(stay, world.nurse, 5)
    over = end(outage, 10)
    run_until(over + timedelta(minutes=5))
    assert "Da bør begge sendes" in text_of(client.get(reverse("downtime:after")))
    matter = WithdrawnMatter.objects.get()
    decide(matter.pk, organisation_id=world.hospital.pk, send=False, user=world.nurse, now=over)
    run_until(over + timedelta(minutes=6))
    assert Task.objects.filter(cause="outage_call", closed_at=None).count() == 1


def test_a_cancelled_message_and_its_cancellation_are_one_decision(world: SmallWorld) -> None:
    outage = begin(world)
    stay = small_world.admit(world)
    is_user(stay, world.nurse)
    m1 = Message.objects.get(type=M1, direction="out")
    assert cancel(m1, reason="Feil pasient", now=NOW + timedelta(minutes=2)).message is not None
    over = end(outage, 10)
    run_until(over + timedelta(hours=3))
    assert received(world) == []
    matter = WithdrawnMatter.objects.get()
    decide(matter.pk, organisation_id=world.hospital.pk, send=True, user=world.nurse, now=over)
    run_until(over + timedelta(hours=4))
    assert [(m.type, m.status) for m in Message.objects.filter(direction="in").order_by("pk")] == [(M1, "N"), (M1, "C")]


def test_where_the_message_had_gone_before_its_withdrawal_goes_unasked(world: SmallWorld) -> None:
    stay = ready(world)
    run(1)
    outage = services.announce_acute(world.hospital, report(), user=None, now=NOW + timedelta(minutes=2))
    not_ready(stay, world.nurse, 5)
    over = end(outage, 10)
    run_until(over + timedelta(minutes=5))
    assert received(world) == [M1, M6, M7]
    assert not WithdrawnMatter.objects.exists()


def test_what_stands_behind_in_the_same_stay_keeps_its_order_and_others_do_not_wait(world: SmallWorld) -> None:
    outage = begin(world)
    stay = ready(world)
    not_ready(stay, world.nurse, 5)
    other = small_world.admit(world, given="Annen", visit="2002")
    is_user(other, world.nurse)
    over = end(outage, 10)
    run_until(over + timedelta(minutes=1))
    at = over + timedelta(minutes=2)
    register(stay, events.Discharged(at=at, discharged_to="1"), user=world.nurse, now=at)
    run_until(at + timedelta(hours=2))
    assert received(world) == [M1, M1], "the other stay goes, also while one is undecided"
    assert Message.objects.filter(type=M8, state="waiting").exists(), "also what is sent after the release waits"
    matter = WithdrawnMatter.objects.get()
    decide(matter.pk, organisation_id=world.hospital.pk, send=True, user=world.nurse, now=at)
    run_until(at + timedelta(hours=3))
    assert received(world)[2:] == [M6, M7, M8]


def test_urgent_ones_first_between_stays_and_in_order_within(world: SmallWorld) -> None:
    outage = begin(world)
    for number in range(3):
        stay = small_world.admit(world, given=f"Rolig{number}", visit=f"30{number}")
        is_user(stay, world.nurse)
    urgent = ready(world)
    over = end(outage, 10)
    run_until(over + timedelta(minutes=5))
    order = Delivery.objects.filter(message__direction="out").order_by("handed_at", "pk")
    assert [(d.message.subject == urgent.subject, d.message.type) for d in order] == [
        (True, M1), (True, M6), (False, M1), (False, M1), (False, M1),
    ]  # fmt: skip


def test_the_pace_of_the_policy_holds_also_over_a_standstill_of_the_node(world: SmallWorld) -> None:
    DowntimePolicyChange.objects.create(
        organisation=world.hospital, name="Test", valid_from="2020-01-01", changes={"release_per_minute": 6}
    )
    outage = begin(world)
    for number in range(6):
        is_user(small_world.admit(world, given=f"Rolig{number}", visit=f"30{number}"), world.nurse)
    over = end(outage, 10)
    run_until(over + timedelta(seconds=21))
    assert len(times((M1,))) == 3
    # The node is down for ten minutes, and comes back with everything overdue.
    later = over + timedelta(minutes=10)
    run_due(later, strict=True)
    run_until(later + timedelta(minutes=2))
    found = times((M1,))
    assert len(found) == 6
    gaps = [(second - first).total_seconds() for first, second in pairwise(found)]
    assert min(gaps) >= 9.9, gaps
    assert received(world) == [M1] * 6
    assert Hold.objects.get().drained_at is not None


def test_it_says_that_an_outage_delayed_it_wherever_it_is_shown(world: SmallWorld) -> None:
    outage = begin(world)
    stay = ready(world)
    run(1)
    client = client_of(world.nurse)
    page = text_of(client.get(reverse("stays:stay", args=[stay.pk])))
    assert "meldingene er nede" in page
    over = end(outage, 10)
    run_until(over + timedelta(minutes=5))
    message = Message.objects.get(type=M6, direction="out")
    boss = client_of(world.responsible)
    for shown in (
        client.get(reverse("stays:stay", args=[stay.pk])),
        client.get("/"),
        client.get(reverse("downtime:after")),
        boss.get(reverse("exchange:message", args=[message.pk])),
        boss.get(reverse("exchange:list")),
    ):
        assert "forsinket av stans" in text_of(shown), shown.request["PATH_INFO"]


def test_an_urgent_message_behind_another_in_its_line_is_called_about_too(world: SmallWorld) -> None:
    begin(world)
    stay = ready(world)
    not_ready(stay, world.nurse, 5)
    run(6)
    assert Task.objects.filter(cause="outage_call", closed_at=None).count() == 2
    assert MessageEvent.objects.filter(kind="delivery.held").count() == 3


def test_a_second_outage_keeps_what_the_first_has_not_let_go(world: SmallWorld) -> None:
    first, second = begin(world), begin(world)
    ready(world)
    over = end(first, 10)
    run_until(over + timedelta(minutes=5))
    assert received(world) == []
    services.finish(second.pk, user=None, now=over + timedelta(minutes=6))
    run_until(over + timedelta(minutes=10))
    assert received(world) == [M1, M6]
