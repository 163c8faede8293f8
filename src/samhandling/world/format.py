"""The format of a world file (TOML): every table and key, with its default. Unknown keys are refused.

A world is what a node must know before the first message: organisations, units, addresses, agreements, phones,
groups, settings, documents and, for test stores only, log-ins and simulated faults. References between tables are
HER-ids; units are named by their code within their organisation. Days are inclusive at both ends.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from samhandling.ebxml.files import Transport

FIRST_DAY = date(2000, 1, 1)

# As long as the store's columns, and without control characters, which no store or document takes.
_PLAIN = r"\A[^\x00-\x1f\x7f]*\Z"
Text = Annotated[str, Meta(max_length=200, pattern=_PLAIN)]
Name = Annotated[str, Meta(max_length=100, pattern=_PLAIN)]
Code = Annotated[str, Meta(max_length=40, pattern=_PLAIN)]
Short = Annotated[str, Meta(max_length=20, pattern=_PLAIN)]
Phone = Annotated[str, Meta(max_length=30, pattern=_PLAIN)]
TypeCode = Annotated[str, Meta(max_length=30, pattern=r"\A[A-Z0-9_]*\Z")]
MediaType = Annotated[str, Meta(max_length=100, pattern=r"\A[a-z0-9.+-]+/[a-z0-9.+-]+\Z")]
Instant = Annotated[datetime, Meta(tz=True)]

Track = Literal["SOMATIC", "PSYCH"]


class _Table(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A table of the file."""


class _Dated(_Table, kw_only=True):
    """A table with a period of validity."""

    valid_from: date = FIRST_DAY
    valid_to: date | None = None


class Head(_Table, kw_only=True):
    """`[world]`: what this file is."""

    name: Name
    title: Text = ""
    test: bool = False
    """True: synthetic; only test stores take it, and only test worlds may hold users and faults."""
    clock: Instant | None = None
    """Where the clock of a demo starts."""


class MunicipalityNumber(_Table, kw_only=True):
    """`[[municipality_number]]`: a number in a period, and the number that took its place."""

    number: str
    name: Name
    valid_from: date
    valid_to: date | None = None
    successor_number: str = ""


class Unit(_Dated, kw_only=True):
    """`[[organisation.unit]]`: a ward, service, zone or office."""

    code: Code
    name: Text
    kind: Literal["emergency", "ward", "service", "zone", "office"]
    track: Track = "SOMATIC"
    inpatient: bool = False
    phone: Phone = ""
    leader: Name = ""
    successor: str = ""
    """Code of the unit that took its place."""


class Party(_Dated, kw_only=True):
    """`[[organisation.party]]`: a communication party (level 2)."""

    her_id: str
    name: Text
    kind: Literal["service", "person"] = "service"
    family_name: Name = ""
    given_name: Name = ""
    service_list: Annotated[str, Meta(max_length=4, pattern=r"\A[0-9]*\Z")] = ""
    service_code: Short = ""
    place_function: Name = ""
    function: Literal["", "nursing", "case_handling", "doctor", "psych_health", "plo_reception", "other"] = ""
    """Empty: as the service type says."""
    track: Literal["", "SOMATIC", "PSYCH"] = ""
    unit: str = ""
    carrier: Phone = "loopback"
    edi_address: Text = ""
    plo_versions: list[Literal["1.5", "1.6"]] = msgspec.field(default_factory=lambda: ["1.6", "1.5"])
    successor: str = ""
    """HER-id of the party that took its place."""


class Contact(_Dated, kw_only=True):
    """`[[organisation.contact]]`: a phone or mailbox and when it is staffed."""

    kind: Literal[
        "coordinator",
        "night",
        "switchboard",
        "acute_stop",
        "planned_stop",
        "message_responsible",
        "laboratory",
        "imaging",
        "discharge_letter",
        "plo",
        "referral",
    ]
    name: Text = ""
    phone: Phone = ""
    email: Text = ""
    hours: Text = ""
    language: Literal["nb", "nn", "en"] = "nb"
    unit: str = ""


