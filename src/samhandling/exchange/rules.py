"""Life cycles and time limits of messages, as tables. Pure: values in, values out, time passed in.

Sources: `application-receipt.md` 8-10 (HIS 80415, HITS 1168), `routines.md` 2.5 F5 and 2.6 A-01 to A-05, A-17.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from samhandling.errors import SamhandlingError

RECEIPT_LIMIT = timedelta(hours=96)
"""F5: without a receipt this long after GenDate the sender treats the message as not taken in."""
RECEIPT_CLOCK_SLACK = timedelta(minutes=5)
"""C-02, A-20: how far a counterpart's clock may be off before we trust our own."""


class ImpossibleStepError(SamhandlingError):
    """An event that cannot happen in the state it met: a fault of ours, never of a counterpart."""

    code = "exchange.impossible_step"


class ArrivalState(StrEnum):
    """What became of bytes that a carrier brought."""

    ARRIVED = "arrived"
    """Stored, not yet read."""
    PROCESSED = "processed"
    """Read; each of our organisations that it concerns has its row."""
    DUPLICATE = "duplicate"
    """The MsgId was met before: ignored, no receipt (A-04)."""
    UNRECEIPTED = "unreceipted"
    """Nobody we host, or a sender we cannot read: no receipt, a person looks at it."""
    UNREADABLE = "unreadable"
    """Stopped the worker again and again: set aside."""


class ArrivalEvent(StrEnum):
    """What happens to an arrival."""

    TAKEN_OR_REJECTED = "taken_or_rejected"
    RECEIPT_READ = "receipt_read"
    MET_BEFORE = "met_before"
    NOT_OURS = "not_ours"
    SET_ASIDE = "set_aside"
    TRY_AGAIN = "try_again"


class MessageState(StrEnum):
    """Where a message stands. The first seven: a message in; the rest: a message out, derived from its deliveries."""

    TAKEN = "taken"
    HELD = "held"
    """A change or cancellation whose original has not come."""
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    REJECTED_BY_US = "rejected_by_us"
    LOCKED = "locked"
    """Not for us, as a person has decided: its content waits to be deleted by another (C-06)."""
    REMOVED = "removed"
    """Content deleted after a wrong address was cleared up (P-07)."""
    WAITING = "waiting"
    """Not all deliveries have left."""
    SENT = "sent"
    """All have left, not all are receipted."""
    RECEIVED = "received"
    RECEIVED_LATE = "received_late"
    REJECTED = "rejected"
    UNCONFIRMED = "unconfirmed"
    """96 hours without a receipt."""
    FAILED = "failed"
    WITHHELD = "withheld"
    """Never sent: withdrawn while it waited."""


class MessageInEvent(StrEnum):
    """What happens to a message in, once it has a row."""

    TAKE = "take"
    HOLD = "hold"
    REJECT = "reject"
    LINK = "link"
    """The original of a held change or cancellation has come, or a person has shown it."""
    REPLACE = "replace"
    CANCEL = "cancel"
    REMOVE = "remove"
    LOCK = "lock"
    """A person has decided that it was not for us: nobody reads it any more (C-06)."""
    UNLOCK = "unlock"
    PART = "part"
    """A change or cancellation was tied to the wrong message: it waits again for the one it means."""
    RESTORE = "restore"
    """What took its place or withdrew it belongs to another message."""


class DeliveryState(StrEnum):
    """How far one document is on its way to one receiver."""

    QUEUED = "queued"
    ABOUT = "about"
    """About to be handed over: after a crash here nobody knows whether it left, so it goes again with the same id."""
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    """The counterpart's transport has it."""
    RECEIVED = "received"
    WARNING = "warning"
    """Received, with an error in a part of it (AppRec status 3)."""
    RECEIVED_LATE = "received_late"
    REJECTED = "rejected"
    FAILED = "failed"
    """The carrier gave up."""
    EXPIRED = "expired"
    """96 hours without a receipt."""
    WITHHELD = "withheld"
    """Withdrawn while it waited, and a person has decided that neither shall go."""


