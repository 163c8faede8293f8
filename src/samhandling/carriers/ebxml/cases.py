"""One message on its way in: what was judged, by what, and where its answer goes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from samhandling.carriers.models import Posted
from samhandling.ebxml.checklist import Checked
from samhandling.ebxml.known import Known


class Taken(StrEnum):
    """What became of a mail."""

    STORED = "stored"
    """Whatever it was, it is dealt with and may be deleted."""
    WAITS = "waits"
    """It cannot be judged now: it stays in the mailbox (R9)."""
    ASIDE = "aside"
    """Nothing that is ours to read: kept for a person."""


@dataclass(frozen=True, slots=True)
class Case:
    """One mail or HTTP message."""

    data: bytes
    carrier: str
    checked: Checked
    known: Known
    now: datetime
    posted: Posted | None = None
    """The call to our HTTP endpoint that brought it."""

    @property
    def message_id(self) -> str:
        """eb:MessageId, lower-cased."""
        header = self.checked.envelope.header if self.checked.envelope is not None else None
        return ((header.message_id or "") if header is not None else "").lower()[:200]

    @property
    def sender_her(self) -> str:
        """HER-id of the sender."""
        header = self.checked.envelope.header if self.checked.envelope is not None else None
        return header.sender.address if header is not None and header.sender is not None else ""

    @property
    def receiver_her(self) -> str:
        """HER-id of the receiver."""
        header = self.checked.envelope.header if self.checked.envelope is not None else None
        return header.receiver.address if header is not None and header.receiver is not None else ""

    @property
    def digest(self) -> str:
        """One digest over all that were signed (10.2)."""
        signed = sorted(f"{one.uri} {one.digest.hex()}" for one in self.checked.references)
        return hashlib.sha256("\n".join(signed).encode()).hexdigest()

    @property
    def errors(self) -> list[str]:
        """Codes of the findings that are errors."""
        return [finding.code for finding in self.checked.findings if finding.rule.severity == "error"]
