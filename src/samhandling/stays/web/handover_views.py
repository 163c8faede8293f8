"""*Vaktrapport*: what the next shift must know of each patient, on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Step, Tone
from samhandling.stays.models import Call
from samhandling.stays.web import calling, reading
from samhandling.stays.web.calling import CallRow
from samhandling.stays.web.reading import StayRow
from samhandling.store.services import now as present

AHEAD = timedelta(hours=12)
"""What falls due within the next shift and a half."""
BEHIND = timedelta(hours=12)
"""Calls of the shift that ends."""


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One patient at handover."""

    stay: StayRow
    due: tuple[Step, ...]
    calls: tuple[CallRow, ...]


@require_safe
@needs(May.SEE_PATIENTS, May.REGISTER)
def handover(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The wards of the scope: what the municipality knows, what is due in the next 12 hours, calls that were made."""
    now = present()
    stays = reading.ward(scope, now)
    made: dict[int, list[Call]] = {}
    lately = Call.objects.filter(stay__in=[row.pk for row in stays], at__gte=now - BEHIND).select_related("user")
    for call in lately:
        made.setdefault(call.stay_id or 0, []).append(call)
    rows = [
        HandoverRow(row, tuple(_due(row, now)), calling.rows(made.get(row.pk, []), now))
        for row in sorted(stays, key=lambda row: (row.left, row.unit, row.name, row.pk))
    ]
    audit.record_reading(scope, "stay.handover", now=now)
    values = {
        "rows": [row for row in rows if not row.stay.left or row.due or row.calls],
        "place": ", ".join(scope.unit_names) or scope.organisation.name,
        "until": moment(now + AHEAD, now),
        "at": moment(now),
        "show_unit": scope.unit_ids is None or len(scope.unit_ids) > 1,
    }
    return page(request, "stays/handover.html", values, title=_("Vaktrapport"), scope=scope, now=now)


def _due(row: StayRow, now: datetime) -> list[Step]:
    """What falls due within the shift, and what has no time but asks for something; F2 is information and stays out."""
    asking = [step for step in row.steps if step.tone is not Tone.QUIET]
    return [step for step in asking if step.due is None or step.due.at <= now + AHEAD]
