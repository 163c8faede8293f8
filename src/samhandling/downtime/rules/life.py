"""The life of an outage as a table (routines 4.4): which change may come in which state, and what it leads to."""

from __future__ import annotations

from enum import StrEnum

from samhandling.errors import SamhandlingError


class State(StrEnum):
    """Where an outage stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    """Decided and planned; nobody has been told yet."""
    ANNOUNCED_1 = "announced_1"
    ANNOUNCED_2 = "announced_2"
    ONGOING = "ongoing"
    EXTENDED = "extended"
    FINISHED = "finished"
    FINISHED_EARLY = "finished_early"
    CANCELLED = "cancelled"


class Change(StrEnum):
    """What happens to an outage."""

    SCHEDULE = "schedule"
    TELL_FIRST = "tell_first"
    TELL_SECOND = "tell_second"
    BEGIN = "begin"
    BEGIN_ACUTE = "begin_acute"
    EXTEND = "extend"
    MOVE = "move"
    FINISH = "finish"
    FINISH_EARLY = "finish_early"
    CANCEL = "cancel"


class ImpossibleChangeError(SamhandlingError):
    """This cannot be done with an outage that stands where it does."""

    code = "downtime.impossible_change"


_S, _C = State, Change
_BEFORE = (_S.SCHEDULED, _S.ANNOUNCED_1, _S.ANNOUNCED_2)
_DURING = (_S.ONGOING, _S.EXTENDED)

TABLE: dict[tuple[State, Change], State] = {
    (_S.DRAFT, _C.SCHEDULE): _S.SCHEDULED,
    (_S.DRAFT, _C.BEGIN_ACUTE): _S.ONGOING,
    (_S.DRAFT, _C.CANCEL): _S.CANCELLED,
    (_S.SCHEDULED, _C.TELL_FIRST): _S.ANNOUNCED_1,
    (_S.SCHEDULED, _C.TELL_SECOND): _S.ANNOUNCED_2,
    (_S.ANNOUNCED_1, _C.TELL_SECOND): _S.ANNOUNCED_2,
    **{(state, _C.BEGIN): _S.ONGOING for state in _BEFORE},
    **{(state, _C.MOVE): _S.SCHEDULED for state in _BEFORE},
    **{(state, _C.EXTEND): state for state in _BEFORE},
    **{(state, _C.CANCEL): _S.CANCELLED for state in _BEFORE},
    **{(state, _C.TELL_SECOND): state for state in _DURING},
    **{(state, _C.EXTEND): _S.EXTENDED for state in _DURING},
    **{(state, _C.FINISH): _S.FINISHED for state in _DURING},
    **{(state, _C.FINISH_EARLY): _S.FINISHED_EARLY for state in _DURING},
}

OVER = frozenset({_S.FINISHED, _S.FINISHED_EARLY, _S.CANCELLED})
"""Nothing is announced of these any more, and nothing changes them."""


def after(state: State, change: Change) -> State:
    """The state that follows. Raises ImpossibleChangeError."""
    try:
        return TABLE[state, change]
    except KeyError:
        raise ImpossibleChangeError(f"{change} in state {state}") from None
