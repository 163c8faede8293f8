"""Which version of the routine holds between a hospital and a municipality on a day."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from samhandling.clock import oslo
from samhandling.stays.models import RoutinePolicy, Stay
from samhandling.stays.policy import NATIONAL, Policy, shipped, with_changes
from samhandling.store.memo import remembered
from samhandling.store.prepared import first, prepared


@remembered
def policy_for(organisation_id: int, day: date, municipality: str = "") -> Policy:
    """The routine in force on `day`: the agreement's, else the hospital's, else the national rules.

    A change takes effect from its day: what was decided before it stays as it was judged then.
    """
    row = first(_in_force(organisation_id, day, municipality))
    if row is None:
        return shipped(NATIONAL)
    return with_changes(shipped(row.base), name=row.name, valid_from=row.valid_from, changes=row.changes)


@prepared
def _in_force(organisation_id: int, day: date, municipality: str) -> QuerySet[RoutinePolicy]:
    rows = RoutinePolicy.objects.filter(organisation_id=organisation_id, valid_from__lte=day)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=day), municipality_number__in=("", municipality))
    return rows.order_by("-municipality_number", "-valid_from")


def policy_of(stay: Stay, now: datetime) -> Policy:
    """The routine by which a stay is judged now: that of its hospital and the patient's municipality."""
    return policy_for(stay.organisation_id, oslo.day(now), stay.municipality_number)


def remind_hours(organisation_id: int, now: datetime) -> float:
    """How many hours lie between two reminders of a condition that lasts (2.6)."""
    return policy_for(organisation_id, oslo.day(now)).remind_hours
