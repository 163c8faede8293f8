"""Orientering om tjenestetilbud: all services the patient has now (HIS 1146, HIS 80704 12.2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, child, children, code, text
from samhandling.messages.profiles.content import is_full
from samhandling.messages.profiles.finding import Finding, at


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Each service with its name, start and provider."""
    payload = payload_of(root)
    for service in children(payload, "EksisterendeTjeneste"):
        yield from _named(service)
        if not is_full(facts):
            continue
        if not text(service, "Startdato"):
            yield at(service, "HIS1146-02", "Tjenesten står uten startdato.", "Oppgi når tjenesten begynte.")
        if not text(service, "TjenestenLevertAv"):
            yield at(
                service, "HIS1146-03", "Tjenesten står uten utførende enhet.", "Oppgi enheten som leverer tjenesten."
            )
        if bool(text(service, "AntallEnheter")) != bool(text(service, "Enhet")):
            yield at(
                service,
                "HIS1146-05",
                "Antall og enhet hører sammen, og bare det ene er oppgitt.",
                "Oppgi begge eller ingen.",
                severity="note",
                blocks=False,
            )
    assisted = child(payload, "AssistertKommunikasjon")
    if assisted is not None:
        yield at(
            assisted,
            "HIS1146-04",
            "Hjelp til å kommunisere brukes ikke i denne meldingen.",
            "Utelat elementet.",
            severity="note",
        )


def _named(service: Element) -> Iterator[Finding]:
    kind = code(service, "IPLOStjenestetype")
    if not (kind.value and kind.name) and not text(service, "BetegnelseTjeneste"):
        yield at(
            service,
            "HIS1146-01",
            "Tjenesten har verken kode med tekst eller betegnelse.",
            "Oppgi IPLOS-kode med tekst, eller tjenestens navn.",
        )
