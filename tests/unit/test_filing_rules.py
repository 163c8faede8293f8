"""The life of a hand-over to the record, row by row, and what belongs in a record at all."""

from __future__ import annotations

from itertools import product

import pytest

from samhandling.writing import rules
from samhandling.writing.rules import TABLE, FilingEvent, FilingState, ImpossibleFilingError


def test_every_row_leads_where_it_says_and_every_other_pair_is_an_error():
    for state, event in product(FilingState, FilingEvent):
        if (state, event) in TABLE:
            assert rules.step(state.value, event) is TABLE[state, event]
        else:
            with pytest.raises(ImpossibleFilingError):
                rules.step(state.value, event)


def test_nothing_leads_back_to_the_start_and_every_state_is_reached():
    reached = set(TABLE.values())
    assert FilingState.START not in reached
    assert reached == set(FilingState) - {FilingState.START}


def test_only_what_reached_the_record_counts_as_filed():
    assert {event for (state, event), to in TABLE.items() if to is FilingState.FILED and state != to} == {
        FilingEvent.FILED
    }


@pytest.mark.parametrize(
    ("standard", "state", "belongs"),
    [
        ("plo", "taken", True), ("plo", "sent", True), ("dialogmelding", "held", True), ("plo", "rejected", True),
        ("plo", "rejected_by_us", False), ("epikrise", "taken", False), ("apprec", "taken", False), ("", "taken", False),
    ],
)  # fmt: skip
def test_plo_and_dialogue_belong_in_the_record_unless_we_rejected_them(standard, state, belongs):
    assert rules.belongs_in_record(standard, state) is belongs


@pytest.mark.parametrize(
    ("inward", "has_patient", "flags", "undecided"),
    [
        (True, True, [], False), (True, False, [], True), (True, True, ["manual_match"], True),
        (True, True, ["unknown_patient", "copy"], True), (True, True, ["copy", "h_number"], False),
        (False, False, [], False),
    ],
)  # fmt: skip
def test_what_came_in_waits_until_somebody_knows_whose_it_is(inward, has_patient, flags, undecided):
    assert rules.undecided(inward=inward, has_patient=has_patient, flags=flags) is undecided


@pytest.mark.parametrize("filing", [None, *FilingState])
def test_retention_waits_for_the_record(filing):
    kept = filing not in (FilingState.FILED, FilingState.DROPPED)
    assert rules.may_delete("plo", "taken", filing) is not kept
    assert rules.may_delete("plo", "rejected_by_us", filing)
    assert rules.may_delete("plo", "removed", filing)
    assert rules.may_delete("svarrapport", "taken", filing)
