"""The PLO messages besides Pasientlogistikk, version 1.5."""

from __future__ import annotations

from samhandling.messages.engine.tables import Scope, element
from samhandling.messages.model import plo_meldinger as plo
from samhandling.messages.model import po_komponent as po
from samhandling.messages.model.plo_meldinger import (
    INNLEGGELSESRAPPORT,
    MEDISINSKE_OPPLYSNINGER,
    MELDING_FRAVAR,
    ORIENTERING,
    TIL_LEGE,
    TVERRFAGLIG_EPIKRISE,
    VED_SOKNAD,
    PloHode,
)

SCOPE = Scope(
    "PLO 1.5",
    "plo",
    "1.5",
    {
        po.PO: po.PO_15,
        VED_SOKNAD: "http://www.kith.no/xmlstds/po/HelseopplysningerVedSoknad/2009-06-30",
        TIL_LEGE: "http://www.kith.no/xmlstds/po/Konsultasjon/2009-06-30",
        INNLEGGELSESRAPPORT: "http://www.kith.no/xmlstds/po/Innleggelsesrapport/2009-06-30",
        MEDISINSKE_OPPLYSNINGER: "http://www.kith.no/xmlstds/po/OverforingMedisinskeOpplysninger/2009-06-30",
        MELDING_FRAVAR: "http://www.kith.no/xmlstds/po/MeldingFravar/2009-06-30",
        ORIENTERING: "http://www.kith.no/xmlstds/po/OrienteringOmTjenestetilbud/2009-06-30",
        TVERRFAGLIG_EPIKRISE: "http://www.kith.no/xmlstds/po/TverrfagligEpikrise/2009-06-30",
    },
)


class HelseopplysningerVedSoknad(PloHode):
    """Health information with an application for municipal services."""

    xml = element(VED_SOKNAD)
    OpplysningerTilSoknad: po.OpplysningerTilSoknad
    InfoMedisinskDiagnose: list[po.InfoMedisinskDiagnose] = []
    MedisinskfagligeOpplysninger: po.MedisinskfagligeOpplysninger | None = None
    Sykepleierdokumentasjon: po.Sykepleierdokumentasjon | None = None
    OpplysningerAndreFaggrupper: list[po.OpplysningerAndreFaggrupper] = []
    InfoKartleggingFunksjonsniva: po.InfoKartleggingFunksjonsniva | None = None
    InfoAssistertKommunikasjon: list[po.InfoAssistertKommunikasjon] = []
    InfoInformasjonGitt: list[po.InfoInformasjonGitt] = []
    TjenesteBehov: list[po.TjenesteBehov] = []


class MeldingFravar(PloHode):
    """Notice of absence; exists in version 1.5 only."""

    xml = element(MELDING_FRAVAR)
    Fraversassistent: po.Fraversassistent


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
