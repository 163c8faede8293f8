"""The life of a deadline (routines 2.5, C-02) and what a missed one leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from samhandling.errors import SamhandlingError

DeadlineEvent = Literal["sent", "rejected", "met", "passed", "closed", "resumed"]


class DeadlineState(StrEnum):
    """States of C-02; *not required* is to have no deadline."""

    DUE = "due"
    SENT = "sent_unacked"
    MET = "met"
    MISSED = "missed"
    CLOSED = "closed"
    """The reason for it has gone: discharge, death, no need."""


class ImpossibleDeadlineError(SamhandlingError):
    """A deadline cannot take that step: a fault of ours."""

    code = "stay.impossible_deadline"


D = DeadlineState
TABLE: Mapping[tuple[DeadlineState, DeadlineEvent], DeadlineState] = {
    (D.DUE, "sent"): D.SENT,
    (D.DUE, "rejected"): D.DUE,
    (D.DUE, "met"): D.MET,
    (D.DUE, "passed"): D.MISSED,
    (D.DUE, "closed"): D.CLOSED,
    (D.DUE, "resumed"): D.DUE,
    (D.SENT, "sent"): D.SENT,
    (D.SENT, "rejected"): D.DUE,
    (D.SENT, "met"): D.MET,
    (D.SENT, "passed"): D.MISSED,
    (D.SENT, "closed"): D.CLOSED,
    (D.SENT, "resumed"): D.SENT,
    (D.MET, "sent"): D.MET,
    (D.MET, "rejected"): D.MET,
    (D.MET, "met"): D.MET,
    (D.MET, "closed"): D.MET,
    (D.MET, "resumed"): D.MET,
    (D.MET, "passed"): D.MET,
    (D.MISSED, "sent"): D.MISSED,
    (D.MISSED, "rejected"): D.MISSED,
    (D.MISSED, "met"): D.MISSED,
    (D.MISSED, "closed"): D.MISSED,
    (D.MISSED, "resumed"): D.MISSED,
    (D.MISSED, "passed"): D.MISSED,
    (D.CLOSED, "closed"): D.CLOSED,
    (D.CLOSED, "resumed"): D.DUE,
    (D.CLOSED, "passed"): D.CLOSED,
    (D.CLOSED, "met"): D.CLOSED,
    (D.CLOSED, "sent"): D.CLOSED,
    (D.CLOSED, "rejected"): D.CLOSED,
}
"""A missed deadline stays missed: what comes later is late (scenarios 3 and 4)."""


def advance(state: DeadlineState, event: DeadlineEvent, *, due_at: datetime | None, at: datetime) -> DeadlineState:
    """The state after `event` at `at`; `met` after the due time is missed. Raises ImpossibleDeadlineError.

    What was in time meets the deadline also when we learn of it after the time: the result does not depend on which
    of the two came first (C-02).
    """
    if event == "met" and due_at is not None:
        if at > due_at and state in (D.DUE, D.SENT):
            return D.MISSED
        if at <= due_at and state is D.MISSED:
            return D.MET
    try:
        return TABLE[state, event]
    except KeyError as error:
        raise ImpossibleDeadlineError(f"{event} in {state}") from error


BEGIN_ANEW = ("F4", "F9", "F10")
"""Clocks that a new date or message starts again although they were met before."""


NEVER_MISSED = ("F8",)
"""A wait, not a deadline: when it is over the stay itself says what that means."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What a missed deadline leads to."""

    breach: str = ""
    cause: str = ""
    """Work for a person, or the open task that becomes urgent."""


CONSEQUENCES: Mapping[str, Missed] = {
    "F1": Missed(breach="A-09", cause="stay.early_missed"),
    "F2": Missed(),
    "F3": Missed(cause="stay.not_sent"),
    "F4": Missed(cause="stay.place_unanswered"),
    "F6": Missed(cause="stay.request_overdue"),
    "F7": Missed(cause="stay.not_sent_today"),
    "F8": Missed(),
    "F9": Missed(),
    "F10": Missed(cause="stay.ready_unanswered"),
    "F11": Missed(),
}
"""F2 is information on the ward's row, F11 is shown as *Ikke vurdert*, F8 puts the report away: they disturb nobody."""
