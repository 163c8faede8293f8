"""Epikrise, the discharge summary: what versions 1.1 and 1.2 share. Differences are marked where they stand.

Build one of the versions: `epikrise_11.Message` or `epikrise_12.Message`.
"""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.epikrise as epi  # a field may bear the name of its type
from samhandling.messages.engine.simple import AnyUri, String
from samhandling.messages.engine.tables import (
    AnyElement,
    ItemsMark,
    Node,
    by_version,
    element,
    local,
    required_in,
    since,
    until,
)
from samhandling.messages.model import basismelding as bm
from samhandling.messages.model import kith
from samhandling.messages.model.basismelding import MESSAGE


class Message(Node):
    """The whole document."""

    xml = element(MESSAGE)
    Type: kith.CS | None = None
    MsgVersion: kith.ST | None = None
    MIGversion: kith.ST
    GenDate: kith.TS
    MsgId: kith.ST
    Status: Annotated[kith.CS | None, since("1.2")] = None
    ServRprt: epi.ServRprt


class ServRprt(Node):
    """The report: who was treated where, for what, and what happened."""

    xml = element(MESSAGE)
    ServType: kith.CS
    IssueDate: kith.TS
    ApprDate: kith.TS | None = None
    Status: kith.CS
    Priority: kith.CS | None = None
    Ack: kith.CS | None = None
    MsgDescr: kith.ST
    ServProvId: kith.ST | None = None
    ServReq: list[epi.ServReq] = []
    Event: list[epi.Event] = []
    Patient: epi.Patient
    ServProvider: epi.ServProvider
    CopyDest: list[epi.CopyDest] = []
    Requester: epi.Requester
    RelServProvider: list[epi.RelServProvider] = []
    RefDoc: list[epi.RefDoc] = []


# --- The parties ---


class ServProvider(Node):
    """Who treated the patient and sends."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    ComMethod: kith.CS | None = None
    HCP: epi.HCP


class Requester(Node):
    """Who referred the patient and receives."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    ComMethod: kith.CS | None = None
    HCP: epi.HCP


class CopyDest(Node):
    """A copy receiver."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    CopyDestRole: list[bm.CopyDestRole] = []
    HCP: epi.HCP


class RelServProvider(Node):
    """Another party with a part in the report or in an event."""

    xml = element(MESSAGE)
    Relation: kith.CS
    Role: kith.CS | None = None
    HCP: epi.HCP


class HCP(Node):
    """An organisation or a professional, one of them."""

    xml = element(MESSAGE, content="(Inst | HCProf), MedSpecialty?, PartyIdByRequester?, PartyIdByServProv?, Address?")
    Inst: epi.Inst | None = None
    HCProf: epi.HCProf | None = None
    MedSpecialty: kith.CV | None = None
    PartyIdByRequester: Annotated[kith.ST | None, until("1.1")] = None
    PartyIdByServProv: Annotated[kith.ST | None, until("1.1")] = None
    Address: bm.Address | None = None


class Inst(Node):
    """An organisation with its departments and persons."""

    xml = element(MESSAGE)
    Name: kith.ST | None = None
    Type: Annotated[kith.CS | None, until("1.1")] = None
    Id: kith.ST | None = None
    TypeId: kith.CS | None = None
    Dept: list[bm.Dept] = []
    HCPerson: list[bm.HCPerson] = []
    AdditionalId: list[bm.AdditionalId] = []


class HCProf(Node):
    """A professional."""

    xml = element(MESSAGE)
    Type: kith.CS | None = None
    Position: kith.CV | None = None
    Name: kith.ST | None = None
    Qual: list[kith.CV] = []
    Id: kith.ST | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[bm.AdditionalId] = []


# --- The patient ---


class Patient(Node):
    """Who it is about."""

    xml = element(MESSAGE)
    Sex: kith.CS | None = None
    DateOfBirth: kith.TS | None = None
    DateOfDeath: kith.TS | None = None
    Name: kith.ST | None = None
    IdByServProvider: kith.ST | None = None
    IdByRequester: kith.ST | None = None
    OffId: kith.ST | None = None
    TypeOffId: kith.CS | None = None
    PatientPrecaution: list[epi.PatientPrecaution] = []
    PatientRelParty: list[epi.PatientRelParty] = []
    PatRelHCP: list[epi.PatRelHCP] = []
    AdditionalId: list[bm.AdditionalId] = []
    Address: bm.Address | None = None


class PatientPrecaution(Node):
    """A warning to whoever treats the patient."""

    xml = element(MESSAGE)
    Precaution: kith.ST
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None


class PatientRelParty(Node):
    """Next of kin or another person near the patient."""

    xml = element(MESSAGE)
    Relation: kith.CS
    Name: kith.ST | None = None
    RelPartyOffId: kith.ST | None = None
    Address: bm.Address | None = None


class PatRelHCP(Node):
    """Another part of the health service that knows the patient."""

    xml = element(MESSAGE)
    Relation: kith.CS
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None
    Role: Annotated[kith.CS | None, until("1.1")] = None
    HCP: epi.HCP


# --- The referral it answers, and documents ---


class ServReq(Node):
    """The referral behind the treatment."""

    xml = element(MESSAGE)
    ServType: kith.CS
    IssueDate: kith.TS
    ReceiptDate: kith.TS | None = None
    ReqComment: kith.ST | None = None
    MsgDescr: Annotated[kith.CS | kith.ST, by_version({"1.1": kith.ST, "1.2": kith.CS})]
    Id: kith.ST
    ReasonAsText: list[epi.ReasonAsText] = []
    Diagnosis: list[epi.Diagnosis]


class ReasonAsText(Node):
    """Why the patient was referred, as text under a heading."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: AnyElement | None = None
    TextCode: list[kith.CV] = []


