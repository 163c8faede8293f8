"""Holds and mutes: what an outage does to the exchange (design 3, routines 4).

Whoever runs outages places a hold for a counterpart; deliveries and receipt alarms ask here. The exchange knows
nothing of outages: a hold has a subject, and what happens to a message under it is told as `message.obstructed`.
What waited goes by `exchange.releasing` when the hold is released.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from samhandling.exchange.models import Delivery, Hold
from samhandling.exchange.rules import DeliveryState
from samhandling.exchange.steps import record
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue, publish
from samhandling.organisations.models import Organisation
from samhandling.store.prepared import prepared

LOOK_AGAIN = timedelta(minutes=1)
"""How often a held delivery looks by itself; its turn wakes it sooner."""
ALARM_AGAIN = timedelta(minutes=30)


@transaction.atomic
def hold(
    organisation: Organisation,
    *,
    subject: str,
    counterparts: Iterable[str],
    keeps: bool,
    now: datetime,
) -> None:
    """Place a hold for each counterpart (level-1 HER-id; none is all), once per subject.

    `keeps`: messages wait here until the release. Otherwise they go as before, and are only told of, because nobody
    reads them at the other end. Either way missing receipts raise no alarm.
    """
    standing = set(
        Hold.objects.filter(organisation=organisation, subject=subject, released_at=None).values_list(
            "counterpart_her", flat=True
        )
    )
    for her_id in list(counterparts) or [""]:
        if her_id not in standing:
            row = Hold.objects.create(
                organisation=organisation, subject=subject, counterpart_her=her_id, keeps=keeps, placed_at=now
            )
            enqueue("exchange.meet_hold", {"hold": row.pk}, now=now)


@transaction.atomic
def release(
    organisation: Organisation, *, subject: str, now: datetime, first: Collection[str] = (), per_minute: int = 60
) -> int:
    """End every hold of that subject; what waited goes by itself, in its turn. Gives how many there were.

    `first`: subjects (`stay:12`) of patients who leave today. `per_minute`: how many messages each counterpart gets.
    """
    holds = list(Hold.objects.select_for_update().filter(organisation=organisation, subject=subject, released_at=None))
    for row in holds:
        row.released_at, row.first, row.per_minute = now, sorted(first), per_minute
        hers = sorted(set(waiting(row).values_list("organisation_her", flat=True))) if row.keeps else []
        row.drained_at = None if hers else now
        row.save()
        for her_id in hers:
            ask_turn(row.pk, her_id, now=now)
    return len(holds)


def waiting(row: Hold) -> QuerySet[Delivery]:
    """The deliveries that wait under a hold and whose turn has not come."""
    return Delivery.objects.filter(
        hold=row, hold__isnull=False, state=DeliveryState.QUEUED, let_go_at=None, message__isnull=False
    )


def ask_turn(hold_id: int, her_id: str, *, now: datetime) -> None:
    """See to it that somebody gives turns to what waits under a released hold at that counterpart."""
    name = f"exchange.let_go:{hold_id}:{her_id}"
    enqueue("exchange.let_go", {"hold": hold_id, "counterpart": her_id}, now=now, unique=name)


def meet_hold(running: Running) -> None:
    """Job: what was queued before the hold and has not left is told of, and waits with the rest."""
    with transaction.atomic():
        row = Hold.objects.get(pk=running.payload["hold"])
        queued = Delivery.objects.select_for_update().filter(
            organisation_id=row.organisation_id, state=DeliveryState.QUEUED, hold=None, message__isnull=False
        )
        if row.counterpart_her:
            queued = queued.filter(organisation_her=row.counterpart_her)
        if row.released_at is None:
            for delivery in queued.order_by("pk"):
                _mark(delivery, row, now=running.now)
        running.finish()


def must_wait(delivery: Delivery, *, now: datetime) -> bool:
    """Whether a delivery must wait now, for a hold or for its turn after one. In the caller's transaction.

    A delivery is told of once. After the release a new message joins those of its own stay that still wait, so that
    none overtakes them.
    """
    if delivery.message_id is None:
        return False
    found = _holds(delivery.organisation_id, delivery.organisation_her)
    standing = [row for row in found if row.released_at is None]
    keeping = next((row for row in standing if row.keeps), None)
    if keeping is not None:
        if delivery.hold_id != keeping.pk or delivery.let_go_at is not None:
            _mark(delivery, keeping, now=now)
        return True
    if delivery.hold_id is None:
        joined = next((row for row in found if row.released_at is not None and _own_wait(row, delivery)), None)
        if joined is not None or standing:
            _mark(delivery, joined or standing[0], now=now)
    if not waits_for_turn(delivery):
        return False
    assert delivery.hold_id is not None
    ask_turn(delivery.hold_id, delivery.organisation_her, now=now)
    return True


def waits_for_turn(delivery: Delivery) -> bool:
    """Whether a hold keeps it, or kept it and its turn has not come."""
    return delivery.hold is not None and delivery.hold.keeps and delivery.let_go_at is None


def obstructed(running: Running, delivery: Delivery) -> bool:
    """Whether a delivery must wait now; then its job keeps its place in the line. In the caller's transaction."""
    if not must_wait(delivery, now=running.now):
        return False
    Delivery.objects.filter(pk=delivery.pk).update(held_job=running.id)
    running.postpone(running.now + LOOK_AGAIN)
    return True


def _mark(delivery: Delivery, row: Hold, *, now: datetime) -> None:
    told = delivery.hold_id is not None
    delivery.hold, delivery.let_go_at = row, None
    Delivery.objects.filter(pk=delivery.pk).update(hold=row, let_go_at=None)
    if told:
        return
    if row.keeps:
        record("delivery.held", at=now, message=delivery.message_id, delivery=delivery)
    publish("message.obstructed", {"message": delivery.message_id, "delivery": delivery.pk}, now=now)


def _own_wait(row: Hold, delivery: Delivery) -> bool:
    """Whether earlier messages of the same stay still wait under that hold."""
    assert delivery.message is not None
    subject = delivery.message.subject
    there = waiting(row).filter(organisation_her=delivery.organisation_her, message__subject=subject)
    return bool(subject) and there.exists()


def muted(delivery: Delivery) -> bool:
    """Whether a missing receipt from that counterpart is explained by a hold."""
    if waits_for_turn(delivery):
        return True
    found = _holds(delivery.organisation_id, delivery.organisation_her)
    return any(row.released_at is None for row in found)


@prepared
def _holds(organisation_id: int, her_id: str) -> QuerySet[Hold]:
    return Hold.objects.filter(
        Q(counterpart_her="") | Q(counterpart_her=her_id), organisation_id=organisation_id, drained_at=None
    ).order_by("pk")
