"""Formatted text: which XHTML may stand in a message, and what we write ourselves (HISD 1155, HISD 1165)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages import markup
from samhandling.messages.facts.tree import Element, local, namespace
from samhandling.messages.profiles.finding import Finding, at

_FIELDS = ("{*}TekstNotatInnhold", "{*}Sporsmal", "{*}TextResultValue", "{*}Description")


def check(root: Element) -> Iterator[Finding]:
    """One finding per field: what is dropped when it is shown, and what we do not send."""
    for element in root.iter(*_FIELDS):
        if not markup.is_marked_up(element):
            continue
        if markup.safe(element).dropped:
            yield at(
                element,
                "HISD1155-01",
                "Teksten har formatering som ikke er tillatt. Den vises uten den.",
                "Fjern skript, stiler, lenker, bilder og alt annet som ikke er ren tekstformatering.",
            )
        elif _beyond_ours(element):
            yield at(
                element,
                "HISD1155-02",
                "Teksten har formatering som ikke alle mottakere kan vise.",
                "Bruk bare overskrifter, avsnitt, uthevet tekst og tabeller.",
                severity="note",
            )


def _beyond_ours(element: Element) -> bool:
    return any(
        namespace(item) == markup.XHTML and local(item) not in markup.WRITTEN for item in element.iterdescendants()
    )
