"""Ordinary working days, public holidays and office hours (routines 2.6 and 4.5).

Which doubtful days are ordinary working days is a setting of the organisation; the shipped one announces rather too
much than too little.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from samhandling.clock import oslo

_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, kw_only=True)
class CalendarSettings:
    """Which doubtful days are ordinary working days, and when the office is open."""

    saturday: bool = False
    christmas_eve: bool = True
    new_years_eve: bool = True
    wednesday_before_maundy_thursday: bool = True
    closed: frozenset[date] = field(default_factory=frozenset)
    """Days on which this organisation's office is closed all the same."""
    opens: time = time(7, 30)
    closes: time = time(15, 30)


DEFAULT = CalendarSettings()


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[date, str]:
    """The public holidays of a year with their Norwegian names; Sundays as such are not among them."""
    # The package takes a third of a second to load, and most commands never ask for a holiday.
    import holidays

    return dict(holidays.country_holidays("NO", years=year, language="no"))


def is_public_holiday(on: date) -> bool:
    """True on the twelve public holidays of the year; a plain Sunday is none."""
    return on in public_holidays(on.year)


def is_ordinary_working_day(on: date, settings: CalendarSettings = DEFAULT) -> bool:
    """True when notices may be given and offices are staffed on that day (routines 4.5)."""
    if on.weekday() == _SUNDAY or is_public_holiday(on) or on in settings.closed:
        return False
    if on.weekday() == _SATURDAY and not settings.saturday:
        return False
    if (on.month, on.day) == (12, 24):
        return settings.christmas_eve
    if (on.month, on.day) == (12, 31):
        return settings.new_years_eve
    if _is_wednesday_before_maundy_thursday(on):
        return settings.wednesday_before_maundy_thursday
    return True


def _is_wednesday_before_maundy_thursday(on: date) -> bool:
    tomorrow = on + timedelta(days=1)
    return public_holidays(tomorrow.year).get(tomorrow) == "Skjærtorsdag"


def previous_ordinary_working_day(on: date, settings: CalendarSettings = DEFAULT) -> date:
    """The last ordinary working day before that day."""
    return _step(on, -1, settings)


def next_ordinary_working_day(on: date, settings: CalendarSettings = DEFAULT) -> date:
    """The first ordinary working day after that day."""
    return _step(on, 1, settings)


def _step(on: date, days: int, settings: CalendarSettings) -> date:
    # No settings close an office for a year; if they do, the search ends all the same.
    for _ in range(400):
        on += timedelta(days=days)
        if is_ordinary_working_day(on, settings):
            return on
    return on


def office_hours(instant: datetime, settings: CalendarSettings = DEFAULT) -> bool:
    """True from 07:30 up to, not including, 15:30 Oslo time on an ordinary working day (routines 2.6)."""
    shown = oslo.local(instant)
    return is_ordinary_working_day(shown.date(), settings) and settings.opens <= shown.time() < settings.closes


def next_office_opening(instant: datetime, settings: CalendarSettings = DEFAULT) -> datetime:
    """The first opening of the office strictly after the instant; aware UTC."""
    on = oslo.day(instant)
    opening = oslo.from_local(on, settings.opens).instant
    if opening > instant and is_ordinary_working_day(on, settings):
        return opening
    return oslo.from_local(next_ordinary_working_day(on, settings), settings.opens).instant


def office_closing(on: date, settings: CalendarSettings = DEFAULT) -> datetime:
    """When the office closes on that day; aware UTC."""
    return oslo.from_local(on, settings.closes).instant
