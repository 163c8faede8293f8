"""Deadlines, timers and breaches of a stay, as rows and jobs; each fires once, in the transaction that it acts in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from samhandling.clock.deadlines import end_of_local_day
from samhandling.jobs.services import Timer, enqueue, enqueue_timers
from samhandling.jobs.services import cancel as cancel_job
from samhandling.stays import outages
from samhandling.stays.causes import BREACH_SEVERITY
from samhandling.stays.models import BreachOfRoutine, Deadline, Expectation, Stay
from samhandling.stays.rules import deadlines
from samhandling.stays.rules.deadlines import DeadlineEvent, DeadlineState
from samhandling.stays.rules.values import ClockEvent, DropTimer, SetTimer, StartClock
from samhandling.stays.work import Work
from samhandling.store.prepared import insert_all, prepared, update
from samhandling.tasks.services import close_tasks


def after(start: datetime, *, hours: float = 0, minutes: float = 0) -> datetime:
    """Elapsed time on the UTC line."""
    return start + timedelta(hours=hours, minutes=minutes)


def _of_stay(work: Work) -> dict[tuple[str, str], Deadline]:
    """The stay's own clocks by name and detail, their rows locked."""
    if work.clocks is None:
        work.clocks = {(row.clock, row.detail): row for row in _own(work.stay)}
        for row in work.clocks.values():
            row.stay = work.stay
    return work.clocks


@prepared
def _own(stay: Stay) -> QuerySet[Deadline]:
    return Deadline.objects.select_for_update().filter(stay=stay, expectation__isnull=True).order_by("pk")


def start(work: Work, actions: Sequence[StartClock]) -> None:
    """Clocks of the stay run; one that runs is moved, one that was closed or missed begins anew.

    What was met stays met, save what each new date or message asks again.
    """
    known = _of_stay(work)
    made: list[Deadline] = []
    for action in actions:
        name = (action.clock, action.detail)
        row = known.get(name)
        if row is None:
            row = Deadline(stay=work.stay, clock=action.clock, detail=action.detail, state=DeadlineState.DUE.value)
            known[name] = row
            made.append(row)
        elif row.state == DeadlineState.MET and action.clock not in deadlines.BEGIN_ANEW and not action.anew:
            continue
        elif row.state != DeadlineState.SENT or action.anew:
            row.state = DeadlineState.DUE.value
        row.starts_at, row.due_at, row.reason, row.settled_at = action.starts_at, action.due_at, action.reason, None
        if row.pk is not None:
            update(row)
            _wait(row, work.now)
    if made:
        insert_all(made)
        timers = [Timer({"deadline": r.pk}, r.due_at, _job(r)) for r in made if r.due_at is not None]
        if timers:
            enqueue_timers("stays.deadline", timers, now=work.now)


def _job(row: Deadline) -> str:
    return f"stays.deadline:{row.pk}"


def _wait(row: Deadline, now: datetime, *, again: bool = True) -> None:
    """Come back when the deadline is due; `again`: in place of an earlier wait, which may have been shorter."""
    if again:
        cancel_job(_job(row))
    if row.due_at is not None:
        enqueue("stays.deadline", {"deadline": row.pk}, now=now, run_at=row.due_at, unique=_job(row))


def event(work: Work, action: ClockEvent) -> None:
    """Something that matters to running clocks of the stay."""
    for (clock, detail), row in _of_stay(work).items():
        if clock in action.clocks and action.detail in (None, detail):
            was_missed = row.state == DeadlineState.MISSED
            advance(row, action.event, at=action.at, now=work.now)
            breach_code = deadlines.CONSEQUENCES[clock].breach
            if was_missed and row.state == DeadlineState.MET and breach_code:
                untrue(work, breach_code)


