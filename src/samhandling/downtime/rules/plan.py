"""`plan`: must this outage be announced, and exactly what happens when (routines 4.2 and 4.3, D-01 to D-11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from samhandling.clock import oslo
from samhandling.clock.calendar import CalendarSettings
from samhandling.downtime.rules.policy import DowntimePolicy
from samhandling.downtime.rules.values import Action, Notice, Outage, Plan
from samhandling.downtime.rules.working_time import (
    next_working_moment,
    working_days,
    working_days_before,
    working_time,
)
from samhandling.errors import SamhandlingError

LONGEST = timedelta(days=366)
MOMENT = timedelta(microseconds=1)
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class OutageFactsError(SamhandlingError):
    """The facts of an outage contradict each other."""

    code = "downtime.contradicting_facts"


def require_possible(outage: Outage, now: datetime) -> None:
    """Refuse facts that cannot be true. Raises OutageFactsError, which says what contradicts what."""
    if not all(_FIRST <= at < _LAST for at in (outage.start, outage.end or outage.start, outage.known_at, now)):
        raise OutageFactsError("times must lie between the years 2000 and 2100")
    if outage.end is None:
        if outage.kind == "planned":
            raise OutageFactsError("a planned outage needs an estimated end (4.2)")
    elif outage.end <= outage.start:
        raise OutageFactsError("the end is not after the start")
    elif outage.end - outage.start > LONGEST:
        raise OutageFactsError("an outage lasts at most a year")
    if outage.known_at > now:
        raise OutageFactsError("it cannot be known later than now")


def plan(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> Plan:
    """What follows from the outage as it is known at `now`; nothing in it lies before `now` (4.2, 4.3).

    Two texts of 4.2 and 4.3 meet where an acute outage that began on a day off has a known end: 4.2 calls it
    notifiable, D-11 says when. What D-11 would never tell is told at once. Raises OutageFactsError.
    """
    require_possible(outage, now)
    over_by = now if outage.kind == "planned" else outage.known_at
    if outage.end is not None and outage.end <= over_by:
        return Plan(notifiable=False, rule="S-57", reason="Stansen er over.")
    made = (_planned if outage.kind == "planned" else _acute)(outage, policy, calendar, now)
    if made.notifiable and not alone_is_notifiable(outage, policy, calendar, now):
        reason = f"Overlapper en annen stans: til sammen over {policy.threshold_minutes} min på ordinære virkedager."
        return replace(made, rule="D-19", reason=reason)
    return made


def is_notifiable(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> bool:
    """4.2 at `now`, or D-19 for an outage that takes of the working time which several take together."""
    if alone_is_notifiable(outage, policy, calendar, now):
        return True
    until = outage.end if outage.end is not None and outage.end > now else max(now, outage.start + MOMENT)
    return outage.together and any(working_days(outage.start, until, calendar))


def alone_is_notifiable(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> bool:
    """4.2 at `now`: an acute outage whose estimated end has passed still lasts until somebody says otherwise."""
    threshold = timedelta(minutes=policy.threshold_minutes)
    if outage.kind == "planned":
        return working_time(outage.start, outage.end or outage.start, calendar) > threshold
    if outage.end is None and _starts_on_working_day(outage, calendar):
        return True
    return working_time(outage.start, max(outage.end or now, now), calendar) > threshold


# Planned ----------------------------------------------------------------------------------------------------------


def _planned(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> Plan:
    assert outage.end is not None
    minutes = _minutes(working_time(outage.start, outage.end, calendar))
    if not is_notifiable(outage, policy, calendar, now):
        reason = f"{minutes} min på ordinære virkedager: varsles bare når det er over {policy.threshold_minutes} min."
        return Plan(notifiable=False, rule="D-06", reason=reason)
    day = next(working_days(outage.start, outage.end, calendar))
    usual = _usual_rule(outage, policy, calendar)
    first_at = _at(working_days_before(day, policy.round1_working_days_before, calendar), policy.announce_at)
    publish_at = _at(working_days_before(day, policy.publish_working_days_before, calendar), policy.announce_at)
    actions: list[Action] = []
    if oslo.day(now) >= day:
        rule, first_at, publish_at = "D-05", now, now
        reason = "Kjent samme dag: ett samlet varsel straks. Begge rundene var umulige."
        actions.append(mail(policy, now, "D-05", "planned_combined"))
        seconds = _mornings(outage, policy, calendar, after=now)
    else:
        late = now > first_at
        rule = "D-04" if late else usual
        first_at = max(first_at, now)
        reason = f"{minutes} min på ordinære virkedager: varsles i to runder."
        if late:
            reason = f"{minutes} min på ordinære virkedager; kjent etter tiden for runde 1, som derfor går straks."
        actions.append(mail(policy, first_at, "D-04" if late else _day_rule(outage, calendar), "planned_first", 1))
        apart = timedelta(minutes=policy.rounds_at_least_minutes_apart if late else 0)
        seconds = [s for s in _second_rounds(outage, policy, calendar) if s.at >= first_at + apart]
    actions += seconds
    publish_at = max(publish_at, now)
    actions += _published(publish_at, outage.end, rule if rule in {"D-04", "D-05"} else _day_rule(outage, calendar))
    return _sorted(rule, reason, actions, notifiable=True)


def _usual_rule(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings) -> str:
    """The row of 4.3 that is furthest from the plain case."""
    assert outage.end is not None
    touched = (oslo.day(outage.end - timedelta(microseconds=1)) - oslo.day(outage.start)).days + 1
    working = list(working_days(outage.start, outage.end, calendar))
    if len(working) < touched:
        return "D-07"
    if touched > 1:
        return "D-08"
    if oslo.local(outage.start).time() < policy.early_start_before:
        return "D-03"
    return _day_rule(outage, calendar)


def _day_rule(outage: Outage, calendar: CalendarSettings) -> str:
    assert outage.end is not None
    day = next(working_days(outage.start, outage.end, calendar))
    if day != oslo.day(outage.start):
        return "D-07"
    return "D-01" if working_days_before(day, 1, calendar) == day - timedelta(days=1) else "D-02"


def _second_rounds(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings) -> list[Action]:
    """Round 2 of the first working day, and each working morning after it while the outage lasts (D-01…D-03, D-08)."""
    assert outage.end is not None
    day = next(working_days(outage.start, outage.end, calendar))
    morning = _at(day, policy.morning_at)
    started_before = oslo.day(outage.start) < day
    clock = time(0) if started_before else oslo.local(outage.start).time()
    mornings = _mornings(outage, policy, calendar, after=outage.start)
    if started_before and morning < outage.end:
        return mornings
    if clock >= policy.early_start_before:
        return [mail(policy, morning, _day_rule(outage, calendar), "planned_second", 2), *mornings]
    if clock >= policy.night_start_before:
        before_start = outage.start - timedelta(minutes=policy.round2_minutes_before_start)
        at = max(min(morning, before_start), _at(day, policy.round2_not_before))
        return [mail(policy, at, "D-03", "planned_second", 2), *mornings]
    at = _at(working_days_before(day, 1, calendar), policy.night_round2_at)
    return [mail(policy, at, "D-03", "planned_second", 2), *mornings]


def _mornings(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, *, after: datetime) -> list[Action]:
    """Round 2 again on each working morning on which the outage already lasts."""
    assert outage.end is not None
    found = []
    days = list(working_days(outage.start, outage.end, calendar))
    for day in days:
        at = _at(day, policy.morning_at)
        if day == oslo.day(outage.start) and oslo.local(outage.start).time() >= policy.night_start_before:
            continue
        if max(after, outage.start) < at < outage.end:
            rule = "D-08"
            if day == days[0]:
                rule = "D-03" if oslo.day(outage.start) == day else "D-07"
            found.append(mail(policy, at, rule, "planned_second", 2, if_ongoing=True))
    return found


# Acute ------------------------------------------------------------------------------------------------------------


def _acute(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> Plan:
    threshold = timedelta(minutes=policy.threshold_minutes)
    notifiable = is_notifiable(outage, policy, calendar, now)
    if notifiable and (_starts_on_working_day(outage, calendar) or _day_shift_not_told(outage, policy, calendar, now)):
        return _acute_at_once(outage, policy, calendar, now)
    if not notifiable and working_time(outage.start, outage.start + threshold, calendar) == threshold:
        return _escalating(outage, policy, now)
    at = _day_shift(outage, policy, calendar, now)
    reason = "Startet utenfor ordinære virkedager: varsles neste ordinære virkedag om morgenen hvis den da varer."
    actions = [
        mail(policy, at, "D-11", "acute", if_ongoing=True),
        *_published(at, _later_than(outage.end, at), "D-11", if_ongoing=True),
    ]
    return _sorted("D-11", reason, actions, notifiable=notifiable)


def _acute_at_once(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> Plan:
    end = _later_than(outage.end, now)
    actions = [mail(policy, now, "D-09", "acute"), *_published(now, end, "D-09")]
    actions += [
        mail(policy, at, "D-09", "acute_repeated", if_ongoing=True) for at in _repeats(end, policy, calendar, now)
    ]
    reason = "Akutt stans med ukjent slutt: varsles straks."
    if end is not None:
        minutes = _minutes(working_time(outage.start, end, calendar))
        reason = f"Akutt stans, {minutes} min på ordinære virkedager: varsles straks."
    return _sorted("D-09", reason, actions, notifiable=True)


def _repeats(
    end: datetime | None, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime
) -> Iterator[datetime]:
    """The next day shift's morning when the end is unknown, else every working morning before it."""
    at = next_working_moment(now, policy.morning_at, calendar)
    if end is None:
        yield at
        return
    while at < end:
        yield at
        at = next_working_moment(at, policy.morning_at, calendar)


