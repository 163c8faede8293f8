"""Henvisning 1.0."""

from __future__ import annotations

from samhandling.messages.engine.tables import Scope
from samhandling.messages.model import henvisning
from samhandling.messages.model.basismelding import MESSAGE

NAMESPACE = "http://www.kith.no/xmlstds/henvisning/2005-07-08"
SCOPE = Scope("Henvisning 1.0", "henvisning", "1.0", {MESSAGE: NAMESPACE})


class Message(henvisning.Message):
    """The whole document, version 1.0."""

    xml = henvisning.Message.xml