class DeliveryEvent(StrEnum):
    """What happens to a delivery."""

    BEGIN = "begin"
    HANDED = "handed"
    TROUBLE = "trouble"
    """The carrier could not now, and may later."""
    GIVEN_UP = "given_up"
    TRANSPORT_ACK = "transport_ack"
    TRANSPORT_ERROR = "transport_error"
    RECEIPT_OK = "receipt_ok"
    RECEIPT_WARNING = "receipt_warning"
    RECEIPT_REJECTED = "receipt_rejected"
    DEADLINE = "deadline"
    TRY_AGAIN = "try_again"
    """A person lets one that failed, or that nobody has answered, go once more (same MsgId)."""
    WITHHOLD = "withhold"
    """A person decides that a message and its withdrawal, which both still wait, shall not go."""


class Effect(StrEnum):
    """What a step asks the service to do besides."""

    HAND_OVER = "hand_over"
    RETRY = "retry"
    TASK_FAILED = "task_failed"
    TASK_REJECTED = "task_rejected"
    TASK_EXPIRED = "task_expired"
    CLOSE_TASKS = "close_tasks"
    PUBLISH = "publish"
    TASK_UNRECEIPTED = "task_unreceipted"
    TASK_UNREADABLE = "task_unreadable"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Step:
    """Where an event leads, and what it asks for."""

    state: StrEnum
    effects: tuple[Effect, ...] = ()


_A, _AE = ArrivalState, ArrivalEvent
ARRIVAL: Mapping[tuple[ArrivalState, ArrivalEvent], Step] = {
    (_A.ARRIVED, _AE.TAKEN_OR_REJECTED): Step(_A.PROCESSED, (Effect.PUBLISH,)),
    (_A.ARRIVED, _AE.RECEIPT_READ): Step(_A.PROCESSED),
    (_A.ARRIVED, _AE.MET_BEFORE): Step(_A.DUPLICATE, (Effect.COUNT,)),
    (_A.ARRIVED, _AE.NOT_OURS): Step(_A.UNRECEIPTED, (Effect.TASK_UNRECEIPTED,)),
    (_A.ARRIVED, _AE.SET_ASIDE): Step(_A.UNREADABLE, (Effect.TASK_UNREADABLE,)),
    (_A.UNREADABLE, _AE.TRY_AGAIN): Step(_A.ARRIVED, (Effect.RETRY,)),
    (_A.UNRECEIPTED, _AE.TRY_AGAIN): Step(_A.ARRIVED, (Effect.RETRY,)),
}

_M, _ME = MessageState, MessageInEvent
START = "start"
"""State of a message in before it has a row."""
MESSAGE_IN: Mapping[tuple[str, MessageInEvent], Step] = {
    (START, _ME.TAKE): Step(_M.TAKEN, (Effect.PUBLISH,)),
    (START, _ME.HOLD): Step(_M.HELD, (Effect.PUBLISH,)),
    (START, _ME.REJECT): Step(_M.REJECTED_BY_US),
    (_M.HELD, _ME.LINK): Step(_M.TAKEN, (Effect.PUBLISH,)),
    (_M.HELD, _ME.REPLACE): Step(_M.REPLACED),
    (_M.HELD, _ME.CANCEL): Step(_M.CANCELLED),
    (_M.HELD, _ME.LOCK): Step(_M.LOCKED, (Effect.CLOSE_TASKS,)),
    (_M.TAKEN, _ME.REPLACE): Step(_M.REPLACED),
    (_M.TAKEN, _ME.CANCEL): Step(_M.CANCELLED, (Effect.CLOSE_TASKS, Effect.PUBLISH)),
    (_M.TAKEN, _ME.PART): Step(_M.HELD),
    (_M.TAKEN, _ME.LOCK): Step(_M.LOCKED, (Effect.CLOSE_TASKS,)),
    (_M.REPLACED, _ME.REPLACE): Step(_M.REPLACED),
    (_M.REPLACED, _ME.CANCEL): Step(_M.CANCELLED, (Effect.CLOSE_TASKS, Effect.PUBLISH)),
    (_M.REPLACED, _ME.PART): Step(_M.HELD),
    (_M.REPLACED, _ME.RESTORE): Step(_M.TAKEN, (Effect.PUBLISH,)),
    (_M.REPLACED, _ME.LOCK): Step(_M.LOCKED, (Effect.CLOSE_TASKS,)),
    (_M.CANCELLED, _ME.REPLACE): Step(_M.CANCELLED),
    (_M.CANCELLED, _ME.CANCEL): Step(_M.CANCELLED),
    (_M.CANCELLED, _ME.PART): Step(_M.HELD),
    (_M.CANCELLED, _ME.RESTORE): Step(_M.TAKEN, (Effect.PUBLISH,)),
    (_M.CANCELLED, _ME.LOCK): Step(_M.LOCKED, (Effect.CLOSE_TASKS,)),
    (_M.REJECTED_BY_US, _ME.REMOVE): Step(_M.REMOVED),
    (_M.LOCKED, _ME.UNLOCK): Step(_M.TAKEN, (Effect.PUBLISH,)),
    (_M.LOCKED, _ME.REMOVE): Step(_M.REMOVED),
    (_M.LOCKED, _ME.REPLACE): Step(_M.LOCKED),
    (_M.LOCKED, _ME.CANCEL): Step(_M.LOCKED),
    (_M.REMOVED, _ME.REPLACE): Step(_M.REMOVED),
    (_M.REMOVED, _ME.CANCEL): Step(_M.REMOVED),
}

