"""Who the patient is and where they belong: what lets messages go at all (T26, T27, overlays H and N)."""

from __future__ import annotations

from datetime import timedelta

from samhandling.stays.policy import Policy
from samhandling.stays.rules.step import MANUAL_CAUSES, Step
from samhandling.stays.rules.values import Cancel, StartClock, State, StayState


def is_ordinary(id_class: str, policy: Policy) -> bool:
    """C-03: the classes that the policy lets into PLO messages."""
    return id_class in policy.identity_classes


def identity(step: Step) -> None:
    """T27: an ordinary number lifts overlay H and what is due is told; losing it lays the overlay on."""
    before = step.state
    ordinary = is_ordinary(step.event.id_class, step.policy)
    step.set(id_class=step.event.id_class, ordinary=ordinary)
    step.note("identity_ordinary" if ordinary else "identity_not_ordinary")
    if before.state not in (State.IN, State.ACTIVE, State.READY):
        return
    if before.overlay and not step.state.overlay:
        _overlay_off(step, extend=True)
    elif step.state.overlay and not before.overlay:
        _overlay_on(step)
    elif before.overlay != step.state.overlay:
        _overlay_other(step)


def _overlay_off(step: Step, *, extend: bool) -> None:
    step.drop(*MANUAL_CAUSES)
    state = step.state
    if extend and state.involved and state.need is not False and not state.early_due and state.admitted_at:
        hours = step.policy.early_notice_hours
        late_need = state.need_at if state.user is not True else None
        base = state.admitted_at
        if late_need is not None and late_need > base + timedelta(hours=hours):
            base = late_need
        after = step.event.at + timedelta(hours=step.policy.early_notice_after_identity_hours)
        due = max(base + timedelta(hours=hours), after)
        step.do(StartClock(clock="F1", starts_at=base, due_at=due, reason="identity" if due == after else ""))
        step.set(early_due=due)
    step.catch_up()


def _overlay_on(step: Step) -> None:
    step.forget_ready()
    step.stop("F1", "F2")
    step.set(early_due=None, report_due=None)
    if step.state.exchanged and step.state.overlay == "H":
        step.ask("stay.identity_lost", minutes=step.policy.call_minutes)
    step.catch_up()


def _overlay_other(step: Step) -> None:
    """From no number to no agreement or back: the work for people is named anew."""
    step.drop(*MANUAL_CAUSES)
    again = {name: "" for name in ("m1", "m6") if getattr(step.state, name) == "manual"}
    step.set(**again)
    step.catch_up()


def objection(step: Step) -> None:
    """P-01: while the patient objects nothing is told, by message or phone; a person decides what the law demands."""
    before = step.state.overlay
    step.set(objects=step.event.value)
    step.note("objects" if step.event.value else "objects_no_longer")
    if step.state.state in (State.IN, State.ACTIVE, State.READY):
        _overlay_may_change(step, before)


def municipality(step: Step) -> None:
    """T26: the new municipality is told; about the old one a person decides: *Rettet* or *Endret*."""
    before, event = step.state, step.event
    same = before.municipality == event.municipality
    step.set(municipality=event.municipality, agreement=event.agreement)
    step.note("agreement_changed" if same else "municipality_changed")
    if before.state not in (State.IN, State.ACTIVE, State.READY):
        return
    if same:
        _overlay_may_change(step, before.overlay)
        return
    told = "told" in (before.m1, before.m6)
    if told:
        step.set(told_before=before.municipality)
        if event.was_wrong is None:
            step.ask("stay.municipality_question", minutes=step.policy.call_minutes)
        else:
            answer_municipality(step)
    step.drop(*MANUAL_CAUSES)
    step.forget_ready()
    step.set(m1="", m6="", place="", place_from=None, information="")
    _early_notice_anew(step, before)
    step.catch_up()


def _early_notice_anew(step: Step, before: StayState) -> None:
    """T26: the new municipality has no early notice; the deadline stays what it was, as far as time is left."""
    state, policy = step.state, step.policy
    step.set(early_due=None, early_met=False)
    if state.overlay:
        step.stop("F1", "F2", "F4")
        step.set(report_due=None)
    elif before.early_due is not None and state.admitted_at is not None:
        after = step.event.at + timedelta(hours=policy.early_notice_after_identity_hours)
        due = max(before.early_due, after)
        reason = "municipality" if due == after else ""
        step.do(StartClock(clock="F1", starts_at=state.admitted_at, due_at=due, reason=reason, anew=True))
        step.set(early_due=due)


def _overlay_may_change(step: Step, before: str) -> None:
    overlay = step.state.overlay
    if before and not overlay:
        _overlay_off(step, extend=False)
    elif overlay and not before:
        _overlay_on(step)
    elif before != overlay:
        _overlay_other(step)


def answer_municipality(step: Step) -> None:
    """T26 *Rettet*: cancellation of everything sent there and a privacy incident; *Endret*: a phone call."""
    old = step.state.told_before
    step.drop("stay.municipality_question")
    if step.event.was_wrong:
        step.do(Cancel(messages=("M8", "M7", "M6", "M1"), municipality=old, everything=True, why="municipality"))
        step.ask("stay.privacy", minutes=step.policy.call_minutes)
        step.note("municipality_was_wrong")
    else:
        step.ask("stay.call.municipality_changed", minutes=step.policy.call_minutes)
        step.note("municipality_moved")
    step.set(told_before="")
