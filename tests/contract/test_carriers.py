"""What every carrier must do, asked of each in the same words. A new carrier adds a rig; the tests stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from samhandling.carriers.loopback.carrier import LoopbackCarrier
from samhandling.carriers.loopback.collecting import collect
from samhandling.exchange import originals
from samhandling.exchange.models import Arrival
from samhandling.exchange.ports import Carrier, CarrierError, CarrierRefusedError, Envelope, Result
from samhandling.organisations.models import Organisation
from samhandling.registry.models import CommunicationParty
from samhandling.store.services import mark_as_test

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


def inside(folder: Path) -> Rig:
    Organisation.objects.update(hosted=True)
    return Rig(LoopbackCarrier(), take_in=lambda: None)


def spool(folder: Path) -> Rig:
    """Two nodes: the organisations are hosted only while the other node looks."""

    def take_in() -> None:
        Organisation.objects.update(hosted=True)
        collect(NOW, folder=folder)
        Organisation.objects.update(hosted=False)

    def break_line() -> None:
        (folder / RECEIVER).write_text("a file where the folder should be")

    return Rig(LoopbackCarrier(spool=folder), take_in=take_in, break_line=break_line)


@pytest.fixture(params=[inside, spool], ids=lambda make: make.__name__)
def rig(request, tmp_path) -> Rig:
    mark_as_test(machine_now=NOW)
    for her_id, level_1 in ((SENDER, "8000"), (RECEIVER, "8100")):
        organisation = Organisation.objects.create(name=level_1, her_id=level_1, kind="other")
        CommunicationParty.objects.create(her_id=her_id, organisation=organisation, name=her_id)
    return request.param(tmp_path)


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
    assert (arrival.carrier, arrival.transport_key) == (rig.carrier.name, str(sent.transport_id))
    assert (arrival.sender_her, arrival.receiver_her) == (SENDER, RECEIVER)
    assert (arrival.service, arrival.action) == ("S-LOG_INNLAGT", "LOG_INNLAGT")
    assert originals.read(arrival.original) == sent.data


@pytest.mark.parametrize("data", [b"", bytes(range(256)), b"\n\n{}\n", bytes(3_000_000)], ids=len)
def test_the_bytes_come_as_they_went(rig, data):
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
