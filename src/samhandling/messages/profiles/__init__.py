"""Rules beyond structure: one module per HIS document. Findings warn on receipt and stop what we send ourselves.

A finding never leads to a negative receipt (HIS 80415 3.3.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from samhandling.messages.facts import Facts
from samhandling.messages.facts.tree import Element
from samhandling.messages.profiles import care, header, his1149
from samhandling.messages.profiles.finding import Finding

if TYPE_CHECKING:
    from samhandling.messages.engine.tables import Node

__all__ = ["Finding", "check", "check_document"]


def check(facts: Facts, tree: Element, *, test: bool = False) -> tuple[Finding, ...]:
    """What the profiles say of a document. `Finding.blocks_sending` tells what must never leave us.

    `test`: the store is marked *test*, where synthetic person numbers are expected.
    """
    if facts.root != "MsgHead":
        return tuple(header.check_writing(tree))
    found = [*header.check(facts, tree, test=test), *header.check_writing(tree)]
    if facts.standard == "plo":
        found += care.check(facts, tree)
        if facts.element:
            found += his1149.check(facts, tree)
    return tuple(found)


def check_document(document: Node, *, test: bool = False) -> tuple[Finding, ...]:
    """The same for a bound or composed document."""
    from samhandling.messages import engine, facts

    reading = engine.read(engine.build(document))
    found = facts.facts(reading)
    if found is None or reading.tree is None:
        raise TypeError(f"{type(document).__name__} is no root of ours")
    return check(found, reading.tree, test=test)
