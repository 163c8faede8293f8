"""Pure decisions about validity and municipality numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


def valid_on(valid_from: date, valid_to: date | None, day: date) -> bool:
    """True when `day` lies in the period; both ends belong to it."""
    return valid_from <= day and (valid_to is None or day <= valid_to)


def overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """True when two periods share a day."""
    return (b[1] is None or a[0] <= b[1]) and (a[1] is None or b[0] <= a[1])


@dataclass(frozen=True)
class NumberPeriod:
    """One municipality number in one period."""

    number: str
    valid_from: date
    valid_to: date | None
    successor_number: str = ""


def number_on(number: str, day: date, periods: Iterable[NumberPeriod]) -> str:
    """The municipality number that stands for `number` on `day`: successors are followed (C-09).

    Gives `number` itself when nothing is known about it, or when no successor is in force yet. A circle of
    successors ends where it began.
    """
    known: dict[str, list[NumberPeriod]] = {}
    for period in periods:
        known.setdefault(period.number, []).append(period)
    seen = {number}
    current = number
    while not any(valid_on(p.valid_from, p.valid_to, day) for p in known.get(current, [])):
        next_numbers = [
            p.successor_number
            for p in known.get(current, [])
            if p.successor_number and p.valid_to is not None and p.valid_to < day
        ]
        if not next_numbers or next_numbers[-1] in seen:
            break
        current = next_numbers[-1]
        seen.add(current)
    return current
