"""The life of an expectation: that one message must reach the municipality (2.3, A-01, A-02)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from samhandling.errors import SamhandlingError

ExpectationEvent = Literal["named", "sent", "confirmed", "rejected", "unconfirmed", "cancelled", "withdrawn"]


class ExpectationState(StrEnum):
    """How far a message that is due has come."""

    HELD = "held"
    """Waits for the name of who decided (T09)."""
    DUE = "due"
    """Must be sent: the EPJ has not written it, or the node could not send it."""
    SENT = "sent"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNCONFIRMED = "unconfirmed"
    """No receipt in time: somebody calls."""
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    """No longer expected, never sent."""


class ImpossibleExpectationError(SamhandlingError):
    """An expectation cannot take that step: a fault of ours."""

    code = "stay.impossible_expectation"


E = ExpectationState
OPEN = (E.HELD, E.DUE)
"""Not sent yet."""

TABLE: Mapping[tuple[ExpectationState, ExpectationEvent], ExpectationState] = {
    (E.HELD, "named"): E.DUE,
    (E.HELD, "sent"): E.SENT,
    (E.HELD, "withdrawn"): E.WITHDRAWN,
    (E.HELD, "cancelled"): E.WITHDRAWN,
    (E.DUE, "sent"): E.SENT,
    (E.DUE, "withdrawn"): E.WITHDRAWN,
    (E.DUE, "cancelled"): E.WITHDRAWN,
    (E.SENT, "sent"): E.SENT,
    (E.SENT, "confirmed"): E.CONFIRMED,
    (E.SENT, "rejected"): E.REJECTED,
    (E.SENT, "unconfirmed"): E.UNCONFIRMED,
    (E.SENT, "cancelled"): E.CANCELLED,
    (E.CONFIRMED, "confirmed"): E.CONFIRMED,
    (E.CONFIRMED, "cancelled"): E.CANCELLED,
    (E.UNCONFIRMED, "sent"): E.SENT,
    (E.UNCONFIRMED, "confirmed"): E.CONFIRMED,
    (E.UNCONFIRMED, "rejected"): E.REJECTED,
    (E.UNCONFIRMED, "unconfirmed"): E.UNCONFIRMED,
    (E.UNCONFIRMED, "cancelled"): E.CANCELLED,
    (E.REJECTED, "rejected"): E.REJECTED,
    (E.REJECTED, "sent"): E.SENT,
    (E.REJECTED, "cancelled"): E.REJECTED,
    (E.CANCELLED, "confirmed"): E.CANCELLED,
    (E.CANCELLED, "rejected"): E.CANCELLED,
    (E.CANCELLED, "unconfirmed"): E.CANCELLED,
    (E.CANCELLED, "cancelled"): E.CANCELLED,
    (E.WITHDRAWN, "withdrawn"): E.WITHDRAWN,
    (E.WITHDRAWN, "cancelled"): E.WITHDRAWN,
}
"""A rejected message is not cancelled: the other side never took it. It may be sent anew, with a new id;
so may one that nobody has answered."""


def advance(state: ExpectationState, event: ExpectationEvent) -> ExpectationState:
    """The state after `event`. Raises ImpossibleExpectationError for a pair that the table does not hold."""
    try:
        return TABLE[state, event]
    except KeyError as error:
        raise ImpossibleExpectationError(f"{event} in {state}") from error
