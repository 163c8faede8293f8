"""A job that was given up is a person's work: a task for whoever runs the node, and what that person does with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import transaction

from samhandling.access import audit
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.exchange.reading_in import desk_of
from samhandling.intake.life import State as AdtState
from samhandling.intake.models import AdtRecord
from samhandling.jobs import dead
from samhandling.jobs.models import Job, JobKey
from samhandling.jobs.rules import State
from samhandling.jobs.running import Running
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations
from samhandling.tasks.services import close_tasks, open_task

CAUSE = "job.dead"
TOLD_ELSEWHERE = frozenset({"intake.apply_adt", "exchange.read"})
"""Handlers whose room makes a task of its own, about the message that could not be used."""
MOST = 200
"""Dead jobs that one page shows; so many mean one fault behind them all."""

OWNERS: dict[str, tuple[str, str]] = {
    "message": ("exchange.Message", "organisation"),
    "delivery": ("exchange.Delivery", "organisation"),
    "receipt": ("exchange.Receipt", "organisation"),
    "stay": ("stays.Stay", "organisation"),
    "course": ("stays.Course", "organisation"),
    "deadline": ("stays.Deadline", "stay__organisation"),
    "record": ("intake.AdtRecord", "organisation"),
}
"""Name in a job's payload -> the row it means, and the way from there to its organisation."""


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A dead job as a person looks at it."""

    pk: int
    handler: str
    code: str
    place: str
    attempts: int
    died_at: datetime | None
    behind: int
    """Jobs about the same patient or matter that wait for it."""
    subject: str
    """What it was about, as `message:12`; empty where that has no page."""


def job_dead(running: Running) -> None:
    """Job on `job.dead {job, handler, code}`: a technical task, with what to do, at the organisation it concerns."""
    job_id, handler = int(running.payload["job"]), str(running.payload["handler"])
    with transaction.atomic():
        if handler not in TOLD_ELSEWHERE:
            for organisation in _concerned(_payload(job_id)):
                open_task(
                    organisation=organisation,
                    kind="technical",
                    cause=CAUSE,
                    severity="high",
                    now=running.now,
                    subject=_key(job_id),
                    unique_key=_key(job_id),
                    text=(
                        f"Noden har gitt opp jobb {job_id} ({handler}, feil {running.payload['code']}). "
                        "Det den skulle gjøre, er ikke gjort, og det som kommer etter om samme pasient, venter. "
                        "Rett feilen og prøv på nytt, eller hopp over med begrunnelse: åpne det oppgaven gjelder, "
                        f"eller kjør «samhandling jobs retry {job_id}»."
                    ),
                    role="operations",
                )
        running.finish()


def job_settled(running: Running) -> None:
    """Job on `job.settled {job, how}`: the task is done."""
    with transaction.atomic():
        close_tasks(unique_key=_key(int(running.payload["job"])), how=str(running.payload["how"]), now=running.now)
        running.finish()


def dead_jobs(organisation: Organisation) -> list[DeadJob]:
    """The dead jobs that concern the organisation, or none in particular; the oldest first, for it holds up others."""
    rows = Job.objects.filter(state=State.DEAD).order_by("settled_at", "pk")
    return _seen_by(organisation, rows.iterator())[:MOST]


def one(organisation: Organisation, job_id: int) -> DeadJob:
    """That dead job. Raises NotFoundError, also for one of another organisation."""
    found = _seen_by(organisation, Job.objects.filter(state=State.DEAD, pk=job_id))
    if not found:
        raise NotFoundError(f"dead job {job_id}")
    return found[0]


def adt_aside(organisation: Organisation) -> int:
    """How many messages from the patient system are set aside; they have a page of their own."""
    return AdtRecord.objects.filter(organisation=organisation, state=AdtState.ASIDE).count()


def retry(scope: Scope, job_id: int, *, now: datetime) -> None:
    """Let it run again; stands in the log. Raises NotFoundError, JobTransitionError."""
    with transaction.atomic():
        one(scope.organisation, job_id)
        dead.retry(job_id, now=now)
        audit.record(scope, "job.retry", now=now, subject=_key(job_id))


def skip(scope: Scope, job_id: int, *, reason: str, now: datetime) -> None:
    """Leave it undone for good; stands in the log with the reason.

    Raises NotFoundError, JobTransitionError, JobRefusedError (no reason).
    """
    with transaction.atomic():
        one(scope.organisation, job_id)
        dead.skip(job_id, reason=reason, now=now)
        audit.record(scope, "job.skip", now=now, subject=_key(job_id), purpose=reason)


def _key(job_id: int) -> str:
    return f"job:{job_id}"


def _payload(job_id: int) -> dict[str, object]:
    return Job.objects.filter(pk=job_id).values_list("payload", flat=True).first() or {}


def _seen_by(organisation: Organisation, jobs: Iterable[Job]) -> list[DeadJob]:
    return [
        DeadJob(
            job.pk,
            job.handler,
            job.error_code,
            job.error_place,
            job.attempts,
            job.settled_at,
            _behind(job.pk),
            next((f"{kind}:{job.payload[name]}" for name, kind in SUBJECTS.items() if name in job.payload), ""),
        )
        for job in jobs
        if organisation in _concerned(job.payload)
    ]


SUBJECTS = {"message": "message", "stay": "stay", "course": "course", "record": "adt"}
"""Name in a job's payload -> kind of the page about it."""


def _behind(job_id: int) -> int:
    keys = JobKey.objects.filter(job_id=job_id).values("key")
    return JobKey.objects.filter(key__in=keys, job_id__gt=job_id).values("job_id").distinct().count()


def _concerned(payload: dict[str, object]) -> list[Organisation]:
    """The organisation whose row the job was about; every hosted one when it was about none."""
    for name, (model, way) in OWNERS.items():
        if isinstance(payload.get(name), int):
            found = apps.get_model(model).objects.filter(pk=payload[name]).values_list(way, flat=True).first()
            if found is not None:
                return [Organisation.objects.get(pk=found)]
    arrival = payload.get("arrival")
    desk = desk_of(arrival) if isinstance(arrival, int) else None
    return [desk] if desk is not None else list(hosted_organisations())
