"""The PLO messages besides Pasientlogistikk: what versions 1.5 and 1.6 share.

All of them begin with the same seven elements. Build one of the versions: `plo_meldinger_15` or `plo_meldinger_16`.
"""

from __future__ import annotations

from samhandling.messages.engine.tables import Family, Node, element, local
from samhandling.messages.model import epj_legemiddel
from samhandling.messages.model import po_komponent as po

VED_SOKNAD = Family("p2")
TIL_LEGE = Family("p3")
INNLEGGELSESRAPPORT = Family("p4")
MEDISINSKE_OPPLYSNINGER = Family("p5")
MELDING_FRAVAR = Family("p6")
ORIENTERING = Family("p7")
TVERRFAGLIG_EPIKRISE = Family("p8")


class PloHode(Node):
    """What every PLO message begins with."""

    xml = local(po.PO)
    InformasjonOmForsendelsen: po.InformasjonOmForsendelsen
    TilleggsopplysningPasient: po.TilleggsopplysningPasient | None = None
    ParorendeForesatt: list[po.ParorendeForesatt] = []
    TilknyttetEnhet: list[po.TilknyttetEnhet] = []
    KontaktpersonHelsepersonell: list[po.KontaktpersonHelsepersonell] = []
    AnsvarForRapport: list[po.AnsvarForRapport] = []
    SendtDokument: list[po.SendtDokument] = []


class Konsultasjon(PloHode):
    """Health information to the doctor."""

    xml = element(TIL_LEGE)
    InnholdKonsultasjon: po.InnholdKonsultasjon | None = None
    InfoMedisinskDiagnose: list[po.InfoMedisinskDiagnose] = []
    MedisinskfagligeOpplysninger: po.MedisinskfagligeOpplysninger | None = None
    Legemiddelinfo: list[epj_legemiddel.Legemiddelinfo] = []
    InfoAndreViktigeOpplysninger: po.InfoAndreViktigeOpplysninger | None = None
    Sykepleierdokumentasjon: po.Sykepleierdokumentasjon | None = None
    InfoKartleggingFunksjonsniva: po.InfoKartleggingFunksjonsniva | None = None
    InfoInformasjonGitt: list[po.InfoInformasjonGitt] = []
    InfoAssistertKommunikasjon: list[po.InfoAssistertKommunikasjon] = []
    InfoReservasjon: list[po.InfoReservasjon] = []


class Innleggelsesrapport(PloHode):
    """What the municipality tells the hospital at an admission."""

    xml = element(INNLEGGELSESRAPPORT)
    InfoMedisinskDiagnose: list[po.InfoMedisinskDiagnose] = []
    MedisinskfagligeOpplysninger: po.MedisinskfagligeOpplysninger | None = None
    Legemiddelinfo: list[epj_legemiddel.Legemiddelinfo] = []
    EksisterendeTjeneste: list[po.EksisterendeTjeneste] = []
    InfoKartleggingFunksjonsniva: po.InfoKartleggingFunksjonsniva | None = None
    InfoAndreViktigeOpplysninger: po.InfoAndreViktigeOpplysninger | None = None
    Sykepleierdokumentasjon: po.Sykepleierdokumentasjon | None = None
    OpplysningerAndreFaggrupper: po.OpplysningerAndreFaggrupper | None = None
    OpplysningerOmHjelpemidler: po.OpplysningerOmHjelpemidler | None = None
    InfoAssistertKommunikasjon: list[po.InfoAssistertKommunikasjon] = []
    InfoReservasjon: list[po.InfoReservasjon] = []
    InfoInformasjonGitt: list[po.InfoInformasjonGitt] = []


class OverforingMedisinskeOpplysninger(PloHode):
    """Medical information from one service to another."""

    xml = element(MEDISINSKE_OPPLYSNINGER)
    TypeInnholdIMelding: po.TypeInnholdIMelding | None = None
    OpplysningerTilSoknad: po.OpplysningerTilSoknad | None = None
    InfoMedisinskDiagnose: po.InfoMedisinskDiagnose | None = None
    MedisinskfagligeOpplysninger: po.MedisinskfagligeOpplysninger | None = None
    Legemiddelinfo: list[epj_legemiddel.Legemiddelinfo] = []
    InfoIPLOSrelevantInformasjon: po.InfoIPLOSrelevantInformasjon | None = None
    OpplysningerAndreFaggrupper: list[po.OpplysningerAndreFaggrupper] = []
    InfoKartleggingFunksjonsniva: po.InfoKartleggingFunksjonsniva | None = None
    InfoAssistertKommunikasjon: list[po.InfoAssistertKommunikasjon] = []
    InfoInformasjonGitt: list[po.InfoInformasjonGitt] = []
    TjenesteBehov: list[po.TjenesteBehov] = []
    InfoAndreViktigeOpplysninger: po.InfoAndreViktigeOpplysninger | None = None
    InfoReservasjon: list[po.InfoReservasjon] = []


class OrienteringOmTjenestetilbud(PloHode):
    """Which municipal services the patient gets."""

    xml = element(ORIENTERING)
    EksisterendeTjeneste: list[po.EksisterendeTjeneste]
    AssistertKommunikasjon: list[po.AssistertKommunikasjon] = []


class TverrfagligEpikrise(PloHode):
    """The discharge report of all professions."""

    xml = element(TVERRFAGLIG_EPIKRISE)
    TypeInnholdIMelding: po.TypeInnholdIMelding
    OpplysningOpphold: list[po.OpplysningOpphold] = []
    InfoMedisinskDiagnose: list[po.InfoMedisinskDiagnose] = []
    MedisinskfagligeOpplysninger: po.MedisinskfagligeOpplysninger | None = None
    Legemiddelinfo: list[epj_legemiddel.Legemiddelinfo] = []
    InfoAndreViktigeOpplysninger: po.InfoAndreViktigeOpplysninger | None = None
    Sykepleierdokumentasjon: po.Sykepleierdokumentasjon | None = None
    OpplysningerAndreFaggrupper: list[po.OpplysningerAndreFaggrupper] = []
    InfoKartleggingFunksjonsniva: po.InfoKartleggingFunksjonsniva | None = None
    TjenesteBehov: list[po.TjenesteBehov] = []
    InfoInformasjonGitt: list[po.InfoInformasjonGitt] = []
    InfoAssistertKommunikasjon: list[po.InfoAssistertKommunikasjon] = []
    InfoReservasjon: list[po.InfoReservasjon] = []
    InfoKontrolltime: list[po.InfoKontrolltime] = []
    OpplysningerOmHjelpemidler: po.OpplysningerOmHjelpemidler | None = None
