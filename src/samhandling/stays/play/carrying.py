"""Carries out in memory what a decision asks for: the counterpart of `stays.carrying`, `telling` and `clocks`.

What is decided stands in `rules`; here it is only written down, and alarms are put on the agenda.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from samhandling.clock.calendar import office_hours
from samhandling.stays.causes import BREACH_SEVERITY, CAUSES
from samhandling.stays.events import Event
from samhandling.stays.play.ledger import Clock, Found, Job, Ledger, Letter
from samhandling.stays.play.telling import Outbox
from samhandling.stays.policy import Policy
from samhandling.stays.rules import StayState, deadlines, decide
from samhandling.stays.rules.deadlines import CONSEQUENCES, DeadlineState
from samhandling.stays.rules.expectations import ExpectationState
from samhandling.stays.rules.values import (
    AskPerson,
    Breach,
    Cancel,
    ClockEvent,
    DeathWaitOver,
    Decision,
    DischargeTimeCame,
    DropTimer,
    NoNeedToAsk,
    NoNewsCame,
    Note,
    OrderWaitOver,
    ReadyDayCame,
    ReportWaitOver,
    SetTimer,
    StartClock,
    Tell,
    TellByPhone,
    Withdraw,
)

TIMERS: dict[str, type[Event]] = {
    "discharge": DischargeTimeCame,
    "death": DeathWaitOver,
    "ready_day": ReadyDayCame,
    "report": ReportWaitOver,
    "news": NoNewsCame,
    "order": OrderWaitOver,
}


class Agenda:
    """Instants to come back at, in order; of one instant in the order in which they were asked for."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._numbers = count()

    def add(self, at: datetime, what: Callable[[datetime], None]) -> None:
        """Come back at `at`."""
        heapq.heappush(self._heap, (at, next(self._numbers), what))

    def due(self, until: datetime, *, including: bool) -> tuple[datetime, Callable[[datetime], None]] | None:
        """The next one before `until`, or at it."""
        if self._heap and (self._heap[0][0] < until or (including and self._heap[0][0] == until)):
            at, _, what = heapq.heappop(self._heap)
            return at, what
        return None


