"""How soon commands, processes and the demo answer, and how much memory a worker needs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.harness import Node, free_port, nodes, wait_until

from benchmarks import Result, percentile

PROGRAM = str(Path(sys.executable).with_name("samhandling"))


def _seconds(words: list[str]) -> float:
    """Median of several runs of a command."""

    def once() -> float:
        began = time.perf_counter()
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - began

    return percentile([once() for _ in range(7)], 0.5)


def _demo(home: str) -> float:
    """Seconds from `samhandling demo` to the first page of its address."""
    line = [{"name": "adt", "port": free_port()}]
    environment = {**os.environ, "SAMHANDLING_WEB_PORT": str(free_port()), "SAMHANDLING_MLLP": json.dumps(line)}
    began = time.perf_counter()
    with subprocess.Popen(
        [PROGRAM, "demo", "--home", home],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        address = next(found[0] for text in demo.stdout if (found := re.search(r"http://\S+", text)))
        urllib.request.urlopen(f"{address}inn/").read()
        seconds = time.perf_counter() - began
        demo.send_signal(signal.SIGINT)
    return seconds


def _starts(node: Node, store: str) -> list[Result]:
    """How soon worker and pages are there."""
    began = time.perf_counter()
    worker = node.start("worker")
    wait_until(lambda: "worker started" in worker.log(), what="the worker")
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    node.start_web()
    urllib.request.urlopen(f"{node.web_url}/inn/").read()
    pages = time.perf_counter() - began
    time.sleep(2)
    return [
        Result(f"{store}: memory of an idle worker", worker.memory_mb(), "MB", goal=250, lower_is_better=True),
        Result(f"{store}: start of a worker", seconds, "s", lower_is_better=True),
        Result(f"{store}: start of serve, to the first page", pages, "s", lower_is_better=True),
    ]


def run() -> list[Result]:
    """Help on a bare interpreter as the peer; the demo's second start; processes of a node on both stores."""
    bare = _seconds([sys.executable, "-c", "pass"])
    results = [
        Result(
            "samhandling --help",
            _seconds([PROGRAM, "--help"]),
            "s",
            goal=0.3,
            peer="python -c pass",
            peer_value=bare,
            lower_is_better=True,
        )
    ]
    with tempfile.TemporaryDirectory() as home:
        _demo(home)
        second = percentile([_demo(home) for _ in range(3)], 0.5)
    results.append(Result("demo: second start, to the first page", second, "s", goal=5.0, lower_is_better=True))
    for store in ("sqlite", "postgres"):
        os.environ["SAMHANDLING_TEST_STORE"] = store
        with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
            results += _starts(made.make(), store)
    return results
