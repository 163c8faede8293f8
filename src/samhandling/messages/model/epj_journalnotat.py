"""Record components: notes (namespace epj2)."""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.epj_journalnotat as epj_journalnotat  # a field may bear the name of its type
from samhandling.messages.engine.simple import String
from samhandling.messages.engine.tables import Attribute, Family, Node, RequiredAttribute, element, fixed
from samhandling.messages.model import kith
from samhandling.messages.model.epj_meta import BASIC_TYPE, COMPONENT_TYPE, BasicType, Category

EPJ2 = Family("epj2", "http://www.kith.no/xmlstds/epj/epj2/2008-02-20")

# What the record calls the component: object identifier of its type.
NOTATER = "2.16.578.1.12.4.1.6.14.50301.0"
GENERELT_JOURNALNOTAT = "2.16.578.1.12.4.1.6.13.11009.0"


class Notater(Node):
    """Notes, as a case of the record."""

    xml = element(EPJ2)
    basiskomponenttype: Annotated[BasicType, BASIC_TYPE, fixed("EPJ sak")] = "EPJ sak"
    komponenttype: Annotated[String, COMPONENT_TYPE, fixed(NOTATER)] = NOTATER
    informasjonskategori: Category = None
    komponentID: RequiredAttribute[String]
    referanseViktigTilleggsinfo: Attribute[String] = None
    GenereltJournalnotat: list[epj_journalnotat.GenereltJournalnotat]


class GenereltJournalnotat(Node):
    """A general note."""

    xml = element(EPJ2)
    basiskomponenttype: Annotated[BasicType, BASIC_TYPE, fixed("EPJ dokument")] = "EPJ dokument"
    komponenttype: Annotated[String, COMPONENT_TYPE, fixed(GENERELT_JOURNALNOTAT)] = GENERELT_JOURNALNOTAT
    informasjonskategori: Category = None
    komponentID: RequiredAttribute[String]
    referanseViktigTilleggsinfo: Attribute[String] = None
    Journaltekst: list[epj_journalnotat.Journaltekst]


class Journaltekst(Node):
    """A heading and its text."""

    xml = element(EPJ2)
    Overskriftskode: kith.CV | None = None
    Notat: String
    Merknad: String | None = None