class Diagnosis(Node):
    """A diagnosis of the referral."""

    xml = element(MESSAGE)
    Concept: kith.CV
    Modifier: list[bm.Modifier] = []


class RefDoc(Node):
    """An attachment, or where it is."""

    xml = element(
        MESSAGE,
        content="IssueDate?, MsgType, Id?, MimeType?, Description?, Compression?, (FileReference? | Content?)",
    )
    IssueDate: kith.TS | None = None
    MsgType: kith.CS
    Id: String | None = None
    MimeType: String | None = None
    Description: String | None = None
    Compression: kith.CS | None = None
    FileReference: AnyUri | None = None
    Content: epi.Content | None = None


class Content(Node):
    """The attachment itself."""

    xml = local(MESSAGE, content="any*")
    elements: Annotated[list[Node], ItemsMark()] = []


# --- What happened ---


class Event(Node):
    """A contact, planned or done, with what was found. Its sub-events can only be written from version 1.2 on: the key
    that version 1.1 puts on them names an attribute they do not have."""

    xml = element(
        MESSAGE,
        content="((PlannedEvent | ReportedEvent), ServType, Recipient?, Priority?, AdmOutcome?, ExpDuration?, Id, "
        "Event*, Service, RelServProvider*, AssRequest*, EventLocation*, InfItem*, Comment*, CodedComment*)?",
    )
    PlannedEvent: epi.PlannedEvent | None = None
    ReportedEvent: epi.ReportedEvent | None = None
    ServType: kith.CS | None = None
    Recipient: kith.CS | None = None
    Priority: kith.CS | None = None
    AdmOutcome: kith.CS | None = None
    ExpDuration: kith.PQ | None = None
    Id: Annotated[kith.INT | None, until("1.1"), required_in("1.1")] = None
    Event: Annotated[list[epi.Event], since("1.2")] = []
    Service: epi.Service | None = None
    RelServProvider: list[epi.RelServProvider] = []
    AssRequest: list[epi.AssRequest] = []
    EventLocation: list[epi.EventLocation] = []
    InfItem: list[epi.InfItem] = []
    Comment: list[epi.Comment] = []
    CodedComment: list[epi.CodedComment] = []


class PlannedEvent(Node):
    """What is planned or proposed."""

    xml = element(MESSAGE)
    PlanningStage: kith.CS | None = None
    StatusOfPlan: kith.CS | None = None
    PlanComment: kith.ST | None = None
    PlanningDate: kith.TS | None = None
    ScheduledDate: kith.TS | None = None
    AdviceSentTo: kith.CS | None = None
    ExpectedDelay: kith.PQ | None = None
    CommentExpDuration: kith.ST | None = None
    Preparation: kith.ST | None = None
    Advice: kith.ST | None = None
    TransportArr: epi.TransportArr | None = None


class ReportedEvent(Node):
    """From when to when it happened."""

    xml = element(MESSAGE)
    StartDateTime: kith.TS
    EndDateTime: kith.TS | None = None


