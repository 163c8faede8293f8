"""How the jobs stand: for the check, the metrics and the operations pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Min

from samhandling.jobs.models import Job, WorkerLife
from samhandling.jobs.rules import State


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts at one instant."""

    # Queue and state -> jobs.
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    # Since when the oldest waiting job is due (aware UTC, the store's clock); None when none waits.
    oldest_run_at: datetime | None = None
    # Worker processes whose lease runs.
    workers: int = 0

    @property
    def dead(self) -> int:
        """Jobs that wait for a person."""
        return sum(count for (_, state), count in self.counts.items() if state == State.DEAD)


def figures(*, machine_now: datetime) -> Figures:
    """Count. `machine_now` is the machine's clock, by which leases run."""
    rows = Job.objects.values_list("queue", "state").annotate(Count("pk"))
    return Figures(
        counts={(queue, state): count for queue, state, count in rows},
        oldest_run_at=Job.objects.filter(state=State.WAITING).aggregate(Min("run_at"))["run_at__min"],
        workers=WorkerLife.objects.filter(lease_until__gte=machine_now).count(),
    )
