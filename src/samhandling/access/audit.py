"""The log of reading and acting (P-05): appended in the business transaction, never changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from samhandling.access.models import AuditEntry, User
from samhandling.access.scope import Scope
from samhandling.errors import SamhandlingError, redact

SAME_READING = timedelta(minutes=5)
"""A page that refreshes itself, or is opened again within this time, is one reading."""


class AuditIsFinalError(SamhandlingError):
    """Somebody tried to change or delete an entry of the log."""

    code = "access.audit_is_final"


def record(
    who: Scope | User | None,
    action: str,
    *,
    now: datetime,
    organisation_id: int | None = None,
    patient: int | None = None,
    subject: str = "",
    purpose: str = "",
) -> AuditEntry:
    """Append one entry (P-05). `who` is the scope of a page, a user without one, or None for somebody unknown.

    `patient` is the patient row's id; `now` aware UTC. Call it inside the transaction of the act, so that the act and
    its entry stand or fall together. Text that looks like an identity number is hidden.
    """
    scope = who if isinstance(who, Scope) else None
    user = scope.user if scope else who if isinstance(who, User) else None
    return AuditEntry.objects.create(
        at=now,
        user_id=user.pk if user else None,
        user_name=user.username if user else "",
        role=scope.role.value if scope else "",
        organisation_id=scope.organisation.pk if scope else organisation_id,
        action=action,
        patient_id=patient,
        subject=subject[:60],
        purpose=redact(purpose)[:200],
    )


def record_reading(
    scope: Scope, action: str, *, now: datetime, patient: int | None = None, subject: str = "", purpose: str = ""
) -> None:
    """Append one entry for a page that was read, unless the same person read the same within five minutes (P-05)."""
    same = AuditEntry.objects.filter(
        user_id=scope.user.pk,
        role=scope.role.value,
        organisation_id=scope.organisation.pk,
        action=action,
        subject=subject[:60],
        at__gt=now - SAME_READING,
        at__lte=now,
    )
    if not same.exists():
        record(scope, action, now=now, patient=patient, subject=subject, purpose=purpose)
