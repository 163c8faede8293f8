"""Workers killed while notices go out: everybody is told, nobody twice without the ledger saying so."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from datetime import UTC, datetime
from datetime import time as clock

from samhandling.clock import oslo
from samhandling.clock.calendar import previous_ordinary_working_day
from tests.harness import Node, wait_until
from tests.smtp_server import mail_server

GROUPS, MEMBERS = 5, 24
KILLS = 5
SEED = 20261125

WORLD = """
from samhandling.registry.models import ContactGroup, ContactGroupMember
from samhandling.organisations.models import Organisation
hospital = Organisation.objects.get(her_id="98000100")
ContactGroup.objects.all().delete()
names = ["PLO Ressurspersoner", "PLO seksjonsledere", "PLO avdelingsrådgivere", "PLO Andre", "PLO avdelingssjefer"]
for number, name in enumerate(names):
    group = ContactGroup.objects.create(organisation=hospital, name=name, email="")
    for member in range(members):
        address = f"g{number}m{member}@sykehuset.invalid"
        ContactGroupMember.objects.create(group=group, role="Test", email=address)
"""
RETRY = """
from datetime import UTC, datetime
from samhandling.jobs.dead import retry
from samhandling.jobs.models import Job
for job in Job.objects.filter(state="dead"):
    retry(job.pk, now=datetime.now(UTC))
"""


def let_dead_jobs_run(node: Node) -> None:
    """A job that was there at two deaths is set aside for a person, who lets it run again."""
    if node.query("SELECT COUNT(*) FROM jobs_job WHERE state = 'dead'") != [(0,)]:
        node.python(RETRY)


def test_everybody_is_told_whatever_is_killed(make_node) -> None:  # type: ignore[no-untyped-def]
    chance = random.Random(SEED)
    with mail_server() as letters:
        setting = {"host": "127.0.0.1", "port": letters.port, "starttls": False, "sender": "stans@sykehuset.invalid"}
        node = make_node(environment={"SAMHANDLING_MAIL": json.dumps(setting)})
        node.run("world", "load", "liten")
        node.python(WORLD, members=MEMBERS)
        # An outage that began on a working day is told at once, whatever day it is today.
        began = oslo.from_local(previous_ordinary_working_day(oslo.day(datetime.now(UTC))), clock(10)).instant
        node.run("downtime", "announce", "--start", began.isoformat())
        worker = node.start("worker")
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.5, 2.0))
            worker.kill()
            worker = node.start("worker")

        def done() -> bool:
            let_dead_jobs_run(node)
            rows = node.query("SELECT COUNT(*) FROM downtime_notice WHERE state = 'sent'")
            return rows == [(GROUPS * MEMBERS,)]

        wait_until(done, seconds=90, what=f"the notices (seed {SEED})")
        worker.stop()
        got = Counter(str(letter["Message-ID"]) for letter in letters.got)
        assert len(got) == GROUPS * MEMBERS, "none is missing"
        assert len(set(letters.addresses())) == GROUPS * MEMBERS
        doubled = {message_id for message_id, count in got.items() if count > 1}
        marked = {row[0] for row in node.query("SELECT message_id FROM downtime_notice WHERE possibly_twice")}
        assert doubled <= marked, "a second copy has the same id, and the ledger says so"
