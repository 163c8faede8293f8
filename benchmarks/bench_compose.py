"""Care messages from values to bytes, step by step, on one core."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks import Result, percentile
from samhandling.messages import compose, engine

FOLDER = Path(__file__).parents[1] / "docs" / "data"
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


def _milliseconds(work: Callable[[], Any], times: int = 150) -> float:
    """The median of so many calls, in time of the processor."""
    work()
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1000)
    return percentile(found, 0.5)


def run() -> list[Result]:
    """Milliseconds (median) from values to a checked document for the largest samples, and the parts of it."""
    results = []
    for name in ("HELSEOPPL_SOKNAD", "UTSKRIVNINGSRAPPORT", "INNLEGGELSESRAPPORT", "DIALOG_SVAR"):
        version = compose.versions_of(name)[-1]
        data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        values, errors = compose.from_data(name, data, now=NOW)
        assert values is not None, errors
        composed = compose.compose(name, version, values)
        document = composed.document
        assert document is not None, composed.errors
        note = f"{len(composed.data):,} bytes"
        whole = _milliseconds(lambda: compose.compose(name, version, values))  # noqa: B023
        built = _milliseconds(lambda: engine.build(document))  # noqa: B023
        reading = _milliseconds(lambda: compose.from_data(name, data, now=NOW, new_id=lambda: str(uuid4())))  # noqa: B023
        results += [
            Result(f"compose {name}", whole, "ms", goal=5, lower_is_better=True, note=note),
            Result(f"  engine.build of {name}", built, "ms", lower_is_better=True),
            Result(f"  values of {name} from data", reading, "ms", lower_is_better=True),
        ]
    return results
