"""What the municipality has to do with the patient: user of its services, need after discharge (T04, T05, T28)."""

from __future__ import annotations

from samhandling.stays.rules.dialogue import ask_about_unanswered
from samhandling.stays.rules.readiness import ask_on_day
from samhandling.stays.rules.step import MANUAL_CAUSES, Step
from samhandling.stays.rules.values import Cancel, DropTimer, State


def _assessed(step: Step) -> None:
    if step.state.user is not None and step.state.need is not None:
        step.meet("F11")


def become_user(step: Step) -> None:
    """T04: M1 once, early notice due, admission report expected."""
    step.set(user=True)
    step.note("user_yes")
    _assessed(step)
    _activate(step)


def user_while_ready(step: Step) -> None:
    """User registered when the municipality has been told *utskrivningsklar*: M1 is no longer allowed (2.4)."""
    step.set(user=True)
    step.note("user_yes_late" if step.state.m6 == "told" else "user_yes")
    _assessed(step)
    step.catch_up()


def user_after_all(step: Step) -> None:
    """Yes again before anybody said why it was no: nothing was sent meanwhile, nothing is to be corrected."""
    step.set(user=True, user_question=False)
    step.note("user_yes")
    step.drop("stay.user_question")


def need_yes(step: Step) -> None:
    """T05: the early notice is due; no M1 unless the policy says so."""
    step.set(need=True, need_at=step.event.at)
    step.note("need_yes")
    _assessed(step)
    _activate(step)


def _activate(step: Step) -> None:
    """S1 becomes S2, and S3 when the ready date came before the flag; what is due is told."""
    state = step.state
    if state.state is State.IN:
        step.set(state=State.ACTIVE)
        ready = state.ready_date
        if ready is not None:
            step.set(state=State.READY, ever_ready=True)
        elif state.expected_ready is not None:
            ask_on_day(step, state.expected_ready)
    step.catch_up()


def need_no(step: Step) -> None:
    """*Ikke behov etter utskriving* of a user of municipal services: only the early notice is no longer due (C-01)."""
    step.set(need=False, need_at=step.event.at)
    step.note("need_no")
    _assessed(step)
    if step.state.early_due is not None:
        step.set(early_due=None)
    step.stop("F1", "F9")
    step.drop("stay.early_missed")


def involvement_ends(step: Step) -> None:
    """Neither user nor need: back to S1; a patient who was ready is withdrawn (T11)."""
    need_no(step)
    _leave_involvement(step)


def _leave_involvement(step: Step) -> None:
    was_ready = step.state.state is State.READY
    if was_ready:
        step.withdraw_ready()
    step.set(state=step.flags_state(), ready_date=None if was_ready else step.state.ready_date)
    if step.state.state is State.IN:
        step.stop("F1", "F2", "F4", "F9", "F10")
        step.do(DropTimer(name="ready_day"))
        step.set(early_due=None, report_due=None, expected_ready=None)
        step.drop("stay.early_missed", "stay.ready_today", *MANUAL_CAUSES)


def user_no(step: Step) -> None:
    """No user, and nobody was told otherwise: a plain assessment."""
    step.set(user=False, user_question=False)
    step.note("user_no")
    _assessed(step)
    if step.state.state is not State.IN:
        _leave_unless_involved(step)


def _leave_unless_involved(step: Step) -> None:
    if step.state.need is not True:
        _leave_involvement(step)


def ask_why_no_user(step: Step) -> None:
    """T28: never silent. *Feilregistrert?* decides; until then the municipality's picture stays as it is."""
    step.set(user=False, user_question=True)
    step.note("user_no")
    _assessed(step)
    step.ask("stay.user_question", minutes=step.policy.call_minutes)


def user_was_mistake(step: Step) -> None:
    """T28 *Feilregistrert*: cancellation of M1, and of M6 if sent."""
    step.set(user=False, user_question=False)
    step.note("user_mistake")
    step.drop("stay.user_question")
    if step.state.m1 == "told" or step.state.m6 == "told":
        step.do(Cancel(messages=("M6", "M1"), why="user"))
    if "manual" in (step.state.m1, step.state.m6):
        step.ask("stay.call.user", minutes=step.policy.call_minutes)
    step.forget_ready()
    step.set(m1="", m6="")
    _leave_involvement(step)


def user_no_longer(step: Step) -> None:
    """T28 *Ikke lenger behov*: M7 when ready, and a phone call."""
    step.set(user=False, user_question=False)
    step.note("user_no")
    step.drop("stay.user_question")
    _assessed(step)
    step.ask("stay.call.user_ended", minutes=step.policy.call_minutes)
    ask_about_unanswered(step)
    _leave_involvement(step)
