"""*Påvirket av stans*: deadlines whose time was covered by an outage at the counterpart (2.5).

An outage excuses nobody: the deadline runs and is missed as ever. It is marked, so that pages say why and figures
count it apart. What is settled is marked at once; each hour the marks catch up with outages that were told of late.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from samhandling.jobs.running import Running
from samhandling.organisations.services import hosted_organisations
from samhandling.stays.models import BreachOfRoutine, Deadline
from samhandling.store.memo import remembered

COUNTERPART = ("F1", "F2", "F3", "F4", "F6", "F7", "F9")
"""Clocks that a message with the municipality stops; F8, F10 and F11 are the hospital's own."""
BREACHES = {"F1": "A-09"}
LOOKS_BACK = timedelta(days=31)
"""How late an outage may be told of and still mark what it covered."""

Span = tuple[datetime, datetime | None, frozenset[str]]


@remembered
def _spans(organisation_id: int, since: datetime) -> list[Span]:
    path: str = getattr(import_module(settings.SAMHANDLING_WIRING), "OUTAGES", "")
    ask: Callable[[int, datetime], list[Span]] | None = import_string(path) if path else None
    return ask(organisation_id, since) if ask is not None else []


def covered(organisation_id: int, municipality: str, begin: datetime, end: datetime) -> bool:
    """Whether messages with that municipality were down at some time from `begin` to `end` (aware UTC)."""
    return any(
        start <= end and (ended is None or ended > begin) and (not numbers or municipality in numbers)
        for start, ended, numbers in _spans(organisation_id, begin)
    )


def mark(row: Deadline, *, at: datetime) -> None:
    """Mark a deadline that is being settled; it stays marked. The caller stores it."""
    if row.clock in COUNTERPART and not row.affected_by_downtime:
        stay = row.stay
        row.affected_by_downtime = covered(stay.organisation_id, stay.municipality_number, row.starts_at, at)


def catch_up(running: Running) -> None:
    """Hourly: mark what outages have covered meanwhile, also those that were told of afterwards. Changes no state."""
    now = running.now
    with transaction.atomic():
        for organisation in hosted_organisations("hospital"):
            for span in _spans(organisation.pk, now - LOOKS_BACK):
                _mark_covered(organisation.pk, span, now)
        running.finish()


def _mark_covered(organisation_id: int, span: Span, now: datetime) -> None:
    start, ended, numbers = span
    rows = Deadline.objects.filter(
        Q(settled_at__isnull=True) | Q(settled_at__gt=start), stay__organisation_id=organisation_id,
        clock__in=COUNTERPART, affected_by_downtime=False, starts_at__lt=ended or now,
    )  # fmt: skip
    if numbers:
        rows = rows.filter(stay__municipality_number__in=numbers)
    found = list(rows.values_list("pk", "stay_id", "clock"))
    Deadline.objects.filter(pk__in=[pk for pk, _stay, _clock in found]).update(affected_by_downtime=True)
    for clock, code in BREACHES.items():
        stays = [stay for _pk, stay, name in found if name == clock]
        BreachOfRoutine.objects.filter(code=code, stay__in=stays).update(affected_by_downtime=True)
