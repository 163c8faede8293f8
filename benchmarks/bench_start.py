"""How soon a command answers, and how much memory a worker needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.harness import nodes, wait_until

from benchmarks import Result, percentile


def _seconds(words: list[str]) -> float:
    """Median of several runs of a command."""

    def once() -> float:
        began = time.perf_counter()
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - began

    return percentile([once() for _ in range(7)], 0.5)


def run() -> list[Result]:
    """Help on a bare interpreter as the peer; memory after a few hundred jobs."""
    program = str(Path(sys.executable).with_name("samhandling"))
    bare = _seconds([sys.executable, "-c", "pass"])
    results = [
        Result(
            "samhandling --help",
            _seconds([program, "--help"]),
            "s",
            goal=0.3,
            peer="python -c pass",
            peer_value=bare,
            lower_is_better=True,
        )
    ]
    for store in ("sqlite", "postgres"):
        os.environ["SAMHANDLING_TEST_STORE"] = store
        with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
            node = made.make()
            worker = node.start("worker")
            wait_until(lambda worker=worker: "worker started" in worker.log(), what="the worker")
            time.sleep(2)
            megabytes = worker.memory_mb()
            results.append(
                Result(f"{store}: memory of an idle worker", megabytes, "MB", goal=250, lower_is_better=True)
            )
    return results
