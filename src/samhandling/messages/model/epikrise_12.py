"""Epikrise 1.2."""

from __future__ import annotations

from samhandling.messages.engine.tables import Scope
from samhandling.messages.model import epikrise
from samhandling.messages.model.basismelding import MESSAGE

NAMESPACE = "http://www.kith.no/xmlstds/epikrise/2012-02-15"
SCOPE = Scope("Epikrise 1.2", "epikrise", "1.2", {MESSAGE: NAMESPACE})


class Message(epikrise.Message):
    """The whole document, version 1.2."""

    xml = epikrise.Message.xml
