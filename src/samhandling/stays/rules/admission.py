"""What admissions, wards and leave do to a stay (T02, T03, T22, T23, T25)."""

from __future__ import annotations

from samhandling.stays.rules.belonging import is_ordinary
from samhandling.stays.rules.repeats import remember
from samhandling.stays.rules.step import Step, named
from samhandling.stays.rules.values import DropTimer, State


def nothing(step: Step) -> None:
    """A repeat: nothing changes."""


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
        said=remember(step.state.said, event),
    )
    step.note("admitted")
    if step.state.report_at is not None:
        step.meet("F8")
        step.do(DropTimer(name="report"))
        step.note("report_attached")
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
