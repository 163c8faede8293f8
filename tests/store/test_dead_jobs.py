"""A dead job stands on somebody's desk until it is settled."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from samhandling.jobs import dead
from samhandling.jobs.services import enqueue
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.stays.models import Stay
from samhandling.tasks.models import Task

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def organisation(number: int) -> Organisation:
    return Organisation.objects.create(
        name=f"Sykehus {number}", her_id=f"9000{number}", organisation_number=f"99000000{number}", kind="hospital",
        hosted=True, valid_from=date(2020, 1, 1),
    )  # fmt: skip


def test_a_dead_job_is_a_task_until_it_is_settled():
    organisation(1)
    job = enqueue("nobody", {}, now=NOW)
    run_due(NOW, strict=False)
    task = Task.objects.get()
    assert (task.kind, task.cause, task.severity, task.role) == ("technical", "job.dead", "high", "operations")
    assert f"samhandling jobs retry {job}" in task.text
    assert task.subject == f"job:{job}"
    assert "job.unknown_handler" in task.text
    dead.skip(job, reason="Ikke lenger aktuell", now=NOW)
    run_due(NOW)
    task.refresh_from_db()
    assert task.closed_how == "skipped"


def test_it_stands_at_the_organisation_that_it_concerns():
    organisation(1)
    mine = organisation(2)
    patient = Patient.objects.create(organisation=mine, family_name="Prøve", created_at=NOW, updated_at=NOW)
    stay = Stay.objects.create(organisation=mine, patient=patient, state="S1", admitted_at=NOW, changed_at=NOW)
    enqueue("nobody", {"stay": stay.pk}, now=NOW)
    run_due(NOW)
    assert [task.organisation for task in Task.objects.all()] == [mine]


def test_a_retried_job_that_dies_again_is_a_new_task():
    organisation(1)
    job = enqueue("nobody", {}, now=NOW)
    run_due(NOW)
    dead.retry(job, now=NOW)
    run_due(NOW)
    assert sorted(task.closed_how for task in Task.objects.all()) == ["", "retried"]
