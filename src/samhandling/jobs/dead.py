"""What a person does with a dead job: let it run again, or skip it with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from samhandling.errors import NotFoundError, redact
from samhandling.jobs import sql
from samhandling.jobs.models import Job, JobKey
from samhandling.jobs.rules import Event, State, step
from samhandling.jobs.services import JobRefusedError, publish
from samhandling.jobs.wake import wake_after_commit

SKIPPED_KEPT = timedelta(days=90)
"""How long the row of a skipped job is kept, for whoever asks why."""


def retry(job_id: int, *, now: datetime) -> None:
    """Let a dead job run again from its first attempt. Raises NotFoundError, JobTransitionError."""
    with transaction.atomic():
        job = locked(job_id)
        step(State(job.state), Event.RETRIED)
        sql.back_to_waiting(job_id, None, run_at=now, attempts=0, crashes=0)
        publish("job.settled", {"job": job_id, "how": "retried"}, now=now)
        wake_after_commit()


def skip(job_id: int, *, reason: str, now: datetime) -> None:
    """Leave a dead job undone for good, so that those behind it may run. Raises NotFoundError, JobTransitionError.

    `reason` is kept with the row for 90 days; it is shown to people, so it holds no identity number.
    """
    if not reason.strip():
        raise JobRefusedError("skipping needs a reason")
    with transaction.atomic():
        job = locked(job_id)
        job.state, _ = step(State(job.state), Event.SKIPPED)
        job.settled_at, job.settled_reason = now, redact(reason.strip())[:500]
        job.save(update_fields=["state", "settled_at", "settled_reason"])
        JobKey.objects.filter(job_id=job_id).delete()
        publish("job.settled", {"job": job_id, "how": "skipped"}, now=now)
        wake_after_commit()


def prune(*, now: datetime) -> int:
    """Remove rows of jobs that were skipped long ago; gives how many."""
    count, _ = Job.objects.filter(state=State.SKIPPED, settled_at__lt=now - SKIPPED_KEPT).delete()
    return count


def locked(job_id: int) -> Job:
    """The job's row, locked until the transaction ends. Raises NotFoundError."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise NotFoundError(f"job {job_id}")
    return job
