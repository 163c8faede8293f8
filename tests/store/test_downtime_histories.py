"""Random lives of outages: whatever people do in whatever order, what is told holds."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from samhandling.configuration import configuration
from samhandling.downtime import services
from samhandling.downtime.facts import value_of
from samhandling.downtime.models import Notice, Outage, OutageEntry, PlannedAction
from samhandling.downtime.rules.life import ImpossibleChangeError
from samhandling.downtime.rules.plan import OutageFactsError
from samhandling.downtime.services import Report
from samhandling.jobs.worker import run_due
from tests.store.small_world import SmallWorld, build
from tests.unit import slow_plan

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
BEFORE = ("planned_first", "planned_second", "planned_combined")
DURING = ("acute", "acute_repeated", "extended", "end_unknown")


@pytest.fixture(scope="module")
def _none() -> None:
    assert configuration().mail is None, "the notices stay in the ledger"


def live(world: SmallWorld, chance: random.Random) -> tuple[Outage, list[bool]]:
    """One outage, and up to six things that people do with it, hours apart; whether 4.2 wanted it told each time."""
    now, must = BEGIN, []
    start = now + timedelta(minutes=chance.randrange(30, 60 * 24 * 6))
    length = timedelta(minutes=chance.choice([20, 60, 61, 180, 60 * 30]))
    if chance.random() < 0.4:
        end = now + length if chance.random() < 0.5 else None
        report = Report(kind="acute", start=now, end=end, known_at=now)
        row = services.announce_acute(world.hospital, report, user=None, now=now)
    else:
        report = Report(kind="planned", start=start, end=start + length, known_at=now)
        row = services.register(world.hospital, report, user=None, now=now)
        services.schedule(row.pk, user=None, now=now)
    for _ in range(chance.randrange(1, 7)):
        now += timedelta(minutes=chance.choice([1, 20, 65, 60 * 8, 60 * 20]))
        run_due(now, strict=True)
        row.refresh_from_db()
        must.append(slow_plan.notifiable(value_of(row), now))
        with contextlib.suppress(ImpossibleChangeError, OutageFactsError):
            change(row, chance, now)
        row.refresh_from_db()
        must.append(slow_plan.notifiable(value_of(row), now))
        run_due(now, strict=True)
    last = now + timedelta(days=9)
    for hours in range(1, 9 * 24, 3):
        run_due(now + timedelta(hours=hours), strict=True)
    run_due(last, strict=True)
    row.refresh_from_db()
    if not row.over and row.kind == "acute":
        must.append(slow_plan.notifiable(value_of(row), last))
    return row, must


def change(row: Outage, chance: random.Random, now: datetime) -> None:
    what = chance.choice(["extend", "move", "finish", "cancel", "unknown", "anyway"])
    later = now + timedelta(minutes=chance.randrange(5, 60 * 48))
    if what == "extend":
        services.extend(row.pk, end=max(later, row.start + timedelta(minutes=5)), user=None, now=now)
    elif what == "move":
        services.move(row.pk, start=later, end=later + timedelta(hours=2), user=None, now=now)
    elif what == "finish":
        services.finish(row.pk, user=None, now=now)
    elif what == "cancel":
        services.cancel(row.pk, user=None, now=now)
    elif what == "anyway":
        services.announce_anyway(row.pk, user=None, now=now)
    elif row.kind == "acute":
        services.extend(row.pk, end=None, user=None, now=now)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_told_holds(world_of_outages: SmallWorld, seed: int) -> None:
    row, must = live(world_of_outages, random.Random(seed))
    told = list(Notice.objects.filter(outage=row).order_by("pk"))
    assert max(Counter(each.message_id for each in told).values(), default=1) == 1
    entries = {entry.what: entry.at for entry in OutageEntry.objects.filter(outage=row)}
    over = entries.get("cancelled") or entries.get("finished")
    if over is not None:
        late = [each.kind for each in told if each.created_at > over and each.kind in BEFORE + DURING]
        assert late == [], f"nothing of it is told after it was over (seed {seed})"
        assert not row.published
        announced = any(each.kind in BEFORE + DURING for each in told)
        if "cancelled" in entries:
            assert any(each.kind == "cancelled" for each in told) == announced, f"who was told is told so (seed {seed})"
        if not announced:
            assert not any(each.kind in ("finished", "finished_early") for each in told)
    if not row.announce_anyway and row.kind == "planned" and not any(must):
        assert told == [], f"never announced when 4.2 does not want it (seed {seed})"
    if must[-1] and not row.over:
        assert row.announced, f"never silent when 4.2 wants it told (seed {seed})"
    for action in PlannedAction.objects.filter(outage=row, kind="mail"):
        groups = Counter(notice.recipient for notice in action.notices.all())
        if action.state == PlannedAction.State.DONE:
            assert len(groups) >= 5, "every group of the policy, always"
        else:
            assert not groups, "what lapsed or was missed told nobody"
    assert not PlannedAction.objects.filter(outage=row, state=PlannedAction.State.PLANNED).exists()


@pytest.fixture
def world_of_outages(_none: None) -> SmallWorld:
    return build(BEGIN)
