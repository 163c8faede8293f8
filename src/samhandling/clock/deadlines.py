"""Deadlines: elapsed hours on the UTC time line, and hours of office time (routines 2.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from samhandling.clock import oslo
from samhandling.clock.calendar import DEFAULT, CalendarSettings, next_office_opening, office_closing, office_hours


def after_hours(start: datetime, hours: float) -> datetime:
    """The instant that many elapsed hours after `start`; aware UTC (F1, F2, F5, F8, F11).

    Elapsed means on the UTC time line: from Saturday 14:00 summer time 24 hours reach Sunday 13:00 winter time.
    Raises NaiveTimeError.
    """
    return oslo.utc(start) + timedelta(hours=hours)


def after_minutes(start: datetime, minutes: float) -> datetime:
    """As `after_hours`, in minutes (F3, F7)."""
    return oslo.utc(start) + timedelta(minutes=minutes)


def after_office_hours(start: datetime, hours: float, settings: CalendarSettings = DEFAULT) -> datetime:
    """The instant at which the office has been open that many hours since `start`; aware UTC (F4, F6)."""
    left = timedelta(hours=hours)
    at = oslo.utc(start)
    if not office_hours(at, settings):
        at = next_office_opening(at, settings)
    while left > (open_today := office_closing(oslo.day(at), settings) - at):
        left -= open_today
        at = next_office_opening(at, settings)
    return at + left


def end_of_local_day(instant: datetime) -> datetime:
    """The end of the Oslo day that holds the instant; aware UTC (F7). Raises NaiveTimeError."""
    return oslo.end_of_day(oslo.day(instant))
