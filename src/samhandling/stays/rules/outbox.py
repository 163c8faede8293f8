"""Which of the messages that a stay expects or has sent a decision is about: the choices behind `telling`, pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol, TypeVar

from samhandling.stays.rules.expectations import OPEN, ExpectationState
from samhandling.stays.rules.values import Cancel

LATEST_ONLY = ("mistake", "discharge", "death", "user")
"""What is withdrawn is the message that stands, not earlier ones that were answered by M7 or cancelled before."""

GONE = (ExpectationState.CANCELLED, ExpectationState.REJECTED, ExpectationState.WITHDRAWN)
"""Needs no cancellation: withdrawn already, never taken by the other side, or never sent."""


class Expected(Protocol):
    """One message that must reach the municipality, as a row or in memory."""

    number: int
    message_code: str
    municipality_number: str
    state: str


E = TypeVar("E", bound=Expected)


def withdrawal(ready: Expected | None) -> Literal["send", "forget", "nothing"]:
    """What an M7 comes to: sent; the M6 that never left is forgotten; nothing, for one that was never taken."""
    if ready is None:
        return "send"
    state = ExpectationState(ready.state)
    if state in OPEN:
        return "forget"
    return "nothing" if state is ExpectationState.REJECTED else "send"


def to_cancel(rows: Iterable[E], action: Cancel) -> Sequence[E]:
    """The rows that a cancellation is about, newest first: still open ones are given up, sent ones get status C."""
    found, done = [], set()
    for row in sorted(rows, key=lambda row: -row.number):
        if row.message_code not in action.messages:
            continue
        if action.municipality and row.municipality_number != action.municipality:
            continue
        if action.why in LATEST_ONLY and row.message_code in done:
            continue
        done.add(row.message_code)
        if ExpectationState(row.state) not in GONE:
            found.append(row)
    return found
