"""Validity periods and municipality numbers through the years (C-09)."""

from __future__ import annotations

from datetime import date

import pytest

from samhandling.organisations.rules import NumberPeriod, number_on, overlap, valid_on

OLD, MIDDLE, NEW = date(2000, 1, 1), date(2020, 1, 1), date(2024, 1, 1)

FOLLO = [
    NumberPeriod("0213", OLD, date(2019, 12, 31), "3020"),
    NumberPeriod("3020", MIDDLE, date(2023, 12, 31), "3207"),
    NumberPeriod("3207", NEW, None),
]


@pytest.mark.parametrize(
    ("number", "day", "expected"),
    [
        ("0213", date(2019, 12, 31), "0213"),
        ("0213", date(2020, 1, 1), "3020"),
        ("0213", date(2026, 11, 24), "3207"),
        ("3020", date(2024, 1, 1), "3207"),
        ("3207", date(2026, 11, 24), "3207"),
        ("9999", date(2026, 11, 24), "9999"),
    ],
)
def test_a_number_out_of_use_leads_to_its_successor(number: str, day: date, expected: str) -> None:
    assert number_on(number, day, FOLLO) == expected


def test_a_number_is_not_led_back_in_time() -> None:
    assert number_on("3207", date(2019, 1, 1), FOLLO) == "3207"


def test_a_circle_of_successors_ends() -> None:
    circle = [NumberPeriod("1", OLD, MIDDLE, "2"), NumberPeriod("2", OLD, MIDDLE, "1")]
    assert number_on("1", NEW, circle) in {"1", "2"}


def test_both_ends_of_a_period_belong_to_it() -> None:
    assert valid_on(MIDDLE, NEW, MIDDLE)
    assert valid_on(MIDDLE, NEW, NEW)
    assert not valid_on(MIDDLE, NEW, date(2024, 1, 2))
    assert valid_on(MIDDLE, None, date(2099, 1, 1))


def test_periods_overlap_on_one_common_day() -> None:
    assert overlap((OLD, MIDDLE), (MIDDLE, None))
    assert not overlap((OLD, date(2019, 12, 31)), (MIDDLE, None))
    assert overlap((OLD, None), (NEW, NEW))
