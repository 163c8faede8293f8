"""Which version of the routine holds for a hospital on a day."""

from __future__ import annotations

from datetime import date

from samhandling.stays.models import RoutinePolicy
from samhandling.stays.policy import OSTFOLD_1, Policy, with_changes
from samhandling.store.memo import remembered


@remembered
def policy_for(organisation_id: int, day: date) -> Policy:
    """The hospital's routine in force on `day`; the shipped one where it has named no other."""
    row = (
        RoutinePolicy.objects.filter(organisation_id=organisation_id, valid_from__lte=day)
        .order_by("-valid_from")
        .first()
    )
    if row is None:
        return OSTFOLD_1
    return with_changes(OSTFOLD_1, name=row.name, valid_from=row.valid_from, changes=row.changes)
