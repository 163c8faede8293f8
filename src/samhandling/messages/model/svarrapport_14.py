"""Svarrapport 1.4."""

from __future__ import annotations

import samhandling.messages.model.svarrapport_14 as svar  # a field may bear the name of its type
from samhandling.messages.engine.tables import Node, Scope, element
from samhandling.messages.model import kith, svarrapport
from samhandling.messages.model.basismelding import MESSAGE

NAMESPACE = "http://www.kith.no/xmlstds/labsvar/2012-02-15"
SCOPE = Scope("Svarrapport 1.4", "svarrapport", "1.4", {MESSAGE: NAMESPACE})


class ServReport(svarrapport.ServReport):
    """One report about a patient, an animal or a material."""

    xml = element(MESSAGE, content=svarrapport.CONTENT_OF_REPORT["1.4"])


class Message(Node):
    """The whole document: one report at most."""

    xml = element(MESSAGE)
    Type: kith.CS
    MsgVersion: kith.ST | None = None
    MIGversion: kith.ST
    GenDate: kith.TS
    MsgId: kith.ST
    Status: kith.CS | None = None
    ServReport: svar.ServReport | None = None
