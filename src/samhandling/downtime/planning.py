"""From the rules' actions to rows and timers; what an older version of the outage planned lapses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from samhandling.downtime.facts import policy_for, value_of
from samhandling.downtime.models import Outage, PlannedAction
from samhandling.downtime.rules.changes import Told, watched
from samhandling.downtime.rules.values import Action
from samhandling.jobs.services import enqueue

__all__ = ["Action", "replan", "told"]


def told(outage: Outage) -> Told:
    """What the recipients have been told so far."""
    return Told(announced=outage.announced, end=outage.told_end, extended=outage.told_extended)


def replan(outage: Outage, actions: Iterable[Action], *, now: datetime) -> None:
    """Let these actions take the place of everything not yet done, in the caller's transaction; saves the outage."""
    pending = PlannedAction.objects.filter(outage=outage, state=PlannedAction.State.PLANNED)
    pending.update(state=PlannedAction.State.LAPSED, settled_at=now, why="Stansen er endret.")
    outage.version += 1
    outage.save()
    wanted = list(actions)
    if not outage.over:
        policy = policy_for(outage.organisation_id, now)
        wanted += [action for action in watched(value_of(outage), Told(announced=True), policy) if action.at > now]
        if outage.start > now:
            enqueue(
                "downtime.begin", {"outage": outage.pk, "version": outage.version}, now=now, run_at=outage.start,
                unique=f"downtime.begin:{outage.pk}:{outage.version}",
            )  # fmt: skip
        elif outage.kind == "planned":
            enqueue("downtime.begin", {"outage": outage.pk, "version": outage.version}, now=now)
    for action in wanted:
        row, _ = PlannedAction.objects.get_or_create(
            outage=outage, version=outage.version, kind=action.kind, rule=action.rule, at=action.at,
            defaults={
                "notice": action.notice or "", "round": action.round, "recipients": list(action.recipients),
                "until": action.until, "if_ongoing": action.if_ongoing,
            },
        )  # fmt: skip
        run_at = action.at if action.at > now else None
        enqueue("downtime.act", {"action": row.pk}, now=now, run_at=run_at, unique=f"downtime.act:{row.pk}")
    enqueue("downtime.export", {}, now=now, unique="downtime.export")
