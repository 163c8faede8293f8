"""Times of HL7 v2 (data types TS, DTM and DT)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from samhandling.clock import oslo
from samhandling.clock.oslo import LocalReading, UnreadableTimeError

_TS = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:(?P<hour>[0-9]{2})(?:(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})(?P<fraction>\.[0-9]{1,9})?)?)?)?"
    r"(?P<zone>[+-][0-9]{4}|Z)?"
)


def parse_ts(text: str) -> LocalReading:
    """Read `YYYYMMDD[HH[MM[SS[.S…]]]][+ZZZZ]`; without a zone it is Oslo time (routines 2.5).

    An XML time is read too, for feeds that send one. Raises UnreadableTimeError, which does not repeat the text.
    """
    found = _TS.fullmatch(text.strip())
    if found is None:
        return oslo.parse_xml_time(text)
    try:
        return _reading(found)
    except (ValueError, OverflowError) as error:
        raise UnreadableTimeError("no such date or time") from error


def _reading(found: re.Match[str]) -> LocalReading:
    on = date(int(found["year"]), int(found["month"]), int(found["day"]))
    date_only = found["hour"] is None
    hour, minute, second = int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0)
    if (hour, minute, second) == (24, 0, 0):
        hour, on = 0, on + timedelta(days=1)
    at = time(hour, minute, second, int((found["fraction"] or ".0")[1:7].ljust(6, "0")))
    if found["zone"] is None:
        read = oslo.from_local(on, at)
        return LocalReading(
            instant=read.instant, ambiguous=read.ambiguous, nonexistent=read.nonexistent, date_only=date_only
        )
    zoned = datetime.combine(on, at, tzinfo=_zone(found["zone"]))
    return LocalReading(instant=zoned.astimezone(UTC), zoned=True, date_only=date_only)


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:5])
    if minutes > 59 or hours > 14:
        raise ValueError("no such zone")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def say_ts(instant: datetime) -> str:
    """The instant as HL7 writes it: Oslo time to the second with its offset, `20261121140500+0100`."""
    return oslo.local(instant).strftime("%Y%m%d%H%M%S%z")


def say_dt(on: date) -> str:
    """The day as HL7 writes it: `20261121`."""
    return f"{on.year:04}{on.month:02}{on.day:02}"
