"""Epikrise 1.1."""

from __future__ import annotations

from samhandling.messages.engine.tables import Scope
from samhandling.messages.model import epikrise
from samhandling.messages.model.basismelding import MESSAGE

NAMESPACE = "http://www.kith.no/xmlstds/epikrise/2006-09-23"
SCOPE = Scope("Epikrise 1.1", "epikrise", "1.1", {MESSAGE: NAMESPACE})


class Message(epikrise.Message):
    """The whole document, version 1.1."""

    xml = epikrise.Message.xml