class Member(_Dated, kw_only=True):
    """`[[organisation.group.member]]`: who stands behind a group."""

    role: Name
    name: Name = ""
    email: Text = ""
    mobile: Phone = ""
    sms: bool = False
    """Wishes notices as text messages, too."""
    unit: str = ""


class Group(_Dated, kw_only=True):
    """`[[organisation.group]]`: a contact group with its one address."""

    name: Name
    email: Text
    language: Literal["nb", "nn", "en"] = "nb"
    member: list[Member] = msgspec.field(default_factory=list)


class Document(_Dated, kw_only=True):
    """`[[organisation.document]]`: a document that the routine refers to."""

    code: Code
    title: Text
    version: Short = ""
    url: Text = ""


class Routine(_Dated, kw_only=True):
    """`[[organisation.routine]]`: the routine of a hospital, or of its agreement with one municipality (C-13)."""

    base: Short
    """Name of a routine that comes with the program."""
    name: Text = ""
    """Empty: that of the base."""
    municipality_number: str = ""
    """Only for the agreement with this municipality; empty: for all."""
    changes: dict[str, Any] = msgspec.field(default_factory=dict)
    """What differs from the base: the names of `docs/reference-routine.md`."""


class Fault(_Table, kw_only=True):
    """`[[organisation.fault]]`: how the counterpart misbehaves on purpose (test worlds only)."""

    mode: Literal["slow", "reject_e21", "silent"]
    minutes: Annotated[int, Meta(ge=0, le=100_000)] = 0
    message_type: TypeCode = ""
    reason: Text = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class Organisation(_Dated, kw_only=True):
    """`[[organisation]]`: level 1, with all that belongs to it."""

    her_id: str
    name: Text
    kind: Literal["hospital", "municipality", "gp", "other"]
    organisation_number: str = ""
    municipality_number: str = ""
    hosted: bool = False
    successor: str = ""
    """HER-id of the organisation that took its place."""
    reject_unknown_service: bool = False
    attachment_formats: list[MediaType] = msgspec.field(default_factory=list)
    """Attachments in other formats are rejected with T99; empty: all are taken."""
    written_by_epj: list[TypeCode] = msgspec.field(default_factory=list)
    """Message types (8279) that the record system writes; the node writes all others."""
    unit: list[Unit] = msgspec.field(default_factory=list)
    party: list[Party] = msgspec.field(default_factory=list)
    contact: list[Contact] = msgspec.field(default_factory=list)
    group: list[Group] = msgspec.field(default_factory=list)
    document: list[Document] = msgspec.field(default_factory=list)
    routine: list[Routine] = msgspec.field(default_factory=list)
    fault: list[Fault] = msgspec.field(default_factory=list)


class Agreement(_Dated, kw_only=True):
    """`[[agreement]]`: hospital and municipality, by HER-id, and the terms."""

    hospital: str
    municipality: str
    takes_cancellation: bool = True
    name_and_h_number_accepted: bool = False
    plo_version: Literal["", "1.5", "1.6"] = ""
    ready_is_estimate: bool = True
    final_events_are_estimates: bool = False
    reference: Text = ""


class Membership(_Table, kw_only=True):
    """A role of a user."""

    organisation: str
    role: Literal[
        "ward_nurse",
        "message_responsible",
        "plo_resource",
        "case_handler",
        "municipal_nurse",
        "doctor",
        "operations",
        "watch",
        "leader",
        "controller",
        "admin",
    ]
    unit: str = ""


class User(_Table, kw_only=True):
    """`[[user]]`: a log-in of a test store."""

    username: Name
    given_name: Name
    family_name: Name
    membership: list[Membership] = msgspec.field(default_factory=list)


class World(_Table, kw_only=True):
    """The whole file."""

    world: Head
    municipality_number: list[MunicipalityNumber] = msgspec.field(default_factory=list)
    organisation: list[Organisation] = msgspec.field(default_factory=list)
    agreement: list[Agreement] = msgspec.field(default_factory=list)
    user: list[User] = msgspec.field(default_factory=list)
    transport: Transport | None = None
    """Files that `samhandling ebxml` judges by; never loaded into the store."""
