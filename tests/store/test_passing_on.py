"""Finished documents of the EPJ: sent as they are, once, or refused with findings and a task; by command and by folder."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from uuid import uuid4

import pytest
import typer
from django.db import OperationalError
from typer.testing import CliRunner

from samhandling.configuration import PassOnFolder, configuration
from samhandling.exchange import originals
from samhandling.exchange.models import Delivery, Message
from samhandling.exchange.services import Draft
from samhandling.exchange.services import send as send_message
from samhandling.jobs.collectors import collect_once
from samhandling.registry.models import Agreement
from samhandling.tasks.models import Task
from samhandling.writing import collecting, commands
from samhandling.writing.collecting import Looker, pick_up
from samhandling.writing.passing import pass_on
from samhandling.writing.pickup import Watch
from tests.store.exchange_world import FNR, MINUTE, NOW, World, document, make, party, run

pytestmark = pytest.mark.django_db
OURS, THEIRS = ("8000", "8001"), ("8100", "8101")


@pytest.fixture
def world(monkeypatch) -> World:
    return make(monkeypatch)


def dialogue(msg_id: str, *, question: str = "Kan dere ta imot i morgen?", receiver: tuple[str, str] = THEIRS) -> bytes:
    """A Forespørsel 1.0 from the hospital, a family that has no routine."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <MsgInfo>
  <Type V="DIALOG_FORESPORSEL" DN="Forespørsel"/><MIGversion>v1.2 2006-05-24</MIGversion>
  <GenDate>2026-11-24T09:00:00+01:00</GenDate><MsgId>{msg_id}</MsgId>
  <Sender><Organisation><OrganisationName>Testsykehuset HF</OrganisationName>
   <Ident><Id>8000</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>
   <Organisation><OrganisationName>Somatikk</OrganisationName>
    <Ident><Id>{OURS[1]}</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident></Organisation>
  </Organisation></Sender>
  <Receiver><Organisation><OrganisationName>Testby kommune</OrganisationName>
   <Ident><Id>{receiver[0]}</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>
   <Organisation><OrganisationName>Sykepleietjeneste</OrganisationName>
    <Ident><Id>{receiver[1]}</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident></Organisation>
  </Organisation></Receiver>
  <Patient><FamilyName>Nordmann</FamilyName><GivenName>Ola</GivenName>
   <Ident><Id>{FNR}</Id><TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116" DN="Fødselsnummer"/></Ident></Patient>
 </MsgInfo>
 <Document><DocumentConnection V="H" DN="Hoveddokument"/><RefDoc>
  <IssueDate V="2026-11-24T09:00:00"/><MsgType V="XML" DN="XML-instans"/><MimeType>text/xml</MimeType>
  <Content><Dialogmelding xmlns="http://www.kith.no/xmlstds/dialog/2006-10-11" xmlns:f="http://www.kith.no/xmlstds/felleskomponent1">
   <Foresporsel><TypeForesp V="4" S="2.16.578.1.12.4.1.1.9152" DN="Annen henvendelse"/>
    <Sporsmal>{question}</Sporsmal>
    <RollerRelatertNotat><RoleToPatient V="9" S="2.16.578.1.12.4.1.1.9034" DN="Primærkontakt"/>
     <HealthcareProfessional><TypeHealthcareProfessional V="SP" DN="Sykepleier"/><FamilyName>Pleiersen</FamilyName>
      <GivenName>Siv</GivenName><Ident><f:Id>9999999</f:Id>
       <f:TypeId V="HPR" DN="HPR-nummer" S="2.16.578.1.12.4.1.1.8116"/></Ident>
      <TeleCom><f:TeleAddress V="tel:69860001"/></TeleCom></HealthcareProfessional></RollerRelatertNotat>
   </Foresporsel>
  </Dialogmelding></Content></RefDoc></Document>
