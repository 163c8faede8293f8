"""Changes of outages: D-12 to D-21, the table of states, and what must never stand in a notice."""

from __future__ import annotations

import pytest

from samhandling.downtime.rules import changes
from samhandling.downtime.rules.changes import Told
from samhandling.downtime.rules.life import OVER, TABLE, Change, ImpossibleChangeError, State, after
from samhandling.downtime.rules.number_filter import suspects
from samhandling.downtime.rules.policy import OSTFOLD_1
from samhandling.downtime.rules.values import Action, Kind, Outage
from tests.unit.test_downtime_plan import at

CALENDAR = OSTFOLD_1.calendar
TOLD = Told(announced=True, end=at("25.11. 12:00"))
NOBODY = Told()


def outage(
    end: str | None = "25.11. 12:00", *, kind: Kind = "planned", start: str = "25.11. 09:00", numbers: str = ""
) -> Outage:
    return Outage(
        kind=kind, start=at(start), end=None if end is None else at(end), known_at=at("18.11. 10:00"),
        municipalities=tuple(numbers.split()),
    )  # fmt: skip


def kinds(actions: tuple[Action, ...]) -> list[str]:
    return [action.notice or action.kind for action in actions]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("25.11. 12:30", ["publish"]),
        ("25.11. 12:31", ["extended", "publish"]),
        ("25.11. 11:00", ["publish"]),
        (None, ["end_unknown", "publish"]),
    ],
)
def test_D_12_extended(end: str | None, expected: list[str]) -> None:
    found = changes.extended(outage(end, kind="acute"), TOLD, OSTFOLD_1, CALENDAR, at("25.11. 11:30"))
    assert kinds(found) == expected
    assert all(action.rule == "D-12" for action in found)


def test_D_12_a_short_one_exceeds_an_hour() -> None:
    now = at("25.11. 09:50")
    still_short = changes.extended(outage("25.11. 10:00"), NOBODY, OSTFOLD_1, CALENDAR, now)
    assert still_short == ()
    longer = changes.extended(outage("25.11. 11:00"), NOBODY, OSTFOLD_1, CALENDAR, now)
    assert [action.kind for action in longer] == ["mail", "publish"]


def test_D_13_D_14_finished() -> None:
    early, late = at("25.11. 11:00"), at("25.11. 12:00")
    assert kinds(changes.finished(outage(), TOLD, OSTFOLD_1, early)) == ["finished_early", "unpublish"]
    assert kinds(changes.finished(outage(), TOLD, OSTFOLD_1, late)) == ["unpublish"]
    extended = Told(announced=True, end=at("25.11. 13:00"), extended=True)
    assert kinds(changes.finished(outage("25.11. 13:00"), extended, OSTFOLD_1, late)) == ["finished", "unpublish"]
    assert kinds(changes.finished(outage(None, kind="acute"), TOLD, OSTFOLD_1, late)) == ["finished", "unpublish"]
    assert changes.finished(outage(None, kind="acute"), NOBODY, OSTFOLD_1, late) == ()


def test_D_15_D_16_cancelled() -> None:
    now = at("24.11. 14:00")
    assert changes.cancelled(NOBODY, OSTFOLD_1, now) == ()
    assert kinds(changes.cancelled(TOLD, OSTFOLD_1, now)) == ["cancelled", "unpublish"]


def test_D_17_moved() -> None:
    now, old = at("24.11. 14:00"), outage()
    same_day = changes.moved(old, outage("25.11. 15:00", start="25.11. 13:00"), TOLD, OSTFOLD_1, CALENDAR, now)
    assert kinds(same_day) == ["moved", "publish"]
    other_day = changes.moved(old, outage("27.11. 15:00", start="27.11. 13:00"), TOLD, OSTFOLD_1, CALENDAR, now)
    assert kinds(other_day) == ["cancelled", "unpublish", "planned_first", "publish", "planned_second", "unpublish"]
    too_short = changes.moved(old, outage("25.11. 13:30", start="25.11. 13:00"), TOLD, OSTFOLD_1, CALENDAR, now)
    assert kinds(too_short) == ["cancelled", "unpublish"]
    assert changes.moved(old, outage("25.11. 15:00"), NOBODY, OSTFOLD_1, CALENDAR, now) == ()


def test_D_19_the_union_for_each_counterpart() -> None:
    first = outage("25.11. 09:40", start="25.11. 09:00", numbers="3105 3107")
    second = outage("25.11. 10:10", start="25.11. 09:30", numbers="3107")
    alone = outage("25.11. 09:50", start="25.11. 09:20", numbers="3101")
    found = changes.union_is_notifiable([first, second, alone], OSTFOLD_1, CALENDAR, at("24.11. 10:00"))
    assert found == {"3105": False, "3107": True, "3101": False}, "09:00 to 10:10 is 70 minutes, counted once"
    apart = outage("25.11. 13:20", start="25.11. 13:00", numbers="3105")
    found = changes.union_is_notifiable([first, apart], OSTFOLD_1, CALENDAR, at("24.11. 10:00"))
    assert found["3105"] is False, "40 and 20 minutes are an hour, not more"


def test_D_21_who_asks_and_when() -> None:
    found = changes.watched(outage(), TOLD, OSTFOLD_1)
    assert [(action.at, action.kind) for action in found] == [
        (at("25.11. 11:45"), "ask"),
        (at("25.11. 12:30"), "ask"),
        (at("25.11. 13:00"), "mail"),
    ]
    assert all(action.if_ongoing for action in found)
    assert changes.watched(outage(None, kind="acute"), TOLD, OSTFOLD_1) == ()


def test_the_table_of_states() -> None:
    for (state, change), following in TABLE.items():
        assert after(state, change) == following
        assert state not in OVER, "what is over stays over"
    for state in State:
        for change in Change:
            if (state, change) not in TABLE:
                with pytest.raises(ImpossibleChangeError):
                    after(state, change)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gjelder 15076500565.", 1),
        ("Gjelder 150765 00565.", 1),
        ("Gjelder 150765-00565.", 1),
        ("D-nummer 55076500565", 1),
        ("Syntetisk 15876500565", 1),
        ("FH-nummer 81234567890", 1),
        ("Ring 69 86 00 00 fra kl. 09.00 til 12.00 25.11.2026", 0),
        ("Kontonummer 99996500565", 1),
        ("Saksnummer 123456789012", 0),
        ("Sak 39996500565", 0),
    ],
)
def test_no_person_number_in_a_notice(text: str, found: int) -> None:
    assert len(suspects(text)) == found


def test_two_telephones_that_look_like_one_number() -> None:
    text = "Koordinatortelefon: 150765 00565"
    assert suspects(text)
    assert suspects(text, exempt=["150765 00565"]) == []
    assert suspects("Gjelder 15076500000")[0].may_be_overridden
