"""The worked examples of routines 3.5 that a stay can show, played from admission to the answer."""

from __future__ import annotations

import pytest

from tests.scenario.told import told

STAY_2024 = """
8.3 10:00 admit
8.3 10:10 municipal_user
8.3 12:00 send message=M3
8.3 12:01 apprec of=M3
11.3 14:00 ready
11.3 14:01 apprec of=M6
"""
STAY_2025 = """
30.5 10:00 admit
30.5 10:10 municipal_user
30.5 12:00 send message=M3
30.5 12:01 apprec of=M3
2.6 10:00 ready
2.6 10:01 apprec of=M6
"""


def paid(found: dict) -> tuple[int, int | None, str]:
    (one,) = found["payment"]
    assert one["label"] == "ubekreftet"
    return one["days"], one["amount"], one["outcome"]


@pytest.mark.parametrize("no", ["answer=cannot date=2024-03-14", "status=no", "reason='not before Thursday'"])
@pytest.mark.parametrize("yes", ["answer=can", "value=yes", "status=can"])
def test_p1_not_before_thursday(no: str, yes: str) -> None:
    lines = f"{STAY_2024}11.3 15:00 receive message=M13 {no}\n14.3 08:00 receive message=M13 {yes}\n14.3 12:00 discharge to=1"
    assert paid(told(lines, year=2024)) == (3, 17235, "PAYABLE")


def test_p3_ready_the_next_morning() -> None:
    lines = STAY_2025 + "3.6 09:00 receive message=M13 answer=can\n3.6 12:00 discharge to=1"
    assert paid(told(lines, year=2025)) == (1, 5981, "PAYABLE")


def test_p8_can_take_today() -> None:
    lines = STAY_2025 + "2.6 12:00 receive message=M13 answer=can\n3.6 08:00 discharge to=1"
    assert paid(told(lines, year=2025)) == (0, 0, "NOT_PAYABLE")


def test_p9_death() -> None:
    found = told(STAY_2025 + "4.6 10:00 death", year=2025)
    assert paid(found) == (2, 11962, "PAYABLE")
    assert found["payment"][0]["certainty"] == "low"


def test_p10_early_notice_never_sent() -> None:
    lines = STAY_2025.replace("30.5 12:00 send message=M3\n30.5 12:01 apprec of=M3\n", "")
    assert paid(told(lines + "4.6 09:00 receive message=M13 answer=can", year=2025)) == (2, 11962, "DISPUTED")


def test_p11_never_acknowledged_and_phoned() -> None:
    lines = STAY_2025.replace("2.6 10:01 apprec of=M6\n", "3.6 10:00 call message=M6\n")
    found = told(lines + "5.6 10:00 discharge to=1", year=2025)
    assert paid(found)[0::2] == (2, "DISPUTED")
    assert found["payment"][0]["dates"] == ["2025-06-03", "2025-06-04"]


def test_p12_no_price_for_the_year() -> None:
    lines = STAY_2025 + "4.6 10:00 discharge to=1"
    assert paid(told(lines, year=2026)) == (2, None, "PRICE_MISSING")
    assert paid(told(lines, year=2026, top="prices = {2026 = 6000}")) == (2, 12000, "PAYABLE")


def test_withdrawn_and_set_again_the_same_day_is_charged_once() -> None:
    lines = STAY_2025 + "4.6 09:00 not_ready\n4.6 15:00 ready\n4.6 15:01 apprec of=M6\n6.6 10:00 discharge to=1"
    found = told(lines, year=2025)
    assert [d for one in found["payment"] for d in one["dates"]] == [
        "2025-06-02", "2025-06-03", "2025-06-04", "2025-06-05",
    ]  # fmt: skip
