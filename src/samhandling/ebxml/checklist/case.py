"""One message on its way through the checklist: what has been read so far and what was found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from samhandling.ebxml import names
from samhandling.ebxml.envelope import Envelope, MessageHeader, Shape
from samhandling.ebxml.known import Known
from samhandling.ebxml.mime import Message, Part
from samhandling.ebxml.rules import RULES, Answer, Finding
from samhandling.ebxml.signature import Reference
from samhandling.ebxml.times import Instant, instant

UUID = re.compile(r"\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?", re.ASCII)
PAIR = re.compile(r"(\d{1,10})_(\d{1,10})(?:_[\w.\-]+)?", re.ASCII)
CREATOR = re.compile(r"[\w.\-]+(?::[\w.\-]+){1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Policy:
    """Choices of the receiver where the notes leave one."""

    accept_sha1: bool = True


@dataclass(slots=True)
class Case:
    """Mutable; lives for one call of `run`."""

    known: Known
    now: datetime
    policy: Policy
    message: Message | None = None
    envelope: Envelope | None = None
    findings: list[Finding] = field(default_factory=list)
    signature: str = "unchecked"
    """`valid`, `invalid`, `absent` or `unchecked`."""
    references: tuple[Reference, ...] = ()
    certificate: x509.Certificate | None = None
    documents: list[tuple[str, bytes]] = field(default_factory=list)
    """Content-ID and bytes of each document that was brought out."""

    def find(self, rule: str, location: str = "") -> None:
        """Note a broken rule, once per place."""
        finding = Finding(RULES[rule], location)
        if finding not in self.findings:
            self.findings.append(finding)

    def broken(self, *answers: Answer) -> bool:
        """Whether a rule with one of these answers is broken."""
        return any(finding.rule.answer in answers for finding in self.findings)

    @property
    def header(self) -> MessageHeader | None:
        """eb:MessageHeader, once it is read."""
        return self.envelope.header if self.envelope is not None else None

    @property
    def shape(self) -> Shape:
        """The shape of the envelope; OTHER before there is one."""
        return self.envelope.shape if self.envelope is not None else Shape.OTHER

    @property
    def bare(self) -> bool:
        """Whether there is no MIME around the envelope."""
        return self.message is None or self.message.headers is None

    @property
    def http(self) -> bool:
        """Whether it came by HTTP."""
        return self.message is not None and self.message.http

    @property
    def synchronous(self) -> bool:
        """A synchronous call or its answer that asks for no receipt: none is given (9.2)."""
        if not self.http or self.envelope is None or self.envelope.ack_requested is not None:
            return False
        return self.envelope.sync_reply or self._answers()

    def _answers(self) -> bool:
        return self.header is not None and bool(self.header.ref_to_message_id)

    @property
    def timestamp(self) -> Instant | None:
        """eb:Timestamp of the message."""
        return instant(self.header.timestamp) if self.header is not None and self.header.timestamp else None

    @property
    def sender_her(self) -> str:
        """HER-id of the sender, "" when there is not exactly one."""
        return self.header.sender.her if self.header is not None and self.header.sender is not None else ""

    @property
    def receiver_her(self) -> str:
        """HER-id of the receiver, "" when there is not exactly one."""
        return self.header.receiver.her if self.header is not None and self.header.receiver is not None else ""

    @property
    def is_signal_service(self) -> bool:
        """Whether the message is in the service of signals, Ping and Status."""
        return self.header is not None and self.header.service == names.SIGNAL_SERVICE

    @property
    def attachments(self) -> tuple[Part, ...]:
        """Parts beside the envelope."""
        return self.message.attachments if self.message is not None else ()

    @property
    def payloads(self) -> dict[str, bytes]:
        """Content-ID to bytes of each part beside the envelope."""
        return {part.headers.content_id: part.data for part in self.attachments if part.headers.content_id}