def advance(row: Deadline, event: DeadlineEvent, *, at: datetime, now: datetime) -> bool:
    """One step of a deadline whose row is locked; True when it is missed by this step."""
    before = DeadlineState(row.state)
    state = deadlines.advance(before, event, due_at=row.due_at, at=at)
    if state is before:
        if event == "met" and state is DeadlineState.MISSED and row.late_at is None:
            row.late_at = at
            row.save(update_fields=["late_at"])
        return False
    row.state = state.value
    waits = state in (DeadlineState.DUE, DeadlineState.SENT)
    row.settled_at = None if waits else at
    row.late_at = at if event == "met" and state is DeadlineState.MISSED else None
    if state in (DeadlineState.MET, DeadlineState.MISSED):
        outages.mark(row, at=at)
    update(row, "state", "settled_at", "late_at", "affected_by_downtime")
    if waits:
        _wait(row, now)
    else:
        cancel_job(_job(row))
    return state is DeadlineState.MISSED


def watch_message(work: Work, expectation: Expectation) -> None:
    """F3 (and F7 for M8): a message that is due and has not gone at once."""
    minutes = work.policy.automatic_alarm_minutes
    if expectation.message_code == "M8":
        minutes = work.policy.discharge_message_alarm_minutes
        left = datetime.fromisoformat(expectation.values.get("discharged_at") or work.now.isoformat())
        _watch(work, expectation, "F7", end_of_local_day(max(left, expectation.due_since)))
    _watch(work, expectation, "F3", after(expectation.due_since, minutes=minutes))


def _watch(work: Work, expectation: Expectation, clock: str, due_at: datetime) -> None:
    row, made = Deadline.objects.get_or_create(
        stay=work.stay,
        expectation=expectation,
        clock=clock,
        defaults={"state": DeadlineState.DUE.value, "starts_at": expectation.due_since, "due_at": due_at},
    )
    if made:
        _wait(row, work.now, again=False)


def message_sent(work: Work, expectation: Expectation) -> None:
    """The message has gone: its clocks are met (or missed, late), and nobody needs to send it."""
    _settle(work, expectation, "met")


def message_gone(work: Work, expectation: Expectation) -> None:
    """The message is no longer expected."""
    _settle(work, expectation, "closed")


def _settle(work: Work, expectation: Expectation, how: DeadlineEvent) -> None:
    rows = _of_message(expectation)
    for row in rows:
        row.stay = work.stay
        advance(row, how, at=work.now, now=work.now)
    if rows:
        keys = [work.task_key(c, str(expectation.number)) for c in ("stay.not_sent", "stay.not_sent_today")]
        close_tasks(unique_key=keys, organisation=work.organisation, how="resolved", now=work.now)


@prepared
def _of_message(expectation: Expectation) -> QuerySet[Deadline]:
    return Deadline.objects.select_for_update().filter(expectation=expectation)


def set_timer(work: Work, action: SetTimer) -> None:
    """Come back at that instant; an earlier timer of the name is replaced."""
    name = f"stays.timer:{work.stay.pk}:{action.name}"
    cancel_job(name)
    payload = {"stay": work.stay.pk, "name": action.name}
    enqueue("stays.timer", payload, now=work.now, run_at=action.at, unique=name)


def drop_timer(work: Work, action: DropTimer) -> None:
    """Do not come back."""
    cancel_job(f"stays.timer:{work.stay.pk}:{action.name}")


def breach(work: Work, code: str, *, affected: bool = False) -> None:
    """Record a breach of routine, once per stay and code. `affected`: an outage covered the deadline's time."""
    BreachOfRoutine.objects.get_or_create(
        organisation=work.organisation,
        unique_key=f"{work.stay.subject}:{code}",
        defaults={
            "code": code,
            "severity": BREACH_SEVERITY[code],
            "at": work.now,
            "stay": work.stay,
            "patient": work.stay.patient,
            "unit": work.stay.unit,
            "affected_by_downtime": affected,
        },
    )


def untrue(work: Work, code: str) -> None:
    """A breach that was found before we knew better: what was in time has come (C-02)."""
    BreachOfRoutine.objects.filter(organisation=work.organisation, unique_key=f"{work.stay.subject}:{code}").delete()
    work.note("breach_untrue", code=code)