def _escalating(outage: Outage, policy: DowntimePolicy, now: datetime) -> Plan:
    """D-10: short so far; the owner is asked, and it is announced when it has lasted too long."""
    send_at = outage.start + timedelta(minutes=policy.threshold_minutes)
    ask_at = send_at - timedelta(minutes=policy.ask_minutes_before_threshold)
    send_at, ask_at = max(send_at, now), max(ask_at, now)
    actions = [
        Action(at=ask_at, kind="ask", rule="D-10", recipients=("meldingsansvarlig",), if_ongoing=True),
        mail(policy, send_at, "D-10", "acute", if_ongoing=True),
        *_published(send_at, None, "D-10", if_ongoing=True),
    ]
    reason = f"Ventet å vare {policy.threshold_minutes} min eller kortere: varsles først hvis den varer lenger."
    return _sorted("D-10", reason, actions, notifiable=False)


def _day_shift(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> datetime:
    """D-11: the first morning of an ordinary working day after the start, not before now."""
    return max(now, next_working_moment(outage.start, policy.morning_at, calendar))


def _day_shift_not_told(outage: Outage, policy: DowntimePolicy, calendar: CalendarSettings, now: datetime) -> bool:
    """True when D-11's morning has passed, or comes too late to tell of an outage that 4.2 wants told."""
    morning = next_working_moment(outage.start, policy.morning_at, calendar)
    if now >= morning:
        return True
    return outage.end is not None and max(outage.end, now) - morning <= timedelta(minutes=policy.threshold_minutes)


# Parts ------------------------------------------------------------------------------------------------------------


def mail(
    policy: DowntimePolicy,
    at: datetime,
    rule: str,
    notice: Notice,
    number: Literal[1, 2] | None = None,
    *,
    if_ongoing: bool = False,
) -> Action:
    """A notice to every group of the policy (S-64)."""
    return Action(
        at=at, kind="mail", rule=rule, notice=notice, round=number, recipients=policy.groups, if_ongoing=if_ongoing
    )


def _published(at: datetime, until: datetime | None, rule: str, *, if_ongoing: bool = False) -> list[Action]:
    actions = [Action(at=at, kind="publish", rule=rule, until=until, if_ongoing=if_ongoing)]
    if until is not None:
        actions.append(Action(at=until, kind="unpublish", rule="S-73"))
    return actions


def _sorted(rule: str, reason: str, actions: list[Action], *, notifiable: bool) -> Plan:
    order = ("mail", "publish", "ask", "unpublish")
    ordered = tuple(sorted(actions, key=lambda a: (a.at, order.index(a.kind))))
    return Plan(notifiable=notifiable, rule=rule, reason=reason, actions=ordered)


def _starts_on_working_day(outage: Outage, calendar: CalendarSettings) -> bool:
    return any(working_days(outage.start, outage.start + timedelta(microseconds=1), calendar))


def _later_than(end: datetime | None, at: datetime) -> datetime | None:
    """An estimate that has passed tells nothing about the end."""
    return end if end is not None and end > at else None


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _at(on: date, at: time) -> datetime:
    return oslo.from_local(on, at).instant
