"""Carry out the steps of the tables: change the row, write the event, do what the step asks for besides."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.db import connection
from django.db.models import Model

from samhandling.exchange import notices, rules
from samhandling.exchange.models import Arrival, Delivery, Message, MessageEvent, Receipt
from samhandling.exchange.rules import (
    ArrivalEvent,
    DeliveryEvent,
    Effect,
    MessageInEvent,
    Step,
)
from samhandling.jobs.services import cancel, publish
from samhandling.store import memo
from samhandling.store.prepared import insert, insert_all, update


def record(
    kind: str,
    *,
    at: datetime,
    message: Message | int | None = None,
    delivery: Delivery | int | None = None,
    receipt: Receipt | int | None = None,
    arrival: Arrival | int | None = None,
    detail: str = "",
) -> None:
    """Append a step to the history of rows or row ids. `detail` holds codes and HER-ids only."""
    insert(_line(kind, at, message=message, delivery=delivery, receipt=receipt, arrival=arrival, detail=detail))


def _line(kind: str, at: datetime, *, detail: str = "", **about: Model | int | None) -> MessageEvent:
    ids = {f"{name}_id": row.pk if isinstance(row, Model) else row for name, row in about.items()}
    return MessageEvent(kind=kind, at=at, detail=detail[:200], **ids)


def stored(message: Message) -> Message:
    """Store a new message; for the rest of the job `just_stored` gives it."""
    memo.keep(insert(message), stored, message.pk)
    return message


def just_stored(message_id: int) -> Message | None:
    """The message where this very job has stored it: nobody else has seen it, and nothing refers to it yet."""
    return cast("Message | None", memo.recall(stored, message_id))


def timer_name(delivery_id: int) -> str:
    """Unique name of the job that watches for the delivery's receipt (F5)."""
    return f"exchange.receipt:{delivery_id}"


class MovedMeanwhileError(Exception):
    """A delivery has taken another step since it was read: the caller reads it again."""


_MOVED = ["state", "reason", "attempts", "about_at", "handed_at", "acknowledged_at", "receipted_at"]
_TIMES = {
    DeliveryEvent.BEGIN: "about_at",
    DeliveryEvent.HANDED: "handed_at",
    DeliveryEvent.TRANSPORT_ACK: "acknowledged_at",
}


def move_delivery(
    delivery: Delivery, *events: DeliveryEvent, now: datetime, reason: str = "", receipted_at: datetime | None = None
) -> Step:
    """One step of a delivery, or several at one instant, in the caller's transaction; gives the last.

    Raises MovedMeanwhileError, with nothing written, when its row was not locked and has moved since it was read.
    """
    before, attempts = delivery.state, delivery.attempts
    for event in events:
        found = _set(delivery, event, now=now, reason=reason)
    if receipted_at is not None:
        delivery.receipted_at = receipted_at
    if not update(delivery, *_MOVED, expecting={"state": before, "attempts": attempts}):
        raise MovedMeanwhileError(f"delivery {delivery.pk}")
    about = {"message": delivery.message_id, "delivery": delivery, "receipt": delivery.receipt_id}
    insert_all(_line(f"delivery.{event}", now, detail=reason, **about) for event in events)
    if delivery.message_id is not None:
        _follow(delivery.message_id, delivery, found, before=before, now=now)
    elif Effect.TASK_FAILED in found.effects:
        notices.receipt_not_delivered(delivery, now=now)
    return found


def _set(delivery: Delivery, event: DeliveryEvent, *, now: datetime, reason: str) -> Step:
    """Let the row, not yet stored, say what the step makes of it."""
    found = rules.step(rules.DELIVERY, delivery.state, event)
    delivery.state = found.state
    field = _TIMES.get(event)
    if field is not None:
        setattr(delivery, field, now)
    if event is DeliveryEvent.TRANSPORT_ACK and delivery.handed_at is None:
        delivery.handed_at = now
    if event is DeliveryEvent.BEGIN:
        delivery.attempts += 1
    if reason or found.state in {rules.DeliveryState.SENT, rules.DeliveryState.ACKNOWLEDGED}:
        delivery.reason = reason
    return found


def _follow(message_id: int, delivery: Delivery, found: Step, *, before: str, now: datetime) -> None:
    """Let the message, the tasks and the subscribers follow a step of one of its deliveries."""
    state = rules.message_state([found.state])
    if rules.message_state([before]) != state and not _decides_alone(message_id, delivery.pk, state):
        _derive_state(message_id)
    if Effect.CLOSE_TASKS in found.effects:
        notices.close(delivery, now=now)
    if Effect.TASK_FAILED in found.effects:
        notices.not_delivered(delivery, now=now)
    if Effect.TASK_EXPIRED in found.effects:
        notices.unconfirmed(delivery, severity="high", expired=True, now=now)
    if found.state != before:
        if Effect.PUBLISH in found.effects:
            publish(
                "message.delivery",
                {"message": message_id, "delivery": delivery.pk, "state": str(found.state)},
                now=now,
                keys=(f"message:{message_id}",),
            )
        if found.state in rules.SETTLED:
            cancel(timer_name(delivery.pk))


def _decides_alone(message_id: int, delivery_id: int, state: str) -> bool:
    """Set the message's state where this is its only delivery, as nearly always; False where it has others."""
    with connection.cursor() as cursor:
        cursor.execute(_SOLE_DELIVERY, [state, message_id, message_id, delivery_id])
        alone: bool = cursor.rowcount == 1
    return alone


_SOLE_DELIVERY = (
    "UPDATE exchange_message SET state = %s WHERE id = %s"
    " AND NOT EXISTS (SELECT 1 FROM exchange_delivery WHERE message_id = %s AND id <> %s)"
)


def _derive_state(message_id: int) -> None:
    """Set the message's state from its deliveries. Its lock makes the last of two that settle at once see both."""
    row = Message.objects.select_for_update().filter(pk=message_id)
    state = row.values_list("state", flat=True)[0]
    derived = rules.message_state(Delivery.objects.filter(message_id=message_id).values_list("state", flat=True))
    if derived != state:
        Message.objects.filter(pk=message_id).update(state=derived)


def move_message(message: Message, event: MessageInEvent, *, now: datetime, detail: str = "") -> Step:
    """One step of a message in whose row the caller has locked, in the caller's transaction."""
    found = rules.step(rules.MESSAGE_IN, message.state, event)
    if found.state != message.state:
        message.state = found.state
        update(message, "state")
    record(f"message.{event}", at=now, message=message, detail=detail)
    return found


def move_arrival(arrival: Arrival, event: ArrivalEvent, *, now: datetime, reason: str = "") -> Step:
    """One step of an arrival whose row the caller has locked, in the caller's transaction."""
    found = rules.step(rules.ARRIVAL, arrival.state, event)
    arrival.state, arrival.reason = found.state, reason
    arrival.processed_at = None if found.state == rules.ArrivalState.ARRIVED else now
    update(arrival, "state", "reason", "processed_at", "type", "msg_id", "flags")
    if event not in {ArrivalEvent.TAKEN_OR_REJECTED, ArrivalEvent.RECEIPT_READ}:
        # Those two are told by the message or receipt itself.
        record(f"arrival.{event}", at=now, arrival=arrival, detail=reason)
    return found
