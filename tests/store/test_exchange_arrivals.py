"""Whatever bytes arrive: stored, judged once, answered once, visible; series in any order (2.7, RECV-50 to 54)."""

from __future__ import annotations

import itertools

import pytest

from samhandling.exchange import originals, reading_in
from samhandling.exchange.arriving import TransportKeyReusedError
from samhandling.exchange.models import Arrival, Delivery, Message, Receipt
from samhandling.exchange.services import arrive, read_again
from samhandling.identity import synthetic
from samhandling.jobs.models import Job
from samhandling.jobs.services import publish
from samhandling.registry.models import Agreement, CommunicationParty, ReceptionSetting
from samhandling.tasks.models import Task
from tests.store.exchange_world import (
    BORN,
    CASES,
    FNR,
    HOUR,
    MINUTE,
    NOW,
    NURSING,
    RECEPTION,
    bring,
    document,
    make,
    party,
    run,
    uuids,
)

pytestmark = pytest.mark.django_db

STRANGER = synthetic.person_number(BORN, "1", index=3)


@pytest.fixture
def world(monkeypatch):
    made = make(monkeypatch)
    from samhandling.organisations.models import Organisation

    outside = Organisation.objects.create(name="Virksomhet 7000", her_id="7000", kind="other")
    party(outside, "7001", "Tjeneste 7001", "other", carrier="elsewhere")
    return made


@pytest.fixture
def ids():
    return uuids()


def open_causes() -> list[str]:
    """Why people have work, but for our receipt to a sender who is on no node of ours."""
    found = Task.objects.filter(closed_at__isnull=True).exclude(cause="receipt_not_delivered")
    return sorted(found.values_list("cause", flat=True))


def states(world) -> list[str]:
    return [m.state for m in world.received()]


