"""Outside the own unit a purpose is asked before content is shown, and stands in the log (P-04)."""

from __future__ import annotations

from datetime import datetime, timedelta

from samhandling.access import audit
from samhandling.access.models import AuditEntry
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import SamhandlingError

GIVEN = "purpose.given"
LASTS = timedelta(hours=12)
"""A working day: within it the same subject is not asked about again."""


class PurposeNeededError(SamhandlingError):
    """The subject lies outside the person's own unit, and no purpose has been given."""

    code = "access.purpose_needed"

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


def asked(scope: Scope) -> bool:
    """Whether this scope looks outside an own unit: it sees the patients of a whole hospital.

    A ward sees its own and nothing else. In a municipality all services follow the same patient.
    """
    return scope.organisation.kind == "hospital" and scope.unit_ids is None and scope.may(May.SEE_PATIENTS)


def require(scope: Scope, *subjects: str, now: datetime) -> str:
    """The purpose given for one of the subjects (`stay:12`), empty where none is asked.

    Raises PurposeNeededError, about the first that is not empty.
    """
    if not asked(scope):
        return ""
    named = [subject for subject in subjects if subject]
    found = AuditEntry.objects.filter(
        user_id=scope.user.pk,
        organisation_id=scope.organisation.pk,
        action=GIVEN,
        subject__in=named,
        at__gt=now - LASTS,
        at__lte=now,
    )
    entry = found.order_by("-at").first()
    if entry is None:
        raise PurposeNeededError(named[0])
    return entry.purpose


def give(scope: Scope, subject: str, purpose: str, *, now: datetime) -> None:
    """Note why this person looks at the subject; `purpose` holds no identity number."""
    audit.record(scope, GIVEN, now=now, subject=subject, purpose=purpose)
