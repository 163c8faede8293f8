"""How much of an outage falls on ordinary working days, and the mornings and days counted from it (4.2, 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from samhandling.clock import oslo
from samhandling.clock.calendar import (
    CalendarSettings,
    is_ordinary_working_day,
    next_ordinary_working_day,
    previous_ordinary_working_day,
)


def working_time(start: datetime, end: datetime, calendar: CalendarSettings) -> timedelta:
    """Elapsed time of [start, end) on ordinary working days, from midnight to midnight in Oslo."""
    total = timedelta()
    for on in working_days(start, end, calendar):
        total += min(end, oslo.end_of_day(on)) - max(start, oslo.start_of_day(on))
    return total


def working_days(start: datetime, end: datetime, calendar: CalendarSettings) -> Iterator[date]:
    """The ordinary working days that [start, end) touches, in order."""
    on = oslo.day(start)
    while oslo.start_of_day(on) < end:
        if is_ordinary_working_day(on, calendar):
            yield on
        on += timedelta(days=1)


def next_working_moment(after: datetime, at: time, calendar: CalendarSettings) -> datetime:
    """The first instant strictly after `after` when clocks show `at` on an ordinary working day."""
    on = oslo.day(after)
    if is_ordinary_working_day(on, calendar) and (today := oslo.from_local(on, at).instant) > after:
        return today
    return oslo.from_local(next_ordinary_working_day(on, calendar), at).instant


def working_days_before(on: date, days: int, calendar: CalendarSettings) -> date:
    """pwd(D) of 4.3, so many ordinary working days before that day."""
    for _ in range(days):
        on = previous_ordinary_working_day(on, calendar)
    return on
