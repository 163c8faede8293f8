"""Receipts of a played stay: what they mean for the message, its deadline and the stay (C-02, F5, A-02, A-03)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from samhandling.stays import events
from samhandling.stays.play.carrying import PlayedStay
from samhandling.stays.play.ledger import Letter
from samhandling.stays.play.script import ScriptStep

if TYPE_CHECKING:
    from samhandling.stays.play.player import Player

SLACK = timedelta(minutes=5)
"""How far a receipt's own time may lie ahead of our reception and still be believed (C-02)."""


class Receipts:
    """What comes back for what was sent."""

    def __init__(self, player: Player) -> None:
        self.player = player

    def come(self, step: ScriptStep) -> None:
        """A receipt for a message of ours."""
        of = step.text("of") or step.text("message")
        if not of or of == "M12":
            raise step.fault("of (hvilken melding kvitteringen gjelder) mangler.")
        letter = self.player.post_box.find(of)
        if letter is None:
            self.player.warn(step, f"ingen sendt melding {of} å kvittere for")
            return
        positive = _is_positive(step)
        generated = step.moment("generated")
        in_hand = (
            generated
            if generated is not None and letter.at <= generated <= self.player.now + SLACK
            else self.player.now
        )
        stay = next(s for s, one in self.player.all_letters() if one is letter)
        self.tell(stay, letter, positive, in_hand, self.player.now, step.text("reason"))

    def tell(
        self, stay: PlayedStay, letter: Letter, positive: bool, in_hand: datetime, now: datetime, reason: str = ""
    ) -> None:
        """What a receipt means: for the message, for F5, and for the stay (C-02, A-02, A-03)."""
        word = "positive" if positive else "negative"
        stay.tell_line(in_hand, "message", code="M12", action="received", of=letter.code, status=word, reason=reason)
        if letter.receipt in ("positive", "negative"):
            if letter.receipt != word:
                stay.breach("A-03", now, message=letter.code, again=True)
            return
        letter.receipt, letter.receipt_at = word, in_hand
        stay.answered(letter, now)
        clock = stay.ledger.clocks.get(("F5", f"{letter.code}-{letter.reference}"))
        if clock is not None:
            stay.advance(clock, "met", in_hand, now)
        if letter.status == "C":
            if not positive:
                stay.breach("A-02", now, message=letter.code, note=reason, again=True)
            return
        if positive:
            self._taken_in(stay, letter, in_hand, now)
        else:
            self._rejected(stay, letter, now, reason)

    def _taken_in(self, stay: PlayedStay, letter: Letter, in_hand: datetime, now: datetime) -> None:
        stay.out.move_of(letter, "confirmed")
        if letter.kind:
            stay.happen(events.InformationReceived(at=in_hand, final=letter.code == "M5"), now)
        elif letter.code == "M6":
            for interval in stay.ledger.intervals:
                if interval.letter is letter:
                    interval.values["acknowledged_at"] = in_hand
            if not letter.cancelled and letter is stay.ledger.last("M6"):
                stay.happen(events.ReadyTaken(at=in_hand), now)
        elif letter.code == "M9":
            stay.happen(events.RequestTaken(at=in_hand, reference=letter.reference), now)

    def _rejected(self, stay: PlayedStay, letter: Letter, now: datetime, reason: str) -> None:
        stay.breach("A-02", now, message=letter.code, note=reason, again=True)
        stay.queue("A-02", now, letter)
        stay.out.move_of(letter, "rejected")
        if letter.kind:
            standing = stay.ledger.information()
            kind: Any = standing[-1].kind if standing else ""
            stay.happen(events.InformationRejected(at=now, stands=kind), now)
        for interval in stay.ledger.intervals:
            if interval.letter is letter:
                interval.values["sent"] = False


def _is_positive(step: ScriptStep) -> bool:
    """Status of list 8258: 1 OK, 3 OK with faults in parts, 2 rejected. Raises ScriptError."""
    word = step.text("status", "positive").lower()
    if word.startswith(("pos", "ok", "1", "3", "acc", "true", "mott", "rec")):
        return True
    if word.startswith(("neg", "2", "rej", "avv", "false", "fail")):
        return False
    raise step.fault(f"status = «{word}» er ikke positive eller negative.")
