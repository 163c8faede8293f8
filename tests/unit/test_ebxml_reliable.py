"""Reliable messaging as a table: every row, and the waits that follow from an agreement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.carriers.ebxml.rules import (
    DELIVERED,
    FAILED,
    TABLE,
    WAITING,
    Event,
    ImpossibleTransmissionError,
    Plan,
    State,
    plan_of,
    step,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(("state", "event"), list(TABLE))
def test_every_row_leads_to_a_state_that_explains_it(state, event):
    after = step(state, event)
    if state in DELIVERED:
        assert after is state, "what has arrived cannot fail afterwards"
    elif state in FAILED:
        assert after is (State.LATE if event in {Event.ACKNOWLEDGED, Event.WARNING} else state)
    elif event is Event.SUBMITTED:
        assert after is State.SENT
    else:
        assert after not in WAITING


@pytest.mark.parametrize("state", [*DELIVERED, *FAILED])
def test_what_is_settled_never_goes_again(state):
    with pytest.raises(ImpossibleTransmissionError):
        step(state, Event.SUBMITTED)


def test_every_state_has_its_place():
    assert {*WAITING, *DELIVERED, *FAILED} == set(State)


def test_without_an_agreement_five_times_every_twelve_hours():
    plan = plan_of(None, None)
    assert (plan.retries, plan.interval) == (5, timedelta(hours=12))
    assert [plan.spent(tries) for tries in range(1, 8)] == [False] * 5 + [True] * 2
    assert plan.next_at(1, NOW) == NOW + timedelta(hours=12)
    assert plan.time_to_live(NOW) == NOW + timedelta(hours=72)


def test_an_agreement_is_followed_within_reason():
    assert plan_of(4, timedelta(minutes=240)) == Plan(4, timedelta(hours=4))
    assert plan_of(0, timedelta(hours=1)).spent(1)
    assert plan_of(9999, timedelta(0)) == Plan(50, timedelta(minutes=1))
