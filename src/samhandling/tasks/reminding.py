"""Reminders of a condition that lasts (2.6): one each N hours, and one when an acknowledgement has run out.

`Task.remind_at` says when the next is due; one durable job a task waits for it. The reminder, the next time and the
job's new wait are one transaction, so that each reminder is given once whatever is killed in between.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from samhandling.jobs.running import Running
from samhandling.jobs.services import cancel, enqueue
from samhandling.tasks.models import Task, TaskStep


def following(organisation_id: int, now: datetime) -> datetime:
    """When a condition that lasts is reminded of next: after the hours that the organisation's routine says."""
    path: str = import_module(settings.SAMHANDLING_WIRING).REMIND_HOURS
    hours: Callable[[int, datetime], float] = import_string(path)
    return now + timedelta(hours=hours(organisation_id, now))


def _job(task: Task) -> str:
    return f"tasks.remind:{task.pk}"


def wait(task: Task, *, now: datetime) -> None:
    """Come back at `remind_at`, in place of an earlier wait. In the caller's transaction."""
    stop(task)
    enqueue("tasks.remind", {"task": task.pk}, now=now, run_at=task.remind_at, unique=_job(task))


def stop(task: Task) -> None:
    """Do not come back: the condition is over."""
    cancel(_job(task))


def remind(running: Running) -> None:
    """`tasks.remind`: the condition still lasts, so the task comes to the front again; nobody knows of it any more."""
    now = running.now
    with transaction.atomic():
        task = Task.objects.select_for_update().filter(pk=running.payload["task"], closed_at__isnull=True).first()
        if task is None or task.remind_at is None or task.remind_at > now:
            running.finish()  # Over, or somebody has put it off meanwhile: then another job waits.
            return
        task.acknowledged_by, task.acknowledged_at = None, None
        task.reminded_at, task.reminders, task.remind_at = now, task.reminders + 1, following(task.organisation_id, now)
        task.save(update_fields=["acknowledged_by", "acknowledged_at", "reminded_at", "reminders", "remind_at"])
        TaskStep.objects.create(task=task, at=now, kind="reminded", text=str(task.reminders))
        running.postpone(task.remind_at)
