"""Record components: medicines (namespace epj3)."""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.epj_legemiddel as epj_legemiddel  # a field may bear the name of its type
from samhandling.messages.engine.simple import Boolean, Integer, String
from samhandling.messages.engine.tables import Attribute, Family, Node, RequiredAttribute, element, fixed
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import kith
from samhandling.messages.model.epj_meta import BASIC_TYPE, COMPONENT_TYPE, BasicType, Category

EPJ3 = Family("epj3", "http://www.kith.no/xmlstds/epj/epj3/2008-02-20")

# What the record calls the component: object identifier of its type.
LEGEMIDLER = "2.16.578.1.12.4.1.6.14.50302.0"
LEGEMIDDELINFO = "2.16.578.1.12.4.1.6.13.10301.0"
MEDICINES_AT_TRANSFER = "2.16.578.1.12.4.1.6.13.10302.0"


class Legemidler(Node):
    """Medicines, as a case of the record."""

    xml = element(EPJ3)
    basiskomponenttype: Annotated[BasicType, BASIC_TYPE, fixed("EPJ sak")] = "EPJ sak"
    komponenttype: Annotated[String, COMPONENT_TYPE, fixed(LEGEMIDLER)] = LEGEMIDLER
    informasjonskategori: Category = None
    komponentID: RequiredAttribute[String]
    referanseViktigTilleggsinfo: Attribute[String] = None
    Legemiddelinfo: list[epj_legemiddel.Legemiddelinfo] = []
    LegemidlerAdministrertVedOverforing: list[epj_legemiddel.LegemidlerAdministrertVedOverforing] = []


class Legemiddelinfo(Node):
    """One prescribed medicine."""

    xml = element(EPJ3)
    basiskomponenttype: Annotated[BasicType, BASIC_TYPE, fixed("EPJ dokument")] = "EPJ dokument"
    komponenttype: Annotated[String, COMPONENT_TYPE, fixed(LEGEMIDDELINFO)] = LEGEMIDDELINFO
    informasjonskategori: Category = None
    komponentID: RequiredAttribute[String]
    referanseViktigTilleggsinfo: Attribute[String] = None
    ForenkletForskrivning: epj_legemiddel.ForenkletForskrivning


class LegemidlerAdministrertVedOverforing(Node):
    """Medicines handed over or given at the transfer, in any order."""

    xml = element(EPJ3, content="(AdmAvHelsepersonell | Egenadministrering)+")
    basiskomponenttype: Annotated[BasicType, BASIC_TYPE, fixed("EPJ dokument")] = "EPJ dokument"
    komponenttype: Annotated[String, COMPONENT_TYPE, fixed(MEDICINES_AT_TRANSFER)] = MEDICINES_AT_TRANSFER
    informasjonskategori: Category = None
    komponentID: RequiredAttribute[String]
    referanseViktigTilleggsinfo: Attribute[String] = None
    AdmAvHelsepersonell: list[epj_legemiddel.AdmAvHelsepersonell] = []
    Egenadministrering: list[epj_legemiddel.Egenadministrering] = []


class ForenkletForskrivning(Node):
    """A prescription in short form."""

    xml = element(EPJ3)
    StatusTilForskrivningen: kith.CS | None = None
    InngaarIMultidose: kith.CS | None = None
    ReseptId: String | None = None
    Merknad: String | None = None
    Forskriver: fk1.HealthcareProfessional | None = None
    Forskrivningsinfo: epj_legemiddel.Forskrivningsinfo


class Forskrivningsinfo(Node):
    """Medicine, strength, dose and period."""

    xml = element(EPJ3)
    BruksomradeTekst: String | None = None
    DosVeiledEnkel: String | None = None
    Nr: String | None = None
    Navn: String
    GeneriskNavn: String | None = None
    Atc: kith.CS | None = None
    Legemiddelform: kith.CS | None = None
    Styrke: kith.PQ | None = None
    Bruk: kith.CS | None = None
    DoseringStarttidspunkt: kith.TS | None = None
    DoseringSluttidspunkt: kith.TS | None = None
    SkalIkkeTasSammenMedAnnetLegemiddel: Boolean | None = None


class AdmAvHelsepersonell(Node):
    """A dose given by a professional."""

    xml = element(EPJ3)
    AdmEnkeltdose: kith.PQ | None = None
    AdmStart: kith.TS
    AdmSlutt: kith.TS | None = None
    AdministrertAv: fk1.HealthcareProfessional | None = None
    AdmStatus: kith.CS | None = None
    AdministrertLegemiddel: epj_legemiddel.AdministrertLegemiddel | None = None
    Forskrivningsinfo: epj_legemiddel.Forskrivningsinfo | None = None


class Egenadministrering(Node):
    """Doses the patient takes along."""

    xml = element(EPJ3)
    AdmEnkeltdose: kith.PQ | None = None
    AdmStart: kith.TS
    AdmSlutt: kith.TS | None = None
    AdministrertAv: fk1.HealthcareProfessional | None = None
    UtlevertLegemiddel: list[epj_legemiddel.UtlevertLegemiddel]
    Forskrivningsinfo: epj_legemiddel.Forskrivningsinfo | None = None


class AdministrertLegemiddel(Node):
    """How much was given."""

    xml = element(EPJ3)
    Kvantum: String | None = None


class UtlevertLegemiddel(Node):
    """How many doses were handed out."""

    xml = element(EPJ3)
    AntEnkeltdoser: Integer
