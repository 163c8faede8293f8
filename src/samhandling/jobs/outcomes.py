"""What becomes of a job that a worker held: failed, given up, handed back, or left by a worker that died."""

from __future__ import annotations

import sysconfig
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from samhandling.errors import SamhandlingError
from samhandling.jobs import sql
from samhandling.jobs.handlers import policy_of
from samhandling.jobs.models import Job, WorkerLife
from samhandling.jobs.rules import Event, GiveUp, State, after_crash, step
from samhandling.jobs.services import publish
from samhandling.jobs.wake import wake_after_commit


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why an attempt failed, free of content: a stable code, and where."""

    code: str
    place: str


def failure(error: BaseException) -> Failure:
    """What may be stored and logged of `error`: never its text, which can hold content."""
    code = error.code if isinstance(error, SamhandlingError) else SamhandlingError.code
    frames = traceback.extract_tb(error.__traceback__)
    library = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))
    ours = [frame for frame in frames if not frame.filename.startswith(library)] or frames
    where = f" {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return Failure(code=code, place=f"{type(error).__name__}{where}"[:200])


def record_failure(
    job_id: int, worker_id: int, *, handler: str, attempt: int, error: BaseException, now: datetime
) -> Event | None:
    """Store that an attempt failed: the job waits for its next one, or is dead and a person gets a task.

    `now` is the store's clock. Gives what happened, None when this worker no longer holds the job.
    """
    decision = policy_of(handler).decide(attempt=attempt, error=error)
    told = failure(error)
    with transaction.atomic():
        held = Job.objects.select_for_update().filter(pk=job_id, state=State.RUNNING, worker_id=worker_id)
        if held.update(error_code=told.code, error_place=told.place) != 1:
            return None
        if isinstance(decision, GiveUp):
            _die(job_id, Event.GAVE_UP, code=told.code, handler=handler, now=now)
            return Event.GAVE_UP
        sql.back_to_waiting(job_id, worker_id, run_at=now + decision.after)
        return Event.FAILED


def release(job_id: int, worker_id: int, *, run_at: datetime, attempt: int) -> None:
    """Hand back a job that was claimed and not begun: the attempt does not count."""
    sql.back_to_waiting(job_id, worker_id, run_at=run_at, attempts=attempt - 1)


def recover(*, machine_now: datetime, now: datetime, dead: tuple[int, ...] = ()) -> int:
    """Take back the jobs of workers that died; gives how many.

    Dead is who has not renewed the lease until `machine_now` (the machine's clock), and whoever is named in `dead`.
    `now` is the store's clock, for the tasks about jobs that are set aside.
    """
    with transaction.atomic():
        gone = list(
            WorkerLife.objects.select_for_update(skip_locked=sql.on_postgres())
            .filter(Q(lease_until__lt=machine_now) | Q(pk__in=dead))
            .values_list("pk", flat=True)
        )
        left = list(Job.objects.select_for_update().filter(worker_id__in=gone, state=State.RUNNING).order_by("pk"))
        for job in left:
            _left_by_dead_worker(job, now=now)
        WorkerLife.objects.filter(pk__in=gone).delete()
        if left:
            wake_after_commit()
    return len(left)


def _left_by_dead_worker(job: Job, *, now: datetime) -> None:
    event = after_crash(job.crashes)
    Job.objects.filter(pk=job.pk).update(crashes=job.crashes + 1)
    if event is Event.KILLED_TWICE:
        _die(job.pk, event, code="job.killed_worker", handler=job.handler, now=now)
        return
    assert job.worker_id is not None
    sql.back_to_waiting(job.pk, job.worker_id, run_at=job.run_at)


def _die(job_id: int, event: Event, *, code: str, handler: str, now: datetime) -> None:
    state, _ = step(State.RUNNING, event)
    Job.objects.filter(pk=job_id).update(state=state, worker=None, error_code=code, settled_at=now)
    payload = {"job": job_id, "handler": handler, "code": code}
    # A job about a dead job that dies in turn would go on for ever.
    if Job.objects.filter(pk=job_id, payload__event="job.dead").exists():
        return
    publish("job.dead", payload, now=now)