</MsgHead>
""".encode()


def codes(result) -> list[str]:
    return [f.code for f in result.findings if f.severity == "error"]


def refusals() -> list[Task]:
    return list(Task.objects.filter(closed_at__isnull=True).exclude(cause__startswith="A-"))


def test_it_works(world):
    data = dialogue(msg_id := str(uuid4()))
    result = pass_on(data, organisation=world.hospital, now=NOW)
    assert (result.accepted, result.msg_id, result.type) == (True, msg_id, "DIALOG_FORESPORSEL"), result.findings
    assert [(r.her_id, r.state) for r in result.receivers] == [("8101", "queued")]
    message = Message.objects.get(direction="out")
    assert originals.read(message.original) == data
    assert (message.written_by, message.patient_id) == ("epj", world.patient.pk)
    run()
    assert Delivery.objects.get(message=message).state == "received"
    assert [m.type for m in world.received()] == ["DIALOG_FORESPORSEL"]


def test_the_same_document_again_is_sent_once_and_tells_where_it_stands(world):
    data = dialogue(str(uuid4()))
    first = pass_on(data, organisation=world.hospital, now=NOW)
    run()
    again = pass_on(data, organisation=world.hospital, now=NOW + MINUTE)
    assert (again.accepted, again.msg_id, again.findings) == (True, first.msg_id, first.findings)
    assert [r.state for r in again.receivers] == ["received"]
    run(NOW + MINUTE)
    assert Message.objects.filter(direction="out").count() == 1
    assert len(world.received()) == 1


def test_another_document_with_the_same_id_is_refused(world):
    msg_id = str(uuid4())
    pass_on(dialogue(msg_id), organisation=world.hospital, now=NOW)
    result = pass_on(dialogue(msg_id.upper(), question="Noe annet?"), organisation=world.hospital, now=NOW)
    assert not result.accepted
    assert codes(result) == ["pass_on.message_id_used"]
    assert Message.objects.filter(direction="out").count() == 1
    assert [t.cause for t in refusals()] == ["pass_on.refused"]


def test_a_logistics_message_is_judged_by_the_routine(world):
    data = document("LOG_INNLAGT", msg_id=str(uuid4()), sender=OURS, receiver=THEIRS)
    result = pass_on(data, organisation=world.hospital, now=NOW)
    assert (result.accepted, codes(result)) == (False, ["stay.unknown_visit"])
    (task,) = refusals()
    assert task.role == "message_responsible"
    assert not Message.objects.filter(direction="out").exists()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda d: d[:700], ""),
        (lambda d: b"", ""),
        (lambda d: b"\x00\x01hei", ""),
        (lambda d: b"<!DOCTYPE a [<!ENTITY x 'y'>]>" + d.partition(b"?>")[2], ""),
        (lambda d: d.replace(b"<MIGversion>v1.2 2006-05-24</MIGversion>", b""), ""),
        (lambda d: d.replace(b"<Id>8001</Id>", b"<Id>8555</Id>"), "address.not_our_sender"),
        (lambda d: d.replace(b"<Id>8101</Id>", b"<Id>4242</Id>"), "address.no_receiver"),
        (lambda d: re.sub(rb"<MsgId>.*</MsgId>", b"<MsgId>17</MsgId>", d), "content.message_id"),
        (lambda d: d.replace(b"DIALOG_FORESPORSEL", b"NOE_ANNET"), ""),
    ],
    ids=["cut", "empty", "binary", "doctype", "structure", "sender", "receiver", "id", "type"],
)
def test_what_may_not_go_is_refused_with_findings_and_one_task(world, spoil, code):
    data = spoil(dialogue(str(uuid4())))
    for _ in range(2):
        result = pass_on(data, organisation=world.hospital, now=NOW)
        assert not result.accepted
        assert codes(result)
        assert not code or code in codes(result)
    assert len(refusals()) == 1
    assert not Message.objects.exists()
    told = json.dumps(result.as_json("a.xml")) + refusals()[0].text
    assert FNR not in told


def test_without_an_agreement_nothing_goes(world):
    Agreement.objects.all().delete()
    result = pass_on(dialogue(str(uuid4())), organisation=world.hospital, now=NOW)
    assert codes(result) == ["address.no_agreement"]
    assert len(refusals()) == 1


def test_the_task_of_a_refusal_ends_when_the_document_goes(world):
    agreement = Agreement.objects.get()
    agreement.delete()
    data = dialogue(str(uuid4()))
    pass_on(data, organisation=world.hospital, now=NOW)
    Agreement.objects.create(hospital=world.hospital, municipality=world.municipality)
    assert pass_on(data, organisation=world.hospital, now=NOW).accepted
    assert refusals() == []


def test_an_answer_is_tied_to_what_it_answers(world):
    first = world.send()
    run()
    data = dialogue(str(uuid4())).replace(
        b"  <Sender>",
        f"<ConversationRef><RefToParent>{first.msg_id_written}</RefToParent>"
        f"<RefToConversation>{first.msg_id_written}</RefToConversation></ConversationRef><Sender>".encode(),
    )
    result = pass_on(data, organisation=world.hospital, now=NOW)
    assert result.accepted, result.findings
    message = Message.objects.get(msg_id=result.msg_id)
    assert (message.refers_to_id, message.subject) == (first.pk, first.subject)


def test_a_cancellation_of_the_epj_withdraws_what_it_sent_before(world):
    def finished(status: str = "N", parent: str = "") -> Message:
        data = document(msg_id=str(uuid4()), sender=OURS, receiver=THEIRS, status=status, parent=parent)
        refers_to = Message.objects.get(msg_id=parent) if parent else None
        outcome = send_message(
            Draft(organisation=world.hospital, message_type="LOG_INNLAGT", document=data, refers_to=refers_to), now=NOW
        )
        assert outcome.message is not None, outcome.findings
        return outcome.message

    first = finished()
    cancellation = finished("C", first.msg_id)
    first.refresh_from_db()
    assert first.cancelled_by_id == cancellation.pk
    assert [t.kind for t in Task.objects.filter(cause="message.withdrawn")] == ["call"]


# The folder ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def drop(world, tmp_path) -> Path:
    folder = tmp_path / "epj"
    folder.mkdir()
    assert pick_up(folder, world.hospital, Looker()) == 0
    return folder


def tree(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def result_of(path: Path) -> dict:
    return json.loads(path.read_text())


def test_a_document_is_taken_sent_and_answered(world, drop):
    data = dialogue(msg_id := str(uuid4()))
    (drop / "inn" / "melding-7.xml").write_bytes(data)
    assert pick_up(drop, world.hospital, Looker()) == 1
    assert tree(drop) == ["behandlet/melding-7.resultat.json", "behandlet/melding-7.xml"]
    assert (drop / "behandlet" / "melding-7.xml").read_bytes() == data
    told = result_of(drop / "behandlet" / "melding-7.resultat.json")
    assert told.keys() == {"file", "accepted", "msg_id", "type", "receivers", "findings"}
    assert (told["file"], told["accepted"], told["msg_id"]) == ("melding-7.xml", True, msg_id)
    assert FNR not in json.dumps(told)


def test_a_refused_document_lies_beside_its_reasons(world, drop):
    (drop / "inn" / "feil.xml").write_bytes(b"<a>")
    assert pick_up(drop, world.hospital, Looker()) == 1
    assert tree(drop) == ["avvist/feil.resultat.json", "avvist/feil.xml"]
    told = result_of(drop / "avvist" / "feil.resultat.json")
    assert not told["accepted"]
    assert told["findings"][0].keys() == {"code", "severity", "path", "text"}


def test_other_files_are_left_alone(world, drop):
    for name in ("a.xml.tmp", ".b.xml", "~c.xml", "d.txt", "e.xm"):
        (drop / "inn" / name).write_bytes(dialogue(str(uuid4())))
    (drop / "inn" / "f.xml").mkdir()
    (drop / "inn" / "g.xml").symlink_to("/etc/passwd")
    before = sorted(p.name for p in (drop / "inn").iterdir())
    assert pick_up(drop, world.hospital, Looker()) == 0
    assert sorted(p.name for p in (drop / "inn").iterdir()) == before


def test_a_file_that_still_grows_is_not_touched(world, drop):
    looker = Looker(settle_seconds=0.15)
    data = dialogue(str(uuid4()))
    path = drop / "inn" / "m.xml"
    for part in (data[:500], data[:900], data):
        path.write_bytes(part)
        assert pick_up(drop, world.hospital, looker) == 0
        time.sleep(0.05)
    time.sleep(0.2)
    assert pick_up(drop, world.hospital, looker) == 1
    assert tree(drop) == ["behandlet/m.resultat.json", "behandlet/m.xml"]


def test_watch_starts_anew_when_a_file_changes(tmp_path):
    import os

    def entries():
        with os.scandir(tmp_path) as found:
            return list(found)

    (tmp_path / "a.xml").write_bytes(b"1")
    watch = Watch(2.0)
    assert watch.settled(entries(), 0.0) == []
    assert watch.settled(entries(), 1.5) == []
    (tmp_path / "a.xml").write_bytes(b"12")
    assert watch.settled(entries(), 2.0) == []
    assert watch.settled(entries(), 3.5) == []
    assert [e.name for e in watch.settled(entries(), 4.0)] == ["a.xml"]


def test_the_same_file_name_again_overwrites_nothing(world, drop):
    for _ in range(3):
        (drop / "inn" / "m.xml").write_bytes(dialogue(str(uuid4())))
        pick_up(drop, world.hospital, Looker())
    assert tree(drop) == [
        "behandlet/m.2.resultat.json", "behandlet/m.2.xml", "behandlet/m.3.resultat.json", "behandlet/m.3.xml",
        "behandlet/m.resultat.json", "behandlet/m.xml",
    ]  # fmt: skip
    assert Message.objects.filter(direction="out").count() == 3


@pytest.mark.parametrize("sent", [False, True], ids=["before sending", "after sending"])
def test_what_a_killed_process_left_is_finished_and_sent_once(world, drop, sent):
    data = dialogue(str(uuid4()))
    if sent:
        pass_on(data, organisation=world.hospital, now=NOW)
    (drop / "arbeid" / "0123~m.xml").write_bytes(data)
    (drop / "behandlet" / ".m.resultat.json.uferdig").write_bytes(b"{")
    assert pick_up(drop, world.hospital, Looker()) == 1
    assert tree(drop) == ["behandlet/m.resultat.json", "behandlet/m.xml"]
    assert result_of(drop / "behandlet" / "m.resultat.json")["accepted"]
    assert Message.objects.filter(direction="out").count() == 1


def test_what_the_store_cannot_take_stays_and_goes_later(world, drop, monkeypatch):
    (drop / "inn" / "m.xml").write_bytes(dialogue(str(uuid4())))

    def down(*args, **kwargs):
        raise ConnectionError("store")

    monkeypatch.setattr(collecting.passing, "pass_on", down)
    pick_up(drop, world.hospital, Looker())
    assert [name.split("/")[0] for name in tree(drop)] == ["arbeid"]
    monkeypatch.undo()
    assert pick_up(drop, world.hospital, Looker()) == 1
    assert tree(drop) == ["behandlet/m.resultat.json", "behandlet/m.xml"]


def test_a_document_that_we_fail_on_is_refused_in_the_end_and_stops_nobody(world, drop, monkeypatch):
    real = collecting.passing.pass_on

    def faulty(data, **more):
        if b"ond" in data:
            raise ValueError("a fault of ours")
        return real(data, **more)

    monkeypatch.setattr(collecting.passing, "pass_on", faulty)
    (drop / "inn" / "a.xml").write_bytes(b"<ond/>")
    (drop / "inn" / "b.xml").write_bytes(dialogue(str(uuid4())))
    looker = Looker()
    pick_up(drop, world.hospital, looker)
    assert (drop / "behandlet" / "b.xml").exists()
    assert len(tree(drop / "arbeid")) == 1
    pick_up(drop, world.hospital, looker)
    pick_up(drop, world.hospital, looker)
    assert result_of(drop / "avvist" / "a.resultat.json")["findings"][0]["code"] == "pass_on.failed"
    assert tree(drop / "arbeid") == []
    assert len(refusals()) == 1


def test_a_store_that_is_away_is_no_fault_of_the_document(world, drop, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError

    (drop / "inn" / "m.xml").write_bytes(dialogue(str(uuid4())))
    looker = Looker()
    with monkeypatch.context() as broken:
        broken.setattr(collecting.passing, "pass_on", away)
        for _ in range(5):
            with pytest.raises(OperationalError):
                pick_up(drop, world.hospital, looker)
    assert pick_up(drop, world.hospital, looker) == 1
    assert (drop / "behandlet" / "m.xml").exists()


def test_a_folder_that_is_gone_is_told_and_not_made(world, tmp_path):
    looker = Looker()
    pick_up(tmp_path / "borte", world.hospital, looker)
    assert not (tmp_path / "borte").exists()
    (task,) = Task.objects.filter(cause="pass_on.folder", closed_at__isnull=True)
    assert task.role == "operations"
    (tmp_path / "borte").mkdir()
    pick_up(tmp_path / "borte", world.hospital, looker)
    assert not Task.objects.filter(cause="pass_on.folder", closed_at__isnull=True).exists()


def test_a_file_name_with_a_number_in_it_reaches_no_task_and_no_result(world, drop):
    (drop / "inn" / f"{FNR}.xml").write_bytes(b"<a>")
    pick_up(drop, world.hospital, Looker())
    (result,) = (drop / "avvist").glob("*.json")
    assert FNR not in result.read_text()
    assert all(FNR not in t.text + t.subject + t.unique_key for t in Task.objects.all())


def test_the_worker_looks_by_itself(world, tmp_path, monkeypatch):
    folder = tmp_path / "mappe"
    folder.mkdir()
    setting = PassOnFolder(organisation="974744570", folder=folder, settle_seconds=0)
    monkeypatch.setattr(configuration(), "pass_on", [setting])
    assert collect_once() == 0
    (folder / "inn" / "m.xml").write_bytes(dialogue(str(uuid4())))
    assert collect_once() == 1
    assert (folder / "behandlet" / "m.xml").exists()


def test_hospitals_need_no_agreement_with_each_other(world):
    from samhandling.organisations.models import Organisation

    other = Organisation.objects.create(name="Nabosykehuset HF", her_id="8200", kind="hospital")
    party(other, "8201", "Mottak", "plo_reception", track="SOMATIC")
    result = pass_on(dialogue(str(uuid4()), receiver=("8200", "8201")), organisation=world.hospital, now=NOW)
    assert result.accepted, result.findings


# The command ---------------------------------------------------------------------------------------------------------


def send(*words: str):
    app = typer.Typer()
    app.command()(commands.send)
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def files(world, tmp_path, monkeypatch) -> dict[str, str]:
    monkeypatch.setattr("samhandling.store.ready.require_migrated", lambda: None)
    made = {"god": dialogue(str(uuid4())), "feil": b"<MsgHead>", "fremmed": document(msg_id=str(uuid4()))}
    for name, data in made.items():
        (tmp_path / f"{name}.xml").write_bytes(data)
    return {name: str(tmp_path / f"{name}.xml") for name in made}


def test_the_command_tells_of_each_file_in_order(world, files):
    done = send("--json", files["feil"], files["god"], files["god"])
    assert done.exit_code == 1, done.output
    told = json.loads(done.stdout)
    assert [(one["file"], one["accepted"]) for one in told] == [
        (files["feil"], False), (files["god"], True), (files["god"], True),
    ]  # fmt: skip
    assert told[1] == told[2]
    assert told[1]["receivers"][0].keys() == {"her_id", "name", "state"}
    assert Message.objects.filter(direction="out").count() == 1


def test_the_command_says_it_in_words(world, files):
    done = send(files["god"], "--organisation", "974744570")
    assert done.exit_code == 0, done.output
    assert "tatt imot for sending  DIALOG_FORESPORSEL" in done.stdout
    assert "Sykepleietjeneste" in done.stdout
    assert "nursing" not in done.stdout


def test_a_document_that_is_nobodys_here_is_refused(world, files):
    done = send("--json", files["fremmed"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)[0]["findings"][0]["code"] == "address.not_our_sender"


def test_wrong_use_is_told_apart(world, files, tmp_path):
    assert send(str(tmp_path / "finnes-ikke.xml")).exit_code == 2
    assert send(files["god"], "--organisation", "999").exit_code == 2
    assert send().exit_code == 2
    assert not Message.objects.exists()
