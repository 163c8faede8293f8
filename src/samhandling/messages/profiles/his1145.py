"""Helseopplysninger til lege: a status report, or a wish that the doctor assesses (HIS 1145)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, child
from samhandling.messages.profiles.content import headings, is_full
from samhandling.messages.profiles.finding import Finding, at

PROBLEM = ("9142", "PROB")


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Kind of message, problem, measures taken."""
    if not is_full(facts):
        return
    payload = payload_of(root)
    if not facts.content_type.value:
        yield at(
            payload,
            "HIS1145-01",
            "Meldingen sier ikke om den er en statusrapport eller et ønske om legevurdering.",
            "Oppgi type innhold (9137).",
        )
    if PROBLEM not in headings(payload):
        yield at(
            payload,
            "HIS1145-02",
            "Aktuell problemstilling mangler.",
            "Skriv den under overskriften Aktuell problemstilling (9142 PROB).",
        )
    if child(payload, "Sykepleierdokumentasjon", "IverksatteTiltak") is None:
        yield at(
            payload,
            "HIS1145-03",
            "Iverksatte tiltak er ikke oppgitt.",
            "Oppgi hva tjenesten har gjort, om noe er gjort.",
            severity="note",
            blocks=False,
        )
