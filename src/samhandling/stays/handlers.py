"""Jobs of the stays: timers, deadlines, and what the exchange tells."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Q, QuerySet

from samhandling.exchange.models import Delivery, Direction, Message, Role
from samhandling.exchange.rules import MessageState
from samhandling.jobs.running import Running
from samhandling.organisations.models import Organisation
from samhandling.stays import carrying, clocks, coursing, hearing, informing, judging, telling
from samhandling.stays.events import Event, InformationReceived, InformationRejected, ReadyTaken, RequestTaken
from samhandling.stays.models import BreachOfRoutine, Course, Deadline, Expectation, Stay
from samhandling.stays.policies import policy_of
from samhandling.stays.resolving import OPEN_STATES
from samhandling.stays.rules import courses
from samhandling.stays.rules.deadlines import CONSEQUENCES, NEVER_MISSED, DeadlineState
from samhandling.stays.rules.expectations import ExpectationEvent, ExpectationState
from samhandling.stays.rules.values import (
    DeathWaitOver,
    DischargeTimeCame,
    NoNewsCame,
    OrderWaitOver,
    ReadyDayCame,
    ReportWaitOver,
)
from samhandling.stays.work import Work, load_state, lock_stay
from samhandling.store.prepared import only, prepared

TIMERS: dict[str, type[Event]] = {
    "discharge": DischargeTimeCame,
    "death": DeathWaitOver,
    "ready_day": ReadyDayCame,
    "report": ReportWaitOver,
    "news": NoNewsCame,
    "order": OrderWaitOver,
}


def _work(stay: Stay, now: datetime) -> Work:
    return Work(stay=stay, policy=policy_of(stay, now), now=now, state=load_state(stay))


def timer(running: Running) -> None:
    """The instant that a stay waited for is here: the rules decide whether it still matters."""
    with transaction.atomic():
        work = _work(lock_stay(running.payload["stay"]), running.now)
        carrying.step(work, TIMERS[running.payload["name"]](at=running.now))
        running.finish()


def deadline(running: Running) -> None:
    """A deadline's time is here: missed, unless it was met, closed or moved (2.5). Fires once."""
    with transaction.atomic():
        row = Deadline.objects.filter(pk=running.payload["deadline"]).first()
        if row is not None:
            work = _work(lock_stay(row.stay_id), running.now)
            _pass(work, Deadline.objects.select_for_update().get(pk=row.pk))
        running.finish()


def _pass(work: Work, row: Deadline) -> None:
    if row.state not in (DeadlineState.DUE, DeadlineState.SENT) or row.due_at is None or row.due_at > work.now:
        return
    if row.clock in NEVER_MISSED:
        return
    row.stay = work.stay
    expectation = _expectation(row)
    if row.clock == "F3" and expectation is not None and expectation.written_by == "node":
        # What stood in the way may be gone: try once more before asking a person.
        if expectation.state == ExpectationState.DUE and telling.send(work, expectation):
            return
        row.refresh_from_db()
    if not clocks.advance(row, "passed", at=work.now, now=work.now):
        return
    work.note("deadline_missed", clock=row.clock, code=expectation.message_code if expectation is not None else "")
    _consequences(work, row, expectation)


def _expectation(row: Deadline) -> Expectation | None:
    if row.expectation_id is None:
        return None
    return Expectation.objects.select_for_update(of=("self",)).get(pk=row.expectation_id)


def _consequences(work: Work, row: Deadline, expectation: Expectation | None) -> None:
    found = CONSEQUENCES[row.clock]
    if row.clock == "F1" and not work.policy.health_information_followed:
        return
    if found.breach:
        clocks.breach(work, found.breach, affected=row.affected_by_downtime)
    if expectation is not None and expectation.state == ExpectationState.HELD:
        work.ask("stay.name_missing", severity="high")
    elif row.clock == "F3" and expectation is not None and expectation.written_by == "node":
        return  # The exchange has said what stands in the way, and whom to call.
    elif found.cause:
        detail = str(expectation.number) if expectation is not None else ""
        work.ask(found.cause, detail=detail, message=expectation.message_code if expectation is not None else "")


DELIVERED: dict[str, ExpectationEvent] = {
    "received": "confirmed",
    "warning": "confirmed",
    "received_late": "confirmed",
    "rejected": "rejected",
    "expired": "unconfirmed",
    "failed": "unconfirmed",
    "withheld": "cancelled",
}
"""State of a delivery -> what it means for the expectation."""


def delivery(running: Running) -> None:
    """`message.delivery`: a message of a stay was received, rejected, or stayed without an answer."""
    event = DELIVERED.get(running.payload["state"])
    with transaction.atomic():
        if event is not None:
            _delivered(running.payload["message"], running.payload["delivery"], event, running.now)
        running.finish()


def _delivered(message_id: int, delivery_id: int, event: ExpectationEvent, now: datetime) -> None:
    rows = sorted(_tied(message_id), key=lambda row: (row[0] != message_id, row[1]))
    if not rows:
        _information_delivered(message_id, delivery_id, event, now)
        return
    told_by, pk, stay_id = rows[0]
    found = pk if told_by == message_id else None
    work = _work(lock_stay(stay_id), now)
    row, there = only(_locked_expectation(pk)), only(_delivery(delivery_id))
    at = there.receipted_at or now
    if found is not None and there.role == Role.PRIM:
        if event == "unconfirmed" and row.state in (ExpectationState.CONFIRMED, ExpectationState.REJECTED):
            return
        if event == "confirmed":
            row.confirmed_at = at
        telling.move(row, event)
        if event == "confirmed" and row.message_code == "M6":
            carrying.step(work, ReadyTaken(at=at))
    work.note(
        event,
        at=at,
        message=there.message,
        code=row.message_code,
        receiver=there.name,
        cancellation=True if found is None else None,
    )


