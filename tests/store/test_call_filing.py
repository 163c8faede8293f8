"""A telephone call about a patient goes into the record as a journal document of its own (S-45)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from samhandling.jobs.worker import run_due
from samhandling.stays.calls import Spoken, note_on_stay
from samhandling.stays.models import Stay
from samhandling.tasks.models import Task
from samhandling.writing.models import Filing
from samhandling.writing.rules import FilingState
from tests.store.people import logged_in
from tests.store.record_world import Epj, epj_of
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def epj(world: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Epj:
    return epj_of(world.hospital, tmp_path / "journal", monkeypatch)


def ring(world: SmallWorld) -> None:
    spoken = Spoken(who="Ane\x07 Lie", agreed="Tar imot <i dag> & ringer kl. 14", at=NOW, counterpart="Storvik kommune")
    note_on_stay(admit(world), spoken, user=world.nurse, now=NOW)
    run_due(NOW, strict=True)


def test_the_record_gets_who_when_and_what_and_acknowledges(world: SmallWorld, epj: Epj) -> None:
    ring(world)
    (name,) = epj.documents()
    told = json.loads((epj.folder / f"{name}.json").read_text())
    assert told["message"] is None
    assert (told["call"]["counterpart"], told["call"]["by"]) == ("Storvik kommune", "Kari Vik")
    assert (told["patient"]["given_name"], told["visit"]) == ("Testine", "1001")
    words = (epj.folder / f"{name}.xml").read_text()
    assert "Tar imot &lt;i dag&gt; &amp; ringer kl. 14" in words
    assert "Ane Lie" in words
    assert (epj.folder / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    epj.acknowledge()
    epj.look(NOW)
    assert Filing.objects.get(call__isnull=False).state == FilingState.FILED


def test_a_call_that_is_not_filed_within_an_hour_is_somebodys_work(world: SmallWorld, epj: Epj) -> None:
    ring(world)
    run_due(NOW + timedelta(minutes=61), strict=True)
    task = Task.objects.get(cause="record.unfiled")
    assert task.subject.startswith("stay:")
    epj.acknowledge()
    epj.look(NOW + timedelta(minutes=62))
    task.refresh_from_db()
    assert task.closed_how == "resolved"


def test_the_call_list_and_the_stay_say_whether_the_call_is_in_the_record(world: SmallWorld, epj: Epj) -> None:
    ring(world)
    stay = Stay.objects.get()
    nurse = logged_in(world.nurse)
    page = nurse.get(f"/opphold/{stay.pk}/").content.decode()
    assert page.count("Ikke journalført") == 2  # the call list and the timeline
    epj.acknowledge()
    epj.look(NOW)
    page = nurse.get(f"/opphold/{stay.pk}/").content.decode()
    assert page.count("Journalført ") == 2
    assert "Ikke journalført" not in page
