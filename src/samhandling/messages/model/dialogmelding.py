"""Dialogmelding: what versions 1.0 and 1.1 share. Its persons are not those of felleskomponent1."""

from __future__ import annotations

from samhandling.messages.engine.simple import Date, String
from samhandling.messages.engine.tables import Family, Node, element
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import kith

DIALOG = Family("dia")


class HealthcareProfessional(Node):
    """A professional; an identifier is not demanded."""

    xml = element(DIALOG)
    TypeHealthcareProfessional: kith.CS | None = None
    RoleToPatient: kith.CV | None = None
    FamilyName: String | None = None
    MiddleName: String | None = None
    GivenName: String | None = None
    DateOfBirth: Date | None = None
    Sex: kith.CS | None = None
    Nationality: kith.CS | None = None
    Ident: list[fk1.Ident] = []
    Address: fk1.Address | None = None
    TeleCom: list[fk1.TeleCom] = []


class Person(Node):
    """A person; the given name comes first."""

    xml = element(DIALOG)
    GivenName: String | None = None
    MiddleName: String | None = None
    FamilyName: String | None = None
    DateOfBirth: Date | None = None
    Sex: kith.CS | None = None
    Nationality: kith.CS | None = None
    Ident: list[fk1.Ident] = []
    Address: fk1.Address | None = None
    TeleCom: list[fk1.TeleCom] = []
