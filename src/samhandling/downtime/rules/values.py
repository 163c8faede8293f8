"""What is known about an outage, and what shall happen because of it (routines 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["planned", "acute"]
Affects = Literal["exchange", "access", "both"]
ActionKind = Literal["mail", "publish", "unpublish", "ask"]
Notice = Literal[
    "planned_first",
    "planned_second",
    "planned_combined",
    "acute",
    "acute_repeated",
    "extended",
    "end_unknown",
    "finished_early",
    "finished",
    "cancelled",
    "moved",
]
"""The texts of 4.7."""


@dataclass(frozen=True, kw_only=True)
class Outage:
    """The facts that decide what is announced and when. Instants are aware UTC."""

    kind: Kind
    start: datetime
    end: datetime | None
    """The estimated end; None is unknown, which only an acute outage may be."""
    known_at: datetime
    """When the hospital learned of it (S-57)."""
    affects: Affects = "exchange"
    municipalities: tuple[str, ...] = ()
    """Municipality numbers; none is all."""
    together: bool = False
    """With the outages that it overlaps it lasts long enough to be announced (D-19)."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that shall happen."""

    at: datetime
    kind: ActionKind
    rule: str
    """The row of 4.3 that says so."""
    notice: Notice | None = None
    round: Literal[1, 2] | None = None
    recipients: tuple[str, ...] = ()
    until: datetime | None = None
    """Of a publication: the estimated end."""
    if_ongoing: bool = False
    """Only if the outage still lasts then."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Whether an outage must be announced (4.2), by which rule, why, and all that follows in order of time."""

    notifiable: bool
    rule: str
    reason: str
    actions: tuple[Action, ...] = ()
