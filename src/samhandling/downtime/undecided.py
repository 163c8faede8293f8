"""A message and its withdrawal that both waited when the outage ended: one decision for a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from samhandling.downtime.standstill import stay_of
from samhandling.exchange.models import Message, WithdrawnMatter
from samhandling.jobs.running import Running
from samhandling.tasks.models import Task
from samhandling.tasks.services import close_tasks, open_task

CAUSE = "outage_withdrawn"


def undecided(running: Running) -> None:
    """Job: somebody on the ward, or the message responsible, must say whether both are sent."""
    with transaction.atomic():
        matter = _matter(running.payload["matter"])
        if matter.decided_at is None:
            message = matter.withdrawal
            stay = stay_of(message.subject)
            open_task(
                organisation=matter.organisation, unit=stay.unit if stay else None, patient=message.patient,
                kind="decide", cause=CAUSE, severity="high", now=running.now, due_at=running.now,
                subject=message.subject or f"message:{message.pk}", group_key=CAUSE, unique_key=_key(matter),
                role="message_responsible", text=message.counterpart_name,
            )  # fmt: skip
        running.finish()


def decided(running: Running) -> None:
    """Job: the decision is made. Where nothing is sent and nobody was told by telephone, nobody needs a call."""
    with transaction.atomic():
        matter = _matter(running.payload["matter"])
        close_tasks(unique_key=_key(matter), organisation=matter.organisation, how="done", now=running.now,
                    user=matter.decided_by)  # fmt: skip
        if not matter.sent and told_by_telephone(matter) is None:
            keys = [*map(_call_key, _members(matter)), f"withdrawn:{matter.withdrawal_id}"]
            close_tasks(unique_key=keys, organisation=matter.organisation, how="obsolete", now=running.now)
        running.finish()


def told_by_telephone(matter: WithdrawnMatter) -> datetime | None:
    """When the municipality was called about one of the messages: then it knows what it never got in writing."""
    keys = list(map(_call_key, _members(matter)))
    calls = Task.objects.filter(
        organisation_id=matter.organisation_id, unique_key__in=keys, closed_how__in=("done", "called")
    )
    return calls.order_by("closed_at").values_list("closed_at", flat=True).first()


def _members(matter: WithdrawnMatter) -> list[int]:
    return list(Message.objects.filter(deliveries__withdrawn=matter).distinct().values_list("pk", flat=True))


def _call_key(message_id: int) -> str:
    return f"message:{message_id}:obstructed"


def _key(matter: WithdrawnMatter) -> str:
    return f"withdrawn_matter:{matter.pk}"


def _matter(matter_id: int) -> WithdrawnMatter:
    found = WithdrawnMatter.objects.select_related("organisation", "withdrawal__patient", "decided_by")
    return found.get(pk=matter_id)
