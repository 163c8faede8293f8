"""Messages and receipts of a script: judged by the routine's table, told to the stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from samhandling.stays import events
from samhandling.stays.play.carrying import PlayedStay
from samhandling.stays.play.ledger import Awaited, Interval, Letter
from samhandling.stays.play.meaning import deviation, place_answer, service, status_of
from samhandling.stays.play.script import ScriptStep, number_class
from samhandling.stays.play.words import (
    INFORMATION,
    TO_HOSPITAL,
    TO_MUNICIPALITY,
)
from samhandling.stays.rules import State, courses
from samhandling.stays.rules.allowed import may_send, may_talk
from samhandling.stays.rules.courses import CourseMessage
from samhandling.stays.rules.expectations import OPEN, ExpectationState
from samhandling.stays.rules.receiving import Incoming, judge
from samhandling.stays.rules.values import MESSAGE_TYPES, Message

if TYPE_CHECKING:
    from samhandling.stays.play.player import Player

LOGISTICS = tuple(MESSAGE_TYPES)
OFFERS = {
    "reason_not_permitted": ["M9", "form"],
    "discharged": ["telephone"],
    "overlay_h": ["telephone", "paper_form"],
    "overlay_n": ["telephone"],
}
"""What is offered instead of a message that is refused."""


class PostBox:
    """What is written by people and the EPJ, what arrives, and receipts."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.taken: set[tuple[str, str]] = set()
        """Identifiers of messages that came, with their code (A-04)."""
        self.cancelled_ahead: set[str] = set()
        """Identifiers whose cancellation came before them (A-17)."""
        self.told_municipality: list[CourseMessage] = []

    @property
    def stay(self) -> PlayedStay:
        """The newest stay."""
        return self.player.stay

    @property
    def now(self) -> datetime:
        """The time of the play."""
        return self.player.now

    # Out --------------------------------------------------------------------------------------------------------------

    def send(self, step: ScriptStep) -> None:
        """A message that somebody wants to send: as the table lets it, or refused with a reason."""
        code = step.text("message")
        if not code:
            raise step.fault("message mangler.")
        if code in ("M6", "M1", "M8") and step.text("channel").lower().startswith(("phone", "tele")):
            self.told_by_phone(step.at)
            return
        if code == "C" or step.text("status").upper() == "C":
            self._cancel(step, code)
            return
        if step.text("status").upper() == "M" and code in LOGISTICS:
            self._refuse(step, code, "status_not_allowed")
            return
        reason = self._refusal(step, code)
        if reason:
            self._refuse(step, code, reason)
            return
        self._send_new(step, code)

    def _refusal(self, step: ScriptStep, code: str) -> str:
        """Why the own system refuses to create it; empty when it may go."""
        state, policy = self.stay.state, self.player.policy
        if code in TO_HOSPITAL:
            return "direction"
        if code == "M12":
            return ""
        why: str | None = step.text("reason")
        if code == "M11":
            if not self._known(step.text("of")):
                return "no_reference"
            why = deviation(step.text("reason"))
        waiting = self._waiting(code)
        if waiting is not None and not state.overlay:
            return ""
        answer = may_send(code, state, policy, now=self.now, reason=why)
        if not answer.allowed:
            return answer.reason
        if code in ("M9", "M10") and not self._may_go_to(step):
            return "address"
        return ""

    def _may_go_to(self, step: ScriptStep) -> bool:
        """S-26: the receiver must be one of the policy's services."""
        to, sender = step.text("to"), step.text("from")
        return may_talk(
            self.player.policy, service=service(to) if to else "", reception=service(sender) if sender else ""
        )

    def _known(self, of: str) -> bool:
        return bool(of) and (self.find(of) is not None or self._find_in(of) is not None)

    def _waiting(self, code: str) -> Awaited | None:
        """What the EPJ is expected to write."""
        if code not in self.stay.epj:
            return None
        rows = [a for a in self.stay.ledger.awaited if a.message_code == code and ExpectationState(a.state) in OPEN]
        return rows[0] if rows else None

    def _refuse(self, step: ScriptStep, code: str, reason: str) -> None:
        offers = OFFERS.get(reason)
        self.stay.ledger.letters.append(
            Letter(
                reference="", code=code, action="refused", at=self.now, reason=reason, status=status_of(step),
                to=step.text("to") or ("" if code == "C" else self.stay.out.addressee(code)),
                identifier=step.text("id"), of=step.text("of"), facts={"offers": offers} if offers else {},
            )
        )  # fmt: skip
        self.stay.tell_line(step.at, "message", code=code, action="refused", reason=reason)
        if reason.startswith("overlay_h"):
            self.stay.ask("stay.call.help_number", self.now)

    def _send_new(self, step: ScriptStep, code: str) -> None:
        stay, identifier = self.stay, step.text("id")
        if code in LOGISTICS:
            self._send_logistics(code, identifier)
            return
        if code in INFORMATION:
            self._send_information(step, code)
            return
        if code == "M12":
            stay.tell_line(step.at, "message", code=code, action="sent")
            return
        about = self._find_in(step.text("of")) if code in ("M10", "M11") else None
        open_ones = [one for one in stay.state.requests if not one.ours]
        if code == "M10" and about is None and open_ones:
            about = self._find_in(open_ones[-1].reference)
        after = stay.state.state is State.OUT
        letter = stay.out.post(
            code, self.now, of=about.reference if about else step.text("of"), reason=step.text("reason"),
            identifier=identifier, to=step.text("to") or (about.sender if about else ""),
        )  # fmt: skip
        if code == "M9":
            stay.happen(events.RequestSent(at=step.at, reference=letter.reference), self.now)
        elif code == "M10" and about is not None:
            stay.happen(events.RequestAnswered(at=step.at, reference=about.reference), self.now)
            stay.no_need("stay.request", self.now)
        if code == "M10" and after:
            stay.breach("A-07", self.now, message=code)
            stay.ask("stay.call.after_discharge", self.now, due_at=self.now)

    def _send_logistics(self, code: str, identifier: str) -> None:
        """One that the EPJ has written: tied to what is expected, or kept ahead of the registration."""
        stay, waiting = self.stay, self._waiting(code)
        if waiting is None:
            waiting = Awaited(
                number=len(stay.ledger.awaited) + 1, message_code=code,
                municipality_number=stay.state.municipality, due_since=self.now, ahead=True,
            )  # fmt: skip
            stay.ledger.awaited.append(waiting)
        stay.out.sent_awaited(waiting, self.now, identifier)

    def _send_information(self, step: ScriptStep, code: str) -> None:
        stay = self.stay
        if stay.state.state is State.IN:
            # Who writes an early notice has found that there is a need after discharge (T05).
            stay.happen(events.NeedAssessed(at=step.at, value=True), self.now)
        standing = stay.ledger.information()
        stay.out.post(
            code, self.now, status="M" if standing else "N", of=standing[-1].reference if standing else "",
            reason=step.text("reason"), identifier=step.text("id"), facts={"content_type": 2 if standing else 1},
        )  # fmt: skip
        kind: Any = INFORMATION[code]
        stay.happen(events.InformationSent(at=step.at, kind=kind), self.now)
        stay.no_need("stay.change_notice", self.now)

    def _cancel(self, step: ScriptStep, code: str) -> None:
        of = step.text("of") or ("" if code == "C" else code)
        if not of:
            raise step.fault("of (hvilken melding som trekkes tilbake) mangler.")
        letter = self.find(of)
        if letter is None or not letter.stands:
            self._refuse(step, code, "nothing_to_cancel")
            return
        self.stay.out.move_of(letter, "cancelled")
        series = [one for one in self.stay.ledger.information() if letter.kind and one is not letter]
        for one in series:
            one.cancelled = True
        takes = [one.code for one in series] + [letter.code] if series else None
        self.stay.out.cancel_letter(letter, self.now, step.text("reason") or "cancelled", takes=takes)
        if letter.kind:
            self.stay.happen(events.InformationWithdrawn(at=step.at), self.now)

    def told_by_phone(self, at: datetime) -> None:
        """A documented call stands in for M6 (section 3)."""
        for interval in self.stay.ledger.intervals[-1:]:
            interval.values.setdefault("notified_at", at)
        if not self.stay.ledger.intervals:
            values = {"ready_at": at, "notified_at": at, "sent": False, "municipality": self.stay.state.municipality}
            self.stay.ledger.intervals.append(Interval(values=values))

    # In ---------------------------------------------------------------------------------------------------------------

    def receive(self, step: ScriptStep) -> None:
        """A message arrives: taken in whatever the routine says of it (C-05)."""
        code = step.text("message")
        if not code:
            raise step.fault("message mangler.")
        if code == "M12":
            self.player.receipts.come(step)
            return
        identifier = step.text("id").lower()
        if identifier and (code, identifier) in self.taken:
            self.stay.tell_line(step.at, "message", code=code, action="ignored", reason="duplicate")
            self.stay.breach("A-04", self.now, message=code)
            return
        self.taken.add((code, identifier))
        letter = Letter(
            reference=f"in-{len(self.player.all_letters()) + 1}", code=code, action="received", at=self.now,
            status=status_of(step), sender=step.text("from"), to=step.text("to") or self.stay.out.reception(),
            reason=step.text("reason"), of=step.text("of"), identifier=step.text("id"), receipt="positive",
            facts={"channel": step.text("channel")} if step.text("channel") else {},
        )  # fmt: skip
        self.stay.ledger.letters.append(letter)
        self.stay.tell_line(
            step.at, "message", code=code, action="received", status=letter.status, of=letter.of, reason=letter.reason
        )
        self._skew(step, letter)
        if code in TO_MUNICIPALITY:
            self._at_municipality(step, letter)
        elif code == "C" or letter.status == "C":
            self._cancelled_by_sender(step, letter)
        elif identifier and identifier in self.cancelled_ahead:
            letter.cancelled = True
        else:
            self._judge(step, letter)

    def _skew(self, step: ScriptStep, letter: Letter) -> None:
        """A-20: the message's own times cannot be; the time of reception is used."""
        generated, happened = step.moment("generated"), step.moment("event_at")
        ahead = timedelta(minutes=self.player.policy.clock_skew_minutes)
        if (generated is not None and generated - self.now > ahead) or (
            happened is not None and happened > (generated or self.now) + ahead
        ):
            self.stay.breach("A-20", self.now, message=letter.code, again=True)

    def _cancelled_by_sender(self, step: ScriptStep, letter: Letter) -> None:
        target = self._find_in(letter.of) if letter.of else None
        if target is None or target is letter:
            self.cancelled_ahead.add(letter.of.lower())
            self.stay.breach("A-17", self.now, message=letter.code, again=True)
            return
        target.cancelled = True
        if target.code == "M9":
            self.stay.happen(events.RequestAnswered(at=step.at, reference=target.reference), self.now)
            self.stay.no_need("stay.request", self.now)

    def _judge(self, step: ScriptStep, letter: Letter) -> None:
        stay, code = self.stay, letter.code
        named = step.text("id_type")
        help_number = bool(named) and number_class(named, "") in ("H", "FH", "NONE")
        written = step.moment("generated") or step.at
        judged = judge(
            Incoming(
                message=code, at=min(written, self.now), now=self.now, reason=deviation(letter.reason),
                refers=self._known(letter.of) if code == "M11" else True,
                service=service(letter.sender), reception=service(step.text("to")), help_number=help_number,
            ),
            stay.state, self.player.policy,
        )  # fmt: skip
        if help_number and stay.state.ordinary:
            stay.breach("A-18", self.now, message=code, again=True)
        if judged.note:
            letter.facts["note"] = judged.note
        if judged.breach:
            letter.facts["flag"] = judged.breach
            stay.breach(judged.breach, self.now, message=code, again=True)
        if judged.cause:
            stay.ask(judged.cause, self.now, message=code, detail=letter.reference)
        if judged.counts:
            self._tell_stay(step, letter)

    def _tell_stay(self, step: ScriptStep, letter: Letter) -> None:
        stay, who = self.stay, self.player.who
        match letter.code:
            case "M2":
                stay.happen(
                    events.ReportReceived(
                        at=step.at, id_class=who.id_class, municipality=who.municipality, agreement=who.agreement
                    ),
                    self.now,
                )
            case "M9":
                stay.happen(events.RequestReceived(at=step.at, reference=letter.reference), self.now)
                stay.ask("stay.request", self.now, message="M9", detail=letter.reference)
            case "M10":
                asked = self.find(letter.of) if letter.of else None
                mine = [one for one in stay.state.requests if one.ours]
                reference = asked.reference if asked is not None else mine[-1].reference if mine else ""
                stay.happen(events.RequestAnswered(at=step.at, reference=reference), self.now)
                if place_answer(step)[0] is not None:
                    self._place(step)
            case "M13":
                self._place(step)

    def _place(self, step: ScriptStep) -> None:
        """What the municipality answers counts for the time of being ready that runs."""
        can, day = place_answer(step)
        self.stay.happen(events.PlaceAnswered(at=step.at, can=can, from_day=day), self.now)
        for interval in self.stay.ledger.intervals[-1:]:
            if can is not None and "ended_at" not in interval.values:
                interval.values.setdefault("answers", []).append((step.at, can, day))
            if step.truth("outside_control"):
                interval.values["outside_control"] = True

    def _at_municipality(self, step: ScriptStep, letter: Letter) -> None:
        """A hospital's message, judged as the municipality that receives it does (`rules.courses`)."""
        if letter.status == "M" and letter.code in LOGISTICS:
            letter.facts["flag"] = "status"
            letter.reason = letter.reason or "status_not_allowed"
            self.stay.breach("status", self.now, message=letter.code, again=True)
            return
        if letter.code not in LOGISTICS:
            return
        code: Message = letter.code  # type: ignore[assignment]
        generated = step.moment("generated") or step.at
        self.told_municipality.append(
            CourseMessage(
                row_id=len(self.told_municipality) + 1, kind=MESSAGE_TYPES[code], status=letter.status,  # type: ignore[arg-type]
                event_at=step.moment("event_at") or generated, generated_at=generated,
            )
        )  # fmt: skip
        wait = timedelta(minutes=self.player.policy.order_wait_minutes)
        self.player.agenda.add(self.now + wait, self._check_course)

    def _check_course(self, at: datetime) -> None:
        for _, code in courses.fold(self.told_municipality).anomalies:
            self.stay.breach(code, at)

    def find(self, of: str) -> Letter | None:
        """The newest message of ours of that code, or with that name."""
        return self._search(of, "sent")

    def _find_in(self, of: str) -> Letter | None:
        return self._search(of, "received")

    def _search(self, of: str, action: str) -> Letter | None:
        wanted = of.strip().lower()
        found = [
            one for _, one in self.player.all_letters()
            if one.action == action and wanted in (one.identifier.lower(), one.reference.lower(), one.code.lower())
        ]  # fmt: skip
        fresh = [one for one in found if one.status != "C"]
        chosen = fresh or found
        return chosen[-1] if chosen else None
