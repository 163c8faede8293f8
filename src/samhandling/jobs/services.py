"""Enqueue, publish and cancel."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction

from samhandling.errors import SamhandlingError
from samhandling.jobs import at_once, handlers, sql
from samhandling.jobs.wake import wake_after_commit

# Stricter than the redaction of logs: eleven digits within a keyed hash are no person number.
_PERSON_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{6}[ .\-]?\d{5}(?![0-9A-Za-z])")


class JobRefusedError(SamhandlingError):
    """A job that may not be enqueued: private data in it, a time without a zone, or a timer with keys."""

    code = "job.refused"


def enqueue(
    handler: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    keys: Sequence[str] = (),
    queue: str = "main",
    run_at: datetime | None = None,
    unique: str | None = None,
) -> int:
    """Ask for `handler` to be run with `payload`, in the caller's transaction; gives the job's id, 0 when it was done.

    Asked for by a running job, a small handler is done within the same transaction (`jobs.at_once`).

    `keys`: the job waits for its turn in the line of each; enqueuing takes the keys' locks until the transaction ends.
    `run_at`: not before this instant (aware UTC); such a timer has no keys. `unique`: at most one waiting job of that
    name; a second one only makes it run at the earlier instant, and gives its id.
    `payload` holds row ids and codes only. Raises JobRefusedError.
    """
    if now.tzinfo is None or (run_at is not None and run_at.tzinfo is None):
        raise JobRefusedError("time without a zone")
    if keys and run_at is not None:
        raise JobRefusedError("a timer has no keys: order holds among due jobs only")
    if _PERSON_NUMBER.search(json.dumps([payload, list(keys), unique])):
        raise JobRefusedError(f"{handler}: something that looks like a person number")
    if run_at is None and unique is None and at_once.done(handler, payload, now=now, queue=queue, keys=keys):
        return 0
    with transaction.atomic(savepoint=False):
        job_id = sql.insert(
            handler=handler,
            payload=payload,
            queue=queue,
            run_at=run_at or now,
            unique_name=unique,
            created_at=now,
            keys=keys,
        )
        if run_at is None or run_at <= now:
            wake_after_commit()
    return job_id


def enqueue_hourly(*, now: datetime) -> None:
    """A job for each handler in `wiring.HOURLY`, unless one of it waits."""
    names: tuple[str, ...] = getattr(import_module(settings.SAMHANDLING_WIRING), "HOURLY", ())
    for name in names:
        enqueue(name, {}, now=now, unique=f"hourly:{name}")


@dataclass(frozen=True, slots=True)
class Timer:
    """One wait of `enqueue_timers`."""

    payload: dict[str, Any]
    run_at: datetime
    """Aware UTC."""
    unique: str


def enqueue_timers(handler: str, timers: Sequence[Timer], *, now: datetime) -> None:
    """As `enqueue` with `run_at` and `unique` for each, in one statement; no two have the same name.

    Raises JobRefusedError.
    """
    for timer in timers:
        if timer.run_at.tzinfo is None:
            raise JobRefusedError("time without a zone")
        if _PERSON_NUMBER.search(json.dumps([timer.payload, timer.unique])):
            raise JobRefusedError(f"{handler}: something that looks like a person number")
    rows = [(timer.payload, timer.run_at, timer.unique) for timer in timers]
    with transaction.atomic(savepoint=False):
        sql.insert_timers(handler=handler, queue="main", created_at=now, timers=rows)
        if any(timer.run_at <= now for timer in timers):
            wake_after_commit()


def publish(event: str, payload: dict[str, Any], *, now: datetime, keys: Sequence[str] = ()) -> list[int]:
    """Tell every subscriber of `event` by `enqueue`; gives the job ids. The payload gets the event's name."""
    return [enqueue(name, {**payload, "event": event}, now=now, keys=keys) for name in handlers.subscribers(event)]


def cancel(unique: str) -> bool:
    """Remove the waiting job of that name; False when there is none. One that already runs is not stopped."""
    with transaction.atomic(savepoint=False):
        return sql.delete_waiting(unique)


def hasten(job_id: int, *, now: datetime) -> bool:
    """Let a waiting job run now instead of later; False when it does not wait, or is due already."""
    with transaction.atomic(savepoint=False):
        hastened = sql.hasten(job_id, now)
        if hastened:
            wake_after_commit()
    return hastened


def lock_key(key: str) -> None:
    """Hold the lock of `key` until the caller's transaction ends; nobody enqueues for it meanwhile."""
    sql.lock_keys([key])


def next_run_at() -> datetime | None:
    """When the next job that nothing blocks may run (aware UTC, the store's clock); None when none waits."""
    return sql.next_run_at()
