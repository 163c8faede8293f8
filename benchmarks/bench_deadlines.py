"""Deadlines of stays: 100,000 wait, some come due while the patient system tells 50 events a second; and after ten
minutes down 2,000 are overdue at once.

PostgreSQL, listener and workers as shipped. Each deadline is an F1 that is missed: a line on the timeline, a breach of
routine and a task, in one transaction. The peer of the 2,000 is a loop that takes the same rows by `FOR UPDATE SKIP
LOCKED` one by one and only notes them as missed.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import psycopg
from tests.feed import PatientSystem, message, present
from tests.harness import Node, nodes, wait_until

from benchmarks import Result, percentile
from benchmarks.copies import ABOVE, Copies, fill

OPEN, TIMELY, OVERDUE = 100_000, 200, 2_000
EVENTS_A_SECOND, PATIENTS = 50, 50

COPIES = [
    Copies("stays_stay", "visit = 'V-0'", OPEN, {"visit": "'C-' || g"}),
    Copies("stays_deadline", "clock = 'F1' AND state = 'due'", OPEN, {
        "stay_id": f"{ABOVE} + g", "due_at": "now() + interval '1 day' + g * interval '10 seconds'"}),
    Copies("jobs_job", "handler = 'stays.deadline' AND state = 'waiting'", OPEN, {
        "run_at": "now() + interval '1 day' + g * interval '10 seconds'",
        "payload": f"jsonb_build_object('deadline', {ABOVE} + g)",
        "unique_name": f"'stays.deadline:' || ({ABOVE} + g)"}),
]  # fmt: skip
LEFT = f"SELECT count(*) FROM jobs_job WHERE id > {ABOVE} AND run_at <= now()"


def _due(node: Node, first: int, count: int, when: str) -> None:
    """Move the deadlines from the `first` on: the n-th comes due at `when`."""
    with psycopg.connect(node.database) as store:
        for table, column in (("stays_deadline", "due_at"), ("jobs_job", "run_at")):
            number = f"(id - {ABOVE + first})"
            store.execute(
                f"UPDATE {table} SET {column} = {when.format(n=number)}"  # type: ignore[arg-type]
                f" WHERE id > {ABOVE + first} AND id <= {ABOVE + first + count}"
            )


def _events(node: Node, seconds: float) -> float:
    """Changes of admitted patients, 50 a second; gives how many a second it became."""
    began, sent = time.perf_counter(), 0
    with PatientSystem(node.mllp_port) as line:
        while time.perf_counter() - began < seconds:
            time.sleep(max(0.0, began + sent / EVENTS_A_SECOND - time.perf_counter()))
            line.send(message("A08", sent % PATIENTS, f"{sent}-8", at=present(), zpl="Y|9901"))
            sent += 1
    return sent / (time.perf_counter() - began)


def _timely(node: Node) -> tuple[list[float], float]:
    """Seconds from the deadline to the commit that sees it missed, and the events a second meanwhile."""
    _due(node, 0, TIMELY, "clock_timestamp() + interval '3 seconds' + {n} * interval '0.1 second'")
    rate = _events(node, 3 + TIMELY * 0.1 + 2)
    wait_until(lambda: node.query(LEFT) == [(0,)], seconds=120, what="the deadlines")
    rows = node.query(
        "SELECT extract(epoch FROM settled_at - due_at)::float FROM stays_deadline"
        f" WHERE state = 'missed' AND id > {ABOVE} AND id <= {ABOVE + TIMELY}"
    )
    if len(rows) != TIMELY:
        raise AssertionError(f"{len(rows)} of {TIMELY} deadlines fired")
    return [late for (late,) in rows], rate


def _overdue(node: Node) -> float:
    """Seconds from the start of the worker until none is overdue."""
    _due(node, TIMELY, OVERDUE, "now() - mod({n}, 600) * interval '1 second'")
    began = time.perf_counter()
    worker = node.start("worker")
    wait_until(lambda: node.query(LEFT) == [(0,)], seconds=120, what="what was overdue")
    took = time.perf_counter() - began
    worker.stop()
    return took


def _alone(node: Node) -> float:
    """The same rows by a plain loop: taken, noted as missed, removed, a commit each."""
    _due(node, TIMELY + OVERDUE, OVERDUE, "now() - mod({n}, 600) * interval '1 second'")
    take = (
        "SELECT id, (payload->>'deadline')::bigint FROM jobs_job WHERE state = 'waiting' AND run_at <= now()"
        " ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"
    )
    began = time.perf_counter()
    with psycopg.connect(node.database) as store:
        while (row := store.execute(take).fetchone()) is not None:
            store.execute("UPDATE stays_deadline SET state = 'missed', settled_at = now() WHERE id = %s", [row[1]])
            store.execute("DELETE FROM jobs_job WHERE id = %s", [row[0]])
            store.commit()
    return time.perf_counter() - began


def run() -> list[Result]:
    """Seconds late, and seconds to catch up."""
    os.environ["SAMHANDLING_TEST_STORE"] = "postgres"
    with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
        node = made.make(environment={"SAMHANDLING_WORKER_PROCESSES": "0"})
        node.run("world", "load", "liten")
        return measured(node)


def measured(node: Node) -> list[Result]:
    """The same on a node that is ready."""
    node.start_mllp()
    worker = node.start("worker")
    with PatientSystem(node.mllp_port) as line:
        for serial in range(PATIENTS):
            line.send(message("A01", serial, f"{serial}-1", at=present(), zpl="Y|9901"))
    waiting = "SELECT count(*) FROM stays_deadline WHERE clock = 'F1' AND state = 'due'"
    wait_until(lambda: node.query(waiting) == [(PATIENTS,)], seconds=120, what="the stays")
    fill(node, COPIES)
    late, rate = _timely(node)
    worker.stop()
    overdue = _overdue(node)
    alone = _alone(node)
    note = f"{TIMELY} of {OPEN:,} due in {TIMELY // 10} s beside {rate:.0f} events/s"
    return [
        Result("deadline to its job, p50", percentile(late, 0.5), "s", lower_is_better=True, note=note),
        Result("deadline to its job, latest", max(late), "s", goal=1, lower_is_better=True, note=note),
        Result(
            f"{OVERDUE:,} overdue after ten minutes down, from the start of the worker", overdue, "s", goal=5,
            lower_is_better=True, peer="SELECT … FOR UPDATE SKIP LOCKED, one note each", peer_value=alone,
        ),
    ]  # fmt: skip
