"""Utskrivningsrapport: what follows the patient home (HIS 1148)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, attribute, child, text
from samhandling.messages.profiles.content import each, headings, is_full
from samhandling.messages.profiles.finding import Finding, at

PROBLEM = ("9142", "PROB")
PLAN = ("9142", "OP")


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Problem, plan, medication, and appointments that are booked."""
    if not is_full(facts):
        return
    payload = payload_of(root)
    found = headings(payload)
    for heading, code, name in (
        (PROBLEM, "HIS1148-01", "Aktuell problemstilling"),
        (PLAN, "HIS1148-02", "Planer for videre oppfølging"),
    ):
        if heading not in found:
            yield at(
                payload,
                code,
                f"{name} mangler.",
                f"Skriv teksten under overskriften {name} (9142 {heading[1]}), når den er relevant.",
                severity="note",
                blocks=False,
            )
    if child(payload, "Legemiddelinfo") is None:
        yield at(
            payload,
            "HIS1148-03",
            "Legemidler er ikke oppgitt.",
            "Oppgi hvert legemiddel for seg, også de som er seponert, om pasienten bruker noen.",
            severity="note",
            blocks=False,
        )
    for appointment in each(payload, "InfoKontrolltime", "InformasjonOmTime"):
        booked = text(appointment, "BestiltKontrolltime") in ("true", "1")
        if booked and not (text(appointment, "TidspunktTime") or attribute(appointment, "V", "TidspunktTime")):
            yield at(appointment, "HIS1148-04", "Timen er bestilt, men uten tidspunkt.", "Oppgi tidspunktet.")
