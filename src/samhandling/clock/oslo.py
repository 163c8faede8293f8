"""Instants and Oslo time: local days, times without a zone, and how dates and times are written for people.

Every instant is an aware UTC `datetime`; every day is a day in Europe/Oslo (routines 2.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from samhandling.errors import SamhandlingError

OSLO = ZoneInfo("Europe/Oslo")

Language = Literal["nb", "nn", "en"]

_XML_TIME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)

_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "nn": ("måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

_TIME_WORD: dict[Language, str] = {"nb": "kl.", "nn": "kl.", "en": "at"}

_UNITS: dict[Language, tuple[str, str, str]] = {
    "nb": ("døgn", "t", "min"),
    "nn": ("døgn", "t", "min"),
    "en": ("d", "h", "min"),
}


class UnreadableTimeError(SamhandlingError):
    """A text that should be a date or a time is neither."""

    code = "clock.unreadable_time"


class NaiveTimeError(SamhandlingError):
    """A time without a zone was given where an instant is needed: a fault in the calling code."""

    code = "clock.naive_time"


@dataclass(frozen=True, kw_only=True)
class LocalReading:
    """An instant read from a local or zoned text."""

    instant: datetime
    """Aware UTC. For a date alone: the start of that day in Oslo, or in the zone that it names."""
    ambiguous: bool = False
    """The local time comes twice (the repeated autumn hour); `instant` is the earlier."""
    nonexistent: bool = False
    """The local time does not exist (the skipped spring hour); it is read as winter time."""
    zoned: bool = False
    """The text named its own zone."""
    date_only: bool = False


def utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises NaiveTimeError when it has no zone."""
    if instant.tzinfo is None:
        raise NaiveTimeError("an instant must have a zone")
    return instant.astimezone(UTC)


def local(instant: datetime) -> datetime:
    """The instant as Oslo's clocks show it. Raises NaiveTimeError."""
    return utc(instant).astimezone(OSLO)


def day(instant: datetime) -> date:
    """The day in Oslo at that instant. Raises NaiveTimeError."""
    return local(instant).date()


def from_local(on: date, at: time) -> LocalReading:
    """The instant at which Oslo's clocks show that day and time (routines 2.5).

    In the repeated autumn hour the earlier instant, flagged `ambiguous`; in the skipped spring hour the time is read
    as winter time, flagged `nonexistent`.
    """
    shown = datetime.combine(on, at.replace(tzinfo=None, fold=0))
    first = shown.replace(tzinfo=OSLO, fold=0).astimezone(UTC)
    second = shown.replace(tzinfo=OSLO, fold=1).astimezone(UTC)
    exists = first.astimezone(OSLO).replace(tzinfo=None) == shown
    return LocalReading(instant=first, ambiguous=exists and first != second, nonexistent=not exists)


def start_of_day(on: date) -> datetime:
    """The instant at which that day begins in Oslo, aware UTC."""
    return from_local(on, time(0)).instant


def end_of_day(on: date) -> datetime:
    """The instant at which that day ends in Oslo, which is the start of the next; aware UTC."""
    return start_of_day(on + timedelta(days=1))


def parse_xml_time(text: str) -> LocalReading:
    """Read an xs:dateTime or xs:date; without a zone it is Oslo time (routines 2.5).

    Raises UnreadableTimeError, which does not repeat the text.
    """
    found = _XML_TIME.fullmatch(text.strip())
    if found is None:
        raise UnreadableTimeError("not an XML date or time")
    try:
        return _reading(found)
    except (ValueError, OverflowError) as error:
        raise UnreadableTimeError("no such date or time") from error


def _reading(found: re.Match[str]) -> LocalReading:
    on = date(int(found["year"]), int(found["month"]), int(found["day"]))
    date_only = found["hour"] is None
    at = time(0)
    if not date_only:
        hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
        if hour == 24:
            if minute or second or (found["fraction"] or "").strip(".0"):
                raise ValueError("24:00:00 is the only time after 23:59:59")
            hour, on = 0, on + timedelta(days=1)
        at = time(hour, minute, second, _microseconds(found["fraction"]))
    if found["zone"] is None:
        reading = from_local(on, at)
        return LocalReading(
            instant=reading.instant,
            ambiguous=reading.ambiguous,
            nonexistent=reading.nonexistent,
            date_only=date_only,
        )
    zoned = datetime.combine(on, at, tzinfo=_zone(found["zone"]))
    return LocalReading(instant=zoned.astimezone(UTC), zoned=True, date_only=date_only)


def _microseconds(fraction: str | None) -> int:
    return int((fraction or ".0")[1:7].ljust(6, "0"))


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        raise ValueError("no such zone")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def xml_time(instant: datetime) -> str:
    """The instant as we send it in XML: Oslo time to the second with its offset, `2026-11-21T14:05:00+01:00`."""
    return local(instant).isoformat(timespec="seconds")


def say_date(moment: date | datetime) -> str:
    """A day for people: `21.11.2026`. An instant is told as its day in Oslo."""
    on = day(moment) if isinstance(moment, datetime) else moment
    return f"{on.day:02}.{on.month:02}.{on.year:04}"


def say_clock(instant: datetime) -> str:
    """A time of day for people, in Oslo: `14.05`."""
    shown = local(instant)
    return f"{shown.hour:02}.{shown.minute:02}"


def say_time(instant: datetime, lang: Language = "nb") -> str:
    """Day and time for people, in Oslo: `21.11.2026 kl. 14.05`; in English `21.11.2026 at 14.05`."""
    return f"{say_date(instant)} {_TIME_WORD[lang]} {say_clock(instant)}"


def say_weekday(moment: date | datetime, lang: Language = "nb") -> str:
    """The day of the week: `mandag`, `måndag`, `Monday`."""
    on = day(moment) if isinstance(moment, datetime) else moment
    return _WEEKDAYS[lang][on.weekday()]


def say_duration(span: timedelta, lang: Language = "nb") -> str:
    """A span for people, rounded down to the minute: `20 min`, `5 t 20 min`, `2 døgn 3 t`. The sign is left out."""
    days, hours_word, minutes_word = _UNITS[lang]
    minutes = int(abs(span).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} {minutes_word}"
    if minutes < 48 * 60:
        parts = (minutes // 60, hours_word, minutes % 60, minutes_word)
    else:
        parts = (minutes // (24 * 60), days, minutes // 60 % 24, hours_word)
    large, large_word, small, small_word = parts
    return f"{large} {large_word} {small} {small_word}" if small else f"{large} {large_word}"
