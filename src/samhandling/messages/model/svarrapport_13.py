"""Svarrapport 1.3."""

from __future__ import annotations

import samhandling.messages.model.svarrapport_13 as svar  # a field may bear the name of its type
from samhandling.messages.engine.tables import Node, Scope, element
from samhandling.messages.model import kith, svarrapport
from samhandling.messages.model.basismelding import MESSAGE

NAMESPACE = "http://www.kith.no/xmlstds/labsvar/2008-12-01"
SCOPE = Scope("Svarrapport 1.3", "svarrapport", "1.3", {MESSAGE: NAMESPACE})


class ServReport(svarrapport.ServReport):
    """One report about a patient, an animal or a material."""

    xml = element(MESSAGE, content=svarrapport.CONTENT_OF_REPORT["1.3"])


class Message(Node):
    """The whole document: one report or more."""

    xml = element(MESSAGE)
    Type: kith.CS
    MsgVersion: kith.ST | None = None
    MIGversion: kith.ST
    GenDate: kith.TS
    MsgId: kith.ST
    Status: kith.CS | None = None
    ServReport: list[svar.ServReport]
