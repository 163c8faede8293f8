"""The life of an ADT record as a table. Pure: no Django, no clock."""

from __future__ import annotations

from enum import StrEnum

from samhandling.intake.errors import WrongStateError


class State(StrEnum):
    """What has become of a record."""

    WAITING = "waiting"
    """Stored and acknowledged; its job comes."""
    DONE = "done"
    """Applied to patient and stay."""
    FAILED = "failed"
    """An attempt failed; the job tries again or waits for a person."""
    ASIDE = "aside"
    """It cannot be used as it is; a person has a task."""
    REFUSED = "refused"
    """Answered with AR; kept to be looked at."""


class Event(StrEnum):
    """What can happen to it."""

    APPLIED = "applied"
    UNUSABLE = "unusable"
    FAILED = "failed"
    AGAIN = "again"
    """A person has removed the cause and wants it tried again."""


TABLE: dict[tuple[State, Event], State] = {
    (State.WAITING, Event.APPLIED): State.DONE,
    (State.WAITING, Event.UNUSABLE): State.ASIDE,
    (State.WAITING, Event.FAILED): State.FAILED,
    (State.FAILED, Event.APPLIED): State.DONE,
    (State.FAILED, Event.UNUSABLE): State.ASIDE,
    (State.FAILED, Event.FAILED): State.FAILED,
    (State.ASIDE, Event.AGAIN): State.WAITING,
}
"""Done and refused are final."""

OPEN = (State.WAITING, State.FAILED)
"""States in which a job still has work with the record."""


def step(state: State, event: Event) -> State:
    """The state after `event`. Raises WrongStateError for a pair that cannot be."""
    try:
        return TABLE[state, event]
    except KeyError:
        raise WrongStateError(f"{event} in {state}") from None
