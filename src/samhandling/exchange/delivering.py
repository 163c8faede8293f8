"""The outbox: hand each delivery to its carrier between two transactions, and watch for its receipt (design 3, F5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from samhandling.errors import SamhandlingError
from samhandling.exchange import notices, originals, rules
from samhandling.exchange.holding import ALARM_AGAIN, must_wait, muted, obstructed, waits_for_turn
from samhandling.exchange.models import Delivery, Message, Receipt
from samhandling.exchange.ports import Carrier, CarrierError, Envelope, HandOver, Result, UnknownCarrierError
from samhandling.exchange.rules import DeliveryEvent
from samhandling.exchange.steps import MovedMeanwhileError, move_delivery, record, timer_name
from samhandling.jobs.at_once import JobOfItsOwn
from samhandling.jobs.handlers import at_once, retry_with
from samhandling.jobs.rules import Retry
from samhandling.jobs.running import LeaseLostError, Running
from samhandling.jobs.services import enqueue
from samhandling.store import memo
from samhandling.store.prepared import insert, only, prepared

PATIENT_RETRY = Retry(first=timedelta(seconds=2), factor=3.0, longest=timedelta(minutes=10), attempts=700)
"""A counterpart may be down for days: we try for as long as a receipt may still come (96 hours)."""


@lru_cache(maxsize=32)
def carrier(name: str) -> Carrier:
    """The carrier of that name, made once in a process. Raises UnknownCarrierError."""
    path = getattr(import_module(settings.SAMHANDLING_WIRING), "CARRIERS", {}).get(name)
    if path is None:
        raise UnknownCarrierError(name)
    made: Carrier = import_string(path)()
    return made


@dataclass(frozen=True, slots=True)
class Sent:
    """What a delivery carries."""

    sender_her: str
    msg_id: str
    """As the document names itself."""
    data: bytes


def queue(delivery: Delivery, sent: Sent, *, line: str, now: datetime, run_at: datetime | None = None) -> None:
    """Store a new delivery and the jobs that take it out and watch it, in the caller's transaction.

    `line`: deliveries of one line to one receiver leave in the order they were queued. `sent` is stored already.
    """
    delivery.transport_id = uuid4()
    delivery.queued_at = now
    insert(delivery)
    if delivery.message_id is not None:
        record("delivery.queued", at=now, message=delivery.message_id, delivery=delivery)
        # Told of also where it will stand behind another in its line.
        must_wait(delivery, now=now)
    if delivery.deadline_at is not None:
        enqueue(
            "exchange.watch",
            {"delivery": delivery.pk},
            now=now,
            run_at=max(now, _points(delivery)[0].at),
            unique=timer_name(delivery.pk),
        )
    keys = () if run_at is not None or not line else (f"out:{delivery.organisation_id}:{line}:{delivery.her_id}",)
    memo.keep((delivery, sent), deliver, delivery.pk)
    enqueue("exchange.deliver", {"delivery": delivery.pk}, now=now, keys=keys, run_at=run_at)


@at_once
@retry_with(PATIENT_RETRY)
def deliver(running: Running) -> None:
    """Job: hand one delivery over. Killed anywhere, it goes again with the same transport id and MsgId.

    At once, in the transaction that queued it, only where it stays inside this store.
    """
    if running.at_once:
        _deliver_inside(running)
        return
    delivery = _begin(running)
    if delivery is None:
        return
    envelope = _envelope(delivery, _sent(delivery))
    try:
        way = carrier(delivery.carrier)
        if way.stays_inside(envelope.receiver_her):
            with transaction.atomic():
                done = way.hand_over(envelope, now=running.now)
                _done(running, delivery, done)
            return
        done = way.hand_over(envelope, now=running.now)
    except LeaseLostError:
        raise
    except SamhandlingError as error:
        if error.retryable:
            _trouble(running, error)
            raise
        _give_up(running, error.code)
        return
    except OSError as error:
        wrapped = CarrierError(type(error).__name__)
        _trouble(running, wrapped)
        raise wrapped from error
    with transaction.atomic():
        _done(running, delivery, done)


def _deliver_inside(running: Running) -> None:
    """Hand over within the caller's transaction. Raises JobOfItsOwn for a receiver elsewhere."""
    queued = cast("tuple[Delivery, Sent] | None", memo.recall(deliver, running.payload["delivery"]))
    if queued is None or not carrier(queued[0].carrier).stays_inside(queued[0].her_id):
        raise JobOfItsOwn
    # Nobody else has seen the row yet.
    delivery, sent = queued
    if waits_for_turn(delivery):
        raise JobOfItsOwn
    done = carrier(delivery.carrier).hand_over(_envelope(delivery, sent), now=running.now)
    move_delivery(delivery, DeliveryEvent.BEGIN, _event_of(done), now=running.now)
    running.finish()


def _locked(delivery_id: int) -> Delivery:
    return only(_with_lock(delivery_id))


