"""The simulated day as data: times, made-up people, ADT messages that our own reader understands."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from samhandling.hl7 import adt, reader
from samhandling.identity.persons import classify
from samhandling.world.day import Day, instant, parse_day, read_day, relative_date
from samhandling.world.feed import message
from samhandling.world.reading import WorldFileError

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def day() -> Day:
    return read_day("ostfold")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("06:40", datetime(2026, 11, 24, 5, 40, tzinfo=UTC)),
        ("-1d 23:50", datetime(2026, 11, 23, 22, 50, tzinfo=UTC)),
        ("+1d 08:00", datetime(2026, 11, 25, 7, 0, tzinfo=UTC)),
        ("24:00", datetime(2026, 11, 24, 23, 0, tzinfo=UTC)),
        ("-140d 12:00", datetime(2026, 7, 7, 10, 0, tzinfo=UTC)),
    ],
)
def test_times_are_oslo_time_relative_to_the_day(text: str, expected: datetime) -> None:
    assert instant(text, DAY) == expected


@pytest.mark.parametrize("text", ["", "6:40", "06:60", "25:00", "i dag", "-1 06:00"])
def test_unreadable_times_are_refused(text: str) -> None:
    with pytest.raises(WorldFileError):
        instant(text, DAY)


def test_dates_are_relative_to_the_day() -> None:
    assert relative_date("0d", DAY) == DAY
    assert relative_date("-1d", DAY) == date(2026, 11, 23)
    assert relative_date("+7d", DAY) == date(2026, 12, 1)
    with pytest.raises(WorldFileError):
        relative_date("i morgen", DAY)


def test_about_45_lie_in_at_six_and_a_third_or_more_are_municipal_users(day: Day) -> None:
    inside: dict[str, bool] = {}
    for h in day.before_start():
        if h.event.does == "admit":
            inside[h.person.key] = False
        if h.event.user is not None:
            inside[h.person.key] = h.event.user
        if h.event.does == "discharge":
            del inside[h.person.key]
    assert 40 <= len(inside) <= 50
    assert len(inside) / 3 - 1 <= sum(inside.values()) <= len(inside) / 2


def test_everybody_is_made_up(day: Day) -> None:
    numbers = {h.person.key: (h.person.kind, h.person.number) for h in day.happenings}
    given = [number for _, number in numbers.values() if number]
    assert len(given) == len(set(given))
    for kind, number in numbers.values():
        if kind == "NONE":
            assert number == ""
            continue
        read = classify(number, kind, test=True)
        assert read.kind == kind
        assert read.valid
        assert read.synthetic or kind == "HNR"


def test_the_same_file_gives_the_same_messages(day: Day) -> None:
    assert [message(h) for h in day.happenings] == [message(h) for h in read_day("ostfold").happenings]


def test_our_reader_understands_every_message(day: Day) -> None:
    for h in day.happenings:
        event = adt.read(reader.read(message(h), "8859/1"))
        assert event.problems == ()
        assert event.control_id == h.control_id
        assert event.occurred_at == h.at
        assert event.visit.number == h.visit
        assert event.visit.admitted_at == h.admitted_at
        assert event.patient.municipality_number == h.person.municipality
        assert event.patient.family_name == h.person.family
        assert event.municipal.user == h.event.user
        assert event.municipal.need == h.event.need
        assert event.municipal.ready_date == h.ready
        assert event.municipal.ready_cleared == (h.event.ready == "none")
        assert event.wrong_patient == (h.event.reason == "WRONG_PATIENT")
        assert event.visit.inpatient == (h.event.does != "day_visit")
        assert (event.patient.died_at == h.at) == (h.event.does == "die")


def test_events_stand_in_the_order_of_time_and_have_their_own_ids(day: Day) -> None:
    times = [h.at for h in day.happenings]
    assert times == sorted(times)
    ids = [h.control_id for h in day.happenings]
    assert len(set(ids)) == len(ids)


def test_a_number_that_comes_later_is_another_number(day: Day) -> None:
    story = [h for h in day.happenings if h.person.key == "nilsen-edvin"]
    assert [h.person.kind for h in story] == ["HNR", "HNR", "FNR"]
    assert story[0].person.number != story[-1].person.number
    assert story[0].person.local == story[-1].person.local


def test_a_readmission_is_a_visit_of_its_own(day: Day) -> None:
    visits = [h.visit for h in day.happenings if h.person.key == "olsen-arne"]
    assert len(set(visits)) == 2


def test_what_is_never_receipted_names_known_patients(day: Day) -> None:
    keys = {p.key for p in day.file.patient}
    assert day.file.unreceipted
    assert all(u.patient in keys and u.reason for u in day.file.unreceipted)


def test_characters_with_a_meaning_in_hl7_are_escaped() -> None:
    text = """
[day]
date = 2026-11-24

[[patient]]
key = "a"
name = "O|d^d, Gi~v & n\\\\"
born = 1950-01-01
sex = "K"

[[patient.event]]
at = "07:00"
does = "admit"
ward = "A&B"
"""
    (happening,) = parse_day(text.encode()).happenings
    event = adt.read(reader.read(message(happening), "8859/1"))
    assert event.patient.family_name == "O|d^d"
    assert event.patient.given_name == "Gi~v"
    assert event.patient.middle_name == "& n\\"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[day]\n", "date"),
        (
            '[day]\ndate = 2026-11-24\n[[patient]]\nkey = "a"\nname = "A"\n' * 1
            + '[[patient.event]]\nat = "07:00"\ndoes = "fly"\n',
            "fly",
        ),
        (
            '[day]\ndate = 2026-11-24\n[[patient]]\nkey = "a"\nname = "A"\n[[patient.event]]\nat = "07:00"\ndoes = "transfer"\n',
            "before the admission",
        ),
        (
            '[day]\ndate = 2026-11-24\n[[patient]]\nkey = "a"\nname = "A"\n[[patient.event]]\nat = "07:00"\ndoes = "admit"\n'
            '[[patient.event]]\nat = "06:00"\ndoes = "register"\n',
            "order of time",
        ),
        ("[day]\ndate = 2026-11-24\n" + '[[patient]]\nkey = "a"\nname = "A"\n' * 2, "twice"),
    ],
)
def test_a_wrong_day_is_refused(text: str, says: str) -> None:
    with pytest.raises(WorldFileError) as caught:
        parse_day(text.encode())
    assert says in caught.value.detail


def test_a_world_without_a_day_says_so() -> None:
    with pytest.raises(WorldFileError):
        read_day("liten")
