"""Innleggelsesrapport: what the municipality tells the hospital at an admission (HIS 1143)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, child
from samhandling.messages.profiles.content import headings, is_full
from samhandling.messages.profiles.finding import Finding, at

REASON = ("9142", "AAI")
_OLD_REASON = ("9141", "11")
SUMMARY = ("9141", "8")


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Reason for admission, nursing summary, critical information, medication."""
    if not is_full(facts):
        return
    payload = payload_of(root)
    found = headings(payload)
    if REASON not in found and _OLD_REASON not in found:
        yield at(
            payload,
            "HIS1143-01",
            "Årsak til innleggelse mangler.",
            "Skriv årsaken under overskriften Årsak til innleggelse (9142 AAI), når den er kjent.",
            blocks=False,
        )
    if SUMMARY not in found:
        yield at(
            payload,
            "HIS1143-02",
            "Sykepleiesammenfatning mangler.",
            "Skriv den under overskriften Sykepleiesammenfatning (9141 8).",
            severity="note",
            blocks=False,
        )
    if not facts.critical:
        yield at(
            payload,
            "HIS1143-03",
            "Kritisk informasjon (CAVE) er ikke oppgitt.",
            "Kontroller at det ikke er noe å oppgi.",
            severity="note",
            blocks=False,
        )
    if child(payload, "Legemiddelinfo") is None:
        yield at(
            payload,
            "HIS1143-04",
            "Legemidler er ikke oppgitt.",
            "Oppgi hvert legemiddel for seg, om pasienten bruker noen.",
            severity="note",
            blocks=False,
        )
