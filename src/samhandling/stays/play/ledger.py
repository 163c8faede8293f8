"""What a played stay leaves behind, in memory: messages, clocks, work, breaches, and the line of what happened when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.rules.expectations import ExpectationState


@dataclass(kw_only=True)
class Letter:
    """A message out or in."""

    reference: str
    code: str
    action: str
    at: datetime
    status: str = "N"
    to: str = ""
    sender: str = ""
    municipality: str = ""
    reason: str = ""
    of: str = ""
    """Reference of the message that it is about."""
    kind: str = ""
    """early, change or final."""
    facts: dict[str, Any] = field(default_factory=dict)
    receipt: str = ""
    """positive, negative or failed."""
    receipt_at: datetime | None = None
    """What is held against deadlines (C-02)."""
    cancelled: bool = False
    identifier: str = ""
    """The name that the file gives it."""

    @property
    def stands(self) -> bool:
        """It was sent, and is neither rejected nor withdrawn."""
        return self.action == "sent" and self.status != "C" and not self.cancelled and self.receipt != "negative"


@dataclass(kw_only=True)
class Awaited:
    """A message that must reach the municipality: the life cycle of `rules.expectations`."""

    number: int
    message_code: str
    municipality_number: str
    due_since: datetime
    state: str = ExpectationState.DUE.value
    letter: Letter | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    ahead: bool = False
    """The EPJ wrote it before the registration that asks for it."""


@dataclass(kw_only=True)
class Clock:
    """A deadline of routines 2.5."""

    name: str
    detail: str = ""
    message: str = ""
    """Code of the message that it is about (F3, F5, F7)."""
    starts_at: datetime
    due_at: datetime | None
    state: DeadlineState = DeadlineState.DUE
    reason: str = ""
    settled_at: datetime | None = None
    late_at: datetime | None = None
    version: int = 0
    """Counts moves, so that an alarm of an earlier time does not fire."""
    counterpart_down: bool = False


@dataclass(kw_only=True)
class Job:
    """Work for a person."""

    cause: str
    opened_at: datetime
    due_at: datetime | None = None
    severity: str = ""
    text: str = ""
    message: str = ""
    detail: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A breach of routine."""

    code: str
    at: datetime
    severity: str = ""
    message: str = ""
    note: str = ""


@dataclass(kw_only=True)
class Interval:
    """One time of being ready, for the payment basis."""

    values: dict[str, Any]
    letter: Letter | None = None


@dataclass
class Ledger:
    """Everything of one stay."""

    letters: list[Letter] = field(default_factory=list)
    awaited: list[Awaited] = field(default_factory=list)
    clocks: dict[tuple[str, str], Clock] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    breaches: list[Found] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)

    def open_jobs(self, *causes: str) -> list[Job]:
        """Work that is still to be done; of these causes, or all."""
        return [job for job in self.jobs if job.closed_at is None and (not causes or job.cause in causes)]

    def last(self, code: str, *, cancelled: bool = False) -> Letter | None:
        """The newest message of ours of that code that was sent."""
        found = [
            one for one in self.letters
            if one.code == code and one.action == "sent" and one.status != "C" and (cancelled or not one.cancelled)
        ]  # fmt: skip
        return found[-1] if found else None

    def information(self) -> list[Letter]:
        """Helseopplysninger of ours that stand, in the order in which they were sent."""
        return [one for one in self.letters if one.kind and one.stands]
