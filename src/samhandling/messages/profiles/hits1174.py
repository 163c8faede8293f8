"""Kontaktopplysninger: who answers for the message, with a telephone number (HITS 1174 chapters 5 and 6)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts, Person
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.people import WANTED_CONTACT, roles
from samhandling.messages.facts.tree import Element, child, children
from samhandling.messages.profiles.finding import Finding, at


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """A responsible unit or professional whom the reader can telephone, and who it is."""
    payload = payload_of(root)
    if not any(unit.phones for unit in facts.units) and not any(person.phones for person in facts.responsible):
        yield at(
            payload,
            "HITS1174-01",
            "Ansvarlig enhet eller helsepersonell med telefonnummer mangler.",
            "Oppgi enheten eller personen med telefonnummer.",
        )
    if any(not unit.name.strip() for unit in facts.units):
        yield at(
            child(payload, "TilknyttetEnhet"), "HITS1174-02", "Ansvarlig enhet står uten navn.", "Oppgi enhetens navn."
        )
    if any(not person.name for person in facts.responsible):
        yield at(
            _first_responsible(payload),
            "HITS1174-03",
            "Ansvarlig helsepersonell står uten navn.",
            "Oppgi navnet.",
        )
    if any(_says_nothing(person) for person in facts.contacts):
        yield at(
            child(payload, "KontaktpersonHelsepersonell"),
            "HITS1174-04",
            "Kontakt hos mottaker står uten navn og yrkesgruppe.",
            "Oppgi navn eller yrkesgruppe.",
        )


def _says_nothing(person: Person) -> bool:
    return person.role.value == WANTED_CONTACT and not person.name and not person.profession.value


def _first_responsible(payload: Element | None) -> Element | None:
    first = next(children(payload, "AnsvarForRapport"), None)
    return first if first is not None else next(roles(payload), None)
