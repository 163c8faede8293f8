"""Record components: warnings and allergies (namespace epj1)."""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.epj_cave as epj_cave  # a field may bear the name of its type
from samhandling.messages.engine.simple import Boolean, String
from samhandling.messages.engine.tables import Attribute, Family, Node, RequiredAttribute, element, fixed
from samhandling.messages.model import epj_journalnotat, kith
from samhandling.messages.model.epj_meta import BASIC_TYPE, COMPONENT_TYPE, BasicType, Category

EPJ1 = Family("epj1", "http://www.kith.no/xmlstds/epj/epj1/2008-02-20")

# What the record calls the component: object identifier of its type.
CAVE = "2.16.578.1.12.4.1.6.14.50001.0"
SAKSHODE_CAVE = "2.16.578.1.12.4.1.6.13.10028.0"
ALLERGINOTAT = "2.16.578.1.12.4.1.6.13.11036.1"


class Cave(Node):
    """Warnings and allergies, as a case of the record."""

    xml = element(EPJ1)
    basiskomponenttype: Annotated[BasicType, BASIC_TYPE, fixed("EPJ sak")] = "EPJ sak"
    komponenttype: Annotated[String, COMPONENT_TYPE, fixed(CAVE)] = CAVE
    informasjonskategori: Category = None
    komponentID: RequiredAttribute[String]
    referanseViktigTilleggsinfo: Attribute[String] = None
    SakshodeCave: epj_cave.SakshodeCave
    Allerginotat: list[epj_cave.Allerginotat] = []


class SakshodeCave(Node):
    """Key words of the warnings."""

    xml = element(EPJ1)
    basiskomponenttype: Annotated[BasicType, BASIC_TYPE, fixed("EPJ dokument")] = "EPJ dokument"
    komponenttype: Annotated[String, COMPONENT_TYPE, fixed(SAKSHODE_CAVE)] = SAKSHODE_CAVE
    informasjonskategori: Category = None
    komponentID: RequiredAttribute[String]
    referanseViktigTilleggsinfo: Attribute[String] = None
    StikkordCave: list[epj_cave.StikkordCave] = []


class Allerginotat(Node):
    """One allergy with its notes."""

    xml = element(EPJ1)
    basiskomponenttype: Annotated[BasicType, BASIC_TYPE, fixed("EPJ dokument")] = "EPJ dokument"
    komponenttype: Annotated[String, COMPONENT_TYPE, fixed(ALLERGINOTAT)] = ALLERGINOTAT
    informasjonskategori: Category = None
    komponentID: RequiredAttribute[String]
    referanseViktigTilleggsinfo: Attribute[String] = None
    Journaltekst: list[epj_journalnotat.Journaltekst] = []
    Allergi: epj_cave.Allergi


class Allergi(Node):
    """What the patient is allergic to."""

    xml = element(EPJ1)
    HensynVedForskrivning: Boolean | None = None
    HensynMatDrikke: Boolean | None = None
    Kontaktallergi: Boolean | None = None
    PollenInnsektstikk: Boolean | None = None
    AllergiskMot: String
    VirkestoffLegemiddel: kith.CV | None = None
    KodeAnnetStoff: kith.CV | None = None
    AnafylaktiskeReaksjoner: kith.CS | None = None


class StikkordCave(Node):
    """One key word of warning."""

    xml = element(EPJ1)
    CaveStikkord: String
    Journaltekst: epj_journalnotat.Journaltekst | None = None
