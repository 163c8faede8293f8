"""Svarrapport, the report of laboratory, imaging and other services: what versions 1.3 and 1.4 share.

Differences are marked where they stand. Build one of the versions: `svarrapport_13.Message` or
`svarrapport_14.Message`.
"""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.svarrapport as svar  # a field may bear the name of its type
from samhandling.messages.engine.simple import AnyUri, String
from samhandling.messages.engine.tables import AnyElement, ItemsMark, Node, by_version, element, local, until
from samhandling.messages.model import basismelding as bm
from samhandling.messages.model import kith
from samhandling.messages.model.basismelding import MESSAGE

_REPORT = (
    "ServType, IssueDate, ApprDate?, Status, CancellationCode?, Ack?, MsgDescr, {ServProvId}, Comment?, "
    "CodedComment*, RefDoc*, ServReq*, (Patient? | Animal? | Material?), ServProvider, Requester, "
    "PaymentResponsible?, CopyDest*, RelServProv?"
)
# Version 1.4 demands the sender's number of the report.
CONTENT_OF_REPORT = {
    "1.3": _REPORT.format(ServProvId="ServProvId?"),
    "1.4": _REPORT.format(ServProvId="ServProvId"),
}


class ServReport(Node):
    """One report about a patient, an animal or a material."""

    xml = element(MESSAGE)
    ServType: kith.CS
    IssueDate: kith.TS
    ApprDate: kith.TS | None = None
    Status: kith.CS
    CancellationCode: kith.CV | None = None
    Ack: kith.CS | None = None
    MsgDescr: kith.CS
    ServProvId: kith.ST | None = None
    Comment: kith.ST | None = None
    CodedComment: list[kith.CV] = []
    RefDoc: list[svar.RefDoc] = []
    ServReq: list[svar.ServReq] = []
    Patient: svar.Patient | None = None
    Animal: svar.Animal | None = None
    Material: svar.Material | None = None
    ServProvider: svar.ServProvider
    Requester: svar.Requester
    PaymentResponsible: svar.PaymentResponsible | None = None
    CopyDest: list[svar.CopyDest] = []
    RelServProv: svar.RelServProv | None = None


# --- The order it answers, and documents ---


class ServReq(Node):
    """The order."""

    xml = element(MESSAGE)
    ServType: kith.CS | None = None
    IssueDate: kith.TS | None = None
    PaymentCat: kith.CS | None = None
    ReqComment: kith.ST | None = None
    Ack: kith.CS | None = None
    MsgDescr: kith.CS | None = None
    Id: kith.ST
    RequestedPrioReport: kith.CS | None = None
    ReceiptDate: kith.TS | None = None
    IdByServProvider: kith.ST | None = None
    Reservation: list[kith.CV] = []
    Permission: Annotated[list[kith.CV], until("1.3")] = []
    ReasonAsText: list[svar.ReasonAsText] = []
    Comment: list[svar.Comment] = []


class ReasonAsText(Node):
    """Why it was ordered."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: AnyElement | None = None
    TextCode: kith.CV | None = None


class Comment(Node):
    """A comment to the order."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: kith.ST | None = None
    TextCode: kith.CV | None = None


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
    Content: svar.Content | None = None


class Content(Node):
    """The attachment itself."""

    xml = local(MESSAGE, content="any*")
    elements: Annotated[list[Node], ItemsMark()] = []


# --- The parties ---


class ServProvider(Node):
    """Who examined and sends."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    ComMethod: kith.CS | None = None
    HCP: svar.HCP


class Requester(Node):
    """Who ordered and receives."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    ComMethod: kith.CS | None = None
    HCP: svar.HCP


class CopyDest(Node):
    """A copy receiver."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    CopyDestRole: list[bm.CopyDestRole] = []
    HCP: svar.HCP


class PaymentResponsible(Node):
    """Who pays."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    TypeGuarantor: kith.ST
    HCP: svar.HCP


class RelServProv(Node):
    """Another party with a part in it."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    Relation: kith.CS
    HCP: svar.HCP


class ResponsibleHcp(Node):
    """Who has the patient, the animal or the material in charge."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    Relation: kith.CS | None = None
    HCP: svar.HCP


class HCP(Node):
    """An organisation or a professional, one of them."""

    xml = element(MESSAGE, content="(Inst | HCProf), MedSpeciality?, Address?")
    Inst: svar.Inst | None = None
    HCProf: svar.HCProf | None = None
    MedSpeciality: kith.CV | None = None
    Address: bm.Address | None = None


