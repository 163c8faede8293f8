"""From an ADT event to a receipted message: MLLP in, stay, message out, loopback, the municipality's receipt back.

One node hosts both sides; listener and worker are processes of their own, as in use. Admissions of municipal users come
at 20 a second, each a new patient, and each makes one *Innleggelsesrapport*. The time runs from before the message is
written to the line until another connection sees the delivery as received by the municipality.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from tests.feed import PatientSystem, message, present
from tests.harness import Node, nodes, process_memory_mb, wait_until

from benchmarks import Result, percentile

EVENTS_A_SECOND = 20
EVENTS = 300
WARM_UP = 40
# Cheap enough to be asked all the time beside the work.
RECEIVED = (
    "SELECT message_id FROM exchange_delivery WHERE state = 'received' AND message_id IS NOT NULL AND id > {after}"
)
VISITS = "SELECT m.id, s.visit FROM exchange_message m JOIN stays_stay s ON m.subject = 'stay:' || CAST(s.id AS TEXT)"


@contextmanager
def _asking(node: Node) -> Iterator[Callable[[str], list[Any]]]:
    if node.database.startswith("postgresql"):
        with psycopg.connect(node.database, autocommit=True) as store:
            yield lambda sql: store.execute(sql).fetchall()  # type: ignore[arg-type]
    else:
        lite = sqlite3.connect(urlsplit(node.database).path[1:], timeout=20)
        try:
            yield lambda sql: lite.execute(sql).fetchall()
        finally:
            lite.close()


def _feed(node: Node, serials: range, sent: dict[str, float], pause: float) -> None:
    with PatientSystem(node.mllp_port) as line:
        due = time.perf_counter()
        for serial in serials:
            time.sleep(max(0.0, due - time.perf_counter()))
            due += pause
            one = message("A01", serial, f"{serial}-1", at=present(), zpl="Y|9901")
            sent[f"V-{serial}"] = time.perf_counter()
            if line.send(one) != "AA":
                raise AssertionError("not acknowledged")


def _measure(store: str) -> list[Result]:
    goal = {"postgres": 100.0, "sqlite": 250.0}[store]
    sent: dict[str, float] = {}
    seen: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
        # As shipped: one worker process on SQLite, two on PostgreSQL.
        node = made.make(environment={"SAMHANDLING_WORKER_PROCESSES": "0"})
        node.run("world", "load", "liten")
        node.start_mllp()
        worker = node.start("worker")
        wait_until(lambda: "worker started" in worker.log(), what="the worker")
        _feed(node, range(WARM_UP), {}, 0.05)
        wait_until(lambda: len(node.query(RECEIVED.format(after=0))) == WARM_UP, 60, "the warm-up")
        (last,) = max(node.query("SELECT max(id) FROM exchange_delivery"))
        before = _processor_seconds(node)
        watcher = threading.Thread(target=_watch, args=(node, seen, last))
        watcher.start()
        _feed(node, range(WARM_UP, WARM_UP + EVENTS), sent, 1 / EVENTS_A_SECOND)
        watcher.join()
        visit_of = dict(node.query(VISITS))
        spent = 1000 * (_processor_seconds(node) - before) / EVENTS
        memory = max(process_memory_mb(pid) for pid in [worker.pid, *worker.children()])
    if len(seen) != EVENTS:
        raise AssertionError(f"{store}: only {len(seen)} of {EVENTS} messages were receipted")
    waits = [1000 * (instant - sent[visit_of[message_id]]) for message_id, instant in seen.items()]
    note = f"{EVENTS} events at {EVENTS_A_SECOND}/s"
    return [
        Result(f"{store}: ADT to receipted message, p50", percentile(waits, 0.5), "ms", goal=goal,
               lower_is_better=True, note=note),
        Result(f"{store}: ADT to receipted message, p95", percentile(waits, 0.95), "ms", lower_is_better=True),
        Result(f"{store}: processor time of listener, workers and server per event", spent, "ms",
               lower_is_better=True, note="tells more than the waits where the machine has other work"),
        Result(f"{store}: memory of a worker process after it", memory, "MB", goal=250, lower_is_better=True),
    ]  # fmt: skip


def _processor_seconds(node: Node) -> float:
    """What the node's processes have used so far, with those of the server that work for it."""
    pids = [pid for process in node.processes for pid in (process.pid, *process.children())]
    if node.database.startswith("postgresql"):
        pids += [pid for (pid,) in node.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")]
    return sum(_seconds(pid) for pid in pids)


def _seconds(pid: int) -> float:
    try:
        figures = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # A server on another machine, or one that has just ended.
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def _watch(node: Node, seen: dict[int, float], after: int) -> None:
    """Note when each message is first seen as received, looking every 5 ms."""
    deadline = time.perf_counter() + EVENTS / EVENTS_A_SECOND + 120
    with _asking(node) as ask:
        while len(seen) < EVENTS and time.perf_counter() < deadline:
            for (message_id,) in ask(RECEIVED.format(after=after)):
                seen.setdefault(message_id, time.perf_counter())
            time.sleep(0.005)


def run() -> list[Result]:
    """Both stores."""
    results = []
    for store in ("postgres", "sqlite"):
        os.environ["SAMHANDLING_TEST_STORE"] = store
        results += _measure(store)
    return results
