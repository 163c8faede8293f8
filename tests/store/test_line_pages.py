"""The pages of the lines to counterparts: figures, transmissions with their envelopes, Ping and test message."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.access.models import AuditEntry
from samhandling.access.roles import Role
from samhandling.access.services import add_role
from samhandling.carriers.ebxml.rules import State
from samhandling.carriers.ebxml_smtp.carrier import EbxmlSmtpCarrier
from samhandling.carriers.ebxml_smtp.collecting import collect
from samhandling.carriers.keeping import delete_old
from samhandling.carriers.models import Answer, Mailing, Ping, Received, SetAside, Transmission
from samhandling.configuration import configuration
from samhandling.exchange import delivering, originals
from samhandling.exchange.models import Arrival, Original
from samhandling.jobs.worker import run_due
from samhandling.registry.models import CommunicationParty
from samhandling.store.models import Store
from tests.ebxml_rig import configure
from tests.store.exchange_world import NOW, NURSING, RECEPTION, make
from tests.store.people import logged_in, user

pytestmark = [pytest.mark.django_db, pytest.mark.store]
INTERVAL = timedelta(hours=12)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def world(monkeypatch, transport_file, mail_server):
    configure(monkeypatch, transport_file, mail_server)
    made = make(monkeypatch)
    for her_id in (RECEPTION, NURSING):
        CommunicationParty.objects.filter(her_id=her_id).update(
            edi_address=f"p{her_id}@edi.example.no", carrier="ebxml_smtp"
        )
    monkeypatch.setattr(delivering, "carrier", lambda name: EbxmlSmtpCarrier())
    monkeypatch.setattr("samhandling.carriers.web.views.present", lambda: LATER)
    yield made
    configuration.cache_clear()


@pytest.fixture
def ikt(world):
    someone = user("ida", "Ida", "Kaasa")
    add_role(someone, Role.OPERATIONS, world.hospital, now=NOW)
    return logged_in(someone)


def exchange(now=NOW) -> None:
    for _ in range(6):
        run_due(now)
        if not collect(now):
            break
    run_due(now)


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_list_says_how_each_line_stands(world, mail_server, ikt):
    body = text_of(ikt, "/drift/")
    assert "Ikke brukt ennå" in body
    world.send()
    exchange()
    body = text_of(ikt, "/drift/")
    assert "Virker" in body
    assert "0 / 1" in body
    assert "Testby kommune" in body
    assert "Testsykehuset" not in body.partition("<main")[2], "ourselves are no counterpart"
    mail_server.lose = True
    world.send()
    run_due(NOW)
    body = text_of(ikt, "/drift/")
    assert "Eldste uten kvittering: 5 min" in body


def test_a_message_shows_every_transmission_and_its_envelope_but_no_content(world, mail_server, ikt):
    mail_server.lose = True
    world.send()
    run_due(NOW)
    run_due(NOW + INTERVAL)
    mail_server.lose = False
    one = Transmission.objects.get()
    assert str(one.transport_id) in text_of(ikt, f"/drift/motpart/{NURSING}/")
    body = text_of(ikt, f"/drift/sendt/{one.pk}/")
    assert "2 av 6 ganger" in body
    assert all(mailing.mail_id in body for mailing in Mailing.objects.all())
    assert "&lt;SOAP:Envelope" in body
    assert "application/pkcs7-mime" in body
    assert "Nordmann" not in body
    ciphertext = originals.read(one.content).partition(b"pkcs7-mime")[2].split(b"\r\n\r\n")[1][:60].decode()
    assert ciphertext not in body
    assert AuditEntry.objects.filter(action="transport.read", subject=f"transmission:{one.pk}").count() == 1


def test_what_came_shows_its_envelope_and_our_answer(world, ikt):
    world.send()
    exchange()
    came = Received.objects.get(action="APPREC")
    assert came.message_id in text_of(ikt, f"/drift/motpart/{NURSING}/?vis=inn")
    body = text_of(ikt, f"/drift/mottatt/{came.pk}/")
    assert "Vi sendte transportkvittering" in body
    assert body.count("SOAP:Envelope") >= 4
    assert "Message-ID" in body


def test_nobody_else_sees_it(world):
    world.send()
    exchange()
    other = user("mina", "Mina", "Moe")
    add_role(other, Role.OPERATIONS, world.municipality, now=NOW)
    client = logged_in(other)
    ours = Transmission.objects.get(sender_her=RECEPTION)
    assert client.get(f"/drift/sendt/{ours.pk}/").status_code == 404
    theirs = Transmission.objects.get(sender_her=NURSING)
    assert client.get(f"/drift/sendt/{theirs.pk}/").status_code == 200
    nurse = user("nora", "Nora", "Lie")
    add_role(nurse, Role.WARD_NURSE, world.hospital, unit=world.ward, now=NOW)
    assert logged_in(nurse).get("/drift/").status_code == 403


def test_ping_by_button_and_its_answer(world, mail_server, ikt):
    """R38 both ways: a Ping of ours is answered by the other side's Pong."""
    assert ikt.post(f"/drift/motpart/{NURSING}/prov/", {"hva": "ping"}).status_code == 302
    assert "Venter på svar" in text_of(ikt, f"/drift/motpart/{NURSING}/")
    exchange(LATER)
    assert Ping.objects.get().answered_at is not None
    assert "Svar kl. 10.05" in text_of(ikt, f"/drift/motpart/{NURSING}/")
    assert [mail.count(b"Subject: Ping") for mail in mail_server.submitted] == [1, 0]


