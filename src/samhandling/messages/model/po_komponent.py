"""Components of the PLO messages (namespace poKomponent), shared by versions 1.5 and 1.6.

Version 1.6 added four fields and made two optional; both are marked where they stand.
"""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.po_komponent as po  # a field may bear the name of its type
from samhandling.messages.engine.simple import Boolean, Date, DateTime, Decimal, Double, Integer, String, Year
from samhandling.messages.engine.tables import Family, Node, element, required_in, since
from samhandling.messages.model import epj_cave, epj_journalnotat, epj_legemiddel, kith
from samhandling.messages.model import felleskomponent1 as fk1

PO = Family("po")
PO_15 = "http://www.kith.no/xmlstds/po/poKomponent/2009-06-30"
PO_16 = "http://www.kith.no/xmlstds/po/poKomponent/2012-04-01"


class ParorendeForesatt(Node):
    """Next of kin or guardian."""

    xml = element(PO)
    Slektskap: kith.CS | None = None
    Omsorgsfunksjon: kith.CS | None = None
    FodselsarMindrearigParorende: Annotated[Year | None, since("1.6")] = None
    Referanseperson: fk1.Person
    Merknad: String | None = None


class TilknyttetEnhet(Node):
    """A unit to contact about the patient."""

    xml = element(PO)
    Kontaktenhet: fk1.Organisation
    Merknad: String | None = None


class KontaktpersonHelsepersonell(Node):
    """A professional to contact about the patient."""

    xml = element(PO)
    Kontaktperson: fk1.HealthcareProfessional
    Merknad: String | None = None


class TilleggsopplysningPasient(Node):
    """Civil status, living alone, language."""

    xml = element(PO)
    SivilStatus: kith.CS | None = None
    BorAlene: Boolean | None = None
    Sprak: kith.CS | None = None


class SendtDokument(Node):
    """Another document that was or was not sent."""

    xml = element(PO)
    Opplysning: kith.CV
    JaNei: Boolean
    DatoSendt: Date | None = None
    TypeMottaker: kith.CV | None = None
    NavnMottaker: String | None = None
    Merknad: String | None = None


class InformasjonOmForsendelsen(Node):
    """Status of the message (new, changed, cancelled) and the request it answers."""

    xml = element(PO)
    Forsendelsesstatus: kith.CS
    ForbeholdOmVideresending: Boolean | None = None
    SvarPaaForesporsel: Boolean | None = None
    Foresporsel: po.Foresporsel | None = None


class AnsvarForRapport(Node):
    """Who answers for the report."""

    xml = element(PO)
    AnsvarligRapport: fk1.HealthcareProfessional
    GodkjentDato: Date | None = None
    TypeRelasjon: kith.CV | None = None
    Merknad: String | None = None


class Foresporsel(Node):
    """A request, copied from the dialogue message it came in."""

    xml = element(PO)
    TypeForesp: kith.CV
    Formål: kith.CV | None = None
    Hastegrad: kith.CS | None = None
    TypeJournalinfo: kith.CV | None = None
    Sporsmal: String | None = None
    Begrunnelse: String | None = None
    FraDato: Date | None = None
    TilDato: Date | None = None
    RefDokIdForesp: String | None = None


class Fraversassistent(Node):
    """Absence notice; unused since 1.6."""

    xml = element(PO)
    MottakerFravarende: Boolean
    MeldingVideresendt: Boolean | None = None
    FravarendeFraDato: Date | None = None
    FravarendeTilDato: Date | None = None
    VideresendtTil: fk1.HealthcareProfessional | None = None
    Merknad: String | None = None


class OpplysningerTilSoknad(Node):
    """Whether the patient has applied in person."""

    xml = element(PO)
    EgensoknadSendt: Boolean
    Merknad: String | None = None


class InfoInformasjonGitt(Node):
    """What the patient and the family were told."""

    xml = element(PO)
    InformasjonGitt: list[po.InformasjonGitt]


class InfoAssistertKommunikasjon(Node):
    """Need for an interpreter and the like."""

    xml = element(PO)
    AssistertKommunikasjon: po.AssistertKommunikasjon


