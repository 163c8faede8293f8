"""What goes into the exchange and what comes out of it, as frozen values. Content never shows in `repr` (P-08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samhandling.exchange.models import Message
    from samhandling.organisations.models import Organisation, Unit
    from samhandling.patients.models import Patient
    from samhandling.tasks.models import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsible:
    """The health professional who answers for the content (beslutningsansvarlig)."""

    family_name: str = ""
    given_name: str = ""
    hpr: str = ""
    profession: str = ""
    """Code of list 9060; empty: not known."""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticsContent:
    """What the five logistics messages tell. Instants are aware UTC, dates are Oslo days; None is not known."""

    admitted_at: datetime | None = None
    ready_date: date | None = None
    withdrawn_at: datetime | None = None
    """When the patient was no longer ready (LOG_AVMELDING)."""
    discharged_at: datetime | None = None
    discharged_to: str = ""
    """Code of list 8408."""
    died: bool = False
    """The patient left as dead: Uttilstand 2 (LOG_UTSKREVET), or LOG_DOD."""
    died_at: datetime | None = None
    responsible: Responsible = field(default=Responsible(), repr=False)
    unit: Unit | None = None
    """The ward that is responsible, with its phone (HITS 1174)."""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message that somebody wants sent. `values` may name copy receivers: `copies: [{"receiver": HER-id}]`.

    One of `content` (a logistics message that the node writes), `values` (a message that a person wrote: data of
    `messages.compose.schema`, without what stands round it) and `document` (a finished one, delivered byte for byte).
    The addresses are looked up from `municipality` and `track` unless `sender_her` and `receiver_her` say otherwise.
    """

    organisation: Organisation
    """The hosted organisation that sends."""
    message_type: str
    """Code of 8279."""
    patient: Patient | None = None
    content: LogisticsContent | None = field(default=None, repr=False)
    values: Mapping[str, Any] | None = field(default=None, repr=False)
    document: bytes | None = field(default=None, repr=False)
    municipality: Organisation | None = None
    track: str = "SOMATIC"
    sender_her: str = ""
    receiver_her: str = ""
    copy_hers: tuple[str, ...] = ()
    refers_to: Message | None = None
    """The message this one answers, withdraws or is about; None starts a new series."""
    subject: str = ""
    """What it belongs to, such as `stay:12`; also the order: messages of one subject to one receiver stay in order."""
    event_at: datetime | None = None
    kind: str = ""
    """`early`, `change` or `final` for Helseopplysninger (C-10)."""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Why something was not sent, or what a person should know about it."""

    code: str
    """Stable: `address.no_agreement`, `content.no_responsible`, …"""
    text: str
    """Bokmål, free of patient data."""
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a wish to send: a message on its way, or findings and the task that carries them."""

    message: Message | None
    findings: tuple[Finding, ...] = ()
    task: Task | None = None

    @property
    def sent(self) -> bool:
        """True when the message is stored and on its way."""
        return self.message is not None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of transaction 1: the arrival's row id, and whether the transmission was met before."""

    arrival_id: int
    repeated: bool
