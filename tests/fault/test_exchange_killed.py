"""Two nodes on one machine, a shared folder between them, and workers killed at any time: nothing lost, nothing double."""

from __future__ import annotations

import random
import time

import pytest

from tests.exchange_node import SEND, WORLD
from tests.harness import Node, wait_until

COUNT = 20
KILLS = 5
SEED = 20261121

RETRY = """
from datetime import UTC, datetime
from samhandling.jobs.dead import retry
from samhandling.jobs.models import Job
for job in Job.objects.filter(state="dead"):
    retry(job.pk, now=datetime.now(UTC))
"""


def received_states(node: Node) -> list[tuple[str, int]]:
    return [tuple(row) for row in node.query("SELECT state, COUNT(*) FROM exchange_message GROUP BY state")]


@pytest.fixture
def pair(make_node, tmp_path):
    spool = {"SAMHANDLING_LOOPBACK_SPOOL": str(tmp_path / "spool")}
    hospital, municipality = make_node(environment=spool), make_node(environment=spool)
    hospital.python(WORLD, host="hospital")
    municipality.python(WORLD, host="municipality")
    return hospital, municipality


def test_two_nodes_exchange_and_receipt(pair):
    hospital, municipality = pair
    hospital.python(SEND, count=3)
    for node in pair:
        node.start("worker")
    wait_until(lambda: received_states(hospital) == [("received", 3)], seconds=90, what="the receipts")
    assert received_states(municipality) == [("taken", 3)]


def test_killed_workers_lose_nothing_and_double_nothing(pair):
    chance = random.Random(SEED)
    hospital, municipality = pair
    hospital.python(SEND, count=COUNT)
    workers = [node.start("worker") for node in pair]
    for kill in range(KILLS):
        time.sleep(chance.uniform(0.5, 3.0))
        workers[kill % 2].kill()
        workers[kill % 2] = pair[kill % 2].start("worker")

    def done() -> bool:
        for node in pair:
            if node.query("SELECT COUNT(*) FROM jobs_job WHERE state = 'dead'") != [(0,)]:
                # A job that was there at two deaths is set aside for a person, who lets it run again.
                node.python(RETRY)
        return received_states(hospital) == [("received", COUNT)]

    wait_until(done, seconds=90, what=f"the receipts (seed {SEED})")
    assert received_states(municipality) == [("taken", COUNT)]
    assert municipality.query("SELECT COUNT(*) FROM exchange_receipt WHERE direction = 'out'") == [(COUNT,)]
    assert hospital.query("SELECT COUNT(*) FROM exchange_receipt WHERE direction = 'in'") == [(COUNT,)]
    assert municipality.query("SELECT SUM(duplicates) FROM exchange_message") == [(0,)]
