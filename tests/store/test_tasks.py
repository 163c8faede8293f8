"""Work for people: opened once per cause, taken, noted and closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.access.models import User
from samhandling.organisations.models import Organisation
from samhandling.tasks import services
from samhandling.tasks.models import Task, TaskStep

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def hospital() -> Organisation:
    return Organisation.objects.create(name="Testsykehuset", her_id="100", kind="hospital", hosted=True)


@pytest.fixture
def kari() -> User:
    return User.objects.create(username="kari")


@pytest.fixture
def ola() -> User:
    return User.objects.create(username="ola")


def open_one(hospital: Organisation, **more) -> Task:
    wanted = {"kind": "call", "cause": "stay.h_number", "severity": "normal", "now": NOW, "subject": "stay:1"}
    return services.open_task(organisation=hospital, **{**wanted, **more})


def test_it_works(hospital, kari):
    task = open_one(hospital, text="Ring kommunen.", phone="00 00 00 00")
    services.take(task.pk, user=kari, now=NOW)
    services.note(task.pk, user=kari, text=" Snakket med vakten. ", now=NOW)
    services.close(task.pk, user=kari, now=NOW, how="called")
    task.refresh_from_db()
    assert (task.owner, task.closed_by, task.closed_how) == (kari, kari, "called")
    assert [s.kind for s in task.steps.all()] == ["taken", "noted", "closed"]


def test_opening_again_gives_the_same_task_raised_to_the_more_urgent(hospital):
    first = open_one(hospital, unique_key="stay:1:phone", due_at=NOW + timedelta(hours=4))
    again = open_one(hospital, unique_key="stay:1:phone", severity="high", due_at=NOW + timedelta(hours=1))
    lower = open_one(hospital, unique_key="stay:1:phone", severity="low", due_at=NOW + timedelta(hours=9))
    assert first.pk == again.pk == lower.pk
    assert Task.objects.get().severity == "high"
    assert Task.objects.get().due_at == NOW + timedelta(hours=1)
    assert TaskStep.objects.filter(kind="raised").count() == 1


def test_a_cause_that_comes_back_after_closing_opens_a_new_task(hospital, kari):
    services.close(open_one(hospital, unique_key="k").pk, user=kari, now=NOW)
    open_one(hospital, unique_key="k")
    assert Task.objects.count() == 2


def test_organisations_have_their_own_keys(hospital):
    other = Organisation.objects.create(name="Annet", her_id="101", kind="hospital", hosted=True)
    assert open_one(hospital, unique_key="k").pk != open_one(other, unique_key="k").pk


def test_closing_by_key_subject_or_cause(hospital):
    for key, cause in (("a", "x"), ("b", "x"), ("c", "y")):
        open_one(hospital, unique_key=key, cause=cause)
    assert services.close_tasks(unique_key="a", how="resolved", now=NOW) == 1
    assert services.close_tasks(subject="stay:1", cause="y", how="resolved", now=NOW) == 1
    assert services.close_tasks(subject="stay:1", how="obsolete", now=NOW) == 1
    assert services.close_tasks(subject="stay:1", how="obsolete", now=NOW) == 0
    with pytest.raises(ValueError, match="name the tasks"):
        services.close_tasks(how="obsolete", now=NOW)


def test_a_task_that_another_has_taken_is_refused_but_may_be_given(hospital, kari, ola):
    task = services.take(open_one(hospital).pk, user=kari, now=NOW)
    with pytest.raises(services.TaskTakenError):
        services.take(task.pk, user=ola, now=NOW)
    with pytest.raises(services.TaskTakenError):
        services.release(task.pk, user=ola, now=NOW)
    assert services.give(task.pk, to=ola, user=kari, now=NOW).owner == ola
    assert services.release(task.pk, user=ola, now=NOW).owner is None


def test_nobody_works_on_a_closed_task(hospital, kari):
    task = open_one(hospital)
    services.close(task.pk, user=kari, now=NOW)
    for work in (services.take, services.close, services.release):
        with pytest.raises(services.TaskClosedError):
            work(task.pk, user=kari, now=NOW)


def test_a_note_needs_words(hospital, kari):
    with pytest.raises(services.NoteMissingError):
        services.note(open_one(hospital).pk, user=kari, text="  ", now=NOW)


def test_an_unknown_severity_is_the_callers_fault(hospital):
    with pytest.raises(ValueError, match="severity"):
        open_one(hospital, severity="urgent")
