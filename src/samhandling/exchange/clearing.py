"""What a person clears up about a message in: whose patient it is, which message it means, and that it is not ours."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.exchange import linking, originals, steps
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageInEvent, MessageState
from samhandling.jobs.services import publish
from samhandling.patients.models import Patient
from samhandling.tasks.services import close_tasks


class NotThisMessageError(SamhandlingError):
    """A message cannot be tied to that one: another organisation, sender or type, or nothing that waits to be tied."""

    code = "exchange.not_this_message"


class ReasonMissingError(SamhandlingError):
    """Content is deleted only with a reason that is kept."""

    code = "exchange.reason_missing"


def _locked(message_id: int, organisation_id: int) -> Message:
    found = (
        Message.objects.select_for_update(of=("self",))
        .select_related("organisation", "original", "patient")
        .filter(pk=message_id, organisation_id=organisation_id, direction=Direction.IN)
        .first()
    )
    if found is None:
        raise NotFoundError(f"message {message_id}")
    return found


@transaction.atomic
def assign_patient(message_id: int, patient: Patient, *, user: User, now: datetime) -> Message:
    """A person says who a message is about (RECV-38); logged, and the routine judges the message anew.

    Raises NotFoundError when message and patient are not of one organisation.
    """
    message = _locked(message_id, patient.organisation_id)
    message.patient = patient
    message.flags = [flag for flag in message.flags if flag not in {"unknown_patient", "manual_match"}]
    message.save(update_fields=["patient", "flags"])
    steps.record("message.patient_assigned", at=now, message=message, detail=f"user {user.pk}")
    audit.record(
        user,
        "message.assign",
        now=now,
        patient=patient.pk,
        organisation_id=message.organisation_id,
        subject=f"message:{message.pk}",
    )
    close_tasks(unique_key=f"match:{message.pk}", organisation=message.organisation, how="done", now=now, user=user)
    publish("message.received", {"message": message.pk}, now=now, keys=(f"message:{message.pk}",))
    return message


@transaction.atomic
def tie(message_id: int, original_id: int, *, organisation_id: int, user: User, now: datetime) -> Message:
    """A person shows which message a held change or cancellation means; it then takes effect (A-17).

    Raises NotFoundError, or NotThisMessageError when sender or type differ, or nothing is held.
    """
    first, second = sorted((message_id, original_id))
    locked = {pk: _locked(pk, organisation_id) for pk in (first, second)}
    held, original = locked[message_id], locked[original_id]
    same = (held.type, held.counterpart_organisation) == (original.type, original.counterpart_organisation)
    if held.state != MessageState.HELD or not same or original.state not in linking.LIVE or held.pk == original.pk:
        raise NotThisMessageError(f"message {message_id} to {original_id}")
    held.refers_to, held.first = original, original.first or original
    held.flags = [flag for flag in held.flags if flag != "unlinked"]
    held.save(update_fields=["refers_to", "first", "flags"])
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


@transaction.atomic
def remove_content(message_id: int, *, organisation_id: int, reason: str, user: User, now: datetime) -> Message:
    """Delete the content of a message that was not for us; metadata and the decision stay (C-06, P-07).

    `reason` is kept in the log. Raises NotFoundError, ReasonMissingError.
    """
    if not reason.strip():
        raise ReasonMissingError
    message = _locked(message_id, organisation_id)
    steps.move_message(message, MessageInEvent.REMOVE, now=now, detail=f"user {user.pk}")
    if message.original is not None:
        originals.remove(message.original, now=now)
    audit.record(
        user,
        "message.remove",
        now=now,
        patient=message.patient_id,
        organisation_id=organisation_id,
        subject=f"message:{message.pk}",
        purpose=reason,
    )
    return message
