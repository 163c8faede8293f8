"""Carry out the steps of the tables: change the row, write the event, do what the step asks for besides."""

from __future__ import annotations

from datetime import datetime

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


def record(
    kind: str,
    *,
    at: datetime,
    message: Message | None = None,
    delivery: Delivery | None = None,
    receipt: Receipt | None = None,
    arrival: Arrival | None = None,
    detail: str = "",
) -> None:
    """Append a step to the history. `detail` holds codes and HER-ids only."""
    MessageEvent.objects.create(
        message=message, delivery=delivery, receipt=receipt, arrival=arrival, at=at, kind=kind, detail=detail[:200]
    )


def timer_name(delivery_id: int) -> str:
    """Unique name of the job that watches for the delivery's receipt (F5)."""
    return f"exchange.receipt:{delivery_id}"


_MOVED = ["state", "reason", "attempts", "about_at", "handed_at", "acknowledged_at", "receipted_at"]
_TIMES = {
    DeliveryEvent.BEGIN: "about_at",
    DeliveryEvent.HANDED: "handed_at",
    DeliveryEvent.TRANSPORT_ACK: "acknowledged_at",
}


def move_delivery(
    delivery: Delivery, event: DeliveryEvent, *, now: datetime, reason: str = "", receipted_at: datetime | None = None
) -> Step:
    """One step of a delivery whose row the caller has locked, in the caller's transaction."""
    found = rules.step(rules.DELIVERY, delivery.state, event)
    before = delivery.state
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
    if receipted_at is not None:
        delivery.receipted_at = receipted_at
    delivery.save(update_fields=_MOVED)
    message = delivery.message
    record(f"delivery.{event}", at=now, message=message, delivery=delivery, receipt=delivery.receipt, detail=reason)
    if message is not None:
        _follow(message, delivery, found, before=before, now=now)
    elif Effect.TASK_FAILED in found.effects:
        notices.receipt_not_delivered(delivery, now=now)
    return found


def _follow(message: Message, delivery: Delivery, found: Step, *, before: str, now: datetime) -> None:
    """Let the message, the tasks and the subscribers follow a step of one of its deliveries."""
    if rules.message_state([before]) != rules.message_state([found.state]):
        derived = rules.message_state(Delivery.objects.filter(message=message).values_list("state", flat=True))
        if derived != message.state:
            message.state = derived
            message.save(update_fields=["state"])
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
                {"message": message.pk, "delivery": delivery.pk, "state": str(found.state)},
                now=now,
                keys=(f"message:{message.pk}",),
            )
        if found.state in rules.SETTLED:
            cancel(timer_name(delivery.pk))


def move_message(message: Message, event: MessageInEvent, *, now: datetime, detail: str = "") -> Step:
    """One step of a message in whose row the caller has locked, in the caller's transaction."""
    found = rules.step(rules.MESSAGE_IN, message.state, event)
    if found.state != message.state:
        message.state = found.state
        message.save(update_fields=["state"])
    record(f"message.{event}", at=now, message=message, detail=detail)
    return found


def move_arrival(arrival: Arrival, event: ArrivalEvent, *, now: datetime, reason: str = "") -> Step:
    """One step of an arrival whose row the caller has locked, in the caller's transaction."""
    found = rules.step(rules.ARRIVAL, arrival.state, event)
    arrival.state, arrival.reason = found.state, reason
    arrival.processed_at = None if found.state == rules.ArrivalState.ARRIVED else now
    arrival.save(update_fields=["state", "reason", "processed_at", "type", "msg_id", "flags"])
    record(f"arrival.{event}", at=now, arrival=arrival, detail=reason)
    return found
