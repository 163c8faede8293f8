"""The table of allowed messages (routines 2.4), cell by cell and both ways, against a copy of the routine's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from samhandling.stays.policy import OSTFOLD, shipped, with_changes
from samhandling.stays.rules import State, StayState
from samhandling.stays.rules.allowed import may_send
from samhandling.stays.rules.receiving import Incoming, judge
from samhandling.stays.rules.values import Request

POLICY = shipped(OSTFOLD)
NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
BASE = {"admitted_at": NOW, "id_class": "FNR", "ordinary": True, "municipality": "3101", "agreement": True}
ASKED = (Request(reference="1", at=NOW), Request(reference="2", ours=True, at=NOW))
STATES = {
    "S0": StayState(state=State.EXPECTED, **BASE),
    "S1": StayState(state=State.IN, requests=ASKED, **BASE),
    "S2": StayState(state=State.ACTIVE, user=True, m1="told", requests=ASKED, **BASE),
    "S3": StayState(state=State.READY, user=True, m1="told", m6="told", ever_ready=True, requests=ASKED, **BASE),
    "S4": StayState(
        state=State.OUT, before=State.ACTIVE, m1="told", m8="told", discharged_at=NOW, requests=ASKED, **BASE
    ),
    "S5": StayState(state=State.DEAD, before=State.ACTIVE, m1="told", died_at=NOW, **BASE),
    "S6": StayState(state=State.VOID, **BASE),
    "HN": StayState(state=State.ACTIVE, user=True, **(BASE | {"agreement": False})),
}
TABLE = """
M1   X    A    X    X    X    X    X    X
M2   A    A    A   (A)   X    X    X    X
M3   X   (A)   A   (A)   X    X    X    X
M4   X    X    A    A   (A)   X    X    X
M5   X    X    A    A   (A)   X    X    X
M6   X    X    A    X    X    X    X    X
M7   X    X    X    A    X    X    X    X
M8   X    X    A    A    X    A    X    X
M9   X   (A)   A    A    X    X    X    X
M10  X    A    A    A   (A)   X    X    X
M11  A    A    A    A    A    A    A   (A)
M13  X    X    X    A    X    X    X    X
M12  A    A    A    A    A    A    A    A
C    A    A    A    A    A    A    A    A
"""
"""As the routine writes it; M8 in S4 is *once*, and here it was sent."""
WORDS = {"A": "yes", "X": "no", "(A)": "warn"}
CELLS = [
    (line.split()[0], column, word)
    for line in TABLE.strip().splitlines()
    for column, word in zip(STATES, line.split()[1:], strict=True)
]


@pytest.mark.parametrize(("message", "column", "word"), CELLS, ids=[f"{m}-{c}" for m, c, _ in CELLS])
def test_2_4_what_may_be_created(message: str, column: str, word: str) -> None:
    assert may_send(message, STATES[column], POLICY, now=NOW).word == WORDS[word]


INCOMING = [cell for cell in CELLS if cell[0] in ("M2", "M9", "M10", "M11", "M12", "C")]


@pytest.mark.parametrize(("message", "column", "word"), INCOMING, ids=[f"{m}-{c}" for m, c, _ in INCOMING])
def test_2_4_what_comes_in_is_taken_and_flagged_where_the_table_says_x(message: str, column: str, word: str) -> None:
    judged = judge(Incoming(message=message, at=NOW, now=NOW, reason="technical"), STATES[column], POLICY)
    expected = {"HN": "A-11", "S5": "A-12"}.get(column, "A-07") if word == "X" else ""
    assert judged.breach == expected


def test_2_4_m13_answers_a_ready_message_and_one_that_crossed_is_a_quiet_remark() -> None:
    def breach(state: StayState) -> tuple[str, str]:
        found = judge(Incoming(message="M13", at=NOW, now=NOW), state, POLICY)
        return found.breach, found.note

    assert breach(STATES["S3"]) == ("", "")
    assert breach(msgspec.structs.replace(STATES["S2"], ever_ready=True)) == ("", "crossed")
    assert breach(msgspec.structs.replace(STATES["S4"], ever_ready=True)) == ("", "crossed")
    assert breach(STATES["S2"]) == ("A-07", "")
    assert breach(STATES["S1"]) == ("A-07", "")


def test_2_4_m6_is_never_alone_after_m6_and_m7_only_after_it() -> None:
    ready = STATES["S3"]
    assert may_send("M6", ready, POLICY).reason == "duplicate"
    assert may_send("M6", msgspec.structs.replace(ready, m6=""), POLICY).allowed
    assert may_send("M7", msgspec.structs.replace(ready, m6=""), POLICY).reason == "order"


def test_2_4_after_discharge_a_reason_within_the_days_of_the_policy() -> None:
    out = STATES["S4"]
    assert may_send("M5", out, POLICY, now=NOW, reason="").reason == "reason_needed"
    assert may_send("M5", out, POLICY, now=NOW, reason="Glemt").word == "warn"
    assert may_send("M5", out, POLICY, now=NOW + timedelta(days=8), reason="Glemt").reason == "discharged"
    assert may_send("M10", out, POLICY, now=NOW + timedelta(hours=5), reason="Svar").word == "warn"
    assert may_send("M10", out, POLICY, now=NOW + timedelta(days=1), reason="Svar").reason == "discharged"
    strict = with_changes(POLICY, name="x", valid_from=date(2026, 1, 1), changes={"after_discharge": "refuse"})
    assert may_send("M5", out, strict, now=NOW, reason="Glemt").reason == "discharged"


@pytest.mark.parametrize("more", [{"ordinary": False}, {"objects": True}])
def test_2_4_never_after_discharge_under_overlay_h_or_an_objection(more: dict) -> None:
    assert not may_send("M5", msgspec.structs.replace(STATES["S4"], **more), POLICY, now=NOW, reason="Glemt").allowed


def test_2_4_m10_needs_a_request_that_is_open() -> None:
    silent = msgspec.structs.replace(STATES["S2"], requests=())
    assert may_send("M10", silent, POLICY).reason == "no_request"
    assert judge(Incoming(message="M10", at=NOW, now=NOW), silent, POLICY).breach == "A-07"


def test_s39_to_s41_only_agreed_reasons() -> None:
    state = STATES["S2"]
    for reason in ("wrong_addressee", "technical"):
        assert may_send("M11", state, POLICY, reason=reason).allowed
    for reason in ("missing_information", "other", ""):
        assert may_send("M11", state, POLICY, reason=reason).reason == "reason_not_permitted"


@pytest.mark.parametrize(
    ("service", "reception", "breach"),
    [
        ("case_handling", "plo_reception", ""),
        ("nursing", "plo_reception", ""),
        ("doctor", "", ""),
        ("other", "plo_reception", "A-16"),
        ("nursing", "other", "A-16"),
    ],
)
def test_s26_only_between_services_and_the_hospitals_receptions(service: str, reception: str, breach: str) -> None:
    incoming = Incoming(message="M9", at=NOW, now=NOW, service=service, reception=reception)
    assert judge(incoming, STATES["S2"], POLICY).breach == breach
