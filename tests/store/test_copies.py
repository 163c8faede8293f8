"""Copies: chosen in the form, one delivery and receipt each, told in the document, and followed by every change."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from samhandling.clock import oslo
from samhandling.exchange import originals
from samhandling.exchange.models import Delivery, Message, Receipt
from samhandling.exchange.services import Draft, send
from samhandling.jobs.worker import run_due
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.organisations.models import Organisation
from samhandling.registry.models import Agreement, CommunicationParty, CounterpartFault
from samhandling.registry.services import copy_book
from samhandling.stays import events
from samhandling.stays.models import Course, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db
GP, NURSES, CASES = "98000501", "98310701", "98310702"
NOTICE = {
    "patient_status": "Fall hjemme.",
    "expected_course": "Trenger hjelp.",
    "expected_ready_on": "20.11.2026",
    "phone": "60 80 01 01",
}


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return found


@pytest.fixture
def nurse(world: SmallWorld) -> Client:
    return logged_in(world.nurse)


def version(body: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', body)
    assert found is not None
    return found[1]


def looked_over(client: Client, where: str, **values: str) -> str:
    """The preview of what is written there."""
    form = client.get(where).content.decode()
    answer = client.post(where, {"version": version(form), "videre": "1", **values})
    assert answer.status_code == 302, re.findall(r'field__error"[^>]*>.*?</p>', answer.content.decode(), re.S)
    return client.get(answer["Location"]).content.decode()


def sent(client: Client, where: str, **values: str) -> Message:
    """Write, look over, send; its receivers answer."""
    body = looked_over(client, where, **values)
    assert client.post(f"{where}se-over/", {"version": version(body)}).status_code == 302
    run_due(present(), strict=True)
    found = Message.objects.filter(direction="out").order_by("pk").last()
    assert found is not None
    return found


def told_to(message: Message) -> dict[str, str]:
    """HER-id -> role, as the document says."""
    found = read_facts(engine.read(originals.read(message.original)))
    assert found is not None
    return {party.her_id: party.role for party in found.receivers}


def test_each_copy_receiver_gets_the_message_and_answers_for_itself(stay: Stay, nurse: Client) -> None:
    where = f"/skriv/opphold/{stay.pk}/tidligmelding/"
    body = unescape(looked_over(nurse, where, **NOTICE, **{"copies-0-receiver": GP, "copies-3-receiver": NURSES}))
    assert "Kopi til Lege Lønn, Storvik legesenter; Sykepleietjeneste, Storvik kommune." in body
    message = sent(nurse, where, **NOTICE, **{"copies-0-receiver": GP, "copies-3-receiver": NURSES})
    assert told_to(message) == {CASES: "PRIM", GP: "COP", NURSES: "COP"}
    assert dict(Delivery.objects.filter(message=message).values_list("her_id", "state")) == dict.fromkeys(
        (CASES, GP, NURSES), "received"
    )
    assert Receipt.objects.filter(message=message, direction="in", status="1").count() == 3
    taken = Message.objects.filter(direction="in", msg_id=message.msg_id)
    assert {each.organisation.kind for each in taken} == {"municipality", "gp"}
    for address in (f"/melding/{message.pk}/", f"/melding/{message.pk}/sak/"):
        page = unescape(nurse.get(address).content.decode())
        assert page.count("Kopimottaker") >= 2
        assert re.search(r"Mottatt hos Lege Lønn, Storvik legesenter", page)
    assert "Lege Lønn, Storvik legesenter" in re.findall(
        r'<ul class="plain receipts">.*?</ul>', unescape(nurse.get(f"/melding/{message.pk}/").content.decode()), re.S
    )[0]  # fmt: skip


def test_whoever_got_a_copy_gets_the_change_and_the_withdrawal(stay: Stay, nurse: Client) -> None:
    base = f"/skriv/opphold/{stay.pk}"
    first = sent(nurse, f"{base}/tidligmelding/", **NOTICE, **{"copies-0-receiver": GP})
    assert f'value="{GP}" selected' in nurse.get(f"{base}/endringsmelding/").content.decode()
    changed = sent(nurse, f"{base}/endringsmelding/", **{**NOTICE, "patient_status": "Bedre.", "change": "Bedre."})
    assert told_to(changed)[GP] == "COP"
    also = sent(
        nurse, f"{base}/endringsmelding/", **NOTICE, change="Kopi til hjemmesykepleien.",
        **{"copies-0-receiver": GP, "copies-1-receiver": NURSES},
    )  # fmt: skip
    assert set(told_to(also)) == {CASES, GP, NURSES}
    gone = sent(nurse, f"{base}/trekk-tilbake/", cancel_reason="Feil pasient.")
    assert set(told_to(gone)) == {CASES, GP, NURSES}
    at_doctor = Message.objects.get(organisation__kind="gp", msg_id=first.msg_id)
    assert at_doctor.state == "cancelled"


def test_a_doctor_who_rejects_a_copy_needs_a_person(stay: Stay, nurse: Client) -> None:
    doctors = Organisation.objects.get(kind="gp")
    CounterpartFault.objects.create(organisation=doctors, mode="reject_e21")
    where = f"/skriv/opphold/{stay.pk}/tidligmelding/"
    message = sent(nurse, where, **NOTICE, **{"copies-0-receiver": GP})
    assert dict(Delivery.objects.filter(message=message).values_list("role", "state")) == {
        "PRIM": "received",
        "COP": "rejected",
    }
    assert Task.objects.get(cause="A-02").subject == f"message:{message.pk}"
    later = sent(nurse, f"/skriv/opphold/{stay.pk}/endringsmelding/", **NOTICE, change="Ny.")
    assert (later.status, later.ref_parent) == ("M", message.msg_id)
    assert set(told_to(later)) == {CASES}


def test_nobody_is_chosen_twice_and_only_who_stands_in_the_list(stay: Stay, nurse: Client, world: SmallWorld) -> None:
    where = f"/skriv/opphold/{stay.pk}/medisinske-opplysninger/"
    letter = {"receiver": NURSES, "kind": "consultation", "problem": "Kontroll.", "phone": "60800101"}
    form = nurse.get(where).content.decode()
    twice = {"copies-0-receiver": NURSES, "copies-1-receiver": GP, "copies-2-receiver": GP}
    answer = nurse.post(where, {"version": version(form), "videre": "1", **letter, **twice})
    assert answer.content.decode().count("Mottakeren er valgt allerede.") == 4
    own = nurse.post(where, {"version": version(nurse.get(where).content.decode()), "videre": "1", **letter,
                             "copies-0-receiver": "98000102"})  # fmt: skip
    assert own.status_code == 422
    message = sent(nurse, where, **letter, **{"copies-0-receiver": GP, "copies-1-receiver": ""})
    assert told_to(message) == {NURSES: "PRIM", GP: "COP"}


def test_who_may_be_sent_a_copy(world: SmallWorld) -> None:
    day = oslo.day(NOW)

    def book(message_type: str, own: Organisation) -> set[str]:
        return {each.her_id for each in copy_book(message_type, own, day)}

    assert book("UTSKRIVNINGSRAPPORT", world.hospital) == {GP, NURSES, CASES, "98310703"}
    assert book("INNLEGGELSESRAPPORT", world.municipality) == {GP, "98000101", "98000102"}
    assert not book("DIALOG_SVAR", world.hospital)
    Agreement.objects.all().delete()
    assert book("UTSKRIVNINGSRAPPORT", world.hospital) == {GP}


def test_a_copy_is_no_way_round_a_routine_without_free_dialogue(stay: Stay, world: SmallWorld, nurse: Client) -> None:
    """C-13: answers only between hospital and municipality."""
    form = logged_in(world.home_nurse).post(
        f"/skriv/forlop/{Course.objects.get().pk}/helsefaglig-dialog/",
        {"version": "0", "videre": "1", "copies-0-receiver": ""},
    )
    body = unescape(form.content.decode())
    copies = body[body.index('id="del-copies"') :]
    assert "Storvik legesenter: Lege Lønn" in copies
    assert "Lillevik sykehus" not in copies


def test_all_receivers_must_take_one_version(world: SmallWorld, stay: Stay) -> None:
    def tried() -> tuple[str, ...]:
        outcome = send(
            Draft(
                organisation=world.hospital, message_type="HELSEOPPL_SOKNAD", patient=stay.patient,
                municipality=world.municipality, copy_hers=(GP,), event_at=NOW, subject=stay.subject,
                values={
                    "patient_status": "x", "expected_course": "y", "expected_ready_on": "2026-11-20",
                    "unit": {"name": "MED", "identifier": "MED", "phone": "60800101"},
                },
            ),
            now=NOW,
        )  # fmt: skip
        return tuple(finding.code for finding in outcome.findings if finding.blocks) or (outcome.message.version,)

    doctor = CommunicationParty.objects.filter(her_id=GP)
    doctor.update(plo_versions=["1.5"])
    assert tried() == ("1.5",)
    CommunicationParty.objects.filter(her_id=CASES).update(plo_versions=["1.6"])
    assert tried() == ("address.no_copy_version",)
