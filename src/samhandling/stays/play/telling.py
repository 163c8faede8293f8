"""Messages of a played stay: expected, sent, alarmed about and withdrawn, as `stays.telling` does it with rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from samhandling.clock.deadlines import end_of_local_day
from samhandling.stays.play.ledger import Awaited, Interval, Letter
from samhandling.stays.play.words import INFORMATION
from samhandling.stays.rules import expectations, outbox
from samhandling.stays.rules.expectations import OPEN, ExpectationState
from samhandling.stays.rules.values import Cancel, StartClock, Tell, TellByPhone

if TYPE_CHECKING:
    from samhandling.stays.play.carrying import PlayedStay


class Outbox:
    """What a stay sends."""

    def __init__(self, stay: PlayedStay) -> None:
        self.stay = stay
        self._references = count(1)

    def tell(self, action: Tell, now: datetime) -> None:
        """As `telling.tell`: a message is due; the node sends it, or the EPJ is expected to."""
        code = action.message
        if code == "M7":
            ready = self._last_awaited("M6")
            what = outbox.withdrawal(ready)
            if what == "forget":
                self.withdraw("M6", now)
            if what != "send":
                return
        if code == "M8":
            self.withdraw("M1", now)
            self.withdraw("M6", now)
        facts = self._facts(action)
        held = [a for a in self.stay.ledger.awaited if a.message_code == code and a.state == ExpectationState.HELD]
        if code == "M6" and held and not action.hold:
            held[-1].facts = facts
            self._move(held[-1], "named")
            self._send_awaited(held[-1], now)
            return
        ahead = [a for a in self.stay.ledger.awaited if a.message_code == code and a.ahead]
        if ahead:
            ahead[-1].ahead, ahead[-1].facts = False, facts
            return
        awaited = Awaited(
            number=len(self.stay.ledger.awaited) + 1,
            message_code=code,
            municipality_number=self.stay.state.municipality,
            due_since=now,
            facts=facts,
            state=(ExpectationState.HELD if action.hold else ExpectationState.DUE).value,
        )
        self.stay.ledger.awaited.append(awaited)
        self._watch_message(awaited, now)
        if action.hold:
            self.stay.tell_line(now, "message", code=code, action="expected", reason="name_missing")
        else:
            self._send_awaited(awaited, now)

    def _facts(self, action: Tell) -> dict[str, Any]:
        by = action.decided_by
        all_of_them: dict[str, dict[str, Any]] = {
            "M1": {"admitted_at": self.stay.state.admitted_at},
            "M6": {"ready_date": action.ready_date},
            "M7": {"withdrawn_at": action.at, "ready_date": action.ready_date},
            "M8": {
                "discharged_at": self.stay.state.discharged_at,
                "place": self.stay.state.discharged_to,
                "dead": action.dead,
            },
        }
        found = all_of_them[action.message]
        if by is not None and by.named:
            found["decided_by"] = " ".join(filter(None, (by.given_name, by.family_name)))
            found["marked"] = action.marked
        return {name: value for name, value in found.items() if value not in (None, "", False)}

    def _watch_message(self, awaited: Awaited, now: datetime) -> None:
        """F3, and F7 for M8."""
        minutes = self.stay.policy.automatic_alarm_minutes
        detail, code = f"{awaited.message_code}-{awaited.number}", awaited.message_code
        if code == "M8":
            minutes = self.stay.policy.discharge_message_alarm_minutes
            left = self.stay.state.discharged_at or now
            self.stay.start_clock(
                StartClock(clock="F7", starts_at=now, due_at=end_of_local_day(max(left, now)), detail=detail), code
            )
        self.stay.start_clock(
            StartClock(clock="F3", starts_at=now, due_at=now + timedelta(minutes=minutes), detail=detail), code
        )

    def _send_awaited(self, awaited: Awaited, now: datetime) -> None:
        if awaited.message_code in self.stay.epj:
            self.stay.tell_line(now, "message", code=awaited.message_code, action="expected")
            return
        self.sent_awaited(awaited, now)

    def sent_awaited(self, awaited: Awaited, now: datetime, identifier: str = "") -> Letter:
        """The message is on its way: its clocks are met."""
        ready = self.stay.ledger.last("M6") if awaited.message_code == "M7" else None
        letter = self.post(
            awaited.message_code, now, facts=awaited.facts, of=ready.reference if ready else "", identifier=identifier
        )
        awaited.letter = letter
        self._move(awaited, "sent")
        self._settle(awaited, "met", now)
        if awaited.message_code == "M6":
            self.stay.ledger.intervals.append(Interval(values={"ready_at": now, "municipality": letter.municipality,
                                         "psychiatric": self.stay.state.track == "PSYCH"}, letter=letter))  # fmt: skip
        elif awaited.message_code == "M7":
            self.end_interval(now, "withdrawn")
        return letter

    def post(
        self,
        code: str,
        now: datetime,
        *,
        status: str = "N",
        of: str = "",
        reason: str = "",
        identifier: str = "",
        facts: dict[str, Any] | None = None,
        to: str = "",
        municipality: str = "",
    ) -> Letter:
        """A message leaves: F5 and the alarms of A-01 run until its receipt comes."""
        letter = Letter(
            reference=str(next(self._references)), code=code, action="sent", at=now, status=status, of=of,
            reason=reason, identifier=identifier, kind=INFORMATION.get(code, ""), to=to or self.addressee(code),
            sender=self.reception(), municipality=municipality or self.stay.state.municipality, facts=facts or {},
        )  # fmt: skip
        self.stay.ledger.letters.append(letter)
        self.stay.tell_line(
            now, "message", code=code, action="sent", status=status, to=letter.to, reason=reason, id=letter.reference
        )
        self._await_receipt(letter, now)
        return letter

    def addressee(self, code: str) -> str:
        """Routines 2.2: to whom at the municipality."""
        if code in ("M1", "M9"):
            return "psychiatric health service" if self.stay.state.track == "PSYCH" else "nursing service"
        return {"M8": "nursing service", "M14": "nursing service"}.get(code, "case handling")

    def reception(self) -> str:
        """The hospital's mailbox of the track."""
        return "Psykiatri plo meldingsmottak" if self.stay.state.track == "PSYCH" else "Somatikk plo meldingsmottak"

    def _await_receipt(self, letter: Letter, now: datetime) -> None:
        policy = self.stay.policy
        due = now + timedelta(hours=policy.receipt_hours)
        detail = f"{letter.code}-{letter.reference}"
        self.stay.start_clock(StartClock(clock="F5", starts_at=now, due_at=due, detail=detail), letter.code)
        self.stay.advance(self.stay.ledger.clocks["F5", detail], "sent", now, now)
        minutes = policy.receipt_alarm_minutes.get(letter.code, policy.receipt_alarm_minutes["other"])
        alarms = [now + timedelta(minutes=minutes)]
        if letter.code == "M3" and self.stay.state.early_due is not None:
            before = self.stay.state.early_due - timedelta(hours=policy.early_receipt_alarm_before_hours)
            alarms.append(max(before, now + timedelta(minutes=policy.unacknowledged_minutes)))
        self.stay.agenda.add(min(alarms), lambda at: self._no_receipt(letter, at, final=False))
        self.stay.agenda.add(due, lambda at: self._no_receipt(letter, at, final=True))
        if letter.kind:
            self.stay.agenda.add(
                now + timedelta(minutes=policy.unacknowledged_minutes), lambda at: self._unacknowledged(letter, at)
            )
        if self.stay.automatic_receipts:
            self.stay.agenda.add(now, lambda at: self.on_receipt(letter, at))

    on_receipt: Callable[[Letter, datetime], None] = staticmethod(lambda letter, at: None)
    """Set by the player: an automatic positive receipt."""

    def _unacknowledged(self, letter: Letter, now: datetime) -> None:
        if not letter.receipt and letter.stands:
            self.stay.tell_line(now, "deadline", id="F1", event="unacknowledged", message=letter.code)

    def _no_receipt(self, letter: Letter, now: datetime, *, final: bool) -> None:
        """A-01, F5; muted while the counterpart is announced down, and an hour after (A-19)."""
        if letter.receipt or not letter.stands:
            return
        muted = self.stay.muted_until(now)
        if muted is not None and not final:
            self.stay.agenda.add(muted, lambda at: self._no_receipt(letter, at, final=False))
            return
        self.stay.queue("A-01", now, letter)
        grave = final or letter.code in ("M3", "M5", "M6", "M7", "M8")
        self.stay.breach(
            "A-01", now, message=letter.code, note="expired" if final else "", again=True,
            severity="high" if grave else "normal",
        )  # fmt: skip
        if final:
            letter.receipt = "failed"
            self.move_of(letter, "unconfirmed")
            self.stay.tell_line(now, "message", code=letter.code, action="failed", reason="no receipt in time")

    def withdraw(self, code: str, now: datetime) -> None:
        for awaited in self.stay.ledger.awaited:
            if awaited.message_code == code and ExpectationState(awaited.state) in OPEN:
                self._move(awaited, "withdrawn")
                self._settle(awaited, "closed", now)
                self.stay.tell_line(now, "message", code=code, action="withdrawn")

    def _settle(self, awaited: Awaited, how: Any, now: datetime) -> None:
        detail = f"{awaited.message_code}-{awaited.number}"
        for name in ("F3", "F7"):
            clock = self.stay.ledger.clocks.get((name, detail))
            if clock is not None:
                self.stay.advance(clock, how, now, now)
        for cause in ("stay.not_sent", "stay.not_sent_today"):
            for job in self.stay.ledger.open_jobs(cause):
                if job.detail == detail:
                    job.closed_at = now

    def _last_awaited(self, code: str) -> Awaited | None:
        return next((a for a in reversed(self.stay.ledger.awaited) if a.message_code == code), None)

    def _move(self, awaited: Awaited, event: Any) -> None:
        awaited.state = expectations.advance(ExpectationState(awaited.state), event).value

    def move_of(self, letter: Letter, event: Any) -> None:
        """The expectation of a message takes a step, where it has one."""
        for awaited in self.stay.ledger.awaited:
            if awaited.letter is letter:
                self._move(awaited, event)

    # Cancelling -------------------------------------------------------------------------------------------------------

    def cancel(self, action: Cancel, now: datetime) -> None:
        """As `telling.cancel`: status C newest first; where C cannot go somebody calls instead."""
        for awaited in outbox.to_cancel(self.stay.ledger.awaited, action):
            if ExpectationState(awaited.state) in OPEN:
                self._move(awaited, "cancelled")
                self._settle(awaited, "closed", now)
                continue
            self._move(awaited, "cancelled")
            if awaited.letter is not None:
                self.cancel_letter(awaited.letter, now, action.why)
        if action.everything:
            self._cancel_series(action, now)

    def _cancel_series(self, action: Cancel, now: datetime) -> None:
        """One cancellation takes the whole series of Helseopplysninger with it; each request has its own."""
        there = [
            one for one in self.stay.ledger.letters
            if one.stands and (not action.municipality or one.municipality == action.municipality)
        ]  # fmt: skip
        series = [one for one in there if one.kind]
        if series:
            for one in series[:-1]:
                one.cancelled = True
            self.cancel_letter(series[-1], now, action.why, takes=[one.code for one in series])
        for one in [one for one in there if one.code in ("M9", "M10")]:
            self.cancel_letter(one, now, action.why)

    def cancel_letter(self, letter: Letter, now: datetime, reason: str, takes: list[str] | None = None) -> None:
        """Status C to whoever got it, and a call."""
        letter.cancelled = True
        if letter.code == "M6":
            self.end_interval(now, "cancelled", letter)
        self.stay.ask("stay.call.withdrawn", now, due_at=now + timedelta(minutes=self.stay.policy.call_minutes),
                 message=letter.code, detail=letter.reference)  # fmt: skip
        if not self.stay.takes_cancellation:
            self.stay.tell_line(now, "message", code=letter.code, action="cancelled_by_phone", reason=reason)
            return
        self.post(
            letter.code, now, status="C", of=letter.reference, reason=reason, to=letter.to,
            municipality=letter.municipality, facts={"cancels": takes} if takes else None,
        )  # fmt: skip

    def end_interval(self, now: datetime, how: str, letter: Letter | None = None) -> None:
        """The time of being ready is over."""
        for interval in self.stay.ledger.intervals:
            if "ended_at" not in interval.values and (letter is None or interval.letter is letter):
                interval.values |= {"ended_at": now, "ended_by": how}
            elif how == "cancelled" and interval.letter is letter:
                interval.values["ended_by"] = how

    def by_phone(self, action: TellByPhone, now: datetime) -> None:
        """As `telling.by_phone`: work for people instead of a message."""
        code = action.message.lower()
        self.stay.tell_line(now, "message", code=action.message, action="by_phone", reason=f"overlay {action.overlay}")
        if action.overlay == "O":
            self.stay.ask("stay.objection", now, due_at=action.due_at, message=action.message)
            return
        if action.overlay == "H":
            self.stay.ask(f"stay.h_number.{code}", now, due_at=action.due_at, message=action.message)
            if action.message == "M1":
                admitted = self.stay.state.admitted_at or now
                due = admitted + timedelta(hours=self.stay.policy.paper_form_hours)
                self.stay.ask("stay.h_number.form", now, due_at=due)
            return
        self.stay.breach("A-11", now)
        if not self.stay.state.municipality:
            self.stay.ask("stay.no_municipality.find", now, due_at=action.due_at)
        else:
            self.stay.ask(f"stay.no_agreement.{code}", now, due_at=action.due_at, message=action.message)
