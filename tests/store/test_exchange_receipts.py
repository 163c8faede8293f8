"""Receipts of counterparts, missing ones, deadlines, and lines that lose, repeat, delay and reorder (F5, A-01 to A-04)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.carriers.loopback.carrier import Passage
from samhandling.exchange import delivering, originals
from samhandling.exchange.models import Arrival, Delivery, Message, MessageEvent, Receipt
from samhandling.exchange.ports import CarrierError
from samhandling.exchange.services import transport_answer, try_again
from samhandling.jobs.models import Job
from samhandling.messages import engine, receipts
from samhandling.messages.facts import facts
from samhandling.messages.receipts import OwnParties, error
from samhandling.registry.models import CounterpartFault
from samhandling.tasks.models import Task
from tests.store.exchange_world import CASES, HOUR, MINUTE, NOW, NURSING, RECEPTION, bring, delivery_of, make, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch):
    return make(monkeypatch)


def apprec(sent: Message, status: str = "1", *, sender_her: str = NURSING, generated_at=NOW, receipt_id="r-1") -> bytes:
    """What a counterpart might answer."""
    reading = engine.read(originals.read(sent.original))
    told = facts(reading)
    verdict = receipts.judge(reading, told, OwnParties.of((NURSING,), ("8100",)), test=True)
    [answer] = verdict.receivers
    errors = (error("E21", "Tjenesten er lagt ned."),) if status == "2" else ()
    answer = receipts.Answer(answer.party, answer.role, status, errors)
    built = engine.build(receipts.build(told, answer, receipt_id=receipt_id, generated_at=generated_at))
    return built.replace(NURSING.encode(), sender_her.encode())


def fault(world, mode: str, minutes: int = 0) -> None:
    CounterpartFault.objects.create(organisation=world.municipality, mode=mode, minutes=minutes, reason="øvelse")


def open_tasks() -> list[tuple[str, str]]:
    rows = Task.objects.filter(closed_at__isnull=True).order_by("pk")
    return list(rows.values_list("cause", "severity"))


def test_rejected_shows_code_and_free_text_and_asks_a_person(world):
    fault(world, "reject_e21")
    sent = world.send()
    run()
    sent.refresh_from_db()
    assert (sent.state, delivery_of(sent).state) == ("rejected", "rejected")
    task = Task.objects.get(cause="A-02")
    assert "E21 Mottaker finnes ikke (øvelse)" in task.text
    [came] = world.received()
    assert came.state == "rejected_by_us"


def test_no_receipt_warns_at_half_an_hour_and_expires_at_96(world):
    fault(world, "silent")
    sent = world.send("LOG_UTSKRIVNINGSKLAR")
    run(NOW)
    run(NOW + 29 * MINUTE)
    assert open_tasks() == []
    run(NOW + 30 * MINUTE)
    assert open_tasks() == [("A-01", "high")]
    run(NOW + 95 * HOUR)
    sent.refresh_from_db()
    assert sent.state == "sent"
    run(NOW + 96 * HOUR)
    sent.refresh_from_db()
    assert sent.state == "unconfirmed"
    assert open_tasks() == [("A-01", "high")]
    assert "innen 96 timer" in Task.objects.get(closed_at__isnull=True).text
    # Nothing is left but the reminder that it still lasts.
    assert list(Job.objects.values_list("handler", flat=True)) == ["tasks.remind"]


def test_missing_receipts_of_one_counterpart_are_one_group(world):
    fault(world, "silent")
    for _ in range(3):
        world.send("LOG_UTSKRIVNINGSKLAR", subject="")
    run(NOW)
    run(NOW + HOUR)
    tasks = Task.objects.filter(cause="A-01")
    assert tasks.count() == 3
    assert set(tasks.values_list("group_key", flat=True)) == {"A-01:8100"}


def test_a_late_positive_receipt_is_accepted_and_clears_the_tasks(world):
    fault(world, "slow", minutes=97 * 60)
    sent = world.send()
    for hours in (0, 25, 96):
        run(NOW + hours * HOUR)
    sent.refresh_from_db()
    assert sent.state == "unconfirmed"
    run(NOW + 97 * HOUR)
    sent.refresh_from_db()
    assert sent.state == "received_late"
    assert Receipt.objects.get(direction="in").late
    assert open_tasks() == []


def test_the_receipt_in_time_ends_the_watch(world):
    fault(world, "slow", minutes=40)
    world.send("LOG_UTSKRIVNINGSKLAR")
    run(NOW)
    run(NOW + 31 * MINUTE)
    assert open_tasks() == [("A-01", "high")]
    run(NOW + 41 * MINUTE)
    assert open_tasks() == []
    assert not Job.objects.exists()


def test_time_of_receipt_is_that_of_the_counterpart(world):
    fault(world, "silent")
    sent = world.send()
    run(NOW)
    bring(apprec(sent, generated_at=NOW + 5 * MINUTE), now=NOW + 20 * MINUTE)
    assert delivery_of(sent).receipted_at == NOW + 5 * MINUTE


def test_the_first_receipt_counts_and_a_contradicting_one_is_flagged(world):
    sent = world.send()
    run()
    bring(apprec(sent, "1"))
    bring(apprec(sent, "2"))
    sent.refresh_from_db()
    assert sent.state == "received"
    standings = list(Receipt.objects.filter(direction="in").order_by("pk").values_list("standing", flat=True))
    assert standings == ["counted", "repeated", "contradictory"]
    assert open_tasks() == [("A-03", "high")]


def test_a_receipt_for_an_unknown_message_is_kept_for_a_person(world):
    sent = world.send()
    data = apprec(sent).replace(sent.msg_id.encode(), b"aaaaaaaa-0000-4000-8000-000000000000")
    run()
    bring(data)
    kept = Receipt.objects.get(standing="unmatched")
    assert originals.read(kept.original) == data
    assert ("receipt_unmatched", "normal") in open_tasks()


def test_a_receipt_from_somebody_who_did_not_get_the_message_settles_nothing(world):
    fault(world, "silent")
    sent = world.send()
    run()
    bring(apprec(sent, sender_her="4242"))
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert Receipt.objects.get(direction="in").standing == "unmatched"


def test_a_receipt_in_the_name_of_the_receiver_from_somebody_else_settles_nothing(world):
    """A signature of anybody known is not enough: the receipt must be of the one who signed its envelope."""
    world.line.passages = lambda envelope: ()
    sent = world.send()
    run()
    bring(apprec(sent), sender_her="7001", receiver_her=RECEPTION)
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert Arrival.objects.latest("pk").reason == "party_mismatch"
    bring(apprec(sent), sender_her=CASES, receiver_her=RECEPTION)
    sent.refresh_from_db()
    assert sent.state == "received", "another service of the same municipality may send it"


def test_a_receipt_is_never_receipted(world):
    world.send()
    run()
    assert [e.action for e in world.line.seen] == ["LOG_INNLAGT", "APPREC"]
    assert Receipt.objects.filter(direction="out").count() == 1


def test_a_receipt_without_known_status_is_looked_at(world):
    fault(world, "silent")
    sent = world.send()
    run()
    bring(apprec(sent).replace(b'V="1" DN="OK"', b'V="7" DN="OK"'))
    assert Receipt.objects.get(direction="in").standing == "unmatched"
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_transmission_that_comes_twice_is_stored_once(world):
    world.line.passages = lambda envelope: (Passage(), Passage())
    world.send()
    run()
    assert Arrival.objects.count() == 2  # the message and the receipt
    assert [m.duplicates for m in world.received()] == [0]


def test_the_same_message_in_another_transmission_is_counted_and_not_receipted(world):
    world.line.passages = lambda envelope: (
        (Passage(), Passage(again=1)) if envelope.action != "APPREC" else (Passage(),)
    )
    sent = world.send()
    run()
    assert [m.duplicates for m in world.received()] == [1]
    assert Receipt.objects.filter(direction="out").count() == 1
    assert Arrival.objects.filter(state="duplicate").count() == 1
    sent.refresh_from_db()
    assert sent.state == "received"


def test_a_lost_message_stays_unacknowledged_and_is_warned_about(world):
    world.line.passages = lambda envelope: ()
    sent = world.send("LOG_UTSKRIVNINGSKLAR")
    run()
    assert delivery_of(sent).state == "sent"
    assert world.received() == []
    run(NOW + HOUR)
    assert open_tasks() == [("A-01", "high")]


def test_a_lost_receipt_leaves_the_message_sent(world):
    world.line.passages = lambda envelope: () if envelope.action == "APPREC" else (Passage(),)
    sent = world.send()
    run()
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert [m.state for m in world.received()] == ["taken"]


def test_a_delayed_message_is_overtaken_and_put_in_order(world):
    world.line.passages = lambda envelope: (
        (Passage(delay=10 * MINUTE),) if envelope.action == "LOG_UTSKRIVNINGSKLAR" else (Passage(),)
    )
    ready = world.send("LOG_UTSKRIVNINGSKLAR")
    world.send("LOG_AVMELDING", refers_to=ready, now=NOW + MINUTE)
    run(NOW + 2 * MINUTE)
    [early] = world.received()
    assert (early.type, early.flags) == ("LOG_AVMELDING", ["unlinked"])
    run(NOW + 20 * MINUTE)
    assert [m.type for m in world.received()] == ["LOG_AVMELDING", "LOG_UTSKRIVNINGSKLAR"]


class KilledError(BaseException):
    """The process is gone: nothing after this line happened."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_the_hand_over_neither_loses_nor_doubles(world, moment):
    def die(envelope):
        setattr(world.line, moment, lambda envelope: None)
        raise KilledError

    setattr(world.line, moment, die)
    sent = world.send()
    with pytest.raises(KilledError):
        run()
    assert delivery_of(sent).state == "about"
    # The next worker finds the job of the dead one.
    Job.objects.filter(state="running").update(state="waiting", worker=None)
    run(NOW + MINUTE)
    sent.refresh_from_db()
    assert sent.state == "received"
    assert len(world.received()) == 1
    assert world.received()[0].duplicates == 0
    first, second = [e for e in world.line.seen if e.action != "APPREC"]
    assert (first.transport_id, first.msg_id) == (second.transport_id, second.msg_id)
    assert Receipt.objects.filter(direction="out").count() == 1


