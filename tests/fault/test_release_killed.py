"""Workers killed while what an outage held is let go: all of it once, at its pace, and nothing that was withdrawn."""

from __future__ import annotations

import random
import time

import pytest

from tests.exchange_node import SEND, WORLD
from tests.fault.test_exchange_killed import RETRY
from tests.harness import Node, wait_until

COUNT = 16
KILLS = 4
PER_MINUTE = 120
SEED = 20261122

HOLD = """
from datetime import UTC, datetime
from samhandling.exchange.services import hold
from samhandling.organisations.models import Organisation
hold(Organisation.objects.get(her_id="8000"), subject="outage:1", counterparts=["8100"], keeps=True, now=datetime.now(UTC))
"""
WITHDRAW = """
from datetime import UTC, datetime
from samhandling.exchange.models import Message
from samhandling.exchange.services import cancel
first = Message.objects.filter(direction="out").order_by("pk").first()
assert cancel(first, reason="Feil pasient", now=datetime.now(UTC)).message is not None
"""
RELEASE = """
from datetime import UTC, datetime
from samhandling.exchange.services import release
from samhandling.organisations.models import Organisation
release(Organisation.objects.get(her_id="8000"), subject="outage:1", now=datetime.now(UTC), per_minute=per_minute)
"""
DECIDE = """
from datetime import UTC, datetime
from samhandling.access.services import add_user
from samhandling.exchange.models import WithdrawnMatter
from samhandling.exchange.services import decide_withdrawn
now = datetime.now(UTC)
user = add_user("kari", "et langt passord for proven", now=now, first_name="Kari", last_name="Vik")
matter = WithdrawnMatter.objects.get(decided_at=None)
decide_withdrawn(matter.pk, organisation_id=matter.organisation_id, send=False, user=user, now=now)
"""


@pytest.fixture
def pair(make_node, tmp_path):  # type: ignore[no-untyped-def]
    spool = {"SAMHANDLING_LOOPBACK_SPOOL": str(tmp_path / "spool")}
    hospital, municipality = make_node(environment=spool), make_node(environment=spool)
    hospital.python(WORLD, host="hospital")
    municipality.python(WORLD, host="municipality")
    return hospital, municipality


def count(node: Node, where: str) -> int:
    return int(node.query(f"SELECT COUNT(*) FROM exchange_message WHERE {where}")[0][0])


def test_killed_workers_let_everything_go_once_and_nothing_undecided(pair) -> None:  # type: ignore[no-untyped-def]
    chance = random.Random(SEED)
    hospital, municipality = pair
    hospital.python(HOLD)
    hospital.python(SEND, count=COUNT)
    hospital.python(WITHDRAW)
    workers = [node.start("worker") for node in pair]
    wait_until(
        lambda: hospital.query("SELECT COUNT(*) FROM exchange_delivery WHERE hold_id IS NOT NULL") == [(COUNT + 1,)],
        seconds=60, what="the holds",
    )  # fmt: skip
    assert count(municipality, "1 = 1") == 0
    hospital.python(RELEASE, per_minute=PER_MINUTE)
    for kill in range(KILLS):
        time.sleep(chance.uniform(0.5, 2.0))
        workers[kill % 2].kill()
        workers[kill % 2] = pair[kill % 2].start("worker")

    def settle() -> None:
        for node in pair:
            if node.query("SELECT COUNT(*) FROM jobs_job WHERE state = 'dead'") != [(0,)]:
                node.python(RETRY)

    # The four patients have four messages each: those of the withdrawn one's patient wait behind it.
    behind = COUNT // 4

    def let_go() -> bool:
        settle()
        return count(hospital, "state = 'received'") == COUNT - behind

    wait_until(let_go, seconds=180, what=f"what may go (seed {SEED})")
    assert count(municipality, "1 = 1") == COUNT - behind, "nothing undecided is sent silently"
    assert hospital.query("SELECT COUNT(*) FROM exchange_withdrawnmatter") == [(1,)]
    hospital.python(DECIDE)
    workers[0].kill()
    workers[0] = hospital.start("worker")

    def done() -> bool:
        settle()
        return count(hospital, "state = 'received'") == COUNT - 1

    wait_until(done, seconds=180, what=f"the rest (seed {SEED})")
    assert count(hospital, "state = 'withheld'") == 2, "the message and its withdrawal"
    assert count(municipality, "1 = 1") == COUNT - 1
    assert municipality.query("SELECT COALESCE(SUM(duplicates), 0) FROM exchange_message") == [(0,)]
    turns = [row[0] for row in hospital.query(
        "SELECT COUNT(*) FROM exchange_delivery WHERE let_go_at IS NOT NULL GROUP BY let_go_at")]  # fmt: skip
    assert max(turns) <= PER_MINUTE // 60, "no more at a time than the pace allows"
