"""Durable jobs: the rows that the worker lives on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from samhandling.jobs.rules import State


class WorkerLife(models.Model):
    """A worker process that is alive as long as it renews its lease.

    The lease runs on the machine's clock, never on a test store's simulated one: winding that clock forward must not
    make a living worker look dead.
    """

    place = models.CharField(max_length=100)
    """Host, boot and process namespace: within one place a process id says who is alive."""
    pid = models.IntegerField()
    pid_started = models.CharField(max_length=40)
    """When the system started that process: a process id can be used again."""
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField()


class Job(models.Model):
    """One piece of work that must be done, as a row of the business transaction that asked for it.

    A job that is done has no row. Life cycle: `rules.TABLE`.
    """

    handler = models.CharField(max_length=100)
    """Name in `wiring.HANDLERS`."""
    payload = models.JSONField(default=dict)
    """Row ids and codes only, never identity numbers or content."""
    queue = models.CharField(max_length=40, default="main")
    run_at = models.DateTimeField()
    """Not before this instant of the store's clock."""
    unique_name = models.CharField(max_length=200, null=True)
    """At most one *waiting* job of this name."""
    state = models.CharField(max_length=10, default=State.WAITING.value)
    attempts = models.IntegerField(default=0)
    """Times begun; counted before the work starts, so that a job which kills its process is seen."""
    crashes = models.IntegerField(default=0)
    """Times the worker that held it died."""
    worker = models.ForeignKey(WorkerLife, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    """Found through `job_running`."""
    created_at = models.DateTimeField()
    error_code = models.CharField(max_length=80, blank=True, default="")
    """Stable code of the last failure."""
    error_place = models.CharField(max_length=200, blank=True, default="")
    """Where it failed: exception class and line, never its text."""
    settled_at = models.DateTimeField(null=True)
    """When it died or was skipped."""
    settled_reason = models.CharField(max_length=500, blank=True, default="")
    """Why a person skipped it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unique_name"],
                condition=Q(state=State.WAITING.value, unique_name__isnull=False),
                name="job_unique_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["run_at", "id"], condition=Q(state=State.WAITING.value), name="job_due"),
            models.Index(fields=["worker"], condition=Q(state=State.RUNNING.value), name="job_running"),
            models.Index(
                fields=["settled_at"],
                condition=Q(state__in=[State.DEAD.value, State.SKIPPED.value]),
                name="job_settled",
            ),
        ]


class JobKey(models.Model):
    """A place in the line of one key. The row stands as long as its job blocks the key: until done or skipped."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=True)
    queue = models.CharField(max_length=40)
    key = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "key", "job"], name="jobkey_line")]