_D, _DE = DeliveryState, DeliveryEvent
_UNSETTLED = (_D.QUEUED, _D.ABOUT, _D.SENT, _D.ACKNOWLEDGED, _D.FAILED)
SETTLED = (_D.RECEIVED, _D.WARNING, _D.RECEIVED_LATE, _D.REJECTED, _D.WITHHELD)
"""A receipt has come, or none can: nobody watches for one any more."""


def _delivery_table() -> dict[tuple[DeliveryState, DeliveryEvent], Step]:
    """The table of a delivery; a receipt may overtake any step before it."""
    table: dict[tuple[DeliveryState, DeliveryEvent], Step] = {
        (_D.QUEUED, _DE.BEGIN): Step(_D.ABOUT, (Effect.HAND_OVER,)),
        (_D.ABOUT, _DE.BEGIN): Step(_D.ABOUT, (Effect.HAND_OVER,)),
        (_D.QUEUED, _DE.WITHHOLD): Step(_D.WITHHELD, (Effect.CLOSE_TASKS, Effect.PUBLISH)),
        (_D.ABOUT, _DE.HANDED): Step(_D.SENT),
        (_D.ABOUT, _DE.TROUBLE): Step(_D.QUEUED, (Effect.RETRY,)),
        (_D.ABOUT, _DE.GIVEN_UP): Step(_D.FAILED, (Effect.TASK_FAILED, Effect.PUBLISH)),
        # The answer may come before the hand-over has returned, and after a line that broke when all was said.
        (_D.QUEUED, _DE.TRANSPORT_ACK): Step(_D.ACKNOWLEDGED),
        (_D.ABOUT, _DE.TRANSPORT_ACK): Step(_D.ACKNOWLEDGED),
        (_D.QUEUED, _DE.TRANSPORT_ERROR): Step(_D.FAILED, (Effect.TASK_FAILED, Effect.PUBLISH)),
        (_D.ABOUT, _DE.TRANSPORT_ERROR): Step(_D.FAILED, (Effect.TASK_FAILED, Effect.PUBLISH)),
        (_D.SENT, _DE.TRANSPORT_ACK): Step(_D.ACKNOWLEDGED),
        (_D.SENT, _DE.TRANSPORT_ERROR): Step(_D.FAILED, (Effect.TASK_FAILED, Effect.PUBLISH)),
        (_D.ACKNOWLEDGED, _DE.HANDED): Step(_D.ACKNOWLEDGED),
        (_D.ACKNOWLEDGED, _DE.TROUBLE): Step(_D.ACKNOWLEDGED),
        (_D.ACKNOWLEDGED, _DE.GIVEN_UP): Step(_D.ACKNOWLEDGED),
        (_D.ACKNOWLEDGED, _DE.TRANSPORT_ACK): Step(_D.ACKNOWLEDGED),
        (_D.ACKNOWLEDGED, _DE.TRANSPORT_ERROR): Step(_D.FAILED, (Effect.TASK_FAILED, Effect.PUBLISH)),
        (_D.FAILED, _DE.TRY_AGAIN): Step(_D.QUEUED, (Effect.RETRY,)),
        (_D.SENT, _DE.TRY_AGAIN): Step(_D.QUEUED, (Effect.RETRY,)),
        (_D.ACKNOWLEDGED, _DE.TRY_AGAIN): Step(_D.QUEUED, (Effect.RETRY,)),
        (_D.FAILED, _DE.TRANSPORT_ACK): Step(_D.ACKNOWLEDGED, (Effect.CLOSE_TASKS,)),
        **{
            (_D.FAILED, event): Step(_D.FAILED)
            for event in (_DE.HANDED, _DE.TROUBLE, _DE.GIVEN_UP, _DE.TRANSPORT_ERROR)
        },
        (_D.EXPIRED, _DE.RECEIPT_OK): Step(_D.RECEIVED_LATE, (Effect.CLOSE_TASKS, Effect.PUBLISH)),
        (_D.EXPIRED, _DE.RECEIPT_WARNING): Step(_D.RECEIVED_LATE, (Effect.CLOSE_TASKS, Effect.PUBLISH)),
        (_D.EXPIRED, _DE.RECEIPT_REJECTED): Step(_D.REJECTED, (Effect.TASK_REJECTED, Effect.PUBLISH)),
        (_D.EXPIRED, _DE.DEADLINE): Step(_D.EXPIRED),
        (_D.EXPIRED, _DE.TRANSPORT_ACK): Step(_D.EXPIRED),
        (_D.EXPIRED, _DE.TRANSPORT_ERROR): Step(_D.EXPIRED),
        (_D.EXPIRED, _DE.HANDED): Step(_D.EXPIRED),
        (_D.EXPIRED, _DE.TROUBLE): Step(_D.EXPIRED),
        (_D.EXPIRED, _DE.GIVEN_UP): Step(_D.EXPIRED),
    }
    for state in _UNSETTLED:
        table[state, _DE.RECEIPT_OK] = Step(_D.RECEIVED, (Effect.CLOSE_TASKS, Effect.PUBLISH))
        table[state, _DE.RECEIPT_WARNING] = Step(_D.WARNING, (Effect.CLOSE_TASKS, Effect.PUBLISH))
        table[state, _DE.RECEIPT_REJECTED] = Step(_D.REJECTED, (Effect.TASK_REJECTED, Effect.PUBLISH))
        table[state, _DE.DEADLINE] = Step(_D.EXPIRED, (Effect.TASK_EXPIRED, Effect.PUBLISH))
    for state in SETTLED:
        for event in (_DE.HANDED, _DE.TRANSPORT_ACK, _DE.TRANSPORT_ERROR, _DE.TROUBLE, _DE.GIVEN_UP, _DE.DEADLINE):
            table[state, event] = Step(state)
    return table


