"""The simple types: what is a value and what is not."""

from __future__ import annotations

import pytest

from samhandling.messages.engine import simple

CASES = [
    (simple.is_boolean, "true false 1 0", "TRUE yes 2"),
    (simple.is_date, "2018-01-29 2016-02-29 2018-01-29Z 2018-01-29+14:00 12018-01-29", "2018-02-29 2018-1-29 18-01-29"),
    (simple.is_date, "-0004-02-29", "0000-01-01 02018-01-29 2018-01-29+14:01 2018-13-01 2018-00-01 2018-01-00"),
    (simple.is_date_time, "2018-01-29T10:11:12 2018-01-29T24:00:00 2018-01-29T10:11:12.5+01:00", "2018-01-29T10:11"),
    (simple.is_date_time, "2018-01-29T23:59:59Z", "2018-01-29T24:00:01 2018-01-29T10:60:00 2018-01-29T10:11:60 2018-01-29"),
    (simple.is_time, "10:11:12 10:11:12.25Z 24:00:00", "10:11 25:00:00 24:00:00.1"),
    (simple.is_year, "2018 2018Z", "18 0000 02018"),
    (simple.is_year_month, "2018-01", "2018-00 2018-13 2018"),
    (simple.is_point_in_time, "2018 2018-01 2018-01-29 2018-01-29T10:11:12 10:11:12", "2018129-1 x 2018-01-29T10:11"),
    (simple.is_decimal, "1 -1.5 .5 5. +3", "1e3 1,5 ."),
    (simple.is_double, "1 1e3 .5 INF -INF NaN 1E-2", "1E +INF 1,5 nan"),
    (simple.is_integer, "0 -3 +4 007", "1.0 1e3 -"),
    (simple.is_oid, "1 2.16.578", "2..16 .2 2. a"),
    (simple.is_uri, "tel:73555555 mailto:a@b.no http://a/b?c#d a/b %20 http://[::1]/", "%zz http://a:port/ 1:a #a#b ://"),
    (simple.is_base64, "QUJD QQ== QUI=", "QQ= QR== Q QU-D"),
    (simple.is_id, "a _b a-1", "1a a:b"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "good", "bad"), CASES)
def test_values(check, good, bad) -> None:  # type: ignore[no-untyped-def]
    assert [text for text in good.split() if not check(text)] == []
    assert [text for text in bad.split() if check(text)] == []


@pytest.mark.parametrize("check", [simple.is_date, simple.is_boolean, simple.is_integer, simple.is_oid, simple.is_id])
def test_empty_is_no_value(check) -> None:  # type: ignore[no-untyped-def]
    assert not check("")
    assert not check("  ")


def test_white_space_is_collapsed_before_the_check() -> None:
    assert simple.is_date("\n 2018-01-29\t")
    assert simple.is_true(" true ")
    assert not simple.is_true("0")
    assert not simple.is_true(None)
    assert simple.is_base64("QU\n JD")
    assert simple.collapse(" a \n b ") == "a b"


def test_a_no_break_space_is_no_white_space() -> None:
    assert not simple.is_date("\u00a02018-01-29")


@pytest.mark.parametrize("check", [simple.is_date, simple.is_oid, simple.is_uri, simple.is_double, simple.is_base64])
def test_long_values_are_judged_quickly(check) -> None:  # type: ignore[no-untyped-def]
    # An expression that tries every split would not end in the lifetime of the test run.
    for piece in ("1.", "9", "a@", "%2", "a:/?"):
        assert not check(piece * 50_000 + "\\[")
