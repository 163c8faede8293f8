"""Persons, professionals and units in the content (felleskomponent1)."""

from __future__ import annotations

from samhandling.messages.compose.parts import clean, cs, cv, given
from samhandling.messages.compose.values import PersonName, Professional, UnitValues
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import kith


def phone_address(phone: str) -> str:
    """`tel:` and the number without blanks; `+`, `/` and `-` are the only separators that may stand in it."""
    return "tel:" + "".join(sign for sign in phone if sign in "0123456789+/-")


def telephone(kind: str, phone: str) -> list[fk1.TeleCom]:
    """The telephone as TeleCom with its kind (list 9061); nothing when there is none."""
    address = phone_address(phone)
    if address == "tel:":
        return []
    return [fk1.TeleCom(TypeTelecom=cs("9061", kind), TeleAddress=kith.URL(V=address))]


def organisation(values: UnitValues) -> fk1.Organisation:
    """A unit with its telephone."""
    return fk1.Organisation(
        OrganisationName=clean(values.name),
        Ident=[fk1.Ident(Id=clean(values.identifier), TypeId=cv("9051", values.identifier_kind))],
        TeleCom=telephone("HP", values.phone),
    )


def professional(person: Professional, ward: UnitValues | None = None) -> fk1.HealthcareProfessional:
    """A health professional; the profession always stands there (SEND-61), and so must an identifier."""
    return fk1.HealthcareProfessional(
        TypeHealthcareProfessional=cs("9060", person.profession),
        RoleToPatient=cv("9034", person.role),
        FamilyName=given(person.family_name),
        GivenName=given(person.given_name),
        Ident=[_identifier(person, ward)],
        TeleCom=telephone("WP", person.phone),
    )


def plain_person(values: PersonName) -> fk1.Person:
    """A person without a profession."""
    return fk1.Person(
        FamilyName=given(values.family_name), GivenName=given(values.given_name), TeleCom=telephone("H", values.phone)
    )


def _identifier(person: Professional, ward: UnitValues | None) -> fk1.Ident:
    """HPR number; else the local id; else the unit's, which is true of where the person is found; else the name."""
    if given(person.hpr_number):
        return fk1.Ident(Id=clean(person.hpr_number), TypeId=cv("8116", "HPR"))
    if given(person.local_id):
        return fk1.Ident(Id=clean(person.local_id), TypeId=cv("8116", "XXX"))
    if ward is not None and given(ward.identifier):
        return fk1.Ident(Id=clean(ward.identifier), TypeId=cv("9051", ward.identifier_kind))
    return fk1.Ident(Id=clean(person.family_name), TypeId=cv("8116", "XXX"))
