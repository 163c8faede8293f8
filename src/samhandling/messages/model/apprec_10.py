"""Applikasjonskvittering 1.0 (2004-11-21)."""

from __future__ import annotations

from samhandling.messages.engine.simple import String, Token
from samhandling.messages.engine.tables import Attribute, Node, Scope, element
from samhandling.messages.model import apprec
from samhandling.messages.model.apprec import APPREC
from samhandling.messages.model.kith import KITH

NAMESPACE = "http://www.kith.no/xmlstds/apprec/2004-11-21"
MIG_VERSION = "1.0 2004-11-21"
# Version 1.0 has the data types of kith in its own namespace.
SCOPE = Scope("AppRec 1.0", "apprec", "1.0", {APPREC: NAMESPACE, KITH: NAMESPACE})


class Role(Node):
    """The role of a party as an element of its own; inside a party it is a plain coded value."""

    xml = element(APPREC)
    V: Attribute[Token] = None
    DN: Attribute[String] = None


class AppRec(apprec.AppRec):
    """The receipt, version 1.0."""

    xml = element(APPREC)
    MIGversion: String = MIG_VERSION
