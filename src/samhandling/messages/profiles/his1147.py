"""Medisinske opplysninger: from the doctor to the municipality (HIS 1147)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, child
from samhandling.messages.profiles.content import answers_request, headings, is_full
from samhandling.messages.profiles.finding import Finding, at

PROBLEM = ("9142", "PROB")
_ANSWER = "4"


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Kind of message, problem, medication."""
    if not is_full(facts):
        return
    payload = payload_of(root)
    if not facts.content_type.value:
        yield at(payload, "HIS1147-01", "Type innhold mangler.", "Oppgi type innhold (9138).")
    elif answers_request(payload) and facts.content_type.value != _ANSWER:
        yield at(
            child(payload, "TypeInnholdIMelding"),
            "HIS1147-02",
            "Meldingen er svar på en forespørsel, men type innhold er en annen.",
            "Bruk Svar på forespørsel (9138 4).",
            severity="note",
            blocks=False,
        )
    if PROBLEM not in headings(payload):
        yield at(
            payload,
            "HIS1147-03",
            "Aktuell problemstilling mangler.",
            "Skriv den under overskriften Aktuell problemstilling (9142 PROB), når den er relevant.",
            severity="note",
            blocks=False,
        )
    if child(payload, "Legemiddelinfo") is None:
        yield at(
            payload,
            "HIS1147-04",
            "Legemidler er ikke oppgitt.",
            "Oppgi hvert legemiddel for seg, om pasienten bruker noen.",
            severity="note",
            blocks=False,
        )
