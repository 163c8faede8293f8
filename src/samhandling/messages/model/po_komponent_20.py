"""Components of poKomponent as Henvisning 2.0 uses them (version 2.0 of 2017).

Much was taken out and some retyped since 1.6, so it has a module of its own; what is as before comes from there.
"""

from __future__ import annotations

import samhandling.messages.model.po_komponent_20 as po20  # a field may bear the name of its type
from samhandling.messages.engine.simple import Boolean, Date, DateTime, Decimal, String, Year
from samhandling.messages.engine.tables import AnyElement, Node, element
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import kith
from samhandling.messages.model import po_komponent as po
from samhandling.messages.model.po_komponent import PO

PO_20 = "http://ehelse.no/xmlstds/po/poKomponent/2017-11-30"


# --- As in version 1.6 ---


class TilknyttetEnhet(po.TilknyttetEnhet):
    """A unit to contact about the patient."""

    xml = po.TilknyttetEnhet.xml


class KontaktpersonHelsepersonell(po.KontaktpersonHelsepersonell):
    """A professional to contact about the patient."""

    xml = po.KontaktpersonHelsepersonell.xml


class SendtDokument(po.SendtDokument):
    """Another document that was or was not sent."""

    xml = po.SendtDokument.xml


class AnsvarForRapport(po.AnsvarForRapport):
    """Who answers for the report."""

    xml = po.AnsvarForRapport.xml


class OpplysningerTilSoknad(po.OpplysningerTilSoknad):
    """Whether the patient has applied in person."""

    xml = po.OpplysningerTilSoknad.xml


class InfoAndreViktigeOpplysninger(po.InfoAndreViktigeOpplysninger):
    """Other important information."""

    xml = po.InfoAndreViktigeOpplysninger.xml


class Hjelpemiddelbeskrivelse(po.Hjelpemiddelbeskrivelse):
    """One aid."""

    xml = po.Hjelpemiddelbeskrivelse.xml


class StatusHjelpemiddel(po.StatusHjelpemiddel):
    """An aid and its status."""

    xml = po.StatusHjelpemiddel.xml


class InformertOm(po.InformertOm):
    """Whether patient and family are informed."""

    xml = po.InformertOm.xml


class InformasjonOmTime(po.InformasjonOmTime):
    """A booked appointment."""

    xml = po.InformasjonOmTime.xml


class KontrolltimeBestill(po.KontrolltimeBestill):
    """An appointment to be booked."""

    xml = po.KontrolltimeBestill.xml


class InformasjonOmTentativTime(po.InformasjonOmTentativTime):
    """A tentative appointment."""

    xml = po.InformasjonOmTentativTime.xml


class InfoKontrolltime(po.InfoKontrolltime):
    """A follow-up appointment: booked, to be booked, or tentative."""

    xml = po.InfoKontrolltime.xml


class TypeInnholdIMelding(po.TypeInnholdIMelding):
    """Kind of content of the message."""

    xml = po.TypeInnholdIMelding.xml


class MedisinskDiagnose(po.MedisinskDiagnose):
    """One diagnosis, as code or text."""

    xml = po.MedisinskDiagnose.xml


class InfoMedisinskDiagnose(po.InfoMedisinskDiagnose):
    """Diagnoses."""

    xml = po.InfoMedisinskDiagnose.xml


class StedForHendelse(po.StedForHendelse):
    """Where the event takes place."""

    xml = po.StedForHendelse.xml


# --- New or changed in version 2.0 ---


class ParorendeForesatt(Node):
    """Next of kin or guardian."""

    xml = element(PO)
    Slektskap: kith.CS | None = None
    Omsorgsfunksjon: kith.CS | None = None
    FodselsarMindrearigParorende: Year | None = None
    NarmesteParorende: Boolean | None = None
    Referanseperson: fk1.Person
    Merknad: String | None = None


class PasientrelatertKontaktperson(Node):
    """A person to contact about the patient: teacher, employer …"""

    xml = element(PO)
    StillingRolle: String | None = None
    Arbeidssted: String | None = None
    Referanseperson: fk1.Person
    Merknad: String | None = None


class TilleggsopplysningPasient(Node):
    """Civil status, living alone, language, municipal services."""

    xml = element(PO)
    SivilStatus: kith.CS | None = None
    BorAlene: Boolean | None = None
    Sprak: kith.CS | None = None
    MottarKommunaleTjenester: Boolean | None = None
    Merknad: String | None = None


class InformasjonOmForsendelsen(Node):
    """Status of the message, and whether it answers a request."""

    xml = element(PO)
    Forsendelsesstatus: kith.CS
    SvarPaaForesporsel: Boolean | None = None
    Merknad: String | None = None


class AssistertKommunikasjon(Node):
    """Need for an interpreter or other help to communicate."""

    xml = element(PO)
    PersonTolkebehov: fk1.Person | None = None
    Horselsvikt: Boolean | None = None
    Synsvikt: Boolean | None = None
    BehovTolkSprak: kith.CS | None = None
    PreferertTolk: fk1.Person | None = None
    BehovOpphortDato: Date | None = None
    Merknad: String | None = None


class InfoAssistertKommunikasjon(Node):
    """Need for an interpreter and the like."""

    xml = element(PO)
    AssistertKommunikasjon: po20.AssistertKommunikasjon


