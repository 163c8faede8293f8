"""Persons, professionals and organisations as payloads write them (namespace felleskomponent1)."""

from __future__ import annotations

import samhandling.messages.model.felleskomponent1 as fk1  # a field may bear the name of its type
from samhandling.messages.engine.simple import Date, String
from samhandling.messages.engine.tables import Family, Node, named_type
from samhandling.messages.model import kith

FK1 = Family("fk1", "http://www.kith.no/xmlstds/felleskomponent1")


class Address(Node):
    """Postal or visiting address."""

    xml = named_type(FK1)
    Type: kith.CS | None = None
    StreetAdr: String | None = None
    PostalCode: String | None = None
    City: String | None = None
    Postbox: String | None = None
    County: kith.CS | None = None
    Country: kith.CS | None = None


class TeleCom(Node):
    """Telephone number or other electronic address."""

    xml = named_type(FK1)
    TypeTelecom: kith.CS | None = None
    TeleAddress: kith.URL


class Ident(Node):
    """Identifier and its kind."""

    xml = named_type(FK1)
    Id: String
    TypeId: kith.CV


class Person(Node):
    """A person who is not there as a professional."""

    xml = named_type(FK1)
    FamilyName: String | None = None
    MiddleName: String | None = None
    GivenName: String | None = None
    DateOfBirth: Date | None = None
    Sex: kith.CS | None = None
    Nationality: kith.CS | None = None
    Ident: list[fk1.Ident] = []
    Address: fk1.Address | None = None
    TeleCom: list[fk1.TeleCom] = []


class HealthcareProfessional(Node):
    """A person as a professional: at least one identifier."""

    xml = named_type(FK1)
    TypeHealthcareProfessional: kith.CS | None = None
    RoleToPatient: kith.CV | None = None
    FamilyName: String | None = None
    MiddleName: String | None = None
    GivenName: String | None = None
    DateOfBirth: Date | None = None
    Sex: kith.CS | None = None
    Nationality: kith.CS | None = None
    Ident: list[fk1.Ident]
    Address: fk1.Address | None = None
    TeleCom: list[fk1.TeleCom] = []


class Organisation(Node):
    """An organisation or a part of one; the type comes before the name, unlike in the header."""

    xml = named_type(FK1)
    TypeOrganisation: kith.CV | None = None
    OrganisationName: String
    Ident: list[fk1.Ident]
    Address: fk1.Address | None = None
    TeleCom: list[fk1.TeleCom] = []
    Organisation: fk1.Organisation | None = None
