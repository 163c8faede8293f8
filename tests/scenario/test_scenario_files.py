"""What a scenario file may look like: other spellings are understood, and nothing makes the program fall over."""

from __future__ import annotations

from datetime import date, datetime, time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samhandling.stays.play.commands import play
from samhandling.stays.play.schema import schema
from samhandling.stays.play.script import ScriptError
from samhandling.stays.play.words import DO, FIELDS
from tests.scenario.told import ADMITTED, INFORMED, OUT, READY, USER, causes, clock, codes, notes, sent, told


@pytest.mark.parametrize(
    "line",
    [
        "16.11 10:20 municipal_user value=yes",
        "16.11 10:20 municipal_user user=true",
        "16.11 10:20 municipal-user value=ja",
        "16.11 10:20 user value=1",
    ],
)
def test_other_spellings_are_understood(line):
    assert told(ADMITTED + line)["state"] == "S2"


@pytest.mark.parametrize(
    "line",
    ["16.11 12:01 apprec of=M3", "16.11 12:01 apprec message=M3 status=1", "16.11 12:01 receive message=AppRec of=M3",
     "16.11 12:01 ack ref=m3 result=OK", "16.11 12:01 apprec of=tidligmelding-1 status=positiv"],
)  # fmt: skip
def test_a_receipt_is_a_receipt(line):
    found = told(USER + "16.11 12:00 send message=tidligmelding id=tidligmelding-1\n" + line)
    assert clock(found, "F1")["state"] == "met"


def test_times_are_written_in_three_ways():
    for at in ("2026-11-16T10:00:00", '"2026-11-16 10:00"', '"man 16.11.2026 kl. 10.00"', '"2026-11-16T09:00:00Z"'):
        found = play(f'[[step]]\nat = {at}\ndo = "admit"\n'.encode(), "x")
        assert found["at"] == "2026-11-16T10:00:00+01:00"


def test_an_unknown_field_is_told_and_does_no_harm():
    found = told(ADMITTED + "16.11 10:20 municipal_user colour=red")
    assert (found["state"], found["warnings"]) == ("S2", ["steg 2: ukjent felt colour"])


def test_the_schema_names_every_word_that_the_reader_knows():
    told_of = schema()["$defs"]["step"]["properties"]
    assert set(told_of) == set(FIELDS)
    assert {one["const"] for one in told_of["do"]["oneOf"]} == set(DO)


# Bad input -----------------------------------------------------------------------------------------------------------


def test_events_out_of_order_are_taken_at_their_own_time():
    found = told("16.11 10:30 admit\n16.11 10:40 need\n16.11 10:00 municipal_user")
    assert (found["state"], sent(found)) == ("S2", ["M1"])
    assert clock(found, "F1")["due"] == "2026-11-17T10:30:00+01:00"


def test_every_event_twice_says_nothing_new():
    twice = "\n".join(line for one in READY.splitlines() for line in (one, one) if "send" not in one) + "\n"
    found = told(twice)
    assert sent(found) == ["M1", "M6"]


def test_events_years_late_and_from_the_future_leave_a_whole_outcome():
    late = told(USER + "17.11 10:00 discharge to=1\n17.11 10:00 ready date=1999-01-01")
    assert late["state"] == "S4"
    assert "impossible" in notes(late)
    assert "stay.not_applied" in causes(late)
    ahead = told(INFORMED + "16.11 13:00 ready date=2099-01-01")
    assert (ahead["state"], "M6" in sent(ahead)) == ("S2", False)


def test_a_municipality_that_changes_in_mid_stay_and_back():
    found = told(
        READY + "16.11 15:00 municipality to=Mun-B reason=endret\n16.11 16:00 municipality to=Mun-A reason=endret"
    )
    told_of = [
        (m["code"], m["municipality"]) for m in found["messages"] if m["action"] == "sent" and m["code"] in ("M1", "M6")
    ]
    assert told_of == [(code, town) for town in ("Mun-A", "Mun-B", "Mun-A") for code in ("M1", "M6")]


def test_a_number_that_goes_and_comes_again():
    found = told(READY + "16.11 15:00 identity id_type=HNR\n16.11 15:30 not_ready\n16.11 16:00 identity id_type=FNR")
    assert found["overlay"] == ""
    assert "M7" not in sent(found)
    assert "stay.identity_lost" in causes(found) or codes(found) == []


def test_a_stay_over_both_changes_of_the_clock():
    found = told(
        "28.03 12:00 admit\n28.03 12:10 municipal_user\n30.10 12:00 discharge to=1", top='receipts = "automatic"'
    )
    assert (found["state"], clock(found, "F1")["due"]) == ("S4", "2026-03-29T13:00:00+02:00")


def test_what_comes_after_the_end_changes_nothing_that_was_told():
    assert sent(told(OUT + "18.11 10:00 ready\n18.11 11:00 municipal_user value=false")) == sent(told(OUT))


VALUES = st.one_of(
    st.booleans(), st.integers(-3, 3), st.sampled_from(["", "M3", "M6", "C", "ja", "x" * 40, "2026-11-16", "12:00", "S2"]),
    st.just(datetime(2026, 11, 16, 11, 0)), st.just(date(2026, 11, 16)), st.just(time(11, 0)), st.floats(-1, 1),  # noqa: DTZ001
    st.lists(st.integers(), max_size=2), st.dictionaries(st.sampled_from("ab"), st.integers(), max_size=2),
)  # fmt: skip
STEPS = st.fixed_dictionaries(
    {"at": st.sampled_from(["2026-11-16T10:00", "2026-11-16T12:00", "1900-01-01", "2999-01-01T00:00:00"]),
     "do": st.sampled_from(sorted(DO))},
    optional={name: VALUES for name in FIELDS if name not in ("at", "do")},
)  # fmt: skip
FILES = st.fixed_dictionaries(
    {"step": st.lists(STEPS, min_size=1, max_size=6)},
    optional=dict.fromkeys(("policy", "patient", "prices", "expect", "epj_writes", "receipts", "name"), VALUES),
)


@settings(max_examples=500, deadline=None)
@given(FILES)
def test_whatever_the_file_says_it_is_played_or_refused(file):
    try:
        found = play(msgspec.toml.encode(file), "x")
    except ScriptError as refused:
        found = {"state": refused.text}
    assert found["state"]
