"""Henvisning 1.1."""

from __future__ import annotations

from samhandling.messages.engine.tables import Scope
from samhandling.messages.model import henvisning
from samhandling.messages.model.basismelding import MESSAGE
from samhandling.messages.model.po_komponent import PO, PO_15

NAMESPACE = "http://www.kith.no/xmlstds/henvisning/2012-02-15"
SCOPE = Scope("Henvisning 1.1", "henvisning", "1.1", {MESSAGE: NAMESPACE, PO: PO_15}, borrowed={PO: "1.5"})


class Message(henvisning.Message):
    """The whole document, version 1.1."""

    xml = henvisning.Message.xml
