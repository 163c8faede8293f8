"""How a stay ends, and how an ending is undone (T14 to T20, T24)."""

from __future__ import annotations

from datetime import datetime, timedelta

from samhandling.clock import oslo
from samhandling.stays.rules.dialogue import ask_about_unanswered
from samhandling.stays.rules.readiness import ask_on_day
from samhandling.stays.rules.step import ALL_CLOCKS, MANUAL_CAUSES, Step
from samhandling.stays.rules.values import Cancel, ClockEvent, DropTimer, Said, SetTimer, State, StayState


def _leave(step: Step) -> None:
    """What ends with every way out: clocks, timers, questions."""
    step.stop(*ALL_CLOCKS)
    step.do(DropTimer(name="ready_day"), DropTimer(name="discharge"), DropTimer(name="news"))
    step.drop("stay.place_unanswered", "stay.request_overdue", "stay.no_update")
    step.drop("stay.ready_today", "stay.user_question", "stay.change_notice")
    step.drop("stay.contact_changed", "stay.early_missed", "stay.leave")
    step.forget_ready()
    step.set(before=step.state.state, planned_discharge=None, on_leave=False)


def plan_discharge(step: Step) -> None:
    """T14: a future time waits."""
    step.set(planned_discharge=step.event.at, planned_to=step.event.discharged_to)
    step.do(SetTimer(name="discharge", at=step.event.at))
    step.note("discharge_planned")


def discharge(step: Step) -> None:
    """T14, T16, T24: M8 with place; what was promised to the municipality and not sent becomes work."""
    _final_was_due(step, step.event.at)
    _leave(step)
    _out(step, step.event.at, step.event.place)


def correct_discharge(step: Step) -> None:
    """The discharge was corrected: M8 cannot be changed on the wire, so a person tells what matters."""
    before, event = step.state, step.event
    place = event.place or before.discharged_to
    step.set(discharged_at=event.at, discharged_to=place)
    step.note("discharge_corrected")
    same_day = before.discharged_at is not None and oslo.day(before.discharged_at) == oslo.day(event.at)
    if before.m8 and not (same_day and place == before.discharged_to):
        step.ask("stay.call.discharge_corrected", minutes=step.policy.call_minutes)


def discharge_as_planned(step: Step) -> None:
    """T14: the planned time has come."""
    at, place = step.state.planned_discharge or step.event.at, step.state.planned_to
    _final_was_due(step, at)
    _leave(step)
    _out(step, at, place)


def _final_was_due(step: Step, at: datetime) -> None:
    """F9: the final notice had to be in the municipality's hands before now."""
    step.do(ClockEvent(clocks=("F9",), event="passed", at=at))


def _out(step: Step, at: datetime, place: str) -> None:
    involved = step.state.state is not State.IN
    step.set(state=State.OUT, discharged_at=at, discharged_to=place or step.policy.place_when_unknown)
    step.note("discharged")
    if not involved:
        if step.state.exchanged:
            step.breach("A-07")
        return
    if not step.state.ever_ready:
        step.note("without_ready_date")
    if step.state.m8 != "told":
        step.tell("M8")
        step.set(m8=step.mark)
    ask_about_unanswered(step)
    _missing_information(step)


def _missing_information(step: Step) -> None:
    """A-13, A-21: what the municipality should have had before the patient left."""
    state = step.state
    if state.need is False or state.overlay or not step.policy.health_information_followed:
        return
    if state.information != "final":
        step.breach("A-21")
        if not state.information:
            step.breach("A-13")
        step.ask("stay.information_missing", minutes=step.policy.call_minutes)


def die(step: Step) -> None:
    """T17: no M7, prompts stop; M8 after a wait in which *Angre* is possible."""
    _leave(step)
    step.set(state=State.DEAD, died_at=step.event.at)
    step.note("died")
    step.drop("stay.information_missing", *MANUAL_CAUSES)
    if step.state.before in (State.ACTIVE, State.READY):
        step.do(SetTimer(name="death", at=step.now + timedelta(minutes=step.policy.death_wait_minutes)))


