"""The pages of what came from the patient system: metadata first, content by an act, and another try."""

from __future__ import annotations

import pytest

from samhandling.access.models import AuditEntry
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.intake.models import AdtRecord
from samhandling.intake.services import take_in
from samhandling.jobs.worker import run_due
from samhandling.tasks.models import Task
from tests.store.mllp import PID, PV1, adt
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def feed(world: SmallWorld, message: bytes) -> AdtRecord:
    stored = take_in(message, organisation=world.hospital, now=NOW)
    run_due(NOW, strict=True)
    return AdtRecord.objects.get(pk=stored.record_id)


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_list_shows_what_became_of_each_and_no_patient(world: SmallWorld) -> None:
    feed(world, adt("A01", "1"))
    feed(world, adt("A01", "2", PID))
    feed(world, b"rubbish")
    client = logged_in(world.responsible)
    body = text_of(client, "/pasientsystem/")
    assert all(words in body for words in ("Tatt i bruk", "Ikke brukt", "Avvist, ligger hos avsenderen", "ADT^A01"))
    assert "Gundersen" not in body
    assert "15076500565" not in body
    assert "Tatt i bruk" not in text_of(client, "/pasientsystem/?vis=ikke-brukt")
    assert "Avvist, ligger" in text_of(client, "/pasientsystem/?vis=avvist")
    assert "Ingen meldinger her." in text_of(client, "/pasientsystem/?vis=venter")


def test_a_record_says_why_and_shows_its_content_by_an_act(world: SmallWorld) -> None:
    record = feed(world, adt("A01", "2", PID))
    client = logged_in(world.responsible)
    body = text_of(client, f"/pasientsystem/{record.pk}/")
    assert "sier ikke hvilket opphold den gjelder" in body
    assert "Gundersen" not in body
    opened = text_of(client, f"/pasientsystem/{record.pk}/?innhold=1")
    assert "Gundersen^Roland" in opened
    assert "PID-5" in opened
    acts = AuditEntry.objects.filter(subject=f"adt:{record.pk}").values_list("action", flat=True)
    assert list(acts) == ["adt.metadata", "adt.read"]


def test_operations_see_metadata_and_never_content(world: SmallWorld) -> None:
    record = feed(world, adt("A01", "2", PID))
    watch = add_user("vakt", "demo", now=NOW, demo=True)
    add_role(watch, Role.OPERATIONS, world.hospital, now=NOW)
    body = text_of(logged_in(watch), f"/pasientsystem/{record.pk}/?innhold=1")
    assert "adt.no_visit" in body
    assert "Gundersen" not in body


def test_wards_and_the_municipality_see_none_of_it(world: SmallWorld) -> None:
    record = feed(world, adt("A01", "1"))
    for person in (world.nurse, world.case_handler):
        assert logged_in(person).get(f"/pasientsystem/{record.pk}/").status_code == 403
    other = add_user("annen", "demo", now=NOW, demo=True)
    add_role(other, Role.MESSAGE_RESPONSIBLE, world.municipality, now=NOW)
    assert logged_in(other).get(f"/pasientsystem/{record.pk}/").status_code == 404


def test_a_record_set_aside_is_tried_again_from_its_page(world: SmallWorld) -> None:
    record = feed(world, adt("A01", "1", "PID|1", PV1))
    assert record.state == "aside"
    task = Task.objects.get(subject=f"adt:{record.pk}")
    client = logged_in(world.responsible)
    assert "Prøv på nytt" in text_of(client, f"/pasientsystem/{record.pk}/")
    answer = client.post(f"/pasientsystem/{record.pk}/igjen/", follow=True)
    assert "Meldingen prøves på nytt." in answer.content.decode()
    record.refresh_from_db()
    task.refresh_from_db()
    assert (record.state, task.closed_how) == ("waiting", "tried_again")
    again = client.post(f"/pasientsystem/{record.pk}/igjen/", follow=True)
    assert "ikke lenger satt til side" in again.content.decode()


def test_the_task_leads_to_the_record(world: SmallWorld) -> None:
    record = feed(world, adt("A01", "1", PID))
    task = Task.objects.get(subject=f"adt:{record.pk}")
    body = text_of(logged_in(world.responsible), f"/oppgave/{task.pk}/")
    assert f"/pasientsystem/{record.pk}/" in body


def test_hostile_content_is_escaped(world: SmallWorld) -> None:
    record = feed(world, adt("A01", "<script>1</script>", "PID|1||<script>alert(1)</script>"))
    client = logged_in(world.responsible)
    for address in ("/pasientsystem/", f"/pasientsystem/{record.pk}/?innhold=1"):
        assert "<script>alert" not in text_of(client, address)
        assert "<script>1" not in text_of(client, address)