class InfoIPLOSrelevantInformasjon(Node):
    """What is relevant for the IPLOS report."""

    xml = element(PO)
    TidsperiodeDiagnose: list[po.TidsperiodeDiagnose] = []
    TidsfestetHendelse: po.TidsfestetHendelse | None = None


class InfoKartleggingFunksjonsniva(Node):
    """Mapping of functional level."""

    xml = element(PO)
    SamletVurderingFunksjonsniva: po.SamletVurderingFunksjonsniva | None = None
    KartlagtFunksjon: list[po.KartlagtFunksjon]
    Ansvarlig: po.Ansvarlig | None = None


class EksisterendeTjeneste(Node):
    """A service the patient has already."""

    xml = element(PO)
    IPLOStjenestetype: kith.CV | None = None
    BetegnelseTjeneste: String | None = None
    PrivatTjeneste: Boolean
    TjenestenLevertAv: String | None = None
    OpplysningerOmTjenesten: String | None = None
    AntallEnheter: Decimal | None = None
    Enhet: String | None = None
    Startdato: Date | None = None
    Sluttdato: Date | None = None
    Merknad: String | None = None


class TidsfestetHendelse(Node):
    """An event with its time, or an estimate of it."""

    xml = element(PO)
    Hendelsekode: kith.CV | None = None
    BeskrivelseAvHendelse: String | None = None
    TidspunktForHendelse: kith.TS
    Anslag: Boolean
    Merknad: String | None = None
    StedForHendelse: po.StedForHendelse | None = None


class UtskrevetTil(Node):
    """Where to the patient was discharged."""

    xml = element(PO)
    Uttilstand: kith.CV | None = None
    UtTil: kith.CV
    Merknad: String | None = None


class AvtaleOmAdmLegemidler(Node):
    """Agreement on the handling of medicines."""

    xml = element(PO)
    AvtaleAdmLegemidler: Boolean
    AvtaleAdmMultidose: Boolean
    Merknad: String | None = None
    AdmInstrukser: po.AdmInstrukser | None = None
    Tiltaksbeskrivelse: list[po.Tiltaksbeskrivelse] = []


class MedisinskfagligeOpplysninger(Node):
    """Medical information apart from medicines and diagnoses."""

    xml = element(PO)
    RegistrertBlodtype: po.RegistrertBlodtype | None = None
    InfoTidligereSykdommer: list[po.InfoTidligereSykdommer] = []
    Cave: epj_cave.Cave | None = None
    Allerginotat: list[epj_cave.Allerginotat] = []
    GenereltJournalnotat: list[epj_journalnotat.GenereltJournalnotat] = []


class Sykepleierdokumentasjon(Node):
    """The nurse's documentation."""

    xml = element(PO)
    InfoFraSykepleier: po.InfoFraSykepleier | None = None
    LegemidlerAdministrertVedOverforing: epj_legemiddel.LegemidlerAdministrertVedOverforing | None = None
    InfoAvtaleOmLegemiddeladm: po.InfoAvtaleOmLegemiddeladm | None = None
    InfoVurderinger: list[po.InfoVurderinger] = []
    IverksatteTiltak: list[po.IverksatteTiltak] = []
    AnbefaltVidereTiltak: list[po.AnbefaltVidereTiltak] = []
    InfoMaalForventetRes: list[po.InfoMaalForventetRes] = []
    Ansvarlig: list[po.Ansvarlig] = []


class InfoMedisinskDiagnose(Node):
    """Diagnoses."""

    xml = element(PO)
    MedisinskDiagnose: list[po.MedisinskDiagnose]


class InfoKontaktepisode(Node):
    """A contact with the health service."""

    xml = element(PO)
    FellesinfoKontaktepisode: po.FellesinfoKontaktepisode
    TilleggsinfoKontaktepisode: po.TilleggsinfoKontaktepisode | None = None


class InfoReservasjon(Node):
    """Reservations and wishes."""

    xml = element(PO)
    ReservasjonOnske: list[po.ReservasjonOnske]


