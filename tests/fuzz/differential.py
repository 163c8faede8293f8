"""Our tables against the official schemas: the same verdict on every mutant, or a difference that is explained.

The explained differences stand in docs/differences-from-xsd.md; `explained` recognises exactly them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from samhandling.messages import engine
from tests.fuzz.mutations import mutate
from tests.fuzz.oracle import Oracle

FOUND = Path(__file__).parent.parent / "conformance" / "found"


@dataclass(frozen=True)
class CounterExample:
    """A document on which we and the schemas disagree for no known reason."""

    data: bytes
    steps: tuple[str, ...]
    ours: bool
    official: bool
    reason: str

    def store(self, folder: Path = FOUND) -> Path:
        """Keep it as a test case; the name says what the schemas say."""
        folder.mkdir(parents=True, exist_ok=True)
        number = sum(1 for _ in folder.glob("*.xml")) + 1
        path = folder / f"{number:04d}-{'valid' if self.official else 'invalid'}.xml"
        path.write_bytes(self.data)
        return path


def compare(data: bytes, oracle: Oracle) -> tuple[bool, bool, str, str]:
    """Ours, theirs, their reason, our reason."""
    reading = engine.read(data)
    official, reason = oracle.judge(data)
    ours = "; ".join(f"{problem.code} {problem.path}" for problem in reading.problems[:3])
    return reading.valid, official, reason, ours


def differences(
    originals: list[bytes], oracle: Oracle, rng: random.Random, count: int | None, stop_at: float | None = None
) -> Iterator[tuple[CounterExample | None, str]]:
    """For each mutant: the counter-example or None, and the explanation ("" when both agree)."""
    trees = [etree.fromstring(data) for data in originals]
    made = 0
    while (count is None or made < count) and (stop_at is None or time.monotonic() < stop_at):
        made += 1
        tree, steps = mutate(rng.choice(trees), rng)
        data = etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
        ours, official, reason, our_reason = compare(data, oracle)
        if ours == official:
            yield None, ""
            continue
        why = explained(data, ours=ours, reason=reason)
        if why:
            yield None, why
        else:
            yield CounterExample(data, tuple(steps), ours, official, f"{reason} | {our_reason}"), ""


def explained(data: bytes, *, ours: bool, reason: str) -> str:
    """The known reason for a difference, or "" if there is none."""
    return ""
