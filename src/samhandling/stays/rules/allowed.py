"""Which message may be created in which state (routines 2.4), by the table of the policy and the marks of the stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from samhandling.clock import oslo
from samhandling.stays.policy import Policy
from samhandling.stays.policy_check import COLUMNS
from samhandling.stays.rules.values import State, StayState

Word = Literal["yes", "no", "warn"]
_WORDS: dict[str, Word] = {"A": "yes", "X": "no", "(A)": "warn"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a message may go, and why not."""

    word: Word
    reason: str = ""
    """Stable code: `objection`, `overlay_h`, `overlay_n`, `state`, `discharged`, `duplicate`, `order`, `no_request`,
    `automatic`, `reason_needed`, `reason_not_permitted`, `no_reference`, `address`."""

    @property
    def allowed(self) -> bool:
        """True for yes and for yes with a warning."""
        return self.word != "no"


@cache
def _line(words: str) -> dict[str, Word]:
    return {column: _WORDS[word] for column, word in zip(COLUMNS, words.split(), strict=True)}


def column(state: StayState) -> str:
    """The column of the table that holds for the stay."""
    if state.overlay and state.state is not State.NONE:
        return "HN"
    return "S0" if state.state is State.NONE else state.state.value


def table_word(message: str, where: str, policy: Policy) -> Word:
    """What the policy's table says of a message in a column. Raises KeyError for a message that 2.2 does not know."""
    return _line(policy.allowed[message])[where]


def may_send(
    message: str, state: StayState, policy: Policy, *, now: datetime | None = None, reason: str | None = None
) -> Answer:
    """May this message, a new one (N), be created for the stay now? Cancellations are message `C`.

    `reason`: why it must go after the discharge, or the reason of an avviksmelding; None when it is not asked yet.
    Raises KeyError for a message that routines 2.2 does not know.
    """
    word = table_word(message, column(state), policy)
    marks = _by_marks(message, state)
    if marks is not None:
        return marks
    if word == "no":
        if state.overlay and state.state is not State.NONE:
            return Answer("no", "objection" if state.overlay == "O" else f"overlay_{state.overlay.lower()}")
        return Answer("no", "discharged" if state.state is State.OUT else "state")
    if message == "M11" and reason is not None and reason not in policy.deviation_reasons:
        return Answer("no", "reason_not_permitted")
    if message == "M10" and not any(not one.ours for one in state.requests):
        return Answer("no", "no_request")
    if state.state is State.OUT and message in ("M4", "M5", "M10"):
        return _after_discharge(message, state, policy, now, reason)
    return Answer(word)


def may_talk(policy: Policy, *, service: str, reception: str) -> bool:
    """S-26: dialogue only between certain services of the municipality and receptions of the hospital, both ways.

    What is not said is not held against anybody.
    """
    pairs = policy.dialogue_pairs
    if pairs is None:
        return True
    return (not service or service in pairs.municipality) and (not reception or reception in pairs.hospital)


def _by_marks(message: str, state: StayState) -> Answer | None:
    """What was told decides where the table says *duplicate*, *unless T12* and *once*."""
    if state.overlay:
        return None
    told = {"M1": state.m1, "M6": state.m6, "M8": state.m8}.get(message, "")
    if told == "told":
        return Answer("no", "duplicate")
    if message == "M7" and state.m6 != "told":
        return Answer("no", "order")
    if message == "M6" and state.state is State.READY:
        return Answer("yes")
    if message == "M8" and state.state is State.OUT:
        return Answer("no", "automatic")
    if message == "M8" and state.state is State.DEAD and state.before not in (State.ACTIVE, State.READY):
        return Answer("no", "state")
    return None


def _after_discharge(
    message: str, state: StayState, policy: Policy, now: datetime | None, reason: str | None
) -> Answer:
    """(A) with reason: M4 and M5 for some days, M10 on the day of discharge."""
    if policy.after_discharge == "refuse":
        return Answer("no", "discharged")
    if now is not None and state.discharged_at is not None:
        late = now - state.discharged_at > timedelta(days=policy.after_discharge_days)
        if message == "M10":
            late = oslo.day(now) != oslo.day(state.discharged_at)
        if late:
            return Answer("no", "discharged")
    if reason is not None and not reason.strip():
        return Answer("no", "reason_needed")
    return Answer("warn", "discharged")
