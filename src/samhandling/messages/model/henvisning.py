"""Henvisning, the referral: what versions 1.0 and 1.1 share. Differences are marked where they stand.

Build one of the versions: `henvisning_10.Message` or `henvisning_11.Message`. Version 2.0 is another document
(`henvisning_20`). Version 1.1 borrows two components of PLO 1.5.
"""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.henvisning as hen  # a field may bear the name of its type
from samhandling.messages.engine.simple import AnyUri, Date, String
from samhandling.messages.engine.tables import (
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
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import kith
from samhandling.messages.model import po_komponent as po
from samhandling.messages.model.basismelding import MESSAGE


class Message(Node):
    """The whole document."""

    xml = element(MESSAGE)
    Type: kith.CS | None = None
    MsgVersion: kith.ST | None = None
    MIGversion: kith.ST
    GenDate: kith.TS
    MsgId: kith.ST
    Status: kith.CS | None = None
    ServReq: hen.ServReq


class ServReq(Node):
    """The referral: who is referred by whom to whom, and why."""

    xml = element(MESSAGE)
    ServType: kith.CS
    IssueDate: kith.TS
    PaymentCat: kith.CS | None = None
    ReqComment: kith.ST | None = None
    Ack: kith.CS | None = None
    MsgDescr: kith.CS
    Id: kith.ST
    Patient: hen.Patient
    ServProvider: hen.ServProvider
    Requester: hen.Requester
    CopyDest: list[hen.CopyDest] = []
    RefDoc: list[hen.RefDoc] = []
    ReasonAsText: list[hen.ReasonAsText] = []
    Diagnosis: Annotated[list[hen.Diagnosis], required_in("1.0")] = []
    ReqServ: Annotated[hen.ReqServ | None, required_in("1.1")] = None
    Comment: list[hen.Comment] = []


class ReqServ(Node):
    """What is asked for."""

    xml = element(MESSAGE)
    ServType: kith.CS
    Purpose: kith.CS | None = None
    ReqDate: kith.TS | None = None
    Priority: Annotated[kith.CS | None, required_in("1.1")] = None
    Comment: kith.ST | None = None
    Service: hen.Service | None = None


class Service(Node):
    """What kind of service it is."""

    xml = element(MESSAGE)
    ServId: kith.CV | None = None
    MedSpeciality: kith.CV | None = None
    AdmCat: kith.CS | None = None


class Diagnosis(Node):
    """A diagnosis behind the referral."""

    xml = element(MESSAGE)
    Concept: kith.CV
    Modifier: list[bm.Modifier] = []


class ReasonAsText(Node):
    """Why, as text under a heading."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: kith.ST | None = None
    TextCode: list[kith.CV] = []


class Comment(Node):
    """What else the receiver should know, as text and codes."""

    xml = element(MESSAGE)
    Heading: kith.CS
    TextResultValue: kith.ST
    CodedComment: list[kith.CV]


# --- The parties ---


class ServProvider(Node):
    """To whom the patient is referred."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    ComMethod: Annotated[kith.CS | None, since("1.1")] = None
    HCP: hen.HCP


class Requester(Node):
    """Who refers."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    ComMethod: Annotated[kith.CS | None, since("1.1")] = None
    HCP: hen.HCP


class CopyDest(Node):
    """A copy receiver."""

    xml = element(MESSAGE)
    Role: kith.CS | None = None
    CopyDestRole: list[bm.CopyDestRole] = []
    HCP: hen.HCP


class HCP(Node):
    """An organisation or a professional, one of them."""

    xml = element(MESSAGE, content="(Inst | HCProf), MedSpeciality?, PartyIdByRequester?, PartyIdByServProv?, Address?")
    Inst: hen.Inst | None = None
    HCProf: hen.HCProf | None = None
    MedSpeciality: kith.CV | None = None
    PartyIdByRequester: Annotated[kith.ST | None, until("1.0")] = None
    PartyIdByServProv: Annotated[kith.ST | None, until("1.0")] = None
    Address: bm.Address | None = None


class Inst(Node):
    """An organisation with its persons and departments; mind the order."""

    xml = element(MESSAGE)
    Name: kith.ST | None = None
    Id: kith.ST | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[bm.AdditionalId] = []
    HCPerson: list[bm.HCPerson] = []
    Dept: list[bm.Dept] = []


class HCProf(Node):
    """A professional."""

    xml = element(MESSAGE)
    Type: kith.CS | None = None
    Name: kith.ST | None = None
    Id: kith.ST | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[bm.AdditionalId] = []


# --- The patient ---


class Patient(Node):
    """Who is referred."""

    xml = element(MESSAGE)
    BasisForHealthServices: kith.CS | None = None
    Sex: kith.CS | None = None
    DateOfBirth: kith.TS | None = None
    DateOfDeath: kith.TS | None = None
    Name: kith.ST | None = None
    IdByRequester: kith.ST | None = None
    OffId: kith.ST | None = None
    TypeOffId: kith.CS | None = None
    PatientPrecaution: list[hen.PatientPrecaution] = []
    InfItem: list[hen.InfItem] = []
    PatRelHCP: list[hen.PatRelHCP] = []
    NeedTranslator: Annotated[list[hen.NeedTranslator], until("1.0")] = []
    CareSituation: Annotated[hen.CareSituation | None, until("1.0")] = None
    PatRelperson: Annotated[list[hen.PatRelperson], until("1.0")] = []
    AssistertKommunikasjon: Annotated[list[po.AssistertKommunikasjon], since("1.1")] = []
    ParorendeForesatt: Annotated[list[po.ParorendeForesatt], since("1.1")] = []
    ContactPerson: Annotated[list[hen.ContactPerson], since("1.1")] = []
    PatRelInst: list[hen.PatRelInst] = []
    Consent: hen.Consent | None = None
    AdditionalId: list[bm.AdditionalId] = []
    Address: bm.Address | None = None


class PatientPrecaution(Node):
    """A warning to whoever treats the patient."""

    xml = element(MESSAGE)
    Precaution: kith.ST
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None


class PatRelHCP(Node):
    """Another part of the health service that knows the patient."""

    xml = element(MESSAGE)
    Relation: kith.CS
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None
    HCP: hen.HCP


class NeedTranslator(Node):
    """Need for an interpreter, in version 1.0."""

    xml = element(MESSAGE, until="1.0")
    Person: kith.INT | None = None
    IsDeaf: kith.BL | None = None
    IsBlind: kith.BL | None = None
    Language: kith.CS | None = None
    PreferredTranslator: kith.INT | None = None
    TranslatorEndDate: kith.TS | None = None
    Note: kith.ST | None = None


class CareSituation(Node):
    """Who has the care of the patient, in version 1.0."""

    xml = element(MESSAGE, until="1.0")
    Description: kith.ST | None = None
    CustodyType: kith.CS
    CustodyOwner: kith.ST | None = None
    CareSituationType: kith.CS
    NativeLanguage: kith.CS | None = None


class PatRelperson(Node):
    """Next of kin, in version 1.0."""

    xml = element(MESSAGE, until="1.0")
    Description: kith.ST | None = None
    DateOfBirth: kith.TS | None = None
    Sex: kith.CS | None = None
    Occupation: kith.CS | None = None
    Role: kith.ST | None = None
    EthnicBelonging: kith.CS | None = None
    Name: kith.ST
    OffId: kith.ST | None = None
    TypeOffId: kith.CS | None = None
    Relation: hen.Relation | None = None
    Address: bm.Address | None = None
    Consent: hen.Consent | None = None


class Relation(Node):
    """How the person is related to the patient, in version 1.0."""

    xml = element(MESSAGE, until="1.0")
    Guardien: kith.BL | None = None
    RelationCode: kith.CS | None = None
    Description: kith.ST | None = None


class ParorendeForesatt(Node):
    """Next of kin by the referral's own definition; version 1.1 declares it and uses that of PLO."""

    xml = element(MESSAGE, since="1.1")
    Slektskap: kith.CS | None = None
    Omsorgsfunksjon: kith.CS | None = None
    Referanseperson: fk1.Person
    Merknad: String | None = None


class ContactPerson(Node):
    """A person to contact about the patient, in version 1.1."""

    xml = element(MESSAGE, since="1.1")
    OccupationRole: String | None = None
    WorkingPlace: String | None = None
    Referanseperson: fk1.Person
    Merknad: String | None = None


class PatRelInst(Node):
    """An institution that knows the patient: school, employer, child welfare …"""

    xml = element(MESSAGE)
    NameInst: Annotated[kith.ST | String | None, by_version({"1.0": kith.ST, "1.1": String})] = None
    WorkingTime: Annotated[kith.ST | None, until("1.0")] = None
    RoleInst: Annotated[String | None, since("1.1")] = None
    ContactPerson: Annotated[
        kith.ST | String | None, by_version({"1.0": kith.ST, "1.1": String}), required_in("1.0")
    ] = None
    Merknad: Annotated[String | None, since("1.1")] = None
    Address: Annotated[bm.Address | None, until("1.0")] = None


class Consent(Node):
    """What the patient has consented to."""

    xml = element(MESSAGE)
    ConsentStatus: kith.CV | None = None
    ConsentDate: Annotated[kith.TS | Date | None, by_version({"1.0": kith.TS, "1.1": Date})] = None
    Merknad: Annotated[kith.ST | String | None, by_version({"1.0": kith.ST, "1.1": String}), required_in("1.0")] = None
    GivenBy: Annotated[String | None, since("1.1")] = None


# --- Documents and appointments ---


class RefDoc(Node):
    """An attachment, or where it is; in version 1.0 only a reference, perhaps to an appointment."""

    xml = element(
        MESSAGE,
        content="IssueDate?, MsgType, Id?, Booking?, MimeType?, Description?, Compression?, "
        "(FileReference? | Content?)",
    )
    IssueDate: kith.TS | None = None
    MsgType: kith.CS
    Id: Annotated[kith.ST | String | None, by_version({"1.0": kith.ST, "1.1": String})] = None
    Booking: Annotated[hen.Booking | None, until("1.0")] = None
    MimeType: Annotated[String | None, since("1.1")] = None
    Description: Annotated[String | None, since("1.1")] = None
    Compression: Annotated[kith.CS | None, since("1.1")] = None
    FileReference: Annotated[AnyUri | None, since("1.1")] = None
    Content: Annotated[hen.Content | None, since("1.1")] = None


class Content(Node):
    """The attachment itself."""

    xml = local(MESSAGE, content="any*")
    elements: Annotated[list[Node], ItemsMark()] = []


class Booking(Node):
    """Who has an appointment for the patient, in version 1.0."""

    xml = element(MESSAGE, until="1.0")
    Name: kith.ST
    Id: kith.ST
    TypeId: kith.ST | None = None
    Appointment: hen.Appointment
    SubOrg: hen.SubOrg | None = None


class Appointment(Node):
    """The appointment, in version 1.0."""

    xml = element(MESSAGE, until="1.0")
    StartDateTime: kith.TS
    EndDateTime: kith.TS
    ResourceId: kith.ST
    Index: kith.INT
    Service: kith.CS


class SubOrg(Node):
    """A part of the organisation with the appointment, in version 1.0; wholly empty by the schema if need be."""

    xml = element(MESSAGE, content="(Name, Id, TypeId?, SubOrg?)?", until="1.0")
    Name: kith.ST | None = None
    Id: kith.ST | None = None
    TypeId: kith.ST | None = None
    SubOrg: hen.SubOrg | None = None


# --- Clinical information ---


class InfItem(Node):
    """A result, a medicine or an observation."""

    xml = element(
        MESSAGE, content="(ResultItem | Medication | Observation), Type, StartDateTime?, EndDateTime?, OrgDate?"
    )
    ResultItem: hen.ResultItem | None = None
    Medication: hen.Medication | None = None
    Observation: hen.Observation | None = None
    Type: kith.CS
    StartDateTime: kith.TS | None = None
    EndDateTime: kith.TS | None = None
    OrgDate: kith.TS | None = None


class ResultItem(Node):
    """One result of an examination."""

    xml = element(
        MESSAGE,
        content="(TextResult | Interval | DateResult | NumResult), ServType?, InvDate?, Comment?, DevResultInd?, "
        "ClinInv",
    )
    TextResult: hen.TextResult | None = None
    Interval: bm.Interval | None = None
    DateResult: bm.DateResult | None = None
    NumResult: bm.NumResult | None = None
    ServType: kith.CS | None = None
    InvDate: kith.TS | None = None
    Comment: kith.ST | None = None
    DevResultInd: kith.CS | None = None
    ClinInv: hen.ClinInv


class TextResult(Node):
    """A result as text."""

    xml = element(MESSAGE)
    Result: hen.Result | None = None


class Result(Node):
    """The text of a result."""

    xml = element(MESSAGE)
    Heading: kith.CS | None = None
    TextResultValue: kith.ST | None = None
    TextCode: kith.CV | None = None


class ClinInv(Node):
    """What was examined."""

    xml = element(MESSAGE)
    Id: kith.CV
    Spec: list[kith.CV] = []


class Medication(Node):
    """A medicine: earlier, now or planned."""

    xml = element(MESSAGE)
    DrugId: kith.CV
    Comment: kith.ST | None = None
    Status: kith.CS
    IntendedDuration: kith.PQ | None = None
    QuantitySupplied: kith.PQ | None = None
    UnitDose: kith.PQ | None = None
    DosageText: kith.ST | None = None


class Observation(Node):
    """What was observed."""

    xml = element(MESSAGE)
    Description: kith.ST | None = None
    Comment: kith.ST | None = None
