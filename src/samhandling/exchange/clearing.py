"""A person shows which message a held change or cancellation means (A-17)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.exchange import linking, steps
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageInEvent, MessageState
from samhandling.tasks.services import close_tasks


class NotThisMessageError(SamhandlingError):
    """A message cannot be tied to that one: another organisation, sender or type, or nothing that waits to be tied."""

    code = "exchange.not_this_message"


def locked(message_id: int, organisation_id: int, *, inward: bool = True) -> Message:
    """The message of that organisation, its row locked. Raises NotFoundError, also for one out where `inward`."""
    rows = Message.objects.select_for_update(of=("self",)).select_related("organisation", "original", "patient")
    found = rows.filter(pk=message_id, organisation_id=organisation_id).first()
    if found is not None and inward and found.direction != Direction.IN:
        found = None
    if found is None:
        raise NotFoundError(f"message {message_id}")
    return found


@transaction.atomic
def tie(message_id: int, original_id: int, *, organisation_id: int, user: User, now: datetime) -> Message:
    """A person shows which message a held change or cancellation means; it then takes effect (A-17).

    Raises NotFoundError, or NotThisMessageError when sender or type differ, or nothing is held.
    """
    first, second = sorted((message_id, original_id))
    rows = {pk: locked(pk, organisation_id) for pk in (first, second)}
    held, original = rows[message_id], rows[original_id]
    same = (held.type, held.counterpart_organisation) == (original.type, original.counterpart_organisation)
    if held.state != MessageState.HELD or not same or original.state not in linking.LIVE or held.pk == original.pk:
        raise NotThisMessageError(f"message {message_id} to {original_id}")
    held.refers_to, held.first, held.tied = original, original.first or original, "person"
    held.flags = [flag for flag in held.flags if flag != "unlinked"]
    held.save(update_fields=["refers_to", "first", "tied", "flags"])
    steps.move_message(held, MessageInEvent.LINK, now=now, detail=f"user {user.pk}")
    audit.record(
        user,
        "message.tie",
        now=now,
        patient=original.patient_id,
        organisation_id=organisation_id,
        subject=f"message:{held.pk}",
    )
    close_tasks(unique_key=f"A-17:{held.pk}", organisation=held.organisation, how="done", now=now, user=user)
    linking.take_effect(held, original, now=now)
    return held
