"""Holds and mutes: what an outage does to the exchange (design 3, routines 4).

Whoever runs outages places a hold for a counterpart; deliveries and receipt alarms ask here. The exchange knows
nothing of outages: a hold has a subject, and what happens to a message under it is told as `message.obstructed`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from samhandling.exchange.models import Delivery, Hold
from samhandling.exchange.steps import record
from samhandling.jobs.running import Running
from samhandling.jobs.services import publish
from samhandling.organisations.models import Organisation
from samhandling.store.prepared import first, prepared

LOOK_AGAIN = timedelta(seconds=30)
"""How soon after the release a held delivery goes."""
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
            Hold.objects.create(
                organisation=organisation, subject=subject, counterpart_her=her_id, keeps=keeps, placed_at=now
            )


@transaction.atomic
def release(organisation: Organisation, *, subject: str, now: datetime) -> int:
    """End every hold of that subject; what waited goes by itself, in its order. Gives how many there were."""
    return Hold.objects.filter(organisation=organisation, subject=subject, released_at=None).update(released_at=now)


def obstructed(running: Running, delivery: Delivery) -> bool:
    """Whether a delivery must wait now; then its job keeps its place in the line. In the caller's transaction."""
    if delivery.message_id is None:
        return False
    found = first(_holds(delivery.organisation_id, delivery.organisation_her))
    if found is None:
        return False
    if delivery.hold_id is None:
        delivery.hold_id = found.pk
        Delivery.objects.filter(pk=delivery.pk).update(hold=found)
        if found.keeps:
            record("delivery.held", at=running.now, message=delivery.message_id, delivery=delivery)
        publish("message.obstructed", {"message": delivery.message_id, "delivery": delivery.pk}, now=running.now)
    if found.keeps:
        running.postpone(running.now + LOOK_AGAIN)
    return found.keeps


def muted(delivery: Delivery) -> bool:
    """Whether a missing receipt from that counterpart is explained by a hold."""
    return first(_holds(delivery.organisation_id, delivery.organisation_her)) is not None


@prepared
def _holds(organisation_id: int, her_id: str) -> QuerySet[Hold]:
    return Hold.objects.filter(
        Q(counterpart_her="") | Q(counterpart_her=her_id), organisation_id=organisation_id, released_at=None
    ).order_by("-keeps", "pk")[:1]
