"""Jobs on a real store: order, retry, death, and that work and finish are one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from samhandling.errors import NotFoundError
from samhandling.jobs import dead, life, outcomes, services, sql
from samhandling.jobs.models import Job, JobKey, WorkerLife
from samhandling.jobs.rules import JobTransitionError
from samhandling.jobs.running import LeaseLostError, Running
from samhandling.jobs.services import JobRefusedError, enqueue, publish
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


def test_it_works(wired):
    enqueue("note", {"word": "first"}, now=NOW)
    enqueue("silent", {"word": "second"}, now=NOW)
    assert run_due(NOW) == 2
    assert wired == [("first", 1), ("second", 1)]
    assert not Job.objects.exists()
    assert not WorkerLife.objects.exists()


def test_a_job_may_enqueue_the_next_and_run_due_runs_until_nothing_is_due(wired):
    enqueue("chain", {"left": 120}, now=NOW)
    assert run_due(NOW) == 121
    assert words(wired)[-1] == "0"


def test_a_timer_waits_for_its_time(wired):
    due = NOW + timedelta(hours=3)
    enqueue("note", {"word": "later"}, now=NOW, run_at=due)
    assert run_due(NOW) == 0
    assert services.next_run_at() == due
    assert run_due(due - timedelta(microseconds=1)) == 0
    assert run_due(due) == 1
    assert services.next_run_at() is None


def test_rolled_back_business_leaves_no_job(wired):
    with transaction.atomic():
        enqueue("note", {"word": "never"}, now=NOW, keys=["a"])
        transaction.set_rollback(True)
    assert run_due(NOW) == 0
    assert not JobKey.objects.exists()


def test_work_and_finish_are_one_transaction(wired):
    job = enqueue("half", {}, now=NOW)
    run_due(NOW)
    assert wired == [("job.dead test.stubborn", 1)], "what the handler enqueued must be gone, the job dead"
    assert Job.objects.get(pk=job).state == "dead"


def test_jobs_of_one_key_run_in_order_and_a_retry_holds_the_line(wired):
    enqueue("failing", {"word": "a1", "times": 1}, now=NOW, keys=["a"])
    enqueue("note", {"word": "a2"}, now=NOW, keys=["a"])
    enqueue("note", {"word": "b1"}, now=NOW, keys=["b"])
    run_due(NOW)
    assert words(wired) == ["a1", "b1"]
    run_due(NOW + timedelta(seconds=10))
    assert words(wired) == ["a1", "b1", "a1", "a2"]


def test_a_job_with_several_keys_waits_for_its_turn_in_each(wired):
    enqueue("failing", {"word": "a1", "times": 1}, now=NOW, keys=["a"])
    enqueue("note", {"word": "merge"}, now=NOW, keys=["a", "b"])
    enqueue("note", {"word": "b2"}, now=NOW, keys=["b"])
    enqueue("note", {"word": "c"}, now=NOW, keys=["c"])
    run_due(NOW)
    assert words(wired) == ["a1", "c"]
    run_due(NOW + timedelta(seconds=10))
    assert words(wired) == ["a1", "c", "a1", "merge", "b2"]


def test_keys_of_other_queues_do_not_block(wired):
    enqueue("stubborn", {"word": "main"}, now=NOW, keys=["a"])
    enqueue("note", {"word": "other"}, now=NOW, keys=["a"], queue="other")
    run_due(NOW)
    assert words(wired) == ["main", "other", "job.dead test.stubborn"]


def test_a_dead_job_blocks_its_key_and_only_it_until_it_is_skipped(wired):
    job = enqueue("stubborn", {"word": "a1"}, now=NOW, keys=["a"])
    enqueue("note", {"word": "a2"}, now=NOW, keys=["a"])
    enqueue("note", {"word": "b1"}, now=NOW, keys=["b"])
    run_due(NOW)
    run_due(NOW + timedelta(days=1))
    assert words(wired) == ["a1", "b1", "job.dead test.stubborn"]
    dead.skip(job, reason="Feilregistrert 13116900216", now=NOW)
    assert Job.objects.get(pk=job).settled_reason == "Feilregistrert ***********"
    run_due(NOW)
    assert words(wired)[3:] == ["a2", "job.settled skipped"]
    assert dead.prune(now=NOW + timedelta(days=80)) == 0
    assert dead.prune(now=NOW + timedelta(days=91)) == 1


def test_a_dead_job_can_be_retried_from_its_first_attempt(wired):
    job = enqueue("failing", {"word": "x", "times": 3}, now=NOW)
    for seconds in (0, 10, 30):
        run_due(NOW + timedelta(seconds=seconds))
    assert wired == [("x", 1), ("x", 2), ("x", 3), ("job.dead unexpected", 1)]
    row = Job.objects.get(pk=job)
    assert (row.state, row.error_code) == ("dead", "unexpected")
    assert row.error_place.startswith("ValueError jobs_wiring.py:")
    Job.objects.filter(pk=job).update(payload={"word": "x", "times": 0})
    dead.retry(job, now=NOW + timedelta(hours=1))
    run_due(NOW + timedelta(hours=1))
    assert wired[4:] == [("x", 1), ("job.settled retried", 1)]
    assert not Job.objects.exists()


def test_only_a_dead_job_can_be_retried_or_skipped(wired):
    job = enqueue("note", {"word": "x"}, now=NOW)
    with pytest.raises(JobTransitionError):
        dead.retry(job, now=NOW)
    with pytest.raises(JobTransitionError):
        dead.skip(job, reason="x", now=NOW)
    with pytest.raises(JobRefusedError):
        dead.skip(job, reason="  ", now=NOW)
    with pytest.raises(NotFoundError):
        dead.retry(job + 1000, now=NOW)


def test_an_unknown_handler_is_dead_and_told(wired):
    job = enqueue("nobody", {}, now=NOW)
    run_due(NOW)
    assert Job.objects.get(pk=job).error_code == "job.unknown_handler"
    assert words(wired) == ["job.dead job.unknown_handler"]


def test_strict_raises_the_first_error_and_hands_back_the_rest(wired):
    enqueue("stubborn", {"word": "x"}, now=NOW)
    rest = enqueue("note", {"word": "y"}, now=NOW)
    with pytest.raises(jobs_wiring.StubbornError):
        run_due(NOW, strict=True)
    assert (Job.objects.get(pk=rest).state, Job.objects.get(pk=rest).attempts) == ("waiting", 0)


def test_one_waiting_job_of_a_name_at_the_earlier_instant(wired):
    first = enqueue("note", {"word": "x"}, now=NOW, run_at=NOW + timedelta(hours=2), unique="stay:1 early")
    again = enqueue("note", {"word": "x"}, now=NOW, run_at=NOW + timedelta(hours=1), unique="stay:1 early")
    assert first == again
    assert services.next_run_at() == NOW + timedelta(hours=1)
    enqueue("note", {"word": "x"}, now=NOW, run_at=NOW + timedelta(hours=5), unique="stay:1 early")
    assert services.next_run_at() == NOW + timedelta(hours=1)
    assert services.cancel("stay:1 early") is True
    assert services.cancel("stay:1 early") is False
    assert run_due(NOW + timedelta(hours=9)) == 0


def test_a_failed_job_goes_back_though_another_of_its_name_waits_now(wired):
    enqueue("failing", {"word": "x", "times": 1}, now=NOW, unique="u")
    worker = life.be_born(NOW)
    (job,) = sql.claim(worker.pk, now=NOW, limit=5)
    enqueue("note", {"word": "new"}, now=NOW, unique="u")
    outcomes.record_failure(job.id, worker.pk, handler="failing", attempt=1, error=ValueError(), now=NOW)
    run_due(NOW + timedelta(minutes=1))
    assert sorted(words(wired)) == ["new", "x"]


def test_postponing_is_no_failure(wired):
    enqueue("later", {"word": "x"}, now=NOW, keys=["a"])
    run_due(NOW)
    assert services.next_run_at() == NOW + timedelta(hours=1)
    run_due(NOW + timedelta(hours=1))
    assert wired == [("x", 1), ("x", 1)]
    assert not Job.objects.exists()


def test_every_subscriber_gets_a_job(wired):
    assert len(publish("twice", {"word": "x"}, now=NOW)) == 2
    assert publish("nobody listens", {"word": "x"}, now=NOW) == []
    run_due(NOW)
    assert words(wired) == ["x", "x"]


def test_refused_at_the_door(wired):
    with pytest.raises(JobRefusedError):
        enqueue("note", {}, now=datetime(2026, 11, 24))  # noqa: DTZ001 (naive on purpose)
    with pytest.raises(JobRefusedError):
        enqueue("note", {}, now=NOW, run_at=NOW, keys=["a"])
    with pytest.raises(JobRefusedError):
        enqueue("note", {"patient": "13116900216"}, now=NOW)
    with pytest.raises(JobRefusedError):
        enqueue("note", {}, now=NOW, keys=["131169 00216"])
    enqueue("note", {}, now=NOW, keys=["3:ab13116900216cd"])
    assert Job.objects.count() == 1


def test_who_lost_the_job_cannot_finish_it(wired):
    enqueue("note", {"word": "x"}, now=NOW)
    mine, other = life.be_born(NOW), life.be_born(NOW)
    (job,) = sql.claim(mine.pk, now=NOW, limit=1)
    outcomes.recover(machine_now=NOW, now=NOW, dead=(mine.pk,))
    (again,) = sql.claim(other.pk, now=NOW, limit=1)
    assert (again.id, again.attempt, again.crashes) == (job.id, 2, 1)
    running = Running(id=job.id, handler="note", payload={"word": "x"}, attempt=1, now=NOW, worker_id=mine.pk)
    with pytest.raises(LeaseLostError), transaction.atomic():
        running.finish()
    with pytest.raises(LeaseLostError), transaction.atomic():
        running.postpone(NOW)
    assert outcomes.record_failure(job.id, mine.pk, handler="note", attempt=1, error=ValueError(), now=NOW) is None
    assert Job.objects.get(pk=job.id).worker_id == other.pk


def test_a_job_that_kills_its_worker_twice_is_set_aside_and_the_innocent_run(wired):
    killer = enqueue("note", {"word": "killer"}, now=NOW, keys=["k"])
    innocent = enqueue("note", {"word": "innocent"}, now=NOW)
    first = life.be_born(NOW)
    assert len(sql.claim(first.pk, now=NOW, limit=10)) == 2
    late = NOW + life.LEASE + timedelta(seconds=1)
    assert outcomes.recover(machine_now=late, now=NOW) == 2
    second = life.be_born(late)
    assert [job.id for job in sql.claim(second.pk, now=NOW, limit=10)] == [killer], "suspects run one at a time"
    assert sql.claim(second.pk, now=NOW, limit=10, suspects=False) == []
    assert outcomes.recover(machine_now=late, now=NOW, dead=(second.pk,)) == 1
    row = Job.objects.get(pk=killer)
    assert (row.state, row.crashes, row.error_code) == ("dead", 2, "job.killed_worker")
    run_due(NOW)
    assert sorted(words(wired)) == ["innocent", "job.dead job.killed_worker"]
    assert not Job.objects.filter(pk=innocent).exists()


def test_a_living_worker_keeps_its_jobs(wired):
    enqueue("note", {"word": "x"}, now=NOW)
    present = datetime.now(UTC)
    worker = life.be_born(present)
    sql.claim(worker.pk, now=NOW, limit=1)
    assert life.someone_died(present) == (False, ())
    assert outcomes.recover(machine_now=present, now=NOW + timedelta(days=30)) == 0, "the store's clock is no lease"
    assert life.renew(worker.pk, present + timedelta(seconds=10))
    assert outcomes.recover(machine_now=present + timedelta(seconds=20), now=NOW) == 0
    life.leave(worker.pk)
    assert WorkerLife.objects.filter(pk=worker.pk).exists(), "its job is still held"


def test_a_neighbour_whose_process_is_gone_is_dead_at_once(wired):
    present = datetime.now(UTC)
    worker = life.be_born(present)
    assert life.dead_neighbours(present) == ()
    WorkerLife.objects.filter(pk=worker.pk).update(pid_started="1")
    assert life.dead_neighbours(present) == (worker.pk,)
    WorkerLife.objects.filter(pk=worker.pk).update(place="elsewhere")
    assert life.dead_neighbours(present) == ()
