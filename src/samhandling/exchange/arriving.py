"""Transaction 1 of a message in: store the bytes whatever they are, ask for them to be read, commit (design 3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from samhandling.errors import SamhandlingError
from samhandling.exchange import originals
from samhandling.exchange.models import Arrival
from samhandling.exchange.rules import ArrivalEvent, ArrivalState
from samhandling.exchange.steps import move_arrival
from samhandling.exchange.values import Arrived
from samhandling.jobs.services import enqueue
from samhandling.tasks.services import close_tasks


class TransportKeyReusedError(SamhandlingError):
    """A carrier used one transport key for two different documents: a fault at the counterpart."""

    code = "exchange.transport_key_reused"


def arrive(
    data: bytes,
    *,
    carrier: str,
    transport_key: str,
    now: datetime,
    sender_her: str = "",
    receiver_her: str = "",
    service: str = "",
    action: str = "",
    read_at: datetime | None = None,
) -> Arrived:
    """Store what a carrier brought and the job that reads it. The carrier acknowledges only after this has returned.

    The same `transport_key` again is the same transmission: nothing is stored twice. `read_at` delays the reading.
    Never judges the bytes. Raises TransportKeyReusedError when the key was used for other bytes, and whatever the
    store raises: then nothing was stored and nothing may be acknowledged.
    """
    with transaction.atomic(savepoint=False):
        original = originals.store(data, organisation=None, now=now)
        arrival_id = _insert(
            carrier=carrier,
            transport_key=transport_key[:200],
            original_id=original.pk,
            sender_her=sender_her[:20],
            receiver_her=receiver_her[:20],
            service=service[:100],
            action=action[:100],
            received_at=connection.ops.adapt_datetimefield_value(now),
        )
        if arrival_id is not None:
            enqueue("exchange.read", {"arrival": arrival_id}, now=now, run_at=read_at)
            return Arrived(arrival_id, repeated=False)
        originals.forget(original)
    return _met_before(original.sha256, carrier, transport_key[:200])


def _insert(**values: Any) -> int | None:
    """The row's id; None when the transport key is taken. A conflict must not spoil the carrier's transaction."""
    names = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO exchange_arrival ({names}, state, type, msg_id, reason, flags)"  # noqa: S608
            f" VALUES ({marks}, '{ArrivalState.ARRIVED.value}', '', '', '', '[]')"
            " ON CONFLICT (carrier, transport_key) DO NOTHING RETURNING id",
            list(values.values()),
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _met_before(sha256: str, carrier: str, transport_key: str) -> Arrived:
    first = Arrival.objects.select_related("original").get(carrier=carrier, transport_key=transport_key)
    if first.original.sha256 != sha256:
        raise TransportKeyReusedError(f"arrival {first.pk}")
    return Arrived(first.pk, repeated=True)


@transaction.atomic
def read_again(arrival_id: int, *, now: datetime) -> None:
    """A person asks for an unreadable or unreceipted arrival to be read once more, after a correction on our side.

    Raises ImpossibleStepError for one that was read well.
    """
    reopen(arrival_id, now=now)
    enqueue("exchange.read", {"arrival": arrival_id}, now=now)


@transaction.atomic
def reopen(arrival_id: int, *, now: datetime) -> None:
    """Take an arrival out of what was set aside, and end the work that asked for it. Raises ImpossibleStepError."""
    arrival = Arrival.objects.select_for_update().get(pk=arrival_id)
    move_arrival(arrival, ArrivalEvent.TRY_AGAIN, now=now)
    close_tasks(subject=f"arrival:{arrival.pk}", how="obsolete", now=now)
