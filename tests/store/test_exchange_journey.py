"""A logistics message from draft to receipt on one node, both sides of it, and what stands in the way of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from samhandling.exchange import originals
from samhandling.exchange.models import AppendOnlyError, Delivery, Message, MessageEvent, Receipt
from samhandling.exchange.services import arrive, cancel, send
from samhandling.jobs.models import Job
from samhandling.messages import engine
from samhandling.messages.facts import facts
from samhandling.organisations.models import Organisation
from samhandling.registry.models import Agreement, CommunicationParty, MessageSetting
from samhandling.tasks.models import Task
from tests.store.exchange_world import CASES, HOUR, NOW, NURSING, RECEPTION, delivery_of, make, party, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch):
    return make(monkeypatch)


def test_it_works(world):
    sent = world.send()
    assert sent.state == "waiting"
    run()
    sent.refresh_from_db()
    delivery = delivery_of(sent)
    assert (sent.state, delivery.state) == ("received", "received")
    assert delivery.receipted_at == NOW
    [came] = world.received()
    assert (came.state, came.msg_id, came.type, came.version) == ("taken", sent.msg_id, "LOG_INNLAGT", "1.6")
    assert came.patient == world.twin
    assert came.flags == []
    assert (came.own_her, came.counterpart_her, came.counterpart_organisation) == (NURSING, RECEPTION, "8000")
    receipt = Receipt.objects.get(direction="in")
    assert (receipt.status, receipt.standing, receipt.version, receipt.message) == ("1", "counted", "1.1", sent)
    assert not Task.objects.filter(closed_at__isnull=True).exists()
    assert not Job.objects.exists()


def test_the_document_is_valid_and_addressed_on_two_levels(world):
    sent = world.send("LOG_UTSKRIVNINGSKLAR")
    reading = engine.read(originals.read(sent.original))
    assert reading.valid
    told = facts(reading)
    assert told.msg_id == sent.msg_id_written
    assert (told.sender.her_id, told.sender.organisation_her_id) == (RECEPTION, "8000")
    assert [(p.her_id, p.role) for p in told.receivers] == [(CASES, "PRIM")]
    assert told.generated.raw == "2026-11-24T10:00:00+01:00"
    assert told.status == "N"
    assert (told.parent, told.conversation) == ("", "")


def test_both_sides_keep_the_same_bytes_each_its_own(world):
    sent = world.send()
    run()
    [came] = world.received()
    assert originals.read(came.original) == originals.read(sent.original)
    assert came.original_id != sent.original_id
    assert (sent.original.organisation, came.original.organisation) == (world.hospital, world.municipality)


def test_a_copy_receiver_in_the_same_organisation_gives_one_message_and_two_receipts(world):
    sent = world.send(copy_hers=(CASES,))
    run()
    sent.refresh_from_db()
    assert sent.state == "received"
    [came] = world.received()
    assert [(r.her_id, r.role, r.own) for r in came.receivers.order_by("pk")] == [
        (NURSING, "PRIM", True),
        (CASES, "COP", True),
    ]
    assert "copy" in came.flags
    assert came.duplicates == 1  # the copy receiver's own transmission
    assert sorted(Receipt.objects.filter(direction="in").values_list("party_her", "role")) == [
        (NURSING, "PRIM"),
        (CASES, "COP"),
    ]


def test_two_organisations_here_get_a_message_each_from_a_transmission_each(world):
    other = Organisation.objects.create(name="Annen kommune", her_id="8200", kind="other", hosted=True)
    party(other, "8201", "Tjeneste", "other")
    sent = world.send(copy_hers=("8201",))
    run()
    rows = Message.objects.filter(direction="in", msg_id=sent.msg_id).order_by("organisation_id")
    assert [(m.organisation, m.own_her, m.duplicates) for m in rows] == [
        (world.municipality, NURSING, 0),
        (other, "8201", 0),
    ]
    sent.refresh_from_db()
    assert sent.state == "received"


def test_a_file_without_envelope_goes_to_every_organisation_it_names(world):
    other = Organisation.objects.create(name="Annen kommune", her_id="8200", kind="other", hosted=True)
    party(other, "8201", "Tjeneste", "other")
    sent = world.send(copy_hers=("8201",))
    data = originals.read(sent.original)
    arrive(data, carrier="loopback", transport_key="by-hand", now=NOW)
    Job.objects.filter(handler="exchange.deliver").delete()
    run()
    assert Message.objects.filter(direction="in", msg_id=sent.msg_id).count() == 2


def test_withdrawing_refers_to_the_message_and_goes_to_the_same_service(world):
    ready = world.send("LOG_UTSKRIVNINGSKLAR")
    withdrawn = world.send("LOG_AVMELDING", refers_to=ready)
    told = facts(engine.read(originals.read(withdrawn.original)))
    assert (told.parent, told.conversation) == (ready.msg_id_written, ready.msg_id_written)
    run()
    first, second = world.received()
    assert second.refers_to == first
    assert second.first == first
    assert first.state == "taken"


def test_version_follows_the_receiver(world):
    CommunicationParty.objects.filter(her_id=NURSING).update(plo_versions=["1.5"])
    sent = world.send()
    assert sent.version == "1.5"
    assert engine.read(originals.read(sent.original)).valid
    run()
    assert Receipt.objects.get(direction="in").version == "1.0"


def test_messages_of_one_stay_leave_in_order(world):
    kinds = ["LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING"]
    for number, kind in enumerate(kinds):
        world.send(kind, now=NOW + number * timedelta(seconds=1))
    run(NOW + HOUR)
    assert [e.action for e in world.line.seen if e.action != "APPREC"] == kinds


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"municipality": None}, "address.no_municipality"),
        ({"patient": None}, "content.no_patient"),
        ({"sender_her": NURSING}, "address.no_sender"),
        ({"copy_hers": ("4242",)}, "address.unknown_copy"),
        ({"track": "PSYCH"}, "address.no_sender"),
    ],
)
def test_what_stands_in_the_way_is_a_finding_and_one_task(world, change, code):
    draft = replace(world.draft(), **change)
    for _ in range(2):
        outcome = send(draft, now=NOW)
        assert not outcome.sent
        assert code in [f.code for f in outcome.findings]
    task = Task.objects.get(closed_at__isnull=True)
    assert task == outcome.task
    assert task.subject == "stay:1"
    assert not Message.objects.exists()


def test_no_agreement_gives_the_text_with_the_phone(world):
    Agreement.objects.all().delete()
    outcome = send(world.draft(), now=NOW)
    assert [f.code for f in outcome.findings] == ["address.no_agreement"]
    assert "Vi har ikke avtale om elektroniske meldinger med Testby kommune." in outcome.task.text


def test_a_missing_name_of_the_deciding_professional_stops_the_ready_message(world):
    content = replace(world.draft().content, responsible=type(world.draft().content.responsible)())
    outcome = send(world.draft("LOG_UTSKRIVNINGSKLAR", content=content), now=NOW)
    assert not outcome.sent
    assert outcome.task is not None


def test_sending_at_last_closes_the_task(world):
    agreement = Agreement.objects.get()
    Agreement.objects.all().delete()
    send(world.draft(), now=NOW)
    agreement.save(force_insert=True)
    world.send()
    assert not Task.objects.filter(closed_at__isnull=True).exists()


def test_what_the_epj_writes_is_never_composed_here(world):
    MessageSetting.objects.create(organisation=world.hospital, message_type="LOG_INNLAGT", written_by="epj")
    outcome = send(world.draft(), now=NOW)
    assert [f.code for f in outcome.findings] == ["content.written_by_epj"]


def test_a_finished_document_is_delivered_byte_for_byte(world):
    finished = originals.read(world.send().original).replace(b"<MsgHead", b"<!-- journal -->\n<MsgHead", 1)
    Message.objects.all()
    draft = replace(world.draft(), content=None, document=_with_new_id(finished))
    outcome = send(draft, now=NOW)
    assert outcome.message is not None, outcome.findings
    assert outcome.message.written_by == "epj"
    run()
    came = world.received()[-1]
    assert originals.read(came.original) == draft.document


def _with_new_id(document: bytes) -> bytes:
    old = facts(engine.read(document)).msg_id
    return document.replace(old.encode(), b"0b7f6d1e-3a52-4a5e-9d43-0c5a3c1f2e10")


def test_a_finished_document_is_checked(world):
    finished = originals.read(world.send().original)
    again = send(replace(world.draft(), content=None, document=finished), now=NOW)
    assert [f.code for f in again.findings if f.blocks] == ["content.sent_before"]
    broken = send(replace(world.draft(), content=None, document=finished[:-20]), now=NOW)
    assert [f.code for f in broken.findings] == ["content.not_valid"]
    other = send(replace(world.draft("LOG_DOD"), content=None, document=_with_new_id(finished)), now=NOW)
    assert "content.other_type" in [f.code for f in other.findings]


def test_cancelling_withdraws_at_both_ends_and_asks_for_a_call(world):
    sent = world.send()
    run()
    outcome = cancel(sent, reason="Feil pasient", now=NOW + HOUR)
    assert outcome.message is not None, outcome.findings
    assert outcome.message.status == "C"
    assert outcome.task.kind == "call"
    run(NOW + HOUR)
    sent.refresh_from_db()
    assert sent.cancelled_by == outcome.message
    original, cancellation = world.received()
    assert (original.state, original.cancelled_by) == ("cancelled", cancellation)
    assert (cancellation.state, cancellation.flags) == ("taken", ["cancels"])
    told = facts(engine.read(originals.read(outcome.message.original)))
    assert (told.parent, told.conversation) == (sent.msg_id_written, sent.msg_id_written)
    assert told.event("1") is not None


@pytest.mark.parametrize("kind", ["LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET"])
def test_every_logistics_message_can_be_cancelled(world, kind):
    outcome = cancel(world.send(kind), reason="Registrert ved feil", now=NOW)
    assert outcome.message is not None, outcome.findings
    assert engine.read(originals.read(outcome.message.original)).valid


def test_cancelling_twice_sends_once(world):
    sent = world.send()
    assert cancel(sent, reason="Feil", now=NOW).message is not None
    sent.refresh_from_db()
    again = cancel(sent, reason="Feil", now=NOW)
    assert [f.code for f in again.findings] == ["cancel.nothing_to_cancel"]


def test_a_counterpart_that_cannot_take_a_cancellation_is_called(world):
    Agreement.objects.update(takes_cancellation=False)
    outcome = cancel(world.send(), reason="Feil", now=NOW)
    assert not outcome.sent
    assert "cancel.not_taken" in [f.code for f in outcome.findings]
    assert outcome.task is not None


def test_the_history_tells_every_step_and_only_grows(world):
    sent = world.send()
    run()
    kinds = list(MessageEvent.objects.filter(message=sent).order_by("pk").values_list("kind", flat=True))
    assert kinds == [
        "message.sent",
        "delivery.queued",
        "delivery.begin",
        "delivery.transport_ack",
        "receipt.counted",
        "delivery.receipt_ok",
    ]
    event = MessageEvent.objects.filter(message=sent).first()
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        event.delete()


def test_removing_the_content_leaves_the_metadata(world):
    sent = world.send()
    originals.remove(sent.original, now=NOW)
    originals.remove(sent.original, now=NOW + HOUR)
    sent.original.refresh_from_db()
    assert sent.original.removed_at == NOW
    with pytest.raises(originals.ContentRemovedError):
        originals.read(sent.original)


def test_a_large_original_lies_in_pieces_of_a_megabyte(world):
    import os

    data = os.urandom(2_500_000)
    stored = originals.store(data, organisation=world.hospital, now=NOW)
    assert stored.pieces.count() == 3
    assert all(len(bytes(p.data)) <= 1_000_000 for p in stored.pieces.all())
    assert b"".join(originals.stream(stored)) == data
    twin = originals.copy(stored, organisation=world.municipality, now=NOW)
    originals.remove(stored, now=NOW)
    assert originals.read(twin) == data


def test_an_unknown_carrier_is_a_failed_delivery_with_a_task(world, monkeypatch):
    from samhandling.exchange import delivering
    from samhandling.exchange.ports import UnknownCarrierError

    def unknown(name):
        raise UnknownCarrierError(name)

    monkeypatch.setattr(delivering, "carrier", unknown)
    sent = world.send()
    run()
    sent.refresh_from_db()
    assert sent.state == "failed"
    assert Delivery.objects.get(message=sent).reason == "carrier.unknown"
    assert Task.objects.get(cause="not_delivered").subject == f"message:{sent.pk}"
