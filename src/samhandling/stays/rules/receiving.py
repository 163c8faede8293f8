"""What the routine says of a message that the municipality sent (routines 2.4, 2.6): taken in, and flagged or not.

Nothing of this rejects a message: a breach of routine is no reason for a negative receipt (C-05).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from samhandling.clock import oslo
from samhandling.stays.policy import Policy
from samhandling.stays.rules.allowed import column, may_talk, table_word
from samhandling.stays.rules.values import INPATIENT, State, StayState


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What is known of a message in, besides its content."""

    message: str
    """M2, M9, M10, M11, M13, or `C` for a cancellation."""
    at: datetime
    """When it was written, by its own clock where that can be believed (A-20)."""
    now: datetime
    refers: bool = True
    """It names a message of ours."""
    reason: str = ""
    """Of an avviksmelding: a word of `Policy.deviation_reasons`, or another."""
    service: str = ""
    """The municipality's service that wrote it, as in the register; empty: not said."""
    reception: str = ""
    """The hospital's reception that it went to; empty: not said."""
    help_number: bool = False
    """The patient is named by a help number only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What becomes of it."""

    counts: bool = True
    """It tells the stay something; else it only stands where people see it."""
    breach: str = ""
    """Code of 2.6."""
    cause: str = ""
    """Work for a person."""
    note: str = ""
    """Stable code of a quiet remark: `crossed`, `late`, `warn`."""


OUTSIDE = Judged(counts=False, breach="A-07", cause="stay.message_outside")


def judge(incoming: Incoming, state: StayState, policy: Policy) -> Judged:
    """Whether a message in is by the book. The first that holds of the table's rows, from the gravest down."""
    if incoming.message in ("C", "M12"):
        return Judged()
    if incoming.help_number or (state.overlay == "H" and incoming.message != "M11"):
        return Judged(counts=False, breach="A-10", cause="stay.call.help_number")
    if incoming.message == "M11":
        return _deviation(incoming, policy)
    if state.state is State.DEAD and state.died_at is not None and incoming.at >= state.died_at:
        return Judged(counts=False, breach="A-12", cause="stay.message_after_death")
    if state.state is not State.NONE and not (state.municipality and state.agreement):
        return Judged(counts=False, breach="A-11", cause="stay.message_outside")
    if incoming.message in ("M9", "M10", "M13") and not may_talk(
        policy, service=incoming.service, reception=incoming.reception
    ):
        return Judged(counts=False, breach="A-16", cause="stay.message_outside")
    if incoming.message == "M13":
        return _place_answer(incoming, state, policy)
    if incoming.message == "M10":
        return _answer(incoming, state)
    where = column(state) if state.state is not State.NONE and state.overlay != "O" else _plain(state)
    word = table_word(incoming.message, where, policy)
    if word == "no":
        return OUTSIDE
    return Judged(note="late" if incoming.message == "M2" and word == "warn" else word if word == "warn" else "")


def _plain(state: StayState) -> str:
    return "S0" if state.state is State.NONE else state.state.value


def _deviation(incoming: Incoming, policy: Policy) -> Judged:
    """S-38 to S-41, C-04, C-07: always taken; by the book only about one message, and for a permitted reason."""
    if not incoming.refers or incoming.reason not in policy.deviation_reasons:
        return Judged(breach="A-15", cause="stay.deviation")
    return Judged(cause="stay.deviation")


def _place_answer(incoming: Incoming, state: StayState, policy: Policy) -> Judged:
    """M13: one that crossed the withdrawal or the discharge on its way is a quiet remark, never a breach."""
    if state.state is State.READY:
        return Judged(cause="stay.place_answer") if incoming.refers or policy.free_dialogue else OUTSIDE
    if state.ever_ready:
        return Judged(counts=False, note="crossed")
    if policy.free_dialogue and state.state in INPATIENT:
        return Judged(counts=False, note="free")
    return OUTSIDE


def _answer(incoming: Incoming, state: StayState) -> Judged:
    """M10: to an open request of ours; after the discharge on the same day."""
    if not any(one.ours for one in state.requests):
        return OUTSIDE
    if state.state in INPATIENT:
        return Judged(cause="stay.answer")
    left = state.discharged_at
    if state.state is State.OUT and left is not None and oslo.day(left) == oslo.day(incoming.now):
        return Judged(cause="stay.answer", note="warn")
    return OUTSIDE
