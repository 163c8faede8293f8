"""The calendar of routines 4.5, office hours of 2.6 and the deadlines of 2.5."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.clock import deadlines, oslo
from samhandling.clock.calendar import (
    CalendarSettings,
    is_ordinary_working_day,
    is_public_holiday,
    next_office_opening,
    next_ordinary_working_day,
    office_hours,
    previous_ordinary_working_day,
    public_holidays,
)

MOVABLE = {
    2025: ["17.4.", "18.4.", "21.4.", "29.5.", "9.6."],
    2026: ["2.4.", "3.4.", "6.4.", "14.5.", "25.5."],
    2027: ["25.3.", "26.3.", "29.3.", "6.5.", "17.5."],
    2028: ["13.4.", "14.4.", "17.4.", "25.5.", "5.6."],
    2029: ["29.3.", "30.3.", "2.4.", "10.5.", "21.5."],
    2030: ["18.4.", "19.4.", "22.4.", "30.5.", "10.6."],
}
FIXED_ON_WEEKDAYS = {
    2025: ["1.1.", "1.5.", "25.12.", "26.12."],
    2026: ["1.1.", "1.5.", "25.12."],
    2027: ["1.1.", "17.5."],
    2028: ["1.5.", "17.5.", "25.12.", "26.12."],
    2029: ["1.1.", "1.5.", "17.5.", "25.12.", "26.12."],
    2030: ["1.1.", "1.5.", "17.5.", "25.12.", "26.12."],
}


def day_of(year: int, text: str) -> date:
    day, month = text.rstrip(".").split(".")
    return date(year, int(month), int(day))


def oslo_instant(*parts: int) -> datetime:
    return oslo.from_local(date(*parts[:3]), time(*parts[3:])).instant


@pytest.mark.parametrize("year", MOVABLE)
def test_the_table_of_public_holidays(year):
    expected = {day_of(year, text) for text in MOVABLE[year] + FIXED_ON_WEEKDAYS[year]}
    weekdays = {day for day in public_holidays(year) if day.weekday() < 5}
    assert weekdays == expected
    for text in ("1.1.", "1.5.", "17.5.", "25.12.", "26.12."):
        assert is_public_holiday(day_of(year, text))


@pytest.mark.parametrize("year", MOVABLE)
def test_every_day_of_the_year_is_what_the_rule_says(year):
    off = {day_of(year, text) for text in MOVABLE[year] + FIXED_ON_WEEKDAYS[year]}
    day = date(year, 1, 1)
    while day.year == year:
        assert is_ordinary_working_day(day) == (day.weekday() < 5 and day not in off), day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", MOVABLE)
def test_the_doubtful_days_are_no_holidays_and_each_can_be_switched_off(year):
    wednesday = day_of(year, MOVABLE[year][0]) - timedelta(days=1)
    doubtful = {
        "christmas_eve": date(year, 12, 24),
        "new_years_eve": date(year, 12, 31),
        "wednesday_before_maundy_thursday": wednesday,
    }
    for name, day in doubtful.items():
        assert not is_public_holiday(day)
        off = CalendarSettings(**{name: False})
        assert not is_ordinary_working_day(day, off)
        for other, other_day in doubtful.items():
            if other != name:
                assert is_ordinary_working_day(other_day, off) == is_ordinary_working_day(other_day)


@pytest.mark.parametrize("day", [date(1996, 5, 15), date(2021, 5, 12), date(2026, 5, 13)])
def test_the_wednesday_before_ascension_day_is_not_the_one_before_easter(day):
    assert is_public_holiday(day + timedelta(days=1))
    assert is_ordinary_working_day(day, CalendarSettings(wednesday_before_maundy_thursday=False))


def test_saturdays_can_be_switched_on_and_own_days_closed():
    saturday = date(2026, 11, 21)
    assert not is_ordinary_working_day(saturday)
    assert is_ordinary_working_day(saturday, CalendarSettings(saturday=True))
    assert not is_ordinary_working_day(date(2026, 11, 22), CalendarSettings(saturday=True))
    assert not is_ordinary_working_day(date(2026, 11, 23), CalendarSettings(closed=frozenset({date(2026, 11, 23)})))


def test_previous_and_next_ordinary_working_day_over_easter_2026():
    assert previous_ordinary_working_day(date(2026, 4, 7)) == date(2026, 4, 1)
    assert next_ordinary_working_day(date(2026, 4, 1)) == date(2026, 4, 7)


def test_office_hours_are_half_past_seven_to_half_past_three():
    assert not office_hours(oslo_instant(2026, 11, 23, 7, 29, 59))
    assert office_hours(oslo_instant(2026, 11, 23, 7, 30))
    assert office_hours(oslo_instant(2026, 11, 23, 15, 29, 59))
    assert not office_hours(oslo_instant(2026, 11, 23, 15, 30))
    assert not office_hours(oslo_instant(2026, 11, 21, 10, 0))
    assert not office_hours(oslo_instant(2026, 5, 14, 10, 0))


def test_the_next_opening_is_strictly_later():
    monday = oslo_instant(2026, 11, 23, 7, 30)
    assert next_office_opening(oslo_instant(2026, 11, 20, 16, 0)) == monday
    assert next_office_opening(oslo_instant(2026, 11, 23, 7, 29)) == monday
    assert next_office_opening(monday) == oslo_instant(2026, 11, 24, 7, 30)


def test_scenario_21_the_deadline_over_the_end_of_summer_time():
    start = oslo_instant(2026, 10, 24, 14, 0)
    assert oslo.say_time(deadlines.after_hours(start, 24)) == "25.10.2026 kl. 13.00"
    assert oslo.say_time(deadlines.after_hours(oslo_instant(2027, 3, 27, 14, 0), 24)) == "28.03.2027 kl. 15.00"


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), st.floats(0, 200))  # noqa: DTZ001
def test_elapsed_hours_are_elapsed_hours(start, hours):
    assert abs((deadlines.after_hours(start, hours) - start).total_seconds() - hours * 3600) < 0.001


def test_hours_of_office_time_wait_for_the_office():
    assert deadlines.after_office_hours(oslo_instant(2026, 11, 23, 10, 0), 2) == oslo_instant(2026, 11, 23, 12, 0)
    assert deadlines.after_office_hours(oslo_instant(2026, 11, 20, 14, 30), 2) == oslo_instant(2026, 11, 23, 8, 30)
    assert deadlines.after_office_hours(oslo_instant(2026, 11, 21, 3, 0), 4) == oslo_instant(2026, 11, 23, 11, 30)
    assert deadlines.after_office_hours(oslo_instant(2026, 11, 23, 7, 30), 8) == oslo_instant(2026, 11, 23, 15, 30)
    assert deadlines.after_office_hours(oslo_instant(2026, 11, 23, 7, 30), 20) == oslo_instant(2026, 11, 25, 11, 30)


def test_the_end_of_the_local_day():
    assert deadlines.end_of_local_day(oslo_instant(2026, 11, 23, 23, 59)) == oslo_instant(2026, 11, 24, 0, 0)
    assert deadlines.end_of_local_day(oslo_instant(2026, 11, 24, 0, 0)) == oslo_instant(2026, 11, 25, 0, 0)
