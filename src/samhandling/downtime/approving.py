"""Four eyes: where the policy asks for it, a second person approves what a planned outage announces.

Never for an acute outage, nor for what tells of a change (extended, over, cancelled): those are sent at once. A due
announcement waits for the approval, and a task says so; after the policy's wait, and at the latest half an hour before
the stop, it goes without, because nobody told is worse than nobody asked. The ledger says that it did.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from samhandling.access.models import User
from samhandling.downtime.facts import policy_for
from samhandling.downtime.models import Outage, OutageEntry, PlannedAction
from samhandling.downtime.rules.life import State
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.jobs.services import enqueue
from samhandling.tasks.services import close_tasks, open_task

CAUSE = "outage_unapproved"
BEFORE = (State.SCHEDULED, State.ANNOUNCED_1, State.ANNOUNCED_2)
WORK = ("registered", "scheduled", "moved", "text_changed")
"""Whoever did one of these cannot approve it."""
BEFORE_START = timedelta(minutes=30)


class OwnApprovalError(SamhandlingError):
    """Somebody approves an announcement that they have made themselves."""

    code = "downtime.own_approval"


class NothingToApproveError(SamhandlingError):
    """The outage needs no approval, or has it."""

    code = "downtime.nothing_to_approve"


def wanted(outage: Outage, now: datetime) -> bool:
    """Whether somebody else has to read what will be announced, and nobody has."""
    asked = outage.kind == "planned" and outage.state in BEFORE and outage.approved_at is None
    return asked and policy_for(outage.organisation_id, now).four_eyes


def may(outage: Outage, user: User) -> bool:
    """Whether that person is another than those who have made the announcement."""
    return not outage.entries.filter(what__in=WORK, user=user).exists()


@transaction.atomic
def approve(outage_id: int, *, user: User, now: datetime, seen: int | None = None) -> Outage:
    """A second person approves: what waited goes now.

    Raises NotFoundError, OvertakenError, OwnApprovalError, NothingToApproveError.
    """
    from samhandling.downtime.services import OvertakenError

    row = Outage.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=outage_id).first()
    if row is None:
        raise NotFoundError(f"outage {outage_id}")
    if seen is not None and seen != row.version:
        raise OvertakenError(f"version {row.version}, seen {seen}")
    if not wanted(row, now):
        raise NothingToApproveError(f"outage {outage_id}")
    if not may(row, user):
        raise OwnApprovalError(f"outage {outage_id}")
    row.approved_by, row.approved_at = user, now
    row.save(update_fields=["approved_by", "approved_at"])
    OutageEntry.objects.create(outage=row, at=now, what="approved", user=user)
    close_tasks(unique_key=_key(row), organisation=row.organisation, how="done", now=now, user=user)
    for pk in row.actions.filter(state=PlannedAction.State.PLANNED, at__lte=now).values_list("pk", flat=True):
        enqueue("downtime.act", {"action": pk}, now=now, unique=f"downtime.act:{pk}")
    return row


def lapse(outage: Outage) -> None:
    """What was approved has been changed; the caller saves."""
    outage.approved_by = outage.approved_at = None


def waits(action: PlannedAction, outage: Outage, now: datetime) -> datetime | None:
    """Until when a due action waits for the approval; None when it may go. In the caller's transaction."""
    announces = action.kind == "publish" or action.notice.startswith("planned")
    if not announces or not wanted(outage, now):
        return None
    wait = timedelta(minutes=policy_for(outage.organisation_id, now).four_eyes_wait_minutes)
    until = min(action.at + wait, outage.start - BEFORE_START)
    if now >= until:
        OutageEntry.objects.create(outage=outage, at=now, what="not_approved", rule=action.rule)
        return None
    _ask(outage, "high", until, now)
    return until


def ask(outage: Outage, now: datetime) -> None:
    """Let another person know, when it is decided, that there is something to read before the first notice is due."""
    if wanted(outage, now):
        first = outage.actions.filter(state=PlannedAction.State.PLANNED, kind="mail").order_by("at").first()
        if first is not None:
            _ask(outage, "normal", first.at, now)


def _ask(outage: Outage, severity: str, due_at: datetime, now: datetime) -> None:
    open_task(
        organisation=outage.organisation, kind="decide", cause=CAUSE, severity=severity, role="message_responsible",
        now=now, subject=outage.subject, unique_key=_key(outage), due_at=due_at,
    )  # fmt: skip


def _key(outage: Outage) -> str:
    return f"{outage.subject}:approval"
