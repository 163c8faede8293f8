"""One alert when a condition starts, one when it ends, a reminder each N hours, and *Jeg vet om det* (2.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.access.models import User
from samhandling.jobs.models import Job
from samhandling.jobs.services import next_run_at
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.tasks import reminding, services
from samhandling.tasks.models import Task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def hospital() -> Organisation:
    return Organisation.objects.create(name="Testsykehuset", her_id="100", kind="hospital", hosted=True)


@pytest.fixture
def kari() -> User:
    return User.objects.create(username="kari", first_name="Kari", last_name="Vik")


def opened(hospital: Organisation, **more) -> Task:
    wanted = {
        "kind": "call",
        "cause": "A-01",
        "severity": "high",
        "now": NOW,
        "subject": "message:1",
        "anomaly": "A-01",
    }
    return services.open_task(organisation=hospital, **{**wanted, **more})


def let_pass(until: datetime) -> None:
    """Every timer fires at its own instant."""
    while (at := next_run_at()) is not None and at <= until:
        run_due(at, strict=True)


def steps(task: Task) -> list[tuple[str, datetime]]:
    return [(step.kind, step.at) for step in task.steps.all()]


def test_it_is_reminded_of_every_four_hours_while_it_lasts_and_no_more_when_it_is_over(hospital):
    task = opened(hospital, unique_key="A-01:1")
    opened(hospital, unique_key="A-01:1")
    let_pass(NOW + 9 * HOUR)
    assert steps(task) == [("reminded", NOW + 4 * HOUR), ("reminded", NOW + 8 * HOUR)]
    task.refresh_from_db()
    assert (task.reminders, task.reminded_at, task.remind_at) == (2, NOW + 8 * HOUR, NOW + 12 * HOUR)
    note = "Kvittering kom 16.11.2026 kl. 19.00."
    for _ in range(2):
        services.close_tasks(unique_key="A-01:1", organisation=hospital, how="resolved", now=NOW + 10 * HOUR, note=note)
    let_pass(NOW + 48 * HOUR)
    assert [kind for kind, _ in steps(task)] == ["reminded", "reminded", "closed"]
    assert Job.objects.count() == 0


def test_work_that_is_no_condition_is_never_reminded_of(hospital):
    opened(hospital, anomaly="")
    assert Job.objects.count() == 0


def test_a_worker_that_was_down_gives_one_reminder_and_goes_on_from_there(hospital):
    task = opened(hospital)
    run_due(NOW + 11 * HOUR, strict=True)
    assert steps(task) == [("reminded", NOW + 11 * HOUR)]
    assert next_run_at() == NOW + 15 * HOUR


def test_a_reminder_that_is_killed_before_its_commit_is_given_once(hospital, monkeypatch):
    task = opened(hospital)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reminding.Running, "postpone", killed)
        with pytest.raises(KeyboardInterrupt):
            run_due(NOW + 4 * HOUR, strict=True)
    assert steps(task) == []
    Job.objects.update(state="waiting", worker=None)
    run_due(NOW + 4 * HOUR + timedelta(minutes=1), strict=True)
    run_due(NOW + 4 * HOUR + timedelta(minutes=2), strict=True)
    assert [kind for kind, _ in steps(task)] == ["reminded"]


def test_who_knows_of_it_is_left_in_peace_until_the_time_and_it_comes_back_by_itself(hospital, kari):
    task = opened(hospital)
    until = NOW + 7 * HOUR
    services.acknowledge(task.pk, user=kari, until=until, now=NOW + HOUR)
    task.refresh_from_db()
    assert (task.acknowledged_by, task.remind_at, task.closed_at) == (kari, until, None)
    let_pass(NOW + 6 * HOUR)
    assert [kind for kind, _ in steps(task)] == ["acknowledged"]
    let_pass(NOW + 8 * HOUR)
    assert steps(task) == [("acknowledged", NOW + HOUR), ("reminded", until)]
    task.refresh_from_db()
    assert (task.acknowledged_by, task.acknowledged_at, task.remind_at) == (None, None, until + 4 * HOUR)


def test_putting_off_again_moves_the_one_reminder(hospital, kari):
    task = opened(hospital)
    services.acknowledge(task.pk, user=kari, until=NOW + 2 * HOUR, now=NOW)
    services.acknowledge(task.pk, user=kari, until=NOW + 3 * HOUR, now=NOW + HOUR)
    let_pass(NOW + 5 * HOUR)
    assert [at for kind, at in steps(task) if kind == "reminded"] == [NOW + 3 * HOUR]


@pytest.mark.parametrize("until", [NOW, NOW - HOUR, NOW + 25 * HOUR])
def test_no_peace_for_a_time_that_is_past_or_for_more_than_a_day(hospital, kari, until):
    task = opened(hospital)
    with pytest.raises(services.TooLongError):
        services.acknowledge(task.pk, user=kari, until=until, now=NOW)
    assert steps(task) == []


def test_what_is_over_cannot_be_put_off(hospital, kari):
    task = opened(hospital)
    services.close(task.pk, user=kari, now=NOW)
    with pytest.raises(services.TaskClosedError):
        services.acknowledge(task.pk, user=kari, until=NOW + HOUR, now=NOW)
