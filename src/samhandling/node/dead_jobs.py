"""A job that was given up is a person's work: a task for whoever runs the node, closed when the job is settled."""

from __future__ import annotations

from django.apps import apps
from django.db import transaction

from samhandling.jobs.running import Running
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations
from samhandling.tasks.services import close_tasks, open_task

CAUSE = "job.dead"
TOLD_ELSEWHERE = frozenset({"intake.apply_adt", "exchange.read"})
"""Handlers whose room makes a task of its own, about the message that could not be used."""

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


def job_dead(running: Running) -> None:
    """Job on `job.dead {job, handler, code}`: a technical task, with what to do, at the organisation it concerns."""
    job_id, handler = int(running.payload["job"]), str(running.payload["handler"])
    with transaction.atomic():
        if handler not in TOLD_ELSEWHERE:
            for organisation in _concerned(job_id):
                open_task(
                    organisation=organisation,
                    kind="technical",
                    cause=CAUSE,
                    severity="high",
                    now=running.now,
                    unique_key=_key(job_id),
                    text=(
                        f"Noden har gitt opp jobb {job_id} ({handler}, feil {running.payload['code']}). "
                        "Det den skulle gjøre, er ikke gjort, og det som kommer etter om samme pasient, venter. "
                        f"Rett feilen og kjør «samhandling jobs retry {job_id}», eller hopp over med begrunnelse: "
                        f"«samhandling jobs skip {job_id} --reason …»."
                    ),
                    role="operations",
                )
        running.finish()


def job_settled(running: Running) -> None:
    """Job on `job.settled {job, how}`: the task is done."""
    with transaction.atomic():
        close_tasks(unique_key=_key(int(running.payload["job"])), how=str(running.payload["how"]), now=running.now)
        running.finish()


def _key(job_id: int) -> str:
    return f"job:{job_id}"


def _concerned(job_id: int) -> list[Organisation]:
    """The organisation whose row the job was about; every hosted one when it was about none."""
    payload = apps.get_model("jobs.Job").objects.filter(pk=job_id).values_list("payload", flat=True).first() or {}
    for name, (model, way) in OWNERS.items():
        if isinstance(payload.get(name), int):
            found = apps.get_model(model).objects.filter(pk=payload[name]).values_list(way, flat=True).first()
            if found is not None:
                return [Organisation.objects.get(pk=found)]
    return list(hosted_organisations())
