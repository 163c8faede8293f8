"""The life of a job: every row of the table, and every pair that is not in it."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from samhandling.errors import SamhandlingError, StoreError
from samhandling.jobs.rules import (
    DEFAULT_RETRY,
    TABLE,
    Again,
    Effect,
    Event,
    GiveUp,
    JobTransitionError,
    Retry,
    State,
    after_crash,
    step,
)


@pytest.mark.parametrize(("state", "event"), list(TABLE))
def test_every_row_leads_somewhere_and_back_to_an_end(state, event):
    reached, seen = {step(state, event)[0]}, set()
    while reached - seen:
        now = (reached - seen).pop()
        seen.add(now)
        reached |= {to for (start, _), (to, _) in TABLE.items() if start is now}
    assert State.GONE in reached, "no state is a trap"


@pytest.mark.parametrize(("state", "event"), [pair for pair in product(State, Event) if pair not in TABLE])
def test_an_impossible_pair_has_a_named_error(state, event):
    with pytest.raises(JobTransitionError) as caught:
        step(state, event)
    assert caught.value.code == "job.impossible_transition"


def test_who_dies_tells_a_person_and_keeps_its_place():
    for (_, _), (state, effects) in TABLE.items():
        if state is State.DEAD:
            assert Effect.TELL_DEAD in effects
            assert Effect.LEAVE_PLACE not in effects
        if state in {State.GONE, State.SKIPPED} and Effect.LEAVE_PLACE not in effects:
            assert step(State.SKIPPED, Event.PRUNED) == (state, effects), "only a skipped job has left its place before"


def test_the_second_death_sets_aside():
    assert after_crash(0) is Event.WORKER_DIED
    assert after_crash(1) is Event.KILLED_TWICE


def test_pauses_grow_to_the_longest_and_end():
    policy = Retry(first=timedelta(seconds=2), factor=4, longest=timedelta(minutes=1), attempts=6)
    pauses = [policy.decide(attempt=attempt, error=ValueError()) for attempt in range(1, 7)]
    assert [p.after.total_seconds() for p in pauses[:-1]] == [2, 8, 32, 60, 60]
    assert pauses[-1] == GiveUp()


def test_our_errors_say_themselves_whether_again_can_help():
    assert DEFAULT_RETRY.decide(attempt=1, error=SamhandlingError()) == GiveUp()
    assert DEFAULT_RETRY.decide(attempt=1, error=StoreError()) == Again(after=timedelta(seconds=1))


def test_a_patient_policy_does_not_overflow():
    policy = Retry(attempts=10**9)
    assert policy.decide(attempt=10**8, error=ValueError()) == Again(after=timedelta(minutes=10))
