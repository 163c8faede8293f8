"""The page of a message: where it stands, what it says, receipts, history, original bytes, and who may see it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from samhandling.access.models import AuditEntry
from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.exchange.web.clearing_views import stated
from samhandling.jobs.worker import run_due
from samhandling.patients.services import register
from samhandling.patients.values import Number, PatientDetails
from samhandling.stays.models import Course
from samhandling.store.services import set_clock
from tests.store.people import logged_in, say_why
from tests.store.record_world import epj_of
from tests.store.small_world import NOW, SmallWorld, build, details, patient, send_admission

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_message_responsible_sees_where_it_stands_and_opens_the_content_by_an_act(world: SmallWorld) -> None:
    message = send_admission(world, patient(world))
    client = logged_in(world.responsible)
    body = text_of(client, f"/melding/{message.pk}/")
    assert re.search(r"Mottatt hos [^<]*Sykepleietjeneste[^<]* kl. 10.20", body)
    assert "ikke at noen har lest den" in body
    assert "Åpne innholdet" in body
    assert "Legesen" not in body
    say_why(client, f"message:{message.pk}")
    opened = text_of(client, f"/melding/{message.pk}/?innhold=1")
    assert "Legesen" in opened
    acts = AuditEntry.objects.filter(subject=f"message:{message.pk}").values_list("action", flat=True)
    assert list(acts) == ["message.metadata", "purpose.given", "message.read"]


def test_the_original_is_given_byte_for_byte_and_never_run(world: SmallWorld) -> None:
    message = send_admission(world, patient(world))
    client = logged_in(world.responsible)
    say_why(client, f"message:{message.pk}")
    answer = client.get(f"/melding/{message.pk}/original/")
    assert b"".join(answer.streaming_content) == originals.read(message.original)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="melding-{message.pk}.xml"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    entry = AuditEntry.objects.get(action="message.download")
    assert entry.patient_id == message.patient_id


def test_the_municipality_sees_its_own_copy_and_not_the_hospitals(world: SmallWorld) -> None:
    sent = send_admission(world, patient(world))
    received = Message.objects.get(organisation=world.municipality, direction="in")
    client = logged_in(world.case_handler)
    body = text_of(client, f"/melding/{received.pk}/")
    assert "Lillevik sykehus" in body
    assert "Legesen" in body
    assert client.get(f"/melding/{sent.pk}/").status_code == 404
    assert client.get(f"/melding/{sent.pk}/original/").status_code == 404
    assert logged_in(world.responsible).get(f"/melding/{received.pk}/").status_code == 404


def test_deleted_content_is_said_and_not_given(world: SmallWorld) -> None:
    message = send_admission(world, patient(world))
    originals.remove(message.original, now=NOW)
    client = logged_in(world.responsible)
    body = text_of(client, f"/melding/{message.pk}/?innhold=1")
    assert "Innholdet er slettet" in body
    assert client.get(f"/melding/{message.pk}/original/").status_code == 410


def test_the_list_shows_messages_with_patient_and_standing(world: SmallWorld) -> None:
    send_admission(world, patient(world))
    body = text_of(logged_in(world.responsible), "/meldinger/")
    assert "Melding om innlagt pasient" in body
    assert "Testine Prøvesen" in body
    assert "Ingen meldinger her" in text_of(logged_in(world.responsible), "/meldinger/?vis=avvist")


def test_who_may_not_see_all_messages_gets_no_list(world: SmallWorld) -> None:
    assert logged_in(world.nurse).get("/meldinger/").status_code == 403


def received(world: SmallWorld) -> Message:
    send_admission(world, patient(world))
    return Message.objects.get(organisation=world.municipality, direction="in")


def unmatched(world: SmallWorld) -> Message:
    message = received(world)
    Message.objects.filter(pk=message.pk).update(patient=None, flags=["unknown_patient"])
    message.refresh_from_db()
    return message


def test_a_person_says_whose_message_it_is_beside_the_document(world: SmallWorld) -> None:
    message = unmatched(world)
    client = logged_in(world.case_handler)
    assert f'href="/melding/{message.pk}/pasient/"' in text_of(client, f"/melding/{message.pk}/")
    assert "Legesen" in text_of(client, f"/melding/{message.pk}/pasient/")
    found = client.post(f"/melding/{message.pk}/pasient/", {"q": "Prøvesen"}).content.decode()
    pick = re.search(r'name="pasient" value="(\d+)"', found)
    assert pick is not None
    assert "14.03.1942" in found
    client.post(f"/melding/{message.pk}/pasient/", {"pasient": pick[1]})
    message.refresh_from_db()
    assert message.patient_id == int(pick[1])
    assert AuditEntry.objects.filter(action="message.assign", patient_id=message.patient_id).exists()
    assert "Koble til pasient" not in text_of(client, f"/melding/{message.pk}/")


def test_a_patient_of_another_organisation_cannot_be_chosen(world: SmallWorld) -> None:
    message = unmatched(world)
    foreign = patient(world, given="Fremmed")
    answer = logged_in(world.case_handler).post(f"/melding/{message.pk}/pasient/", {"pasient": foreign.pk})
    assert answer.status_code == 404
    message.refresh_from_db()
    assert message.patient_id is None


def test_content_that_was_not_ours_is_locked_and_a_week_later_deleted_by_another(world: SmallWorld) -> None:
    message = received(world)
    client = logged_in(world.case_handler)
    client.post(f"/melding/{message.pk}/ikke-oss/", {"grunn": " "})
    message.refresh_from_db()
    assert message.state == "taken"
    client.post(f"/melding/{message.pk}/ikke-oss/", {"grunn": "Feil kommune"})
    body = text_of(client, f"/melding/{message.pk}/")
    assert "Siri Moe avgjorde" in body
    assert "Feil kommune" in body
    assert "Legesen" not in body
    assert f'href="/skriv/melding/{message.pk}/avvik/"' in body
    form = text_of(client, f"/skriv/melding/{message.pk}/avvik/")
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    wrong = {"reason": "wrong_receiver", "text": "Gjelder en annen kommune.", "phone": "60990120"}
    answer = client.post(f"/skriv/melding/{message.pk}/avvik/", {"version": version[1], "videre": "1", **wrong})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(f"/melding/{message.pk}/original/").status_code == 410
    assert "Slett innholdet" not in text_of(logged_in(world.home_nurse), f"/melding/{message.pk}/")
    set_clock(NOW + timedelta(days=8), machine_now=datetime.now(UTC))
    assert "Slett innholdet" not in text_of(client, f"/melding/{message.pk}/")
    other = logged_in(world.home_nurse)
    assert "Slett innholdet" in text_of(other, f"/melding/{message.pk}/")
    other.post(f"/melding/{message.pk}/slett/")
    assert "Slettet av Hans Aas" in text_of(client, f"/melding/{message.pk}/")
    assert AuditEntry.objects.get(action="message.remove").purpose == "Feil kommune"


def test_another_person_confirms_a_match_where_numbers_differ_and_reading_waits_for_nobody(world: SmallWorld) -> None:
    message = unmatched(world)
    someone = register(details("Testine", "Prøvesøn"), organisation_id=world.municipality.pk, now=NOW).patient
    client = logged_in(world.case_handler)
    client.post(f"/melding/{message.pk}/pasient/", {"pasient": someone.pk})
    body = text_of(client, f"/melding/{message.pk}/")
    assert "Ikke bekreftet samme pasient" in body
    assert "Legesen" in body
    course = Course.objects.get()
    run_due(NOW, strict=True)
    assert "Ikke bekreftet samme pasient" in text_of(client, f"/forlop/{course.pk}/")
    mine = text_of(client, f"/melding/{message.pk}/bekreft/")
    assert "Du koblet meldingen selv" in mine
    assert "Ja, samme pasient" not in mine
    client.post(f"/melding/{message.pk}/bekreft/", {"svar": "ja"})
    assert "Ikke bekreftet samme pasient" in text_of(client, f"/melding/{message.pk}/")
    other = logged_in(world.home_nurse)
    theirs = text_of(other, f"/melding/{message.pk}/bekreft/")
    assert "Ja, samme pasient" in theirs
    assert "Prøvesøn" in theirs
    other.post(f"/melding/{message.pk}/bekreft/", {"svar": "ja"})
    assert "Ikke bekreftet samme pasient" not in text_of(client, f"/melding/{message.pk}/")
    client.post(f"/melding/{message.pk}/bekreft/", {"svar": "nei"})
    message.refresh_from_db()
    assert (message.patient, message.matched_by) == (None, None)


def test_the_message_responsible_says_why_before_the_matter_tells_what_changed(world: SmallWorld) -> None:
    message = send_admission(world, patient(world))
    client = logged_in(world.responsible)
    assert "Alt i saken" in text_of(client, f"/melding/{message.pk}/sak/")
    assert "Alt i saken" not in client.get(f"/melding/{message.pk}/sak/?innhold=1", follow=True).content.decode()
    say_why(client, f"message:{message.pk}")
    assert "Alt i saken" in text_of(client, f"/melding/{message.pk}/sak/?innhold=1")


def test_what_identifies_the_patient_in_a_message_is_told_with_what_kind_of_number_it_is() -> None:
    said = stated(PatientDetails(numbers=(Number("HNR", "15476500548"),), family_name="Hjelpesen", given_name="Ola"))
    assert said == [("Navn", "Ola Hjelpesen"), ("H-nummer", "154765 00548 (ikke et fødselsnummer)")]


def test_a_ward_does_not_clear_up_messages(world: SmallWorld) -> None:
    message = send_admission(world, patient(world))
    assert logged_in(world.nurse).get(f"/melding/{message.pk}/pasient/").status_code == 404
    assert logged_in(world.responsible).get(f"/melding/{message.pk}/pasient/").status_code == 404


def test_the_page_says_whether_the_message_is_in_the_record(world: SmallWorld, tmp_path, monkeypatch) -> None:
    message = send_admission(world, patient(world))
    client = logged_in(world.responsible)
    assert "Ikke journalført" in text_of(client, f"/melding/{message.pk}/")
    epj = epj_of(world.hospital, tmp_path / "epj", monkeypatch)
    epj.look(NOW)
    run_due(NOW)
    epj.acknowledge()
    epj.look(NOW)
    body = text_of(client, f"/melding/{message.pk}/")
    assert "Ikke journalført" not in body
    assert re.search(r"Journalført (\d\d\.\d\d\.\d{4} )?kl\. \d\d\.\d\d", body)
