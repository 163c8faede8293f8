"""Answers that are odd, mailboxes that are shared or full, a store that is away: the S- and R-cases that need a store."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import tomli_w
from django.db import OperationalError, connection

from samhandling.carriers.ebxml import knowing
from samhandling.carriers.ebxml.rules import State
from samhandling.carriers.ebxml_smtp import collecting
from samhandling.carriers.ebxml_smtp.carrier import EbxmlSmtpCarrier
from samhandling.carriers.ebxml_smtp.collecting import collect
from samhandling.carriers.models import Answer, Mailing, Received, SetAside, Transmission
from samhandling.configuration import configuration
from samhandling.ebxml import mime, signals
from samhandling.ebxml.checklist import run
from samhandling.ebxml.envelope import ErrorEntry
from samhandling.ebxml.known import Known
from samhandling.ebxml.packing import as_mail
from samhandling.exchange import delivering
from samhandling.exchange.models import Arrival, Delivery
from samhandling.jobs.services import enqueue
from samhandling.jobs.worker import run_due
from samhandling.registry.models import CommunicationParty
from samhandling.store.models import Store
from samhandling.tasks.models import Task
from tests.ebxml_rig import configure
from tests.exchange_node import SEND, WORLD
from tests.harness import wait_until
from tests.store.exchange_world import CASES, NOW, NURSING, RECEPTION, make
from tests.store.test_ebxml_http import ADDRESSES, keys_for_now

pytestmark = pytest.mark.store
INTERVAL = timedelta(hours=12)


@pytest.fixture(params=["pop3", "imap"])
def fetch(request):
    return request.param


@pytest.fixture
def world(monkeypatch, transport_file, mail_server, db):
    configure(monkeypatch, transport_file, mail_server)
    yield _world(monkeypatch)
    configuration.cache_clear()


def _world(monkeypatch):
    made = make(monkeypatch)
    for her_id in (RECEPTION, NURSING, CASES):
        CommunicationParty.objects.filter(her_id=her_id).update(
            edi_address=f"p{her_id}@edi.example.no", carrier="ebxml_smtp"
        )
    monkeypatch.setattr(delivering, "carrier", lambda name: EbxmlSmtpCarrier())
    return made


def sent(world, server):
    """A message that left and never came: its mail as it was judged."""
    server.lose = True
    world.send()
    run_due(NOW)
    server.lose = False
    return run(server.submitted[-1], knowing.known(NOW), NOW)


def answered(server, packed, now=NOW) -> None:
    server.put(as_mail(packed, sender="p8101@x.no", receiver="p8001@x.no", mail_id=f"{uuid4()}@x.no", now=now))
    collect(now)


def head(now=NOW) -> signals.Answer:
    return signals.Answer(str(uuid4()), now)


def causes() -> list[str]:
    return list(Task.objects.filter(cause__startswith="transport.").values_list("cause", flat=True))


def signer(her_id: str):
    return knowing.known(NOW).signers[her_id]


def test_s3_warnings_alone_are_a_receipt(world, mail_server):
    checked = sent(world, mail_server)
    warning = (ErrorEntry("Inconsistent", "Warning", "", "AckRequested mangler"),)
    answered(mail_server, signals.error(checked.envelope, warning, head(), signer(NURSING)))
    assert Transmission.objects.get().state == State.WARNED
    assert Delivery.objects.get().state == "acknowledged"
    run_due(NOW + INTERVAL)
    assert len(mail_server.submitted) == 1, "it does not go again"


def test_s4_an_error_rejects_and_nothing_goes_again(world, mail_server):
    checked = sent(world, mail_server)
    error = (ErrorEntry("ValueNotRecognized", "Error", "", "CPAId er ukjent"),)
    answered(mail_server, signals.error(checked.envelope, error, head(), signer(NURSING)))
    assert (Transmission.objects.get().state, Delivery.objects.get().state) == (State.REJECTED, "failed")
    run_due(NOW + INTERVAL)
    assert len(mail_server.submitted) == 1
    task = Task.objects.get(cause="not_delivered")
    assert "avviste den" in task.text
    assert "sendes på nytt" in task.text, "an action is proposed"


def test_s5_an_acknowledgment_of_other_digests_counts_and_is_told(world, mail_server):
    first = sent(world, mail_server)
    second = sent(world, mail_server)
    mixed = signals.acknowledgment(second.envelope, first.references, head(), signer(NURSING))
    answered(mail_server, mixed)
    assert Transmission.objects.order_by("pk").last().state == State.ACKNOWLEDGED
    assert causes() == ["transport.other_digests"]


def test_s5_an_acknowledgment_without_signature_counts_for_nothing(world, mail_server):
    checked = sent(world, mail_server)
    good = signals.acknowledgment(checked.envelope, checked.references, head(), signer(NURSING))
    start, end = good.envelope.index(b"<ds:Signature"), good.envelope.index(b"</ds:Signature>") + len("</ds:Signature>")
    bare = good.envelope[:start] + good.envelope[end:]
    headers = (("MIME-Version", "1.0"), ("SOAPAction", '"ebXML"'), ("Content-Type", 'text/xml; charset="UTF-8"'))
    answered(mail_server, type(good)(mime.write_part(headers, bare), bare, good.message_id))
    assert Transmission.objects.get().state == State.SENT
    assert causes() == ["transport.signal_ignored"]


def test_s5_an_acknowledgment_signed_by_a_stranger_counts_for_nothing(world, mail_server):
    checked = sent(world, mail_server)
    answered(mail_server, signals.acknowledgment(checked.envelope, checked.references, head(), signer(RECEPTION)))
    assert Transmission.objects.get().state == State.SENT
    assert causes() == ["transport.signal_ignored"]
    assert Answer.objects.count() == 0, "a signal is never answered"


def test_s6_an_acknowledgment_of_another_partner_is_ignored_and_told(world, mail_server):
    """Rightly signed by its sender, about a message that went to somebody else."""
    checked = sent(world, mail_server)
    Transmission.objects.update(receiver_her=CASES)
    answered(mail_server, signals.acknowledgment(checked.envelope, checked.references, head(), signer(NURSING)))
    assert Transmission.objects.get().state == State.SENT
    assert causes() == ["transport.signal_strange"]


def test_s10_what_is_about_a_signal_of_ours_is_never_answered(world, mail_server):
    world.send()
    run_due(NOW)
    collect(NOW)
    run_due(NOW)
    acknowledgment = run(mail_server.submitted[1], knowing.known(NOW), NOW)
    assert acknowledgment.shape.value == "acknowledgment"
    mail_server.mailbox.clear()
    before = Answer.objects.count(), Mailing.objects.count()
    for packed in (
        signals.error(acknowledgment.envelope, (ErrorEntry("Unknown", "Error"),), head(), signer(RECEPTION)),
        signals.acknowledgment(acknowledgment.envelope, acknowledgment.references, head(), signer(RECEPTION)),
        signals.fault("Client", "x"),
    ):
        answered(mail_server, packed)
        run_due(NOW)
    assert (Answer.objects.count(), Mailing.objects.count()) == before
    assert mail_server.mailbox == {}


def test_s13_the_clock_goes_back_and_everything_is_open(world, mail_server):
    """Each goes once per interval, whatever was missed; the mailbox is emptied once for all of them."""
    sent(world, mail_server)
    mail_server.lose = True
    first = Transmission.objects.get()
    count = 300
    twins = []
    for _ in range(count - 1):
        twin = Transmission.objects.get(pk=first.pk)
        twin.pk, twin.transport_id = None, uuid4()
        twins.append(twin)
    Transmission.objects.bulk_create(twins)
    for one in Transmission.objects.exclude(pk=first.pk):
        name = f"carriers.resend:{one.pk}"
        enqueue("carriers.resend", {"transmission": one.pk}, now=NOW, run_at=NOW + INTERVAL, unique=name)
    looks = []
    original = collecting.collect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collecting, "collect", lambda now: looks.append(now) or original(now))
        for when in (NOW - timedelta(days=1), NOW - timedelta(hours=1), NOW):
            run_due(when)
        assert len(mail_server.submitted) == 1, "a clock that went back sends nothing"
        late = NOW + 3 * INTERVAL
        run_due(late)
        run_due(late + timedelta(minutes=1))
    assert len(mail_server.submitted) == 1 + count
    assert set(Transmission.objects.values_list("tries", "next_at")) == {(2, late + INTERVAL)}
    assert len(looks) <= 2


def test_r39_while_the_store_is_away_nothing_is_answered_and_the_mail_stays(world, mail_server):
    world.send()
    run_due(NOW)

    def broken(execute, sql, params, many, context):
        if "carriers_received" in sql and sql.startswith("INSERT"):
            raise OperationalError("the store is away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken), pytest.raises(OperationalError):
        collect(NOW)
    assert len(mail_server.mailbox) == 1
    assert (Arrival.objects.count(), Answer.objects.count(), SetAside.objects.count()) == (0, 0, 0)
    collect(NOW)
    run_due(NOW)
    assert Received.objects.get().answer.kind == "acknowledgment"
    assert len(mail_server.submitted) >= 2


def test_r42_a_message_marked_as_test_is_told_in_production(world, mail_server):
    from samhandling.carriers.ebxml import outgoing
    from samhandling.exchange.ports import Envelope

    envelope = Envelope(
        transport_id=uuid4(), sender_her=RECEPTION, receiver_her=NURSING, service="S-LOG_INNLAGT",
        action="LOG_INNLAGT", msg_id="m", data=b"<MsgHead/>",
    )  # fmt: skip
    made = outgoing.prepared(envelope, carrier="ebxml_smtp", now=NOW, test=True)
    EbxmlSmtpCarrier().send(made, now=NOW)
    Store.objects.update(test=False)
    collect(NOW)
    assert Arrival.objects.count() == 0
    assert Received.objects.get().answer.kind == "acknowledgment"
    assert causes() == ["transport.test_message"]


def test_a_bounce_is_tied_by_the_envelope_id_and_an_answer_that_bounces_is_told(world, mail_server):
    world.send()
    run_due(NOW)
    collect(NOW)
    run_due(NOW)
    mail_server.mailbox.clear()
    mailing = Mailing.objects.filter(answer__isnull=False).first()
    report = (
        "From: <>\r\nTo: p8101@edi.example.no\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Original-Envelope-Id: {mailing.mail_id.partition('@')[0]}\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    mail_server.put(report.encode())
    collect(NOW)
    mailing.refresh_from_db()
    assert mailing.outcome == "bounce 5.1.1"
    assert causes() == ["transport.answer_bounced"]


def test_garbage_by_the_thousand_and_the_good_mail_among_it(
    monkeypatch, transport_file, mail_server, db, fetch, settings
):
    """More than one look takes; every look that was full is followed by another at once."""
    configure(monkeypatch, transport_file, mail_server, fetch=fetch)
    world = _world(monkeypatch)
    monkeypatch.setattr(collecting, "present", lambda: NOW)
    mail_server.lose = True
    world.send()
    run_due(NOW)
    mail_server.lose = False
    for number in range(1200):
        if number == 900:
            mail_server.put(mail_server.submitted[0])
        mail_server.put(b"Subject: offer %d\r\nFrom: a@b.no\r\n\r\nbuy\r\n" % number)
    collecting._last_look["at"] = float("-inf")
    taken = [collecting.collect_now() for _ in range(4)]
    assert all(count >= collecting.MOST_AT_ONCE for count in taken[:2])
    assert (sum(taken), taken[3]) == (1201, 0)
    assert SetAside.objects.count() == 1200
    assert Received.objects.count() == 1
    assert mail_server.mailbox == {}
    configuration.cache_clear()


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_two_workers_fetch_the_same_mailbox(make_node, tmp_path, mail_server, protocol):
    """Nothing is taken in twice, nothing is lost, nobody dies."""
    node = make_node()
    path = keys_for_now(tmp_path, "none", {RECEPTION: "https://x.no/", NURSING: "https://x.no/"})
    table = tomllib.loads(path.read_text())["transport"]
    del table["cpa"]
    path.write_text(tomli_w.dumps({"transport": table}))
    port = mail_server.imap_port if protocol == "imap" else mail_server.pop3_port
    mailbox = {
        "smtp_port": mail_server.smtp_port, "smtp_starttls": False, "user": "node", "poll_seconds": 0.05,
        "fetch": protocol, "fetch_port": port, "fetch_tls": False,
    }  # fmt: skip
    node.environment["SAMHANDLING_EBXML"] = json.dumps({"transport": str(path), "mailbox": mailbox})
    node.python(WORLD, host="both")
    addresses = {her_id: f"p{her_id}@edi.example.no" for her_id in (RECEPTION, NURSING, CASES)}
    node.python(ADDRESSES.replace("ebxml_http", "ebxml_smtp"), urls=addresses)
    node.python(SEND, count=8)
    for name in ("one", "two"):
        node.start(name, "worker")
    done = "SELECT COUNT(*) FROM exchange_message WHERE direction = 'out' AND state = 'received'"
    wait_until(lambda: node.query(done) == [(8,)], seconds=150, what="the receipts")
    assert node.query("SELECT COUNT(*) FROM exchange_message WHERE direction = 'in'") == [(8,)]
    assert node.query("SELECT COUNT(*) FROM carriers_setaside") == [(0,)]
    assert node.query("SELECT COUNT(*) FROM jobs_job WHERE state = 'dead'") == [(0,)]
    assert all(process.running for process in node.processes)
    wait_until(lambda: mail_server.mailbox == {}, seconds=30, what="an empty mailbox")


def test_the_checklist_knows_the_shape_of_what_we_send(world, mail_server):
    checked = sent(world, mail_server)
    assert checked.answer.value == "acknowledgment"
    assert run(mail_server.submitted[-1], Known(), datetime.now(UTC)).shape.value == "payload"
