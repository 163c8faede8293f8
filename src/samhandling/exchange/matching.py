"""A person says whose message it is; where numbers differ another person confirms it (RECV-33 to RECV-38, C-06).

Reading waits for nobody: a message that is not confirmed is marked, and only filing waits (`writing.rules`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.errors import SamhandlingError
from samhandling.exchange import linking, originals, steps
from samhandling.exchange.clearing import NotThisMessageError, locked
from samhandling.exchange.models import Message
from samhandling.exchange.taking import details_of
from samhandling.jobs.services import publish
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.patients import services as patients
from samhandling.patients.models import Patient
from samhandling.patients.values import PatientDetails
from samhandling.tasks.services import close_tasks, open_task

UNCONFIRMED = "unconfirmed_patient"
"""Flag: a person has matched it to a patient with other numbers, and nobody else has confirmed that yet."""
OPEN_FLAGS = frozenset({"unknown_patient", "manual_match", "no_relation"})


class SamePersonError(SamhandlingError):
    """Somebody wants to confirm what he has decided himself."""

    code = "exchange.same_person"


def identity_in(message: Message) -> PatientDetails:
    """What the document says of its patient. Raises ContentRemovedError, ContentLockedError."""
    facts = read_facts(engine.read(originals.read(message.original))) if message.original is not None else None
    return details_of(facts) if facts is not None else PatientDetails()


@transaction.atomic
def assign_patient(message_id: int, patient: Patient, *, user: User, now: datetime) -> Message:
    """A person says who a message is about (RECV-38); logged, and the routine judges the message anew.

    Where numbers, name or birth date of document and patient do not agree another person must confirm it before it
    is filed. Raises NotFoundError when message and patient are not of one organisation, ContentRemovedError.
    """
    message = locked(message_id, patient.organisation_id)
    agrees = patients.agrees(identity_in(message), patient)
    message.patient, message.matched_by = patient, user
    settled = {*OPEN_FLAGS, UNCONFIRMED, *(("id_mismatch",) if agrees else ())}
    message.flags = [flag for flag in message.flags if flag not in settled] + ([] if agrees else [UNCONFIRMED])
    message.save(update_fields=["patient", "matched_by", "flags"])
    _note("message.assign", "message.patient_assigned", message, user, now)
    close_tasks(unique_key=f"match:{message.pk}", organisation=message.organisation, how="done", now=now, user=user)
    if not agrees:
        open_task(
            organisation=message.organisation, kind="decide", cause="patient.unconfirmed", severity="high", now=now,
            patient=patient, anomaly="A-18", subject=f"message:{message.pk}", unique_key=_confirm_key(message),
            text="Nummer eller navn i meldingen er ikke det samme som hos pasienten. En annen må bekrefte koblingen.",
            role="message_responsible",
        )  # fmt: skip
    _tell(message, now)
    return message


@transaction.atomic
def confirm_patient(message_id: int, *, organisation_id: int, user: User, now: datetime) -> Message:
    """Another person confirms whose message it is: it may be filed.

    Raises NotFoundError, NotThisMessageError when nothing waits for it, SamePersonError for who matched it.
    """
    message = locked(message_id, organisation_id)
    if UNCONFIRMED not in message.flags or message.patient_id is None:
        raise NotThisMessageError(f"message {message_id}")
    if message.matched_by_id == user.pk:
        raise SamePersonError(f"message {message_id}")
    message.flags = [flag for flag in message.flags if flag != UNCONFIRMED]
    message.save(update_fields=["flags"])
    _note("message.confirm", "message.patient_confirmed", message, user, now)
    close_tasks(unique_key=_confirm_key(message), organisation=message.organisation, how="done", now=now, user=user)
    _tell(message, now)
    return message


@transaction.atomic
def undo_match(message_id: int, *, organisation_id: int, user: User, now: datetime) -> Message:
    """The message is not about that patient: nobody's again, and somebody looks for the right one.

    Raises NotFoundError, NotThisMessageError for one that no person has matched.
    """
    message = locked(message_id, organisation_id)
    if message.patient_id is None or message.matched_by_id is None:
        raise NotThisMessageError(f"message {message_id}")
    _note("message.unmatch", "message.patient_undone", message, user, now)
    message.patient, message.matched_by, message.subject = None, None, ""
    message.flags = [*(flag for flag in message.flags if flag != UNCONFIRMED), "manual_match"]
    message.save(update_fields=["patient", "matched_by", "subject", "flags"])
    close_tasks(unique_key=_confirm_key(message), organisation=message.organisation, how="obsolete", now=now)
    open_task(
        organisation=message.organisation, kind="match", cause="patient.manual", severity="medium", now=now,
        subject=f"message:{message.pk}", unique_key=f"match:{message.pk}", role="message_responsible",
        text="Meldingen var koblet til feil pasient. Finn riktig pasient. Er den journalført, må journalen rettes.",
    )  # fmt: skip
    _tell(message, now)
    return message


def _confirm_key(message: Message) -> str:
    return f"confirm:{message.pk}"


def _note(action: str, event: str, message: Message, user: User, now: datetime) -> None:
    steps.record(event, at=now, message=message, detail=f"user {user.pk}")
    audit.record(
        user, action, now=now, patient=message.patient_id, organisation_id=message.organisation_id,
        subject=f"message:{message.pk}",
    )  # fmt: skip


def _tell(message: Message, now: datetime) -> None:
    keys = linking.line(message) or (f"message:{message.pk}",)
    publish("message.received", {"message": message.pk}, now=now, keys=keys)
