"""Hunt: the engine against the official schemas on mutants, and against broken bytes.

With SAMHANDLING_STANDARDS every mutant is judged by the schemas too. Always: reading never raises, ends in time, and
what it takes comes back the same.
"""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from samhandling.messages import engine
from samhandling.messages.engine.canonical import difference
from tests.fuzz.differential import compare, explained, originals
from tests.fuzz.making import Maker, payload_roots
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
    oracle = Oracle(Path(folder) / "schemas") if folder else None
    maker = Maker(rng, payload_roots())
    if oracle is not None and folder:
        documents = originals(Path(folder), oracle, rng)
    else:
        print("  without SAMHANDLING_STANDARDS: no schemas to compare with")
        documents = [engine.build(maker.message()) for _ in range(150)]
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


def fault(data: bytes, oracle: Oracle | None) -> str:
    """What is wrong with how the engine takes these bytes; "" if nothing."""
    began = time.monotonic()
    try:
        reading = engine.read(data)
        if time.monotonic() - began > SLOW_SECONDS:
            return "slow"
        if reading.document is not None:
            apart = difference(data, engine.build(reading.document, strict=False))
            if apart:
                return f"does not come back the same: {apart}"
    except Exception as error:
        return f"raises {type(error).__name__}: {error}"
    if oracle is not None:
        ours, official, reason, our_reason = compare(data, oracle)
        if ours != official and not explained(data, oracle):
            return f"ours {ours}, official {official}: {reason} | {our_reason}"
    return ""


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
