"""Ready for discharge, now, later, or not after all (T09 to T13, T19b, F10)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from samhandling.clock import oslo
from samhandling.stays.rules.step import Step
from samhandling.stays.rules.values import Cancel, DropTimer, SetTimer, StartClock, State


def become_ready(step: Step) -> None:
    """T09: M6 with the deciding professional."""
    event, before = step.event, step.state
    step.set(
        state=State.READY,
        ready_date=event.ready_date,
        ready_decided_by=event.decided_by,
        expected_ready=None,
        ever_ready=True,
    )
    step.note("ready" if event.ready_date >= step.today else "ready_late")
    if before.expected_ready is not None:
        _forget_expected(step)
    if not before.information and before.need is not False and step.policy.health_information_followed:
        step.note("warning_no_information")
    if before.early_due is not None and not before.early_met and step.policy.health_information_followed:
        step.breach("A-14")
    step.start_until_discharge()
    step.tell_ready()


def remember_ready(step: Step) -> None:
    """A ready date before user or need is known: kept, nothing is sent (nobody to tell)."""
    event = step.event
    here = event.ready_date <= step.today
    step.set(
        ready_date=event.ready_date if here else None,
        expected_ready=None if here else event.ready_date,
        ready_decided_by=event.decided_by,
    )
    step.note("ready_unasked")


def expect_ready(step: Step) -> None:
    """T10: no M6 before the day (C-08); the ward is asked in the morning (F10)."""
    step.set(expected_ready=step.event.ready_date, ready_decided_by=step.event.decided_by)
    step.note("ready_expected")
    if step.policy.health_information_followed and step.state.need is not False and not step.state.overlay:
        step.ask("stay.change_notice")
    step.start_until_discharge()
    ask_on_day(step, step.event.ready_date)


def ask_on_day(step: Step, day: date) -> None:
    """F10: the ward is asked on the morning of the day."""
    starts, due = _at(day, step.policy.confirm_ready_from), _at(day, step.policy.confirm_ready_by)
    step.do(
        StartClock(clock="F10", starts_at=starts, due_at=due, reason=""),
        SetTimer(name="ready_day", at=starts),
    )


def _at(day: date, clock: str) -> datetime:
    return oslo.from_local(day, time.fromisoformat(clock)).instant


def _forget_expected(step: Step) -> None:
    step.meet("F10")
    step.do(DropTimer(name="ready_day"))
    step.drop("stay.ready_today")


def ask_ready_today(step: Step) -> None:
    """F10: *Utskrivningsklar i dag? Bekreft / flytt / ikke lenger*; or sent unasked where the policy says so (C-08)."""
    state = step.state
    if step.policy.future_ready == "send_on_day_unconfirmed" and state.state is State.ACTIVE:
        step.set(state=State.READY, ready_date=state.expected_ready, expected_ready=None, ever_ready=True)
        step.note("ready")
        _forget_expected(step)
        step.tell_ready()
        return
    if state.state is State.IN:
        return
    step.note("ready_asked")
    step.ask("stay.ready_today", minutes=_minutes_until(step, state.expected_ready))


def _minutes_until(step: Step, day: date | None) -> float:
    due = _at(day or step.today, step.policy.confirm_ready_by)
    return (due - step.now) / timedelta(minutes=1)


def name_ready(step: Step) -> None:
    """T09: the name that was missing has come."""
    step.set(ready_decided_by=step.event.decided_by)
    step.note("ready_named")
    step.tell_ready()


def change_ready(step: Step) -> None:
    """T12: M7, then M6 with the new date: never a second M6 alone."""
    step.withdraw_ready(step.event.decided_by)
    step.set(ready_date=step.event.ready_date, ready_decided_by=step.event.decided_by)
    step.note("ready_changed")
    step.tell_ready()


def postpone_ready(step: Step) -> None:
    """T13: M7, and the new date is held until the day (as T10)."""
    step.withdraw_ready(step.event.decided_by)
    step.set(state=State.ACTIVE, ready_date=None)
    expect_ready(step)


def clear_expected(step: Step) -> None:
    """The stored date no longer holds; nobody was told of it."""
    step.set(expected_ready=None, ready_date=None, ready_decided_by=None)
    step.note("ready_expected_cleared")
    _forget_expected(step)


def no_longer_ready(step: Step) -> None:
    """T11: M7."""
    step.note("ready_cleared")
    step.withdraw_ready(step.event.decided_by)
    step.set(state=State.ACTIVE, ready_date=None, ready_decided_by=None)


def ready_was_mistake(step: Step) -> None:
    """T19b: cancellation of M6, not M7; the interval is void."""
    step.note("ready_mistake")
    if step.state.m6 == "told":
        step.do(Cancel(messages=("M6",), why="mistake"))
    elif step.state.m6 == "manual":
        step.ask("stay.call.ready_mistake", minutes=step.policy.call_minutes)
    step.forget_ready()
    step.stop("F4")
    step.drop("stay.place_unanswered")
    step.set(state=State.ACTIVE, m6="", ready_date=None, ready_decided_by=None, place="", place_from=None)
