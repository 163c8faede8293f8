"""The common head of every PLO payload: status, responsible unit, responsible professional (HITS 1174)."""

from __future__ import annotations

from samhandling.messages.compose.parts import clean, cs, cv, given
from samhandling.messages.compose.values import Professional, UnitValues
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import kith
from samhandling.messages.model import po_komponent as po


def shipping(status: str) -> po.InformasjonOmForsendelsen:
    """Forsendelsesstatus."""
    return po.InformasjonOmForsendelsen(Forsendelsesstatus=cs("7309", status))


def phone_address(phone: str) -> str:
    """`tel:` and the number without blanks; `+`, `/` and `-` are the only separators that may stand in it."""
    return "tel:" + "".join(sign for sign in phone if sign in "0123456789+/-")


def unit(values: UnitValues) -> po.TilknyttetEnhet:
    """The responsible unit with its telephone."""
    return po.TilknyttetEnhet(
        Kontaktenhet=fk1.Organisation(
            OrganisationName=clean(values.name),
            Ident=[fk1.Ident(Id=clean(values.identifier), TypeId=cv("9051", values.identifier_kind))],
            TeleCom=_telephone("HP", values.phone),
        )
    )


def responsible(person: Professional, ward: UnitValues | None) -> po.AnsvarForRapport:
    """The responsible or deciding professional."""
    return po.AnsvarForRapport(
        AnsvarligRapport=fk1.HealthcareProfessional(
            TypeHealthcareProfessional=cs("9060", person.profession),
            RoleToPatient=cv("9034", person.role),
            FamilyName=given(person.family_name),
            GivenName=given(person.given_name),
            Ident=[_identifier(person, ward)],
            TeleCom=_telephone("WP", person.phone),
        )
    )


def has_identifier(person: Professional, ward: UnitValues | None) -> bool:
    """Whether the person can be written at all: the schema demands an Ident."""
    return bool(given(person.hpr_number) or given(person.local_id) or (ward and given(ward.identifier)))


def _identifier(person: Professional, ward: UnitValues | None) -> fk1.Ident:
    """HPR number; else the local id; else the unit's, which at least is true of where the person is found."""
    if given(person.hpr_number):
        return fk1.Ident(Id=clean(person.hpr_number), TypeId=cv("8116", "HPR"))
    if given(person.local_id) or ward is None:
        return fk1.Ident(Id=clean(person.local_id), TypeId=cv("8116", "XXX"))
    return fk1.Ident(Id=clean(ward.identifier), TypeId=cv("9051", ward.identifier_kind))


def _telephone(kind: str, phone: str) -> list[fk1.TeleCom]:
    address = phone_address(phone)
    if address == "tel:":
        return []
    return [fk1.TeleCom(TypeTelecom=cs("9061", kind), TeleAddress=kith.URL(V=address))]
