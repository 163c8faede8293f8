"""Dialogmelding 1.0."""

from __future__ import annotations

import samhandling.messages.model.dialogmelding_10 as dia  # a field may bear the name of its type
from samhandling.messages.engine.simple import Date, String
from samhandling.messages.engine.tables import AnyElement, Node, Scope, element
from samhandling.messages.model import dialogmelding, kith
from samhandling.messages.model.dialogmelding import DIALOG

NAMESPACE = "http://www.kith.no/xmlstds/dialog/2006-10-11"
SCOPE = Scope("Dialogmelding 1.0", "dialogmelding", "1.0", {DIALOG: NAMESPACE})


class RollerRelatertNotat(Node):
    """A person or professional with a role in the note."""

    xml = element(DIALOG, content="RolleNotat?, RoleToPatient?, (HealthcareProfessional | Person)")
    RolleNotat: kith.CV | None = None
    RoleToPatient: kith.CV | None = None
    HealthcareProfessional: dialogmelding.HealthcareProfessional | None = None
    Person: dialogmelding.Person | None = None


class Foresporsel(Node):
    """A request."""

    xml = element(DIALOG)
    TypeForesp: kith.CV
    Sporsmal: String | None = None
    Formål: kith.CV | None = None
    Begrunnelse: String | None = None
    Hastegrad: kith.CS | None = None
    FraDato: Date | None = None
    TilDato: Date | None = None
    TypeJournalinfo: kith.CV | None = None
    DokIdForesp: String | None = None
    RollerRelatertNotat: list[dia.RollerRelatertNotat] = []


class Notat(Node):
    """A note, an answer or a deviation; the text may be formatted."""

    xml = element(DIALOG)
    TemaKodet: kith.CV
    Tema: String | None = None
    TekstNotatInnhold: AnyElement | None = None
    Merknad: String | None = None
    DokIdNotat: String | None = None
    DatoNotat: Date | None = None
    Foresporsel: dia.Foresporsel | None = None
    RollerRelatertNotat: list[dia.RollerRelatertNotat] = []


class Dialogmelding(Node):
    """The payload: requests or notes, never both."""

    xml = element(DIALOG, content="SakstypeKodet?, Sakstype?, (Foresporsel* | Notat*)")
    SakstypeKodet: kith.CV | None = None
    Sakstype: String | None = None
    Foresporsel: list[dia.Foresporsel] = []
    Notat: list[dia.Notat] = []