JUNK = {
    "nothing": b"",
    "noise": bytes(range(256)) * 50,
    "text": "Hei på deg".encode("latin-1"),
    "other root": b"<html><body>hei</body></html>",
    "doctype": b'<!DOCTYPE MsgHead [<!ENTITY a "b">]><MsgHead>&a;</MsgHead>',
    "half": b'<?xml version="1.0"?><MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo><Type V="LOG_',
    "deep": b"<a>" * 5000 + b"</a>" * 5000,
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_is_kept_and_shown_to_a_person(world, name):
    bring(JUNK[name], receiver_her=NURSING)
    arrival = Arrival.objects.get()
    assert arrival.state == "unreceipted"
    assert originals.read(arrival.original) == JUNK[name]
    task = Task.objects.get()
    assert (task.organisation, task.cause, task.subject) == (
        world.municipality,
        "unreceipted",
        f"arrival:{arrival.pk}",
    )
    assert not Receipt.objects.exists()
    assert not Job.objects.exists()


def test_the_same_transmission_again_is_the_same_arrival(world, ids):
    data = document(msg_id=next(ids))
    first = arrive(data, carrier="loopback", transport_key="k", now=NOW)
    again = arrive(data, carrier="loopback", transport_key="k", now=NOW + MINUTE)
    assert (again.arrival_id, first.repeated, again.repeated) == (first.arrival_id, False, True)
    assert Arrival.objects.count() == 1
    with pytest.raises(TransportKeyReusedError):
        arrive(data + b" ", carrier="loopback", transport_key="k", now=NOW)
    assert Arrival.objects.count() == 1


def test_the_same_id_in_other_letters_is_the_same_message(world):
    bring(document(msg_id="ABCDEF00-0000-4000-8000-000000000001"))
    bring(document(msg_id="abcdef00-0000-4000-8000-000000000001"))
    [came] = world.received()
    assert (came.msg_id_written, came.duplicates) == ("ABCDEF00-0000-4000-8000-000000000001", 1)


def test_the_receipt_goes_back_in_the_same_service_with_the_action_of_a_receipt(world, ids):
    data = document(msg_id=next(ids))
    arrived = arrive(data, carrier="loopback", transport_key="k", now=NOW)
    reading_in.decide(arrived.arrival_id, reading_in.parse(data), now=NOW)
    delivery = Delivery.objects.get()
    assert (delivery.her_id, delivery.service, delivery.action) == ("7001", "S-LOG_INNLAGT", "APPREC")
    assert delivery.carrier == "elsewhere"
    assert delivery.deadline_at is None


def test_an_unknown_patient_is_taken_unassigned_with_a_task(world, ids):
    bring(document(msg_id=next(ids), number=STRANGER, family_name="Ukjent"))
    [came] = world.received()
    assert (came.patient, came.flags, came.state) == (None, ["unknown_patient"], "taken")
    assert came.patient_key
    assert STRANGER not in came.patient_key
    assert "patient.unknown" in open_causes()
    assert Receipt.objects.get(direction="out").status == "1"


def test_without_a_number_a_person_matches(world, ids):
    bring(document(msg_id=next(ids), number=None))
    [came] = world.received()
    assert came.patient is None
    assert "manual_match" in came.flags
    assert "patient.manual" in open_causes()


def test_the_same_number_under_another_name_is_never_matched_by_itself(world, ids):
    bring(document(msg_id=next(ids), family_name="Helt Annen"))
    [came] = world.received()
    assert came.patient is None
    assert {"manual_match", "id_mismatch"} <= set(came.flags)


def test_an_unknown_service_in_our_house_is_taken_and_routed_by_a_person(world, ids):
    bring(document(msg_id=next(ids), receiver=("8100", "4242")))
    [came] = world.received()
    assert came.flags == ["unknown_service"]
    assert "message.unknown_service" in open_causes()


def test_by_setting_an_unknown_service_is_rejected_with_e21(world, ids):
    ReceptionSetting.objects.create(organisation=world.municipality, reject_unknown_service=True)
    bring(document(msg_id=next(ids), receiver=("8100", "4242")))
    receipt = Receipt.objects.get(direction="out")
    assert (receipt.status, [e["code"] for e in receipt.errors]) == ("2", ["E21"])
    assert states(world) == ["rejected_by_us"]


def test_by_agreement_a_name_and_an_h_number_are_enough(world, ids):
    helped = synthetic.help_number(BORN, "1")
    data = document(msg_id=next(ids), sender=("8000", RECEPTION)).replace(FNR.encode(), helped.encode())
    data = data.replace(b'V="FNR"', b'V="HNR"').replace("Fødselsnummer".encode(), b"H-nummer")
    data = data.replace(b"<DateOfBirth>1965-07-15</DateOfBirth>", b"").replace(b'<Sex V="1" DN="Mann"/>', b"")
    bring(data)
    assert [e["code"] for e in Receipt.objects.get(direction="out").errors] == ["E36"]
    Agreement.objects.update(name_and_h_number_accepted=True)
    again = data.replace(b"000000000001</MsgId>", b"000000000009</MsgId>")
    bring(again)
    assert states(world) == ["rejected_by_us", "taken"]
    assert "h_number" in world.received()[1].flags


def test_envelope_to_us_and_document_to_others_gets_no_receipt_and_a_task(world, ids):
    bring(document(msg_id=next(ids), receiver=("6000", "6001")), receiver_her=NURSING)
    arrival = Arrival.objects.get()
    assert (arrival.state, arrival.reason) == ("unreceipted", "party_mismatch")
    assert Task.objects.get().organisation == world.municipality


def test_envelope_and_document_name_different_services_of_ours(world, ids):
    bring(document(msg_id=next(ids), receiver=("8100", CASES)), receiver_her=NURSING)
    [came] = world.received()
    assert (came.own_her, came.flags) == (CASES, ["party_mismatch"])
    assert Receipt.objects.get(direction="out").party_her == CASES


def test_envelope_to_one_of_ours_and_document_to_another_of_ours_is_answered_from_the_documents_party(world, ids):
    bring(document(msg_id=next(ids), receiver=("8000", RECEPTION)), receiver_her=NURSING)
    message = Message.objects.get(direction="in")
    assert (message.organisation, message.flags) == (world.hospital, ["party_mismatch"])


@pytest.mark.parametrize(
    ("envelope_sender", "flags"),
    [("7001", []), ("", []), (NURSING, ["party_mismatch"]), ("7002", ["party_mismatch"]), ("7000", [])],
)
def test_a_document_in_the_name_of_another_than_its_envelope_is_flagged(world, ids, envelope_sender, flags):
    """AD1.19: the organisation may sign for its services; nobody else may."""
    bring(document(msg_id=next(ids)), sender_her=envelope_sender, receiver_her=NURSING)
    assert world.received()[0].flags == flags


def test_a_clock_that_runs_ahead_is_flagged(world, ids):
    bring(document(msg_id=next(ids), generated_at=NOW + 10 * MINUTE))
    assert world.received()[0].flags == ["clock_skew"]


def test_a_test_message_is_flagged(world, ids):
    data = document(msg_id=next(ids))
    end = data.index(b"</MsgId>") + len(b"</MsgId>")
    bring(data[:end] + b'<ProcessingStatus V="D" DN="Debugging"/>' + data[end:])
    assert world.received()[0].flags == ["test_message"]


def test_a_message_that_stops_the_worker_is_set_aside_and_can_be_read_again(world, ids):
    arrive(document(msg_id=next(ids)), carrier="loopback", transport_key="k", now=NOW, receiver_her=NURSING)
    job = Job.objects.get(handler="exchange.read")
    Job.objects.filter(pk=job.pk).update(state="dead")
    publish("job.dead", {"job": job.pk, "handler": "exchange.read", "code": "job.killed_worker"}, now=NOW)
    run()
    arrival = Arrival.objects.get()
    assert (arrival.state, arrival.reason) == ("unreadable", "job.killed_worker")
    task = Task.objects.get(cause="unreadable")
    assert (task.severity, task.organisation) == ("high", world.municipality)
    Job.objects.filter(pk=job.pk).delete()
    read_again(arrival.pk, now=NOW + HOUR)
    run(NOW + HOUR)
    assert states(world) == ["taken"]
    assert not Task.objects.filter(cause="unreadable", closed_at__isnull=True).exists()


def test_reading_twice_does_everything_once(world, ids):
    arrive(document(msg_id=next(ids)), carrier="loopback", transport_key="k", now=NOW)
    arrival = Arrival.objects.get()
    parsed = reading_in.parse(originals.read(arrival.original))
    assert reading_in.decide(arrival.pk, parsed, now=NOW).verdict == "accepted"
    assert reading_in.decide(arrival.pk, parsed, now=NOW).verdict == "duplicate"
    assert Receipt.objects.count() == 1


def test_a_closed_service_of_ours_still_gets_its_message(world, ids):
    CommunicationParty.objects.filter(her_id=NURSING).update(valid_to="2026-01-01")
    bring(document(msg_id=next(ids)))
    assert states(world) == ["taken"]


# --- series -------------------------------------------------------------------------------------------------------


def series(ids, **changes) -> tuple[bytes, bytes]:
    """An original and its cancellation with reference."""
    first = next(ids)
    original = document(msg_id=first, **changes)
    cancellation = document(msg_id=next(ids), status="C", parent=first, generated_at=NOW + MINUTE, **changes)
    return original, cancellation


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_cancellation_cancels_whatever_comes_first(world, ids, order):
    documents = series(ids)
    for index in order:
        bring(documents[index])
    by_status = {m.status: m for m in world.received()}
    original, cancellation = by_status["N"], by_status["C"]
    assert (original.state, original.cancelled_by) == ("cancelled", cancellation)
    assert (cancellation.state, cancellation.refers_to) == ("taken", original)
    assert ("cancelled_before_original" in original.flags) == (order == (1, 0))
    assert "unlinked" not in cancellation.flags
    assert open_causes() == ["message.cancelled"]


def test_a_cancellation_before_its_original_is_held_with_a_low_task(world, ids):
    _, cancellation = series(ids)
    bring(cancellation)
    [held] = world.received()
    assert (held.state, held.flags) == ("held", ["cancels", "unlinked"])
    assert open_causes() == ["A-17"]
    assert Receipt.objects.get(direction="out").status == "1"


def test_nobody_else_can_cancel_a_message(world, ids):
    first = next(ids)
    bring(document(msg_id=first))
    bring(document(msg_id=next(ids), status="C", parent=first, sender=("6000", "6001"), generated_at=NOW + MINUTE))
    assert states(world) == ["taken", "held"]


def test_a_cancellation_takes_only_its_own_type(world, ids):
    first = next(ids)
    bring(document("LOG_UTSKRIVNINGSKLAR", msg_id=first))
    bring(document("LOG_AVMELDING", msg_id=next(ids), parent=first, generated_at=NOW + MINUTE))
    bring(document("LOG_AVMELDING", msg_id=next(ids), status="C", parent=first, generated_at=NOW + 2 * MINUTE))
    assert states(world) == ["taken", "cancelled", "taken"]


def test_a_cancellation_without_reference_is_tied_only_to_the_one_it_can_mean(world, ids):
    bring(document(msg_id=next(ids)))
    bring(document(msg_id=next(ids), generated_at=NOW + MINUTE))
    bring(document(msg_id=next(ids), status="C", generated_at=NOW + 2 * MINUTE))
    assert states(world) == ["taken", "taken", "held"]


def test_a_cancellation_without_reference_leaves_newer_and_other_patients_messages_alone(world, ids):
    bring(document(msg_id=next(ids), number=STRANGER, family_name="Annen"))
    bring(document(msg_id=next(ids), generated_at=NOW + HOUR))
    bring(document(msg_id=next(ids), status="C", generated_at=NOW + MINUTE))
    assert states(world) == ["taken", "taken", "held"]


def test_a_new_message_after_a_held_cancellation_is_not_cancelled_by_it(world, ids):
    bring(document(msg_id=next(ids), status="C"))
    bring(document(msg_id=next(ids), generated_at=NOW + HOUR))
    assert states(world) == ["held", "taken"]


def test_a_change_of_a_logistics_message_is_taken_and_not_applied(world, ids):
    first = next(ids)
    bring(document("LOG_AVMELDING", msg_id=first))
    changed = document("LOG_AVMELDING", msg_id=next(ids), parent=first, generated_at=NOW + MINUTE)
    bring(changed.replace(b'V="N" DN="Ny"', b'V="M" DN="Endring"'))
    original, change = world.received()
    assert (original.state, change.state) == ("taken", "taken")
    assert {"replaces", "status_not_allowed"} <= set(change.flags)
    assert "message.status_not_allowed" in open_causes()


def test_a_reference_to_something_unknown_is_shown_as_unlinked(world, ids):
    bring(document(msg_id=next(ids), parent="ffffffff-0000-4000-8000-000000000000"))
    [came] = world.received()
    assert (came.state, came.flags) == ("taken", ["unlinked"])


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_result_does_not_depend_on_the_order_of_arrival(world, ids, order):
    original, cancellation = series(ids)
    later = document(msg_id=next(ids), generated_at=NOW + HOUR)
    documents = (original, cancellation, later)
    for index in order:
        bring(documents[index], now=NOW + 2 * HOUR)
    found = {m.generated_at: m.state for m in world.received()}
    assert found == {NOW: "cancelled", NOW + MINUTE: "taken", NOW + HOUR: "taken"}


def test_a_rejected_message_is_not_part_of_the_series(world, ids):
    first = next(ids)
    bring(document(msg_id=first).replace(b'V="N" DN="Ny"', b'V="N" DN="Ny" feil="1"'))
    bring(document(msg_id=next(ids), status="C", parent=first, generated_at=NOW + MINUTE))
    assert states(world) == ["rejected_by_us", "held"]
