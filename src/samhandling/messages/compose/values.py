"""What a document of ours is made of: frozen values that name things as the ward and the registers do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from samhandling.messages.facts import Facts

if TYPE_CHECKING:
    from samhandling.messages.model.hodemelding import MsgHead
    from samhandling.messages.profiles import Finding

LogisticsType = Literal["LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD"]


@dataclass(frozen=True, kw_only=True)
class AddressLevel:
    """An organisation, or a service below it, as Adresseregisteret names it."""

    name: str
    her_id: str
    # Sent beside the HER-id when known (SEND-43).
    organisation_number: str = ""


@dataclass(frozen=True, kw_only=True)
class AddressPerson:
    """Level 2 as a person: a general practitioner."""

    family_name: str
    given_name: str
    her_id: str
    hpr_number: str = ""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A sender or receiver on its two levels (HIS 1153)."""

    organisation: AddressLevel
    part: AddressLevel | AddressPerson


@dataclass(frozen=True, kw_only=True)
class PatientValues:
    """The patient of the header. Values stay out of the repr (P-08)."""

    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    middle_name: str = field(default="", repr=False)
    # (code of list 8116, number), the most official first.
    identifiers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    birth_date: date | None = field(default=None, repr=False)
    # Code of list 3101; "" when not known.
    sex: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitValues:
    """The responsible unit: the ward, with the telephone that is answered."""

    name: str
    phone: str
    # The ward's code in the patient system, sent as a local identifier (list 9051).
    identifier: str
    identifier_kind: str = "LAV"


@dataclass(frozen=True, kw_only=True)
class Professional:
    """A responsible or deciding health professional."""

    family_name: str
    given_name: str = ""
    # Code of list 9060.
    profession: str = "XX"
    # Code of list 9034.
    role: str = "21"
    hpr_number: str = ""
    # User id in the sending system; stands in when there is no HPR number, since an Ident is required.
    local_id: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class LogisticsValues:
    """One logistics message. Instants are aware UTC; days are days in Oslo."""

    type: LogisticsType
    version: Literal["1.5", "1.6"] = "1.6"
    # N (new) or C (cancellation): logistics messages are never changed (HISD 1154).
    status: Literal["N", "C"] = "N"
    msg_id: str
    generated_at: datetime
    # When the content was registered; the same as generated_at when None.
    issued_at: datetime | None = None
    sender: Address
    receiver: Address
    copies: tuple[Address, ...] = ()
    patient: PatientValues
    unit: UnitValues | None = None
    responsible: Professional | None = None
    # The series that this message follows; both or none.
    parent: str = ""
    conversation: str = ""

    admitted_at: datetime | None = None
    ready_on: date | None = None
    withdrawn_on: date | None = None
    # The day; a time is sent when the hospital gives one.
    discharged_at: date | datetime | None = None
    died_at: date | datetime | None = None
    # Codes of lists 8408 and 8431.
    discharge_place: str = ""
    discharge_state: str = ""

    # Event code -> text: BeskrivelseAvHendelse and Merknad.
    descriptions: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    # Why the message is cancelled; goes into the description of the event, after "Kansellering:".
    cancel_reason: str = ""

    # C-11, per counterpart: event 3 with Anslag false; the literal "true" of HIS 1149 for 1, 2 and 13.
    ready_is_final: bool = False
    literal_estimates: bool = False


@dataclass(frozen=True)
class Composed:
    """A finished document with its bytes and facts, or the findings that stopped it."""

    document: MsgHead | None
    data: bytes
    facts: Facts | None
    findings: tuple[Finding, ...] = ()

    @property
    def sendable(self) -> bool:
        """There is a document and nothing blocks sending it."""
        return self.document is not None and not any(finding.blocks_sending for finding in self.findings)
