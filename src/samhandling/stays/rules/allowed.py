"""Which message may be created, or is to be expected, in which state (routines 2.4), as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from samhandling.stays.rules.values import State, StayState

Word = Literal["yes", "no", "warn"]
Column = Literal["S0", "S1", "S2", "S3", "S4", "S5", "S6", "HN"]
COLUMNS: tuple[Column, ...] = ("S0", "S1", "S2", "S3", "S4", "S5", "S6", "HN")


def _line(text: str) -> dict[Column, Word]:
    words: dict[str, Word] = {"A": "yes", "X": "no", "(A)": "warn"}
    return {column: words[word] for column, word in zip(COLUMNS, text.split(), strict=True)}


#                   S0  S1  S2  S3  S4  S5  S6  H/N
ALLOWED: Mapping[str, Mapping[Column, Word]] = {
    "M1": _line("    X   A   A   X   X   X   X   X"),
    "M2": _line("    A   A   A  (A)  X   X   X   X"),
    "M3": _line("    X  (A)  A  (A)  X   X   X   X"),
    "M4": _line("    X   X   A   A  (A)  X   X   X"),
    "M5": _line("    X   X   A   A  (A)  X   X   X"),
    "M6": _line("    X   X   A   A   X   X   X   X"),
    "M7": _line("    X   X   A   A   X   X   X   X"),
    "M8": _line("    X   X   A   A   A   A   X   X"),
    "M9": _line("    X  (A)  A   A   X   X   X   X"),
    "M10": _line("   X   A   A   A  (A)  X   X   X"),
    "M11": _line("   A   A   A   A   A   A   A  (A)"),
    "M13": _line("   X   X   X   A   X   X   X   X"),
    "M12": _line("   A   A   A   A   A   A   A   A"),
    "C": _line("     A   A   A   A   A   A   A   A"),
}
"""The table of 2.4. Where it says *duplicate* or *unless T12* the marks of the stay decide: see `may_send`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a message may go, and why not."""

    word: Word
    reason: str = ""
    """Stable code: `overlay_h`, `overlay_n`, `state`, `duplicate`, `order`."""

    @property
    def allowed(self) -> bool:
        """True for yes and for yes with a warning."""
        return self.word != "no"


def column(state: StayState) -> Column:
    """The column of the table that holds for the stay."""
    if state.overlay:
        return "HN"
    found: dict[State, Column] = {s: s.value for s in State if s is not State.NONE}  # type: ignore[misc]
    return found.get(state.state, "S0")


def may_send(message: str, state: StayState) -> Answer:
    """May this message, a new one (N), be created for the stay now? Cancellations are message `C`.

    Beside the table: M1 once, M6 never alone after M6, M7 only after M6, M8 once. Raises KeyError for a message that
    routines 2.2 does not know.
    """
    word = ALLOWED[message][column(state)]
    if word == "no":
        return Answer("no", f"overlay_{state.overlay.lower()}" if state.overlay else "state")
    told_already = {"M1": state.m1, "M6": state.m6, "M8": state.m8}.get(message, "")
    if told_already == "told":
        return Answer("no", "duplicate")
    if message == "M7" and state.m6 != "told":
        return Answer("no", "order")
    return Answer(word)
