"""Sending again by a person's decision: the same message, or a new one that refers to the old (A-01, HIS 80415).

Each at most once; a second time somebody else has to approve. What a person was asked to telephone about stays open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

from django.db import transaction

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.exchange import addressing, originals, sending, steps
from samhandling.exchange.models import Delivery, Direction, Message, MessageEvent
from samhandling.exchange.rules import DeliveryEvent, DeliveryState
from samhandling.exchange.values import Draft
from samhandling.jobs.services import enqueue, publish
from samhandling.messages import engine, profiles
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.model.hodemelding import ConversationRef, MsgHead
from samhandling.store.services import is_test_store

Kind = Literal["same", "new"]
RESENT = {"same": "message.resent_same", "new": "message.resent_new"}
RESEND_OF = "message.resend_of"
SAME_AGAIN = (DeliveryState.SENT, DeliveryState.ACKNOWLEDGED, DeliveryState.FAILED)
"""The receiver may not have it: the same document may go again, and a receiver that has it ignores the second."""
ANEW = (*SAME_AGAIN, DeliveryState.EXPIRED, DeliveryState.REJECTED)
"""After 96 hours, and after a rejection, only a new message will do."""


class NotResendableError(SamhandlingError):
    """A message cannot be sent again in that way: where it stands, what it says, or that its content is gone."""

    code = "exchange.not_resendable"


class ResentBeforeError(SamhandlingError):
    """It was sent again before in that way: somebody else has to approve another time."""

    code = "exchange.resent_before"


class SameApproverError(SamhandlingError):
    """Nobody approves what they do themselves."""

    code = "exchange.same_approver"


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whether a message may be sent again in one way, and why not."""

    allowed: bool
    needs_approval: bool = False
    reason: str = ""
    """Code of the error that says why not."""


def prospect(message: Message, kind: Kind) -> Prospect:
    """How it would go to send the message again in that way now."""
    states = set(message.deliveries.values_list("state", flat=True))
    wanted = SAME_AGAIN if kind == "same" else ANEW
    hindered = message.direction != Direction.OUT or not states.intersection(wanted) or message.cancelled_by_id
    gone = message.original is None or message.original.removed_at is not None
    if hindered or gone or (kind == "new" and (message.replaced_by_id or message.standard not in ANEW_STANDARDS)):
        return Prospect(False, reason=NotResendableError.code)
    return Prospect(True, needs_approval=_before(message, kind))


ANEW_STANDARDS = frozenset({"plo", "dialogmelding"})
"""Documents with a header of their own (hodemelding), whose message id we may give anew."""


def _before(message: Message, kind: Kind) -> bool:
    kinds = [RESENT[kind]] if kind == "same" else [RESENT["new"], RESEND_OF]
    return MessageEvent.objects.filter(message=message, kind__in=kinds).exists()


@transaction.atomic
def resend(message_id: int, kind: Kind, *, organisation_id: int, user: User, approved_by: User | None = None,
           now: datetime) -> Message:  # fmt: skip
    """Send a message of ours again; gives the message that is on its way now.

    Raises NotFoundError, NotResendableError, ResentBeforeError (nobody has approved), SameApproverError.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("organisation", "original", "patient", "first", "refers_to")
        .filter(pk=message_id, organisation_id=organisation_id)
        .first()
    )
    if message is None:
        raise NotFoundError(f"message {message_id}")
    found = prospect(message, kind)
    if not found.allowed:
        raise NotResendableError(f"message {message_id} {kind}")
    if approved_by is not None and approved_by.pk == user.pk:
        raise SameApproverError
    if found.needs_approval and approved_by is None:
        raise ResentBeforeError(f"message {message_id} {kind}")
    sent = _same(message, now) if kind == "same" else _anew(message, now)
    approved = f", approved by user {approved_by.pk}" if approved_by is not None else ""
    steps.record(RESENT[kind], at=now, message=message, detail=f"user {user.pk}{approved}")
    audit.record(
        user, "message.resend", now=now, patient=message.patient_id, organisation_id=organisation_id,
        subject=f"message:{message.pk}", purpose=f"{kind}{approved}",
    )  # fmt: skip
    return sent


def _same(message: Message, now: datetime) -> Message:
    """The same document to whoever has not answered, as a new transmission: a repeat is seen by its MsgId."""
    for delivery in Delivery.objects.select_for_update().filter(message=message, state__in=SAME_AGAIN).order_by("pk"):
        delivery.transport_id = uuid4()
        delivery.save(update_fields=["transport_id"])
        steps.move_delivery(delivery, DeliveryEvent.TRY_AGAIN, now=now)
        enqueue("exchange.deliver", {"delivery": delivery.pk}, now=now)
    return message


def _anew(message: Message, now: datetime) -> Message:
    """The same content under a new id and time, which refers to the old one; the old one no longer counts."""
    data = _with_new_id(message, now)
    reading = engine.read(data)
    facts = read_facts(reading)
    if facts is None or reading.tree is None or not reading.valid:
        raise NotResendableError(f"message {message.pk}")
    draft = Draft(
        organisation=message.organisation, message_type=message.type, patient=message.patient, document=data,
        refers_to=message, subject=message.subject, event_at=message.event_at, kind=message.kind,
        due_at=message.due_at,
    )  # fmt: skip
    addresses = addressing.of_document(draft, facts, now=now)
    blocking = [f for f in profiles.check(facts, reading.tree, test=is_test_store()) if f.blocks_sending]
    if blocking or any(f.blocks for f in addresses.findings):
        raise NotResendableError(f"message {message.pk}")
    sent = sending.store(draft, facts, data, addresses, written=message.written_by, now=now)
    message.replaced_by = sent
    message.save(update_fields=["replaced_by"])
    steps.record(RESEND_OF, at=now, message=sent, detail=message.msg_id)
    publish("message.resent", {"message": message.pk, "by": sent.pk}, now=now, keys=(f"message:{message.pk}",))
    return sent


def _with_new_id(message: Message, now: datetime) -> bytes:
    assert message.original is not None
    document = engine.read(originals.read(message.original)).document
    if not isinstance(document, MsgHead):
        raise NotResendableError(f"message {message.pk}")
    header = document.MsgInfo
    first = header.ConversationRef.RefToConversation if header.ConversationRef is not None else ""
    header.MsgId = str(uuid4())
    header.GenDate = oslo.xml_time(now.replace(microsecond=0))
    header.ConversationRef = ConversationRef(
        RefToParent=message.msg_id_written, RefToConversation=first or message.msg_id_written
    )
    document.Signature = None
    return engine.build(document)
