"""Henvisning 2.0: a payload of MsgHead, with components of PLO and parties in the header."""

from __future__ import annotations

import samhandling.messages.model.henvisning_20 as hen20  # a field may bear the name of its type
from samhandling.messages.engine.simple import Boolean, Date, DateTime, String
from samhandling.messages.engine.tables import Family, Node, Scope, element
from samhandling.messages.model import kith
from samhandling.messages.model import po_komponent_20 as po20
from samhandling.messages.model.po_komponent import PO
from samhandling.messages.model.po_komponent_20 import PO_20

NAMESPACE = "http://ehelse.no/xmlstds/henvisning/2017-11-30"
HENVISNING = Family("hen", NAMESPACE)
SCOPE = Scope("Henvisning 2.0", "henvisning", "2.0", {PO: PO_20})


class Henvisning(Node):
    """The payload."""

    xml = element(HENVISNING)
    ServType: kith.CS
    IssueDate: DateTime
    PaymentCat: kith.CS | None = None
    ReqComment: String | None = None
    DocumentId: String
    BasisForHealthServices: kith.CS | None = None
    TilleggsopplysningPasient: po20.TilleggsopplysningPasient | None = None
    ParorendeForesatt: list[po20.ParorendeForesatt] = []
    TilknyttetEnhet: list[po20.TilknyttetEnhet] = []
    KontaktpersonHelsepersonell: list[po20.KontaktpersonHelsepersonell] = []
    AnsvarForRapport: list[po20.AnsvarForRapport] = []
    SendtDokument: list[po20.SendtDokument] = []
    TypeInnholdIMelding: po20.TypeInnholdIMelding
    InfoAssistertKommunikasjon: list[po20.InfoAssistertKommunikasjon] = []
    OpplysningerOmIndividuellPlan: po20.OpplysningerOmIndividuellPlan | None = None
    PasientrelatertKontaktperson: list[po20.PasientrelatertKontaktperson] = []
    Legemiddelgjennomgang: po20.Legemiddelgjennomgang | None = None
    PatientPrecaution: list[hen20.PatientPrecaution] = []
    InfItem: list[hen20.InfItem] = []
    ReasonAsText: list[hen20.ReasonAsText] = []
    Diagnosis: list[hen20.Diagnosis] = []
    ReqServ: hen20.ReqServ
    Comment: list[hen20.Comment] = []
    VurderingAvHenvisning: hen20.VurderingAvHenvisning | None = None
    Pakkeforlop: list[hen20.Pakkeforlop] = []
    Consent: list[hen20.Consent] = []


class PatientPrecaution(Node):
    """A warning to whoever treats the patient."""

    xml = element(HENVISNING)
    Precaution: String
    StartDateTime: DateTime | None = None
    EndDateTime: DateTime | None = None


class InfItem(Node):
    """A result, a medicine or an observation."""

    xml = element(
        HENVISNING, content="(ResultItem | Medication | Observation), Type, StartDateTime?, EndDateTime?, OrgDate?"
    )
    ResultItem: hen20.ResultItem | None = None
    Medication: hen20.Medication | None = None
    Observation: hen20.Observation | None = None
    Type: kith.CV
    StartDateTime: DateTime | None = None
    EndDateTime: DateTime | None = None
    OrgDate: DateTime | None = None


class Medication(Node):
    """A medicine: earlier, now or planned."""

    xml = element(HENVISNING)
    DrugId: kith.CV
    Comment: String | None = None
    Status: kith.CS
    IntendedDuration: kith.PQ | None = None
    QuantitySupplied: kith.PQ | None = None
    UnitDose: kith.PQ | None = None
    DosageText: String | None = None


class Observation(Node):
    """What was observed."""

    xml = element(HENVISNING)
    Description: String | None = None
    Comment: String | None = None


class ResultItem(Node):
    """One result of an examination."""

    xml = element(
        HENVISNING,
        content="(TextResult | Interval | DateResult | NumResult), ServType?, InvDate?, Comment?, DevResultInd?, "
        "ClinInv",
    )
    TextResult: hen20.TextResult | None = None
    Interval: hen20.Interval | None = None
    DateResult: hen20.DateResult | None = None
    NumResult: hen20.NumResult | None = None
    ServType: kith.CS | None = None
    InvDate: DateTime | None = None
    Comment: String | None = None
    DevResultInd: kith.CS | None = None
    ClinInv: hen20.ClinInv


class NumResult(Node):
    """A result as a quantity, perhaps *less than* or *more than*."""

    xml = element(HENVISNING)
    ArithmeticComp: kith.CS | None = None
    NumResultValue: kith.PQ


class TextResult(Node):
    """A result as text."""

    xml = element(HENVISNING)
    Result: hen20.Result | None = None


class Interval(Node):
    """A result between two quantities."""

    xml = element(HENVISNING)
    Low: kith.PQ | None = None
    High: kith.PQ | None = None


class DateResult(Node):
    """A result that is a date."""

    xml = element(HENVISNING)
    DateResultValue: Date


class ClinInv(Node):
    """What was examined."""

    xml = element(HENVISNING)
    Id: kith.CV
    Spec: list[kith.CV] = []


class Result(Node):
    """The text of a result."""

    xml = element(HENVISNING)
    Heading: kith.CS | None = None
    TextResultValue: String | None = None
    TextCode: kith.CV | None = None


class ReasonAsText(Node):
    """Why, as text under a heading."""

    xml = element(HENVISNING)
    Heading: kith.CV | None = None
    TextResultValue: String | None = None
    TextCode: list[kith.CV] = []


class Diagnosis(Node):
    """A diagnosis behind the referral."""

    xml = element(HENVISNING)
    Concept: kith.CV
    Modifier: list[hen20.Modifier] = []


class Modifier(Node):
    """What qualifies a coded diagnosis: side, degree …"""

    xml = element(HENVISNING)
    Name: kith.CS
    Value: list[kith.CV]


class ReqServ(Node):
    """What is asked for."""

    xml = element(HENVISNING)
    ServType: kith.CS
    ReqDate: Date | None = None
    Priority: kith.CS
    Comment: String | None = None


class Comment(Node):
    """What else the receiver should know, as text and codes."""

    xml = element(HENVISNING)
    Heading: kith.CV | None = None
    TextResultValue: String | None = None
    CodedComment: list[kith.CV] = []


class VurderingAvHenvisning(Node):
    """What an earlier receiver decided, when the referral is passed on."""

    xml = element(HENVISNING)
    DatoMottakOgVurdering: list[hen20.DatoMottakOgVurdering]
    Opplysninger: hen20.Opplysninger | None = None


class DatoMottakOgVurdering(Node):
    """When the referral was received or assessed."""

    xml = element(HENVISNING)
    TypeDato: kith.CV
    Dato: Date


class Opplysninger(Node):
    """The right to treatment, and the outcome of the assessment."""

    xml = element(HENVISNING)
    FrittSykehusvalg: Boolean | None = None
    VentetidSluttkode: kith.CV | None = None
    ForlopsId: String
    RettTilHelsehjelp: Boolean
    UtfallAvVurdering: kith.CV


class Pakkeforlop(Node):
    """A standard course the patient is in."""

    xml = element(HENVISNING)
    Pakkeforlopskode: kith.CV
    Merknad: String | None = None


class Consent(Node):
    """What the patient has consented to."""

    xml = element(HENVISNING)
    ConsentStatus: kith.CV
    ConsentDate: Date | None = None
    Merknad: String | None = None
    GivenBy: String | None = None
