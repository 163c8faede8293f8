"""Several outages that overlap: the threshold applies to all of them together, at each counterpart (D-19).

Each cause keeps its own notice. Whether an outage must be announced because of the others is kept with it
(`Outage.together`), and worked out anew by a job whenever one of them changes.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from samhandling.downtime import planning
from samhandling.downtime.facts import policy_for, value_of
from samhandling.downtime.models import Outage, OutageEntry
from samhandling.downtime.rules.changes import must_be_told_together, overlapping
from samhandling.downtime.rules.life import State
from samhandling.downtime.rules.plan import plan
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue

DECIDED = (State.SCHEDULED, State.ANNOUNCED_1, State.ANNOUNCED_2, State.ONGOING, State.EXTENDED)


def others(row: Outage, now: datetime) -> list[Outage]:
    """The decided outages of the same organisation that overlap this one, directly or through each other."""
    rows = list(Outage.objects.filter(organisation_id=row.organisation_id, state__in=DECIDED).exclude(pk=row.pk))
    chosen = overlapping(value_of(row), [value_of(each) for each in rows], now)
    return [rows[index] for index in chosen]


def holds(row: Outage, now: datetime) -> bool:
    """Whether the outage, which alone need not be announced, must be because of those it overlaps."""
    policy = policy_for(row.organisation_id, now)
    near = [value_of(each) for each in others(row, now)]
    return must_be_told_together(value_of(row), near, policy, policy.calendar, now)


def others_follow(row: Outage, now: datetime) -> None:
    """Let the other outages of the organisation look again, each in a transaction of its own."""
    rows = Outage.objects.filter(organisation_id=row.organisation_id, state__in=DECIDED).exclude(pk=row.pk)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        enqueue("downtime.together", {"outage": pk}, now=now, unique=f"downtime.together:{pk}")


def look_again(running: Running) -> None:
    """Job: another outage has changed. One that nobody has been told of is announced, or no longer needs to be."""
    now = running.now
    with transaction.atomic():
        row = (
            Outage.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .get(pk=running.payload["outage"])
        )
        if row.state in DECIDED and not row.announced and (found := holds(row, now)) != row.together:
            row.together = found
            text = "" if found else "Ikke lenger sammen med en annen stans."
            OutageEntry.objects.create(outage=row, at=now, what="together", rule="D-19", text=text)
            policy = policy_for(row.organisation_id, now)
            planning.replan(row, plan(value_of(row), policy, policy.calendar, now).actions, now=now)
        running.finish()
