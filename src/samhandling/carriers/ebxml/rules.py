"""Reliable messaging as decisions (section 10): the life of a transmission, and when it goes again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from samhandling.errors import SamhandlingError

RETRIES, INTERVAL = 5, timedelta(hours=12)
"""Without an agreement (HIS 1037)."""


class ImpossibleTransmissionError(SamhandlingError):
    """An event that cannot happen to a transmission in its state."""

    code = "carrier.impossible_step"


class State(StrEnum):
    """How far a transmission of ours has come (10.4)."""

    PREPARED = "prepared"
    """Signed and stored; nobody knows whether it left."""
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    WARNED = "warned"
    REJECTED = "rejected"
    FAULTED = "faulted"
    BOUNCED = "bounced"
    ABANDONED = "abandoned"
    """No answer to the last try."""
    LATE = "late"
    """Acknowledged after we had given up."""


class Event(StrEnum):
    """What can happen to it."""

    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    WARNING = "warning"
    ERROR = "error"
    FAULT = "fault"
    BOUNCE = "bounce"
    GAVE_UP = "gave_up"


WAITING = (State.PREPARED, State.SENT)
DELIVERED = (State.ACKNOWLEDGED, State.WARNED, State.LATE)
FAILED = (State.REJECTED, State.FAULTED, State.BOUNCED, State.ABANDONED)

_ANSWERS = {
    Event.ACKNOWLEDGED: State.ACKNOWLEDGED,
    Event.WARNING: State.WARNED,
    Event.ERROR: State.REJECTED,
    Event.FAULT: State.FAULTED,
    Event.BOUNCE: State.BOUNCED,
    Event.GAVE_UP: State.ABANDONED,
}
TABLE: dict[tuple[State, Event], State] = {
    **{(state, event): after for state in WAITING for event, after in _ANSWERS.items()},
    **{(state, Event.SUBMITTED): State.SENT for state in WAITING},
    # An answer again changes nothing (10.2); a second one that contradicts the first changes nothing either.
    **{(state, event): state for state in DELIVERED for event in Event if event is not Event.SUBMITTED},
    **{(state, event): State.LATE for state in FAILED for event in (Event.ACKNOWLEDGED, Event.WARNING)},
    **{(state, event): state for state in FAILED for event in (Event.ERROR, Event.FAULT, Event.BOUNCE, Event.GAVE_UP)},
}


def step(state: State, event: Event) -> State:
    """The state after an event. Raises ImpossibleTransmissionError."""
    try:
        return TABLE[state, event]
    except KeyError:
        raise ImpossibleTransmissionError(f"{event} in {state}") from None


@dataclass(frozen=True, slots=True)
class Plan:
    """How often a transmission goes, and how long it lives."""

    retries: int = RETRIES
    interval: timedelta = INTERVAL

    def next_at(self, tries: int, now: datetime) -> datetime:
        """When to look again after the try with this number (from 1): to send again, or to give up."""
        return now + self.interval

    def spent(self, tries: int) -> bool:
        """Whether the last try has been made: the first and `retries` more."""
        return tries > self.retries

    def time_to_live(self, now: datetime) -> datetime:
        """eb:TimeToLive: later than the last answer can be waited for (10.1)."""
        return now + self.interval * (self.retries + 1)


def plan_of(retries: int | None, interval: timedelta | None) -> Plan:
    """What an agreement says, with the default for what it leaves out; never a storm, never for weeks."""
    often = RETRIES if retries is None else min(retries, 50)
    between = INTERVAL if interval is None else min(max(interval, timedelta(minutes=1)), timedelta(days=2))
    return Plan(often, between)