class TransportArr(Node):
    """Transport of the patient."""

    xml = element(MESSAGE)
    Responsibility: kith.CS | None = None
    Status: kith.CS | None = None
    TransportRequirement: kith.CV | None = None
    EscortRequired: kith.CS | None = None
    Comment: kith.ST | None = None


class Service(Node):
    """What kind of service it was."""

    xml = element(MESSAGE)
    ServId: kith.CV | None = None
    MedSpecialty: kith.CV | None = None
    AdmCat: kith.CS | None = None


class AssRequest(Node):
    """A referral that concerns the event."""

    xml = element(MESSAGE)
    IssueDate: kith.TS | None = None
    MsgType: kith.CS
    Id: kith.ST | None = None


class EventLocation(Node):
    """Where it happened, and when."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None
    Location: epi.Location


class Location(Node):
    """A place."""

    xml = element(MESSAGE)
    Type: kith.CS | None = None
    Description: kith.ST | None = None
    Inst: epi.Inst | None = None
    Address: bm.Address | None = None
    SubLocation: list[epi.SubLocation] = []


class SubLocation(Node):
    """A part of a place."""

    xml = element(MESSAGE)
    Type: kith.CS
    Place: kith.ST


class Comment(Node):
    """The text of the summary, under a heading."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: AnyElement | None = None
    TextCode: list[kith.CV] = []


class CodedComment(Node):
    """A code of the summary: diagnosis, procedure …"""

    xml = element(MESSAGE)
    Concept: kith.CV
    Modifier: list[bm.Modifier] = []


# --- Clinical information ---


class InfItem(Node):
    """A result, a medicine or an observation."""

    xml = element(
        MESSAGE,
        content="(ResultItem | Medication | Observation), Type, StartDateTime?, EndDateTime?, OrgDate?, Origin?, "
        "RelHCProvider*",
    )
    ResultItem: epi.ResultItem | None = None
    Medication: epi.Medication | None = None
    Observation: epi.Observation | None = None
    Type: kith.CS
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None
    OrgDate: kith.TS | None = None
    Origin: epi.Origin | None = None
    RelHCProvider: list[epi.RelHCProvider] = []


class Origin(Node):
    """Where the information comes from."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    HCP: epi.HCP


class RelHCProvider(Node):
    """A party with a part in the information."""

    xml = element(MESSAGE)
    Relation: kith.CS
    Role: kith.CS | None = None
    HCP: epi.HCP


class ResultItem(Node):
    """One result of an examination."""

    xml = element(
        MESSAGE,
        content="(TextResult | Interval | NumResult | DateResult), ServType?, InvDate?, Comment?, DevResultInd?, "
        "ClinInv, DiagComment?",
    )
    TextResult: epi.TextResult | None = None
    Interval: bm.Interval | None = None
    NumResult: bm.NumResult | None = None
    DateResult: bm.DateResult | None = None
    ServType: kith.CS | None = None
    InvDate: kith.TS | None = None
    Comment: kith.ST | None = None
    DevResultInd: kith.CS | None = None
    ClinInv: epi.ClinInv
    DiagComment: epi.DiagComment | None = None


class TextResult(Node):
    """A result as text."""

    xml = element(MESSAGE)
    Result: epi.Result | None = None


class Result(Node):
    """The text of a result."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: AnyElement | None = None
    TextCode: list[kith.CV] = []


class ClinInv(Node):
    """What was examined."""

    xml = element(MESSAGE)
    Id: kith.CV
    Spec: list[kith.CV] = []


class DiagComment(Node):
    """A diagnosis that comments a result."""

    xml = element(MESSAGE)
    Concept: kith.CV
    Modifier: list[bm.Modifier] = []


class Medication(Node):
    """A medicine: earlier, now or planned."""

    xml = element(MESSAGE)
    DrugId: kith.CV
    DosageCoded: kith.CV | None = None
    Comment: kith.ST | None = None
    Status: kith.CS
    Form: kith.CV | None = None
    RouteOfAdm: kith.CV | None = None
    IntendedDuration: kith.PQ | None = None
    QuantitySupplied: kith.PQ | None = None
    UnitDose: kith.PQ | None = None
    DosageText: kith.ST | None = None


class Observation(Node):
    """What was observed, as text or code."""

    xml = element(MESSAGE)
    Description: AnyElement | None = None
    Comment: kith.ST | None = None
    CodedDescr: epi.CodedDescr | None = None


class CodedDescr(Node):
    """An observation as a code."""

    xml = element(MESSAGE)
    Concept: kith.CV
    Modifier: list[bm.Modifier] = []
