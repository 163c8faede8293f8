"""When messages with a municipality were really down: what deadlines are weighed against (2.5, A-19)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from samhandling.downtime.models import Outage
from samhandling.downtime.rules.life import State

HAPPENED = (State.ONGOING.value, State.EXTENDED.value, State.FINISHED.value, State.FINISHED_EARLY.value)

Span = tuple[datetime, datetime | None, frozenset[str]]
"""Start, end (None: it lasts), and the municipality numbers; none is all of them."""


def spans(organisation_id: int, since: datetime) -> list[Span]:
    """The organisation's outages that lasted into the time after `since` (`wiring.OUTAGES`)."""
    rows = Outage.objects.filter(organisation_id=organisation_id, state__in=HAPPENED)
    rows = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since)).order_by("pk")
    return [(row.start, row.ended_at, frozenset(row.municipalities)) for row in rows]