class Inst(Node):
    """An organisation with its departments and persons."""

    xml = element(MESSAGE)
    Name: kith.ST | None = None
    Id: kith.ST | None = None
    TypeId: kith.CS | None = None
    Dept: list[bm.Dept] = []
    HCPerson: list[bm.HCPerson] = []
    AdditionalId: list[bm.AdditionalId] = []


class HCProf(Node):
    """A professional."""

    xml = element(MESSAGE)
    Type: kith.CS | None = None
    Name: kith.ST | None = None
    Id: kith.ST | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[bm.AdditionalId] = []


# --- Who or what was examined ---


class Patient(Node):
    """A person; inside another, one related to the first: the child of a mother …"""

    xml = element(MESSAGE)
    BasisForHealthServices: kith.CS | None = None
    Sex: kith.CS | None = None
    DateOfBirth: kith.TS | None = None
    DateOfDeath: kith.TS | None = None
    Name: kith.ST | None = None
    IdByServProvider: kith.ST | None = None
    IdByRequester: kith.ST | None = None
    OffId: kith.ST
    TypeOffId: kith.CS
    Relation: kith.CS | None = None
    ResponsibleHcp: svar.ResponsibleHcp | None = None
    AdmLocation: svar.AdmLocation | None = None
    AdditionalId: list[bm.AdditionalId] = []
    Address: bm.Address | None = None
    InfItem: list[svar.InfItem] = []
    AnalysedSubject: list[svar.AnalysedSubject] = []
    ResultItem: list[svar.ResultItem] = []
    Patient: svar.Patient | None = None


class Animal(Node):
    """An animal."""

    xml = element(MESSAGE)
    Sex: kith.CS | None = None
    Name: kith.ST | None = None
    NameOwner: kith.ST | None = None
    Species: kith.ST | None = None
    IdByServProvider: kith.ST | None = None
    IdByRequester: kith.ST | None = None
    Relation: kith.CS | None = None
    ResponsibleHcp: svar.ResponsibleHcp | None = None
    AnalysedSubject: list[svar.AnalysedSubject] = []
    ResultItem: list[svar.ResultItem] = []
    Animal: svar.Animal | None = None


class Material(Node):
    """Water, food or another material."""

    xml = element(MESSAGE)
    InvMaterial: kith.ST | None = None
    IdByServProvider: kith.ST | None = None
    IdByRequester: kith.ST | None = None
    Relation: kith.CS | None = None
    ResponsibleHcp: svar.ResponsibleHcp | None = None
    AnalysedSubject: list[svar.AnalysedSubject] = []
    ResultItem: list[svar.ResultItem] = []
    Material: svar.Material | None = None


class AdmLocation(Node):
    """Where the patient is."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None
    AdmCat: kith.CS | None = None
    Location: svar.Location


class Location(Node):
    """A place."""

    xml = element(MESSAGE)
    Type: kith.CS | None = None
    Description: kith.ST | None = None
    SubLocation: list[svar.SubLocation] = []
    Address: bm.Address | None = None
    Inst: svar.Inst


class SubLocation(Node):
    """A part of a place."""

    xml = element(MESSAGE)
    Type: kith.CS
    Place: kith.ST


class InfItem(Node):
    """What was known of the patient beforehand."""

    xml = element(MESSAGE)
    Observation: svar.Observation
    Type: kith.CS
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None
    OrgDate: kith.TS | None = None


class Observation(Node):
    """What was observed, as text or code."""

    xml = element(MESSAGE)
    Description: AnyElement | None = None
    Comment: kith.ST | None = None
    CodedDescr: kith.CV | None = None


class AnalysedSubject(Node):
    """The sample or image that was examined."""

    xml = element(
        MESSAGE,
        content="(CollectedSample | CollectedStudyProduct)?, ServType?, Type?, TypeCoded?, IdByRequester?, "
        "PreservMaterial?, Comment?, AnatomicalOrigin?, Number?, SampleCollInd?, SampleCollProc?, SampleHandling*, "
        "IdByServProvider, Accredited?, AnalysedSubject?, Pretreatment?, RelServProv?",
    )
    CollectedSample: svar.CollectedSample | None = None
    CollectedStudyProduct: svar.CollectedStudyProduct | None = None
    ServType: kith.CS | None = None
    Type: kith.ST | None = None
    TypeCoded: kith.CV | None = None
    IdByRequester: kith.ST | None = None
    PreservMaterial: kith.ST | None = None
    Comment: kith.ST | None = None
    AnatomicalOrigin: kith.ST | None = None
    Number: kith.INT | None = None
    SampleCollInd: kith.CS | None = None
    SampleCollProc: kith.CV | None = None
    SampleHandling: list[kith.ST] = []
    IdByServProvider: kith.ST
    Accredited: kith.BL | None = None
    AnalysedSubject: svar.AnalysedSubject | None = None
    Pretreatment: svar.Pretreatment | None = None
    RelServProv: svar.RelServProv | None = None


class CollectedSample(Node):
    """When and how a sample was taken."""

    xml = element(MESSAGE)
    CollectedDate: kith.TS | None = None
    CollectorComment: kith.ST | None = None
    CollectorCommentCoded: list[kith.CV] = []
    Logistics: kith.ST | None = None


class CollectedStudyProduct(Node):
    """When an image or the like was made."""

    xml = element(MESSAGE)
    Type: kith.ST | None = None
    ProducedDate: kith.TS | None = None
    RefRelatedProd: kith.ST | None = None


class Pretreatment(Node):
    """What was done with the sample before the examination."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: kith.ST | None = None


