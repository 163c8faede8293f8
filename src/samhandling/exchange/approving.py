"""Sending the same again for the second time: one asks, somebody else decides, and whoever asked hears of it (A-01).

The request is a task on the desk of the message responsible. It is decided once: deciding closes it, in the transaction
that sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import QuerySet

from samhandling.access import audit
from samhandling.access.models import Membership, User
from samhandling.access.roles import May, Role, may
from samhandling.errors import NotFoundError, redact
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.resending import Kind, NotResendableError, SameApproverError, prospect, resend
from samhandling.organisations.models import Organisation
from samhandling.tasks import services as tasks
from samhandling.tasks.models import Task, TaskStep
from samhandling.tasks.services import NoteMissingError, TaskClosedError, open_task

CAUSE, ANSWERED = "resend.approval", "resend.answered"
KIND_WORDS: dict[Kind, str] = {"same": "samme melding", "new": "ny melding"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request that waits for an answer."""

    task: Task
    message: Message
    kind: Kind
    asked_by: User
    reason: str


def approvers(organisation: Organisation, *, but: User) -> list[User]:
    """Who may decide: everybody else who may send again there."""
    roles = [role.value for role in Role if may(role, May.RESEND)]
    held = Membership.objects.filter(organisation=organisation, role__in=roles).values("user_id")
    return list(User.objects.filter(pk__in=held, is_active=True).exclude(pk=but.pk).order_by("first_name", "last_name"))


@transaction.atomic
def ask(message_id: int, kind: Kind, *, organisation_id: int, user: User, reason: str, now: datetime) -> Task:
    """Ask for somebody else's leave; asked twice is one request.

    Raises NotFoundError, NotResendableError, NoteMissingError without a reason.
    """
    message = _message(message_id, organisation_id)
    if not prospect(message, kind).allowed:
        raise NotResendableError(f"message {message_id} {kind}")
    if not reason.strip():
        raise NoteMissingError
    before = set(Task.objects.filter(unique_key=_key(message, kind), closed_at=None).values_list("pk", flat=True))
    task = open_task(
        organisation=message.organisation, kind="decide", cause=CAUSE, severity="medium", now=now,
        patient=message.patient, subject=f"message:{message.pk}", unique_key=_key(message, kind),
        text=f"{user.shown_name} ber om å sende meldingen på nytt som {KIND_WORDS[kind]}. Den er sendt på nytt før. "
        "En annen må godkjenne.", role=Role.MESSAGE_RESPONSIBLE.value,
    )  # fmt: skip
    if task.pk not in before:
        tasks.note(task.pk, user=user, text=redact(reason.strip()), now=now)
        audit.record(
            user, "message.resend_asked", now=now, patient=message.patient_id, organisation_id=organisation_id,
            subject=f"message:{message.pk}", purpose=kind,
        )  # fmt: skip
    return task


def waiting(task_id: int, *, organisation_id: int) -> Request:
    """The open request. Raises NotFoundError where there is none, TaskClosedError for one that is decided."""
    return _read(Task.objects.filter(pk=task_id), organisation_id)


def _read(found: QuerySet[Task], organisation_id: int) -> Request:
    task = found.filter(organisation_id=organisation_id, cause=CAUSE).first()
    if task is None:
        raise NotFoundError("request to send again")
    if task.closed_at is not None:
        raise TaskClosedError
    asked = TaskStep.objects.select_related("user").filter(task=task, kind="noted").order_by("pk").first()
    if asked is None or asked.user is None:
        raise NotFoundError("who asked to send again")
    kind = cast("Kind", task.unique_key.rpartition(":")[2])
    return Request(task, _message(int(task.subject.partition(":")[2]), organisation_id), kind, asked.user, asked.text)


@transaction.atomic
def decide(task_id: int, *, approve: bool, organisation_id: int, user: User, note: str = "", now: datetime) -> Task:
    """Say yes, which sends it, or no, which needs a reason; gives the closed request. Whoever asked gets the answer.

    Raises NotFoundError, TaskClosedError (it is decided already), SameApproverError, NoteMissingError, and
    NotResendableError when it can no longer be sent: then the request still stands, to be refused.
    """
    request = _read(Task.objects.select_for_update().filter(pk=task_id), organisation_id)
    if request.asked_by.pk == user.pk:
        raise SameApproverError
    if not approve and not note.strip():
        raise NoteMissingError
    if approve:
        resend(
            request.message.pk, request.kind, organisation_id=organisation_id, user=request.asked_by, approved_by=user,
            now=now,
        )  # fmt: skip
    else:
        audit.record(
            user, "message.resend_refused", now=now, patient=request.message.patient_id,
            organisation_id=organisation_id, subject=f"message:{request.message.pk}", purpose=request.kind,
        )  # fmt: skip
    said = redact(note.strip())
    done = tasks.close(request.task.pk, user=user, now=now, how="approved" if approve else "refused", note=said)
    _answer(request, approve, said, user, now)
    return done


def _answer(request: Request, approve: bool, note: str, user: User, now: datetime) -> None:
    """A task of the asker's own: what came of it."""
    verdict = "godkjent: meldingen er sendt på nytt" if approve else "avslått: meldingen er ikke sendt"
    task = open_task(
        organisation=request.task.organisation, kind="read", cause=ANSWERED, severity="normal", now=now,
        patient=request.message.patient, subject=request.task.subject,
        unique_key=f"{ANSWERED}:{request.task.pk}", role=Role.MESSAGE_RESPONSIBLE.value,
        text=f"{user.shown_name} har svart. Ønsket om å sende på nytt er {verdict}." + (f" {note}" if note else ""),
    )  # fmt: skip
    tasks.give(task.pk, to=request.asked_by, user=user, now=now)


def _message(message_id: int, organisation_id: int) -> Message:
    rows = Message.objects.select_related("organisation", "patient", "original")
    found = rows.filter(pk=message_id, organisation_id=organisation_id, direction=Direction.OUT).first()
    if found is None:
        raise NotFoundError(f"message {message_id}")
    return found


def _key(message: Message, kind: Kind) -> str:
    return f"{CAUSE}:{message.pk}:{kind}"