DELIVERY: Mapping[tuple[DeliveryState, DeliveryEvent], Step] = _delivery_table()

_State = TypeVar("_State", bound=str)
_Event = TypeVar("_Event", bound=StrEnum)


def step(table: Mapping[tuple[_State, _Event], Step], state: str, event: _Event) -> Step:
    """Where `event` leads from `state`. Raises ImpossibleStepError for a pair that the table does not hold."""
    found = table.get((state, event))  # type: ignore[arg-type]
    if found is None:
        raise ImpossibleStepError(f"{event} in {state}")
    return found


def begun(state: str) -> bool:
    """True when a delivery still has to be handed over."""
    return state in {DeliveryState.QUEUED, DeliveryState.ABOUT}


_ORDER = (
    # The worst of its deliveries is what a person must see first.
    (DeliveryState.REJECTED, MessageState.REJECTED),
    (DeliveryState.FAILED, MessageState.FAILED),
    (DeliveryState.EXPIRED, MessageState.UNCONFIRMED),
    (DeliveryState.QUEUED, MessageState.WAITING),
    (DeliveryState.ABOUT, MessageState.WAITING),
    (DeliveryState.SENT, MessageState.SENT),
    (DeliveryState.ACKNOWLEDGED, MessageState.SENT),
    (DeliveryState.RECEIVED_LATE, MessageState.RECEIVED_LATE),
    (DeliveryState.WARNING, MessageState.RECEIVED),
    (DeliveryState.RECEIVED, MessageState.RECEIVED),
    (DeliveryState.WITHHELD, MessageState.WITHHELD),
)