def test_a_carrier_in_trouble_is_tried_again_and_those_behind_wait(world):
    broken = True

    def before(envelope):
        if broken:
            raise CarrierError("line down")

    world.line.before = before
    first = world.send("LOG_UTSKRIVNINGSKLAR")
    world.send("LOG_AVMELDING", refers_to=first)
    run()
    delivery = delivery_of(first)
    assert (delivery.state, delivery.reason, delivery.attempts) == ("queued", "carrier.trouble", 1)
    assert len(world.line.seen) == 1
    broken = False
    run(NOW + MINUTE)
    first.refresh_from_db()
    assert first.state == "received"
    assert [e.action for e in world.line.seen if e.action != "APPREC"] == [
        "LOG_UTSKRIVNINGSKLAR",
        "LOG_UTSKRIVNINGSKLAR",
        "LOG_AVMELDING",
    ]


def test_a_carrier_down_for_96_hours_ends_as_unconfirmed_and_is_not_sent_late(world):
    def before(envelope):
        raise CarrierError("line down")

    world.line.before = before
    sent = world.send()
    now = NOW
    while now <= NOW + 98 * HOUR:
        run(now)
        now += 2 * HOUR
    sent.refresh_from_db()
    assert sent.state == "unconfirmed"
    # Nothing is left but the reminder that it still lasts.
    assert list(Job.objects.values_list("handler", flat=True)) == ["tasks.remind"]


