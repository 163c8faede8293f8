"""Run claimed jobs in this thread: what the worker's threads do, and `run_due` for tests and `demo --once`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from django.db import transaction

from samhandling.jobs import at_once, handlers, life, outcomes, sql
from samhandling.jobs.rules import Event
from samhandling.jobs.running import LeaseLostError, Running
from samhandling.store.memo import remembering

log = structlog.get_logger("samhandling.jobs")

BATCH = 50


def run_one(job: sql.Claimed, worker_id: int, *, clock: Callable[[], datetime]) -> BaseException | None:
    """Run a claimed job and store what becomes of it; gives the error of a failed attempt.

    Raises only when the store does not take the outcome; the job is then still held by this worker.
    """
    began = time.perf_counter()
    with structlog.contextvars.bound_contextvars(correlation=f"job-{job.id}", handler=job.handler):
        try:
            with remembering(), at_once.allowing(job.attempt == 1 and not job.crashes):
                running = Running(
                    id=job.id,
                    handler=job.handler,
                    payload=job.payload,
                    attempt=job.attempt,
                    now=clock(),
                    worker_id=worker_id,
                )
                handlers.handler(job.handler)(running)
            if not running.settled:
                with transaction.atomic():
                    running.finish()
        except LeaseLostError:
            log.warning("job taken over by another worker")
            return None
        except Exception as error:  # whatever a handler raises is the outcome of its attempt
            _failed(job, worker_id, error, clock())
            return error
        log.debug("job done", seconds=round(time.perf_counter() - began, 4), attempt=job.attempt)
    return None


def _failed(job: sql.Claimed, worker_id: int, error: BaseException, now: datetime) -> None:
    told = outcomes.failure(error)
    event = outcomes.record_failure(job.id, worker_id, handler=job.handler, attempt=job.attempt, error=error, now=now)
    if event is None:
        # The attempt was committed or taken over before it failed.
        log.warning("job was settled before it failed", code=told.code, place=told.place)
    elif event is Event.GAVE_UP:
        log.error("job is dead", code=told.code, place=told.place, attempt=job.attempt)
    else:
        log.warning("job failed and will be tried again", code=told.code, place=told.place, attempt=job.attempt)


def run_due(now: datetime, *, strict: bool = False, limit: int | None = None) -> int:
    """Run in this process all that is due at `now` (aware UTC), also what these jobs enqueue, until nothing is.

    `now` is the clock of every job run here. Failing jobs are retried at their time, so not within one call; with
    `strict` the first error is raised after it has been stored. `limit`: stop after about so many. Gives how many ran.
    """
    worker = life.be_born(datetime.now(UTC))
    renewed = time.monotonic()
    done = 0
    try:
        while limit is None or done < limit:
            batch = sql.claim(worker.pk, now=now, limit=BATCH)
            if not batch:
                break
            for number, job in enumerate(batch):
                if time.monotonic() - renewed > life.RENEW.total_seconds():
                    life.renew(worker.pk, datetime.now(UTC))
                    renewed = time.monotonic()
                error = run_one(job, worker.pk, clock=lambda: now)
                done += 1
                if strict and error is not None:
                    for rest in batch[number + 1 :]:
                        outcomes.release(rest.id, worker.pk, run_at=rest.run_at, attempt=rest.attempt)
                    raise error
    finally:
        life.leave(worker.pk)
    return done
