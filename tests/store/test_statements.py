"""How many statements the store is asked for what happens most, so that it does not creep up.

The bounds lie just above what is measured. Whoever must raise one says why in the commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from samhandling.exchange.models import Message
from samhandling.intake.models import AdtRecord
from samhandling.intake.services import take_in
from samhandling.jobs import runner
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.stays import events
from samhandling.stays.models import Stay
from samhandling.stays.services import register
from samhandling.store.services import mark_as_test
from samhandling.store.services import now as present
from samhandling.tasks.services import open_task
from samhandling.world.loading import load
from samhandling.world.reading import read
from tests.feed import message
from tests.store.people import logged_in
from tests.store.small_world import NOW as PAGES_NOW
from tests.store.small_world import SmallWorld, build
from tests.store.small_world import admit as build_stay

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EVENTS = 3

BOUNDS = {
    "intake.apply_adt": 55,
    "exchange.read": 54,
    "stays.delivery": 10,
    "stays.received": 18,
}
"""Handler -> most statements for one admission of a municipal user, through to the counted receipt.

SQLite needs one more than PostgreSQL to finish a job and to store a document.
"""


@contextmanager
def counted(asked: Counter[str], name: str) -> Iterator[None]:
    """Count the statements within, those that begin and end transactions aside: both stores then count alike."""

    def count(execute, sql, parameters, many, context):
        if not sql.lstrip().startswith(("BEGIN", "SAVEPOINT", "RELEASE", "NOTIFY")):
            asked[name] += 1
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(count):
        yield


@pytest.fixture
def hospital() -> Organisation:
    mark_as_test(machine_now=NOW)
    load(read("liten"), now=NOW)
    return Organisation.objects.get(kind="hospital", hosted=True)


def admit(hospital: Organisation, serial: int) -> None:
    at = NOW + timedelta(minutes=serial)
    take_in(message("A01", serial, f"{serial}-1", at=at, zpl="Y|9901"), organisation=hospital, now=NOW)


def test_an_admission_through_to_its_receipt(hospital, monkeypatch):
    asked: Counter[str] = Counter()
    ran: Counter[str] = Counter()
    run_one = runner.run_one

    def run_counted(job, worker_id, *, clock):
        ran[job.handler] += 1
        with counted(asked, job.handler):
            return run_one(job, worker_id, clock=clock)

    monkeypatch.setattr(runner, "run_one", run_counted)
    for serial in range(EVENTS):
        admit(hospital, serial)
    run_due(NOW + timedelta(minutes=EVENTS), strict=True)

    assert (
        sorted(Message.objects.values_list("direction", "state"))
        == [("in", "taken")] * EVENTS + [("out", "received")] * EVENTS
    )
    assert {handler: count / EVENTS for handler, count in ran.items()} == {
        "intake.apply_adt": 1, "exchange.read": 2, "stays.delivery": 1, "stays.received": 1,
    }  # fmt: skip
    measured = {handler: count / EVENTS for handler, count in asked.items()}
    assert {handler: count for handler, count in measured.items() if count > BOUNDS[handler]} == {}, measured


def test_claiming_and_finishing_a_job_are_one_statement_each(hospital):
    admit(hospital, 0)
    asked: Counter[str] = Counter()
    worker = runner.life.be_born(datetime.now(UTC)).pk
    with counted(asked, "claim"):
        runner.sql.claim(worker, now=NOW, limit=10)
    assert asked["claim"] == 1
    (job,) = runner.sql.Job.objects.filter(state="running")
    with counted(asked, "finish"):
        assert runner.sql.remove(job.pk, job.worker_id)
    assert asked["finish"] == (1 if connection.vendor == "postgresql" else 2)


def test_a_record_that_was_applied_asks_little_when_it_comes_again(hospital):
    admit(hospital, 0)
    run_due(NOW, strict=True)
    asked: Counter[str] = Counter()
    with counted(asked, "again"):
        admit(hospital, 0)
    assert AdtRecord.objects.count() == 1
    assert asked["again"] <= 3


PAGES = [
    ("nurse", "/"),
    ("nurse", "/oppgaver/"),
    ("responsible", "/"),
    ("responsible", "/oppgaver/"),
    ("responsible", "/opphold/"),
    ("responsible", "/meldinger/"),
    ("case_handler", "/"),
    ("case_handler", "/oppgaver/"),
    ("home_nurse", "/"),
    ("nurse", "/opphold/{stay}/"),
]


@pytest.mark.parametrize(("who", "page"), PAGES)
def test_a_page_asks_no_more_for_many_rows_than_for_few(who, page):
    world = build()
    stays = [_user(world, number) for number in range(3)]
    client = logged_in(getattr(world, who))
    page = page.format(stay=stays[0].pk)
    few = _asked(client, page)
    for number in range(3, 7):
        _user(world, number)
    for _ in range(4):
        # More lines in the timeline of the first, too.
        register(stays[0], events.NeedAssessed(at=PAGES_NOW, value=True), user=world.nurse, now=PAGES_NOW)
        register(stays[0], events.NeedAssessed(at=PAGES_NOW, value=False), user=world.nurse, now=PAGES_NOW)
    run_due(present(), strict=True)
    assert _asked(client, page) <= few


def test_whom_to_call_is_looked_up_once_for_each_counterpart():
    world = build()
    _user(world, 0)
    message = Message.objects.filter(organisation=world.hospital, direction="out").first()
    client = logged_in(world.responsible)

    def unconfirmed(numbers: range) -> int:
        for number in numbers:
            message.pk, message.msg_id = None, f"copy-{number}"
            message.save(force_insert=True)
            open_task(
                organisation=world.hospital, kind="call", cause="A-01", severity="high", now=PAGES_NOW,
                subject=f"message:{message.pk}", group_key="A-01:one", unique_key=f"A-01:{number}",
                role="message_responsible", anomaly="A-01",
            )  # fmt: skip
        return _asked(client, "/")

    few = unconfirmed(range(2))
    assert unconfirmed(range(2, 12)) <= few


def _user(world: SmallWorld, number: int) -> Stay:
    stay = build_stay(world, given=f"Test{number}", visit=str(number))
    register(stay, events.MunicipalUserSet(at=PAGES_NOW, value=True), user=world.nurse, now=PAGES_NOW)
    run_due(present(), strict=True)
    return stay


def _asked(client: Client, page: str) -> int:
    """Statements of the second look: the first may load what is loaded once."""
    assert client.get(page).status_code == 200, page
    asked: Counter[str] = Counter()
    with counted(asked, page):
        client.get(page)
    return asked[page]
