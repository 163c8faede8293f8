"""What a part of a document is headed with, where its own content gives a better heading than its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from samhandling.messages.codes import list_number
from samhandling.messages.display import labels, values
from samhandling.messages.facts.attached import is_attachment
from samhandling.messages.facts.dialogue import INFECTION
from samhandling.messages.facts.tree import Element, attribute, child, local, text

# Element -> the code inside it that heads it.
_CODED: Mapping[str, tuple[str, ...]] = {
    "TidsfestetHendelse": ("Hendelsekode",),
    "Journaltekst": ("Overskriftskode",),
    "KartlagtFunksjon": ("Funksjonsvariabel",),
    "EksisterendeTjeneste": ("IPLOStjenestetype",),
    "TjenesteBehov": ("IPLOStjenestetype",),
    "Comment": ("Heading",),
    "ReasonAsText": ("Heading",),
    "InfItem": ("Type",),
    "PatRelHCP": ("Relation",),
    "ResponsibleHcp": ("Relation",),
    "RelServProvider": ("Relation",),
    "RelServProv": ("Relation",),
    "ResultItem": ("Investigation", "Id"),
}
_DRUGS = frozenset({"Legemiddelinfo", "AdmAvHelsepersonell", "Egenadministrering"})
_DRUG_PARTS = ("Navn", "Styrke", "Legemiddelform")
_STOPPED = "2"

GROUPS: Mapping[str, str] = {
    "Legemiddelinfo": "medication",
    "EksisterendeTjeneste": "services",
    "TjenesteBehov": "needed_services",
}
"""Repeated parts that stand together under a heading of their own: element -> the word that heads the group."""


class Title(NamedTuple):
    """A heading, and the rows it makes needless: pairs of label and value."""

    text: str
    says: frozenset[tuple[str, str]] = frozenset()
    critical: bool = False


def title_of(element: Element, name: str, parent: str, lang: str) -> Title:
    """The heading of a part; its label when its content gives no better."""
    title = labels.label(parent, name, lang)
    if name in _CODED:
        coded = child(element, *_CODED[name])
        shown = values.code_text(coded, lang) if coded is not None else ""
        if coded is not None and shown:
            holder = coded.getparent()
            part = labels.label(local(holder) if holder is not None else name, local(coded), lang)
            return Title(shown, frozenset({(part, shown)}), _is_critical(element, name, coded))
    elif name in _DRUGS:
        return _drug(element, name, title, lang)
    elif name == "Document" and is_attachment(element):
        described = text(element, "RefDoc", "Description")
        title = labels.word("attachment", lang)
        return Title(f"{title}: {described}" if described else title)
    return Title(title, critical=name in ("Cave", "Allerginotat"))


def _is_critical(element: Element, name: str, coded: Element) -> bool:
    if name == "InfItem":
        return (coded.get("V") or "").strip() == "CAVE"
    return name == "Journaltekst" and list_number(coded.get("S") or "") == INFECTION


def _drug(element: Element, name: str, title: str, lang: str) -> Title:
    """A drug is headed by name, strength and form; one that is stopped says so."""
    prescription = child(element, "ForenkletForskrivning")
    info = child(prescription if prescription is not None else element, "Forskrivningsinfo")
    shown: list[str] = []
    says: set[tuple[str, str]] = set()
    for part in _DRUG_PARTS:
        found = child(info, part)
        if found is None:
            continue
        value = values.leaf_text(found, lang)
        if value and len(found) == 0:
            shown.append(value)
            says.add((labels.label("Forskrivningsinfo", part, lang), value))
    if not shown:
        return Title(title)
    stopped = attribute(prescription, "V", "StatusTilForskrivningen") == _STOPPED
    words = " ".join(shown) + (f" – {labels.word('stopped', lang)}" if stopped else "")
    return Title(words if name == "Legemiddelinfo" else f"{title}: {words}", frozenset(says))
