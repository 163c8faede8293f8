"""What every carrier must do, asked of each in the same words. A new carrier adds a rig; the tests stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from samhandling.carriers.ebxml_http.carrier import EbxmlHttpCarrier
from samhandling.carriers.ebxml_smtp.carrier import EbxmlSmtpCarrier
from samhandling.carriers.ebxml_smtp.collecting import collect as mail_in
from samhandling.carriers.loopback.carrier import LoopbackCarrier
from samhandling.carriers.loopback.collecting import collect
from samhandling.configuration import configuration
from samhandling.exchange import originals
from samhandling.exchange.models import Arrival
from samhandling.exchange.ports import Carrier, CarrierError, CarrierRefusedError, Envelope, Result
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.registry.models import CommunicationParty
from samhandling.store.services import mark_as_test
from tests.ebxml_rig import HttpLine, configure
from tests.mailbox_server import MailServer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SENDER, RECEIVER, STRANGER = "8001", "8101", "4242"


@dataclass
class Rig:
    """A carrier, and what the other end does to take in what was handed over."""

    carrier: Carrier
    take_in: Callable[[], None]
    break_line: Callable[[], None] | None = None
    """Makes the next hand-over impossible for a while; None where nothing can fail."""
    only_xml: bool = False
    """It carries documents and refuses what is none."""


def inside(folder: Path, request: pytest.FixtureRequest) -> Rig:
    Organisation.objects.update(hosted=True)
    return Rig(LoopbackCarrier(), take_in=lambda: None)


def spool(folder: Path, request: pytest.FixtureRequest) -> Rig:
    """Two nodes: the organisations are hosted only while the other node looks."""

    def take_in() -> None:
        Organisation.objects.update(hosted=True)
        collect(NOW, folder=folder)
        Organisation.objects.update(hosted=False)

    def break_line() -> None:
        (folder / RECEIVER).write_text("a file where the folder should be")

    return Rig(LoopbackCarrier(spool=folder), take_in=take_in, break_line=break_line)


def smtp(folder: Path, request: pytest.FixtureRequest) -> Rig:
    """One mailbox for both parties."""
    server: MailServer = request.getfixturevalue("mail_server")
    configure(request.getfixturevalue("monkeypatch"), request.getfixturevalue("transport_file"), server)
    _host({her: f"p{her}@edi.example.no" for her in (SENDER, RECEIVER)})

    def break_line() -> None:
        server.refuse = "451 later"

    return Rig(
        EbxmlSmtpCarrier(), take_in=lambda: _until_quiet(lambda: mail_in(NOW)), break_line=break_line, only_xml=True
    )


def http(folder: Path, request: pytest.FixtureRequest) -> Rig:
    """What is posted to either party is given to the node's endpoint."""
    line: HttpLine = request.getfixturevalue("http_line")
    configure(request.getfixturevalue("monkeypatch"), request.getfixturevalue("transport_file"), http={})
    _host(dict.fromkeys((SENDER, RECEIVER), line.url))

    def pass_on() -> int:
        waiting, line.posted = line.posted, []
        for headers, body in waiting:
            answer = Client().generic(
                "POST", "/ebxml", body, content_type=headers["Content-Type"],
                headers={"SOAPAction": headers["SOAPAction"], "MIME-Version": headers["MIME-Version"]},
            )  # fmt: skip
            assert answer.status_code == 202
        return len(waiting)

    def break_line() -> None:
        line.status = 503

    return Rig(EbxmlHttpCarrier(), take_in=lambda: _until_quiet(pass_on), break_line=break_line, only_xml=True)


def _host(addresses: dict[str, str]) -> None:
    Organisation.objects.update(hosted=True)
    for her_id, address in addresses.items():
        CommunicationParty.objects.filter(her_id=her_id).update(edi_address=address)


def _until_quiet(look: Callable[[], int]) -> None:
    for _ in range(6):
        found = look()
        run_due(NOW)
        if not found:
            return


@pytest.fixture(params=[inside, spool, smtp, http], ids=lambda make: make.__name__)
def rig(request, tmp_path) -> Iterator[Rig]:
    mark_as_test(machine_now=NOW)
    for her_id, level_1 in ((SENDER, "8000"), (RECEIVER, "8100")):
        organisation = Organisation.objects.create(name=level_1, her_id=level_1, kind="other")
        CommunicationParty.objects.create(her_id=her_id, organisation=organisation, name=her_id)
    yield request.param(tmp_path, request)
    configuration.cache_clear()


def envelope(data: bytes = b"<MsgHead/>", **changes) -> Envelope:
    values = {
        "transport_id": uuid4(),
        "sender_her": SENDER,
        "receiver_her": RECEIVER,
        "service": "S-LOG_INNLAGT",
        "action": "LOG_INNLAGT",
        "msg_id": "m",
        "data": data,
    }
    return Envelope(**(values | changes))


