"""*Siden sist*: since when the desk of a role stood empty, and what happened meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from samhandling.exchange.models import Direction, Message, MessageEvent
from samhandling.organisations.models import Organisation
from samhandling.stays.models import BreachOfRoutine
from samhandling.tasks.models import Task
from samhandling.worklist.models import DeskWatch

EMPTY_AFTER = timedelta(minutes=45)
"""Nobody has opened the desk for this long: it was empty."""
OVER_AT_MOST = 200
WRITE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Since:
    """Five counts of what happened since the desk was last staffed."""

    at: datetime
    tasks: int
    unconfirmed: int
    rejected: int
    deviations: int
    breaches: int
    over: list[Task]
    """Conditions that have ended by themselves since then, the last first."""
    reminded: int
    """Tasks that were reminded of since then and still stand."""


@transaction.atomic
def staffed(organisation: Organisation, role: str, *, now: datetime) -> datetime | None:
    """Somebody of the role is at the desk now; gives since when it stood empty before, None for the first time ever."""
    rows = DeskWatch.objects.select_for_update().filter(organisation=organisation, role=role)
    last = rows.order_by("-last_at", "-pk").first()
    if last is None or now - last.last_at >= EMPTY_AFTER:
        left = last.last_at if last is not None else None
        DeskWatch.objects.create(organisation=organisation, role=role, began_at=now, last_at=now, empty_since=left)
        return left
    if now - last.last_at >= WRITE_AFTER:
        last.last_at = now
        last.save(update_fields=["last_at"])
    return last.empty_since


def empty_since(organisation: Organisation, role: str) -> datetime | None:
    """As `staffed`, for a page that refreshes itself: a browser left open is nobody at the desk."""
    last = DeskWatch.objects.filter(organisation=organisation, role=role).order_by("-last_at", "-pk").first()
    return last.empty_since if last is not None else None


def happened(organisation: Organisation, since: datetime) -> Since:
    """What has happened since then."""
    steps = MessageEvent.objects.filter(message__organisation=organisation, at__gte=since)
    return Since(
        at=since,
        tasks=Task.objects.filter(organisation=organisation, opened_at__gte=since).count(),
        unconfirmed=steps.filter(kind__in=("delivery.unconfirmed", "delivery.deadline"))
        .values("message").distinct().count(),
        rejected=steps.filter(kind="delivery.receipt_rejected").values("message").distinct().count(),
        deviations=Message.objects.filter(
            organisation=organisation, type="DIALOG_AVVIK", direction=Direction.IN, created_at__gte=since
        ).count(),
        breaches=BreachOfRoutine.objects.filter(organisation=organisation, at__gte=since).count(),
        over=list(
            Task.objects.filter(organisation=organisation, closed_at__gte=since, closed_by__isnull=True)
            .exclude(anomaly="").select_related("patient", "unit", "owner").order_by("-closed_at", "-id")[:OVER_AT_MOST]
        ),
        reminded=Task.objects.filter(
            organisation=organisation, closed_at__isnull=True, acknowledged_by__isnull=True, reminded_at__gte=since
        ).count(),
    )  # fmt: skip
