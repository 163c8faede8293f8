"""The desk of the message responsible and the figures of the leader, with 100,000 stays and a million messages.

PostgreSQL. Real stays are played first; the rest are copies of their rows, spread over two years. The peer is the same
page with a hundredth of the rows and the same open tasks: what the amount alone costs.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.harness import nodes

from benchmarks import Result, percentile
from benchmarks.copies import ABOVE, Copies, fill

STAYS, MESSAGES, OPEN_TASKS, VIEWS = 100_000, 1_000_000, 400, 60
SMALL = 0.01

WORLD = """
from datetime import timedelta
from samhandling.access import services as access
from samhandling.access.roles import Role
from samhandling.exchange.models import Message
from samhandling.intake.services import take_in
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.store.services import now as present
from samhandling.tasks.services import open_task
from samhandling.worklist.models import DeskWatch
from tests.feed import journey
now = present()
hospital = Organisation.objects.get(kind="hospital", hosted=True)
for serial in range(5):
    for piece in journey(serial, at=now - timedelta(minutes=5)):
        take_in(piece, organisation=hospital, now=now)
        run_due(now)
message = Message.objects.filter(direction="out", subject__startswith="stay:", state="received").first()
for number in range(tasks):
    # One counterpart that answers nobody, and many that owe a few receipts.
    counterpart = 0 if number < 140 else 1 + number % 60
    open_task(
        organisation=hospital, kind="call", cause="A-01", severity="medium" if counterpart else "high", now=now,
        patient=message.patient, subject=f"message:{above + 1 + number}", group_key=f"A-01:{counterpart}",
        unique_key=f"A-01:{number}:waiting", text="Ikke bekreftet mottatt. Ring.", role="message_responsible",
        anomaly="A-01")
open_task(organisation=hospital, kind="call", cause="A-01", severity="normal", now=now, unique_key="template",
          subject=f"message:{message.pk}", role="message_responsible", anomaly="A-01")
for name, role in (("queue", Role.MESSAGE_RESPONSIBLE), ("figures", Role.LEADER)):
    user = access.add_user(name, "en-lang-nok-setning", now=now)
    access.add_role(user, role, hospital, now=now)
DeskWatch.objects.create(
    organisation=hospital, role="message_responsible", began_at=now, last_at=now - timedelta(hours=16))
result = {"organisation": hospital.pk, "message": message.pk}
"""

PAGES = """
import time
from django.conf import settings
from django.test import Client
from samhandling.access.models import User
result = {}
for name, address in (("queue", "/"), ("figures", "/tall/")):
    client, times = Client(SERVER_NAME="localhost"), []
    client.force_login(User.objects.get(username=name))
    for number in range(views + 3):
        began = time.perf_counter()
        answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
        times.append((time.perf_counter() - began) * 1000)
    assert marks[name] in answer.content.decode(), answer.content.decode()
    result[name] = times[3:]
"""

SPREAD = "now() - mod(g::bigint * 7919, 63000000) * interval '1 second'"
COPIES = [
    Copies("stays_stay", "state <> 'void'", STAYS, {
        "visit": "'C-' || g", "admitted_at": SPREAD, "discharged_at": f"{SPREAD} + interval '20 hours'"}),
    Copies("stays_deadline", "clock = 'F1'", STAYS, {
        "stay_id": f"{ABOVE} + g", "state": "CASE WHEN mod(g, 20) = 0 THEN 'missed' ELSE 'met' END",
        "starts_at": SPREAD, "due_at": f"{SPREAD} + interval '24 hours'",
        "settled_at": f"{SPREAD} + interval '9 hours'"}),
    Copies("exchange_message", "direction = 'out' AND state = 'received' AND subject LIKE 'stay:%'", MESSAGES, {
        "msg_id": "'copy-' || g", "msg_id_written": "'copy-' || g", "created_at": SPREAD,
        "direction": "CASE WHEN mod(g, 3) = 0 THEN 'in' ELSE 'out' END",
        "state": "CASE WHEN mod(g, 500) = 1 THEN 'rejected' WHEN mod(g, 1000) = 2 THEN 'unconfirmed'"
                 " WHEN g < 900 THEN 'sent' ELSE 'received' END",
        "subject": f"'stay:' || ({ABOVE} + 1 + mod(g, {STAYS}))"}),
    Copies("exchange_delivery", "message_id IS NOT NULL", MESSAGES, {
        "message_id": f"{ABOVE} + g", "transport_id": "gen_random_uuid()", "queued_at": SPREAD}),
    Copies("exchange_messageevent", "message_id IS NOT NULL", MESSAGES, {
        "message_id": f"{ABOVE} + g", "delivery_id": f"{ABOVE} + g", "at": SPREAD,
        "kind": "CASE WHEN mod(g, 500) = 1 THEN 'delivery.receipt_rejected' ELSE kind END"}),
    Copies("tasks_task", "unique_key = 'template'", STAYS * 3, {
        "unique_key": "'copy-' || g", "opened_at": SPREAD, "remind_at": "NULL",
        "closed_at": f"{SPREAD} + interval '2 hours'", "closed_how": "'resolved'"}),
]  # fmt: skip


def run() -> list[Result]:
    """Milliseconds of each page."""
    os.environ["SAMHANDLING_TEST_STORE"] = "postgres"
    marks = {"queue": "140", "figures": "Tidligmelding i tide"}
    with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
        node = made.make()
        node.run("world", "load", "liten")
        node.python(WORLD, tasks=OPEN_TASKS, above=ABOVE)
        fill(node, COPIES, 0, SMALL)
        before = node.python(PAGES, views=VIEWS, marks=marks)
        fill(node, COPIES, SMALL, 1)
        after = node.python(PAGES, views=VIEWS, marks=marks)
    size = f"{STAYS:,} stays, {MESSAGES:,} messages, {OPEN_TASKS} open tasks"
    return [
        Result(
            f"{text}, {name}", percentile(after[page], share), "ms", goal=goal, lower_is_better=True,
            peer=f"with {SMALL:.0%} of it", peer_value=percentile(before[page], share), note=size,
        )
        for page, text in (("queue", "queue of the message responsible"), ("figures", "figures of one month"))
        for share, name, goal in ((0.5, "p50", None), (0.95, "p95", 150 if page == "queue" else None))
    ]  # fmt: skip
