"""What in the traffic speaks for an outage at a counterpart: read from the store, never kept (issue 5, A-01).

Missing receipts, failures and bounces; silence where messages have come at this hour for weeks; a queue that grows; a
certificate or agreement that has run out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils.module_loading import import_string

from samhandling.downtime.ports import Expiry
from samhandling.exchange.models import Delivery, Direction, Message
from samhandling.exchange.rules import DeliveryState
from samhandling.organisations.models import Organisation

SILENT_MESSAGES = 3
"""So many messages without a receipt from one counterpart are evidence."""
SILENT_FOR = timedelta(minutes=30)
LOOKED_BACK = timedelta(hours=12)
BOUNCES = 2
BOUNCED_WITHIN = timedelta(hours=2)
WEEKS, USUAL_WEEKS, USUAL_MESSAGES = 4, 3, 3
"""Silence is evidence where at least this many messages came at this hour in this many of the last weeks."""
WINDOW = timedelta(hours=4)
QUEUE = 10
"""A queue of fewer is none; it grows when it is longer than a quarter, and that not shorter than half an hour, ago."""
QUARTER = timedelta(minutes=15)
NEVER = (DeliveryState.FAILED, DeliveryState.WITHHELD, DeliveryState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that speaks for an outage."""

    kind: str
    """`unconfirmed failed bounced silent queue certificate agreement`."""
    count: int = 0
    at: datetime | None = None
    """The last receipt, or when it ran out."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an outage at one counterpart (level-1 HER-id; empty is ourselves, and so all)."""

    her_id: str
    name: str
    signs: tuple[Sign, ...]


def evidence(organisation: Organisation, now: datetime, expiries: list[Expiry]) -> list[Evidence]:
    """Everything that speaks for an outage now, the counterparts by name; nothing for those who are fine."""
    found: dict[str, list[Sign]] = defaultdict(list)
    names: dict[str, str] = {}
    for gather in (_receipts, _queues, _silence):
        for her_id, name, sign in gather(organisation, now):
            found[her_id].append(sign)
            names.setdefault(her_id, name)
    for each in expiries:
        if each.at <= now:
            found[each.her_id].append(Sign(each.what, at=each.at, name=each.name))
            names.setdefault(each.her_id, each.name)
    known = dict(Organisation.objects.filter(her_id__in=[her for her in found if her]).values_list("her_id", "name"))
    rows = [Evidence(her, known.get(her) or names[her], tuple(signs)) for her, signs in found.items()]
    return sorted(rows, key=lambda row: (row.name, row.her_id))


def expiries(organisation: Organisation, now: datetime) -> list[Expiry]:
    """When the certificates and agreements that the exchange needs run out (`wiring.EXPIRIES`), the soonest first."""
    paths: tuple[str, ...] = getattr(import_module(settings.SAMHANDLING_WIRING), "EXPIRIES", ())
    return sorted((each for path in paths for each in import_string(path)(organisation, now)), key=lambda each: each.at)


def _receipts(organisation: Organisation, now: datetime) -> list[tuple[str, str, Sign]]:
    recent = Delivery.objects.filter(
        organisation=organisation, message__isnull=False, hold=None, queued_at__gte=now - LOOKED_BACK
    )
    unconfirmed = Q(receipted_at=None, queued_at__lte=now - SILENT_FOR) & ~Q(state__in=NEVER)
    bounced = Q(reason__contains="bounce", queued_at__gte=now - BOUNCED_WITHIN, receipted_at=None)
    rows = recent.values("organisation_her").annotate(
        unconfirmed=Count("pk", filter=unconfirmed), failed=Count("pk", filter=Q(state=DeliveryState.FAILED)),
        bounced=Count("pk", filter=bounced), last=Max("receipted_at"), shown=Max("name"),
    )  # fmt: skip
    found = []
    for row in rows.order_by("organisation_her"):
        her_id, name, last = row["organisation_her"], row["shown"], row["last"]
        silent = last is None or last <= now - SILENT_FOR
        if silent and row["unconfirmed"] + row["failed"] >= SILENT_MESSAGES:
            found.append((her_id, name, Sign("unconfirmed", row["unconfirmed"], last)))
            if row["failed"]:
                found.append((her_id, name, Sign("failed", row["failed"])))
        if row["bounced"] >= BOUNCES:
            found.append((her_id, name, Sign("bounced", row["bounced"])))
    return found


def _queues(organisation: Organisation, now: datetime) -> list[tuple[str, str, Sign]]:
    def queued(at: datetime) -> Q:
        return Q(queued_at__lte=at) & (Q(handed_at=None) | Q(handed_at__gt=at)) & ~Q(state__in=NEVER)

    rows = Delivery.objects.filter(
        organisation=organisation, message__isnull=False, hold=None, queued_at__gte=now - LOOKED_BACK
    ).values("organisation_her").annotate(
        present=Count("pk", filter=queued(now)), quarter=Count("pk", filter=queued(now - QUARTER)),
        half=Count("pk", filter=queued(now - 2 * QUARTER)), shown=Max("name"),
    )  # fmt: skip
    return [
        (row["organisation_her"], row["shown"], Sign("queue", row["present"]))
        for row in rows.order_by("organisation_her")
        if row["present"] >= QUEUE and row["present"] > row["quarter"] >= row["half"] and row["quarter"]
    ]


def _silence(organisation: Organisation, now: datetime) -> list[tuple[str, str, Sign]]:
    """Counterparts from which messages have come at this hour of this weekday, and none has now."""
    windows = {f"week{number}": now - timedelta(weeks=number) for number in range(WEEKS + 1)}
    within = {name: Q(created_at__gt=at - WINDOW, created_at__lte=at) for name, at in windows.items()}
    any_of = Q()
    for each in within.values():
        any_of |= each
    rows = (
        Message.objects.filter(any_of, organisation=organisation, direction=Direction.IN)
        .exclude(counterpart_organisation="")
        .values("counterpart_organisation")
        .annotate(shown=Max("counterpart_name"), **{name: Count("pk", filter=each) for name, each in within.items()})
        .order_by("counterpart_organisation")
    )
    found = []
    for counted in rows:
        row: dict[str, Any] = {**counted}
        usual = [row[name] for name in windows if name != "week0"]
        if row["week0"] == 0 and sum(count >= USUAL_MESSAGES for count in usual) >= USUAL_WEEKS:
            mean = round(sum(usual) / len(usual))
            found.append((row["counterpart_organisation"], row["shown"], Sign("silent", mean)))
    return found
