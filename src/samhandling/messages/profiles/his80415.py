"""Applikasjonskvittering: status and errors go together (HIS 80415)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.tree import Element, child
from samhandling.messages.profiles.finding import Finding, at

_ROLES = {"1.0": ("SPR", "REQ", "COP"), "1.1": ("PRIM", "COP")}
_NEEDS_DETAIL = ("X99", "T99")


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """A rejection says why, an acceptance has no errors, a general error is explained."""
    receipt = facts.receipt
    if receipt is None:
        return
    status = child(root, "Status")
    if receipt.status == "2" and not receipt.errors:
        yield at(status, "HIS80415-01", "Kvitteringen avviser uten å si hvorfor.", "Oppgi minst én feilkode.")
    if receipt.status == "1" and receipt.errors:
        yield at(status, "HIS80415-02", "Kvitteringen er positiv og har likevel feilkoder.", "Utelat feilkodene.")
    if receipt.status == "3":
        yield at(
            status,
            "HIS80415-03",
            "Statusen OK med feil i delmelding brukes bare i oppgjørsmeldinger.",
            "Les den som OK, og se på feilen.",
        )
    for error, element in zip(receipt.errors, root.iterchildren("{*}Error"), strict=False):
        if error.code in _NEEDS_DETAIL and not error.detail:
            yield at(element, "HIS80415-04", "En generell feilkode står uten forklaring.", "Forklar feilen i OT.")
    role = child(root, "Sender", "Role")
    if role is not None and facts.version and (role.get("V") or "").strip().upper() not in _ROLES[facts.version]:
        yield at(
            role,
            "HIS80415-05",
            "Rollen til den som kvitterer, hører ikke til denne versjonen.",
            "Bruk PRIM eller COP i versjon 1.1, SPR, REQ eller COP i versjon 1.0.",
            severity="note",
        )
