"""One node of the round, in a process of its own: does what it is told at a simulated time, a line of JSON each way."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from samhandling.carriers.ebxml_smtp.collecting import collect
from samhandling.carriers.models import Transmission
from samhandling.exchange.models import Delivery, Direction, Message, Receipt
from samhandling.intake.services import take_in
from samhandling.jobs import dead, life, outcomes
from samhandling.jobs.models import Job
from samhandling.jobs.services import next_run_at
from samhandling.jobs.worker import run_due
from samhandling.mailboxes import MailboxError
from samhandling.organisations.models import Organisation
from samhandling.store import services as store


def serve() -> None:
    """Read orders from stdin until it ends; first take back what a process before this one died of."""
    machine_now = datetime.now(UTC)
    outcomes.recover(machine_now=machine_now, now=store.now(), dead=life.dead_neighbours(machine_now))
    for line in sys.stdin:
        order = json.loads(line)
        match order["order"]:
            case "step":
                said = step(datetime.fromisoformat(order["at"]), order["feed"])
            case "retry":
                said = retry_dead(datetime.fromisoformat(order["at"]))
            case _:
                said = report()
        print(json.dumps(said, default=str), flush=True)


def step(now: datetime, feed: list[str]) -> dict[str, Any]:
    """Take in what the patient system says, then work and fetch until nothing is left to do at this time."""
    store.set_clock(now, machine_now=datetime.now(UTC))
    for text in feed:
        hospital = Organisation.objects.get(kind="hospital", hosted=True)
        take_in(text.encode(), organisation=hospital, now=now)
    done = run_due(now)
    try:
        while fetched := collect(now):
            done += fetched + run_due(now)
    except MailboxError:
        pass  # seen again at the next step
    coming = next_run_at()
    return {"done": done, "next": coming.isoformat() if coming is not None and coming > now else None}


def retry_dead(now: datetime) -> dict[str, Any]:
    """What operations does about work that two crashes have stopped: once more."""
    found = list(Job.objects.filter(state="dead").values_list("pk", flat=True))
    for job in found:
        dead.retry(job, now=now)
    return {"retried": len(found)}


def report() -> dict[str, Any]:
    """What went out and came in, for the table and the verdict."""
    sent = {one.transport_id: one for one in Transmission.objects.all()}
    deliveries = []
    for row in Delivery.objects.select_related("message", "receipt").order_by("pk"):
        line = sent.get(row.transport_id)
        receipt_id = row.receipt.receipt_id.lower() if row.receipt is not None else ""
        deliveries.append({
            "transport_id": str(row.transport_id),
            "msg_id": row.message.msg_id if row.message is not None else receipt_id,
            "what": row.message.type if row.message is not None else "APPREC",
            "receiver": row.her_id,
            "state": row.state,
            "line": line.state if line is not None else "",
            "tries": line.tries if line is not None else 0,
            "queued": row.queued_at, "handed": row.handed_at, "acknowledged": row.acknowledged_at,
            "receipted": row.receipted_at, "reason": row.reason,
        })  # fmt: skip
    counted = Receipt.objects.filter(direction=Direction.IN, standing=Receipt.Standing.COUNTED)
    return {
        "deliveries": deliveries,
        "messages": list(Message.objects.filter(direction=Direction.IN).values_list("msg_id", flat=True)),
        "receipts": [one.lower() for one in counted.values_list("receipt_id", flat=True)],
        "dead": list(Job.objects.filter(state="dead").values_list("handler", flat=True)),
    }
