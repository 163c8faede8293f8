"""Outages: the plan, the first mail, 500 recipients through a restart, the status page and its files.

The peer of the 500 is the same mails handed over one by one by smtplib alone, on one connection each, without ledger.
"""

from __future__ import annotations

import json
import smtplib
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from tests.harness import Node, nodes, wait_until
from tests.smtp_server import Letters, mail_server

from benchmarks import Result, percentile, rate
from samhandling.clock import oslo
from samhandling.clock.calendar import previous_ordinary_working_day
from samhandling.downtime.rules.plan import plan
from samhandling.downtime.rules.policy import OSTFOLD_1
from samhandling.downtime.rules.values import Outage

RECIPIENTS, GROUPS = 500, 40

WORLD = """
from samhandling.downtime.models import DowntimePolicyChange
from samhandling.registry.models import ContactGroup, ContactGroupMember
from samhandling.organisations.models import Organisation
hospital = Organisation.objects.get(her_id="98000100")
ContactGroup.objects.all().delete()
names = [f"gruppe{n}" for n in range(groups)]
for number in range(recipients):
    group, _ = ContactGroup.objects.get_or_create(organisation=hospital, name=names[number % groups], email="")
    ContactGroupMember.objects.create(group=group, role="Test", email=f"m{number}@sykehuset.invalid")
DowntimePolicyChange.objects.create(
    organisation=hospital, name="Test", valid_from="2020-01-01", changes={"groups": names})
"""
PAGES = """
import tempfile, time
from pathlib import Path
from django.test import Client
from samhandling.downtime.exporting import write
from samhandling.store.services import now
client, times = Client(), []
for _ in range(200):
    began = time.perf_counter()
    client.get("/driftsstatus/")
    times.append((time.perf_counter() - began) * 1000)
with tempfile.TemporaryDirectory() as folder:
    began = time.perf_counter()
    write(Path(folder), now())
    export = time.perf_counter() - began
result = {"page": sorted(times), "export": export}
"""


def _plans() -> float:
    start = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    outage = Outage(kind="planned", start=start, end=start + timedelta(hours=3), known_at=start - timedelta(days=5))
    calendar = OSTFOLD_1.calendar
    return rate(lambda: plan(outage, OSTFOLD_1, calendar, outage.known_at))


def _alone(letters: Letters) -> float:
    """Seconds for the same mails by smtplib alone."""
    began = time.perf_counter()
    for number in range(RECIPIENTS):
        message = EmailMessage()
        message["Subject"], message["From"] = "Stans", "stans@sykehuset.invalid"
        message["To"] = f"m{number}@sykehuset.invalid"
        message.set_content("Stans. " * 60)
        with smtplib.SMTP("127.0.0.1", letters.port) as server:
            server.send_message(message)
    return time.perf_counter() - began


def announce_and_kill(node: Node, letters: Letters) -> tuple[float, float]:
    """Seconds to the first mail and to the last, with the worker killed in the middle."""
    before = len(letters.got)
    worker = node.start("worker")
    # An outage that began on a working day is told at once, whatever day it is today.
    working_day = previous_ordinary_working_day(oslo.day(datetime.now(UTC)))
    node.run("downtime", "announce", "--start", oslo.start_of_day(working_day).isoformat())
    began = time.perf_counter()
    wait_until(lambda: len(letters.got) > before, seconds=180, what="the first mail")
    first = time.perf_counter() - began
    wait_until(lambda: len(letters.got) > before + RECIPIENTS // 2, seconds=180, what="half of them")
    worker.kill()
    worker = node.start("worker")
    wait_until(lambda: len(set(letters.addresses()[before:])) == RECIPIENTS, seconds=180, what="all of them")
    last = time.perf_counter() - began
    worker.stop()
    return first, last


def run() -> list[Result]:
    """Seconds, milliseconds and plans a second."""
    with tempfile.TemporaryDirectory() as folder, mail_server() as letters, nodes(Path(folder)) as made:
        alone = _alone(letters)
        letters.got.clear()
        setting = {"host": "127.0.0.1", "port": letters.port, "starttls": False, "sender": "stans@sykehuset.invalid"}
        node = made.make(environment={"SAMHANDLING_MAIL": json.dumps(setting)})
        node.run("world", "load", "liten")
        node.python(WORLD, groups=GROUPS, recipients=RECIPIENTS)
        first, last = announce_and_kill(node, letters)
        pages = node.python(PAGES)
    return [
        Result("plan of an outage", _plans(), "/s"),
        Result("first mail after the command has ended", first, "s", goal=2, lower_is_better=True),
        Result(
            f"{RECIPIENTS} recipients in {GROUPS} groups, worker killed half way", last, "s", goal=30,
            lower_is_better=True, peer="smtplib alone", peer_value=alone,
        ),
        Result("status page, p99", percentile(pages["page"], 0.99), "ms", goal=20, lower_is_better=True),
        Result("static export", pages["export"], "s", goal=2, lower_is_better=True),
    ]  # fmt: skip