def test_a_failed_delivery_can_be_tried_again_as_the_same_document(world, monkeypatch):
    from samhandling.exchange.ports import UnknownCarrierError

    good = delivering.carrier

    def unknown(name):
        raise UnknownCarrierError(name)

    monkeypatch.setattr(delivering, "carrier", unknown)
    sent = world.send()
    run()
    assert open_tasks() == [("not_delivered", "high")]
    monkeypatch.setattr(delivering, "carrier", good)
    try_again(delivery_of(sent).pk, now=NOW)
    run()
    sent.refresh_from_db()
    assert sent.state == "received"
    assert open_tasks() == []


def test_the_transports_own_answers_move_the_delivery(world):
    world.line.passages = lambda envelope: ()
    sent = world.send()
    run()
    delivery = delivery_of(sent)
    assert transport_answer(str(delivery.transport_id), acknowledged=True, now=NOW + MINUTE)
    assert delivery_of(sent).acknowledged_at == NOW + MINUTE
    assert transport_answer(str(delivery.transport_id), acknowledged=False, now=NOW + HOUR, reason="transport.refused")
    sent.refresh_from_db()
    assert (sent.state, delivery_of(sent).reason) == ("failed", "transport.refused")
    assert not transport_answer("not-an-id", acknowledged=True, now=NOW)
    assert not transport_answer("00000000-0000-4000-8000-000000000000", acknowledged=True, now=NOW)


def test_main_receiver_ok_and_copy_rejected_needs_a_person(world):
    from tests.store.exchange_world import CASES

    fault(world, "silent")
    sent = world.send(copy_hers=(CASES,))
    run()
    own = OwnParties.of((NURSING, CASES), ("8100",))
    reading = engine.read(originals.read(sent.original))
    told = facts(reading)
    answers = receipts.judge(reading, told, own, test=True).receivers
    for number, (answer, status) in enumerate(zip(answers, "12", strict=True)):
        errors = (error("E21", "Nedlagt"),) if status == "2" else ()
        changed = receipts.Answer(answer.party, answer.role, status, errors)
        bring(engine.build(receipts.build(told, changed, receipt_id=f"r{number}", generated_at=NOW)))
    states = dict(Delivery.objects.filter(message=sent).values_list("role", "state"))
    assert states == {"PRIM": "received", "COP": "rejected"}
    sent.refresh_from_db()
    assert sent.state == "rejected"
    assert MessageEvent.objects.filter(message=sent, kind="receipt.counted").count() == 2


def test_a_receipt_with_an_error_in_a_part_is_ok_with_a_warning(world):
    fault(world, "silent")
    sent = world.send()
    run()
    bring(apprec(sent).replace(b'V="1" DN="OK"', b'V="3" DN="OK, feil i delmelding"'))
    assert delivery_of(sent).state == "warning"
    sent.refresh_from_db()
    assert sent.state == "received"


def test_delivery_events_name_state_and_row_only(world, monkeypatch):
    told = []
    monkeypatch.setattr("samhandling.exchange.steps.publish", lambda event, payload, **_: told.append((event, payload)))
    sent = world.send()
    run()
    delivery = delivery_of(sent)
    assert told == [("message.delivery", {"message": sent.pk, "delivery": delivery.pk, "state": "received"})]
    assert timedelta(0) == delivery.receipted_at - NOW
    assert sent.own_her == RECEPTION
