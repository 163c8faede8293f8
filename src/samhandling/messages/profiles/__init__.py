"""Rules beyond structure: one module per HIS document. Findings warn on receipt and stop what we send ourselves.

A finding never leads to a negative receipt (HIS 80415 3.3.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from samhandling.messages.facts import Facts
from samhandling.messages.facts.tree import Element
from samhandling.messages.profiles import (
    care,
    header,
    his1036,
    his1077,
    his1143,
    his1144,
    his1145,
    his1146,
    his1147,
    his1148,
    his1149,
    his1151,
    his1152,
    his80415,
    hisd1155,
    hits1174,
    hits1218,
)
from samhandling.messages.profiles.finding import Finding

if TYPE_CHECKING:
    from samhandling.messages.engine.tables import Node

MOST_FINDINGS = 200
"""A document with more faults than that is not read for its faults."""

__all__ = ["MOST_FINDINGS", "Finding", "check", "check_document"]


_OF_TYPE: Mapping[str, Callable[[Facts, Element], Iterator[Finding]]] = {
    "INNLEGGELSESRAPPORT": his1143.check,
    "HELSEOPPL_SOKNAD": his1144.check,
    "HELSEOPPLYSNINGER_LEGE": his1145.check,
    "ORIENTERING_TJENESTETILBUD": his1146.check,
    "MEDISINSKE_OPPLYSNINGER": his1147.check,
    "UTSKRIVNINGSRAPPORT": his1148.check,
    "DIALOG_AVVIK": his1151.check,
    "DIALOG_HELSEFAGLIG": his1077.check,
}
"""The profile of each type that has one; Pasientlogistikk has HIS 1149 for all five."""


def check(facts: Facts, tree: Element, *, test: bool = False) -> tuple[Finding, ...]:
    """What the profiles say of a document. `Finding.blocks_sending` tells what must never leave us.

    `test`: the store is marked *test*, where synthetic person numbers are expected.
    """
    return tuple(islice(_findings(facts, tree, test=test), MOST_FINDINGS))


def _findings(facts: Facts, tree: Element, *, test: bool) -> Iterator[Finding]:
    if facts.root == "AppRec":
        yield from his80415.check(facts, tree)
        yield from header.check_writing(tree)
    if facts.root == "Message":
        yield from header.check_older(facts, tree, test=test)
    if facts.root != "MsgHead":
        return
    yield from header.check(facts, tree, test=test)
    yield from hits1218.check(facts, tree)
    yield from his1036.check(facts, tree)
    if facts.standard in ("plo", "dialogmelding"):
        yield from hits1174.check(facts, tree)
    if facts.standard == "plo":
        yield from care.check(facts, tree)
        if facts.element:
            yield from his1149.check(facts, tree)
    elif facts.standard == "dialogmelding":
        yield from his1152.check(facts, tree)
    if facts.type in _OF_TYPE:
        yield from _OF_TYPE[facts.type](facts, tree)
    yield from hisd1155.check(tree)
    yield from header.check_writing(tree)


def check_document(document: Node, *, test: bool = False) -> tuple[Finding, ...]:
    """The same for a bound or composed document."""
    from samhandling.messages import engine, facts

    reading = engine.read(engine.build(document))
    found = facts.facts(reading)
    if found is None or reading.tree is None:
        raise TypeError(f"{type(document).__name__} is no root of ours")
    return check(found, reading.tree, test=test)
