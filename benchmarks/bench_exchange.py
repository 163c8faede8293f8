"""The exchange: from a draft to a counted receipt on loopback, what it costs, and how long it takes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.exchange_node import SEND, WORLD
from tests.harness import Node, nodes, on_postgres, wait_until

from benchmarks import Result, percentile

COUNT = 200

COSTS = (
    """
import time
from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.exchange.services import arrive
from samhandling.jobs.worker import run_due
result = {}

def timed(name, count, work):
    began = time.perf_counter()
    work()
    result[name] = count / (time.perf_counter() - began)

def send_all():
"""
    + "".join(f"    {line}\n" for line in SEND.splitlines())
    + """
timed("send", count, send_all)
timed("receipted", count, lambda: run_due(datetime.now(UTC)))
assert set(Message.objects.values_list("state", flat=True)) == {"received", "taken"}
data = originals.read(Message.objects.first().original)

def arrive_all():
    for number in range(count):
        arrive(data, carrier="loopback", transport_key=str(number), now=datetime.now(UTC))

timed("arrive", count, arrive_all)
"""
)
COSTS = COSTS.replace("def send_all():\n", "from datetime import UTC, datetime\n\ndef send_all():\n")

STEADY = """
import time
for _ in range(60):
    began = time.perf_counter()
    exec(one, {"count": 1})
    time.sleep(max(0, 0.05 - (time.perf_counter() - began)))
result = True
"""

WAITS = """
from samhandling.exchange.models import Delivery, MessageEvent
ended = dict(MessageEvent.objects.filter(kind="delivery.receipt_ok").values_list("delivery_id", "at"))
began = dict(Delivery.objects.filter(message__isnull=False).values_list("pk", "queued_at"))
result = [(ended[pk] - began[pk]).total_seconds() * 1000 for pk in ended if pk in began]
"""


def run() -> list[Result]:
    """Sending, reading and receipting in one process; then a worker process at 20 messages a second."""
    store = "PostgreSQL" if on_postgres() else "SQLite"
    with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
        node = made.make()
        node.python(WORLD, host="both")
        costs = node.python(COSTS, count=COUNT)
        waits = _waits(made.make())
    return [
        Result(f"message composed and stored ({store})", costs["send"], "/s"),
        Result(f"message delivered, read, receipted ({store}, one process)", costs["receipted"], "/s"),
        Result(f"arrival stored, transaction 1 ({store})", costs["arrive"], "/s"),
        Result(
            f"draft to counted receipt at 20/s, p50 ({store})",
            percentile(waits, 0.5),
            "ms",
            goal=100 if on_postgres() else 250,
            lower_is_better=True,
            note="until the job that counts the receipt begins",
        ),
        Result(f"draft to counted receipt at 20/s, p95 ({store})", percentile(waits, 0.95), "ms", lower_is_better=True),
    ]


def _waits(node: Node) -> list[float]:
    node.python(WORLD, host="both")
    node.start("worker")
    node.python(STEADY, one=SEND)
    wait_until(
        lambda: node.query("SELECT COUNT(*) FROM exchange_message WHERE state = 'received'") == [(60,)],
        seconds=60,
        what="the receipts",
    )
    waits: list[float] = node.python(WAITS)
    return waits
