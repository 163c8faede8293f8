"""The line between the nodes: what becomes of each mail. Seeded, so that the same round goes wrong in the same way."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from samhandling.ebxml import envelope, mime
from samhandling.ebxml.document import open_document
from samhandling.ebxml.mime import MimeError

FAULTS = ("", "lost", "late", "duplicated", "corrupted", "wrong certificate", "bounce", "lost acknowledgment")
"""What a day tries one after another; "" is a line without faults."""
LATE = timedelta(hours=13)
"""Later than the first mail that is sent again."""
_MAIL_ID = re.compile(rb"(?im)^Message-ID: <([^>]+)>")


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be read of a mail on its way."""

    message_id: str
    """eb:MessageId."""
    about: str
    """eb:MessageId of what it answers; "" for a document."""
    action: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that waits on the line, or in a mailbox from `at` on."""

    receiver: str
    data: bytes = field(repr=False)
    at: datetime
    number: int = 0


Fate = Callable[[Seen, str, str, bytes, datetime], list[Mail]]
"""What becomes of a mail: (what it is, sender, receiver, bytes, simulated time) -> what arrives, where and when."""


def look(data: bytes) -> Seen:
    """Read a mail as a curious postman would; nothing is checked."""
    try:
        tree = open_document(mime.read(data).soap.data).tree
    except MimeError:
        tree = None
    header = envelope.read(tree).header if tree is not None else None
    if tree is None or header is None:
        return Seen("", "", "")
    receipt = envelope.read(tree).acknowledgment
    about = (receipt.ref_to_message_id if receipt is not None else header.ref_to_message_id) or ""
    return Seen((header.message_id or "").lower(), about.lower(), header.action or "")


@dataclass
class Planned:
    """Each document of ours meets one of `faults`, in their order; answers come through, but for that fault."""

    faults: tuple[str, ...] = FAULTS
    met: dict[str, str] = field(default_factory=dict)
    """eb:MessageId -> fault."""
    tries: Counter[str] = field(default_factory=Counter)

    def fault_of(self, seen: Seen) -> str:
        """The fault of a document, decided when it is first seen."""
        if seen.message_id not in self.met:
            self.met[seen.message_id] = self.faults[len(self.met) % len(self.faults)]
        return self.met[seen.message_id]

    def __call__(self, seen: Seen, sender: str, receiver: str, data: bytes, now: datetime) -> list[Mail]:
        """The fate of one mail."""
        straight = Mail(receiver, data, now)
        if not seen.message_id or seen.action == "APPREC":
            return [straight]
        if seen.about:
            self.tries[f"answer {seen.about}"] += 1
            gone = self.met.get(seen.about) == "lost acknowledgment" and self.tries[f"answer {seen.about}"] == 1
            return [] if gone else [straight]
        self.tries[seen.message_id] += 1
        first, fault = self.tries[seen.message_id] == 1, self.fault_of(seen)
        if fault == "bounce":
            return [Mail(sender, bounce(data, sender, receiver), now)]
        if fault == "corrupted":
            return [Mail(receiver, corrupted(data), now)]
        if fault == "lost" and first:
            return []
        if fault == "late" and first:
            return [Mail(receiver, data, now + LATE)]
        return [straight, straight] if fault == "duplicated" else [straight]


@dataclass
class Wild:
    """Loses, repeats, delays and reorders by chance, but never loses the same thing more often than it is tried."""

    seed: int
    most_losses: int = 2
    lost: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """One chance for the whole round."""
        self.chance = random.Random(self.seed)  # noqa: S311

    def __call__(self, seen: Seen, sender: str, receiver: str, data: bytes, now: datetime) -> list[Mail]:
        """The fate of one mail: delays up to an hour reorder, some come after the next try."""
        key = f"answer {seen.about}" if seen.about else seen.message_id
        if self.lost[key] < self.most_losses and self.chance.random() < 0.3:
            self.lost[key] += 1
            return []
        copies = 2 if self.chance.random() < 0.2 else 1
        return [Mail(receiver, data, now + self._delay()) for _ in range(copies)]

    def _delay(self) -> timedelta:
        if self.chance.random() < 0.1:
            return timedelta(hours=self.chance.randint(12, 14))
        return timedelta(minutes=self.chance.randint(0, 60))


def corrupted(data: bytes) -> bytes:
    """One letter of the ciphertext changed: the signature's digest does not hold any more (R5)."""
    place = data.rindex(b"\r\n\r\n") + 400
    letter = b"A" if data[place : place + 1] != b"A" else b"B"
    return data[:place] + letter + data[place + 1 :]


def bounce(data: bytes, sender: str, receiver: str) -> bytes:
    """A delivery status notification (RFC 3464): no such mailbox."""
    found = _MAIL_ID.search(data)
    mail_id = found[1].decode() if found is not None else ""
    return (
        f"From: <mailer-daemon@edi.example.no>\r\nTo: {sender}\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\r\n\r\n'
        "--=_b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Original-Envelope-Id: {mail_id.partition('@')[0]}\r\n\r\n"
        f"Final-Recipient: rfc822;{receiver}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--=_b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{mail_id}>\r\n\r\n--=_b--\r\n"
    ).encode()
