"""Who is alive: a worker's row with a lease, and a quicker answer for workers of the same machine."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from samhandling.jobs.models import Job, WorkerLife
from samhandling.jobs.rules import State

LEASE = timedelta(seconds=15)
"""A worker that has not renewed its lease for this long is dead."""
RENEW = timedelta(seconds=4)
"""How often it renews."""


@lru_cache(maxsize=1)
def place() -> str:
    """Where process ids mean the same: host, boot and process namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()[:40]} {boot[:18]} {os.readlink('/proc/self/ns/pid')}"[:100]
    except OSError:
        # Not Linux: nothing is known of other processes, so only leases tell.
        return f"{socket.gethostname()[:40]} {os.getpid()} {os.urandom(8).hex()}"


def pid_started(pid: int) -> str:
    """When the system started process `pid`, in its own ticks; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def be_born(machine_now: datetime) -> WorkerLife:
    """Make this process's row."""
    return WorkerLife.objects.create(
        place=place(),
        pid=os.getpid(),
        pid_started=pid_started(os.getpid()),
        started_at=machine_now,
        lease_until=machine_now + LEASE,
    )


def renew(worker_id: int, machine_now: datetime) -> bool:
    """Renew the lease; False when the row is gone: others thought this worker dead and took its jobs."""
    return WorkerLife.objects.filter(pk=worker_id).update(lease_until=machine_now + LEASE) == 1


def dead_neighbours(machine_now: datetime) -> tuple[int, ...]:
    """Rows of workers of this machine whose process is gone, though their lease still runs."""
    rows = WorkerLife.objects.filter(place=place(), lease_until__gte=machine_now)
    return tuple(row.pk for row in rows if pid_started(row.pid) != row.pid_started or not row.pid_started)


def someone_died(machine_now: datetime) -> tuple[bool, tuple[int, ...]]:
    """Whether any lease has run out, and the dead neighbours. Reads only."""
    return WorkerLife.objects.filter(lease_until__lt=machine_now).exists(), dead_neighbours(machine_now)


def leave(worker_id: int) -> None:
    """Remove this process's row, unless a job is still held: then the lease runs out and others take the job back."""
    with transaction.atomic():
        if not Job.objects.filter(worker_id=worker_id, state=State.RUNNING).exists():
            WorkerLife.objects.filter(pk=worker_id).delete()
