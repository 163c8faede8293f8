"""The bytes from the patient system are deleted some time after they were used, and never before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.access.models import AuditEntry
from samhandling.intake.models import AdtOriginal, AdtRecord
from samhandling.intake.services import take_in
from samhandling.jobs.models import Job
from samhandling.jobs.services import enqueue_hourly
from samhandling.jobs.worker import run_due
from tests.store.mllp import PID, adt
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def kept() -> set[str]:
    """Control ids of the records whose bytes are there."""
    return set(AdtOriginal.objects.values_list("record__control_id", flat=True))


def after(days: int) -> None:
    """What the worker does that many days later."""
    enqueue_hourly(now=NOW + timedelta(days=days))
    run_due(NOW + timedelta(days=days))


def test_used_ones_go_when_their_time_is_out(world: SmallWorld, settings) -> None:
    take_in(adt("A01", "used"), organisation=world.hospital, now=NOW)
    run_due(NOW)
    after(90)
    assert kept() == {"used"}
    after(91)
    assert kept() == set()
    record = AdtRecord.objects.get()
    assert record.state == "done"
    again = take_in(adt("A01", "used"), organisation=world.hospital, now=NOW + timedelta(days=92))
    assert again.repeated
    body = logged_in(world.responsible).get(f"/pasientsystem/{record.pk}/").content.decode()
    assert "Åpne innholdet" not in body
    assert "Innholdet er slettet." in body
    assert AuditEntry.objects.get(action="adt.originals_deleted").purpose.startswith("1 settled")


def test_what_waits_failed_or_was_set_aside_is_kept(world: SmallWorld) -> None:
    take_in(adt("A01", "aside", PID), organisation=world.hospital, now=NOW)
    run_due(NOW)
    take_in(adt("A01", "failed"), organisation=world.hospital, now=NOW)
    take_in(adt("A08", "waits"), organisation=world.hospital, now=NOW)
    AdtRecord.objects.filter(control_id="failed").update(state="failed", settled_at=NOW)
    Job.objects.all().delete()
    assert dict(AdtRecord.objects.values_list("control_id", "state")) == {
        "aside": "aside",
        "failed": "failed",
        "waits": "waiting",
    }
    after(1000)
    assert kept() == {"aside", "failed", "waits"}