def tell_death(step: Step) -> None:
    """T17: the wait is over: M8, dead."""
    step.set(discharged_at=step.state.died_at)
    step.tell("M8", dead=True)
    step.set(m8=step.mark)
    step.note("death_told")


def undo_death(step: Step) -> None:
    """T17b: M8 that was sent is cancelled and both services are called; else nothing was said and nothing is sent."""
    step.note("death_undone")
    step.do(DropTimer(name="death"))
    _undo_m8(step, "death")
    _come_back(step)


def undo_discharge(step: Step) -> None:
    """T20: cancellation of M8 and a phone call; the stay goes on, no new M1."""
    step.note("discharge_undone")
    step.drop("stay.discharge_undone_late", "stay.information_missing")
    _undo_m8(step, "discharge")
    _come_back(step)


def _undo_m8(step: Step, why: str) -> None:
    if step.state.m8 == "told":
        step.do(Cancel(messages=("M8",), why="death" if why == "death" else "discharge"))
    if step.state.m8 == "manual" or (step.state.m8 and why == "death"):
        step.ask(f"stay.call.{why}_undone", minutes=0 if why == "death" else step.policy.call_minutes)
    step.set(m8="")


def _come_back(step: Step) -> None:
    state = step.state
    step.set(state=state.before, before=State.NONE, discharged_at=None, discharged_to="", died_at=None, refused=Said())
    step.do(ClockEvent(clocks=_clocks_that_ran(step.state), event="resumed", at=step.now))
    if state.expected_ready is not None and state.before is State.ACTIVE:
        ask_on_day(step, state.expected_ready)
    step.catch_up()


def _clocks_that_ran(state: StayState) -> tuple[str, ...]:
    """The clocks that leaving closed, not those that had been stopped before."""
    ran = {
        "F1": state.early_due is not None,
        "F2": state.report_due is not None,
        "F4": state.m6 == "told" and not state.place,
        "F6": bool(state.requests),
        "F9": state.ready_date is not None or state.expected_ready is not None,
        "F10": state.expected_ready is not None,
        "F11": state.user is None or state.need is None,
    }
    return tuple(clock for clock, did in ran.items() if did)


def undo_planned_discharge(step: Step) -> None:
    """The planned discharge is off; nobody was told."""
    step.set(planned_discharge=None, planned_to="")
    step.do(DropTimer(name="discharge"))
    step.note("discharge_plan_off")


def ask_late_undo(step: Step) -> None:
    """T20 later than 24 h: the message responsible decides."""
    step.note("discharge_undone_late")
    step.ask("stay.discharge_undone_late")


def void(step: Step) -> None:
    """T19: cancellation of all that was sent, a call when content was exposed; wrong patient: privacy incident."""
    state = step.state
    _leave(step)
    step.set(state=State.VOID, voided_at=step.event.at)
    step.note("admission_cancelled")
    step.drop("stay.information_missing", *MANUAL_CAUSES)
    told = "told" in (state.m1, state.m6, state.m8) or state.exchanged
    if told:
        step.do(Cancel(messages=("M8", "M7", "M6", "M1"), everything=True, why="admission"))
    if "manual" in (state.m1, state.m6):
        step.ask("stay.call.cancelled", minutes=step.policy.call_minutes)
    if step.event.wrong_patient and told:
        step.ask("stay.privacy", minutes=step.policy.call_minutes)
    step.set(m1="", m6="", m8="")


def note_death_outside(step: Step) -> None:
    """T18: nothing from the hospital."""
    step.set(died_at=step.event.at)
    step.note("died_outside")


def undo_death_outside(step: Step) -> None:
    """T18 was a mistake: nothing was said, nothing is to be said."""
    step.set(died_at=None)
    step.note("death_undone")


def note_discharge_of_dead(step: Step) -> None:
    """The patient system ends the visit of a patient who died: M8 goes by T17."""
    step.set(discharged_to=step.event.discharged_to)