@prepared
def _tied(message_id: int) -> QuerySet[Expectation, tuple[int, int, int]]:
    rows = Expectation.objects.filter(Q(message_id=message_id) | Q(cancellation_id=message_id))
    return rows.values_list("message_id", "pk", "stay_id")


@prepared
def _locked_expectation(expectation_id: int) -> QuerySet[Expectation]:
    return Expectation.objects.select_for_update(of=("self",)).filter(pk=expectation_id)


@prepared
def _delivery(delivery_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.select_related("message").filter(pk=delivery_id)


@prepared
def _message(message_id: int) -> QuerySet[Message]:
    return Message.objects.select_related("organisation", "patient", "original", "refers_to").filter(pk=message_id)


def _information_delivered(message_id: int, delivery_id: int, event: ExpectationEvent, now: datetime) -> None:
    """A Helseopplysning of a stay was received or not: only a positive receipt counts for F1 (C-02)."""
    there = only(_delivery(delivery_id))
    message = there.message
    if message is not None and message.type == "DIALOG_FORESPORSEL" and event == "confirmed":
        _request_delivered(message, there.receipted_at or now, now)
    if message is None or message.kind not in informing.CODES or there.role != "PRIM":
        return
    stay_id = informing.stay_of(message)
    if stay_id is None:
        return
    at = there.receipted_at or now
    work = _work(lock_stay(stay_id), now)
    code = informing.CODES[cast(informing.Kind, message.kind)]
    work.note(event, at=at, message=message, code=code, receiver=there.name)
    if message.status == "C":
        return
    if event == "confirmed":
        carrying.step(work, InformationReceived(at=at, final=message.kind == "final"))
    elif event == "rejected":
        last = informing.last_version(work.stay)
        stands = cast(informing.Kind, last.kind) if last is not None and last.kind in informing.CODES else ""
        carrying.step(work, InformationRejected(at=at, stands=stands))


def _request_delivered(message: Message, at: datetime, now: datetime) -> None:
    """F6: the municipality's system has our request, so the time to answer runs."""
    stay_id = informing.stay_of(message)
    if stay_id is not None:
        carrying.step(_work(lock_stay(stay_id), now), RequestTaken(at=at, reference=str(message.pk)))


def received(running: Running) -> None:
    """`message.received`: judged against the routine at the hospital, told to its course at the municipality."""
    message = only(_message(running.payload["message"]))
    wanted = message.direction == Direction.IN and message.type in courses.KINDS
    facts = coursing.read(message) if wanted else None
    with transaction.atomic():
        settled = message.matched_by_id is not None or bool(running.payload.get("settled"))
        if message.direction == Direction.IN and (settled or not judging.FOUND.keys().isdisjoint(message.flags)):
            judging.record_flags(message, settled=settled, now=running.now)
        if wanted:
            if message.organisation.kind == Organisation.Kind.MUNICIPALITY:
                if facts is not None:
                    coursing.take(message, facts, now=running.now)
            elif message.organisation.kind == Organisation.Kind.HOSPITAL:
                _judge_at_hospital(message, running.now)
            else:
                hearing.hear(message, now=running.now)
        elif message.direction == Direction.IN:
            if "manual_match" in message.flags:
                hearing.forget(message, now=running.now)
                judging.unmatched(message)
            hearing.hear(message, now=running.now)
        running.finish()


def _judge_at_hospital(message: Message, now: datetime) -> None:
    """Logistics messages go to municipalities: one that comes to a hospital is outside the routine (A-07)."""
    stays = Stay.objects.filter(organisation=message.organisation, patient=message.patient)
    stay = None
    if message.patient is not None:
        stay = stays.filter(state__in=OPEN_STATES).last() or stays.order_by("admitted_at").last()
    BreachOfRoutine.objects.get_or_create(
        organisation=message.organisation,
        unique_key=f"message:{message.pk}:A-07",
        defaults={
            "code": "A-07",
            "severity": "medium",
            "at": now,
            "stay": stay,
            "patient": message.patient,
            "unit": stay.unit if stay is not None else None,
            "message": message,
        },
    )
    if stay is not None:
        work = _work(lock_stay(stay.pk), now)
        work.note("received_outside", message=message)
        if not judging.asks(message):
            return
        judging.read_soon(work.ask("stay.message_outside", detail=str(message.pk)), now=now)


def cancelled(running: Running) -> None:
    """`message.cancelled`: a message in no longer counts for its course; one of ours was withdrawn by ourselves."""
    message = Message.objects.select_related("organisation").get(pk=running.payload["message"])
    with transaction.atomic():
        if message.direction == Direction.IN:
            coursing.cancelled(message, now=running.now)
            hearing.forget(message, now=running.now)
            if message.state == MessageState.LOCKED:
                judging.record_flags(message, settled=False, now=running.now)
        running.finish()


def course_check(running: Running) -> None:
    """A-08: the wait for messages that were overtaken is over."""
    with transaction.atomic():
        course = Course.objects.select_for_update(of=("self",)).get(pk=running.payload["course"])
        coursing.check(course, now=running.now)
        running.finish()
