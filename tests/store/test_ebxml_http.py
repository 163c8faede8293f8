"""ebXML over HTTP: two real nodes that post to each other, and the endpoint by itself."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
import tomli_w
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client

from samhandling.carriers.ebxml.rules import State
from samhandling.carriers.ebxml_http.carrier import EbxmlHttpCarrier
from samhandling.carriers.models import Answer, Mailing, Posted, Received, Transmission
from samhandling.configuration import configuration
from samhandling.ebxml import cpa, pki, signals
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.checklist import run
from samhandling.ebxml.known import Known
from samhandling.exchange import delivering
from samhandling.exchange.models import Arrival, Delivery
from samhandling.jobs.models import Job
from samhandling.jobs.worker import run_due
from samhandling.registry.models import CommunicationParty
from tests import ebxml_agreements
from tests.ebxml_rig import HOSPITAL, MUNICIPALITY, configure
from tests.exchange_node import SEND, WORLD
from tests.harness import free_port, wait_until
from tests.store.exchange_world import NOW, NURSING, RECEPTION, make

pytestmark = pytest.mark.store
INTERVAL = timedelta(hours=12)


@pytest.fixture
def world(monkeypatch, transport_file, http_line, db):
    configure(monkeypatch, transport_file, http={"answer_seconds": 1})
    made = make(monkeypatch)
    CommunicationParty.objects.update(edi_address=http_line.url, carrier="ebxml_http")
    monkeypatch.setattr(delivering, "carrier", lambda name: EbxmlHttpCarrier())
    yield made
    configuration.cache_clear()


def give(line, number: int = 0, *, to: str = "/ebxml", **headers):
    """What was posted, to our own endpoint."""
    sent, body = line.posted[number]
    names = {name: sent[name] for name in ("SOAPAction", "MIME-Version")} | headers
    return Client().generic("POST", to, body, content_type=sent["Content-Type"], headers=names)


def test_a_message_is_posted_and_answered_by_a_message_of_its_own(world, http_line):
    """9.3: 202 when it is stored; document, acknowledgment, AppRec, acknowledgment."""
    world.send()
    run_due(NOW)
    for number in range(4):
        assert give(http_line, number).status_code == 202
        run_due(NOW)
    assert len(http_line.posted) == 4
    headers, body = http_line.posted[0]
    assert headers["SOAPAction"] == '"ebXML"'
    assert headers["Content-Type"].startswith("multipart/related")
    assert "Content-Transfer-Encoding" not in headers
    assert http_line.posted[1][1].lstrip().startswith(b"<?xml"), "an envelope of its own goes as it is"
    assert [one.state for one in Transmission.objects.all()] == [State.ACKNOWLEDGED] * 2
    assert Delivery.objects.exclude(message=None).get().state == "received"
    assert b"Message-ID" not in body[:200]


def test_what_comes_again_is_the_same_bytes_and_gets_the_same_answer(world, http_line):
    """R2, S2 over HTTP."""
    http_line.status = 503
    world.send()
    run_due(NOW)
    http_line.status = 202
    run_due(NOW + timedelta(minutes=1))
    assert http_line.posted[0] == http_line.posted[1]
    assert [one.outcome for one in Mailing.objects.order_by("pk")] == ["the server says 503", "taken"]
    for number in (0, 1):
        give(http_line, number)
        run_due(NOW + timedelta(minutes=1))
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1
    answers = [body for _, body in http_line.posted if b"Acknowledgment" in body]
    assert len(answers) == 2
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("status", "delivery"), [(404, "failed"), (301, "failed"), (500, "queued"), (429, "queued")])
def test_what_the_status_says(world, http_line, status, delivery):
    http_line.status = status
    http_line.headers = {"Location": "http://127.0.0.1:1/"} if status == 301 else {}
    world.send()
    run_due(NOW)
    assert len(http_line.posted) == 1
    assert Delivery.objects.get().state == delivery


def test_nobody_listens(world):
    CommunicationParty.objects.update(edi_address=f"http://127.0.0.1:{free_port()}/ebxml")
    world.send()
    run_due(NOW)
    assert Delivery.objects.get().state == "queued"
    assert Job.objects.filter(handler="exchange.deliver").exists(), "it is tried again"


def test_a_fault_in_the_response_fails_it(world, http_line):
    """S9 over HTTP: SOAP 1.1 sends a Fault with status 500."""
    http_line.status, http_line.headers = 500, {"Content-Type": "text/xml; charset=UTF-8"}
    http_line.body = signals.fault("Client", "x").envelope
    world.send()
    run_due(NOW)
    assert Transmission.objects.get().state == State.FAULTED
    assert Delivery.objects.get().state == "failed"


def test_a_response_that_cannot_be_believed_changes_nothing(world, http_line):
    http_line.status, http_line.headers = 200, {"Content-Type": "text/xml; charset=UTF-8"}
    http_line.body = b"<html>logged out</html>"
    world.send()
    run_due(NOW)
    assert Transmission.objects.get().state == State.SENT
    http_line.body = b""
    run_due(NOW + INTERVAL)
    assert len(http_line.posted) == 2


def test_the_endpoint_says_no(world, http_line, settings):
    client = Client()
    assert client.get("/ebxml").status_code == 405
    assert client.generic("POST", "/ebxml", b"").status_code in {400, 411}
    too_large = client.generic("POST", "/ebxml", b"x", CONTENT_LENGTH="60000000")
    assert too_large.status_code == 413
    assert Posted.objects.count() == 0
    assert client.generic("POST", "/ebxml", b"garbage", content_type="text/plain").status_code == 503, "no worker here"
    assert Posted.objects.get().state == "waiting"
    run_due(NOW)
    row = Posted.objects.get()
    assert (row.state, row.answer.kind) == ("answered", "fault")


def test_without_the_setting_there_is_no_endpoint(monkeypatch, transport_file, db):
    configure(monkeypatch, transport_file)
    assert Client().generic("POST", "/ebxml", b"x").status_code == 404
    configuration.cache_clear()


def test_no_more_callers_wait_than_the_settings_say(world, http_line, monkeypatch, transport_file):
    from samhandling.carriers.web import endpoint

    monkeypatch.setitem(endpoint._count, "callers", 8)
    answer = Client().generic("POST", "/ebxml", b"garbage", content_type="text/xml")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert Posted.objects.count() == 0


def agreement(folder, made, urls: dict[str, str], mode: str) -> None:
    """An agreement of 8001 and 8101 with an HTTP channel of that mode."""
    written = ebxml_agreements.cpa_document().decode()
    for before, after in ((ebxml_agreements.HOSPITAL_HER, RECEPTION), (ebxml_agreements.MUNICIPALITY_HER, NURSING)):
        written = written.replace(before, after)
    written = written.replace("mailto://lillevik@edi.example.no", urls[RECEPTION])
    written = written.replace("mailto://storvik@edi.example.no", urls[NURSING])
    written = written.replace(">SMTP<", ">HTTP<").replace('syncReplyMode="none"', f'syncReplyMode="{mode}"')
    # Certificates come from the register here: those of the agreement belong to other parties.
    written = re.sub(r"<tp:Certificate .*?</tp:Certificate>", "", written, flags=re.DOTALL)
    written = re.sub(r"<tp:ApplicationCertificateRef [^>]*/>", "", written)
    assert cpa.read(written.encode()).party(NURSING) is not None
    (folder / "cpa.xml").write_text(written)


def keys_for_now(folder, mode: str, urls: dict[str, str]):
    """As `tests.ebxml_rig.write_keys`, valid by the machine's clock, with an agreement."""
    made = pki.make(datetime.now(UTC), key_size=2048)
    (folder / "issuers.pem").write_bytes(made.root.certificate_pem() + made.issuer.certificate_pem())
    names = []
    for held, name in ((made.root, "root.crl"), (made.issuer, "issuer.crl")):
        (folder / name).write_bytes(made.crl(by=held).public_bytes(Encoding.DER))
    for her_id, number in (HOSPITAL, MUNICIPALITY):
        for use in Use:
            held = made.issue(f"Prøve {her_id}", number, use)
            (folder / f"{her_id}-{use.value}.pem").write_bytes(held.certificate_pem() + held.key_pem())
            names.append({"her_id": her_id, "use": use.value, "file": f"{her_id}-{use.value}.pem"})
    agreement(folder, made, urls, mode)
    table = {
        "issuers": ["issuers.pem"], "crls": ["root.crl", "issuer.crl"], "certificate": names, "key": names,
        "cpa": [{"file": "cpa.xml"}],
    }  # fmt: skip
    path = folder / "transport.toml"
    path.write_text(tomli_w.dumps({"transport": table}))
    return path