class InfoAndreViktigeOpplysninger(Node):
    """Other important information."""

    xml = element(PO)
    GenereltJournalnotat: list[epj_journalnotat.GenereltJournalnotat] = []
    Allerginotat: list[epj_cave.Allerginotat] = []


class OpplysningerAndreFaggrupper(Node):
    """Information from other professions."""

    xml = element(PO)
    AndreFagrapporter: po.AndreFagrapporter | None = None
    AnbefaltVidereTiltak: list[po.AnbefaltVidereTiltak] = []
    InfoVurderinger: list[po.InfoVurderinger] = []


class OpplysningOpphold(Node):
    """Times and places of the stay."""

    xml = element(PO)
    TidsfestetHendelse: po.TidsfestetHendelse


class InfoKontrolltime(Node):
    """A follow-up appointment: booked, to be booked, or (since 1.6) tentative."""

    xml = element(PO, content="(InformasjonOmTime | KontrolltimeBestill | InformasjonOmTentativTime)")
    InformasjonOmTime: po.InformasjonOmTime | None = None
    KontrolltimeBestill: po.KontrolltimeBestill | None = None
    InformasjonOmTentativTime: Annotated[po.InformasjonOmTentativTime | None, since("1.6")] = None


class OpplysningerOmHjelpemidler(Node):
    """Aids in use or applied for."""

    xml = element(PO)
    FasteHjelpemidler: list[po.FasteHjelpemidler] = []
    StatusHjelpemiddel: list[po.StatusHjelpemiddel] = []


class TjenesteBehov(Node):
    """A need for a service."""

    xml = element(PO)
    IPLOStjenestetype: kith.CV | None = None
    BetegnelseTjeneste: String | None = None
    VedInstitusjon: String | None = None
    BeskrivelseAvTjeneste: String | None = None
    AntallEnheterOnsket: Double | None = None
    Enhet: String | None = None


class AssistertKommunikasjon(Node):
    """Need for an interpreter or other help to communicate."""

    xml = element(PO)
    PersonTolkebehov: fk1.Person | None = None
    Horselsvikt: Boolean | None = None
    Synsvikt: Boolean | None = None
    BehovTolkSprak: kith.CS | None = None
    PreferertTolk: fk1.Person | None = None
    BehovOpphortDato: kith.TS | None = None
    Merknad: kith.ST | None = None


class Hjelpemiddelbeskrivelse(Node):
    """One aid."""

    xml = element(PO)
    Sekvensnummer: Integer | None = None
    HjelpemiddelkodeRTV: kith.CV | None = None
    BetegnelseHjelpemiddel: String


class RegistrertBlodtype(Node):
    """Blood type."""

    xml = element(PO)
    Blodtype: kith.CS
    Rhesusgruppe: kith.CS | None = None
    Merknad: String | None = None


class AndreFagrapporter(Node):
    """Report of another profession."""

    xml = element(PO)
    BehandlingStart: Date | None = None
    StatusInnleggelse: String | None = None
    StatusBehandlingsstart: String | None = None
    ForventetStatusUtskriving: String | None = None
    AnsvarligRapport: fk1.HealthcareProfessional | None = None
    Journaltekst: list[epj_journalnotat.Journaltekst] = []


class InfoTidligereSykdommer(Node):
    """Earlier diseases."""

    xml = element(PO)
    TidligereSykdomFragment: po.TidligereSykdomFragment | None = None
    Journaltekst: epj_journalnotat.Journaltekst | None = None


class InfoFraSykepleier(Node):
    """Information from the nurse."""

    xml = element(PO)
    OpplysningerRelevantOppfolging: po.OpplysningerRelevantOppfolging | None = None
    Journaltekst: list[epj_journalnotat.Journaltekst] = []


class InformasjonOmTime(Node):
    """A booked appointment."""

    xml = element(PO)
    BestiltKontrolltime: Boolean
    TidspunktTime: DateTime | None = None
    Varighet: Integer | None = None
    StedTime: String | None = None
    InformertOm: po.InformertOm | None = None


class KontrolltimeBestill(Node):
    """An appointment to be booked."""

    xml = element(PO)
    PasientParorendeBestiller: Boolean
    InformertOm: po.InformertOm | None = None


