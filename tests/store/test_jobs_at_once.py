"""Small jobs done within the transaction of the job that asks for them: never lost, never doubled, never in its way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from samhandling.jobs.models import Job, JobKey, WorkerLife
from samhandling.jobs.services import enqueue, next_run_at
from samhandling.jobs.worker import run_due
from tests.store import jobs_wiring

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def wired(settings):
    settings.SAMHANDLING_WIRING = "tests.store.jobs_wiring"
    jobs_wiring.DONE.clear()
    return jobs_wiring.DONE


def words(done):
    return [word for word, _ in done]


def rows() -> int:
    return WorkerLife.objects.filter(place="small").count()


def ask(other: str, **more: object) -> int:
    return enqueue("asking", {"word": "asker", "other": other, **more}, now=NOW)


def test_it_works(wired):
    ask("small")
    assert run_due(NOW, strict=True) == 1
    assert words(wired) == ["asked at once", "asker"]
    assert rows() == 1
    assert not Job.objects.exists()


def test_outside_jobs_it_is_a_job(wired):
    with transaction.atomic():
        assert enqueue("small", {"word": "asked"}, now=NOW)
    assert rows() == 0
    assert run_due(NOW, strict=True) == 1
    assert words(wired) == ["asked as a job"]


def test_an_unmarked_handler_is_a_job(wired):
    ask("note")
    assert run_due(NOW, strict=True) == 2
    assert words(wired) == ["asker", "asked"]


@pytest.mark.parametrize("other", ["small_failing", "small_refusing"])
def test_what_fails_or_refuses_leaves_nothing_and_becomes_a_job(wired, other):
    ask(other)
    assert run_due(NOW, strict=True) == 2
    assert words(wired) == ["asked at once", "asker", "asked as a job"]
    assert rows() == 1


def test_what_wants_to_wait_becomes_a_job_that_waits(wired):
    ask("small_waiting")
    assert run_due(NOW, strict=True) == 2
    assert next_run_at() == NOW + timedelta(hours=1)


def test_when_the_asker_fails_nothing_of_it_is_left(wired):
    ask("small", fails=True)
    run_due(NOW)
    assert rows() == 0
    assert Job.objects.get().handler == "asking"


def test_an_asker_that_has_failed_before_does_nothing_more_than_its_own(wired):
    job = ask("small")
    Job.objects.filter(pk=job).update(crashes=1)
    assert run_due(NOW, strict=True) == 2
    assert words(wired) == ["asker", "asked as a job"]


def test_it_waits_behind_those_in_the_line_of_its_key(wired):
    enqueue("failing", {"word": "before", "times": 1}, now=NOW, keys=["patient:1"])
    ask("small", keys=["patient:1", "patient:2"])
    run_due(NOW)
    assert words(wired) == ["before", "asker"]
    assert JobKey.objects.filter(key="patient:2").count() == 1
    run_due(NOW + timedelta(seconds=10))
    assert words(wired) == ["before", "asker", "before", "asked as a job"]


def test_with_nobody_in_the_line_of_its_key_it_is_done(wired):
    enqueue("failing", {"word": "other", "times": 1}, now=NOW, keys=["patient:3"])
    ask("small", keys=["patient:1", "patient:2"])
    run_due(NOW)
    assert "asked at once" in words(wired)
