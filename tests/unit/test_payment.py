"""Payment basis: the worked examples of routines 3.5 by their number, the questions of 3.4, and what always holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from samhandling.clock import oslo
from samhandling.stays.prices import DayPrice, shipped_prices
from samhandling.stays.rules.payment import Basis, PlaceAnswer, ReadyInterval, basis, of_stay

PRICES = shipped_prices()
MUNICIPALITY = "3101"


def at(text: str) -> datetime:
    return oslo.parse_xml_time(text).instant


def came_to(ready: str, ended: str, by: str, *answers: tuple[str, bool], **more: object) -> Basis:
    start = at(ready)
    values = {"acknowledged_at": start, **more}
    interval = ReadyInterval(
        ready_at=start, ended_at=at(ended), ended_by=by, municipality=MUNICIPALITY,
        answers=tuple(PlaceAnswer(at=at(when), can=can) for when, can in answers), **values,
    )  # fmt: skip
    return basis(interval, PRICES, today=date(2027, 1, 1))


def test_p1_not_before_thursday_and_ready_on_thursday() -> None:
    found = came_to(
        "2024-03-11T14:00:00", "2024-03-14T15:00:00", "left", ("2024-03-11T15:00:00", False),
        ("2024-03-14T08:00:00", True),
    )  # fmt: skip
    assert (found.days, found.amount, found.outcome) == (3, 17235, "PAYABLE")
    assert found.dates == (date(2024, 3, 11), date(2024, 3, 12), date(2024, 3, 13))


def test_p2_the_ministrys_own_example() -> None:
    found = came_to("2012-03-01T10:00:00", "2012-03-05T10:00:00", "left", ("2012-03-04T09:00:00", True))
    assert (found.days, found.amount) == (3, 12000)


def test_p3_ready_the_next_morning_is_one_day() -> None:
    found = came_to("2025-06-02T15:30:00", "2025-06-03T14:00:00", "left", ("2025-06-03T09:00:00", True))
    assert (found.days, found.amount) == (1, 5981)


def test_p6_over_new_year_each_date_has_its_own_price() -> None:
    found = came_to("2023-12-30T12:00:00", "2024-01-03T12:00:00", "left", ("2024-01-02T09:00:00", True))
    assert (found.days, found.amount) == (3, 16761)


def test_p8_can_take_today_costs_nothing() -> None:
    found = came_to("2025-06-02T10:00:00", "2025-06-03T08:00:00", "left", ("2025-06-02T12:00:00", True))
    assert (found.days, found.amount, found.outcome) == (0, 0, "NOT_PAYABLE")


def test_p9_death_is_not_charged_and_little_certain() -> None:
    found = came_to("2025-06-02T10:00:00", "2025-06-04T10:00:00", "died")
    assert (found.days, found.amount, found.certainty) == (2, 11962, "low")


def test_p10_without_early_notice_it_is_disputed() -> None:
    found = came_to(
        "2025-06-02T10:00:00", "2025-06-05T10:00:00", "left", ("2025-06-04T10:00:00", True), early="missing"
    )
    assert (found.days, found.amount, found.outcome) == (2, 11962, "DISPUTED")


def test_p11_phoned_because_m6_was_never_acknowledged() -> None:
    found = came_to(
        "2025-06-02T22:00:00",
        "2025-06-05T10:00:00",
        "left",
        acknowledged_at=None,
        notified_at=at("2025-06-03T10:00:00"),
    )
    assert (found.dates[0], found.days, found.outcome) == (date(2025, 6, 3), 2, "DISPUTED")


def test_p12_a_missing_price_is_never_guessed() -> None:
    found = came_to("2026-06-02T10:00:00", "2026-06-04T10:00:00", "left")
    assert (found.days, found.amount, found.outcome, found.missing_years) == (2, None, "PRICE_MISSING", (2026,))


def test_no_notice_costs_nothing_and_a_cancelled_m6_is_void() -> None:
    assert came_to("2025-06-02T10:00:00", "2025-06-05T10:00:00", "left", sent=False, acknowledged_at=None).days == 0
    assert came_to("2025-06-02T10:00:00", "2025-06-05T10:00:00", "cancelled").days == 0


def test_q1_late_in_the_evening_counts() -> None:
    assert came_to("2025-06-02T23:50:00", "2025-06-03T08:00:00", "left").days == 1


def test_q2_a_later_day_that_is_expressly_named_stops_then() -> None:
    interval = ReadyInterval(
        ready_at=at("2025-06-02T10:00:00"), acknowledged_at=at("2025-06-02T10:00:00"), municipality=MUNICIPALITY,
        answers=(PlaceAnswer(at=at("2025-06-02T11:00:00"), can=True, from_day=date(2025, 6, 5)),),
        ended_at=at("2025-06-06T10:00:00"), ended_by="left",
    )  # fmt: skip
    found = basis(interval, PRICES, today=date(2025, 7, 1))
    assert (found.days, found.certainty) == (3, "medium")


def test_q10_psychiatry_before_2019_is_never_payable() -> None:
    found = came_to("2018-12-30T10:00:00", "2019-01-03T10:00:00", "left", psychiatric=True)
    assert found.dates == (date(2019, 1, 1), date(2019, 1, 2))


def test_q11_the_last_answer_rules_from_its_own_date() -> None:
    found = came_to(
        "2025-06-02T10:00:00", "2025-06-07T10:00:00", "left", ("2025-06-03T10:00:00", True),
        ("2025-06-05T10:00:00", False),
    )  # fmt: skip
    assert [d.day for d in found.dates] == [2, 5, 6]
    assert found.certainty == "low"


def test_an_unknown_municipality_is_for_a_person() -> None:
    start = at("2025-06-02T10:00:00")
    interval = ReadyInterval(ready_at=start, acknowledged_at=start, ended_at=start + timedelta(days=2), ended_by="left")
    assert basis(interval, PRICES, today=date(2025, 7, 1)).outcome == "MANUAL"


def test_q6_withdrawn_and_set_again_the_same_day_is_charged_once() -> None:
    def interval(start: str, end: str, by: str) -> ReadyInterval:
        return ReadyInterval(
            ready_at=at(start), acknowledged_at=at(start), ended_at=at(end), ended_by=by, municipality=MUNICIPALITY
        )

    found = of_stay(
        [
            interval("2025-06-02T10:00:00", "2025-06-04T12:00:00", "withdrawn"),
            interval("2025-06-04T15:00:00", "2025-06-06T10:00:00", "left"),
        ],
        PRICES,
        today=date(2025, 7, 1),
    )
    assert [d.day for one in found for d in one.dates] == [2, 3, 4, 5]


# What always holds ---------------------------------------------------------------------------------------------------

MOMENTS = st.integers(0, 45 * 24 * 60).map(lambda minutes: at("2024-03-01T00:00:00") + timedelta(minutes=minutes))
ANSWERS = st.lists(
    st.builds(
        PlaceAnswer, at=MOMENTS, can=st.booleans(), from_day=st.none() | st.dates(date(2024, 3, 1), date(2024, 4, 20))
    ),
    max_size=4,
)
FLAT = {2024: DayPrice(amount=1, source="test")}


@st.composite
def stays(draw: st.DrawFn) -> list[ReadyInterval]:
    moments = sorted(draw(st.lists(MOMENTS, min_size=2, max_size=8)))
    pairs = zip(moments[::2], moments[1::2], strict=False)
    return [
        ReadyInterval(
            ready_at=start, acknowledged_at=start, ended_at=end, ended_by="withdrawn", municipality=MUNICIPALITY,
            answers=tuple(draw(ANSWERS)),
        )
        for start, end in pairs
    ]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(stays(), st.randoms(use_true_random=False))
def test_no_date_is_charged_twice_and_arrival_order_does_not_matter(intervals, random) -> None:
    found = of_stay(intervals, FLAT, today=date(2024, 5, 1))
    dates = [d for one in found for d in one.dates]
    assert len(dates) == len(set(dates))
    assert sum(one.amount for one in found) == len(dates)
    shuffled = list(intervals)
    random.shuffle(shuffled)
    assert of_stay(shuffled, FLAT, today=date(2024, 5, 1)) == found


@settings(max_examples=300, deadline=None)
@given(MOMENTS, MOMENTS, MOMENTS)
def test_withdrawing_and_setting_again_never_costs_more(first, second, third) -> None:
    start, middle, end = sorted((first, second, third))

    def days(*pairs: tuple[datetime, datetime]) -> int:
        intervals = [
            ReadyInterval(ready_at=a, acknowledged_at=a, ended_at=b, ended_by="withdrawn", municipality=MUNICIPALITY)
            for a, b in pairs
        ]
        return sum(one.days for one in of_stay(intervals, FLAT, today=date(2024, 5, 1)))

    assert days((start, middle), (middle, end)) == days((start, end))