class InformasjonOmTentativTime(Node):
    """A tentative appointment."""

    xml = element(PO, since="1.6")
    TentativtTidspunktTime: String | None = None
    StedTime: String | None = None
    Merknad: String | None = None
    InformertOm: po.InformertOm | None = None


class KartlagtFunksjon(Node):
    """One function and its score."""

    xml = element(PO)
    Funksjonsvariabel: kith.CV | None = None
    Vurdering: Integer | None = None
    Merknad: String | None = None


class InformasjonGitt(Node):
    """One piece of information that was given."""

    xml = element(PO)
    TypeInformasjon: kith.CV | None = None
    BeskrivelseInformasjon: String | None = None
    MuntligInformasjon: Annotated[Boolean | None, required_in("1.5")] = None
    InformasjonGittTil: fk1.Person
    InformasjonGittDato: Date
    InformasjonGittAv: fk1.HealthcareProfessional


class InfoAvtaleOmLegemiddeladm(Node):
    """Agreement on the handling of medicines."""

    xml = element(PO)
    AvtaleOmAdmLegemidler: po.AvtaleOmAdmLegemidler


class Ansvarlig(Node):
    """Who answers for an assessment."""

    xml = element(PO)
    TypeHendelse: kith.CV | None = None
    TidspunktForHendelse: DateTime
    Ekstern: Boolean
    AnsvarligTjenesteyter: fk1.HealthcareProfessional | None = None
    Virksomhet: fk1.Organisation | None = None
    Merknad: String | None = None


class InnholdKonsultasjon(Node):
    """Kind of content of a consultation."""

    xml = element(PO)
    TypeInnholdKonsultasjon: kith.CS
    Merknad: String | None = None


class TypeInnholdIMelding(Node):
    """Kind of content of the message."""

    xml = element(PO)
    TypeInnhold: kith.CV
    Merknad: String | None = None


class FellesinfoKontaktepisode(Node):
    """What every contact has: kind and time."""

    xml = element(PO)
    Kontakttype: kith.CV
    Konsultasjonsform: kith.CV | None = None
    KontaktStartet: kith.TS
    KontaktAvsluttet: kith.TS | None = None
    Merknad: String | None = None


class AnbefaltVidereTiltak(Node):
    """A recommended measure."""

    xml = element(PO)
    Tiltaksbeskrivelse: po.Tiltaksbeskrivelse


class ReservasjonOnske(Node):
    """One reservation or wish."""

    xml = element(PO)
    Gjelder: String
    FramsattAv: fk1.Person
    FramsattDato: Date
    TrukketTilbakeAv: fk1.Person | None = None
    TrukketTilbakeDato: Date | None = None
    Merknad: String | None = None


class FasteHjelpemidler(Node):
    """Glasses, hearing aid, pacemaker."""

    xml = element(PO)
    Briller: kith.CS | None = None
    HjelpemiddelHorsel: kith.CS | None = None
    Pacemaker: Boolean | None = None
    Merknad: String | None = None


class SamletVurderingFunksjonsniva(Node):
    """Overall assessment of the functional level."""

    xml = element(PO)
    Pleietyngde: Decimal | None = None
    VurderingPleietyngde: String | None = None
    Merknad: String | None = None


class TidsperiodeDiagnose(Node):
    """From when to when a diagnosis held."""

    xml = element(PO)
    StartdatoDiagnose: Date
    SluttdatoDiagnose: Date | None = None
    MedisinskDiagnose: po.MedisinskDiagnose


class InfoMaalForventetRes(Node):
    """Goals and expected results."""

    xml = element(PO)
    InnholdMaaldokument: po.InnholdMaaldokument
    Journaltekst: list[epj_journalnotat.Journaltekst] = []


class InfoVurderinger(Node):
    """Assessments."""

    xml = element(PO)
    InnholdVurdering: po.InnholdVurdering
    Journaltekst: list[epj_journalnotat.Journaltekst] = []


class IverksatteTiltak(Node):
    """A measure in force."""

    xml = element(PO)
    Tiltaksbeskrivelse: po.Tiltaksbeskrivelse


