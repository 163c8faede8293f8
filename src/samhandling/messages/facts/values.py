"""What a document tells: frozen values, the same for every standard."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from samhandling.identity.organisations import normal_her_id, normal_organisation_number
from samhandling.identity.persons import PersonNumber, classify, normal_person_number

EventReading = Literal["final", "ready", "expected", "unknown"]
"""C-11: what an event code means, whatever its Anslag says."""

OFFICIAL_KINDS = ("FNR", "DNR", "FHN")
"""The person numbers that identify a patient together with a name (HIS 80415, E36)."""


@dataclass(frozen=True)
class Code:
    """A coded value as written: V, DN, S and OT; "" for what is missing."""

    value: str = ""
    name: str = ""
    oid: str = ""
    other: str = ""


@dataclass(frozen=True)
class Moment:
    """A date or time as written, and what it means. A time without a zone is Norwegian local time."""

    raw: str = ""
    # Aware UTC; None for a mere date and for what cannot be read.
    instant: datetime | None = None
    # The day in Oslo; None when the text cannot be read.
    day: date | None = None
    # The local time was in the hour that comes twice in October; the earlier one is taken.
    ambiguous: bool = False

    @property
    def has_time(self) -> bool:
        return self.instant is not None


@dataclass(frozen=True)
class Identifier:
    """An Ident: the id exactly as written, and its type. Ids stay out of the repr (P-08)."""

    id: str = field(repr=False)
    type: Code = Code()

    @property
    def kind(self) -> str:
        """Code of list 8116 or 9051, upper case."""
        return self.type.value.strip().upper()


@dataclass(frozen=True)
class Person:
    """A person with a profession: sender, receiver, or someone named in the document."""

    family_name: str = ""
    middle_name: str = ""
    given_name: str = ""
    identifiers: tuple[Identifier, ...] = ()
    profession: Code = Code()
    role: Code = Code()
    phones: tuple[str, ...] = ()
    remark: str = ""

    @property
    def name(self) -> str:
        """Given name, middle name, family name."""
        return " ".join(part for part in (self.given_name, self.middle_name, self.family_name) if part)


@dataclass(frozen=True)
class Unit:
    """An organisation or unit named in the content, with its telephone numbers."""

    name: str = ""
    identifiers: tuple[Identifier, ...] = ()
    phones: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class Level:
    """One level of an address: the organisation, or the service or person below it."""

    name: str = ""
    identifiers: tuple[Identifier, ...] = ()

    @property
    def her_id(self) -> str:
        """HER-id without dots and blanks; "" when there is none."""
        return next((normal_her_id(i.id) for i in self.identifiers if i.kind == "HER" and normal_her_id(i.id)), "")

    @property
    def organisation_number(self) -> str:
        """Organisation number without blanks; "" when there is none."""
        found = (normal_organisation_number(i.id) for i in self.identifiers if i.kind == "ENH")
        return next((number for number in found if number), "")


@dataclass(frozen=True)
class Party:
    """A sender or receiver on two levels (HIS 1153)."""

    # PRIM for the main receiver, COP for a copy receiver, else the code written; "" for a sender.
    role: str = ""
    role_name: str = ""
    organisation: Level = Level()
    # Level 2; None when the document names only the organisation.
    part: Level | None = None
    # Level 2 is a person (with the parts of the name); None for a service.
    person: Person | None = None

    @property
    def her_id(self) -> str:
        """HER-id of level 2; "" when missing."""
        return self.part.her_id if self.part else ""

    @property
    def organisation_her_id(self) -> str:
        return self.organisation.her_id

    @property
    def organisation_number(self) -> str:
        return self.organisation.organisation_number

    @property
    def readable(self) -> bool:
        """Whether there is at least one identifier to answer to."""
        levels = (self.organisation, self.part) if self.part else (self.organisation,)
        return any(i.id.strip() for level in levels for i in level.identifiers)


@dataclass(frozen=True)
class Patient:
    """The patient of the header. Names, numbers and dates stay out of the repr (P-08)."""

    family_name: str = field(default="", repr=False)
    middle_name: str = field(default="", repr=False)
    given_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    # Code of list 3101; "" when missing.
    sex: str = ""
    identifiers: tuple[Identifier, ...] = ()
    municipality_number: str = ""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.given_name, self.middle_name, self.family_name) if part)

    def numbers(self, *, test: bool = False) -> tuple[PersonNumber, ...]:
        """Every identifier that is a person number of list 8116, read by its declared type."""
        found = (
            classify(i.id, i.kind or None, test=test)
            for i in self.identifiers
            if i.kind in ("", "FNR", "DNR", "FHN", "HNR") and normal_person_number(i.id)
        )
        return tuple(number for number in found if number.kind != "NONE")


@dataclass(frozen=True)
class Event:
    """A TidsfestetHendelse."""

    code: str
    text: str
    at: Moment
    # The flag Anslag as written: shown, never computed on (C-11); None when missing or unreadable.
    estimate: bool | None
    description: str = ""
    remark: str = ""
    place: str = ""

    @property
    def reading(self) -> EventReading:
        """C-11: 1, 2, 4 and 13 are final, 3 is ready, 5 is expected."""
        readings: dict[str, EventReading] = {"1": "final", "2": "final", "4": "final", "13": "final"}
        readings |= {"3": "ready", "5": "expected"}
        return readings.get(self.code, "unknown")


@dataclass(frozen=True)
class Discharge:
    """UtskrevetTil: state and place."""

    place: Code
    state: Code
    remark: str = ""


@dataclass(frozen=True)
class Attachment:
    """A Document after the first."""

    mime_type: str
    description: str
    # Size of the decoded content in bytes; 0 for a mere reference.
    size: int
    # False when there is content that is no base64.
    readable: bool = True
    # What the first bytes say it is, as a media type; "" when we do not know the signature.
    looks_like: str = ""


@dataclass(frozen=True)
class Request:
    """A question: asked by a dialogue message, or copied into its answer (HIS 1152)."""

    type: Code
    question: str = field(default="", repr=False)
    # Internal id of the question; never shown.
    document_id: str = ""


@dataclass(frozen=True)
class Note:
    """A Notat of a dialogue message: theme, subject line, text, and the request it answers."""

    theme: Code
    subject: str = field(default="", repr=False)
    # As plain lines, also where it was marked up.
    text: str = field(default="", repr=False)
    request: Request | None = None


@dataclass(frozen=True)
class UnknownCode:
    """A code that its list does not have, or whose list is none of those the element takes."""

    element: str
    list: str
    value: str


@dataclass(frozen=True)
class ReceiptError:
    """An Error of an AppRec: list 8221 unless `oid` says otherwise."""

    code: str
    text: str
    detail: str = ""
    oid: str = ""


@dataclass(frozen=True)
class ReceiptFacts:
    """What an AppRec says about the original."""

    status: str
    status_text: str
    errors: tuple[ReceiptError, ...]
    original_type: Code
    original_id: str
    original_issued: Moment
    # PRIM or COP; SPR and REQ of version 1.0 are read as PRIM.
    role: str


@dataclass(frozen=True)
class Facts:
    """What every document tells."""

    # Local name of the root: MsgHead, AppRec, Message.
    root: str
    # Namespace of the payload, or of the root when there is no payload.
    namespace: str
    # From the catalogue; "" when the namespace is not one of ours.
    standard: str
    version: str
    # Code of list 8279, trimmed; "APPREC" for an AppRec.
    type: str
    type_name: str
    # Exactly as written.
    msg_id: str
    generated: Moment
    sender: Party
    receivers: tuple[Party, ...]
    patient: Patient | None = None
    parent: str = ""
    conversation: str = ""
    # Forsendelsesstatus (list 7309): N, M, C …; "" when there is none.
    status: str = ""
    processing_status: str = ""
    issued: Moment = Moment()
    # The logistics element that was chosen; "" elsewhere.
    element: str = ""
    # False when the type code and the payload do not belong together (SEND-50); None when there is no payload of ours.
    payload_matches: bool | None = None
    events: tuple[Event, ...] = ()
    discharge: Discharge | None = None
    responsible: tuple[Person, ...] = ()
    contacts: tuple[Person, ...] = ()
    units: tuple[Unit, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    # TypeInnhold or TypeInnholdKonsultasjon: which kind of report it is.
    content_type: Code = Code()
    # The requests a dialogue message asks, and those that this message answers.
    requests: tuple[Request, ...] = ()
    answered: tuple[Request, ...] = ()
    notes: tuple[Note, ...] = ()
    # Critical information (CAVE) in short lines, for those who must see it first. Stays out of the repr (P-08).
    critical: tuple[str, ...] = field(default=(), repr=False)
    unknown_codes: tuple[UnknownCode, ...] = ()
    receipt: ReceiptFacts | None = None

    @property
    def generated_at(self) -> datetime | None:
        """GenDate as an instant (aware UTC); None when it cannot be read."""
        return self.generated.instant

    @property
    def copies(self) -> tuple[Party, ...]:
        """The copy receivers."""
        return tuple(party for party in self.receivers if party.role == "COP")

    @property
    def is_test(self) -> bool:
        """ProcessingStatus is training or debugging (list 8113)."""
        return self.processing_status in ("T", "D")

    def event(self, code: str) -> Event | None:
        """The first event of that code of list 9121."""
        return next((event for event in self.events if event.code == code), None)
