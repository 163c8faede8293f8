"""Hunt: the engine against the official schemas on mutants of every standard and version, and against broken bytes.

With SAMHANDLING_STANDARDS every mutant is judged by the schemas too. Always: reading never raises, ends in time, and
what it takes comes back the same; facts, profiles, receipts and display take whatever was read.
"""

from __future__ import annotations

import os
import random
import time
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from samhandling.messages import display, engine, profiles, receipts
from samhandling.messages import facts as reader
from samhandling.messages.engine.canonical import difference
from tests.fuzz.differential import compare, explained, made_documents, originals
from tests.fuzz.mutations import mutate
from tests.fuzz.oracle import Oracle

# Nothing of the size made here may take longer, even on a busy machine.
SLOW_SECONDS = 5.0


@dataclass(frozen=True)
class Counterexample:
    """Bytes and what went wrong with them."""

    data: bytes
    reason: str


def fuzz(seed: int, stop_at: float) -> list[Counterexample]:
    """Hunt until `stop_at` (monotonic seconds); what is found is for the caller to store."""
    rng = random.Random(seed)
    folder = os.environ.get("SAMHANDLING_STANDARDS")
    oracle = _oracle()
    if stop_at <= time.monotonic():
        return []
    if oracle is not None and folder:
        documents = originals(Path(folder), oracle, rng)
    else:
        print("  without SAMHANDLING_STANDARDS: no schemas to compare with")
        documents = made_documents(rng)
    found: list[Counterexample] = []
    while time.monotonic() < stop_at:
        data = rng.choice(documents)
        if rng.random() < 0.8:
            tree, _ = mutate(etree.fromstring(data), rng)
            data = etree.tostring(tree, encoding=rng.choice(("UTF-8", "ISO-8859-1", "UTF-16")), xml_declaration=True)
        else:
            data = break_bytes(data, rng)
        reason = fault(data, oracle)
        if reason:
            found.append(Counterexample(data, reason))
    return found


@cache
def _oracle() -> Oracle | None:
    folder = os.environ.get("SAMHANDLING_STANDARDS")
    return Oracle(Path(folder) / "schemas") if folder else None


def check(data: bytes) -> str:
    """What is wrong with how these bytes are taken; "" if nothing. With SAMHANDLING_STANDARDS the schemas judge too."""
    return fault(data, _oracle())


def fault(data: bytes, oracle: Oracle | None) -> str:
    """What is wrong with how the engine and the readers take these bytes; "" if nothing."""
    began = time.monotonic()
    try:
        reading = engine.read(data)
        if time.monotonic() - began > SLOW_SECONDS:
            return "slow"
        if reading.document is not None:
            apart = difference(data, engine.build(reading.document, strict=False))
            if apart:
                return f"does not come back the same: {apart}"
        contradiction = read_further(reading)
        if contradiction:
            return contradiction
    except Exception:
        return f"raises {traceback.format_exc()}"
    if oracle is not None:
        ours, official, reason, our_reason = compare(data, oracle)
        if ours != official and not explained(data, oracle):
            return f"ours {ours}, official {official}: {reason} | {our_reason}"
    return ""


def read_further(reading: engine.Reading) -> str:
    """Facts, profiles, receipts and display of what was read; says where they contradict the reading.

    Raises whatever they raise: nothing in a document may stop them.
    """
    facts = reader.facts(reading)
    if reading.tree is None:
        return ""
    display.html(reading)
    display.text(reading, lang="nn")
    if facts is None:
        return "" if not reading.valid else "no facts of a valid document"
    profiles.check(facts, reading.tree)
    profiles.check(facts, reading.tree, test=True)
    receipts.read(facts)
    receipts.judge(reading, facts, receipts.OwnParties(frozenset()))
    ours = (reading.standard or "", reading.version or "", reading.type or "")
    theirs = (facts.standard, facts.version, facts.type)
    return "" if ours == theirs else f"reading says {ours}, facts say {theirs}"


def break_bytes(data: bytes, rng: random.Random) -> bytes:
    """Cut, flip, insert or repeat some bytes."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(made)) if made else 0
        match rng.randrange(5):
            case 0:
                del made[at:]
            case 1 if made:
                made[at] = rng.randrange(256)
            case 2:
                made[at:at] = rng.choice(
                    (b"&b;", b"<!DOCTYPE a>", b"\x00", b"<", b"]]>", b"<a>", b"\xff", b"<!--", b"&#0;")
                )
            case 3:
                del made[at : at + rng.randrange(50)]
            case _:
                made[at:at] = made[at : at + rng.randrange(200)]
    return bytes(made)
