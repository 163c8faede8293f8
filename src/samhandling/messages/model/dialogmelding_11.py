"""Dialogmelding 1.1."""

from __future__ import annotations

import samhandling.messages.model.dialogmelding_11 as dia  # a field may bear the name of its type
from samhandling.messages.engine.simple import Date, String
from samhandling.messages.engine.tables import AnyElement, Node, Scope, element
from samhandling.messages.model import dialogmelding, kith
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model.dialogmelding import DIALOG

NAMESPACE = "http://www.kith.no/xmlstds/dialog/2013-01-23"
SCOPE = Scope("Dialogmelding 1.1", "dialogmelding", "1.1", {DIALOG: NAMESPACE})


class TilknyttetEnhet(Node):
    """A unit with a role in the note; came in 2017 without a new version."""

    xml = element(DIALOG, content="Kontaktenhet, Merknad?, (HealthcareProfessional | Person)?")
    Kontaktenhet: fk1.Organisation
    Merknad: String | None = None
    HealthcareProfessional: dialogmelding.HealthcareProfessional | None = None
    Person: dialogmelding.Person | None = None


class RollerRelatertNotat(Node):
    """A person, professional or unit with a role in the note."""

    xml = element(DIALOG, content="RolleNotat?, RoleToPatient?, TilknyttetEnhet?, (HealthcareProfessional | Person)?")
    RolleNotat: kith.CV | None = None
    RoleToPatient: kith.CV | None = None
    TilknyttetEnhet: dia.TilknyttetEnhet | None = None
    HealthcareProfessional: dialogmelding.HealthcareProfessional | None = None
    Person: dialogmelding.Person | None = None


class Foresporsel(Node):
    """A request; the question may be formatted text."""

    xml = element(DIALOG)
    TypeForesp: kith.CV
    EmneSporsmal: String | None = None
    Sporsmal: AnyElement | None = None
    Formål: kith.CV | None = None
    Begrunnelse: String | None = None
    Hastegrad: kith.CS | None = None
    FraDato: Date | None = None
    TilDato: Date | None = None
    TypeJournalinfo: list[kith.CV] = []
    KodetOpplysning: kith.CV | None = None
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
