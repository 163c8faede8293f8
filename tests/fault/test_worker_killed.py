"""The worker process: it works, stops cleanly, and nothing is lost or doubled when it is killed."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from tests.harness import Node, on_postgres, wait_until

ENQUEUE = """
from datetime import timedelta
from django.db import transaction
from samhandling.jobs.services import enqueue
from samhandling.store.services import now
with transaction.atomic():
    present = now()
    result = [
        enqueue(job.pop("handler", "write"), job["payload"], now=present, keys=job.get("keys", ()),
                run_at=present + timedelta(seconds=job["after"]) if "after" in job else None)
        for job in jobs
    ]
"""


@pytest.fixture
def node(make_node) -> Node:
    made = make_node(environment={"DJANGO_SETTINGS_MODULE": "tests.fault.job_settings"})
    serial = "BIGSERIAL PRIMARY KEY" if on_postgres() else "INTEGER PRIMARY KEY AUTOINCREMENT"
    made.query(f"CREATE TABLE effect (id {serial}, word TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)")
    return made


def words(node: Node) -> list[str]:
    return [word for (word,) in node.query("SELECT word FROM effect ORDER BY id")]


def jobs_left(node: Node) -> int:
    return node.query("SELECT count(*) FROM jobs_job")[0][0]


def test_it_works_and_stops_cleanly(node):
    worker = node.start("worker")
    wait_until(lambda: "worker started" in worker.log(), what="the worker")
    node.python(ENQUEUE, jobs=[{"payload": {"word": "a"}}])
    wait_until(lambda: words(node) == ["a"], what="the job")
    assert worker.stop() == 0
    assert node.query("SELECT count(*) FROM jobs_workerlife") == [(0,)]
    assert "worker stopped" in worker.log()


def test_a_timer_fires_within_a_second(node):
    node.start("worker")
    due = node.python(
        ENQUEUE + "from samhandling.jobs.models import Job\nresult = Job.objects.get().run_at.timestamp()",
        jobs=[{"payload": {"word": "timer"}, "after": 2.5}],
    )
    wait_until(lambda: words(node) == ["timer"], what="the timer")
    ((at,),) = node.query("SELECT at FROM effect")
    assert due <= at < due + 1.0


def test_winding_the_clock_forward_fires_timers_and_keeps_workers_alive(node):
    worker = node.start("worker")
    node.python(ENQUEUE, jobs=[{"payload": {"word": "tomorrow"}, "after": 86400}])
    node.python(
        "from datetime import datetime, timedelta, UTC\n"
        "from samhandling.store import services\n"
        "present = datetime.now(UTC)\n"
        "services.set_clock(present + timedelta(days=2), machine_now=present)\n"
    )
    wait_until(lambda: words(node) == ["tomorrow"], what="the timer")
    assert worker.running
    assert "lease" not in worker.log()


def test_stopping_finishes_what_runs_and_hands_back_the_rest(node):
    jobs = [{"payload": {"word": str(number), "seconds": 0.4}} for number in range(30)]
    worker = node.start("worker")
    wait_until(lambda: "worker started" in worker.log(), what="the worker")
    node.python(ENQUEUE, jobs=jobs)
    wait_until(lambda: words(node), what="the first job")
    assert worker.stop() == 0
    done = words(node)
    assert 0 < len(done) < 30
    assert node.query("SELECT count(*) FROM jobs_job WHERE state = 'waiting' AND attempts = 0 AND crashes = 0") == [
        (30 - len(done),)
    ]


def test_a_job_that_kills_its_worker_is_set_aside_after_the_second_time(node):
    ids = node.python(
        ENQUEUE,
        jobs=[{"handler": "kill_worker", "payload": {}}] + [{"payload": {"word": str(n)}} for n in range(20)],
    )
    for _ in range(2):
        worker = node.start("worker")
        wait_until(lambda worker=worker: not worker.running, what="the death of the worker")
    node.start("worker")
    wait_until(lambda: jobs_left(node) == 1, what="the others")
    assert sorted(words(node), key=int) == [str(n) for n in range(20)]
    assert node.query("SELECT id, state, error_code, crashes FROM jobs_job") == [
        (ids[0], "dead", "job.killed_worker", 2)
    ]


def test_several_processes_stop_together_and_a_killed_one_comes_back(node):
    worker = node.start("worker", "worker", "--processes", "2")

    def both_work() -> bool:
        # By who they are: while the new one starts, the dead one's row makes two as well.
        children = set(worker.children())
        return len(children) == 2 and {pid for (pid,) in node.query("SELECT pid FROM jobs_workerlife")} == children

    wait_until(both_work, 60, what="both")
    victim = worker.children()[0]
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: "started anew" in worker.log() and victim not in worker.children(), 60, what="the new one")
    node.python(ENQUEUE, jobs=[{"payload": {"word": str(n)}} for n in range(20)])
    wait_until(lambda: len(words(node)) == 20, 60, what="the jobs")
    wait_until(both_work, 60, what="both again")
    assert worker.stop() == 0
    assert node.query("SELECT count(*) FROM jobs_workerlife") == [(0,)]


@pytest.mark.parametrize("seed", [20261124, 7])
def test_killing_workers_at_random_loses_and_doubles_nothing(node, seed):
    chance = random.Random(seed)
    keys = [f"patient {number}" for number in range(25)]
    jobs = [
        {"payload": {"word": f"{key}:{number:03}", "seconds": chance.choice([0, 0, 0.01])}, "keys": [key]}
        for number in range(24)
        for key in keys
    ]
    workers = [node.start(f"worker-{n}", "worker") for n in range(2)]
    for start in range(0, len(jobs), 100):
        node.python(ENQUEUE, jobs=jobs[start : start + 100])
        victim = chance.randrange(2)
        time.sleep(chance.uniform(0.0, 0.3))
        workers[victim].kill()
        workers[victim] = node.start(f"worker-{victim}", "worker")

    def all_done() -> bool:
        # A job that was hit by two kills waits for a person, who says: again.
        for job_id, code in node.query("SELECT id, error_code FROM jobs_job WHERE state = 'dead'"):
            assert code == "job.killed_worker"
            node.run("jobs", "retry", str(job_id))
        return jobs_left(node) == 0

    wait_until(all_done, 90, "all jobs")
    done = words(node)
    assert len(done) == len(jobs)
    assert len(set(done)) == len(jobs)
    for key in keys:
        mine = [word for word in done if word.startswith(f"{key}:")]
        assert mine == sorted(mine), f"order within {key}"