def test_a_ping_that_cannot_leave_says_why(world, mail_server, ikt):
    mail_server.refuse = "550 no such mailbox"
    ikt.post(f"/drift/motpart/{NURSING}/prov/", {"hva": "ping"})
    exchange(LATER)
    assert "the mail server says 550" in text_of(ikt, f"/drift/motpart/{NURSING}/")


def test_a_test_message_by_button_on_a_test_node_only(world, mail_server, ikt):
    assert "Send testmelding" in text_of(ikt, f"/drift/motpart/{NURSING}/")
    ikt.post(f"/drift/motpart/{NURSING}/prov/", {"hva": "testmelding"})
    exchange(LATER)
    assert Transmission.objects.order_by("pk").first().state == State.ACKNOWLEDGED
    assert "TEST. TEST." in mail_server.submitted[0].decode("utf-8", "replace")
    Store.objects.update(test=False)
    assert "Send testmelding" not in text_of(ikt, f"/drift/motpart/{NURSING}/")
    ikt.post(f"/drift/motpart/{NURSING}/prov/", {"hva": "testmelding"})
    assert Transmission.objects.filter(sender_her=RECEPTION).count() == 1


def test_old_ones_are_deleted_and_what_is_unfinished_is_not(world, mail_server):
    world.send()
    exchange()
    mail_server.put(b"Subject: offer\r\n\r\nbuy")
    collect(NOW)
    mail_server.lose = True
    world.send()
    run_due(NOW)
    before = Original.objects.count()
    assert delete_old(NOW - timedelta(days=1), now=NOW) == 0
    assert Original.objects.count() == before
    later = NOW + timedelta(days=91)
    while delete_old(NOW + timedelta(days=1), now=later):
        pass
    assert [one.state for one in Transmission.objects.all()] == [State.SENT], "it waits for an answer"
    assert (Received.objects.count(), Answer.objects.count(), SetAside.objects.count()) == (0, 0, 0)
    assert Arrival.objects.count() == 2, "documents are not the line's"
    assert Original.objects.count() < before
    assert AuditEntry.objects.filter(action="transport.deleted").exists()


def test_a_message_that_is_not_read_yet_is_not_forgotten(world):
    world.send()
    run_due(NOW)
    collect(NOW)
    Received.objects.get()
    Arrival.objects.update(processed_at=None)
    delete_old(NOW + timedelta(days=1), now=NOW + timedelta(days=91))
    assert Received.objects.count() == 1
