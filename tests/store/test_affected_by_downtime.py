"""*Påvirket av stans*: a deadline whose time an outage covered runs as ever, is marked, and is counted apart (2.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.downtime import services
from samhandling.downtime.models import Outage
from samhandling.downtime.services import Report
from samhandling.jobs.services import enqueue
from samhandling.jobs.worker import run_due
from samhandling.stays.models import BreachOfRoutine, Deadline, Stay
from samhandling.store.services import set_clock
from tests.store import small_world
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, build
from tests.store.test_desks import is_user
from tests.store.test_figures_pages import get, row

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> SmallWorld:
    return build()


def down(world: SmallWorld, *municipalities: str) -> Outage:
    report = Report(
        kind="acute", start=NOW, end=None, known_at=NOW, affects="exchange", municipalities=municipalities,
        own_side=False,
    )  # fmt: skip
    return services.announce_acute(world.hospital, report, user=None, now=NOW)


def missed(world: SmallWorld) -> Stay:
    """A municipal user about whom no early notice was sent in time."""
    stay = small_world.admit(world)
    is_user(stay, world.nurse)
    run_due(NOW + 25 * HOUR, strict=True)
    return stay


def clock(stay: Stay, name: str = "F1") -> Deadline:
    return Deadline.objects.get(stay=stay, clock=name)


def at(hours: float) -> None:
    from datetime import UTC, datetime

    set_clock(NOW + hours * HOUR, machine_now=datetime.now(UTC))


def test_a_deadline_that_an_outage_covered_is_missed_all_the_same_and_marked(world: SmallWorld) -> None:
    down(world)
    stay = missed(world)
    assert (clock(stay).state, clock(stay).affected_by_downtime) == ("missed", True)
    assert clock(stay, "F11").affected_by_downtime is False
    assert BreachOfRoutine.objects.get(stay=stay, code="A-09").affected_by_downtime is True


def test_the_outage_of_another_municipality_marks_nothing(world: SmallWorld) -> None:
    down(world, "9902")
    stay = missed(world)
    assert (clock(stay).state, clock(stay).affected_by_downtime) == ("missed", False)
    assert BreachOfRoutine.objects.get(stay=stay, code="A-09").affected_by_downtime is False


def test_an_outage_that_is_told_of_afterwards_marks_what_it_covered_within_the_hour(world: SmallWorld) -> None:
    stay = missed(world)
    assert clock(stay).affected_by_downtime is False
    outage = down(world)
    Outage.objects.filter(pk=outage.pk).update(start=NOW + HOUR, ended_at=NOW + 3 * HOUR, state="finished")
    for _ in range(2):
        enqueue("stays.affected", {}, now=NOW + 26 * HOUR)
        run_due(NOW + 26 * HOUR, strict=True)
    assert (clock(stay).state, clock(stay).affected_by_downtime) == ("missed", True)
    assert BreachOfRoutine.objects.get(stay=stay, code="A-09").affected_by_downtime is True


def test_an_outage_before_the_clock_began_or_after_it_was_settled_marks_nothing(world: SmallWorld) -> None:
    stay = missed(world)
    outage = down(world)
    for begin, end in ((-5, -1), (25, 26)):
        times = {"start": NOW + begin * HOUR, "ended_at": NOW + end * HOUR, "state": "finished"}
        Outage.objects.filter(pk=outage.pk).update(**times)
        enqueue("stays.affected", {}, now=NOW + 27 * HOUR)
        run_due(NOW + 27 * HOUR, strict=True)
        assert clock(stay).affected_by_downtime is False, (begin, end)


def test_the_ward_the_register_and_the_figures_say_so_and_count_it_apart(world: SmallWorld) -> None:
    down(world)
    stay = missed(world)
    at(26)
    page = logged_in(world.nurse).get(f"/opphold/{stay.pk}/").content.decode()
    assert "Påvirket av stans" in page
    assert "A-19" in page
    client = logged_in(world.responsible)
    register = client.get("/avvik/?slag=brudd").content.decode()
    assert "av dem 1 påvirket av stans" in register
    assert ";ja\r\n" in client.get("/avvik/?slag=brudd&form=csv").content.decode("utf-8-sig")
    figures = get(world.responsible, "?maned=2026-11")
    assert row(figures, "Medisinsk sengepost") == ["–", "–", "0", "0", "1", "0", "0", "0"]
    cases = get(world.responsible, "?maned=2026-11&slag=stans")
    assert f'href="/opphold/{stay.pk}/"' in cases
