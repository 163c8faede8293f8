"""Into the record: handed over, acknowledged, told when it is not, and never deleted before (P-11)."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from samhandling.access.models import User
from samhandling.exchange import originals
from samhandling.exchange.models import Message, MessageEvent
from samhandling.exchange.services import assign_patient, confirm_patient
from samhandling.jobs.models import Job
from samhandling.tasks.models import Task
from samhandling.writing import filing as filing_room
from samhandling.writing.keeping import UnfiledError, deletable, require_deletable
from samhandling.writing.models import Filing
from samhandling.writing.web.line import filed as line
from tests.store.exchange_world import FNR, HOUR, MINUTE, NOW, World, bring, document, known_in, make, run
from tests.store.record_world import Epj, epj_of

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
OTHER = "12857999841"


@pytest.fixture
def world(monkeypatch) -> World:
    return make(monkeypatch)


@pytest.fixture
def hospital(world: World, tmp_path: Path, monkeypatch) -> Epj:
    return epj_of(world.hospital, tmp_path / "sykehus", monkeypatch)


@pytest.fixture
def municipality(world: World, tmp_path: Path, monkeypatch) -> Epj:
    return epj_of(world.municipality, tmp_path / "kommune", monkeypatch)


def only(**wanted) -> Filing:
    return Filing.objects.get(**wanted)


def tasks(cause: str) -> list[Task]:
    return list(Task.objects.filter(cause=cause, closed_at__isnull=True))


def words(message: Message, now=NOW) -> str:
    found = line(message, now)
    assert found is not None
    return found.text


def test_it_works_for_what_was_sent_and_what_was_received(world, hospital, municipality):
    sent = world.send()
    run()
    (received,) = world.received()
    for epj, message in ((hospital, sent), (municipality, received)):
        filing = only(message=message)
        assert (filing.state, epj.documents()) == ("handed", [str(filing.document_id)])
        assert words(message) == "Ikke journalført"
        epj.acknowledge()
        assert epj.look(NOW + MINUTE) == 1
        filing.refresh_from_db()
        assert (filing.state, filing.filed_at) == ("filed", NOW + MINUTE)
        assert words(message) == "Journalført kl. 10.01"
        assert words(message, NOW + 48 * HOUR) == "Journalført 24.11.2026 kl. 10.01"
        assert list(epj.folder.iterdir()) == []
        kinds = list(
            MessageEvent.objects.filter(message=message, kind__startswith="record.").values_list("kind", flat=True)
        )
        assert kinds == ["record.handed", "record.filed"]


def test_the_record_gets_pages_the_bytes_and_what_it_must_know(world, hospital):
    message = world.send()
    run()
    (name,) = hospital.documents()
    told = json.loads((hospital.folder / f"{name}.json").read_text())
    xml = (hospital.folder / f"{name}.xml").read_bytes()
    pages = (hospital.folder / f"{name}.pdf").read_bytes()
    assert xml == originals.read(message.original)
    assert pages.startswith(b"%PDF-")
    assert told["document_id"] == name
    assert told["synthetic"] is True
    assert told["message"]["msg_id"] == message.msg_id_written
    assert told["message"]["type"] == "LOG_INNLAGT"
    assert told["message"]["direction"] == "out"
    assert told["message"]["sent_or_received_at"] == "2026-11-24T10:00:00+01:00"
    assert told["patient"]["identifiers"] == [{"kind": "FNR", "value": FNR}]
    assert told["patient"]["birth_date"] == "1965-07-15"
    assert told["sender"]["organisation"] == {"name": "Testsykehuset HF", "her_id": "8000"}
    assert [r["role"] for r in told["receivers"]] == ["PRIM"]
    assert told["files"]["xml"]["size"] == len(xml)
    for path in hospital.folder.iterdir():
        assert FNR not in path.name


def test_the_metadata_file_comes_last(world, hospital, monkeypatch):
    order: list[str] = []
    real = Path.replace

    def watched(self: Path, target):
        order.append(Path(target).suffix)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    world.send()
    run()
    assert order == [".pdf", ".xml", ".json"]


def test_written_is_filed_where_the_setting_says_so(world, tmp_path, monkeypatch):
    epj = epj_of(world.hospital, tmp_path / "epj", monkeypatch, acknowledge="at_once")
    message = world.send()
    run()
    assert only(message=message).state == "filed"
    assert len(epj.documents()) == 1
    assert epj.look(NOW) == 0


def test_an_acknowledgment_that_comes_again_or_for_nothing_of_ours_harms_nobody(world, hospital):
    message = world.send()
    run()
    (name,) = hospital.documents()
    strange, nonsense = str(uuid4()), "12345.kvittering"
    hospital.acknowledge(name, strange)
    (hospital.folder / nonsense).touch()
    hospital.look(NOW)
    hospital.acknowledge(name)
    hospital.look(NOW + HOUR)
    assert only(message=message).filed_at == NOW
    assert sorted(p.name for p in hospital.folder.iterdir()) == sorted([nonsense, f"{strange}.kvittering.ukjent"])
    assert hospital.look(NOW) == 0


def test_one_organisation_cannot_acknowledge_for_another(world, hospital, municipality):
    message = world.send()
    run()
    (name,) = hospital.documents()
    (municipality.folder / f"{name}.kvittering").touch()
    municipality.look(NOW)
    assert only(message=message).state == "handed"


def test_not_filed_within_the_hour_is_somebodys_task_until_it_is(world, hospital):
    message = world.send()
    run()
    run(NOW + HOUR - SECOND)
    assert tasks("record.unfiled") == []
    run(NOW + HOUR)
    (task,) = tasks("record.unfiled")
    assert (task.subject, task.role, task.patient_id) == (
        f"message:{message.pk}",
        "message_responsible",
        world.patient.pk,
    )
    assert "ikke journalført innen en time" in task.text
    run(NOW + 3 * HOUR)
    assert len(tasks("record.unfiled")) == 1
    hospital.acknowledge()
    hospital.look(NOW + 3 * HOUR)
    assert tasks("record.unfiled") == []


def test_each_message_has_its_own_hour(world, hospital):
    world.send()
    run()
    second = world.send("LOG_UTSKRIVNINGSKLAR", now=NOW + 30 * MINUTE)
    run(NOW + 30 * MINUTE)
    first_name = str(only(message__type="LOG_INNLAGT", organisation=world.hospital).document_id)
    hospital.acknowledge(first_name)
    hospital.look(NOW + 31 * MINUTE)
    run(NOW + HOUR)
    assert tasks("record.unfiled") == []
    run(NOW + 90 * MINUTE)
    assert [t.subject for t in tasks("record.unfiled")] == [f"message:{second.pk}"]


@pytest.mark.parametrize("number", [28, 5, 30], ids=["full", "broken", "read-only"])
def test_a_folder_that_takes_nothing_is_tried_again_and_told(world, hospital, monkeypatch, number):
    real = os.fsync

    def broken(handle):
        raise OSError(number, "injected")

    monkeypatch.setattr(os, "fsync", broken)
    message = world.send()
    run()
    assert only(message=message).state == "waiting"
    (task,) = tasks("record.unavailable")
    assert task.role == "operations"
    assert list(hospital.folder.iterdir()) == []
    monkeypatch.setattr(os, "fsync", real)
    run(NOW + MINUTE)
    assert only(message=message).state == "handed"
    assert tasks("record.unavailable") == []


def test_a_folder_that_is_gone_is_never_made_here(world, hospital):
    hospital.folder.rmdir()
    message = world.send()
    run()
    hospital.look(NOW)
    assert not hospital.folder.exists()
    assert "ENOENT" in tasks("record.unavailable")[0].text
    hospital.folder.mkdir()
    for later in (10, 30, 60):
        run(NOW + later * MINUTE)
    assert only(message=message).state == "handed"
    assert tasks("record.unavailable") == []


def test_a_job_that_fails_for_days_is_not_given_up(world, hospital):
    hospital.folder.rmdir()
    world.send()
    now = NOW
    for _ in range(40):
        run(now)
        now += 11 * MINUTE
    assert not Job.objects.filter(state="dead", handler="writing.file").exists()
    assert len(tasks("record.unavailable")) == 1


def confirm(message: Message, matched_by: User, now=NOW + 5 * HOUR) -> None:
    """Another person than who matched it confirms the patient."""
    other = User.objects.create(username=f"not-{matched_by.username}")
    confirm_patient(message.pk, organisation_id=message.organisation_id, user=other, now=now)
    run(now)


def test_a_message_without_a_known_patient_waits_for_a_person(world, municipality):
    bring(document(msg_id=str(uuid4()), number=None, family_name="Ukjent"))
    (received,) = world.received()
    assert received.patient_id is None
    filing = only(message=received)
    assert (filing.state, municipality.documents()) == ("held", [])
    assert words(received) == "Til avklaring (ikke journalført)"
    run(NOW + 5 * HOUR)
    assert tasks("record.unfiled") == []
    user = User.objects.create(username="kari")
    assign_patient(received.pk, world.twin, user=user, now=NOW + 5 * HOUR)
    run(NOW + 5 * HOUR)
    filing.refresh_from_db()
    assert filing.state == "held", "another name: somebody else must confirm"
    confirm(received, user)
    filing.refresh_from_db()
    assert (filing.state, filing.due_at) == ("handed", NOW + 6 * HOUR)
    told = json.loads(next(municipality.folder.glob("*.json")).read_text())
    assert told["patient"]["identifiers"][0]["value"] == FNR


def test_a_corrected_patient_gives_a_new_document_that_names_the_old(world, municipality):
    bring(document(msg_id=str(uuid4())))
    (received,) = world.received()
    first = only(message=received)
    municipality.acknowledge()
    municipality.look(NOW)
    right = known_in(world.municipality, OTHER, "Riktigsen")
    user = User.objects.create(username="kari")
    assign_patient(received.pk, right, user=user, now=NOW + HOUR)
    run(NOW + HOUR)
    assert only(message=received).state == "filed", "nothing of it goes to another patient before it is confirmed"
    confirm(received, user, NOW + HOUR)
    again = only(message=received)
    assert again.state == "handed"
    assert again.replaces == first.document_id != again.document_id
    told = json.loads((municipality.folder / f"{again.document_id}.json").read_text())
    assert told["replaces"] == str(first.document_id)
    assert told["patient"]["family_name"] == "Riktigsen"


def test_what_we_rejected_never_comes_into_the_record(world, municipality):
    bring(document(msg_id=str(uuid4()), receiver=("8100", "8199")).replace(b"FNR", b"XXX"))
    for received in world.received():
        assert (received.state == "rejected_by_us") != Filing.objects.filter(message=received).exists()


def test_content_that_was_deleted_is_not_filed(world, tmp_path, monkeypatch):
    message = world.send()
    run()
    originals.remove(message.original, now=NOW)
    epj = epj_of(world.hospital, tmp_path / "epj", monkeypatch)
    epj.look(NOW)
    run(NOW)
    assert only(message=message).state == "dropped"
    assert epj.documents() == []


def test_what_waited_for_a_record_is_filed_when_there_is_one(world, tmp_path, monkeypatch):
    for kind in ("LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR"):
        world.send(kind)
    run()
    assert set(Filing.objects.filter(organisation=world.hospital).values_list("state", "due_at")) == {("waiting", None)}
    run(NOW + 5 * HOUR)
    assert tasks("record.unfiled") == []
    epj = epj_of(world.hospital, tmp_path / "epj", monkeypatch)
    epj.look(NOW + 5 * HOUR)
    run(NOW + 5 * HOUR + MINUTE)
    assert len(epj.documents()) == 2
    assert tasks("record.unfiled") == []


def test_noticing_twice_changes_nothing(world, hospital):
    message = world.send()
    run()
    before = Filing.objects.values().get(message=message)
    filing_room.notice(message, now=NOW + HOUR)
    run(NOW + MINUTE)
    assert Filing.objects.values().get(message=message) == before
    assert len(hospital.documents()) == 1


def test_the_same_document_handed_over_again_keeps_its_name(world, hospital):
    """A worker that dies between the files and its commit does it all again."""
    message = world.send()
    run()
    Filing.objects.filter(message=message).update(state="waiting", handed_at=None)
    first = hospital.documents()
    filing_room.ask(only(message=message), now=NOW)
    run(NOW)
    assert hospital.documents() == first
    assert only(message=message).state == "handed"


def test_what_the_record_took_while_we_were_dead_is_not_given_again(world, hospital):
    message = world.send()
    run()
    (name,) = hospital.documents()
    Filing.objects.filter(message=message).update(state="waiting", handed_at=None)
    for suffix in (".pdf", ".xml", ".json"):
        (hospital.folder / f"{name}{suffix}").unlink()
    hospital.acknowledge(name)
    filing_room.ask(only(message=message), now=NOW)
    run(NOW)
    assert only(message=message).state == "filed"
    assert hospital.documents() == []


def test_retention_never_deletes_what_is_not_filed(world, hospital):
    message = world.send()
    run()
    message.refresh_from_db()
    assert deletable([message]) == []
    with pytest.raises(UnfiledError):
        require_deletable(message)
    hospital.acknowledge()
    hospital.look(NOW)
    assert deletable([message]) == [message]
    require_deletable(message)
    Filing.objects.all().delete()
    assert deletable([message]) == [], "a message that nobody has noticed is not filed either"
    message.standard = "epikrise"
    assert deletable([message]) == [message]


def test_a_message_row_cannot_go_while_it_has_a_filing(world, hospital):
    from django.db.models import ProtectedError

    message = world.send()
    run()
    with pytest.raises(ProtectedError):
        Message.objects.filter(pk=message.pk).delete()


def test_the_jobs_hold_no_private_data(world, hospital):
    world.send()
    assert not any(re.search(r"\d{11}", json.dumps(job.payload)) for job in Job.objects.all())
    run()


def test_document_ids_are_all_that_names_are_made_of(world, hospital):
    world.send()
    run()
    paths = list(hospital.folder.iterdir())
    assert paths
    for path in paths:
        assert str(UUID(path.stem)) == path.stem.lower()
