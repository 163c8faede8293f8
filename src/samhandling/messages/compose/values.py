"""What a document of ours is made of: frozen values that name things as the ward and the registers do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from samhandling.messages.compose.about import About
from samhandling.messages.compose.checking import FieldError
from samhandling.messages.compose.parties import (
    Address,
    AddressLevel,
    AddressPerson,
    ContactPerson,
    PatientValues,
    PersonIdentifier,
    PersonName,
    Professional,
    UnitValues,
)
from samhandling.messages.compose.practicalities import Child, NextOfKin, SentDocument
from samhandling.messages.facts import Facts

if TYPE_CHECKING:
    from samhandling.messages.model.hodemelding import MsgHead
    from samhandling.messages.profiles import Finding

__all__ = [
    "Address",
    "AddressLevel",
    "AddressPerson",
    "Attachment",
    "Composed",
    "ContactPerson",
    "Envelope",
    "HeadValues",
    "LogisticsType",
    "LogisticsValues",
    "PatientValues",
    "PersonIdentifier",
    "PersonName",
    "Professional",
    "UnitValues",
]

LogisticsType = Literal["LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD"]
AttachmentType = Literal["application/pdf", "image/jpeg", "image/png"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Envelope:
    """What stands round every message. Instants are aware UTC."""

    msg_id: Annotated[
        str,
        About("Meldings-id", "UUID, ny for hver melding.", form="uuid", example="6f0a3c52-0f3e-4b8c-9d0e-2f6f0c6a1b11"),
    ]
    generated_at: Annotated[datetime, About("Laget", example="2026-11-21T14:05:00+01:00")]
    # When the content was registered; the same as generated_at when None.
    issued_at: Annotated[datetime | None, About("Innholdet registrert")] = None
    sender: Annotated[Address, About("Avsender", required=True)]
    receiver: Annotated[Address, About("Mottaker", required=True)]
    copies: Annotated[tuple[Address, ...], About("Kopi til")] = ()
    patient: Annotated[PatientValues, About("Pasient", required=True)]
    # The series that this message follows: the message before it, and the first; either alone stands for both.
    parent: Annotated[str, About("Gjelder melding", "Meldings-id til den forrige meldingen.", form="uuid")] = ""
    conversation: Annotated[str, About("Første melding", "Meldings-id til den første i rekken.", form="uuid")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Attachment:
    """A document that goes along (HIS 1036, HIS 1077)."""

    name: Annotated[str, About("Beskrivelse", required=True, form="line", example="EKG 21.11.2026")] = ""
    mime_type: Annotated[AttachmentType, About("Format", required=True, example="application/pdf")] = "application/pdf"
    content: Annotated[bytes, About("Innhold", "Filen, base64-kodet.", required=True)] = b""
    # When the attachment was made; None when not known.
    made_at: Annotated[datetime | None, About("Laget")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class HeadValues(Envelope):
    """Whom every PLO message may name beside the patient, and what was sent besides (HIS 80704 chapter 5)."""

    contacts: Annotated[
        tuple[ContactPerson, ...], About("Kontaktpersoner", "Fastlege, behandlende lege, kontakt hos mottaker.")
    ] = ()
    next_of_kin: Annotated[tuple[NextOfKin, ...], About("Pårørende", "Den nærmeste først.")] = ()
    children: Annotated[tuple[Child, ...], About("Barn under 18 år")] = ()
    lives_alone: Annotated[bool | None, About("Bor alene")] = None
    civil_status: Annotated[str, About("Sivilstand", lists=("8724",), example="6")] = ""
    language: Annotated[str, About("Språk", lists=("3303",), example="PL")] = ""
    sent_documents: Annotated[tuple[SentDocument, ...], About("Andre dokumenter")] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class LogisticsValues(HeadValues):
    """One logistics message. Instants are aware UTC; days are days in Oslo."""

    type: LogisticsType
    version: Literal["1.5", "1.6"] = "1.6"
    # N (new) or C (cancellation): logistics messages are never changed (HISD 1154).
    status: Annotated[
        Literal["N", "C"], About("Status", "N ny, C kansellering.", required=True, lists=("7309",), example="N")
    ] = "N"
    unit: Annotated[UnitValues | None, About("Ansvarlig enhet")] = None
    responsible: Annotated[
        Professional | None,
        About("Ansvarlig helsepersonell", "Den som har besluttet, ved utskrivningsklar og avmelding."),
    ] = None

    admitted_at: Annotated[datetime | None, About("Innlagt", example="2026-11-20T10:30:00+01:00")] = None
    ready_on: Annotated[date | None, About("Utskrivningsklar", example="2026-11-21")] = None
    withdrawn_on: Annotated[date | None, About("Ikke lenger utskrivningsklar", example="2026-11-21")] = None
    # The day; a time is sent when the hospital gives one.
    discharged_at: Annotated[date | datetime | None, About("Utskrevet", example="2026-11-21")] = None
    died_at: Annotated[date | datetime | None, About("Død", example="2026-11-21")] = None
    # Codes of lists 8408 and 8431.
    discharge_place: Annotated[str, About("Utskrevet til", lists=("8408",), example="1")] = ""
    discharge_state: Annotated[str, About("Tilstand ved utskriving", lists=("8431",), example="1")] = ""

    # Event code -> text: BeskrivelseAvHendelse and Merknad.
    descriptions: Annotated[
        Mapping[str, str], About("Beskrivelse av hendelser", "Hendelseskode (9121) og tekst.", lists=("9121",))
    ] = field(default_factory=dict)
    remarks: Annotated[
        Mapping[str, str], About("Merknader til hendelser", "Hendelseskode (9121) og tekst.", lists=("9121",))
    ] = field(default_factory=dict)
    # Why the message is cancelled; goes into the description of the event, after "Kansellering:".
    cancel_reason: Annotated[str, About("Hvorfor meldingen trekkes tilbake")] = ""

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
    # What is missing or wrong in the values, by field; with any of them there is no document.
    errors: tuple[FieldError, ...] = ()

    @property
    def sendable(self) -> bool:
        """There is a document and nothing blocks sending it."""
        blocked = self.errors or any(finding.blocks_sending for finding in self.findings)
        return self.document is not None and not blocked
