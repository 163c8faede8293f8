"""Which elements may stand at the root or as a payload, and in which version of which standard: the registry.

A new standard is one module with its classes and a `SCOPE`, and one line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import ModuleType

from samhandling.messages.engine.tables import Node, Scope
from samhandling.messages.model import (
    apprec,
    apprec_10,
    apprec_11,
    base64container,
    basismelding,
    dialogmelding,
    dialogmelding_10,
    dialogmelding_11,
    epikrise,
    epikrise_11,
    epikrise_12,
    epj_cave,
    epj_journalnotat,
    epj_legemiddel,
    felleskomponent1,
    henvisning,
    henvisning_10,
    henvisning_11,
    henvisning_20,
    hodemelding,
    kith,
    pasientlogistikk,
    pasientlogistikk_15,
    pasientlogistikk_16,
    plo_meldinger_15,
    plo_meldinger_16,
    po_komponent,
    po_komponent_20,
    svarrapport,
    svarrapport_13,
    svarrapport_14,
    xmldsig,
)

HEAD = Scope("Hodemelding 1.2", "", "1.2")

# The versions, the older first, and the modules whose global elements belong to them. A class of a later module takes
# the place of one of the same name before it.
VERSIONS: tuple[tuple[Scope, tuple[ModuleType, ...]], ...] = (
    (HEAD, (hodemelding, kith, xmldsig, base64container, epj_cave, epj_journalnotat, epj_legemiddel)),
    (apprec_10.SCOPE, (apprec, apprec_10)),
    (apprec_11.SCOPE, (apprec, apprec_11)),
    (pasientlogistikk_15.SCOPE, (po_komponent, pasientlogistikk, pasientlogistikk_15)),
    (pasientlogistikk_16.SCOPE, (po_komponent, pasientlogistikk, pasientlogistikk_16)),
    (plo_meldinger_15.SCOPE, (plo_meldinger_15,)),
    (plo_meldinger_16.SCOPE, (plo_meldinger_16,)),
    (dialogmelding_10.SCOPE, (dialogmelding, dialogmelding_10)),
    (dialogmelding_11.SCOPE, (dialogmelding, dialogmelding_11)),
    (epikrise_11.SCOPE, (basismelding, epikrise, epikrise_11)),
    (epikrise_12.SCOPE, (basismelding, epikrise, epikrise_12)),
    (henvisning_10.SCOPE, (basismelding, henvisning, henvisning_10)),
    (henvisning_11.SCOPE, (basismelding, henvisning, henvisning_11)),
    (henvisning_20.SCOPE, (po_komponent_20, henvisning_20)),
    (svarrapport_13.SCOPE, (basismelding, svarrapport, svarrapport_13)),
    (svarrapport_14.SCOPE, (basismelding, svarrapport, svarrapport_14)),
)


def _classes(module: ModuleType) -> Iterator[type[Node]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Node) and value.__module__ == module.__name__:
            yield value


@cache
def elements() -> dict[str, tuple[type[Node], Scope]]:
    """Every global element: `{namespace}name` -> class and version."""
    found: dict[str, tuple[type[Node], Scope]] = {}
    for scope, modules in VERSIONS:
        for module in modules:
            for cls in _classes(module):
                if cls.xml.kind == "element" and cls.xml.stands_in(scope.version_of(cls.xml.family)):
                    found[f"{{{scope.uri(cls.xml.family)}}}{cls.__name__}"] = (cls, scope)
    return found


@cache
def named_types() -> dict[str, tuple[type[Node], Scope]]:
    """Every named complex type: `{namespace}name` -> class and version."""
    found: dict[str, tuple[type[Node], Scope]] = {}
    for scope, modules in VERSIONS:
        for module in (kith, felleskomponent1, *modules):
            for cls in _classes(module):
                if cls.xml.kind == "type":
                    found[f"{{{scope.uri(cls.xml.family)}}}{cls.__name__}"] = (cls, scope)
    return found


@cache
def scopes_of(cls: type[Node]) -> tuple[Scope, ...]:
    """The versions in which a class is a global element, the older first."""
    return tuple(scope for known, scope in elements().values() if known is cls)


def scope_named(name: str) -> Scope | None:
    """The version of that name."""
    return next((scope for scope, _ in VERSIONS if scope.name == name), None)
