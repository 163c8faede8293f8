"""What 4.3 says of an outage, worked out slowly: day by day and minute by minute, from the words of its table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from samhandling.clock import oslo
from samhandling.clock.calendar import is_ordinary_working_day
from samhandling.downtime.rules.values import Outage

Told = tuple[datetime, int | None, bool]
"""When somebody is told, which round that is, and whether only if the outage still lasts."""


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute of [start, end)."""
    while start < end:
        yield start
        start += timedelta(minutes=1)


def working_minutes(start: datetime, end: datetime) -> int:
    """How many of them fall on ordinary working days."""
    return sum(is_ordinary_working_day(oslo.day(minute)) for minute in minutes(start, end))


def notifiable(outage: Outage, now: datetime) -> bool:
    """4.2: strictly more than 60 minutes on ordinary working days; an unknown end counts when it starts on one."""
    over = outage.known_at if outage.kind == "acute" else now
    if outage.end is not None and outage.end <= over:
        return False
    if outage.end is None and is_ordinary_working_day(oslo.day(outage.start)):
        return True
    end = outage.end if outage.kind == "planned" else max(outage.end or now, now)
    assert end is not None
    return working_minutes(outage.start, end) > 60


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return oslo.from_local(day, time(hour, minute)).instant


def _day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_ordinary_working_day(day):
        day -= timedelta(days=1)
    return day


def _days(first: date, last: date) -> list[date]:
    """The ordinary working days from the first to the last, both included."""
    span = (last - first).days + 1
    return [day for day in (first + timedelta(days=n) for n in range(span)) if is_ordinary_working_day(day)]


def _morning_after(instant: datetime) -> datetime:
    """The first 07:00 of an ordinary working day that is later than that."""
    day = oslo.day(instant)
    while not is_ordinary_working_day(day) or _at(day, 7) <= instant:
        day += timedelta(days=1)
    return _at(day, 7)


def mails(outage: Outage, now: datetime) -> set[Told]:
    """Everybody who is told by mail from `now` on, when and in which round."""
    if outage.end is not None and outage.end <= (now if outage.kind == "planned" else outage.known_at):
        return set()
    return _planned(outage, now) if outage.kind == "planned" else _acute(outage, now)


def _planned(outage: Outage, now: datetime) -> set[Told]:
    assert outage.end is not None
    if not notifiable(outage, now):
        return set()
    touched = _days(oslo.day(outage.start), oslo.day(outage.end - timedelta(microseconds=1)))
    first = touched[0]
    # D-03, D-08: a morning on which it already lasts; not that of a day on which it begins at six or later.
    lasting = {
        (_at(day, 7), 2, True)
        for day in touched
        if outage.start < _at(day, 7) < outage.end
        and not (day == oslo.day(outage.start) and oslo.local(outage.start).time() >= time(6))
    }
    if oslo.day(now) >= first:
        return {(now, None, False), *(each for each in lasting if each[0] > now)}
    found = set(lasting)
    clock = oslo.local(outage.start).time()
    begun_before = oslo.day(outage.start) < first
    if begun_before:
        if not _at(first, 7) < outage.end:
            found.add((_at(_day_before(first), 14), 2, False))
    elif clock >= time(8):
        found.add((_at(first, 7), 2, False))
    elif clock >= time(6):
        found.add((max(min(_at(first, 7), outage.start - timedelta(hours=1)), _at(first, 5)), 2, False))
    else:
        found.add((_at(_day_before(first), 14), 2, False))
    usual = _at(_day_before(first), 11)
    round1 = max(usual, now)
    earliest = round1 + (timedelta(hours=2) if now > usual else timedelta())
    return {(round1, 1, False), *(each for each in found if each[0] >= earliest)}


def _acute(outage: Outage, now: datetime) -> set[Told]:
    hour = timedelta(minutes=60)
    must = notifiable(outage, now)
    on_working_day = is_ordinary_working_day(oslo.day(outage.start))
    morning = _morning_after(outage.start)
    never_by_d11 = now >= morning or (outage.end is not None and max(outage.end, now) - morning <= hour)
    if must and (on_working_day or never_by_d11):
        end = outage.end if outage.end is not None and outage.end > now else None
        again: set[Told] = set()
        at = _morning_after(now)
        while end is None or at < end:
            again.add((at, None, True))
            if end is None:
                break
            at = _morning_after(at)
        return {(now, None, False), *again}
    if not must and working_minutes(outage.start, outage.start + hour) == 60:
        return {(max(outage.start + hour, now), None, True)}
    return {(max(morning, now), None, True)}