@prepared
def _with_lock(delivery_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.select_for_update().filter(pk=delivery_id)


def _begin(running: Running) -> Delivery | None:
    """Transaction *about to*: from here on nobody can know whether it left until `_done`."""
    with transaction.atomic():
        delivery = _locked(running.payload["delivery"])
        if not rules.begun(delivery.state):
            running.finish()
            return None
        if obstructed(running, delivery):
            return None
        move_delivery(delivery, DeliveryEvent.BEGIN, now=running.now)
    return delivery


def _envelope(delivery: Delivery, sent: Sent) -> Envelope:
    return Envelope(
        transport_id=delivery.transport_id,
        sender_her=sent.sender_her,
        receiver_her=delivery.her_id,
        service=delivery.service,
        action=delivery.action,
        msg_id=sent.msg_id,
        data=sent.data,
    )


def _sent(delivery: Delivery) -> Sent:
    """What the delivery carries, from the store. Raises ContentRemovedError when that was deleted."""
    if delivery.message_id is not None:
        rows = _message_sent(delivery.message_id)
    else:
        assert delivery.receipt_id is not None
        rows = _receipt_sent(delivery.receipt_id)
    if rows[0][2] is None:
        raise originals.ContentRemovedError(f"delivery {delivery.pk}")
    return Sent(rows[0][0], rows[0][1], originals.joined(row[2] for row in rows))


@prepared
def _message_sent(message_id: int) -> QuerySet[Message, tuple[str, str, Any]]:
    rows = Message.objects.filter(pk=message_id).order_by("original__pieces__number")
    return rows.values_list("own_her", "msg_id_written", "original__pieces__data")


@prepared
def _receipt_sent(receipt_id: int) -> QuerySet[Receipt, tuple[str, str, Any]]:
    rows = Receipt.objects.filter(pk=receipt_id).order_by("original__pieces__number")
    return rows.values_list("party_her", "receipt_id", "original__pieces__data")


def _trouble(running: Running, error: SamhandlingError) -> None:
    with transaction.atomic():
        move_delivery(_locked(running.payload["delivery"]), DeliveryEvent.TROUBLE, now=running.now, reason=error.code)


def _give_up(running: Running, code: str) -> None:
    with transaction.atomic():
        move_delivery(_locked(running.payload["delivery"]), DeliveryEvent.GIVEN_UP, now=running.now, reason=code)
        running.finish()


def _done(running: Running, delivery: Delivery, done: HandOver) -> None:
    """Transaction *done*, which the caller has begun. `delivery` as it stood after `_begin`."""
    event = _event_of(done)
    try:
        move_delivery(delivery, event, now=running.now)
    except MovedMeanwhileError:
        # The counterpart answered, or the time ran out, while it was handed over.
        move_delivery(_locked(delivery.pk), event, now=running.now)
    running.finish()


def _event_of(done: HandOver) -> DeliveryEvent:
    return DeliveryEvent.TRANSPORT_ACK if done.result is Result.ACKNOWLEDGED else DeliveryEvent.HANDED


def _points(delivery: Delivery) -> tuple[rules.WarningPoint, ...]:
    message = delivery.message
    assert message is not None
    assert delivery.deadline_at is not None
    generated_at = delivery.deadline_at - rules.RECEIPT_LIMIT
    return rules.warning_points(message.type, kind=message.kind, generated_at=generated_at, due_at=message.due_at)


def watch(running: Running) -> None:
    """Timer job: tell somebody that a receipt is missing (A-01), and let the message expire at 96 hours (F5)."""
    now = running.now
    with transaction.atomic():
        delivery = _locked(running.payload["delivery"])
        points = _points(delivery)
        passed = [point for point in points if point.at <= now]
        withdrawn = delivery.message is not None and delivery.message.cancelled_by_id is not None
        if delivery.state in rules.SETTLED or delivery.state == rules.DeliveryState.EXPIRED or withdrawn:
            # Of a message that we have withdrawn it is the withdrawal that must arrive (RECV-54).
            running.finish()
            return
        if passed and passed[-1].expired:
            move_delivery(delivery, DeliveryEvent.DEADLINE, now=now, reason="receipt.missing")
            running.finish()
            return
        if passed and muted(delivery):
            # The outage explains it; whoever runs the outage has opened the telephone task.
            running.postpone(now + ALARM_AGAIN)
            return
        if passed:
            delivery.warned_at = now
            delivery.save(update_fields=["warned_at"])
            record("delivery.unconfirmed", at=now, message=delivery.message, delivery=delivery)
            notices.unconfirmed(delivery, severity=passed[-1].severity, expired=False, now=now)
        following = rules.next_warning(points, after=now)
        if following is None:
            running.finish()
        else:
            running.postpone(following.at)


@transaction.atomic
def try_again(delivery_id: int, *, now: datetime) -> None:
    """A person lets a failed delivery go once more, as the same document. Raises ImpossibleStepError, NotFoundError."""
    delivery = _locked(delivery_id)
    move_delivery(delivery, DeliveryEvent.TRY_AGAIN, now=now)
    enqueue("exchange.deliver", {"delivery": delivery.pk}, now=now)


@transaction.atomic
def transport_answer(transport_id: str, *, acknowledged: bool, now: datetime, reason: str = "") -> bool:
    """The counterpart's transport acknowledged or refused a delivery; False when we know no such delivery."""
    try:
        known = UUID(transport_id)
    except ValueError:
        return False
    delivery_id = Delivery.objects.filter(transport_id=known).values_list("pk", flat=True).first()
    if delivery_id is None:
        return False
    event = DeliveryEvent.TRANSPORT_ACK if acknowledged else DeliveryEvent.TRANSPORT_ERROR
    move_delivery(_locked(delivery_id), event, now=now, reason=reason)
    return True
