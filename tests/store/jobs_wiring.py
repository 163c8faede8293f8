"""Handlers of the job tests: each leaves a row that says what it did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from samhandling.errors import SamhandlingError
from samhandling.jobs.at_once import JobOfItsOwn
from samhandling.jobs.handlers import at_once, retry_with
from samhandling.jobs.models import WorkerLife
from samhandling.jobs.rules import Retry
from samhandling.jobs.running import Running

DONE: list[tuple[str, int]] = []
"""What ran, in order: a word and the attempt."""


class StubbornError(SamhandlingError):
    """Trying again does not help."""

    code = "test.stubborn"


def note(running: Running) -> None:
    """Write down the word; finish in its own transaction."""
    with transaction.atomic():
        DONE.append((running.payload["word"], running.attempt))
        running.finish()


def silent(running: Running) -> None:
    """Write down the word and leave finishing to the worker."""
    DONE.append((running.payload["word"], running.attempt))


@retry_with(Retry(first=timedelta(seconds=10), factor=2, attempts=3))
def failing(running: Running) -> None:
    """Fail as often as the payload says."""
    DONE.append((running.payload["word"], running.attempt))
    if running.attempt <= running.payload["times"]:
        raise ValueError("content that must not be stored: 13116900216")


def stubborn(running: Running) -> None:
    """Fail for good."""
    DONE.append((running.payload["word"], running.attempt))
    raise StubbornError


def half(running: Running) -> None:
    """Enqueue another job, finish, then fail before the commit."""
    from samhandling.jobs.services import enqueue

    with transaction.atomic():
        enqueue("note", {"word": "never"}, now=running.now)
        running.finish()
        raise StubbornError


def chain(running: Running) -> None:
    """Enqueue the next of a chain and finish, in one transaction."""
    from samhandling.jobs.services import enqueue

    with transaction.atomic():
        DONE.append((str(running.payload["left"]), running.attempt))
        if running.payload["left"]:
            enqueue("chain", {"left": running.payload["left"] - 1}, now=running.now)
        running.finish()


def later(running: Running) -> None:
    """Postpone once by an hour."""
    with transaction.atomic():
        DONE.append((running.payload["word"], running.attempt))
        if running.now < running_until():
            running.postpone(running_until())
        else:
            running.finish()


def running_until():
    """The instant that `later` waits for."""
    from datetime import UTC, datetime

    return datetime(2026, 11, 24, 9, tzinfo=UTC)


def told(running: Running) -> None:
    """Subscriber: write down what it was told."""
    DONE.append(
        (f"{running.payload['event']} {running.payload.get('code') or running.payload.get('how')}", running.attempt)
    )


def asking(running: Running) -> None:
    """Ask for another handler with the payload, then write down the word; fail at the end when the payload says so."""
    from samhandling.jobs.services import enqueue

    with transaction.atomic():
        enqueue(running.payload["other"], {"word": "asked"}, now=running.now, keys=running.payload.get("keys", ()))
        DONE.append((running.payload["word"], running.attempt))
        if running.payload.get("fails"):
            raise ValueError
        running.finish()


@at_once
def small(running: Running) -> None:
    """Write down the word with how it was run, and leave a row."""
    with transaction.atomic(savepoint=False):
        DONE.append((f"{running.payload['word']} {'at once' if running.at_once else 'as a job'}", running.attempt))
        WorkerLife.objects.create(place="small", pid=1, pid_started="", started_at=running.now, lease_until=ALIVE)
        running.finish()


@at_once
def small_failing(running: Running) -> None:
    """Leave a row, then fail, unless it is a job of its own."""
    small(running)
    if running.at_once:
        raise ValueError("content that must not be stored: 13116900216")


@at_once
def small_refusing(running: Running) -> None:
    """Leave a row, then want to be a job of its own."""
    small(running)
    if running.at_once:
        raise JobOfItsOwn


@at_once
def small_waiting(running: Running) -> None:
    """Want to wait."""
    with transaction.atomic(savepoint=False):
        DONE.append((running.payload["word"], running.attempt))
        running.postpone(running.now + timedelta(hours=1))


ALIVE = datetime(2100, 1, 1, tzinfo=UTC)
HANDLERS = {
    name: f"tests.store.jobs_wiring.{name}"
    for name in (
        "note",
        "silent",
        "failing",
        "stubborn",
        "half",
        "chain",
        "later",
        "told",
        "asking",
        "small",
        "small_failing",
        "small_refusing",
        "small_waiting",
    )
}
SUBSCRIBERS = {"job.dead": ("told",), "job.settled": ("told",), "twice": ("silent", "note")}