def message_state(deliveries: Iterable[str]) -> MessageState:
    """State of a message out: that of the delivery which most needs a person. Raises ValueError without deliveries."""
    states = set(deliveries)
    for delivery, message in _ORDER:
        if delivery in states:
            return message
    raise ValueError("a message out has at least one delivery")


class Standing(StrEnum):
    """What a received receipt counts for."""

    COUNTED = "counted"
    REPEATED = "repeated"
    CONTRADICTORY = "contradictory"


def standing(counted_status: str | None, status: str) -> Standing:
    """First receipt counts; a second is ignored, and flagged where it says otherwise (A-03, SEND-85)."""
    if counted_status is None:
        return Standing.COUNTED
    return Standing.REPEATED if counted_status == status else Standing.CONTRADICTORY


def receipt_event(status: str) -> DeliveryEvent:
    """The step that a receipt of that 8258 status means; an unknown status is a rejection a person looks at."""
    if status == "1":
        return DeliveryEvent.RECEIPT_OK
    if status == "3":
        return DeliveryEvent.RECEIPT_WARNING
    return DeliveryEvent.RECEIPT_REJECTED


def time_of_receipt(*, sent_at: datetime, generated_at: datetime | None, arrived_at: datetime) -> datetime:
    """C-02: the AppRec's GenDate if it lies between our sending and our reception (5 min slack), else our reception."""
    if generated_at is not None and sent_at - RECEIPT_CLOCK_SLACK <= generated_at <= arrived_at + RECEIPT_CLOCK_SLACK:
        return min(max(generated_at, sent_at), arrived_at)
    return arrived_at


def deadline(generated_at: datetime) -> datetime:
    """F5: when a missing receipt counts as a rejection."""
    return generated_at + RECEIPT_LIMIT


@dataclass(frozen=True, slots=True)
class WarningPoint:
    """When somebody is told that a receipt is missing, and how urgently."""

    at: datetime
    severity: str
    expired: bool = False
    """True at 96 hours: the message then counts as not taken in."""


_AFTER_HALF_AN_HOUR = frozenset({"LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET"})


def warning_points(
    message_type: str, *, kind: str, generated_at: datetime, due_at: datetime | None
) -> tuple[WarningPoint, ...]:
    """A-01: M5 to M8 after 30 min (high); M3 after 4 h or 2 h before its deadline (high); others 24 h; all at 96 h."""
    if message_type in _AFTER_HALF_AN_HOUR or kind == "final":
        first = WarningPoint(generated_at + timedelta(minutes=30), "high")
    elif kind == "early":
        after = generated_at + timedelta(hours=4)
        before = due_at - timedelta(hours=2) if due_at is not None else after
        first = WarningPoint(max(generated_at, min(after, before)), "high")
    else:
        first = WarningPoint(generated_at + timedelta(hours=24), "normal")
    return (first, WarningPoint(deadline(generated_at), "high", expired=True))


def next_warning(points: Iterable[WarningPoint], *, after: datetime) -> WarningPoint | None:
    """The first point later than `after`."""
    return next((point for point in points if point.at > after), None)


def diagram(table: Mapping[tuple[_State, _Event], Step], name: str) -> str:
    """A Mermaid state diagram of the table, for the documentation. Steps that change nothing are left out."""
    lines = ["stateDiagram-v2", f"    %% {name}: generated from exchange/rules.py"]
    lines += [
        f"    {'[*]' if state == START else state} --> {found.state}: {event}"
        for (state, event), found in table.items()
        if found.state != state
    ]
    return "\n".join(lines) + "\n"
