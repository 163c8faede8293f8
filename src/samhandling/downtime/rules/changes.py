"""What follows when an outage changes: extended, finished, cancelled, moved, unconfirmed (routines 4.3, D-12 to D-21).

Each function gives what must happen *because of the change*; `remaining` gives what was going to happen anyway and
still shall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from samhandling.clock import oslo
from samhandling.clock.calendar import CalendarSettings
from samhandling.downtime.rules.plan import mail, plan
from samhandling.downtime.rules.policy import DowntimePolicy
from samhandling.downtime.rules.values import Action, Outage
from samhandling.downtime.rules.working_time import working_time


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the recipients have been told so far."""

    announced: bool = False
    """Any notice has gone out."""
    end: datetime | None = None
    """The end they were told; None is *not known*."""
    extended: bool = False
    """They have been told of a later end."""


def remaining(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> tuple[Action, ...]:
    """What the plan still holds after `now`; what was to happen before it has happened or been replaced."""
    made = plan(outage, policy, calendar, outage.known_at)
    return tuple(action for action in made.actions if action.at > now)


def extended(
    outage: Outage, told: Told, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime
) -> tuple[Action, ...]:
    """D-12: `outage` has its new end. The status page changes at once, which needs no action.

    A new notice when the new end passes the announced one by more than half an hour or is no longer known, or when
    the outage thereby becomes one that must be announced.
    """
    if not told.announced:
        made = plan(outage, policy, calendar, now)
        return tuple(replace(action, rule="D-12") for action in made.actions if made.notifiable and action.at <= now)
    moved = Action(at=now, kind="publish", rule="D-12", until=outage.end)
    tolerance = timedelta(minutes=policy.extension_tolerance_minutes)
    if outage.end is None:
        return (mail(policy, now, "D-12", "end_unknown"), moved) if told.end is not None else (moved,)
    if told.end is not None and outage.end <= told.end + tolerance:
        return (moved,)
    return mail(policy, now, "D-12", "extended"), moved


def finished(outage: Outage, told: Told, policy: DowntimePolicy, now: datetime) -> tuple[Action, ...]:
    """D-13, D-14: everything works again at `now`."""
    if not told.announced:
        return ()
    down = Action(at=now, kind="unpublish", rule="D-14")
    if outage.kind == "acute" or told.extended:
        return mail(policy, now, "D-14", "finished"), down
    if outage.end is not None and now < outage.end:
        return mail(policy, now, "D-13", "finished_early"), Action(at=now, kind="unpublish", rule="D-13")
    return (down,)


def cancelled(told: Told, policy: DowntimePolicy, now: datetime) -> tuple[Action, ...]:
    """D-15, D-16: it will not happen. Who has been told is told so."""
    if not told.announced:
        return ()
    return mail(policy, now, "D-16", "cancelled"), Action(at=now, kind="unpublish", rule="D-16")


def moved(
    old: Outage, new: Outage, told: Told, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime
) -> tuple[Action, ...]:
    """D-17: another time. On the same day one notice of it; on another a cancellation and a new series."""
    if not told.announced:
        return ()
    if oslo.day(old.start) != oslo.day(new.start):
        return *cancelled(told, policy, now), *plan(new, policy, calendar, now).actions
    if not plan(new, policy, calendar, now).notifiable:
        return cancelled(told, policy, now)
    return mail(policy, now, "D-17", "moved"), Action(at=now, kind="publish", rule="D-17", until=new.end)


def watched(outage: Outage, told: Told, policy: DowntimePolicy) -> tuple[Action, ...]:
    """D-21: who asks whether it is over when the estimated end comes near and passes. An unknown end has none."""
    if outage.end is None:
        return ()
    asked = [
        (outage.end - timedelta(minutes=policy.ask_before_end_minutes), ("meldingsansvarlig", "stedfortreder")),
        (outage.end + timedelta(minutes=policy.remind_after_end_minutes), ("stedfortreder",)),
    ]
    actions = [
        Action(at=at, kind="ask", rule="D-21", recipients=whom, if_ongoing=True)
        for at, whom in asked
        if at > outage.start
    ]
    if told.announced:
        at = outage.end + timedelta(minutes=policy.unknown_after_end_minutes)
        actions.append(mail(policy, at, "D-21", "end_unknown", if_ongoing=True))
    return tuple(actions)


def overlapping(outage: Outage, others: Sequence[Outage], now: datetime) -> list[int]:
    """Which of the others overlap the outage, directly or through each other (D-19); an unknown end lasts until now."""
    found: list[int] = []
    reached = [outage]
    while reached:
        this = reached.pop()
        for index, other in enumerate(others):
            apart = this.start >= _until(other, now) or other.start >= _until(this, now)
            if index not in found and not apart:
                found.append(index)
                reached.append(other)
    return sorted(found)


def _until(outage: Outage, now: datetime) -> datetime:
    if outage.end is not None and (outage.kind == "planned" or outage.end > now):
        return outage.end
    return max(now, outage.start + timedelta(microseconds=1))


def must_be_told_together(
    outage: Outage, near: Sequence[Outage], policy: DowntimePolicy, calendar: CalendarSettings, now: datetime
) -> bool:
    """D-19: an outage that alone need not be announced must be, with those that overlap it, at some counterpart."""
    alone = replace(outage, together=False)
    if not near or plan(alone, policy, calendar, max(now, outage.known_at)).notifiable:
        return False
    found = union_is_notifiable([alone, *(replace(each, together=False) for each in near)], policy, calendar, now)
    return any(found[number] for number in outage.municipalities or found)


def union_is_notifiable(
    outages: Sequence[Outage], policy: DowntimePolicy, calendar: CalendarSettings, now: datetime
) -> dict[str, bool]:
    """D-19: the threshold applies to all outages of one counterpart together.

    Gives, for each municipality number named by an outage (`""`: one that concerns all), whether what is left of
    working time without exchange, overlaps counted once, must be announced.
    """
    numbers = {number for outage in outages for number in outage.municipalities or ("",)}
    found = {}
    for number in numbers:
        mine = [o for o in outages if not o.municipalities or number in o.municipalities]
        total = timedelta()
        reached: datetime | None = None
        for start, end in sorted((o.start, _until(o, now)) for o in mine):
            begin = start if reached is None else max(start, reached)
            if end > begin:
                total += working_time(begin, end, calendar)
                reached = end
        unknown = any(o.end is None and plan(o, policy, calendar, max(now, o.known_at)).notifiable for o in mine)
        found[number] = unknown or total > timedelta(minutes=policy.threshold_minutes)
    return found
