"""Which service takes a message, which version is sent, and which phone to call now."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from samhandling.registry.rules import (
    HoursError,
    PhoneLine,
    choose_phone,
    functions_for,
    parse_hours,
    plo_version,
    staffed,
)

TUESDAY_10 = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TUESDAY_22 = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
SATURDAY_10 = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MAY_17_2027_10 = datetime(2027, 5, 17, 8, 0, tzinfo=UTC)

COORDINATOR = PhoneLine("coordinator", "Koordinator", "60 31 07 20", "workdays 08:00-15:30", date(2020, 1, 1), None)
NIGHT = PhoneLine("night", "Nattjenesten", "60 31 07 30", "all 15:30-08:00", date(2020, 1, 1), None)
BOARD = PhoneLine("switchboard", "Sentralbord", "60 31 07 00", "workdays 08:00-15:30", date(2020, 1, 1), None)


@pytest.mark.parametrize(
    ("message_type", "track", "expected"),
    [
        ("LOG_INNLAGT", "SOMATIC", ("nursing",)),
        ("LOG_INNLAGT", "PSYCH", ("psych_health", "nursing")),
        ("LOG_UTSKREVET", "SOMATIC", ("nursing",)),
        ("LOG_UTSKREVET", "PSYCH", ("psych_health", "nursing")),
        ("LOG_UTSKRIVNINGSKLAR", "SOMATIC", ("case_handling",)),
        ("LOG_UTSKRIVNINGSKLAR", "PSYCH", ("case_handling",)),
        ("LOG_AVMELDING", "SOMATIC", ("case_handling",)),
        ("HELSEOPPL_SOKNAD", "SOMATIC", ("case_handling",)),
        ("DIALOG_SVAR", "SOMATIC", ()),
    ],
)
def test_who_takes_a_message(message_type: str, track: str, expected: tuple[str, ...]) -> None:
    assert functions_for(message_type, track) == expected


def test_the_newest_common_version_is_sent_unless_another_is_agreed() -> None:
    assert plo_version("", ["1.5", "1.6"]) == "1.6"
    assert plo_version("", ["1.5"]) == "1.5"
    assert plo_version("1.5", ["1.5", "1.6"]) == "1.5"
    assert plo_version("1.6", ["1.5"]) is None
    assert plo_version("", ["1.2"]) is None


@pytest.mark.parametrize(
    ("hours", "instant", "expected"),
    [
        ("", SATURDAY_10, True),
        ("workdays 08:00-15:30", TUESDAY_10, True),
        ("workdays 08:00-15:30", TUESDAY_22, False),
        ("workdays 08:00-15:30", SATURDAY_10, False),
        ("workdays 08:00-15:30", MAY_17_2027_10, False),
        ("holidays 08:00-15:30", MAY_17_2027_10, True),
        ("holidays 08:00-15:30", TUESDAY_10, False),
        ("mon-fri 08:00-15:30", MAY_17_2027_10, True),
        ("sat,sun 10:00-14:00", SATURDAY_10, True),
        ("all 15:30-08:00", TUESDAY_22, True),
        ("all 15:30-08:00", TUESDAY_10, False),
        ("mon 22:00-24:00", datetime(2026, 11, 23, 22, 30, tzinfo=UTC), True),
        ("mon 22:00-07:00", datetime(2026, 11, 24, 4, 0, tzinfo=UTC), True),
        ("tue 22:00-07:00", datetime(2026, 11, 24, 4, 0, tzinfo=UTC), False),
        ("fri-mon 09:00-11:00", SATURDAY_10, True),
        ("fri-mon 09:00-11:00", TUESDAY_10, False),
    ],
)
def test_opening_hours(hours: str, instant: datetime, expected: bool) -> None:
    assert staffed(parse_hours(hours), instant) is expected


@pytest.mark.parametrize("text", ["always", "man 08:00-15:30", "mon 8-15", "mon 08:00-25:00", "mon-xyz 08:00-09:00"])
def test_unreadable_hours_are_named(text: str) -> None:
    with pytest.raises(HoursError) as caught:
        parse_hours(text)
    assert caught.value.code == "registry.hours_unreadable"


def test_the_coordinator_is_called_while_she_answers() -> None:
    chosen = choose_phone([NIGHT, BOARD, COORDINATOR], TUESDAY_10)
    assert chosen is not None
    assert (chosen.phone, chosen.why, chosen.staffed) == ("60 31 07 20", "open", True)


def test_at_night_the_night_phone_is_called() -> None:
    chosen = choose_phone([COORDINATOR, BOARD, NIGHT], TUESDAY_22)
    assert chosen is not None
    assert (chosen.phone, chosen.why) == ("60 31 07 30", "closed_now")


def test_an_expired_number_is_never_given() -> None:
    expired = PhoneLine("coordinator", "Koordinator", "60 31 10 20", "", date(2020, 1, 1), date(2026, 6, 30))
    chosen = choose_phone([expired, BOARD], TUESDAY_10)
    assert chosen is not None
    assert (chosen.phone, chosen.why) == (BOARD.phone, "coordinator_expired")
    assert "gått ut på dato" in chosen.why_text
    assert choose_phone([expired], TUESDAY_10) is None


def test_a_number_holds_to_the_end_of_its_last_day() -> None:
    last_day = PhoneLine("coordinator", "Koordinator", "60 31 10 20", "", date(2020, 1, 1), date(2026, 11, 24))
    chosen = choose_phone([last_day], TUESDAY_22)
    assert chosen is not None
    assert chosen.why == "open"
    assert choose_phone([last_day], datetime(2026, 11, 24, 23, 30, tzinfo=UTC)) is None


def test_without_a_coordinator_the_switchboard_is_called() -> None:
    chosen = choose_phone([BOARD], TUESDAY_10)
    assert chosen is not None
    assert (chosen.phone, chosen.why) == (BOARD.phone, "coordinator_missing")


def test_when_nobody_answers_the_number_is_given_with_its_hours() -> None:
    chosen = choose_phone([COORDINATOR], SATURDAY_10)
    assert chosen is not None
    assert (chosen.staffed, chosen.why, chosen.hours) == (False, "nobody_now", "workdays 08:00-15:30")


def test_no_number_is_none() -> None:
    assert choose_phone([], TUESDAY_10) is None
