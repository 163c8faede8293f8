"""A message that was not for us: locked at once, deleted after a week by somebody else (C-06, P-07).

Who decided what, when and why stays, with all metadata.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.clock.oslo import say_date
from samhandling.errors import SamhandlingError
from samhandling.exchange import linking, originals, steps
from samhandling.exchange.clearing import NotThisMessageError, locked
from samhandling.exchange.matching import SamePersonError
from samhandling.exchange.models import Message, NotOurs
from samhandling.exchange.rules import MessageInEvent, MessageState
from samhandling.jobs.services import publish
from samhandling.tasks.services import close_tasks, open_task

DELETED_AFTER = timedelta(days=7)
"""How long a decision can be taken back."""
FLAG = "not_ours"


class ReasonMissingError(SamhandlingError):
    """Content is locked only with a reason that is kept."""

    code = "exchange.reason_missing"


class TooEarlyError(SamhandlingError):
    """Content is deleted a week after the decision, not before."""

    code = "exchange.too_early"


@transaction.atomic
def decide(message_id: int, *, organisation_id: int, reason: str, user: User, now: datetime) -> NotOurs:
    """A person decides that the message was not for us: from now on nobody reads it.

    Raises NotFoundError, ReasonMissingError, NotThisMessageError for one that is rejected, locked or deleted already.
    """
    if not reason.strip():
        raise ReasonMissingError
    message = locked(message_id, organisation_id)
    if message.state not in linking.LIVE or message.original is None:
        raise NotThisMessageError(f"message {message_id}")
    steps.move_message(message, MessageInEvent.LOCK, now=now, detail=f"user {user.pk}")
    message.original.locked_at = now
    message.original.save(update_fields=["locked_at"])
    message.flags = [*message.flags, FLAG]
    message.save(update_fields=["flags"])
    found = NotOurs.objects.create(
        organisation_id=organisation_id, message=message, reason=reason.strip()[:200], decided_by=user, decided_at=now
    )
    _audit("message.not_ours", message, user, now, purpose=reason)
    close_tasks(subject=f"message:{message.pk}", organisation=message.organisation, how="obsolete", now=now, user=user)
    day = say_date((now + DELETED_AFTER).date())
    open_task(
        organisation=message.organisation, kind="decide", cause="message.not_ours", severity="normal", now=now,
        due_at=now + DELETED_AFTER, subject=f"message:{message.pk}", unique_key=_key(message),
        role="message_responsible",
        text=f"Meldingen var ikke til oss. Innholdet er låst. En annen enn den som låste det, sletter det fra {day}.",
    )  # fmt: skip
    _tell(message, now)
    publish("message.cancelled", {"message": message.pk}, now=now, keys=(f"message:{message.pk}",))
    return found


@transaction.atomic
def take_back(message_id: int, *, organisation_id: int, user: User, now: datetime) -> Message:
    """The message was for us after all: it can be read again, and stands where its series puts it.

    Raises NotFoundError, NotThisMessageError when it is not locked.
    """
    message = locked(message_id, organisation_id)
    found = _decision(message)
    steps.move_message(message, MessageInEvent.UNLOCK, now=now, detail=f"user {user.pk}")
    if message.original is not None:
        message.original.locked_at = None
        message.original.save(update_fields=["locked_at"])
    message.flags = [flag for flag in message.flags if flag != FLAG]
    message.save(update_fields=["flags"])
    found.delete()
    if message.status in ("M", "C") and message.refers_to_id is None:
        steps.move_message(message, MessageInEvent.PART, now=now)
    elif message.cancelled_by_id is not None:
        steps.move_message(message, MessageInEvent.CANCEL, now=now)
    elif message.replaced_by_id is not None:
        steps.move_message(message, MessageInEvent.REPLACE, now=now)
    _audit("message.ours_after_all", message, user, now)
    close_tasks(unique_key=_key(message), organisation=message.organisation, how="obsolete", now=now, user=user)
    _tell(message, now, settled=True)
    return message


@transaction.atomic
def remove_content(message_id: int, *, organisation_id: int, user: User, now: datetime) -> Message:
    """Delete the content of a message that was not for us; metadata and the decision stay (C-06, P-07).

    Raises NotFoundError, NotThisMessageError when nobody has decided so, SamePersonError for who decided it,
    TooEarlyError.
    """
    message = locked(message_id, organisation_id)
    found = _decision(message)
    if found.decided_by_id == user.pk:
        raise SamePersonError(f"message {message_id}")
    if now < found.decided_at + DELETED_AFTER:
        raise TooEarlyError(f"message {message_id}")
    steps.move_message(message, MessageInEvent.REMOVE, now=now, detail=f"user {user.pk}")
    if message.original is not None:
        originals.remove(message.original, now=now)
    found.removed_by, found.removed_at = user, now
    found.save(update_fields=["removed_by", "removed_at"])
    _audit("message.remove", message, user, now, purpose=found.reason)
    close_tasks(unique_key=_key(message), organisation=message.organisation, how="done", now=now, user=user)
    return message


def _decision(message: Message) -> NotOurs:
    found = NotOurs.objects.select_for_update().filter(message=message, removed_at__isnull=True).first()
    if found is None or message.state != MessageState.LOCKED:
        raise NotThisMessageError(f"message {message.pk}")
    return found


def _key(message: Message) -> str:
    return f"not_ours:{message.pk}"


def _audit(action: str, message: Message, user: User, now: datetime, purpose: str = "") -> None:
    audit.record(
        user, action, now=now, patient=message.patient_id, organisation_id=message.organisation_id,
        subject=f"message:{message.pk}", purpose=purpose,
    )  # fmt: skip


def _tell(message: Message, now: datetime, *, settled: bool = False) -> None:
    """`settled`: what was found about it before holds no longer (A-06)."""
    keys = linking.line(message) or (f"message:{message.pk}",)
    again = {"settled": True} if settled else {}
    publish("message.received", {"message": message.pk, **again}, now=now, keys=keys)
