"""Rules common to all PLO messages (HIS 80704, HITS 1174, HISD 1154)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, attribute, child, children
from samhandling.messages.profiles.finding import Finding, at

_PROFESSIONALS = {"AnsvarForRapport": "AnsvarligRapport", "KontaktpersonHelsepersonell": "Kontaktperson"}


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Responsible with telephone, professions, references of changes and cancellations, estimates."""
    payload = payload_of(root)
    if not any(unit.phones for unit in facts.units) and not any(person.phones for person in facts.responsible):
        yield at(
            payload,
            "HITS1174-01",
            "Ansvarlig enhet eller helsepersonell med telefonnummer mangler.",
            "Oppgi enheten med telefonnummer.",
        )
    for wrapper, inner in _PROFESSIONALS.items():
        for found in children(payload, wrapper):
            professional = child(found, inner)
            if not attribute(professional, "V", "TypeHealthcareProfessional"):
                yield at(
                    professional,
                    "PLO-01",
                    "Helsepersonell står uten yrkesgruppe.",
                    "Oppgi TypeHealthcareProfessional.",
                )
    if facts.status in ("M", "C") and not (facts.parent and facts.conversation):
        yield at(
            child(root, "MsgInfo"),
            "PLO-04",
            "Endring eller kansellering viser ikke til den tidligere meldingen.",
            "Oppgi ConversationRef.",
        )
    yield from _events(payload)


def _events(payload: Element | None) -> Iterator[Finding]:
    if payload is None:
        return
    for event in payload.iter("{*}TidsfestetHendelse"):
        code = child(event, "Hendelsekode")
        if code is None and child(event, "BeskrivelseAvHendelse") is None:
            yield at(event, "PLO-05", "Hendelsen har verken kode eller beskrivelse.", "Oppgi hendelseskode.")