class Funksjonsbeskrivelse(Node):
    """One function, described in text that may be formatted."""

    xml = element(PO)
    Funksjonsvariabel: kith.CV | None = None
    FunksjonsbeskrivelseTekst: AnyElement | None = None
    Dato: Date | None = None
    Merknad: String | None = None


class InfoKartleggingFunksjonsniva(Node):
    """Mapping of functional level."""

    xml = element(PO)
    Funksjonsbeskrivelse: list[po20.Funksjonsbeskrivelse]


class EksisterendeTjeneste(Node):
    """A service the patient has already."""

    xml = element(PO)
    IPLOStjenestetype: kith.CV | None = None
    BetegnelseTjeneste: String
    PrivatTjeneste: Boolean
    TjenestenLevertAv: String | None = None
    OpplysningerOmTjenesten: String | None = None
    AntallEnheter: Decimal | None = None
    Enhet: String | None = None
    Startdato: Date | None = None
    Sluttdato: Date | None = None


class TidsfestetHendelse(Node):
    """An event with its time, or an estimate of it."""

    xml = element(PO)
    Hendelsekode: kith.CV | None = None
    BeskrivelseAvHendelse: String | None = None
    TidspunktForHendelse: DateTime
    Anslag: Boolean
    Merknad: String | None = None
    StedForHendelse: po.StedForHendelse | None = None


class UtskrevetTil(Node):
    """Where to the patient was discharged."""

    xml = element(PO)
    Uttilstand: kith.CV | None = None
    UtTil: kith.CV | None = None
    Merknad: String | None = None


class OpplysningerOmHjelpemidler(Node):
    """Aids in use or applied for."""

    xml = element(PO)
    StatusHjelpemiddel: list[po.StatusHjelpemiddel] = []


class OpplysningerRelevantOppfolging(Node):
    """What the follow-up needs to know."""

    xml = element(PO)
    BandasjemateriellEngangsutstyr: Boolean | None = None
    EndringFunksjonsnivaa: String | None = None
    MerknadTilBandasjemateriell: String | None = None


class OpplysningerOmIndividuellPlan(Node):
    """Whether there is an individual plan and a coordinator."""

    xml = element(PO)
    IndividuellPlanForeligger: Boolean | None = None
    KoordinatorOppnevnt: Boolean | None = None
    Merknad: String | None = None


class FellesAdministrativeOpplysninger(Node):
    """What every message begins with; declared by the standard, not used by the referral."""

    xml = element(PO)
    InformasjonOmForsendelsen: po20.InformasjonOmForsendelsen
    TilleggsopplysningPasient: po20.TilleggsopplysningPasient | None = None
    ParorendeForesatt: list[po20.ParorendeForesatt] = []
    TilknyttetEnhet: list[po20.TilknyttetEnhet] = []
    KontaktpersonHelsepersonell: list[po20.KontaktpersonHelsepersonell] = []
    AnsvarForRapport: list[po20.AnsvarForRapport] = []
    SendtDokument: list[po20.SendtDokument] = []
    AssistertKommunikasjon: list[po20.AssistertKommunikasjon] = []
    PasientrelatertKontaktperson: list[po20.PasientrelatertKontaktperson] = []


# --- Medicines ---


class LegemidlerUtdelt(Node):
    """Medicines taken today and handed out."""

    xml = element(PO)
    LegemiddelinntakIDag: list[String] = []
    LegemidlerUtdeltTilPasient: list[String] = []
    Merknad: String | None = None


class BistandLegemiddelhandtering(Node):
    """Which help with medicines the patient needs."""

    xml = element(PO)
    HjelpTilLegemiddelhandtering: kith.CV | None = None
    Merknad: String | None = None


class Legemiddelgjennomgang(Node):
    """When the medicines were reviewed and reconciled."""

    xml = element(PO)
    DatoLegemiddelgjennomgang: Date | None = None
    DatoSamstemming: Date | None = None
    Merknad: String | None = None


class AvtaleOmAdmLegemidler(Node):
    """Agreement on the handling of medicines."""

    xml = element(PO)
    AvtaleAdmLegemidler: Boolean
    AvtaleAdmMultidose: Boolean
    Merknad: String | None = None


class InfoAvtaleOmLegemiddeladm(Node):
    """Agreement on the handling of medicines."""

    xml = element(PO)
    AvtaleOmAdmLegemidler: po20.AvtaleOmAdmLegemidler


class Reseptinformasjon(Node):
    """Whether prescriptions were sent along or electronically."""

    xml = element(PO)
    ReseptSendtMed: kith.CV | None = None
    eResept: Boolean | None = None
    Merknad: String | None = None


class BistandLegemiddelhandteringOgGjennomgang(Node):
    """All about the handling of medicines; declared by the standard, not used by the referral."""

    xml = element(PO)
    BistandLegemiddelhandtering: po20.BistandLegemiddelhandtering
    LegemidlerUtdelt: po20.LegemidlerUtdelt
    AvtaleOmAdmLegemidler: po20.AvtaleOmAdmLegemidler
    Legemiddelgjennomgang: po20.Legemiddelgjennomgang
    Reseptinformasjon: po20.Reseptinformasjon
