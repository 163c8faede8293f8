"""Jobs: how fast they are enqueued, claimed and run, and how soon a waiting worker takes one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from tests.harness import Node, nodes, wait_until

from benchmarks import Result, percentile

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.fault.job_settings"}

INSIDE = """
import time
from datetime import UTC, datetime
from django.db import transaction
from samhandling.jobs import life, sql
from samhandling.jobs.models import Job, JobKey
from samhandling.jobs.services import enqueue
from samhandling.jobs.worker import run_due

now = datetime(2026, 11, 24, 8, tzinfo=UTC)
result = {}

def timed(name, count, work):
    began = time.perf_counter()
    work()
    result[name] = count / (time.perf_counter() - began)

def clear():
    JobKey.objects.all().delete()
    Job.objects.all().delete()

def enqueue_many(count, key=None):
    with transaction.atomic():
        for number in range(count):
            enqueue("write", {"word": "x"}, now=now, keys=[key(number)] if key else ())

def one_by_one():
    for number in range(300):
        with transaction.atomic():
            enqueue("write", {"word": "x"}, now=now, keys=[f"patient {number}"])

def claim_all():
    worker = life.be_born(datetime.now(UTC))
    while sql.claim(worker.pk, now=now, limit=200):
        pass

timed("enqueue_one_transaction_each", 300, one_by_one)
clear()
timed("enqueue_in_one_transaction", 10000, lambda: enqueue_many(10000))
timed("claim", 10000, claim_all)
clear()
enqueue_many(1000, key=lambda number: f"patient {number}")
timed("run", 1000, lambda: run_due(now))
enqueue_many(500, key=lambda number: "patient 1")
timed("run_one_key", 500, lambda: run_due(now))
clear()
"""

ONE_A_MOMENT = """
import time
from django.db import transaction
from samhandling.jobs.services import enqueue
from samhandling.store.services import now
result = []
for number in range(100):
    with transaction.atomic():
        enqueue("write", {"word": str(number)}, now=now())
    result.append(time.time())
    time.sleep(0.05)
"""


def _effects(node: Node, postgres: bool) -> None:
    serial = "BIGSERIAL PRIMARY KEY" if postgres else "INTEGER PRIMARY KEY AUTOINCREMENT"
    node.query(f"CREATE TABLE effect (id {serial}, word TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)")


def _latencies(node: Node) -> list[float]:
    """Milliseconds from the commit that enqueues to the handler's work, 20 jobs a second, one worker."""
    worker = node.start("worker")
    wait_until(lambda: "worker started" in worker.log(), what="the worker")
    node.query("DELETE FROM effect")
    committed = node.python(ONE_A_MOMENT)
    wait_until(lambda: node.query("SELECT count(*) FROM effect") == [(100,)], what="the jobs")
    at = dict(node.query("SELECT word, at FROM effect"))
    return [1000 * (at[str(number)] - instant) for number, instant in enumerate(committed)]


def run() -> list[Result]:
    """Both stores."""
    results = []
    for store in ("sqlite", "postgres"):
        os.environ["SAMHANDLING_TEST_STORE"] = store
        with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
            node = made.make(environment=SETTINGS)
            _effects(node, store == "postgres")
            figures: dict[str, Any] = node.python(INSIDE)
            waits = _latencies(node)
        results += [
            Result(f"{store}: enqueue with a key, a commit each", figures["enqueue_one_transaction_each"], "/s"),
            Result(f"{store}: enqueue in one transaction", figures["enqueue_in_one_transaction"], "/s"),
            Result(f"{store}: claim in batches of 200", figures["claim"], "/s"),
            Result(f"{store}: run, a commit each", figures["run"], "/s"),
            Result(f"{store}: run, all of one key, a commit each", figures["run_one_key"], "/s"),
            Result(f"{store}: commit to start, p50", percentile(waits, 0.5), "ms", lower_is_better=True),
            Result(f"{store}: commit to start, p95", percentile(waits, 0.95), "ms", lower_is_better=True),
        ]
    return results
