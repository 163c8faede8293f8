"""Plays a script step by step: time passes, the step happens, the rules decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from samhandling.clock import oslo
from samhandling.stays import events
from samhandling.stays.events import Event, Professional
from samhandling.stays.play.carrying import Agenda, PlayedStay
from samhandling.stays.play.ledger import Letter
from samhandling.stays.play.letters import PostBox
from samhandling.stays.play.receipts import Receipts
from samhandling.stays.play.script import Script, ScriptError, ScriptStep, Who, number_class
from samhandling.stays.rules import ImpossibleEventError, State, StayState
from samhandling.stays.rules.values import (
    INPATIENT,
    IdentityNow,
    Moved,
    MunicipalityNow,
    Opened,
    Place,
)

ENDED = (State.NONE, State.OUT, State.DEAD, State.VOID)
_NOT_INPATIENT = ("day", "dag", "outpatient", "poli", "ambul")
_OTHER_TRUST = ("trust", "hospital", "sykehus", "foretak")
_MISTAKE = ("mistake", "error", "wrong", "feil", "never")
SOMEBODY = Professional(family_name="Prøve", given_name="Dr.")


@dataclass(frozen=True)
class Outage:
    """The exchange is announced down."""

    start: datetime
    end: datetime


class Player:
    """One script under way."""

    def __init__(self, script: Script) -> None:
        self.script, self.policy = script, script.policy
        self.who: Who = script.who
        self.agenda = Agenda()
        self.line: list[dict[str, Any]] = []
        self.outages: list[Outage] = []
        self.stays: list[PlayedStay] = []
        self.now: datetime = script.steps[0].at
        self.warnings = list(script.warnings)
        self.post_box = PostBox(self)
        self.receipts = Receipts(self)

    @property
    def stay(self) -> PlayedStay:
        """The newest stay; one that has not begun where there is none."""
        if not self.stays:
            self._new_stay()
        return self.stays[-1]

    def _new_stay(self) -> PlayedStay:
        made = PlayedStay(
            self.policy, self.agenda, self.line, epj=self.script.epj_writes, muted_until=self.muted_until,
            takes_cancellation=self.who.takes_cancellation,
            automatic_receipts=self.script.receipts.startswith("auto"), number=len(self.stays) + 1,
        )  # fmt: skip
        who = self.who
        made.state = StayState(
            id_class=who.id_class, ordinary=who.id_class in self.policy.identity_classes,
            municipality=who.municipality, agreement=who.agreement,
        )  # fmt: skip
        made.out.on_receipt = lambda letter, at: self.receipts.tell(made, letter, True, at, at)
        self.stays.append(made)
        return made

    def muted_until(self, at: datetime) -> datetime | None:
        """A-19: until when alarms of missing receipts are muted."""
        ends = [o.end + timedelta(hours=1) for o in self.outages if o.start <= at < o.end + timedelta(hours=1)]
        return max(ends, default=None)

    def down(self, start: datetime, end: datetime) -> bool:
        """Whether an outage lies in that time."""
        return any(o.start < end and start < o.end for o in self.outages)

    def warn(self, step: ScriptStep, text: str) -> None:
        """Something in the file that cannot be what its writer meant."""
        self.warnings.append(f"steg {step.number} ({step.do}): {text}")

    # Time -------------------------------------------------------------------------------------------------------------

    def play(self) -> None:
        """All steps. Raises ScriptError at one that cannot be read."""
        for step in self.script.steps:
            self.until(step.at)
            if step.ambiguous:
                self.stay.tell_line(step.at, "transition", note="ambiguous_time")
            self._step(step)
        self.until(self.now, including=True)

    def until(self, at: datetime, *, including: bool = False) -> None:
        """Let time pass; what is due at `at` itself waits for the step, which may be in time."""
        while (found := self.agenda.due(at, including=including)) is not None:
            self.now = max(self.now, found[0])
            found[1](self.now)
        self.now = max(self.now, at)

    def _step(self, step: ScriptStep) -> None:
        handler: Callable[[ScriptStep], None] = getattr(self, f"_{step.do}")
        try:
            handler(step)
        except ScriptError as error:
            raise error if error.text.startswith("steg") else step.fault(error.text) from error
        except ImpossibleEventError as error:
            self.stay.tell_line(step.at, "transition", note="impossible", event=error.event, state=error.state)
            self.stay.ask("stay.not_applied", self.now, detail=str(step.number))

    def _happen(self, event: Event) -> None:
        self.stay.happen(event, self.now)

    # Steps ------------------------------------------------------------------------------------------------------------

    def _admit(self, step: ScriptStep) -> None:
        inpatient = not _says(step.text("stay_type"), _NOT_INPATIENT)
        state = self.stay.state.state
        if state in ENDED and state is not State.NONE and inpatient:
            previous = self.stay.state
            self._new_stay()
            left = previous.discharged_at
            if left is not None:
                soon = step.at - left < timedelta(hours=self.policy.readmission_hours)
                self.stay.tell_line(step.at, "transition", note="readmission" if soon else "earlier_stay")
        self._happen(
            Opened(
                at=step.at, place=self._place(step), inpatient=inpatient, id_class=self.who.id_class,
                municipality=self.who.municipality, agreement=self.who.agreement,
                attending=_professional(step.text("attending")) if step.text("attending") else None,
            )
        )  # fmt: skip

    def _place(self, step: ScriptStep) -> Place:
        state = self.stay.state
        ward = step.text("ward") or step.text("to") or state.unit or "A"
        named = step.text("track") or (ward if _says(ward, ("psyk", "psych")) else state.track)
        track = "PSYCH" if _says(named, ("psy", "tsb", "addict")) else "SOMATIC"
        phone = step.text("phone") or (state.phone if ward == state.unit else f"ward {ward}")
        return Place(code=ward, track=track, phone=phone)

    def _municipal_user(self, step: ScriptStep) -> None:
        value = step.truth("value", otherwise=True)
        mistake = None
        if not value and step.text("reason"):
            mistake = _says(step.text("reason"), _MISTAKE)
        self._happen(events.MunicipalUserSet(at=step.at, value=bool(value), by_mistake=mistake))

    def _need(self, step: ScriptStep) -> None:
        value = bool(step.truth("value", otherwise=True))
        self._happen(events.NeedAssessed(at=step.at, value=value, reason=step.text("reason")))

    def _ready(self, step: ScriptStep) -> None:
        by = step.values.get("by")
        named = None if by in ("", False) else SOMEBODY if by in (None, True) else _professional(str(by))
        if by is None and self.stay.state.attending is not None:
            named = None
        day = step.day("date") or oslo.day(step.at)
        self._happen(events.ReadySet(at=step.at, ready_date=day, decided_by=named))

    def _not_ready(self, step: ScriptStep) -> None:
        mistake = bool(step.truth("by_mistake", otherwise=_says(step.text("reason"), _MISTAKE)))
        self._happen(events.ReadyCleared(at=step.at, by_mistake=mistake, decided_by=SOMEBODY))

    def _transfer(self, step: ScriptStep) -> None:
        if step.truth("other_trust") or _says(step.text("to"), _OTHER_TRUST):
            self._leave_hospital(step, other_trust=True, place="")
            return
        self._happen(Moved(at=step.at, place=self._place(step)))

    def _leave(self, step: ScriptStep) -> None:
        back = step.truth("value", otherwise=True) is False
        self._happen(events.LeaveEnded(at=step.at) if back else events.LeaveStarted(at=step.at))

    def _discharge(self, step: ScriptStep) -> None:
        place = step.text("to")
        other = bool(step.truth("other_trust", otherwise=False))
        self._leave_hospital(step, other_trust=other, place=place)

    def _leave_hospital(self, step: ScriptStep, *, other_trust: bool, place: str) -> None:
        before = self.stay.state.state
        left_at = step.moment("event_at") or step.at
        self._happen(events.Discharged(at=left_at, discharged_to=place, other_trust=other_trust))
        if before in INPATIENT and self.stay.state.state is State.OUT:
            self.stay.out.end_interval(left_at, "transferred" if other_trust else "left")

    def _death(self, step: ScriptStep) -> None:
        self._happen(events.Died(at=step.moment("event_at") or step.at))
        if self.stay.state.state is State.DEAD:
            self.stay.out.end_interval(self.stay.state.died_at or step.at, "died")

    def _undo_death(self, step: ScriptStep) -> None:
        self._happen(events.DeathUndone(at=step.at))
        self._reopen()

    def _undo_discharge(self, step: ScriptStep) -> None:
        self._happen(events.DischargeUndone(at=step.at, confirmed=bool(step.truth("confirmed", otherwise=False))))
        self._reopen()

    def _reopen(self) -> None:
        """The patient is ready still: the time of being ready was not over."""
        if self.stay.state.state is State.READY and self.stay.ledger.intervals:
            values = self.stay.ledger.intervals[-1].values
            if values.get("ended_by") in ("left", "died", "transferred"):
                del values["ended_at"], values["ended_by"]

    def _cancel_admission(self, step: ScriptStep) -> None:
        wrong = step.truth("wrong_patient", otherwise="patient" in step.text("reason").lower())
        self._happen(events.AdmissionCancelled(at=step.at, wrong_patient=bool(wrong)))

    def _identity(self, step: ScriptStep) -> None:
        found = number_class(step.text("id_type"), step.text("id"))
        self.who = Who(
            id_class=found, municipality=self.who.municipality, agreement=self.who.agreement,
            takes_cancellation=self.who.takes_cancellation,
        )  # fmt: skip
        self._happen(IdentityNow(at=step.at, id_class=found))

    def _municipality(self, step: ScriptStep) -> None:
        number = step.text("to")
        number = "" if number.lower() in ("unknown", "ukjent", "none") else number
        agreement = bool(step.truth("agreement", otherwise=bool(number))) and bool(number)
        reason = step.text("reason").lower()
        wrong = step.truth("was_wrong")
        if wrong is None and reason:
            wrong = _says(reason, (*_MISTAKE, "correct", "rettet"))
        changes = number != self.who.municipality
        self.who = Who(
            id_class=self.who.id_class, municipality=number, agreement=agreement,
            takes_cancellation=self.who.takes_cancellation,
        )  # fmt: skip
        intervals = self.stay.ledger.intervals
        runs = intervals and "ended_at" not in intervals[-1].values
        if changes and runs:
            self.stay.out.end_interval(step.at, "municipality")
        self._happen(MunicipalityNow(at=step.at, municipality=number, agreement=agreement, was_wrong=wrong))

    def _object(self, step: ScriptStep) -> None:
        self._happen(events.Objected(at=step.at, value=bool(step.truth("value", otherwise=True))))

    def _outage(self, step: ScriptStep) -> None:
        start = step.moment("from") or step.at
        end = step.moment("to")
        if end is None:
            raise step.fault("to (når den er over) mangler.")
        if end <= start:
            raise step.fault("to må være etter from.")
        self.outages.append(Outage(start, end))
        self.stay.tell_line(start, "transition", note="outage", until=end)

    def _send(self, step: ScriptStep) -> None:
        self.post_box.send(step)

    def _receive(self, step: ScriptStep) -> None:
        self.post_box.receive(step)

    def _apprec(self, step: ScriptStep) -> None:
        self.receipts.come(step)

    def _call(self, step: ScriptStep) -> None:
        """A documented call: for M6 the notice of section 3, for M13 and M10 the answer."""
        code = step.text("message")
        self.stay.tell_line(step.at, "message", code=code, action="called")
        if code in ("M13", "M10"):
            self.post_box.receive(step)
        elif code == "M6":
            self.post_box.told_by_phone(step.at)

    def _look(self, step: ScriptStep) -> None:
        state = self.stay.state
        self.stay.tell_line(step.at, "transition", note="look", state=state.state.value, overlay=state.overlay)

    def all_letters(self) -> list[tuple[PlayedStay, Letter]]:
        """Every message of every stay."""
        return [(stay, letter) for stay in self.stays for letter in stay.ledger.letters]


def _professional(name: str) -> Professional | None:
    words = name.split()
    if not words:
        return None
    return Professional(family_name=words[-1], given_name=" ".join(words[:-1]))


def _says(text: str, words: tuple[str, ...]) -> bool:
    lower = text.lower()
    return any(word in lower for word in words)