class TilleggsinfoKontaktepisode(Node):
    """Where the contact took place."""

    xml = element(PO)
    StedForKontaktepisode: kith.CV | None = None
    StedForKontakt: String | None = None


class OpplysningerRelevantOppfolging(Node):
    """What the follow-up needs to know."""

    xml = element(PO)
    BandasjemateriellEngangsutstyr: Boolean | None = None
    HjelpLegemiddeladm: Boolean | None = None
    EndringFunksjonsnivaa: String | None = None
    MerknadTilBandasjemateriell: Annotated[String | None, since("1.6")] = None
    MerknadTilLegemiddeladministrering: Annotated[String | None, since("1.6")] = None


class MedisinskDiagnose(Node):
    """One diagnosis, as code or text."""

    xml = element(PO)
    Hoveddiagnose: Annotated[Boolean | None, required_in("1.5")] = None
    Diagnosekode: kith.CV | None = None
    DiagnoseBeskrivelse: String | None = None


class StatusHjelpemiddel(Node):
    """An aid and its status."""

    xml = element(PO)
    Status: kith.CS
    Hjelpemiddelbeskrivelse: po.Hjelpemiddelbeskrivelse


class StedForHendelse(Node):
    """Where the event takes place."""

    xml = element(PO)
    StedHendelse: String


class InnholdVurdering(Node):
    """One assessment."""

    xml = element(PO)
    VurderingenGjelder: String
    Stikkord: list[String] = []
    FraDato: Date | None = None
    TilDato: Date | None = None
    KategoriHelsepersonell: kith.CS | None = None
    Enkeltvurdering: list[po.Enkeltvurdering] = []


class InformertOm(Node):
    """Whether patient and family are informed."""

    xml = element(PO)
    PasientInformert: Boolean
    ParorendeInformert: Boolean


class Tiltaksbeskrivelse(Node):
    """One measure, planned or in force."""

    xml = element(PO)
    IntervensjonTiltakKode: list[kith.CV] = []
    IntervensjonTiltakBeskrivelse: String | None = None
    KategoriHelsepersonell: kith.CS | None = None
    Stikkord: list[String] = []
    EvalueringTidspunkt: Date | None = None
    Merknad: String | None = None
    GjennomforingAvTiltak: list[po.GjennomforingAvTiltak] = []
    PlanlagtGjennomforingTiltak: po.PlanlagtGjennomforingTiltak | None = None


class TidligereSykdomFragment(Node):
    """One earlier disease."""

    xml = element(PO)
    FunksjonshemmingKroniskSykdom: Boolean
    TidligereSykdom: String
    Diagnosekode: kith.CV | None = None


class AdmInstrukser(Node):
    """How medicines are to be handled."""

    xml = element(PO)
    Utleveringsform: kith.CS | None = None
    SarskilteTiltak: list[kith.CS] = []


class InnholdMaaldokument(Node):
    """One goal."""

    xml = element(PO)
    MaalForventetResultat: kith.CV | None = None
    ForventetGradMaaloppnaaelse: kith.CV | None = None
    Beskrivelse: String | None = None
    KategoriHelsepersonell: kith.CS | None = None
    ForventesOppnaadd: Date | None = None
    FraDato: Date | None = None
    TilDato: Date | None = None
    Stikkord: list[String] = []


class PlanlagtGjennomforingTiltak(Node):
    """When a measure is planned."""

    xml = element(PO)
    PlanlagtStart: Date
    PlanlagtSlutt: Date | None = None
    FasteUkedager: list[kith.CS] = []
    GjentagelseIntervall: kith.PQ | None = None
    EtterBehov: Boolean | None = None


class GjennomforingAvTiltak(Node):
    """When a measure was carried out."""

    xml = element(PO)
    UtfortTidspunkt: Date
    TiltakKanTermineres: Boolean | None = None
    Merknad: String | None = None


class Enkeltvurdering(Node):
    """One scored or written assessment."""

    xml = element(PO)
    Funksjonsområde: kith.CV | None = None
    KodetVurdering: kith.CV | None = None
    VurderingTekst: String | None = None
