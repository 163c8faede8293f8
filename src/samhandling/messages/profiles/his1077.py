"""Helsefaglig dialog: from one professional to another about one patient (HIS 1077)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.codes import list_number
from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, child, local
from samhandling.messages.profiles.content import each
from samhandling.messages.profiles.finding import Finding, at

THEMES = "7322"
ABOUT_PATIENT = "6"
FORMATS = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""What every receiver must be able to take."""

_USED = frozenset({"TemaKodet", "Tema", "TekstNotatInnhold", "RollerRelatertNotat"})


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Theme, subject line, text, and whom to reach at the receiver in a new dialogue."""
    payload = payload_of(root)
    for note, element in zip(facts.notes, each(payload, "Notat"), strict=False):
        theme = child(element, "TemaKodet")
        if list_number(note.theme.oid) != THEMES:
            yield at(
                theme,
                "HIS1077-01",
                "Temaet er hentet fra et annet kodeverk enn ventet.",
                "Bruk kodeverk 7322.",
            )
        if not note.subject:
            yield at(element, "HIS1077-02", "Emnet mangler.", "Skriv en emnelinje i Tema.")
        if not note.text:
            yield at(element, "HIS1077-03", "Teksten mangler.", "Skriv teksten i TekstNotatInnhold.")
        if note.theme.value == ABOUT_PATIENT and not facts.conversation and not facts.contacts:
            yield at(
                element,
                "HIS1077-04",
                "Ønsket kontakt hos mottaker mangler i en ny dialog.",
                "Oppgi navn eller yrkesgruppe med rollen Kontakt hos mottaker (24).",
            )
        for other in element:
            if local(other) not in _USED:
                yield at(
                    other,
                    "HIS1077-05",
                    f"{local(other)} brukes ikke i helsefaglig dialog.",
                    "Utelat elementet.",
                    severity="note",
                )
