"""The life of a deadline (routines 2.5, C-02) and what a missed one leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from samhandling.errors import SamhandlingError

DeadlineEvent = Literal["sent", "met", "passed", "closed", "resumed"]


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
    (D.DUE, "met"): D.MET,
    (D.DUE, "passed"): D.MISSED,
    (D.DUE, "closed"): D.CLOSED,
    (D.DUE, "resumed"): D.DUE,
    (D.SENT, "sent"): D.SENT,
    (D.SENT, "met"): D.MET,
    (D.SENT, "passed"): D.MISSED,
    (D.SENT, "closed"): D.CLOSED,
    (D.SENT, "resumed"): D.SENT,
    (D.MET, "sent"): D.MET,
    (D.MET, "met"): D.MET,
    (D.MET, "closed"): D.MET,
    (D.MET, "resumed"): D.MET,
    (D.MET, "passed"): D.MET,
    (D.MISSED, "sent"): D.MISSED,
    (D.MISSED, "met"): D.MISSED,
    (D.MISSED, "closed"): D.MISSED,
    (D.MISSED, "resumed"): D.MISSED,
    (D.MISSED, "passed"): D.MISSED,
    (D.CLOSED, "closed"): D.CLOSED,
    (D.CLOSED, "resumed"): D.DUE,
    (D.CLOSED, "passed"): D.CLOSED,
    (D.CLOSED, "met"): D.CLOSED,
    (D.CLOSED, "sent"): D.CLOSED,
}
"""A missed deadline stays missed: what comes later is late (scenarios 3 and 4)."""


def advance(state: DeadlineState, event: DeadlineEvent, *, due_at: datetime, at: datetime) -> DeadlineState:
    """The state after `event` at `at`; `met` after the due time is missed. Raises ImpossibleDeadlineError."""
    if event == "met" and at > due_at and state in (D.DUE, D.SENT):
        return D.MISSED
    try:
        return TABLE[state, event]
    except KeyError as error:
        raise ImpossibleDeadlineError(f"{event} in {state}") from error


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
    "F7": Missed(cause="stay.not_sent_today"),
    "F9": Missed(),
    "F10": Missed(cause="stay.ready_unanswered"),
    "F11": Missed(),
}
"""F2 is information on the ward's row, F11 is shown as *Ikke vurdert*: neither disturbs anybody."""
