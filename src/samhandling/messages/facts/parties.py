"""Senders, receivers, patients and named persons, from the header and from the older address structures."""

from __future__ import annotations

from samhandling.clock.oslo import UnreadableTimeError, day, parse_xml_time
from samhandling.messages.facts.tree import (
    Element,
    attribute,
    child,
    children,
    code,
    code_of,
    local,
    raw_text,
    text,
)
from samhandling.messages.facts.values import Code, Identifier, Level, Party, Patient, Person, Unit


def identifiers(parent: Element | None) -> tuple[Identifier, ...]:
    """Every Ident directly below."""
    return tuple(Identifier(raw_text(ident, "Id"), code(ident, "TypeId")) for ident in children(parent, "Ident"))


def phones(parent: Element | None) -> tuple[str, ...]:
    """Every telephone number and address directly below, without `tel:`."""
    found = (attribute(telecom, "V", "TeleAddress").removeprefix("tel:") for telecom in children(parent, "TeleCom"))
    return tuple(number.strip() for number in found if number.strip())


def person(element: Element | None, remark: str = "") -> Person:
    """A HealthcareProfessional of the header or of a payload."""
    return Person(
        family_name=text(element, "FamilyName"),
        middle_name=text(element, "MiddleName"),
        given_name=text(element, "GivenName"),
        identifiers=identifiers(element),
        profession=code(element, "TypeHealthcareProfessional"),
        role=code(element, "RoleToPatient"),
        phones=phones(element),
        remark=remark,
    )


def unit(element: Element | None, remark: str = "") -> Unit:
    """An Organisation in the content."""
    return Unit(text(element, "OrganisationName"), identifiers(element), phones(element), remark)


def party(element: Element | None, *, main: bool = False) -> Party:
    """Sender, Receiver or OtherReceiver of MsgHead (HIS 1153 AD2.5 to AD2.8)."""
    role = code(element, "RoleReceiver")
    if main:
        role = Code("PRIM", "Primærmottaker")
    organisation = child(element, "Organisation")
    professional = child(element, "HealthcareProfessional") if organisation is None else None
    level_1 = Level(raw_text(organisation, "OrganisationName"), identifiers(organisation))
    service = child(organisation, "Organisation")
    if service is not None:
        part = Level(raw_text(service, "OrganisationName"), identifiers(service))
        return Party(role.value.upper(), role.name, level_1, part)
    if professional is None:
        professional = child(organisation, "HealthcareProfessional")
    if professional is None:
        return Party(role.value.upper(), role.name, level_1)
    named = person(professional)
    return Party(role.value.upper(), role.name, level_1, Level(named.name, named.identifiers), named)


def patient(element: Element | None) -> Patient | None:
    """MsgInfo/Patient; None when there is none."""
    if element is None:
        return None
    written = text(element, "DateOfBirth") or attribute(element, "V", "DateOfBirth")
    try:
        reading = parse_xml_time(written) if written else None
    except UnreadableTimeError:
        reading = None
    family, given = _whole_name(text(element, "Name"))
    return Patient(
        family_name=text(element, "FamilyName") or family,
        middle_name=text(element, "MiddleName"),
        given_name=text(element, "GivenName") or given,
        birth_date=day(reading.instant) if reading else None,
        sex=attribute(element, "V", "Sex"),
        identifiers=identifiers(element) or _old_patient_number(element),
        municipality_number=attribute(element, "V", "Address", "County"),
    )


def _whole_name(name: str) -> tuple[str, str]:
    """Family and given name of `Danser, Line` or `Line Danser`, as the families before MsgHead write it."""
    family, comma, given = name.partition(",")
    if comma:
        return family.strip(), given.strip()
    given, _, family = name.rpartition(" ")
    return family.strip(), given.strip()


def _old_patient_number(element: Element) -> tuple[Identifier, ...]:
    number = raw_text(element, "OffId")
    return (Identifier(number, code(element, "TypeOffId")),) if number else ()


def care_party(element: Element | None, role: str = "", role_name: str = "") -> Party:
    """A party with HCP/Inst/Dept or HCP/Inst/HCPerson: AppRec and the families before MsgHead (HIS 1153 AD2.9 on)."""
    hcp = child(element, "HCP")
    professional = child(hcp, "HCProf")
    if professional is not None:
        level = _care_level(professional)
        return Party(role, role_name, Level(), level, Person(family_name=level.name, identifiers=level.identifiers))
    institution = child(hcp, "Inst")
    level_1 = _care_level(institution)
    department = child(institution, "Dept")
    if department is not None:
        return Party(role, role_name, level_1, _care_level(department))
    named = child(institution, "HCPerson")
    if named is None:
        return Party(role, role_name, level_1)
    level = _care_level(named)
    return Party(role, role_name, level_1, level, Person(family_name=level.name, identifiers=level.identifiers))


def _care_level(element: Element | None) -> Level:
    if element is None:
        return Level()
    found: list[Identifier] = []
    if child(element, "Id") is not None:
        found.append(Identifier(raw_text(element, "Id"), code(element, "TypeId")))
    for additional in element:
        if local(additional) == "AdditionalId":
            found.append(Identifier(raw_text(additional, "Id"), code_of(child(additional, "Type"))))
    return Level(raw_text(element, "Name"), tuple(found))
