"""One step under way: the state so far and the actions so far. The only place where a message is asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from samhandling.clock import oslo
from samhandling.clock.deadlines import after_office_hours
from samhandling.stays.events import Event, Professional
from samhandling.stays.policy import Policy
from samhandling.stays.rules.values import (
    Action,
    AskPerson,
    Breach,
    ClockEvent,
    Message,
    NoNeedToAsk,
    Note,
    StartClock,
    State,
    StayState,
    Tell,
    TellByPhone,
    Withdraw,
)

ALL_CLOCKS = ("F1", "F2", "F4", "F6", "F8", "F9", "F10", "F11")
"""The clocks of the stay itself; F3 and F7 belong to the single messages, F5 to the exchange."""


MANUAL_CAUSES = (
    "stay.h_number.form",
    "stay.no_municipality.find",
    "stay.objection",
    *(f"stay.{why}.{what}" for why in ("h_number", "no_agreement") for what in ("m1", "m6", "m7", "m8")),
)
"""Work that stands in for messages under an overlay."""


class Step:
    """Collects what one event leads to; thrown away when it is decided."""

    __slots__ = ("actions", "event", "now", "policy", "state")

    def __init__(self, state: StayState, event: Event, policy: Policy, now: datetime) -> None:
        self.state = state
        self.event: Any = event
        self.policy = policy
        self.now = now
        self.actions: list[Action] = []

    def set(self, **changes: Any) -> None:
        """Change the state."""
        self.state = msgspec.structs.replace(self.state, **changes)

    def do(self, *actions: Action) -> None:
        """Ask for actions, in this order."""
        self.actions.extend(actions)

    def note(self, kind: str) -> None:
        """Write a line in the timeline, at the event's time."""
        self.actions.append(Note(kind=kind, at=self.event.at))

    def ask(self, cause: str, *, minutes: float | None = None) -> None:
        """Give a person work, due in that many minutes from now."""
        due = None if minutes is None else self.now + timedelta(minutes=minutes)
        self.actions.append(AskPerson(cause=cause, due_at=due))

    def drop(self, *causes: str) -> None:
        """Work that is no longer needed."""
        self.actions.extend(NoNeedToAsk(cause=cause) for cause in causes)

    def breach(self, code: str) -> None:
        """Record a breach of routine."""
        self.actions.append(Breach(code=code))

    @property
    def today(self) -> date:
        """The Oslo day of the registration, which never lies ahead of now."""
        return oslo.day(min(self.event.at, self.now))

    def start(self, clock: str, starts_at: datetime, hours: float, reason: str = "") -> None:
        """Start a clock of elapsed hours."""
        due_at = starts_at + timedelta(hours=hours)
        self.actions.append(StartClock(clock=clock, starts_at=starts_at, due_at=due_at, reason=reason))

    def start_in_office(self, clock: str, starts_at: datetime, hours: float, detail: str = "") -> None:
        """Start a clock of hours in which the office is open (F4, F6)."""
        due_at = after_office_hours(starts_at, hours)
        self.actions.append(StartClock(clock=clock, starts_at=starts_at, due_at=due_at, detail=detail))

    def start_until_discharge(self) -> None:
        """F9 runs until the patient leaves, whenever that is; what stands as final already is not asked for again."""
        if self.state.information == "final":
            return
        if self.policy.health_information_followed and self.state.need is not False and not self.state.overlay:
            self.actions.append(StartClock(clock="F9", starts_at=self.event.at, due_at=None))

    def stop(self, *clocks: str) -> None:
        """The reason of the clocks is gone: they no longer run."""
        self.actions.append(ClockEvent(clocks=clocks, event="closed", at=self.event.at))

    def meet(self, *clocks: str, at: datetime | None = None, detail: str | None = None) -> None:
        """What the clocks waited for happened at `at` (the event's time unless said)."""
        self.actions.append(ClockEvent(clocks=clocks, event="met", at=at or self.event.at, detail=detail))

    def tell(self, message: Message, **values: Any) -> None:
        """Ask for a message; under an overlay for a call instead (S-35, S-36, A-11): never both or neither."""
        overlay = self.state.overlay
        if overlay:
            due = self.now + timedelta(minutes=self.policy.manual_minutes[message])
            self.actions.append(TellByPhone(message=message, overlay=overlay, due_at=due))
            return
        self.actions.append(Tell(message=message, at=self.event.at, **values))
        if not values.get("hold"):
            self.set(exchanged=True)

    @property
    def mark(self) -> Any:
        """What a telling leaves behind: `manual` under an overlay, else `told`."""
        return "manual" if self.state.overlay else "told"

    # What several transitions share -------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Tell the municipality what it should know by now and does not (T04, T05, T09, T26, T27).

        M1 goes before M6, and never after it: who was told *utskrivningsklar* is not told *innlagt* again.
        """
        state, due = self.state, ("", "manual") if not self.state.overlay else ("",)
        if state.state not in (State.ACTIVE, State.READY):
            return
        wants_m1 = state.user is True or (self.policy.admission_message_on_need and state.need is True)
        if wants_m1 and state.m1 in due and state.m6 in ("", "manual", "waiting"):
            self.tell("M1")
            self.set(m1=self.mark)
        if state.state is State.READY and (state.m6 in due or state.m6 == "waiting"):
            self.tell_ready()
        self.run_early_clock()
        self.run_report_clock()

    def tell_ready(self) -> None:
        """M6 with the deciding professional: the one named, else the attending doctor (marked), else it waits (T09)."""
        state = self.state
        decided, marked = state.ready_decided_by, False
        if not named(decided) and named(state.attending):
            decided, marked = state.attending, True
        if state.overlay:
            self.tell("M6")
            self.set(m6="manual")
        elif not named(decided):
            if state.m6 != "waiting":
                self.tell("M6", ready_date=state.ready_date, hold="name")
                self.ask("stay.name_missing", minutes=0)
                self.set(m6="waiting")
        else:
            self.tell("M6", ready_date=state.ready_date, decided_by=decided, marked=marked)
            if state.m6 == "waiting":
                self.drop("stay.name_missing")
            self.set(m6="told", ready_marked=marked)

    def run_early_clock(self) -> None:
        """F1 for a stay whose municipality is involved (C-01); under an overlay the manual tasks have due times."""
        state = self.state
        if state.overlay or state.early_due or state.need is False or not state.involved or state.admitted_at is None:
            return
        hours = self.policy.early_notice_hours
        starts, reason = state.admitted_at, ""
        if self.event.at > state.admitted_at + timedelta(hours=hours):
            starts, reason = self.event.at, "late_need"
        self.start("F1", starts, hours, reason)
        if reason:
            self.note("late_need")
        self.set(early_due=starts + timedelta(hours=hours))

    def run_report_clock(self) -> None:
        """F2: the municipality's admission report is expected of a user of municipal services (T04)."""
        state = self.state
        if state.overlay or state.report_due or state.user is not True or state.admitted_at is None:
            return
        if state.report_at is not None:
            return
        hours = self.policy.admission_report_hours
        self.start("F2", state.admitted_at, hours)
        self.set(report_due=state.admitted_at + timedelta(hours=hours))

    def withdraw_ready(self, decided_by: Professional | None = None) -> None:
        """M7 for an M6 that was told; one that waited for a name is forgotten (T11 to T13)."""
        state = self.state
        if state.m6 == "waiting":
            self.forget_ready()
            return
        if state.m6:
            named_one = decided_by if named(decided_by) else state.ready_decided_by
            marked = not named(named_one) and named(state.attending)
            self.tell(
                "M7",
                ready_date=state.ready_date,
                decided_by=state.attending if marked else named_one,
                marked=marked,
            )
        self.stop("F4")
        self.drop("stay.place_unanswered")
        self.set(m6="", place="", place_from=None)

    def forget_ready(self) -> None:
        """An M6 that never left is no longer expected."""
        if self.state.m6 == "waiting":
            self.do(Withdraw(message="M6"))
            self.drop("stay.name_missing")
            self.set(m6="")

    def flags_state(self) -> State:
        """S2 when the municipality is involved, else S1."""
        return State.ACTIVE if self.state.involved else State.IN


def named(professional: Professional | None) -> bool:
    """True when there is a name to write."""
    return professional is not None and professional.named
