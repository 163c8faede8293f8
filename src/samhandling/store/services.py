"""What this store is, and what time it is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from samhandling.errors import SamhandlingError
from samhandling.store.memo import keep, recall
from samhandling.store.models import Store
from samhandling.store.prepared import first, prepared


class RealStoreError(SamhandlingError):
    """Synthetic data or a simulated clock was offered to a store that is not marked *test* (P-15)."""

    code = "store.not_a_test_store"


@prepared
def _row() -> QuerySet[Store, tuple[bool, float]]:
    return Store.objects.filter(pk=1).values_list("test", "clock_offset")


def is_test_store() -> bool:
    """True when the store is marked *test*. A job that has asked for the time knows it already."""
    known = recall(is_test_store)
    return bool(_look()[0] if known is None else known)


def _look() -> tuple[bool, float]:
    """The mark, which a job then remembers, and the clock's offset now."""
    test, offset = first(_row()) or (False, 0.0)
    keep(test, is_test_store)
    return test, offset


def require_test_store() -> None:
    """Raise RealStoreError unless the store is marked *test*."""
    if not is_test_store():
        raise RealStoreError


@transaction.atomic
def mark_as_test(*, machine_now: datetime) -> None:
    """Mark an empty store as a test store, once. Raises RealStoreError when it already serves real people."""
    row = Store.objects.filter(pk=1).first()
    if row is not None and not row.test:
        raise RealStoreError("the store was made without the mark")
    if row is None:
        Store.objects.create(pk=1, test=True, created_at=machine_now)


@transaction.atomic
def mark_as_real(*, machine_now: datetime) -> None:
    """Make the store's row where there is none: a store that was never marked is real."""
    Store.objects.get_or_create(pk=1, defaults={"test": False, "created_at": machine_now})


def now() -> datetime:
    """The present instant for this store: aware UTC; the machine's clock plus a test store's offset.

    For the edges only (views, worker, listeners, commands): everything below them takes `now` as an argument.
    """
    test, offset = _look()
    return datetime.now(UTC) + timedelta(seconds=offset if test else 0.0)


@transaction.atomic
def set_clock(instant: datetime, *, machine_now: datetime) -> None:
    """Let a test store's clock show `instant` from now on. Raises RealStoreError on any other store."""
    row = Store.objects.select_for_update().filter(pk=1, test=True).first()
    if row is None:
        raise RealStoreError
    row.clock_offset = (instant - machine_now).total_seconds()
    row.save(update_fields=["clock_offset"])


DRIVE_SECONDS = 30.0
"""How long a simulated day holds the clock after it was last heard of."""


@transaction.atomic
def wind_clock(target: datetime, *, machine_now: datetime) -> bool:
    """Run a test store's clock forward to `target`: at once (True), or, while a simulated day is played, by asking it.

    The day then plays its events one by one at their times and moves the clock with them (False). Raises
    RealStoreError on any other store.
    """
    row = Store.objects.select_for_update().filter(pk=1, test=True).first()
    if row is None:
        raise RealStoreError
    if row.driven_until is None or row.driven_until < machine_now:
        set_clock(target, machine_now=machine_now)
        return True
    row.clock_target = max(target, row.clock_target or target)
    row.save(update_fields=["clock_target"])
    return False


def drive_clock(*, machine_now: datetime) -> datetime | None:
    """For the one that plays a day: hold the clock for DRIVE_SECONDS more; gives where pages want it to be."""
    until = machine_now + timedelta(seconds=DRIVE_SECONDS)
    Store.objects.filter(pk=1, test=True).update(driven_until=until)
    return Store.objects.filter(pk=1, test=True).values_list("clock_target", flat=True).first()


def clock_target() -> datetime | None:
    """Where the clock is on its way to while a day is played; None when it goes by itself."""
    return Store.objects.filter(pk=1, test=True).values_list("clock_target", flat=True).first()


def target_reached(target: datetime) -> None:
    """The clock is where `target` wanted it; a later target stands."""
    Store.objects.filter(pk=1, clock_target__lte=target).update(clock_target=None)


def stop_driving() -> None:
    """No day is played any more: pages move the clock themselves."""
    Store.objects.filter(pk=1).update(driven_until=None, clock_target=None)