# --- The results ---


class ResultItem(Node):
    """One result, with the results under it."""

    xml = element(
        MESSAGE,
        content="(TextResult | Interval | DateResult | NumResult)?, ServType?, RefInterval*, Investigation*, InvDate?, "
        "Comment?, DevResultInd?, IdResultItem?, RefIdResultItem?, StatusInvestigation?, StatusChangeDate?, "
        "DescrDate?, CounterSignDate?, MedicalValidationDate?, RefAnalysedSubject*, Accredited?, RelServProv*, "
        "DiagComment?, StructuredInfo*, ResultItem*",
    )
    TextResult: svar.TextResult | None = None
    Interval: bm.Interval | None = None
    DateResult: bm.DateResult | None = None
    NumResult: bm.NumResult | None = None
    ServType: kith.CS | None = None
    RefInterval: list[svar.RefInterval] = []
    Investigation: list[svar.Investigation] = []
    InvDate: kith.TS | None = None
    Comment: kith.ST | None = None
    DevResultInd: kith.CS | None = None
    IdResultItem: kith.ST | None = None
    RefIdResultItem: kith.ST | None = None
    StatusInvestigation: kith.CS | None = None
    StatusChangeDate: kith.TS | None = None
    DescrDate: kith.TS | None = None
    CounterSignDate: kith.TS | None = None
    MedicalValidationDate: kith.TS | None = None
    RefAnalysedSubject: list[kith.ST] = []
    Accredited: kith.BL | None = None
    RelServProv: list[svar.RelServProv] = []
    DiagComment: svar.DiagComment | None = None
    StructuredInfo: list[svar.StructuredInfo] = []
    ResultItem: list[svar.ResultItem] = []


class Investigation(Node):
    """What was examined."""

    xml = element(MESSAGE)
    Id: list[kith.CV]
    Spec: list[kith.CV] = []
    Comment: kith.ST | None = None


class RefInterval(Node):
    """What is usual."""

    xml = element(MESSAGE)
    Descr: kith.ST | None = None


class TextResult(Node):
    """A result as text or codes."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: AnyElement | None = None
    TextCode: list[kith.CV] = []
    Unit: kith.ST | None = None


class DiagComment(Node):
    """A diagnosis that comments a result."""

    xml = element(MESSAGE)
    Concept: kith.CV
    Modifier: list[bm.Modifier] = []


class StructuredInfo(Node):
    """Further information of a given kind."""

    xml = element(MESSAGE)
    Type: Annotated[kith.CS | kith.CV, by_version({"1.3": kith.CS, "1.4": kith.CV})]
    TextInfo: list[svar.TextInfo] = []
    IntegerInfo: list[svar.IntegerInfo] = []
    PhysicalInfo: list[svar.PhysicalInfo] = []
    CodedInfo: list[svar.CodedInfo] = []
    BooleanInfo: list[svar.BooleanInfo] = []


class TextInfo(Node):
    """As text."""

    xml = element(MESSAGE)
    Text: kith.ST


class IntegerInfo(Node):
    """As a whole number."""

    xml = element(MESSAGE)
    Integer: kith.INT


class PhysicalInfo(Node):
    """As a quantity."""

    xml = element(MESSAGE)
    Quantity: kith.PQ


class CodedInfo(Node):
    """As a code."""

    xml = element(MESSAGE)
    Code: Annotated[kith.CS | kith.CV, by_version({"1.3": kith.CS, "1.4": kith.CV})]


class BooleanInfo(Node):
    """As yes or no."""

    xml = element(MESSAGE)
    Flag: kith.BL
