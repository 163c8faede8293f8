"""Which messages of a series stand: what a change replaces and a cancellation withdraws. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from samhandling.exchange.rules import MessageInEvent


@dataclass(frozen=True, slots=True)
class Member:
    """A message of one series and type from one sender, as settling needs it."""

    id: int
    status: str
    """N, M or C."""
    generated_at: datetime
    order: int
    """Breaks ties of generation time: order of arrival."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a message of a series, and through which other one."""

    id: int
    event: MessageInEvent
    by: int


def settle_series(members: Iterable[Member]) -> list[Settled]:
    """Which messages of a series are cancelled or replaced, whatever order they came in (RECV-50 to 53).

    Ordered by generation time: a cancellation takes all that was generated before it, or at the same instant; of the
    rest a change replaces what is older. A cancellation itself is never cancelled or replaced.
    """
    series = list(members)
    cancellations = sorted((m for m in series if m.status == "C"), key=lambda m: (m.generated_at, m.order))
    changes = sorted((m for m in series if m.status == "M"), key=lambda m: (m.generated_at, m.order))
    found = []
    for member in series:
        if member.status == "C":
            continue
        cancelled_by = next((c for c in cancellations if c.generated_at >= member.generated_at), None)
        newer = [m for m in changes if m is not member and _later(m, member)]
        if cancelled_by is not None:
            found.append(Settled(member.id, MessageInEvent.CANCEL, cancelled_by.id))
        elif newer:
            found.append(Settled(member.id, MessageInEvent.REPLACE, newer[-1].id))
    return found


def _later(change: Member, than: Member) -> bool:
    """True when the change stands above the other: generated later, or at the same instant where that is no change."""
    if change.generated_at != than.generated_at:
        return change.generated_at > than.generated_at
    return than.status != "M" or change.order > than.order
