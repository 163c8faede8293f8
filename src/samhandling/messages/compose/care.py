"""The common head of every PLO payload: status, family, responsible unit and professional (HIS 80704, HITS 1174)."""

from __future__ import annotations

from typing import Any

from samhandling.messages.compose.care_values import CareValues
from samhandling.messages.compose.parts import cs, cv, day, flag, given, joined, optional_cs, optional_cv
from samhandling.messages.compose.people import organisation, phone_address, plain_person, professional
from samhandling.messages.compose.practicalities import Child, NextOfKin, Request, SentDocument
from samhandling.messages.compose.values import ContactPerson, HeadValues, Professional, UnitValues
from samhandling.messages.model import po_komponent as po

__all__ = ["has_identifier", "head", "people", "phone_address", "responsible", "shipping", "unit"]


def head(values: CareValues, version: str) -> dict[str, Any]:
    """The seven elements that every care message begins with, by their names."""
    return {
        "InformasjonOmForsendelsen": _shipping(values),
        **people(values, version),
        "TilknyttetEnhet": [unit(values.unit)] if values.unit else [],
        "AnsvarForRapport": [_responsible(values)] if values.responsible else [],
    }


def people(values: HeadValues, version: str) -> dict[str, Any]:
    """The patient's family and contacts, and what was sent besides (SEND-02)."""
    return {
        "TilleggsopplysningPasient": _about_patient(values),
        "ParorendeForesatt": [
            *(_next_of_kin(person) for person in values.next_of_kin),
            *(_child(child, version) for child in values.children),
        ],
        "KontaktpersonHelsepersonell": [_contact(person) for person in values.contacts],
        "SendtDokument": [_sent(document) for document in values.sent_documents],
    }


def shipping(status: str) -> po.InformasjonOmForsendelsen:
    """Forsendelsesstatus."""
    return po.InformasjonOmForsendelsen(Forsendelsesstatus=cs("7309", status))


def unit(values: UnitValues) -> po.TilknyttetEnhet:
    """The responsible unit with its telephone."""
    return po.TilknyttetEnhet(Kontaktenhet=organisation(values))


def responsible(person: Professional, ward: UnitValues | None) -> po.AnsvarForRapport:
    """The responsible or deciding professional."""
    return po.AnsvarForRapport(AnsvarligRapport=professional(person, ward))


def has_identifier(person: Professional, ward: UnitValues | None) -> bool:
    """Whether the person can be written at all: the schema demands an Ident."""
    return bool(given(person.hpr_number) or given(person.local_id) or (ward and given(ward.identifier)))


def _shipping(values: CareValues) -> po.InformasjonOmForsendelsen:
    """The status, and the request that the message answers (SEND-65)."""
    return po.InformasjonOmForsendelsen(
        Forsendelsesstatus=cs("7309", values.status),
        ForbeholdOmVideresending=flag(values.forwarding_reservation),
        SvarPaaForesporsel="true" if values.answers else None,
        Foresporsel=_request(values.answers) if values.answers else None,
    )


def _request(request: Request) -> po.Foresporsel:
    return po.Foresporsel(
        TypeForesp=cv(request.asked_by, request.type),
        Sporsmal=given(request.question),
        RefDokIdForesp=given(request.document_id),
    )


def _about_patient(values: HeadValues) -> po.TilleggsopplysningPasient | None:
    if not (values.civil_status or values.language or values.lives_alone is not None):
        return None
    return po.TilleggsopplysningPasient(
        SivilStatus=optional_cs("8724", values.civil_status),
        BorAlene=flag(values.lives_alone),
        Sprak=optional_cs("3303", values.language),
    )


def _next_of_kin(person: NextOfKin) -> po.ParorendeForesatt:
    return po.ParorendeForesatt(
        Slektskap=optional_cs("9033", person.relation),
        Omsorgsfunksjon=optional_cs("9050", person.function),
        Referanseperson=plain_person(person),
        Merknad=given(person.remark),
    )


def _child(child: Child, version: str) -> po.ParorendeForesatt:
    """Version 1.5 has no place for the year of birth, so it stands in the remark there."""
    born = str(child.birth_year)
    return po.ParorendeForesatt(
        Slektskap=optional_cs("9033", child.relation),
        FodselsarMindrearigParorende=born if version != "1.5" else None,
        Referanseperson=plain_person(child),
        Merknad=given(child.follow_up) if version != "1.5" else joined(f"Født {born}.", child.follow_up),
    )


def _contact(person: ContactPerson) -> po.KontaktpersonHelsepersonell:
    return po.KontaktpersonHelsepersonell(Kontaktperson=professional(person), Merknad=given(person.remark))


def _responsible(values: CareValues) -> po.AnsvarForRapport:
    assert values.responsible is not None
    return po.AnsvarForRapport(
        AnsvarligRapport=professional(values.responsible, values.unit), GodkjentDato=day(values.approved_on)
    )


def _sent(document: SentDocument) -> po.SendtDokument:
    return po.SendtDokument(
        Opplysning=cv("8329", document.document),
        JaNei=flag(bool(document.sent)) or "false",
        DatoSendt=day(document.sent_on),
        TypeMottaker=optional_cv("8330", document.receiver_kind),
        NavnMottaker=given(document.receiver_name),
        Merknad=given(document.remark),
    )
