"""Hodemelding 1.2 (MsgHead): the envelope round every document except the receipt."""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.hodemelding as mh  # a field may bear the name of its type
from samhandling.messages.engine.simple import AnyUri, Date, DateTime, SimpleType, String, is_oid
from samhandling.messages.engine.tables import Family, ItemsMark, Node, element, fixed, local, named_type
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import kith, xmldsig

MSGHEAD = Family("mh", "http://www.kith.no/xmlstds/msghead/2006-05-24")
MIG_VERSION = "v1.2 2006-05-24"
HeaderOid = Annotated[str, SimpleType(f"{{{MSGHEAD.uri}}}oid", "en OID (siffer med punktum mellom)", is_oid)]


class Address(Node):
    """Postal or visiting address."""

    xml = named_type(MSGHEAD)
    Type: kith.CS | None = None
    StreetAdr: String | None = None
    PostalCode: String | None = None
    City: String | None = None
    Postbox: String | None = None
    County: kith.CS | None = None
    Country: kith.CS | None = None


class TeleCom(Node):
    """Telephone number or other electronic address."""

    xml = named_type(MSGHEAD)
    TypeTelecom: kith.CS | None = None
    TeleAddress: kith.URL


class Ident(Node):
    """Identifier and its kind."""

    xml = named_type(MSGHEAD)
    Id: String
    TypeId: kith.CV


class HealthcareProfessional(Node):
    """A person as a professional: at least one identifier."""

    xml = element(MSGHEAD)
    TypeHealthcareProfessional: kith.CS | None = None
    RoleToPatient: kith.CV | None = None
    FamilyName: String | None = None
    MiddleName: String | None = None
    GivenName: String | None = None
    DateOfBirth: Date | None = None
    Sex: kith.CS | None = None
    Nationality: kith.CS | None = None
    Ident: list[mh.Ident]
    Address: mh.Address | None = None
    TeleCom: list[mh.TeleCom] = []


class Organisation(Node):
    """One level of an address; wholly empty by the schema, so every field may be missing (name and id never alone)."""

    xml = element(
        MSGHEAD,
        content="(OrganisationName, TypeOrganisation?, Ident+, Address?, TeleCom*, Organisation?, "
        "HealthcareProfessional?)?",
    )
    OrganisationName: String | None = None
    TypeOrganisation: kith.CV | None = None
    Ident: list[mh.Ident] = []
    Address: mh.Address | None = None
    TeleCom: list[mh.TeleCom] = []
    Organisation: mh.Organisation | None = None
    HealthcareProfessional: mh.HealthcareProfessional | None = None


class Patient(Node):
    """The person in the role of patient."""

    xml = element(MSGHEAD)
    FamilyName: String | None = None
    MiddleName: String | None = None
    GivenName: String | None = None
    DateOfBirth: Date | None = None
    Sex: kith.CS | None = None
    Nationality: kith.CS | None = None
    Ident: list[mh.Ident] = []
    Address: mh.Address | None = None
    TeleCom: list[mh.TeleCom] = []


class Person(Node):
    """A person by the header's own definition; the standard declares it and never uses it."""

    xml = element(MSGHEAD)
    FamilyName: String | None = None
    MiddleName: String | None = None
    GivenName: String | None = None
    DateOfBirth: Date | None = None
    Sex: kith.CS | None = None
    Nationality: kith.CS | None = None
    Ident: list[mh.Ident] = []
    Address: mh.Address | None = None
    TeleCom: list[mh.TeleCom] = []


class ConversationRef(Node):
    """What this message follows: the message before it and the first of the series."""

    xml = element(MSGHEAD)
    RefToParent: String
    RefToConversation: String


class Sender(Node):
    """Who sends."""

    xml = element(MSGHEAD)
    ComMethod: kith.CS | None = None
    Organisation: mh.Organisation


class Receiver(Node):
    """The main receiver."""

    xml = element(MSGHEAD)
    ComMethod: kith.CS | None = None
    Organisation: mh.Organisation


class OtherReceiver(Node):
    """A copy receiver or another receiver; at most one of the four."""

    xml = element(
        MSGHEAD,
        content="ComMethod?, RoleReceiver, (Organisation? | (Patient? | Person? | HealthcareProfessional?))",
    )
    ComMethod: kith.CS | None = None
    RoleReceiver: kith.CS
    Organisation: mh.Organisation | None = None
    Patient: mh.Patient | None = None
    Person: fk1.Person | None = None
    HealthcareProfessional: mh.HealthcareProfessional | None = None


class MsgInfo(Node):
    """Type, id, time and parties of the message."""

    xml = element(MSGHEAD)
    Type: kith.CS
    MIGversion: Annotated[String, fixed(MIG_VERSION)] = MIG_VERSION
    GenDate: DateTime
    MsgId: String
    ProcessingStatus: kith.CS | None = None
    RequestedPriority: kith.CS | None = None
    Ack: kith.CS | None = None
    ConversationRef: mh.ConversationRef | None = None
    Sender: mh.Sender
    Receiver: mh.Receiver
    OtherReceiver: list[mh.OtherReceiver] = []
    Patient: mh.Patient | None = None


class Content(Node):
    """The payload: whatever global elements the tables know; in practice one payload root or one Base64Container."""

    xml = local(MSGHEAD, content="any*")
    elements: Annotated[list[Node], ItemsMark()] = []


class RefDoc(Node):
    """The document itself, or where it is."""

    xml = element(
        MSGHEAD,
        content="IssueDate?, MsgType, Id?, MimeType?, Description?, Compression?, (FileReference? | Content?)",
    )
    IssueDate: kith.TS | None = None
    MsgType: kith.CS
    Id: String | None = None
    MimeType: String | None = None
    Description: String | None = None
    Compression: kith.CS | None = None
    FileReference: AnyUri | None = None
    Content: mh.Content | None = None


class Document(Node):
    """One document: the first is the message, the others are attachments."""

    xml = element(MSGHEAD)
    DocumentConnection: kith.CS | None = None
    ContentType: kith.CV | None = None
    ContentDescription: String | None = None
    ContentCategory: kith.CV | None = None
    Consent: kith.CV | None = None
    Annotation: String | None = None
    FromDate: kith.TS | None = None
    ToDate: kith.TS | None = None
    OidRef: HeaderOid | None = None
    EnquiryRefId: String | None = None
    RefDoc: mh.RefDoc


class PatientReport(Node):
    """Reporting to health registries; never used for PLO or dialogue."""

    xml = element(MSGHEAD)
    DocumentConnection: kith.CS | None = None
    CaseNo: String
    Document: list[mh.Document]
    Patient: mh.Patient | None = None


class MsgHead(Node):
    """The whole message."""

    xml = element(MSGHEAD, content="MsgInfo, (Document+ | PatientReport+), Signature?")
    MsgInfo: mh.MsgInfo
    Document: list[mh.Document] = []
    PatientReport: list[mh.PatientReport] = []
    Signature: xmldsig.Signature | None = None


def payload(document: MsgHead) -> Node | None:
    """The first embedded element of the first document: the message proper."""
    for part in document.Document:
        if part.RefDoc.Content is not None:
            for node in part.RefDoc.Content.elements:
                return node
    return None
