"""What each transition does (routines 2.3). Every function takes the step under way and changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from samhandling.clock import oslo
from samhandling.stays.policy import Policy
from samhandling.stays.rules.step import ALL_CLOCKS, Step, named
from samhandling.stays.rules.values import Cancel, ClockEvent, DropTimer, SetTimer, StartClock, State, StayState

Effect = Callable[[Step], None]

MANUAL_CAUSES = (
    "stay.h_number.form",
    "stay.no_municipality.find",
    *(f"stay.{why}.{what}" for why in ("h_number", "no_agreement") for what in ("m1", "m6", "m7", "m8")),
)
"""Work that stands in for messages under an overlay."""


def nothing(step: Step) -> None:
    """A repeat: nothing changes."""


# Admission ------------------------------------------------------------------------------------------------------------


def open_stay(step: Step) -> None:
    """T02: the stay begins in S1; the two assessments are asked for within F11."""
    event = step.event
    step.set(
        state=State.IN,
        admitted_at=event.at,
        id_class=event.id_class,
        ordinary=is_ordinary(event.id_class, step.policy),
        municipality=event.municipality,
        agreement=event.agreement,
        track=event.place.track,
        unit=event.place.code,
        phone=event.place.phone,
        attending=event.attending,
    )
    step.note("admitted")
    step.start("F11", event.at, step.policy.assessment_hours)


def no_stay(step: Step) -> None:
    """T03: no stay, no messages."""


def correct_admission(step: Step) -> None:
    """The admission time was corrected: clocks follow; a message that was sent keeps the old time."""
    state, event = step.state, step.event
    step.set(admitted_at=event.at)
    step.note("admission_corrected")
    if state.user is None or state.need is None:
        step.start("F11", event.at, step.policy.assessment_hours)
    if state.early_due is not None:
        step.set(early_due=None)
        step.run_early_clock()


def is_ordinary(id_class: str, policy: Policy) -> bool:
    """C-03: fødselsnummer, and D-number where the policy says so."""
    return id_class == "FNR" or (id_class == "DNR" and policy.d_number_is_ordinary)


# User and need --------------------------------------------------------------------------------------------------------


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
            _ask_on_day(step, state.expected_ready)
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
        step.stop("F1", "F2", "F9", "F10")
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
    _leave_involvement(step)


# Ready for discharge --------------------------------------------------------------------------------------------------


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
    if before.early_due is not None and not before.information:
        step.note("warning_early_open")
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
    if step.state.information:
        step.ask("stay.change_notice")
    _ask_on_day(step, step.event.ready_date)


def _ask_on_day(step: Step, day: date) -> None:
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
    step.set(state=State.ACTIVE, m6="", ready_date=None, ready_decided_by=None)


# Out, dead, void ------------------------------------------------------------------------------------------------------


def _leave(step: Step) -> None:
    """What ends with every way out: clocks, timers, questions."""
    step.stop(*ALL_CLOCKS)
    step.do(DropTimer(name="ready_day"), DropTimer(name="discharge"))
    step.drop(
        "stay.ready_today", "stay.user_question", "stay.change_notice", "stay.contact_changed", "stay.early_missed"
    )
    step.forget_ready()
    step.set(before=step.state.state, planned_discharge=None, on_leave=False)


def plan_discharge(step: Step) -> None:
    """T14: a future time waits."""
    step.set(planned_discharge=step.event.at, planned_to=step.event.discharged_to)
    step.do(SetTimer(name="discharge", at=step.event.at))
    step.note("discharge_planned")


def discharge(step: Step) -> None:
    """T14, T16, T24: M8 with place; what was promised to the municipality and not sent becomes work."""
    event = step.event
    _leave(step)
    place = "3" if event.other_trust and not event.discharged_to else event.discharged_to
    _out(step, event.at, place)


def discharge_as_planned(step: Step) -> None:
    """T14: the planned time has come."""
    at, place = step.state.planned_discharge or step.event.at, step.state.planned_to
    _leave(step)
    _out(step, at, place)


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
    step.set(state=state.before, before=State.NONE, discharged_at=None, discharged_to="", died_at=None)
    step.do(ClockEvent(clocks=_clocks_that_ran(step.state), event="resumed", at=step.now))
    if state.expected_ready is not None and state.before is State.ACTIVE:
        _ask_on_day(step, state.expected_ready)
    step.catch_up()


def _clocks_that_ran(state: StayState) -> tuple[str, ...]:
    """The clocks that leaving closed, not those that had been stopped before."""
    ran = {
        "F1": state.early_due is not None,
        "F2": state.report_due is not None,
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
    step.set(state=State.VOID)
    step.note("admission_cancelled")
    step.drop("stay.information_missing", *MANUAL_CAUSES)
    told = "told" in (state.m1, state.m6, state.m8) or state.exchanged
    if told:
        step.do(Cancel(messages=("M8", "M7", "M6", "M1"), why="admission"))
    if "manual" in (state.m1, state.m6):
        step.ask("stay.call.cancelled", minutes=step.policy.call_minutes)
    if step.event.wrong_patient and told:
        step.ask("stay.privacy", minutes=step.policy.call_minutes)
    step.set(m1="", m6="", m8="")


def note_death_outside(step: Step) -> None:
    """T18: nothing from the hospital."""
    step.set(died_at=step.event.at)
    step.note("died_outside")


def note_discharge_of_dead(step: Step) -> None:
    """The patient system ends the visit of a patient who died: M8 goes by T17."""
    step.set(discharged_to=step.event.discharged_to)


# Ward, leave, identity, municipality ----------------------------------------------------------------------------------


def move(step: Step) -> None:
    """T22: no message; a hint when the phone in the last Helseopplysning is now wrong."""
    place, before = step.event.place, step.state
    step.set(unit=place.code, phone=place.phone)
    if before.unit != place.code:
        step.note("moved")
    if before.information and (before.unit, before.phone) != (place.code, place.phone):
        step.ask("stay.contact_changed")


def move_track(step: Step) -> None:
    """T23: mailbox and default addressee change from now on."""
    step.set(track=step.event.place.track)
    move(step)
    step.note("track_changed")


def move_to_void(step: Step) -> None:
    """The ward of a stay that has ended: only the place is kept."""
    place = step.event.place
    step.set(unit=place.code, phone=place.phone, track=place.track)


def attend(step: Step) -> None:
    """The attending doctor may be the name that a message waits for (T09)."""
    step.set(attending=step.event.attending)
    if step.state.m6 == "waiting" and named(step.event.attending):
        step.tell_ready()


def leave_start(step: Step) -> None:
    """T25: a banner; no message."""
    step.set(on_leave=True)
    step.note("leave_started")
    if step.state.involved:
        step.ask("stay.leave")


def leave_end(step: Step) -> None:
    """T25."""
    step.set(on_leave=False)
    step.note("leave_ended")
    step.drop("stay.leave")


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
    if step.state.exchanged:
        step.ask("stay.identity_lost", minutes=step.policy.call_minutes)
    step.catch_up()


def _overlay_other(step: Step) -> None:
    """From no number to no agreement or back: the work for people is named anew."""
    step.drop(*MANUAL_CAUSES)
    again = {name: "" for name in ("m1", "m6") if getattr(step.state, name) == "manual"}
    step.set(**again)
    step.catch_up()


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
    step.set(m1="", m6="")
    step.catch_up()


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
        step.do(Cancel(messages=("M8", "M7", "M6", "M1"), municipality=old, why="municipality"))
        step.ask("stay.privacy", minutes=step.policy.call_minutes)
        step.note("municipality_was_wrong")
    else:
        step.ask("stay.call.municipality_changed", minutes=step.policy.call_minutes)
        step.note("municipality_moved")
    step.set(told_before="")


# Helseopplysninger ----------------------------------------------------------------------------------------------------


def information_sent(step: Step) -> None:
    """T06 to T08, as far as the stay must know: which kind was the last, and what it means for F1 and F9."""
    event = step.event
    step.set(information=event.kind)
    step.note(f"information_{event.kind}")
    step.drop("stay.change_notice", "stay.contact_changed")
    if event.kind == "final":
        step.meet("F9")
    if event.received_at is None:
        step.do(ClockEvent(clocks=("F1",), event="sent", at=event.at))
    else:
        step.meet("F1", at=event.received_at)
        step.drop("stay.early_missed")