class PlayedStay:
    """One stay under way: its state as the rules know it, and its ledger."""

    def __init__(
        self,
        policy: Policy,
        agenda: Agenda,
        line: list[dict[str, Any]],
        *,
        epj: tuple[str, ...] = (),
        muted_until: Callable[[datetime], datetime | None],
        takes_cancellation: bool = True,
        automatic_receipts: bool = False,
        number: int = 1,
    ) -> None:
        self.policy, self.agenda, self.line, self.epj, self.number = policy, agenda, line, epj, number
        self.muted_until, self.takes_cancellation = muted_until, takes_cancellation
        self.automatic_receipts = automatic_receipts
        self.state = StayState()
        self.ledger = Ledger()
        self.timers: dict[str, datetime] = {}
        self.out = Outbox(self)

    # Deciding ---------------------------------------------------------------------------------------------------------

    def happen(self, event: Event, now: datetime) -> Decision:
        """Let the rules decide, and carry it out. Raises ImpossibleEventError."""
        before = self.state
        decision = decide(before, event, self.policy, now)
        self.state = decision.state
        if decision.actions or decision.state != before:
            self.tell_line(
                event.at, "transition", row=decision.row, event=type(event).__name__,
                source=before.state.value, state=decision.state.state.value,
            )  # fmt: skip
        for action in decision.actions:
            self._do(action, now)
        return decision

    def tell_line(self, at: datetime, kind: str, **data: Any) -> None:
        """A line of the timeline."""
        found = {"at": at, "kind": kind, **{name: value for name, value in data.items() if value not in (None, "")}}
        if self.number > 1:
            found["stay"] = self.number
        self.line.append(found)

    def _do(self, action: Any, now: datetime) -> None:
        match action:
            case Tell():
                self.out.tell(action, now)
            case TellByPhone():
                self.out.by_phone(action, now)
            case Cancel():
                self.out.cancel(action, now)
            case Withdraw():
                self.out.withdraw(action.message, now)
            case StartClock():
                self.start_clock(action)
            case ClockEvent():
                for clock in self.ledger.clocks.values():
                    if clock.name in action.clocks and action.detail in (None, clock.detail):
                        self.advance(clock, action.event, action.at, now)
            case SetTimer():
                self._set_timer(action)
            case DropTimer():
                self.timers.pop(action.name, None)
            case AskPerson():
                self.ask(action.cause, now, due_at=action.due_at)
            case NoNeedToAsk():
                self.no_need(action.cause, now)
            case Breach():
                self.breach(action.code, now)
            case Note():
                self.tell_line(action.at, "transition", note=action.kind)

    # Work and breaches ------------------------------------------------------------------------------------------------

    def ask(
        self, cause: str, now: datetime, *, due_at: datetime | None = None, message: str = "", detail: str = ""
    ) -> None:
        """Work for a person; the same work is opened once."""
        what = CAUSES[cause]
        for job in self.ledger.open_jobs(cause):
            if job.detail == detail:
                job.due_at = min(filter(None, (job.due_at, due_at)), default=None)
                return
        self.ledger.jobs.append(
            Job(cause=cause, opened_at=now, due_at=due_at, severity=what.severity, text=what.text, message=message,
                detail=detail)
        )  # fmt: skip
        owner = what.owner
        if owner == "anomaly":
            owner = "responsible" if office_hours(now) else "ward"
        self.tell_line(now, "task", cause=cause, event="opened", due=due_at, owner=owner)

    def queue(self, code: str, now: datetime, letter: Letter) -> None:
        """What the exchange asks people about a message: A-01 to call, A-02 to correct."""
        if not any(job.detail == letter.reference for job in self.ledger.open_jobs(code)):
            grave = BREACH_SEVERITY[code]
            self.ledger.jobs.append(
                Job(cause=code, opened_at=now, severity=grave, message=letter.code, detail=letter.reference)
            )
            self.tell_line(now, "task", cause=code, event="opened", message=letter.code)

    def answered(self, letter: Letter, now: datetime) -> None:
        """A receipt came: nobody needs to ask for it any more."""
        for job in self.ledger.open_jobs("A-01"):
            if job.detail == letter.reference:
                job.closed_at = now

    def no_need(self, cause: str, now: datetime) -> None:
        """The work is no longer needed."""
        for job in self.ledger.open_jobs(cause):
            job.closed_at = now
            self.tell_line(now, "task", cause=cause, event="closed")

    def breach(
        self,
        code: str,
        now: datetime,
        *,
        message: str = "",
        note: str = "",
        again: bool = False,
        severity: str = "",
    ) -> None:
        """A breach of routine, once per stay and code; `again`: once per message."""
        if any(b.code == code and (not again or (b.message, b.note) == (message, note)) for b in self.ledger.breaches):
            return
        severity = severity or BREACH_SEVERITY.get(code, "")
        self.ledger.breaches.append(Found(code=code, at=now, severity=severity, message=message, note=note))
        self.tell_line(now, "breach", code=code, severity=severity, message=message, note=note)

    # Clocks -----------------------------------------------------------------------------------------------------------

    def start_clock(self, action: StartClock, message: str = "") -> Clock | None:
        """A clock runs, or is moved (as `stays.clocks.start`)."""
        key = (action.clock, action.detail)
        clock = self.ledger.clocks.get(key)
        if clock is None:
            clock = self.ledger.clocks[key] = Clock(
                name=action.clock, detail=action.detail, message=message, starts_at=action.starts_at,
                due_at=action.due_at,
            )  # fmt: skip
        elif clock.state is DeadlineState.MET and action.clock not in deadlines.BEGIN_ANEW and not action.anew:
            return None
        elif clock.state is not DeadlineState.SENT or action.anew:
            clock.state = DeadlineState.DUE
        clock.starts_at, clock.due_at, clock.reason = action.starts_at, action.due_at, action.reason
        clock.settled_at = clock.late_at = None
        clock.version += 1
        self.tell_line(
            action.starts_at, "deadline", id=clock.name, event="started", due=clock.due_at, message=clock.message,
            reason=action.reason,
        )  # fmt: skip
        self._watch(clock)
        return clock

    def _watch(self, clock: Clock) -> None:
        if clock.due_at is None:
            return
        version = clock.version
        self.agenda.add(clock.due_at, lambda now: self._pass(clock, version, now))
        for hours in self.policy.warn_hours.get(clock.name, ()):
            at = clock.starts_at + timedelta(hours=hours)
            if at < clock.due_at:
                self.agenda.add(at, lambda now: self._warn(clock, version, now))

    def _warn(self, clock: Clock, version: int, now: datetime) -> None:
        if clock.version == version and clock.state is DeadlineState.DUE:
            self.tell_line(now, "deadline", id=clock.name, event="warning", due=clock.due_at)

    def _pass(self, clock: Clock, version: int, now: datetime) -> None:
        if clock.name in deadlines.NEVER_MISSED:
            return
        if clock.version != version or clock.state not in (DeadlineState.DUE, DeadlineState.SENT):
            return
        if self.advance(clock, "passed", now, now):
            self._consequences(clock, now)

    def _consequences(self, clock: Clock, now: datetime) -> None:
        """As `stays.handlers`: what a missed deadline leads to."""
        found = CONSEQUENCES.get(clock.name)
        if found is None or (clock.name == "F1" and not self.policy.health_information_followed):
            return
        if found.breach:
            self.breach(found.breach, now)
        held = [a for a in self.ledger.awaited if a.state == ExpectationState.HELD and a.message_code == clock.message]
        if held:
            self.ask("stay.name_missing", now)
        elif found.cause:
            self.ask(found.cause, now, message=clock.message, detail=clock.detail)

    def advance(self, clock: Clock, event: Any, at: datetime, now: datetime) -> bool:
        """One step of a clock; True when it is missed by it."""
        before = clock.state
        clock.state = deadlines.advance(before, event, due_at=clock.due_at, at=at)
        if event == "met" and clock.state is DeadlineState.MISSED and clock.late_at is None:
            clock.late_at = at
            self.tell_line(now, "deadline", id=clock.name, event="late", due=clock.due_at, message=clock.message)
        if clock.state is before:
            return False
        waits = clock.state in (DeadlineState.DUE, DeadlineState.SENT)
        clock.settled_at = None if waits else at
        if waits and before not in (DeadlineState.DUE, DeadlineState.SENT):
            self._watch(clock)
        self.tell_line(now, "deadline", id=clock.name, event=clock.state.value, due=clock.due_at, message=clock.message)
        if before is DeadlineState.MISSED and clock.state is DeadlineState.MET:
            code = CONSEQUENCES[clock.name].breach if clock.name in CONSEQUENCES else ""
            self.ledger.breaches = [b for b in self.ledger.breaches if not code or b.code != code]
        return clock.state is DeadlineState.MISSED

    def _set_timer(self, action: SetTimer) -> None:
        self.timers[action.name] = action.at

        def fire(now: datetime) -> None:
            if self.timers.get(action.name) == action.at:
                del self.timers[action.name]
                self.happen(TIMERS[action.name](at=now), now)

        self.agenda.add(action.at, fire)
