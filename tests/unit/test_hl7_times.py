"""Times of HL7 v2."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.clock.oslo import UnreadableTimeError
from samhandling.hl7.times import parse_ts, say_dt, say_ts


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("20261116", (2026, 11, 15, 23, 0)),
        ("2026111610", (2026, 11, 16, 9, 0)),
        ("202611161005", (2026, 11, 16, 9, 5)),
        ("20260716100507", (2026, 7, 16, 8, 5, 7)),
        ("20261116100507.25", (2026, 11, 16, 9, 5, 7, 250000)),
        ("20261116100507+0000", (2026, 11, 16, 10, 5, 7)),
        ("202611161005-0500", (2026, 11, 16, 15, 5)),
        ("202611162400", (2026, 11, 16, 23, 0)),
        ("2026-11-16T10:05:00", (2026, 11, 16, 9, 5)),
    ],
)
def test_times_with_and_without_a_zone(text, instant):
    assert parse_ts(text).instant == datetime(*instant, tzinfo=UTC)


def test_the_repeated_and_the_skipped_hour_are_flagged():
    assert parse_ts("202610250230").ambiguous
    assert parse_ts("202610250230").instant == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert not parse_ts("202610250230+0100").ambiguous
    assert parse_ts("202703280230").nonexistent
    assert parse_ts("20261116").date_only


@pytest.mark.parametrize(
    "text", ["", "2026", "202613", "20261301", "20260230", "2026111625", "202611161060", "x", "20261116100000+9900"]
)
def test_what_is_no_time(text):
    with pytest.raises(UnreadableTimeError):
        parse_ts(text)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_we_write_we_read(instant):
    assert parse_ts(say_ts(instant)).instant == instant.replace(microsecond=0)
    assert say_dt(instant.date()) == instant.strftime("%Y%m%d")


@given(st.one_of(st.text(), st.text("0123456789+-.Z", max_size=25)))
def test_hostile_text_has_one_named_error(text):
    try:
        parse_ts(text)
    except UnreadableTimeError:
        return
