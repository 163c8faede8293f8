"""Oslo time: routines 2.5 and scenario 21."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.clock import oslo
from samhandling.clock.oslo import NaiveTimeError, UnreadableTimeError


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_local_days_are_oslo_days():
    assert oslo.day(at(2026, 6, 30, 22, 0)) == date(2026, 7, 1)
    assert oslo.day(at(2026, 12, 31, 22, 59)) == date(2026, 12, 31)
    assert oslo.local(at(2026, 11, 21, 13, 5)).hour == 14


def test_the_repeated_autumn_hour_is_read_as_the_earlier_and_flagged():
    reading = oslo.from_local(date(2026, 10, 25), time(2, 30))
    assert (reading.instant, reading.ambiguous, reading.nonexistent) == (at(2026, 10, 25, 0, 30), True, False)
    after = oslo.from_local(date(2026, 10, 25), time(3, 0))
    assert (after.instant, after.ambiguous) == (at(2026, 10, 25, 2, 0), False)
    before = oslo.from_local(date(2026, 10, 25), time(1, 59))
    assert (before.instant, before.ambiguous) == (at(2026, 10, 24, 23, 59), False)


def test_the_skipped_spring_hour_is_read_as_winter_time_and_flagged():
    reading = oslo.from_local(date(2027, 3, 28), time(2, 30))
    assert (reading.instant, reading.ambiguous, reading.nonexistent) == (at(2027, 3, 28, 1, 30), False, True)
    assert not oslo.from_local(date(2027, 3, 28), time(3, 0)).nonexistent
    assert not oslo.from_local(date(2027, 3, 28), time(1, 59)).nonexistent


def test_a_day_with_a_clock_change_has_25_or_23_hours():
    assert oslo.end_of_day(date(2026, 10, 25)) - oslo.start_of_day(date(2026, 10, 25)) == timedelta(hours=25)
    assert oslo.end_of_day(date(2027, 3, 28)) - oslo.start_of_day(date(2027, 3, 28)) == timedelta(hours=23)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-21T14:05:00", at(2026, 11, 21, 13, 5)),
        ("2026-07-01T14:05:00.250", at(2026, 7, 1, 12, 5, 0, 250000)),
        ("2026-07-01T14:05:00.1234567890", at(2026, 7, 1, 12, 5, 0, 123456)),
        ("2026-11-21T14:05:00Z", at(2026, 11, 21, 14, 5)),
        ("2026-11-21T14:05:00-05:30", at(2026, 11, 21, 19, 35)),
        ("2026-11-21T24:00:00", at(2026, 11, 21, 23, 0)),
        ("2026-11-21", at(2026, 11, 20, 23, 0)),
        ("2026-11-21+01:00", at(2026, 11, 20, 23, 0)),
        (" 2026-11-21T14:05:00 ", at(2026, 11, 21, 13, 5)),
    ],
)
def test_xml_times(text, instant):
    reading = oslo.parse_xml_time(text)
    assert reading.instant == instant
    assert reading.zoned == (text.strip().endswith("Z") or "+" in text or text.count("-") == 3)
    assert reading.date_only == ("T" not in text)


def test_a_zone_less_xml_time_in_the_repeated_hour_is_flagged_and_a_zoned_one_is_not():
    assert oslo.parse_xml_time("2026-10-25T02:15:00").ambiguous
    assert not oslo.parse_xml_time("2026-10-25T02:15:00+01:00").ambiguous
    assert oslo.parse_xml_time("2027-03-28T02:15:00").nonexistent


@pytest.mark.parametrize(
    "text",
    ["", "21.11.2026", "2026-13-01", "2026-02-30T10:00:00", "2026-11-21T25:00:00", "2026-11-21T24:00:01", "2026-11-21T14:05",
     "2026-11-21T14:05:60", "2026-11-21T14:05:00+15:00", "0000-01-01", "9999-12-31T24:00:00", "0001-01-01T00:00:00", "٢٠٢٦-11-21"],
)  # fmt: skip
def test_what_is_no_time_has_one_named_error_that_does_not_repeat_it(text):
    with pytest.raises(UnreadableTimeError) as error:
        oslo.parse_xml_time(text)
    assert not text or text not in str(error.value)


@given(st.text())
def test_hostile_text_raises_nothing_else(text):
    try:
        oslo.parse_xml_time(text)
    except UnreadableTimeError:
        return


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_we_write_we_read(instant):
    assert oslo.parse_xml_time(oslo.xml_time(instant)).instant == instant.replace(microsecond=0)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)))  # noqa: DTZ001
def test_a_local_time_that_exists_is_shown_as_it_was_given(shown):
    reading = oslo.from_local(shown.date(), shown.time())
    back = oslo.local(reading.instant).replace(tzinfo=None)
    assert (back == shown) == (not reading.nonexistent)
    if reading.ambiguous:
        assert oslo.local(reading.instant + timedelta(hours=1)).replace(tzinfo=None, fold=0) == shown


def test_words_for_people():
    instant = at(2026, 11, 21, 13, 5)
    assert oslo.say_date(instant) == oslo.say_date(date(2026, 11, 21)) == "21.11.2026"
    assert oslo.say_time(instant) == oslo.say_time(instant, "nn") == "21.11.2026 kl. 14.05"
    assert oslo.say_time(instant, "en") == "21.11.2026 at 14.05"
    assert oslo.say_clock(instant) == "14.05"
    assert [oslo.say_weekday(instant, lang) for lang in ("nb", "nn", "en")] == ["lørdag", "laurdag", "Saturday"]
    assert oslo.xml_time(instant) == "2026-11-21T14:05:00+01:00"


@pytest.mark.parametrize(
    ("minutes", "nb", "en"),
    [(0, "0 min", "0 min"), (20, "20 min", "20 min"), (-5, "5 min", "5 min"), (60, "1 t", "1 h"), (320, "5 t 20 min", "5 h 20 min"),
     (47 * 60 + 59, "47 t 59 min", "47 h 59 min"), (51 * 60, "2 døgn 3 t", "2 d 3 h"), (96 * 60, "4 døgn", "4 d")],
)  # fmt: skip
def test_spans_for_people(minutes, nb, en):
    assert oslo.say_duration(timedelta(minutes=minutes)) == nb
    assert oslo.say_duration(timedelta(minutes=minutes), "en") == en


def test_an_instant_without_a_zone_is_refused():
    for ask in (oslo.utc, oslo.local, oslo.day, oslo.say_time, oslo.say_date):
        with pytest.raises(NaiveTimeError):
            ask(datetime(2026, 1, 1))  # noqa: DTZ001
