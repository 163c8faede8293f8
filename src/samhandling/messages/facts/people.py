"""Who answers for a message and whom to telephone, in every family."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts.parties import identifiers, person, phones, unit
from samhandling.messages.facts.tree import Element, attribute, child, children, code, local, raw_text, text
from samhandling.messages.facts.values import Code, Identifier, Person, Unit

WANTED_CONTACT = "24"
"""RoleToPatient (9034) of a person the sender wants to reach at the receiver (HITS 1174, HIS 1077)."""


def responsible(payload: Element | None) -> tuple[Person, ...]:
    """AnsvarForRapport, or those of a dialogue message's RollerRelatertNotat who are not wanted contacts."""
    found = tuple(
        person(child(item, "AnsvarligRapport"), raw_text(item, "Merknad"))
        for item in children(payload, "AnsvarForRapport")
    )
    return found or tuple(one for one in _roles(payload) if one.role.value != WANTED_CONTACT)


def contacts(payload: Element | None) -> tuple[Person, ...]:
    """KontaktpersonHelsepersonell, or the wanted contacts of a dialogue message."""
    found = tuple(
        person(child(item, "Kontaktperson"), raw_text(item, "Merknad"))
        for item in children(payload, "KontaktpersonHelsepersonell")
    )
    return found or tuple(one for one in _roles(payload) if one.role.value == WANTED_CONTACT)


def units(payload: Element | None) -> tuple[Unit, ...]:
    """TilknyttetEnhet of the content, or of a dialogue message's roles."""
    found = (*children(payload, "TilknyttetEnhet"), *_role_units(payload))
    return tuple(unit(child(item, "Kontaktenhet"), raw_text(item, "Merknad")) for item in found)


def roles(payload: Element | None) -> Iterator[Element]:
    """Every RollerRelatertNotat of a dialogue message, with the note or the request first that it belongs to."""
    if payload is None or local(payload) != "Dialogmelding":
        return
    for item in payload:
        if local(item) in ("Notat", "Foresporsel"):
            yield from children(item, "RollerRelatertNotat")


def _roles(payload: Element | None) -> Iterator[Person]:
    for role in roles(payload):
        element = child(role, "HealthcareProfessional")
        if element is None:
            element = child(role, "Person")
        if element is None:
            continue
        found = person(element)
        written = code(role, "RoleToPatient")
        yield Person(
            family_name=found.family_name,
            middle_name=found.middle_name,
            given_name=found.given_name,
            identifiers=found.identifiers,
            profession=found.profession,
            # Profiles put it beside the person, older documents inside (dialog-messages 2).
            role=written if written.value or written.name else found.role,
            phones=found.phones,
        )


def _role_units(payload: Element | None) -> Iterator[Element]:
    for role in roles(payload):
        yield from children(role, "TilknyttetEnhet")


# The families before MsgHead: where professionals with a telephone stand, below the body and below its patient.
_RELATED = ("RelServProvider", "RelServProv", "RelHCProvider")
_OF_PATIENT = ("PatRelHCP", "ResponsibleHcp")


def care_responsible(body: Element | None) -> tuple[Person, ...]:
    """Who answers for an epikrise, henvisning or svarrapport of the families before MsgHead."""
    return tuple(_related(item) for name in _RELATED for item in children(body, name))


def care_contacts(body: Element | None) -> tuple[Person, ...]:
    """The patient's own professionals in those families."""
    patient = child(body, "Patient")
    return tuple(_related(item) for name in _OF_PATIENT for item in children(patient, name))


def _related(element: Element) -> Person:
    hcp = child(element, "HCP")
    named = child(hcp, "HCProf")
    if named is None:
        institution = child(hcp, "Inst")
        named = child(institution, "HCPerson")
        if named is None:
            named = institution
    return Person(
        family_name=text(named, "Name"),
        identifiers=_identifier(named),
        profession=code(named, "Type"),
        role=code(element, "Relation"),
        phones=_addresses(hcp) or phones(hcp),
    )


def _identifier(element: Element | None) -> tuple[Identifier, ...]:
    written = raw_text(element, "Id")
    return (Identifier(written, code(element, "TypeId") or Code()),) if written else identifiers(element)


def _addresses(hcp: Element | None) -> tuple[str, ...]:
    found = (
        attribute(address, "V").removeprefix("tel:").strip()
        for holder in children(hcp, "Address")
        for address in children(holder, "TeleAddress")
    )
    return tuple(number for number in found if number)
