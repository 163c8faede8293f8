"""*Stoppet arbeid*: whoever runs the node sees what was given up, and lets it run again or skips it with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.access.models import AuditEntry
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.jobs.models import Job
from samhandling.jobs.services import enqueue
from samhandling.jobs.worker import run_due
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def ict(world: SmallWorld):
    user = add_user("ikt", "demo", now=NOW, demo=True)
    add_role(user, Role.OPERATIONS, world.hospital, now=NOW)
    return logged_in(user)


def dead_job(**payload: int) -> int:
    job = enqueue("nobody", payload, now=NOW, keys=["patient:1:x"])
    run_due(NOW)
    return job


def text_of(client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_task_leads_to_it_and_it_can_be_tried_again(world: SmallWorld, ict) -> None:
    job = dead_job()
    enqueue("nobody", {}, now=NOW, keys=["patient:1:x"])
    assert "1 ting har stoppet" in text_of(ict, "/stoppet/")
    task = Task.objects.filter(cause="job.dead", organisation=world.hospital).get()
    assert f'href="/stoppet/{job}/"' in text_of(ict, f"/oppgave/{task.pk}/")
    page = text_of(ict, f"/stoppet/{job}/")
    assert "1 ting om samme pasient venter på dette." in page
    assert "job.unknown_handler" in page
    ict.post(f"/stoppet/{job}/avgjor/", {"gjor": "retry"})
    assert Job.objects.get(pk=job).state == "waiting"
    assert AuditEntry.objects.filter(action="job.retry", subject=f"job:{job}", user_name="ikt").count() == 1
    assert "Noen har alt tatt seg av dette." in text_of(ict, f"/stoppet/{job}/")


def test_it_is_skipped_only_with_a_reason(ict) -> None:
    job = dead_job()
    answer = ict.post(f"/stoppet/{job}/avgjor/", {"gjor": "skip", "grunn": " "})
    assert "Skriv hvorfor det er trygt å hoppe over." in answer.content.decode()
    assert Job.objects.get(pk=job).state == "dead"
    ict.post(f"/stoppet/{job}/avgjor/", {"gjor": "skip", "grunn": "Ringt til kommunen"})
    skipped = Job.objects.get(pk=job)
    assert (skipped.state, skipped.settled_reason) == ("skipped", "Ringt til kommunen")
    assert AuditEntry.objects.get(action="job.skip").purpose == "Ringt til kommunen"
    run_due(NOW + timedelta(minutes=1))
    assert {t.closed_how for t in Task.objects.filter(cause="job.dead")} == {"skipped"}
    assert "Ingenting har stoppet." in text_of(ict, "/stoppet/")


def test_a_job_of_another_organisation_is_not_shown(world: SmallWorld, ict) -> None:
    from samhandling.patients.models import Patient
    from samhandling.stays.models import Course

    patient = Patient.objects.create(
        organisation=world.municipality, family_name="Prøve", created_at=NOW, updated_at=NOW
    )
    course = Course.objects.create(
        organisation=world.municipality, patient=patient, state="B1", opened_at=NOW, changed_at=NOW
    )
    job = dead_job(course=course.pk)
    assert "Ingenting har stoppet." in text_of(ict, "/stoppet/")
    ict.post(f"/stoppet/{job}/avgjor/", {"gjor": "retry"})
    assert Job.objects.get(pk=job).state == "dead"


def test_a_nurse_does_not_come_in(world: SmallWorld) -> None:
    assert logged_in(world.nurse).get("/stoppet/").status_code == 403
