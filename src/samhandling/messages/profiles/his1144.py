"""Helseopplysninger: early notice, updates, and the final one with ready for discharge (HIS 1144)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, child
from samhandling.messages.profiles.content import headings, is_full
from samhandling.messages.profiles.finding import Finding, at

STATUS = ("9145", "1")
COURSE = ("9145", "2")
# Ready for discharge (3), or the expected date that version 1.6 announces (5).
_EXPECTED = ("3", "5")
_KIND_OF_STATUS = {"N": "1", "M": "2"}


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Status, course and expected date; the kind goes with the status. Version 1.5 knows none of them."""
    if not is_full(facts) or facts.version == "1.5":
        return
    payload = payload_of(root)
    found = headings(payload)
    for heading, code, name in ((STATUS, "HIS1144-01", "Pasientens status"), (COURSE, "HIS1144-02", "Antatt forløp")):
        if heading not in found:
            advice = f"Skriv teksten under overskriften {name} (9145 {heading[1]})."
            yield at(payload, code, f"{name} mangler.", advice)
    expected = [event for event in facts.events if event.code in _EXPECTED]
    if not expected:
        yield at(
            payload,
            "HIS1144-03",
            "Forventet utskrivningsdato mangler.",
            "Oppgi datoen som hendelsen utskrivningsklar (kode 3), som anslag.",
        )
    if any(event.at.has_time for event in expected):
        yield at(
            child(payload, "OpplysningOpphold"),
            "HIS1144-04",
            "Forventet utskrivningsdato er oppgitt med klokkeslett.",
            "Oppgi bare dato.",
            severity="note",
            blocks=False,
        )
    wanted = _KIND_OF_STATUS.get(facts.status)
    if wanted is not None and facts.content_type.value in ("1", "2") and facts.content_type.value != wanted:
        yield at(
            child(payload, "TypeInnholdIMelding"),
            "HIS1144-05",
            "Type innhold passer ikke til statusen: den første er Ny og Varsel om innlagt pasient, de senere er "
            "Endring og Oppdaterte opplysninger.",
            "La type innhold følge statusen.",
        )
    if facts.status == "M" and not _says_what_changed(payload):
        yield at(
            payload,
            "HIS1144-06",
            "Meldingen sier ikke hva som er endret.",
            "Skriv hva som er endret siden forrige melding, i en merknad eller i teksten.",
            severity="note",
            blocks=False,
        )


def _says_what_changed(payload: Element | None) -> bool:
    if payload is None:
        return False
    return any("endr" in (element.text or "").lower() for element in payload.iter("{*}Merknad", "{*}Notat"))
