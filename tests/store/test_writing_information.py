"""Helseopplysninger written at the ward: draft, preview, sending, F1, change, final notice, withdrawal."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from samhandling.access.models import AuditEntry
from samhandling.exchange import originals
from samhandling.exchange.models import Delivery, Message
from samhandling.jobs.worker import run_due
from samhandling.messages import engine
from samhandling.stays import events
from samhandling.stays.models import BreachOfRoutine, Deadline, Stay
from samhandling.stays.services import register
from samhandling.stays.work import load_state
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from samhandling.writing.drafts import read
from samhandling.writing.models import Draft
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db

FILLED = {
    "patient_status": "Innlagt etter fall hjemme.",
    "expected_course": "Trenger hjelp til stell de første ukene.",
    "expected_ready_on": "20.11.2026",
    "cautions-0-word": "Penicillin",
    "cautions-0-text": "utslett",
    "cautions-1-word": "",
    "cautions-1-text": "",
    "cautions-2-word": "Morfin",
    "next_of_kin-0-given_name": "Ola",
    "next_of_kin-0-family_name": "Prøvesen",
    "next_of_kin-0-phone": "91000000",
    "phone": "60 80 01 01",
}


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    return found


@pytest.fixture
def nurse(world: SmallWorld) -> Client:
    return logged_in(world.nurse)


def address(stay: Stay, what: str = "tidligmelding", then: str = "") -> str:
    return f"/skriv/opphold/{stay.pk}/{what}/{then}"


def version(client: Client, where: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', client.get(where).content.decode())
    assert found is not None
    return found[1]


def post(client: Client, where: str, button: str = "videre", **values: str):
    return client.post(where, {"version": version(client, where), button: "1", **values})


def sent(client: Client, stay: Stay, what: str = "tidligmelding", *, why: str = "", **values: str) -> Message:
    """Write, look over, send."""
    answer = post(client, address(stay, what), **({**FILLED, **values} if what != "trekk-tilbake" else values))
    assert answer.status_code == 302, re.findall(r'field__error"[^>]*>.*?</p>', answer.content.decode(), re.S)
    assert answer["Location"] == address(stay, what, "se-over/")
    done = post(client, answer["Location"], grunn=why)
    assert (done.status_code, done["Location"]) == (302, f"/opphold/{stay.pk}/")
    return Message.objects.filter(organisation=stay.organisation, type="HELSEOPPL_SOKNAD").latest("pk")


def document(message: Message) -> str:
    assert message.original is not None
    reading = engine.read(originals.read(message.original))
    assert reading.valid, reading.problems
    return originals.read(message.original).decode()


def f1(stay: Stay) -> str:
    return Deadline.objects.get(stay=stay, clock="F1").state


def test_the_form_is_prefilled_from_the_stay(stay: Stay, nurse: Client) -> None:
    body = nurse.get(address(stay)).content.decode()
    assert 'value="60 80 01 01"' in body
    assert "Testine Prøvesen" in body
    assert "14.03.1942" in body
    boxes = re.findall(r'<input id="id_\w+"', body)
    assert len(boxes) <= 6


def test_an_early_notice_is_sent_and_meets_f1_by_its_receipt(stay: Stay, nurse: Client) -> None:
    assert f1(stay) == "due"
    message = sent(nurse, stay)
    assert (message.kind, message.status, message.version, message.written_by) == ("early", "N", "1.6", "node")
    assert message.due_at == load_state(Stay.objects.get(pk=stay.pk)).early_due
    assert f1(stay) == "sent_unacked"
    text = document(message)
    assert 'V="1"' in re.findall(r"<[^<]*TypeInnhold [^>]*>", text)[0]
    assert "Penicillin" in text
    assert "2026-11-20" in text
    run_due(present(), strict=True)
    assert f1(stay) == "met"
    body = nurse.get(f"/opphold/{stay.pk}/").content.decode()
    assert "Tidligmelding" in body
    assert "Mottatt hos Saksbehandling" in body
    assert AuditEntry.objects.filter(action="message.write", user_id=nurse_of(stay).pk).exists()


def nurse_of(stay: Stay):
    return Draft.objects.get(subject=stay.subject).author


def test_a_rejected_early_notice_does_not_meet_f1(stay: Stay, nurse: Client) -> None:
    from samhandling.organisations.models import Organisation
    from samhandling.registry.models import CounterpartFault

    CounterpartFault.objects.create(
        organisation=Organisation.objects.get(her_id="98310700"), mode="reject_e21", reason="Ukjent"
    )
    message = sent(nurse, stay)
    run_due(present(), strict=True)
    assert Delivery.objects.get(message=message).state == "rejected"
    # What was rejected does not count as sent (T08).
    assert f1(stay) == "due"
    deadline = Deadline.objects.get(stay=stay, clock="F1")
    from samhandling.jobs.worker import run_due as due

    due(deadline.due_at + timedelta(seconds=1))
    assert f1(stay) == "missed"
    assert BreachOfRoutine.objects.filter(stay=stay, code="A-09").exists()


def test_what_is_missing_is_said_at_its_field_and_the_draft_is_kept(stay: Stay, nurse: Client) -> None:
    answer = post(nurse, address(stay), patient_status="Falt", phone="", expected_ready_on="i morgen")
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Skriv antatt forløp." in body
    assert "Datoen kan ikke leses." in body
    assert "Skriv telefonnummeret som blir besvart." in body
    assert not Message.objects.filter(type="HELSEOPPL_SOKNAD").exists()
    draft = Draft.objects.get()
    assert read(draft).fields["patient_status"] == "Falt"
    assert b"Falt" not in bytes(draft.sealed)
    nurse.logout()
    again = logged_in(draft.author)
    assert "Falt" in again.get(address(stay)).content.decode()


def test_a_word_of_the_document_that_is_wrong_is_said_at_its_field(stay: Stay, nurse: Client) -> None:
    body = post(nurse, address(stay), **{**FILLED, "phone": "internt"}).content.decode()
    assert "er ikke et telefonnummer" in body
    past = post(nurse, address(stay), **{**FILLED, "expected_ready_on": "01.11.2026"}).content.decode()
    assert "Datoen har vært." in past


def test_nobody_saves_over_what_they_have_not_seen(stay: Stay, nurse: Client, world: SmallWorld) -> None:
    seen = version(nurse, address(stay))
    other = logged_in(world.responsible)
    post(other, address(stay), "lagre", patient_status="Fra en annen")
    answer = nurse.post(address(stay), {"version": seen, "videre": "1", **FILLED})
    assert "En annen har lagret utkastet" in answer.content.decode()
    assert read(Draft.objects.get()).fields["patient_status"] == "Fra en annen"


def test_what_a_page_saves_by_itself_does_not_stand_in_the_way_of_its_own_button(stay: Stay, nurse: Client) -> None:
    """The button may be pressed while the page still saves by itself."""
    by_itself = {"version": "0", "page": "a", "patient_status": "Halv"}
    nurse.post(address(stay, then="utkast/"), by_itself)
    answer = nurse.post(address(stay), {"version": "0", "page": "a", "lagre": "1", "patient_status": "Hel"})
    assert answer.status_code == 302
    # What was sent earlier and comes later is not newer, and another page of the same person has seen nothing.
    nurse.post(address(stay, then="utkast/"), by_itself)
    nurse.post(address(stay), {"version": "0", "page": "b", "lagre": "1", "patient_status": "En annen side"})
    assert read(Draft.objects.get()).fields["patient_status"] == "Hel"


def test_the_draft_saves_itself_and_can_be_thrown_away(stay: Stay, nurse: Client) -> None:
    answer = nurse.post(address(stay, then="utkast/"), {"version": "0", "patient_status": "Halvferdig"})
    assert "Utkast lagret" in answer.content.decode()
    assert 'value="1"' in answer.content.decode()
    assert "Halvferdig" in nurse.get(address(stay)).content.decode()
    nurse.post(address(stay, then="forkast/"))
    assert not Draft.objects.exists()


def test_the_preview_is_what_the_receiver_sees(stay: Stay, nurse: Client) -> None:
    post(nurse, address(stay), **FILLED)
    body = nurse.get(address(stay, then="se-over/")).content.decode()
    assert "Til Saksbehandling, Storvik kommune." in body
    assert "Innlagt etter fall hjemme." in body
    assert re.search(r'class="beside">.*Testine Prøvesen.*14\.03\.1942', body, re.S)
    assert not Message.objects.filter(type="HELSEOPPL_SOKNAD").exists()


def test_a_change_starts_from_the_last_and_says_what_changed(stay: Stay, nurse: Client) -> None:
    first = sent(nurse, stay)
    body = nurse.get(address(stay, "endringsmelding")).content.decode()
    assert "Innlagt etter fall hjemme." in body
    assert [word for word in ("Penicillin", "utslett", "Morfin") if f'value="{word}"' in body] == [
        "Penicillin", "utslett", "Morfin",
    ]  # fmt: skip
    same = post(nurse, address(stay, "endringsmelding"), **FILLED, change="Ny dato")
    assert "Ingenting er endret siden forrige versjon." in same.content.decode()
    post(nurse, address(stay, "endringsmelding"), **{**FILLED, "expected_ready_on": "21.11.2026", "change": "Ny dato"})
    shown = nurse.get(address(stay, "endringsmelding", "se-over/")).content.decode()
    assert "Endret siden forrige versjon:</p>" not in shown
    assert "<strong>Forventet utskrivningsklar</strong>" in shown
    post(nurse, address(stay, "endringsmelding", "se-over/"))
    second = Message.objects.latest("pk")
    assert (second.status, second.kind, second.ref_parent, second.ref_conversation) == (
        "M", "change", first.msg_id, first.msg_id,
    )  # fmt: skip
    assert "Endring: Ny dato" in document(second)
    first.refresh_from_db()
    assert first.replaced_by == second
    run_due(present(), strict=True)
    states = Message.objects.filter(direction="in", type="HELSEOPPL_SOKNAD").order_by("pk").values_list("state")
    assert list(states) == [("replaced",), ("taken",)]
    third = sent(nurse, stay, "endelig-helseopplysning", change="Endelig")
    assert (third.status, third.kind, third.ref_parent, third.ref_conversation) == (
        "M", "final", second.msg_id, first.msg_id,
    )  # fmt: skip
    assert load_state(Stay.objects.get(pk=stay.pk)).information == "final"


def test_the_final_notice_closes_the_task_of_a_discharge_without_it(
    stay: Stay, nurse: Client, world: SmallWorld
) -> None:
    sent(nurse, stay)
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    task = Task.objects.get(cause="stay.information_missing")
    assert task.closed_at is None
    sent(nurse, stay, "endelig-helseopplysning", why="missing", change="Ferdig behandlet")
    task.refresh_from_db()
    assert task.closed_at is not None


def test_a_withdrawal_says_why_and_takes_the_whole_series(stay: Stay, nurse: Client) -> None:
    first = sent(nurse, stay)
    second = sent(nurse, stay, "endringsmelding", change="Ny dato", expected_ready_on="23.11.2026")
    assert "Skriv hvorfor" in post(nurse, address(stay, "trekk-tilbake"), cancel_reason="").content.decode()
    message = sent(nurse, stay, "trekk-tilbake", cancel_reason="Sendt på feil pasient.")
    assert (message.status, message.ref_parent, message.ref_conversation) == ("C", second.msg_id, first.msg_id)
    assert "Kansellering: Sendt på feil pasient." in document(message)
    run_due(present(), strict=True)
    incoming = Message.objects.filter(direction="in", type="HELSEOPPL_SOKNAD").exclude(status="C")
    assert {m.state for m in incoming} == {"cancelled"}
    assert Task.objects.filter(cause="message.withdrawn", closed_at=None).exists()
    assert load_state(Stay.objects.get(pk=stay.pk)).information == ""
    # A new series may begin.
    again = sent(nurse, stay)
    assert (again.status, again.ref_parent) == ("N", "")


def test_the_routine_judges(stay: Stay, nurse: Client, world: SmallWorld) -> None:
    sent(nurse, stay)
    assert "Skriv en endringsmelding" in nurse.get(address(stay)).content.decode()
    assert post(nurse, address(stay), **FILLED).status_code == 422
    register(stay, events.Died(at=NOW), user=world.nurse, now=NOW)
    body = nurse.get(address(stay, "endringsmelding")).content.decode()
    assert "passer ikke med hvor pasienten er nå" in body
    before = Message.objects.count()
    post(nurse, address(stay, "endringsmelding"), **FILLED, change="Endret")
    draft = Draft.objects.get(sent=None, place__endswith="endringsmelding")
    assert nurse.get(address(stay, "endringsmelding", "se-over/")).status_code == 302
    nurse.post(address(stay, "endringsmelding", "se-over/"), {"version": draft.version})
    assert Message.objects.count() == before


def test_what_is_wrong_now_is_not_sent_because_it_was_right_before(stay: Stay, nurse: Client) -> None:
    post(nurse, address(stay), **FILLED)
    post(nurse, address(stay), **{**FILLED, "phone": ""})
    assert nurse.get(address(stay, then="se-over/"))["Location"] == address(stay)
    nurse.post(address(stay, then="se-over/"), {"version": Draft.objects.get().version})
    assert not Message.objects.filter(type="HELSEOPPL_SOKNAD").exists()


def test_an_early_notice_registers_the_need(world: SmallWorld, nurse: Client) -> None:
    stay = admit(world)
    assert "registreres behov" in nurse.get(address(stay)).content.decode()
    sent(nurse, stay)
    state = load_state(Stay.objects.get(pk=stay.pk))
    assert (state.need, state.information) == (True, "early")
    assert f1(stay) == "sent_unacked"


def test_who_may_write(stay: Stay, world: SmallWorld) -> None:
    for user in (world.surgeon_nurse, world.case_handler):
        assert logged_in(user).get(address(stay)).status_code == 404
    assert Client().get(address(stay)).status_code == 302
