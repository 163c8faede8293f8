"""In what order messages that waited for an outage go when it is over, and which wait on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

ALWAYS_FIRST = frozenset({"LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD"})
"""M6, M7 and M8: they tell the municipality what it must do today."""
SHORTEST_TICK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One delivery that waits for its turn at one counterpart."""

    id: int
    """Grows in the order of queueing."""
    subject: str
    """What its message belongs to; empty stands alone."""
    type: str
    kind: str
    undecided: bool
    """It was withdrawn while it waited, and nobody has said whether both shall go."""


def in_turn(waiting: Iterable[Waiting], *, first: Collection[str]) -> list[int]:
    """Which may go, in their order; `first`: subjects of patients who leave today.

    Within a stay always as they were queued. Between stays those that come to an urgent message go first: M6 to M8, and
    the final information (M5) of patients who leave today. What stands behind an undecided message of its own stay
    waits with it.
    """
    blocked: set[str] = set()
    free: list[Waiting] = []
    last_urgent: dict[str, int] = {}
    for each in sorted(waiting, key=lambda each: each.id):
        line = each.subject or f"alone:{each.id}"
        if each.undecided:
            blocked.add(line)
        if line in blocked:
            continue
        free.append(each)
        if each.type in ALWAYS_FIRST or (each.kind == "final" and each.subject in first):
            last_urgent[line] = each.id
    ranked = sorted(free, key=lambda each: (each.id > last_urgent.get(each.subject or f"alone:{each.id}", 0), each.id))
    return [each.id for each in ranked]


def pace(per_minute: int) -> tuple[int, timedelta]:
    """How many go at a time, and how long until the next: so many a minute, at most one step a second."""
    count = max(1, -(-per_minute // 60))
    return count, max(SHORTEST_TICK, timedelta(minutes=1) * count / per_minute)
