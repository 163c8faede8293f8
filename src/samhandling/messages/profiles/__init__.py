"""Rules beyond structure: one module per HIS document. Findings warn on receipt and stop what we send ourselves.

A finding never leads to a negative receipt (HIS 80415 3.3.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from samhandling.messages.facts import Facts
from samhandling.messages.facts.tree import Element
from samhandling.messages.profiles import care, header, his1149
from samhandling.messages.profiles.finding import Finding

if TYPE_CHECKING:
    from samhandling.messages.engine.tables import Node

MOST_FINDINGS = 200
"""A document with more faults than that is not read for its faults."""

__all__ = ["MOST_FINDINGS", "Finding", "check", "check_document"]


def check(facts: Facts, tree: Element, *, test: bool = False) -> tuple[Finding, ...]:
    """What the profiles say of a document. `Finding.blocks_sending` tells what must never leave us.

    `test`: the store is marked *test*, where synthetic person numbers are expected.
    """
    return tuple(islice(_findings(facts, tree, test=test), MOST_FINDINGS))


def _findings(facts: Facts, tree: Element, *, test: bool) -> Iterator[Finding]:
    if facts.root == "AppRec":
        yield from header.check_writing(tree)
    if facts.root != "MsgHead":
        return
    yield from header.check(facts, tree, test=test)
    if facts.standard == "plo":
        yield from care.check(facts, tree)
        if facts.element:
            yield from his1149.check(facts, tree)
    yield from header.check_writing(tree)


def check_document(document: Node, *, test: bool = False) -> tuple[Finding, ...]:
    """The same for a bound or composed document."""
    from samhandling.messages import engine, facts

    reading = engine.read(engine.build(document))
    found = facts.facts(reading)
    if found is None or reading.tree is None:
        raise TypeError(f"{type(document).__name__} is no root of ours")
    return check(found, reading.tree, test=test)
