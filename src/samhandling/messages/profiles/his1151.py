"""Tilbakemelding om feil i mottatt melding, the avviksmelding (HIS 1151)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.codes import list_number
from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, child, local
from samhandling.messages.profiles.content import each
from samhandling.messages.profiles.finding import Finding, at

DEVIATION = "8117"
_NEVER_SENT = "2"
# The table allows theme and text alone; the published example adds who is responsible, and so do we.
_USED = frozenset({"TemaKodet", "TekstNotatInnhold", "RollerRelatertNotat"})


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Theme of list 8117, a text, nothing else."""
    payload = payload_of(root)
    for note, element in zip(facts.notes, each(payload, "Notat"), strict=False):
        theme = child(element, "TemaKodet")
        if list_number(note.theme.oid) != DEVIATION:
            yield at(
                theme,
                "HIS1151-01",
                "Temaet er ikke hentet fra kodeverket for avvik.",
                "Bruk kodeverk 8117 i TemaKodet.",
            )
        elif note.theme.value == _NEVER_SENT:
            yield at(
                theme,
                "HIS1151-04",
                "Mangelfulle opplysninger er ikke en grunn til avviksmelding.",
                "Bruk Feil adressat (1) eller Annet (9); faglige mangler tas opp i en helsefaglig dialog.",
                severity="note",
            )
        if not note.text:
            yield at(element, "HIS1151-02", "Forklaringen mangler.", "Skriv hva som er feil i TekstNotatInnhold.")
        for other in element:
            if local(other) not in _USED:
                yield at(
                    other,
                    "HIS1151-03",
                    f"{local(other)} brukes ikke i en avviksmelding.",
                    "Utelat elementet.",
                    severity="note",
                )
