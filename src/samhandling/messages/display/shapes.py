"""Whether an element looks as its standard says, so that several values may be put together in one row.

What looks otherwise, in a document that is not valid, is shown piece by piece instead, and so never loses anything.
"""

from __future__ import annotations

from samhandling.messages.display import labels
from samhandling.messages.facts.tree import Element, local

NAMES = ("FamilyName", "MiddleName", "GivenName")
ADDRESS_PARTS = ("StreetAdr", "PostalCode", "City", "Postbox", "County", "Country", "CityDistr")

# Element -> the children it may have, and those of them that may repeat.
_CHILDREN = {
    "Ident": ({"Id", "TypeId"}, set[str]()),
    "AdditionalId": ({"Id", "Type"}, set[str]()),
    "TeleCom": ({"TypeTelecom", "TeleAddress"}, set[str]()),
    "Address": ({"Type", "TeleAddress", *ADDRESS_PARTS}, {"TeleAddress"}),
    "KartlagtFunksjon": ({"Funksjonsvariabel", "Vurdering", "Merknad"}, set[str]()),
    "MedisinskDiagnose": ({"Hoveddiagnose", "Diagnosekode", "DiagnoseBeskrivelse"}, set[str]()),
}
# Leaves whose value is an attribute: text in them is out of place.
_IN_ATTRIBUTES = frozenset({"TypeId", "TypeOffId", "Type", "TypeTelecom", "TeleAddress", "TidspunktForHendelse"})


def as_expected(element: Element, name: str) -> bool:
    """Whether an element with a way of its own to be shown has the shape for it."""
    if name not in _CHILDREN:
        return _is_leaf(element, name)
    allowed, repeated = _CHILDREN[name]
    found = [local(item) for item in element]
    single = [item for item in found if item not in repeated]
    return (
        not _said(element.text)
        and set(found) <= allowed
        and len(single) == len(set(single))
        and all(_is_leaf(item, local(item)) and not _said(item.tail) for item in element)
    )


def _is_leaf(element: Element, name: str) -> bool:
    if len(element):
        return False
    coded = name in _IN_ATTRIBUTES or "V" in element.attrib or "DN" in element.attrib
    return not (coded and _said(element.text))


def has_one_name(element: Element) -> bool:
    """Whether family, middle and given name stand at most once each, as plain text."""
    found = [item for item in element if local(item) in NAMES]
    return len(found) == len({local(item) for item in found}) and all(_is_leaf(item, "") for item in found)


def is_technical(element: Element, name: str, parent: str) -> bool:
    """Whether it belongs into the closed part."""
    return len(element) == 0 and (name in labels.TECHNICAL or (parent, name) in labels.TECHNICAL_IN)


def _said(text: str | None) -> bool:
    return bool(text and text.strip())