def test_it_works(rig):
    sent = envelope()
    done = rig.carrier.hand_over(sent, now=NOW)
    assert done.result in set(Result)
    rig.take_in()
    arrival = Arrival.objects.get()
    assert arrival.carrier == rig.carrier.name
    assert arrival.transport_key.startswith(str(sent.transport_id))
    assert (arrival.sender_her, arrival.receiver_her) == (SENDER, RECEIVER)
    assert (arrival.service, arrival.action) == ("S-LOG_INNLAGT", "LOG_INNLAGT")
    assert originals.read(arrival.original) == sent.data


LARGE = b"<MsgHead>" + bytes(range(32, 60)) * 100_000 + b"</MsgHead>"


@pytest.mark.parametrize(
    "data", [b"", bytes(range(256)), b"\n\n{}\n", b"<MsgHead>\r\n\xc3\xb8\n</MsgHead>\n", LARGE], ids=len
)
def test_the_bytes_come_as_they_went(rig, data):
    if rig.only_xml and not data.startswith(b"<"):
        pytest.skip("no document")
    rig.carrier.hand_over(envelope(data), now=NOW)
    rig.take_in()
    assert originals.read(Arrival.objects.get().original) == data


def test_the_same_envelope_again_is_one_arrival(rig):
    sent = envelope()
    rig.carrier.hand_over(sent, now=NOW)
    rig.take_in()
    rig.carrier.hand_over(sent, now=NOW)
    rig.take_in()
    rig.carrier.hand_over(sent, now=NOW)
    rig.carrier.hand_over(sent, now=NOW)
    rig.take_in()
    assert Arrival.objects.count() == 1


def test_two_envelopes_are_two_arrivals(rig):
    for _ in range(2):
        rig.carrier.hand_over(envelope(), now=NOW)
    rig.take_in()
    assert Arrival.objects.count() == 2


def test_what_stays_inside_leaves_nothing_behind_when_it_is_taken_back(rig):
    if not rig.carrier.stays_inside(RECEIVER):
        pytest.skip("it leaves the store, so no transaction can take it back")
    point = transaction.savepoint()
    rig.carrier.hand_over(envelope(), now=NOW)
    assert Arrival.objects.count() == 1
    transaction.savepoint_rollback(point)
    assert not Arrival.objects.exists()
    assert not originals.Original.objects.exists()


def test_nobody_unknown_is_inside(rig):
    assert not rig.carrier.stays_inside(STRANGER)


def test_trouble_on_the_line_may_pass(rig):
    if rig.break_line is None:
        pytest.skip("nothing can fail on the way")
    rig.break_line()
    with pytest.raises(CarrierError) as caught:
        rig.carrier.hand_over(envelope(), now=NOW)
    assert caught.value.retryable
    assert not Arrival.objects.exists()


def test_a_hosted_node_refuses_a_receiver_that_is_nowhere():
    mark_as_test(machine_now=NOW)
    with pytest.raises(CarrierRefusedError) as caught:
        LoopbackCarrier().hand_over(envelope(receiver_her=STRANGER), now=NOW)
    assert not caught.value.retryable


def test_a_receiver_of_a_document_cannot_name_another_folder(tmp_path):
    mark_as_test(machine_now=NOW)
    carrier = LoopbackCarrier(spool=tmp_path / "spool")
    with pytest.raises(CarrierError):
        carrier.hand_over(envelope(receiver_her="../../etc"), now=NOW)
    assert not (tmp_path / "etc").exists()


def test_what_lies_spoilt_in_the_folder_is_set_aside_and_stops_nobody(tmp_path):
    mark_as_test(machine_now=NOW)
    organisation = Organisation.objects.create(name="x", her_id="8100", kind="other")
    CommunicationParty.objects.create(her_id=RECEIVER, organisation=organisation, name="x")
    box = tmp_path / RECEIVER
    box.mkdir()
    (box / "a.msg").write_bytes(b"no json\nrest")
    (box / "b.msg").write_bytes(b'{"transport_id": 1}\n')
    (box / ".unfinished.msg.77").write_bytes(b"half")
    carrier = LoopbackCarrier(spool=tmp_path)
    again = envelope(b"first")
    carrier.hand_over(again, now=NOW)
    Organisation.objects.update(hosted=True)
    assert collect(NOW, folder=tmp_path) == 1
    Organisation.objects.update(hosted=False)
    carrier.hand_over(envelope(b"other bytes", transport_id=again.transport_id), now=NOW)
    carrier.hand_over(envelope(b"second"), now=NOW)
    Organisation.objects.update(hosted=True)
    assert collect(NOW, folder=tmp_path) == 1
    assert {originals.read(a.original) for a in Arrival.objects.all()} == {b"first", b"second"}
    assert len(list(box.glob("*.spoilt"))) == 3
