"""What belongs in the record, when, and the life cycle of a hand-over as a table (P-11, RECV-63). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum

from samhandling.errors import SamhandlingError

FILED_WITHIN = timedelta(hours=1)
"""A message that is not in the record after this long asks for a person."""
JOURNAL_STANDARDS = frozenset({"plo", "dialogmelding"})
"""Messages of these standards are journal documents; the EPJ itself writes and files the others."""
UNDECIDED_FLAGS = frozenset({"unknown_patient", "manual_match", "unconfirmed_patient", "not_ours", "no_relation"})
"""Flags of a message in that a person must clear before anything goes into a patient's record (*til avklaring*)."""


class ImpossibleFilingError(SamhandlingError):
    """A step that a hand-over to the record cannot take from where it stands: a fault of ours."""

    code = "filing.impossible_step"


class FilingState(StrEnum):
    """Where a message stands on its way into the record."""

    START = "start"
    """No row yet."""
    HELD = "held"
    """*Til avklaring*: nobody has decided whose message it is."""
    WAITING = "waiting"
    """To be handed over."""
    HANDED = "handed"
    """The record has been given it and has not acknowledged."""
    FILED = "filed"
    DROPPED = "dropped"
    """Its content was deleted before it was filed, since it was not for us (C-06)."""


class FilingEvent(StrEnum):
    """What happens to a hand-over."""

    HOLD = "hold"
    DUE = "due"
    """It is decided, or never was in doubt."""
    HANDED = "handed"
    FILED = "filed"
    REASSIGNED = "reassigned"
    """Another patient: a new journal document takes the place of the old."""
    DROPPED = "dropped"


_S, _E = FilingState, FilingEvent
TABLE: Mapping[tuple[FilingState, FilingEvent], FilingState] = {
    (_S.START, _E.HOLD): _S.HELD,
    (_S.START, _E.DUE): _S.WAITING,
    (_S.HELD, _E.HOLD): _S.HELD,
    (_S.HELD, _E.DUE): _S.WAITING,
    (_S.HELD, _E.DROPPED): _S.DROPPED,
    (_S.WAITING, _E.HOLD): _S.HELD,
    (_S.WAITING, _E.DUE): _S.WAITING,
    (_S.WAITING, _E.REASSIGNED): _S.WAITING,
    (_S.WAITING, _E.HANDED): _S.HANDED,
    (_S.WAITING, _E.FILED): _S.FILED,
    (_S.WAITING, _E.DROPPED): _S.DROPPED,
    (_S.HANDED, _E.HOLD): _S.HANDED,
    (_S.HANDED, _E.DUE): _S.HANDED,
    (_S.HANDED, _E.FILED): _S.FILED,
    (_S.HANDED, _E.REASSIGNED): _S.WAITING,
    (_S.FILED, _E.HOLD): _S.FILED,
    (_S.FILED, _E.DUE): _S.FILED,
    (_S.FILED, _E.FILED): _S.FILED,
    (_S.FILED, _E.REASSIGNED): _S.WAITING,
    (_S.DROPPED, _E.HOLD): _S.DROPPED,
    (_S.DROPPED, _E.DUE): _S.DROPPED,
    (_S.DROPPED, _E.REASSIGNED): _S.DROPPED,
}


def step(state: str, event: FilingEvent) -> FilingState:
    """Where `event` leads. Raises ImpossibleFilingError for a pair that the table does not hold."""
    found = TABLE.get((FilingState(state), event))
    if found is None:
        raise ImpossibleFilingError(f"{event} in {state}")
    return found


def belongs_in_record(standard: str, message_state: str) -> bool:
    """Whether a message is a journal document: PLO and dialogue, unless we rejected it (P-11, RECV-63)."""
    return standard in JOURNAL_STANDARDS and message_state != "rejected_by_us"


def undecided(*, inward: bool, has_patient: bool, flags: Collection[str]) -> bool:
    """Whether a person must first say whose message it is. What we sent ourselves was decided by who sent it."""
    return inward and (not has_patient or not UNDECIDED_FLAGS.isdisjoint(flags))


def may_delete(standard: str, message_state: str, filing_state: str | None) -> bool:
    """Whether retention may delete a message: never one that belongs in the record and is not there (P-11).

    A message whose content a person has removed was not for us, and nothing of it is left to file (C-06).
    """
    if not belongs_in_record(standard, message_state) or message_state == "removed":
        return True
    return filing_state in {FilingState.FILED, FilingState.DROPPED}
