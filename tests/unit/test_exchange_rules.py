"""The tables of an arrival, a message in and a delivery; receipt times and warning points."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from samhandling.exchange import rules
from samhandling.exchange.rules import (
    ARRIVAL,
    DELIVERY,
    MESSAGE_IN,
    START,
    ArrivalEvent,
    ArrivalState,
    DeliveryEvent,
    DeliveryState,
    ImpossibleStepError,
    MessageInEvent,
    MessageState,
    Standing,
)
from samhandling.exchange.series import Member, settle_series

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def walk(table, start, *events):
    state = start
    for event in events:
        state = rules.step(table, state, event).state
    return state


@pytest.mark.parametrize(
    ("table", "states", "events"),
    [
        (ARRIVAL, list(ArrivalState), list(ArrivalEvent)),
        (MESSAGE_IN, [START, *list(MessageState)], list(MessageInEvent)),
        (DELIVERY, list(DeliveryState), list(DeliveryEvent)),
    ],
)
def test_each_pair_is_a_row_or_a_named_error(table, states, events):
    for state in states:
        for event in events:
            if (state, event) in table:
                assert rules.step(table, state, event).state in states
            else:
                with pytest.raises(ImpossibleStepError) as caught:
                    rules.step(table, state, event)
                assert caught.value.code == "exchange.impossible_step"


@pytest.mark.parametrize("table", [ARRIVAL, MESSAGE_IN, DELIVERY])
def test_a_state_read_from_the_store_as_plain_text_finds_its_row(table):
    for (state, event), found in table.items():
        assert rules.step(table, str(state), event) == found


def test_every_delivery_state_can_be_reached():
    reached = {DeliveryState.QUEUED}
    while True:
        more = {found.state for (state, _), found in DELIVERY.items() if state in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(DeliveryState)


def test_a_delivery_the_ordinary_way():
    d = DeliveryEvent
    assert walk(DELIVERY, "queued", d.BEGIN, d.HANDED, d.TRANSPORT_ACK, d.RECEIPT_OK) == DeliveryState.RECEIVED


def test_a_worker_killed_at_the_hand_over_begins_again():
    assert walk(DELIVERY, "queued", DeliveryEvent.BEGIN, DeliveryEvent.BEGIN) == DeliveryState.ABOUT


def test_the_receipt_may_overtake_the_carriers_own_answer():
    d = DeliveryEvent
    assert walk(DELIVERY, "queued", d.BEGIN, d.RECEIPT_OK, d.HANDED, d.TRANSPORT_ACK) == DeliveryState.RECEIVED


def test_a_late_positive_receipt_is_accepted_and_remembered_as_late():
    d = DeliveryEvent
    assert walk(DELIVERY, "queued", d.BEGIN, d.HANDED, d.DEADLINE, d.RECEIPT_OK) == DeliveryState.RECEIVED_LATE


def test_the_deadline_does_not_touch_what_was_receipted():
    d = DeliveryEvent
    assert walk(DELIVERY, "queued", d.BEGIN, d.HANDED, d.RECEIPT_REJECTED, d.DEADLINE) == DeliveryState.REJECTED


def test_an_expired_delivery_is_not_handed_over_any_more():
    assert not rules.begun(DeliveryState.EXPIRED)
    with pytest.raises(ImpossibleStepError):
        rules.step(DELIVERY, DeliveryState.EXPIRED, DeliveryEvent.BEGIN)


def test_a_rejected_message_in_never_becomes_anything_but_removed():
    assert {e for (s, e) in MESSAGE_IN if s == MessageState.REJECTED_BY_US} == {MessageInEvent.REMOVE}


def test_a_cancelled_message_stays_cancelled_when_a_change_comes_late():
    assert rules.step(MESSAGE_IN, "cancelled", MessageInEvent.REPLACE).state == MessageState.CANCELLED


@pytest.mark.parametrize(
    ("deliveries", "state"),
    [
        (["received"], "received"),
        (["received", "sent"], "sent"),
        (["received", "rejected"], "rejected"),
        (["queued", "received"], "waiting"),
        (["about"], "waiting"),
        (["acknowledged"], "sent"),
        (["expired", "received"], "unconfirmed"),
        (["failed", "expired"], "failed"),
        (["received_late", "received"], "received_late"),
        (["warning"], "received"),
    ],
)
def test_a_message_out_shows_the_delivery_that_most_needs_a_person(deliveries, state):
    assert rules.message_state(deliveries) == state


def test_every_delivery_state_has_a_message_state():
    for state in DeliveryState:
        assert rules.message_state([state]) in set(MessageState)
    with pytest.raises(ValueError, match="at least one"):
        rules.message_state([])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(None, "1", Standing.COUNTED), ("1", "1", Standing.REPEATED), ("1", "2", Standing.CONTRADICTORY)],
)
def test_the_first_receipt_counts(first, second, expected):
    assert rules.standing(first, second) == expected


def test_time_of_receipt_is_the_counterparts_where_it_is_plausible():
    sent, came = NOON, NOON + HOUR
    inside = NOON + HOUR / 2
    assert rules.time_of_receipt(sent_at=sent, generated_at=inside, arrived_at=came) == inside
    assert rules.time_of_receipt(sent_at=sent, generated_at=came + HOUR, arrived_at=came) == came
    assert rules.time_of_receipt(sent_at=sent, generated_at=sent - HOUR, arrived_at=came) == came
    assert rules.time_of_receipt(sent_at=sent, generated_at=None, arrived_at=came) == came
    slack = timedelta(minutes=4)
    assert rules.time_of_receipt(sent_at=sent, generated_at=sent - slack, arrived_at=came) == sent
    assert rules.time_of_receipt(sent_at=sent, generated_at=came + slack, arrived_at=came) == came


@pytest.mark.parametrize("code", ["LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET"])
def test_automatic_messages_warn_after_half_an_hour(code):
    first, last = rules.warning_points(code, kind="", generated_at=NOON, due_at=None)
    assert (first.at - NOON, first.severity, first.expired) == (timedelta(minutes=30), "high", False)
    assert (last.at - NOON, last.severity, last.expired) == (timedelta(hours=96), "high", True)


def test_the_final_notice_warns_after_half_an_hour_and_a_change_after_a_day():
    final = rules.warning_points("HELSEOPPL_SOKNAD", kind="final", generated_at=NOON, due_at=None)
    change = rules.warning_points("HELSEOPPL_SOKNAD", kind="change", generated_at=NOON, due_at=None)
    assert final[0].at - NOON == timedelta(minutes=30)
    assert (change[0].at - NOON, change[0].severity) == (timedelta(hours=24), "normal")


def test_the_early_notice_warns_after_four_hours_or_two_before_its_deadline():
    far = rules.warning_points("HELSEOPPL_SOKNAD", kind="early", generated_at=NOON, due_at=NOON + 20 * HOUR)
    near = rules.warning_points("HELSEOPPL_SOKNAD", kind="early", generated_at=NOON, due_at=NOON + 3 * HOUR)
    missed = rules.warning_points("HELSEOPPL_SOKNAD", kind="early", generated_at=NOON, due_at=NOON + HOUR)
    assert far[0].at - NOON == 4 * HOUR
    assert near[0].at - NOON == HOUR
    assert missed[0].at == NOON


def test_the_admission_message_warns_after_a_day():
    points = rules.warning_points("LOG_INNLAGT", kind="", generated_at=NOON, due_at=None)
    assert points[0].at - NOON == timedelta(hours=24)
    assert rules.next_warning(points, after=NOON) == points[0]
    assert rules.next_warning(points, after=points[0].at) == points[1]
    assert rules.next_warning(points, after=points[1].at) is None


def test_ninety_six_hours_are_elapsed_hours_over_the_autumn_change():
    generated = datetime(2026, 10, 23, 10, 0, tzinfo=UTC)
    assert rules.deadline(generated) - generated == timedelta(hours=96)


def test_the_diagram_shows_every_change_of_state():
    text = rules.diagram(DELIVERY, "delivery")
    for (state, event), found in DELIVERY.items():
        assert (f"    {state} --> {found.state}: {event}\n" in text) == (state != found.state)


@pytest.mark.parametrize(
    ("name", "table"), [("An arrival", ARRIVAL), ("A message in", MESSAGE_IN), ("A delivery", DELIVERY)]
)
def test_the_documentation_shows_the_tables_as_they_are(name, table):
    page = (Path(__file__).parents[2] / "docs" / "life-cycles.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{rules.diagram(table, name)}```" in page


N, M, C = "N", "M", "C"


def settle(*members: tuple[int, str, int]) -> dict[int, tuple[str, int]]:
    """Outcome by id, for members as (id, status, hour of generation), in any order of arrival."""
    found = {}
    for order in itertools.permutations(members):
        series = [Member(i, status, NOON + hour * HOUR, i) for i, status, hour in order]
        result = {s.id: (s.event.value, s.by) for s in settle_series(series)}
        assert found in ({}, result), "the order of arrival must not matter"
        found = result or found
    return found


def test_a_cancellation_takes_all_that_is_older_and_nothing_newer():
    assert settle((1, N, 0), (2, M, 1), (3, C, 2), (4, M, 3)) == {1: ("cancel", 3), 2: ("cancel", 3)}


def test_of_the_rest_the_newest_change_stands():
    assert settle((1, N, 0), (2, M, 1), (3, M, 2)) == {1: ("replace", 3), 2: ("replace", 3)}


def test_at_the_same_instant_a_change_stands_above_the_original_and_a_cancellation_above_both():
    assert settle((1, N, 0), (2, M, 0)) == {1: ("replace", 2)}
    assert settle((1, N, 0), (2, M, 0), (3, C, 0)) == {1: ("cancel", 3), 2: ("cancel", 3)}


def test_two_cancellations_the_first_that_reaches_it_counts():
    assert settle((1, N, 0), (2, C, 1), (3, C, 2)) == {1: ("cancel", 2)}
