"""The clock of a test store: its own, run forward, and held by whoever plays a simulated day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.store import services
from samhandling.store.models import Store

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=5)

pytestmark = pytest.mark.django_db


def offset() -> float:
    return Store.objects.get(pk=1).clock_offset


def test_a_real_store_has_the_time_of_the_machine() -> None:
    services.mark_as_real(machine_now=NOW)
    with pytest.raises(services.RealStoreError):
        services.set_clock(LATER, machine_now=NOW)
    with pytest.raises(services.RealStoreError):
        services.wind_clock(LATER, machine_now=NOW)
    assert abs((services.now() - datetime.now(UTC)).total_seconds()) < 5


def test_without_a_simulated_day_the_clock_is_wound_at_once() -> None:
    services.mark_as_test(machine_now=NOW)
    assert services.wind_clock(LATER, machine_now=NOW)
    assert offset() == timedelta(hours=5).total_seconds()


def test_while_a_day_is_played_it_is_asked_instead() -> None:
    services.mark_as_test(machine_now=NOW)
    assert services.drive_clock(machine_now=NOW) is None
    assert not services.wind_clock(LATER, machine_now=NOW + timedelta(seconds=5))
    assert offset() == 0
    assert services.drive_clock(machine_now=NOW) == LATER
    services.target_reached(LATER - timedelta(hours=1))
    assert services.drive_clock(machine_now=NOW) == LATER
    services.target_reached(LATER)
    assert services.drive_clock(machine_now=NOW) is None


def test_of_two_wanted_times_the_later_stands() -> None:
    services.mark_as_test(machine_now=NOW)
    services.drive_clock(machine_now=NOW)
    services.wind_clock(LATER, machine_now=NOW)
    services.wind_clock(LATER - timedelta(hours=1), machine_now=NOW)
    assert services.drive_clock(machine_now=NOW) == LATER


def test_a_day_that_is_no_longer_heard_of_lets_go() -> None:
    services.mark_as_test(machine_now=NOW)
    services.drive_clock(machine_now=NOW)
    gone = NOW + timedelta(seconds=services.DRIVE_SECONDS + 1)
    assert services.wind_clock(LATER, machine_now=gone)
    services.drive_clock(machine_now=NOW)
    services.stop_driving()
    assert services.wind_clock(LATER, machine_now=NOW)
