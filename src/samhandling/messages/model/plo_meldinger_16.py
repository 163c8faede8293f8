"""The PLO messages besides Pasientlogistikk, version 1.6."""

from __future__ import annotations

from samhandling.messages.engine.tables import Scope, element
from samhandling.messages.model import plo_meldinger as plo
from samhandling.messages.model import po_komponent as po
from samhandling.messages.model.plo_meldinger import (
    INNLEGGELSESRAPPORT,
    MEDISINSKE_OPPLYSNINGER,
    ORIENTERING,
    TIL_LEGE,
    TVERRFAGLIG_EPIKRISE,
    VED_SOKNAD,
    PloHode,
)

SCOPE = Scope(
    "PLO 1.6",
    "plo",
    "1.6",
    {
        po.PO: po.PO_16,
        VED_SOKNAD: "http://www.kith.no/xmlstds/po/HelseopplysningerVedSoknad/2012-04-01",
        TIL_LEGE: "http://www.kith.no/xmlstds/po/HelseopplysningerTilLege/2012-04-01",
        INNLEGGELSESRAPPORT: "http://www.kith.no/xmlstds/po/Innleggelsesrapport/2012-04-01",
        MEDISINSKE_OPPLYSNINGER: "http://www.kith.no/xmlstds/po/MedisinskeOpplysninger/2012-04-01",
        ORIENTERING: "http://www.kith.no/xmlstds/po/OrienteringOmTjenestetilbud/2012-04-01",
        TVERRFAGLIG_EPIKRISE: "http://www.kith.no/xmlstds/po/TverrfagligEpikrise/2012-04-01",
    },
)


class HelseopplysningerVedSoknad(PloHode):
    """Health information with an application for municipal services."""

    xml = element(VED_SOKNAD)
    TypeInnholdIMelding: po.TypeInnholdIMelding
    OpplysningOpphold: list[po.OpplysningOpphold]
    OpplysningerTilSoknad: po.OpplysningerTilSoknad | None = None
    InfoMedisinskDiagnose: list[po.InfoMedisinskDiagnose] = []
    MedisinskfagligeOpplysninger: po.MedisinskfagligeOpplysninger | None = None
    Sykepleierdokumentasjon: po.Sykepleierdokumentasjon | None = None
    OpplysningerAndreFaggrupper: list[po.OpplysningerAndreFaggrupper] = []
    InfoKartleggingFunksjonsniva: po.InfoKartleggingFunksjonsniva | None = None
    InfoAssistertKommunikasjon: list[po.InfoAssistertKommunikasjon] = []
    InfoInformasjonGitt: list[po.InfoInformasjonGitt] = []
    TjenesteBehov: list[po.TjenesteBehov] = []


class Konsultasjon(plo.Konsultasjon):
    """Health information to the doctor."""

    xml = element(TIL_LEGE)


class Innleggelsesrapport(plo.Innleggelsesrapport):
    """What the municipality tells the hospital at an admission."""

    xml = element(INNLEGGELSESRAPPORT)


class OverforingMedisinskeOpplysninger(plo.OverforingMedisinskeOpplysninger):
    """Medical information from one service to another."""

    xml = element(MEDISINSKE_OPPLYSNINGER)


class OrienteringOmTjenestetilbud(plo.OrienteringOmTjenestetilbud):
    """Which municipal services the patient gets."""

    xml = element(ORIENTERING)


class TverrfagligEpikrise(plo.TverrfagligEpikrise):
    """The discharge report of all professions."""

    xml = element(TVERRFAGLIG_EPIKRISE)
