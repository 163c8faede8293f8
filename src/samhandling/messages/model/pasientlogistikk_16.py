"""Pasientlogistikk 1.6."""

from __future__ import annotations

from samhandling.messages.engine.tables import Scope
from samhandling.messages.model import pasientlogistikk
from samhandling.messages.model.pasientlogistikk import PASIENTLOGISTIKK
from samhandling.messages.model.po_komponent import PO, PO_16

NAMESPACE = "http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01"
SCOPE = Scope("Pasientlogistikk 1.6", "plo", "1.6", {PASIENTLOGISTIKK: NAMESPACE, PO: PO_16})


class Pasientlogistikk(pasientlogistikk.Pasientlogistikk):
    """The payload of the five logistics messages, version 1.6."""

    xml = pasientlogistikk.Pasientlogistikk.xml
