"""Messages between two parties through a real mail server: S-cases and those R-cases that need a store."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import timedelta

import pytest
import tomli_w

from samhandling.carriers.ebxml import knowing
from samhandling.carriers.ebxml.rules import State
from samhandling.carriers.ebxml_smtp.carrier import EbxmlSmtpCarrier
from samhandling.carriers.ebxml_smtp.collecting import collect
from samhandling.carriers.models import Answer, Received, SetAside, Transmission
from samhandling.configuration import configuration
from samhandling.ebxml import mime, names, packing, signals
from samhandling.ebxml.checklist import run
from samhandling.ebxml.known import Known
from samhandling.ebxml.packing import Routing, as_mail
from samhandling.exchange import delivering
from samhandling.exchange.models import Arrival, Delivery
from samhandling.jobs.worker import run_due
from samhandling.mailboxes import MailboxError
from samhandling.registry import keys as keys_module
from samhandling.registry.models import CommunicationParty
from tests.ebxml_rig import configure
from tests.store.exchange_world import NOW, NURSING, RECEPTION, make

pytestmark = [pytest.mark.django_db, pytest.mark.store]
INTERVAL = timedelta(hours=12)


@pytest.fixture
def keys(transport_file):
    return transport_file


@pytest.fixture
def server(mail_server):
    return mail_server


@pytest.fixture
def world(monkeypatch, keys, server):
    configure(monkeypatch, keys, server)
    made = make(monkeypatch)
    for her_id in (RECEPTION, NURSING):
        CommunicationParty.objects.filter(her_id=her_id).update(
            edi_address=f"p{her_id}@edi.example.no", carrier="ebxml_smtp"
        )
    monkeypatch.setattr(delivering, "carrier", lambda name: EbxmlSmtpCarrier())
    yield made
    configuration.cache_clear()


def exchange(now=NOW) -> None:
    """Until nothing moves: jobs run, mails are fetched."""
    for _ in range(8):
        run_due(now)
        if not collect(now):
            break
    run_due(now)


def kinds(server) -> list[str]:
    return [run(data, Known(), NOW).shape.value for data in server.submitted]


def test_it_works(world, server):
    """S1, R1: document, acknowledgment, AppRec, acknowledgment."""
    message = world.send()
    exchange()
    assert kinds(server) == ["payload", "acknowledgment", "payload", "acknowledgment"]
    assert [one.state for one in Transmission.objects.order_by("pk")] == [State.ACKNOWLEDGED, State.ACKNOWLEDGED]
    (received,) = world.received()
    assert received.msg_id == message.msg_id
    delivery = Delivery.objects.get(message=message)
    assert delivery.state == "received"
    assert server.mailbox == {}
    assert Arrival.objects.count() == 2


def test_the_receipt_goes_back_in_the_conversation_of_its_message(world, server):
    """3.4, 3.5: same ConversationId, CPAId and Service; roles swapped."""
    world.send()
    exchange()
    first, second = (run(server.submitted[place], Known(), NOW).envelope.header for place in (0, 2))
    assert (first.conversation_id, first.cpa_id, first.service) == (
        second.conversation_id,
        second.cpa_id,
        second.service,
    )
    assert (first.action, second.action) == ("LOG_INNLAGT", "APPREC")
    assert (first.sender.role, first.receiver.role) == ("LOG_INNLAGTsender", "LOG_INNLAGTreceiver")
    assert (second.sender.role, second.receiver.role) == ("LOG_INNLAGTreceiver", "LOG_INNLAGTsender")


def test_s2_nothing_comes_and_it_goes_again_as_the_same_bytes(world, server):
    server.lose = True
    world.send()
    run_due(NOW)
    for number in range(1, 6):
        run_due(NOW + number * INTERVAL)
    assert len(server.submitted) == 6
    bodies = {data.partition(b"MIME-Version")[2] for data in server.submitted}
    assert len(bodies) == 1
    ids = {re.search(rb"Message-ID: <(.*)>", data)[1] for data in server.submitted}
    assert len(ids) == 6
    run_due(NOW + 5.5 * INTERVAL)
    assert Transmission.objects.get().state == State.SENT
    run_due(NOW + 6 * INTERVAL)
    assert Transmission.objects.get().state == State.ABANDONED
    assert len(server.submitted) == 6
    assert Delivery.objects.get().state == "failed"


def test_s7_an_acknowledgment_after_we_gave_up_is_late(world, server):
    server.lose = True
    world.send()
    for number in range(7):
        run_due(NOW + number * INTERVAL)
    assert Transmission.objects.get().state == State.ABANDONED
    Transmission.objects.update(state=State.ABANDONED)
    server.lose = False
    server.put(server.submitted[0])
    # The receiver takes it in by its own clock; the message's life is over by ours.
    exchange(NOW + timedelta(hours=1))
    assert Transmission.objects.order_by("pk").first().state == State.LATE


def test_s12_an_acknowledgment_that_waits_in_the_mailbox_stops_the_resend(world, server):
    world.send()
    run_due(NOW)
    collect(NOW)
    run_due(NOW)  # the acknowledgment lies in the mailbox now
    run_due(NOW + INTERVAL)
    first = Transmission.objects.order_by("pk").first()
    assert (first.state, first.tries) == (State.ACKNOWLEDGED, 1)


def test_r2_the_same_message_again_gets_the_same_answer_and_one_delivery(world, server):
    world.send()
    run_due(NOW)
    (mail,) = server.submitted
    collect(NOW)
    server.put(mail)
    server.put(re.sub(rb"Message-ID: <.*>", b"Message-ID: <another@edi.example.no>", mail))
    exchange()
    assert Received.objects.get(action="LOG_INNLAGT").repeats == 2
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1
    acknowledgments = [
        data for data, kind in zip(server.submitted, kinds(server), strict=True) if kind == "acknowledgment"
    ]
    about = [data.partition(b"MIME-Version")[2] for data in acknowledgments]
    first = about[0]
    assert about.count(first) == 3, "the stored answer goes again"


def test_r3_the_same_id_with_other_content_is_a_false_duplicate(world, server):
    world.send()
    run_due(NOW)
    (mail,) = server.submitted
    collect(NOW)
    Received.objects.update(digest="0" * 64)
    server.put(mail)
    run_due(NOW)
    collect(NOW)
    run_due(NOW)
    assert Answer.objects.filter(kind="error").count() == 1
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1


def test_r4_a_changed_mail_is_answered_with_an_error_and_stops_the_sender(world, server):
    """R4, S4: SecurityFailure; the sender stops and its delivery fails."""
    server.lose = True
    world.send()
    run_due(NOW)
    server.lose = False
    (mail,) = server.submitted
    signed = mime.read(mail).soap.data
    forged = signed.replace(b"LOG_INNLAGTsender", b"LOG_INNLAGTsendes")
    changed = mail.replace(mime.write_part((), signed), mime.write_part((), forged))
    assert changed != mail
    server.put(changed)
    exchange()
    assert Arrival.objects.count() == 0
    assert Received.objects.count() == 0, "nobody's signature may occupy an id"
    assert (Transmission.objects.get().state, Transmission.objects.get().answer_code) == (
        State.REJECTED,
        "SecurityFailure",
    )
    assert Delivery.objects.get().state == "failed"


def test_r40_a_broken_connection_gives_a_repeat_and_never_a_loss(world, server):
    world.send()
    run_due(NOW)
    server.drop_quit = True
    with pytest.raises(MailboxError):
        collect(NOW)
    assert len(server.mailbox) == 1
    assert Arrival.objects.count() == 1
    server.drop_quit = False
    exchange()
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1
    assert Transmission.objects.order_by("pk").first().state == State.ACKNOWLEDGED


def test_s8_a_permanent_bounce_fails_and_a_delay_waits(world, server):
    server.lose = True
    world.send()
    run_due(NOW)
    mail_id = re.search(rb"Message-ID: <(.*)>", server.submitted[0])[1].decode()
    bounce = (
        "From: <>\r\nTo: p8001@edi.example.no\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: {{}}\r\n\r\n--b\r\n\r\nMessage-ID: <{mail_id}>\r\n--b--\r\n"
    )
    server.put(bounce.format("delayed").encode())
    collect(NOW)
    assert Transmission.objects.get().state == State.SENT
    server.put(bounce.format("failed").encode())
    collect(NOW)
    assert Transmission.objects.get().state == State.BOUNCED
    assert Delivery.objects.get().state == "failed"


def test_s9_a_fault_fails(world, server):
    server.lose = True
    world.send()
    run_due(NOW)
    mail_id = re.search(rb"Message-ID: (<.*>)", server.submitted[0])[1].decode()
    fault = as_mail(
        signals.fault("Client", "x"), sender="a@x.no", receiver="b@x.no", mail_id="f@x.no", now=NOW, about=mail_id
    )
    server.put(fault)
    collect(NOW)
    assert Transmission.objects.get().state == State.FAULTED


def test_s11_without_a_certificate_nothing_is_sent(world, server, keys, tmp_path, monkeypatch):
    table = tomllib.loads(keys.read_text())
    table["transport"]["certificate"] = [one for one in table["transport"]["certificate"] if one["use"] == "signing"]
    other = keys.parent / "without.toml"
    other.write_text(tomli_w.dumps(table))
    setting = json.loads(configuration().ebxml.model_dump_json())
    monkeypatch.setenv("SAMHANDLING_EBXML", json.dumps({**setting, "transport": str(other)}))
    configuration.cache_clear()
    world.send()
    exchange()
    assert server.submitted == []
    assert Delivery.objects.get().state == "failed"


def test_garbage_is_set_aside_and_the_good_mail_among_it_arrives(world, server):
    server.lose = True
    world.send()
    run_due(NOW)
    server.lose = False
    for number in range(20):
        server.put(b"Subject: offer %d\r\nFrom: a@b.no\r\n\r\nbuy\r\n" % number)
    server.put(server.submitted[0])
    server.put(b"\x00\xff" * 50)
    exchange()
    assert SetAside.objects.count() == 21
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1
    assert server.mailbox == {}


def test_a_mail_that_is_too_large_stays_and_is_not_fetched_again(world, server, monkeypatch):
    """R16, of a mailbox: only its size is looked at."""
    monkeypatch.setattr("samhandling.carriers.ebxml_smtp.collecting.MOST_BYTES", -900_000)
    server.put(b"x" * 200_000)
    server.put(b"Subject: small\r\n\r\nx")
    for _ in range(2):
        collect(NOW)
    assert [row.reason for row in SetAside.objects.order_by("size")] == ["not_readable", "too_large"]
    assert [len(data) for data in server.mailbox.values()] == [200_000]


def test_garbage_that_came_twice_by_a_broken_connection_goes(world, server):
    server.put(b"Subject: offer\r\n\r\nbuy")
    server.drop_quit = True
    with pytest.raises(MailboxError):
        collect(NOW)
    server.drop_quit = False
    collect(NOW)
    assert server.mailbox == {}
    assert SetAside.objects.count() == 1


def test_r9_a_mail_that_cannot_be_judged_now_stays_and_is_taken_later(world, server, keys, monkeypatch):
    server.lose = True
    world.send()
    run_due(NOW)
    server.lose = False
    server.put(server.submitted[0])
    later = NOW + timedelta(days=2)
    table = tomllib.loads(keys.read_text())
    without = {"transport": {**table["transport"], "crls": []}}
    (keys.parent / "no-crl.toml").write_text(tomli_w.dumps(without))
    setting = json.loads(configuration().ebxml.model_dump_json())
    monkeypatch.setenv("SAMHANDLING_EBXML", json.dumps({**setting, "transport": str(keys.parent / "no-crl.toml")}))
    configuration.cache_clear()
    collect(later)
    assert len(server.mailbox) == 1
    assert (Arrival.objects.count(), Answer.objects.count()) == (0, 0)
    monkeypatch.setenv("SAMHANDLING_EBXML", json.dumps(setting))
    configuration.cache_clear()
    collect(later)
    assert server.mailbox == {}
    assert Arrival.objects.count() == 1


def test_without_a_key_to_answer_with_the_mail_waits_and_others_pass(world, server, keys, monkeypatch):
    server.lose = True
    world.send()
    run_due(NOW)
    server.lose = False
    server.put(server.submitted[0])
    server.put(b"Subject: offer\r\n\r\nbuy")
    table = tomllib.loads(keys.read_text())["transport"]
    left = [one for one in table["key"] if (one["her_id"], one["use"]) != ("8100", "signing")]
    (keys.parent / "no-key.toml").write_text(tomli_w.dumps({"transport": {**table, "key": left}}))
    setting = json.loads(configuration().ebxml.model_dump_json())
    monkeypatch.setenv("SAMHANDLING_EBXML", json.dumps({**setting, "transport": str(keys.parent / "no-key.toml")}))
    configuration.cache_clear()
    collect(NOW)
    assert len(server.mailbox) == 1
    assert SetAside.objects.count() == 1
    monkeypatch.setenv("SAMHANDLING_EBXML", json.dumps(setting))
    configuration.cache_clear()
    exchange()
    assert Transmission.objects.order_by("pk").first().state == State.ACKNOWLEDGED


@pytest.mark.parametrize(("signed_by", "answers"), [("8000", ["pong"]), ("8100", [])])
def test_r38_a_ping_of_a_known_party_is_answered(world, server, keys, signed_by, answers):
    routing = Routing(
        sender_her=RECEPTION, receiver_her=NURSING, cpa_id=f"{RECEPTION}_{NURSING}", conversation_id="c",
        service=names.SIGNAL_SERVICE, action=names.PING, message_id="1b2c7a52-6f0e-4f0e-9c39-5d8f0a3a7f01", timestamp=NOW,
    )  # fmt: skip
    root, head, _ = packing.frame()
    packing.write_header(head, routing, duplicate_elimination=False)
    ping = packing.single(root, head, knowing.loaded().signers(NOW)[signed_by], routing.message_id)
    server.put(as_mail(ping, sender="p8001@edi.example.no", receiver="p8101@edi.example.no", mail_id="p@x", now=NOW))
    collect(NOW)
    run_due(NOW)
    assert server.mailbox == {} or answers
    assert [row.kind for row in Answer.objects.all()] == answers
    assert len(server.submitted) == len(answers)
    assert collect(NOW) == len(answers), "the answer of ours is a mail that we can read"
    assert Arrival.objects.count() == 0


def test_a_server_that_is_away_is_tried_again(world, server):
    server.refuse = "451 later"
    world.send()
    run_due(NOW)
    assert Transmission.objects.get().state == State.PREPARED
    server.refuse = ""
    exchange(NOW + timedelta(minutes=1))
    assert Transmission.objects.order_by("pk").first().state == State.ACKNOWLEDGED


def test_a_mailbox_that_does_not_exist_fails(world, server):
    server.refuse = "550 no such mailbox"
    world.send()
    run_due(NOW)
    assert Delivery.objects.get().state == "failed"


def test_keys_are_read_once(world):
    keys_module._loaded.cache_clear()
    for _ in range(3):
        knowing.known(NOW)
    assert keys_module._loaded.cache_info().misses == 1
