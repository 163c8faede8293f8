"""Whether and when an outage is announced: each row of routines 4.3 up to D-11, its examples, and a slow reference."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.clock import oslo
from samhandling.downtime.rules.plan import OutageFactsError, plan
from samhandling.downtime.rules.policy import GROUPS, OSTFOLD_1, DowntimePolicy
from samhandling.downtime.rules.values import Action, Kind, Outage, Plan
from samhandling.downtime.rules.working_time import working_time
from tests.unit import slow_plan


def at(text: str) -> datetime:
    """`23.11. 09:00` of 2026, or with a year, in Oslo."""
    day, clock = text.split(" ")
    numbers = [int(number) for number in day.strip(".").split(".")]
    year = numbers[2] if len(numbers) == 3 else 2026
    hour, minute = clock.split(":")
    return oslo.from_local(date(year, numbers[1], numbers[0]), time(int(hour), int(minute))).instant


def made(kind: Kind, start: str, end: str | None, known: str, *, now: str | None = None, **values: object) -> Plan:
    outage = Outage(kind=kind, start=at(start), end=None if end is None else at(end), known_at=at(known))
    policy = msgspec.structs.replace(OSTFOLD_1, **values)
    return plan(outage, policy, policy.calendar, at(now or known))


def told(result: Plan, kind: str = "mail") -> list[str]:
    """The actions of one kind, as people write them."""
    return [_say(action) for action in result.actions if action.kind == kind]


def _say(action: Action) -> str:
    shown = oslo.local(action.at)
    words = [f"{shown.day}.{shown.month}. {shown:%H:%M}"]
    words += [f"runde {action.round}"] if action.round else []
    words += [f"til {oslo.local(action.until):%d.%m. %H:%M}"] if action.until else []
    words += ["hvis"] if action.if_ongoing else []
    return " ".join(words)


def test_D_01_day_before_is_a_working_day() -> None:
    result = made("planned", "25.11. 09:00", "25.11. 12:00", "18.11. 10:00")
    assert (result.notifiable, result.rule) == (True, "D-01")
    assert told(result) == ["24.11. 11:00 runde 1", "25.11. 07:00 runde 2"]
    assert told(result, "publish") == ["24.11. 11:00 til 25.11. 12:00"]
    assert told(result, "unpublish") == ["25.11. 12:00"]
    assert all(action.recipients == GROUPS for action in result.actions if action.kind == "mail")


def test_D_02_monday_is_told_on_friday() -> None:
    result = made("planned", "23.11. 09:00", "23.11. 12:00", "18.11. 10:00")
    assert result.rule == "D-02"
    assert told(result) == ["20.11. 11:00 runde 1", "23.11. 07:00 runde 2"]
    assert told(result, "publish") == ["20.11. 11:00 til 23.11. 12:00"]


def test_D_02_after_a_holiday() -> None:
    result = made("planned", "18.5.2027 09:00", "18.5.2027 12:00", "10.5.2027 10:00")
    assert told(result) == ["14.5. 11:00 runde 1", "18.5. 07:00 runde 2"], "17 May 2027 is also Whit Monday"


@pytest.mark.parametrize(
    ("start", "rounds"),
    [
        ("25.11. 07:59", ["24.11. 11:00 runde 1", "25.11. 06:59 runde 2"]),
        ("25.11. 07:30", ["24.11. 11:00 runde 1", "25.11. 06:30 runde 2"]),
        ("25.11. 06:00", ["24.11. 11:00 runde 1", "25.11. 05:00 runde 2"]),
        ("25.11. 05:59", ["24.11. 11:00 runde 1", "24.11. 14:00 runde 2", "25.11. 07:00 runde 2 hvis"]),
        ("25.11. 00:00", ["24.11. 11:00 runde 1", "24.11. 14:00 runde 2", "25.11. 07:00 runde 2 hvis"]),
    ],
)
def test_D_03_start_before_the_morning(start: str, rounds: list[str]) -> None:
    result = made("planned", start, "25.11. 09:30", "18.11. 10:00")
    assert result.rule == "D-03"
    assert told(result) == rounds


def test_D_03_over_before_the_morning() -> None:
    result = made("planned", "25.11. 02:00", "25.11. 05:00", "18.11. 10:00")
    assert told(result) == ["24.11. 11:00 runde 1", "24.11. 14:00 runde 2"]


def test_D_04_known_after_round_1() -> None:
    result = made("planned", "25.11. 09:00", "25.11. 12:00", "24.11. 13:20")
    assert result.rule == "D-04"
    assert told(result) == ["24.11. 13:20 runde 1", "25.11. 07:00 runde 2"]
    assert told(result, "publish") == ["24.11. 13:20 til 25.11. 12:00"]


def test_D_04_round_2_too_soon_after_round_1() -> None:
    result = made("planned", "25.11. 03:00", "25.11. 06:00", "24.11. 13:00")
    assert told(result) == ["24.11. 13:00 runde 1"]


def test_D_04_at_the_time_of_round_1_is_not_late() -> None:
    assert made("planned", "25.11. 09:00", "25.11. 12:00", "24.11. 11:00").rule == "D-01"


def test_D_05_known_the_same_day() -> None:
    result = made("planned", "25.11. 13:00", "25.11. 15:00", "25.11. 08:00")
    assert result.rule == "D-05"
    assert [(action.kind, action.round) for action in result.actions if action.kind == "mail"] == [("mail", None)]
    assert told(result) == ["25.11. 08:00"]
    assert told(result, "publish") == ["25.11. 08:00 til 25.11. 15:00"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("25.11. 09:00", "25.11. 10:00"),
        ("22.11. 22:00", "23.11. 00:30"),
        ("21.11. 08:00", "22.11. 20:00"),
        ("25.12. 08:00", "26.12. 20:00"),
    ],
)
def test_D_06_too_short_or_only_days_off(start: str, end: str) -> None:
    result = made("planned", start, end, "18.11. 10:00")
    assert (result.notifiable, result.rule, result.actions) == (False, "D-06", ())


def test_D_07_as_the_first_working_day_in_it() -> None:
    result = made("planned", "21.11. 20:00", "23.11. 12:00", "18.11. 10:00")
    assert result.rule == "D-07"
    assert told(result) == ["20.11. 11:00 runde 1", "23.11. 07:00 runde 2 hvis"]
    assert told(result, "publish") == ["20.11. 11:00 til 23.11. 12:00"]


def test_D_07_over_before_the_working_morning() -> None:
    result = made("planned", "21.11. 20:00", "23.11. 05:00", "18.11. 10:00")
    assert told(result) == ["20.11. 11:00 runde 1", "20.11. 14:00 runde 2"]


def test_D_08_each_working_morning_while_it_lasts() -> None:
    result = made("planned", "19.11. 09:00", "24.11. 12:00", "10.11. 10:00")
    assert told(result) == [
        "18.11. 11:00 runde 1",
        "19.11. 07:00 runde 2",
        "20.11. 07:00 runde 2 hvis",
        "23.11. 07:00 runde 2 hvis",
        "24.11. 07:00 runde 2 hvis",
    ]
    assert told(result, "publish") == ["18.11. 11:00 til 24.11. 12:00"]
    assert made("planned", "24.11. 09:00", "25.11. 12:00", "10.11. 10:00").rule == "D-08"


@pytest.mark.parametrize("end", [None, "24.11. 05:00"])
def test_D_09_at_once_also_at_night(end: str | None) -> None:
    result = made("acute", "24.11. 02:00", end, "24.11. 02:10")
    assert (result.notifiable, result.rule) == (True, "D-09")
    assert told(result)[0] == "24.11. 02:10"
    assert told(result, "publish")[0].startswith("24.11. 02:10")
    assert told(result)[1:] == (["24.11. 07:00 hvis"] if end is None else [])


def test_D_09_again_for_the_day_shift() -> None:
    result = made("acute", "24.11. 15:00", "25.11. 09:00", "24.11. 15:05")
    assert told(result) == ["24.11. 15:05", "25.11. 07:00 hvis"]


def test_D_10_short_so_far() -> None:
    result = made("acute", "24.11. 10:00", "24.11. 11:00", "24.11. 10:05")
    assert (result.notifiable, result.rule) == (False, "D-10")
    assert told(result, "ask") == ["24.11. 10:45 hvis"]
    assert told(result) == ["24.11. 11:00 hvis"]
    assert told(result, "publish") == ["24.11. 11:00 hvis"]


def test_D_10_becomes_D_09_when_it_lasts() -> None:
    result = made("acute", "24.11. 10:00", "24.11. 10:30", "24.11. 10:05", now="24.11. 11:01")
    assert (result.notifiable, result.rule) == (True, "D-09")
    assert told(result)[0] == "24.11. 11:01"


def test_D_11_weekend() -> None:
    result = made("acute", "21.11. 10:00", None, "21.11. 10:10")
    assert (result.notifiable, result.rule) == (False, "D-11")
    assert told(result) == ["23.11. 07:00 hvis"]
    assert told(result, "publish") == ["23.11. 07:00 hvis"]


def test_D_11_still_down_when_the_day_shift_comes() -> None:
    result = made("acute", "21.11. 10:00", None, "21.11. 10:10", now="23.11. 07:00")
    assert (result.notifiable, result.rule) == (True, "D-09")
    assert told(result)[0] == "23.11. 07:00"


def test_D_11_known_to_last_into_monday() -> None:
    result = made("acute", "21.11. 10:00", "23.11. 10:00", "21.11. 10:10")
    assert (result.notifiable, result.rule) == (True, "D-11")
    assert told(result) == ["23.11. 07:00 hvis"]
    early = made("acute", "22.11. 22:00", "23.11. 05:00", "22.11. 22:10")
    assert (early.notifiable, told(early)) == (True, ["22.11. 22:10"]), "at 07:00 nobody would be told in time"


def test_example_of_4_3_planned_monday_23_november_nine_to_twelve() -> None:
    result = made("planned", "23.11. 09:00", "23.11. 12:00", "18.11. 10:00")
    assert told(result) == ["20.11. 11:00 runde 1", "23.11. 07:00 runde 2"]
    assert told(result, "publish") == ["20.11. 11:00 til 23.11. 12:00"]


def test_example_of_4_3_sunday_evening_into_monday_is_half_an_hour() -> None:
    assert not made("planned", "22.11. 22:00", "23.11. 00:30", "18.11. 10:00").notifiable


def test_example_of_4_3_sixty_minutes_exactly_is_not_told_and_sixty_one_is() -> None:
    assert not made("planned", "24.11. 10:00", "24.11. 11:00", "18.11. 10:00").notifiable
    assert made("planned", "24.11. 10:00", "24.11. 11:01", "18.11. 10:00").notifiable


def test_elapsed_minutes_across_the_clock_change() -> None:
    # Easter Monday 2027 is 29 March; the clocks went forward on Sunday. Monday has 24 hours, Sunday 23.
    assert working_time(at("24.10.2026 00:00"), at("26.10.2026 01:00"), OSTFOLD_1.calendar) == timedelta(hours=1)
    saturday = msgspec.structs.replace(OSTFOLD_1, saturday_is_working_day=True).calendar
    assert working_time(at("28.3.2026 23:00"), at("29.3.2026 05:00"), saturday) == timedelta(hours=1)


def test_across_new_year() -> None:
    result = made("planned", "31.12. 20:00", "1.1.2027 20:00", "28.12. 10:00")
    assert result.notifiable, "New Year's Eve 2026 is a Thursday"
    assert told(result) == ["30.12. 11:00 runde 1", "31.12. 07:00 runde 2"]


def test_other_hospitals() -> None:
    week = made("planned", "25.11. 09:00", "25.11. 12:00", "2.11. 10:00", round1_working_days_before=5)
    assert told(week)[0] == "18.11. 11:00 runde 1"
    assert told(week, "publish") == ["24.11. 11:00 til 25.11. 12:00"]
    assert not made("planned", "25.11. 09:00", "25.11. 13:00", "2.11. 10:00", threshold_minutes=240).notifiable
    short = made("acute", "25.11. 09:00", "25.11. 12:00", "25.11. 09:10", threshold_minutes=240)
    assert told(short) == ["25.11. 13:00 hvis"]


@pytest.mark.parametrize(
    ("kind", "start", "end", "known"),
    [
        ("planned", "25.11. 09:00", None, "18.11. 10:00"),
        ("planned", "25.11. 09:00", "25.11. 09:00", "18.11. 10:00"),
        ("acute", "25.11. 09:00", "25.11. 08:00", "25.11. 09:10"),
        ("planned", "25.11. 09:00", "27.11.2027 09:00", "18.11. 10:00"),
        ("acute", "25.11.1999 09:00", None, "25.11. 09:10"),
    ],
)
def test_facts_that_contradict_each_other(kind: Kind, start: str, end: str | None, known: str) -> None:
    with pytest.raises(OutageFactsError):
        made(kind, start, end, known)


def test_over_before_it_was_known() -> None:
    result = made("acute", "24.11. 09:00", "24.11. 12:00", "24.11. 13:00")
    assert (result.notifiable, result.actions) == (False, ())


@pytest.mark.parametrize(
    "values", [{"threshold_minutes": 0}, {"groups": ()}, {"round2_not_before": "09:00"}, {"unheard_of": 1}]
)
def test_a_policy_that_contradicts_itself(values: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values, DowntimePolicy)


# The slow reference, and any outage at all ------------------------------------------------------------------------

MINUTES = st.integers(min_value=0, max_value=60 * 24 * 12)
BEGINNINGS = st.sampled_from(["18.11. 00:00", "21.12. 00:00", "24.3.2026 00:00", "20.10.2026 00:00", "10.5.2027 00:00"])


@st.composite
def outages(draw: st.DrawFn) -> tuple[Outage, datetime]:
    """Any outage round a weekend, a holiday, new year or a change of the clocks, and a moment it is planned at."""
    begin = at(draw(BEGINNINGS))
    kind = draw(st.sampled_from(["planned", "acute"]))
    start = begin + timedelta(minutes=draw(MINUTES))
    length = draw(st.one_of(st.integers(1, 130), st.integers(1, 60 * 24 * 5)))
    end = None if kind == "acute" and draw(st.booleans()) else start + timedelta(minutes=length)
    known = start + timedelta(minutes=draw(st.integers(-60 * 24 * 8, 60 * 30)))
    now = known + timedelta(minutes=draw(st.sampled_from([0, 0, 0, 5, 61, 60 * 24 * 3])))
    return Outage(kind=kind, start=start, end=end, known_at=known), now


@given(outages())
def test_never_announced_when_not_notifiable_and_never_silent_when_it_is(drawn: tuple[Outage, datetime]) -> None:
    outage, now = drawn
    result = plan(outage, OSTFOLD_1, OSTFOLD_1.calendar, now)
    assert result.notifiable == slow_plan.notifiable(outage, now)
    mails = [action for action in result.actions if action.kind == "mail"]
    assert {(action.at, action.round, action.if_ongoing) for action in mails} == slow_plan.mails(outage, now)
    published = [action for action in result.actions if action.kind == "publish"]
    assert all(action.at >= now for action in result.actions)
    assert list(result.actions) == sorted(result.actions, key=lambda action: action.at)
    if result.notifiable:
        assert mails
        assert published
        assert outage.end is None or outage.kind == "acute" or all(action.at < outage.end for action in mails)
    else:
        assert all(action.if_ongoing for action in result.actions), "only what the outage's lasting would change"
        assert outage.kind == "acute" or not result.actions
    assert len({(action.at, action.kind) for action in result.actions}) == len(result.actions), "nobody is told twice"
    assert sum(action.round == 1 for action in mails) <= 1


# The command ---------------------------------------------------------------------------------------------------------


def command(*words: str) -> subprocess.CompletedProcess[str]:
    script = Path(sys.executable).with_name("samhandling")
    return subprocess.run([script, "downtime", "plan", *words], capture_output=True, text=True, check=False)


ACUTE = ("--kind", "acute", "--start", "2026-11-21T10:00", "--end", "unknown", "--known", "2026-11-21T10:10")


def test_the_command_answers_with_one_object() -> None:
    done = command(*ACUTE, "--municipality", "3105", "--municipality", "3107", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"notifiable", "rule", "reason", "actions"}
    assert answer["notifiable"] is False
    assert answer["actions"][0] == {
        "at": "2026-11-23T07:00:00+01:00",
        "kind": "mail",
        "round": None,
        "rule": "D-11",
        "recipients": ["ressurspersoner", "seksjonsledere", "avdelingsradgivere", "andre", "avdelingssjefer"],
        "until": None,
        "if": "ongoing",
    }


def test_the_command_takes_another_policy(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('name = "Oppdiktet sykehus"\nthreshold_minutes = 240\nmorning_at = 08:00:00\n', encoding="utf-8")
    answer = json.loads(command(*ACUTE, "--policy", str(file), "--json").stdout)
    assert answer["actions"][0]["at"] == "2026-11-23T08:00:00+01:00"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--kind", "sudden"), "planned"),
        (("--end", "yesterday"), "--end"),
        (("--end", "2026-11-20T09:00"), "etter starten"),
        (("--kind", "planned"), "anslått slutt"),
        (("--municipality", "Moss"), "fire siffer"),
        (("--policy", "/nowhere.toml"), "kan ikke leses"),
        (("--now", "2026-11-20T09:00"), "--now"),
    ],
)
def test_the_command_says_what_is_wrong(words: tuple[str, ...], hint: str) -> None:
    done = command(*ACUTE, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_times_with_a_zone_are_taken_as_they_are() -> None:
    answer = json.loads(
        command("--kind", "planned", "--start", "2026-11-25T08:00:00Z", "--end", "2026-11-25T12:00+01:00",
                "--known", "2026-11-18 10:00", "--json").stdout
    )  # fmt: skip
    assert answer["rule"] == "D-01"
    assert datetime.fromisoformat(answer["actions"][0]["at"]).astimezone(UTC).hour == 10
