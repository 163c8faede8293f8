"""Applikasjonskvittering 1.1 (2012-02-15)."""

from __future__ import annotations

from samhandling.messages.engine.simple import String
from samhandling.messages.engine.tables import Scope, element
from samhandling.messages.model import apprec
from samhandling.messages.model.apprec import APPREC

NAMESPACE = "http://www.kith.no/xmlstds/apprec/2012-02-15"
MIG_VERSION = "v1.1 2012-02-15"
SCOPE = Scope("AppRec 1.1", "apprec", "1.1", {APPREC: NAMESPACE})


class AppRec(apprec.AppRec):
    """The receipt, version 1.1."""

    xml = element(APPREC)
    MIGversion: String = MIG_VERSION
