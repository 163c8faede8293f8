"""Pasientlogistikk 1.5."""

from __future__ import annotations

from samhandling.messages.engine.tables import Scope
from samhandling.messages.model import pasientlogistikk
from samhandling.messages.model.pasientlogistikk import PASIENTLOGISTIKK
from samhandling.messages.model.po_komponent import PO, PO_15

NAMESPACE = "http://www.kith.no/xmlstds/po/Pasientlogistikk/2009-06-30"
SCOPE = Scope("Pasientlogistikk 1.5", "plo", "1.5", {PASIENTLOGISTIKK: NAMESPACE, PO: PO_15})


class Pasientlogistikk(pasientlogistikk.Pasientlogistikk):
    """The payload of the five logistics messages, version 1.5."""

    xml = pasientlogistikk.Pasientlogistikk.xml
