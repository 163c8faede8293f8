"""Instants and durations of envelopes and agreements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_DURATION = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})(?:\.\d+)?S)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant in UTC, and whether the text named its zone (without one it is read as UTC, 3.6)."""

    at: datetime
    zoned: bool


def instant(text: str) -> Instant | None:
    """Read an xsd:dateTime, fractions of any length; None when it is none."""
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        return None
    zone = found[3] or ""
    try:
        at = datetime.fromisoformat(found[1] + ("+00:00" if zone in {"", "Z"} else zone))
        return Instant(
            at.astimezone(UTC) + timedelta(microseconds=int((found[2] or "0")[:6].ljust(6, "0"))), bool(zone)
        )
    except (ValueError, OverflowError):
        return None


def duration(text: str) -> timedelta | None:
    """Read an xsd:duration without years and months; None when it is none."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(group or 0) for group in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