ADDRESSES = """
from samhandling.registry.models import CommunicationParty
from samhandling.organisations.models import Organisation
for her_id, address in urls.items():
    CommunicationParty.objects.filter(her_id=her_id).update(edi_address=address, carrier="ebxml_http")
Organisation.objects.filter(her_id="8000").update(organisation_number="974744570")
Organisation.objects.filter(her_id="8100").update(organisation_number="311000012")
"""


def test_two_nodes_and_the_acknowledgment_in_the_response(make_node, tmp_path):
    """9.2, mshSignalsOnly: the web process has no keys in use; a worker signs while the caller waits."""
    hospital, municipality = make_node(), make_node()
    urls = {RECEPTION: f"{hospital.web_url}/ebxml", NURSING: f"{municipality.web_url}/ebxml"}
    path = keys_for_now(tmp_path, "mshSignalsOnly", urls)
    for node, host in ((hospital, "hospital"), (municipality, "municipality")):
        node.environment["SAMHANDLING_EBXML"] = json.dumps({"transport": str(path), "http": {"answer_seconds": 20}})
        node.python(WORLD, host=host)
        node.python(ADDRESSES, urls=urls)
    municipality.start_web()
    municipality.start("worker")
    hospital.python(SEND, count=2)
    hospital.start("worker")
    done = "SELECT COUNT(*) FROM carriers_transmission WHERE state = 'acknowledged' AND sync = 'signal'"
    wait_until(lambda: hospital.query(done) == [(2,)], seconds=90, what="the acknowledgments")
    assert municipality.query("SELECT state FROM carriers_posted") == [("answered",)] * 2
    assert municipality.query("SELECT COUNT(*) FROM carriers_mailing WHERE answer_id IS NOT NULL") == [(0,)]
    assert municipality.query("SELECT COUNT(*) FROM exchange_arrival WHERE action = 'LOG_INNLAGT'") == [(2,)]
    request = urllib.request.Request(urls[NURSING], b"no message", {"Content-Type": "text/xml"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    answer = caught.value
    assert answer.code == 500
    assert b"Fault" in answer.read()
    answer.close()


def test_a_business_reply_in_the_response_is_taken_in_and_settles_the_call(world, http_line, transport_file):
    """9.2, signalsAndResponse, the calling side: nothing acknowledges; the reply names the request."""
    from samhandling.carriers.ebxml import knowing
    from samhandling.ebxml import packing

    world.send()
    run_due(NOW)
    sent = Transmission.objects.get()
    routing = packing.Routing(
        sender_her=NURSING, receiver_her=RECEPTION, cpa_id=sent.cpa_id, conversation_id=sent.conversation_id,
        service=sent.service, action="APPREC", message_id="7b2c7a52-6f0e-4f0e-9c39-5d8f0a3a7f01", timestamp=NOW,
        sender_role="LOG_INNLAGTreceiver", receiver_role="LOG_INNLAGTsender", ref_to_message_id=str(sent.transport_id),
        sync="reply",
    )  # fmt: skip
    here = knowing.known(NOW)
    from samhandling.ebxml import encryption

    data = encryption.encrypt(b"<AppRec/>", here.party(RECEPTION).encryption[0])
    reply = packing.pack(routing, (packing.Payload(data),), here.signers[NURSING])
    head, _, body = reply.content.partition(b"\r\n\r\n")
    http_line.status, http_line.body = 200, body
    http_line.headers = {"Content-Type": re.search(rb"Content-Type: (.*)", head)[1].decode().strip()}
    run_due(NOW + INTERVAL)
    sent.refresh_from_db()
    assert sent.state == State.ACKNOWLEDGED
    assert Arrival.objects.get(action="APPREC").sender_her == NURSING
    assert Received.objects.get().answer is None
    assert Answer.objects.count() == 0


def test_what_is_signed_does_not_change_with_the_transport(world, http_line):
    world.send()
    run_due(NOW)
    headers, body = http_line.posted[0]
    written = "".join(f"{name}: {headers[name]}\r\n" for name in ("MIME-Version", "SOAPAction", "Content-Type"))
    checked = run(b"POST / HTTP/1.1\r\n" + written.encode() + b"\r\n" + body, Known(), NOW)
    assert (checked.shape.value, checked.signature) == ("payload", "valid")
