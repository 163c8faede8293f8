"""Every row of the routine (2.3 to 2.7, 3.5) and every kind of bad input is a test that bears its name."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from samhandling.stays.anomalies import ANOMALIES
from samhandling.stays.play.commands import shipped
from samhandling.stays.policy_check import COLUMNS
from samhandling.stays.rules.table import ROWS
from tests.scenario.test_numbered import NUMBERS
from tests.unit.test_routine_tables import CELLS

TESTS = Path(__file__).resolve().parents[1]
TRANSITIONS = [*(f"T{n:02}" for n in range(1, 29)), "T17b", "T19b"]
CLOCKS = [f"F{n}" for n in range(1, 12)]
EXAMPLES = ["P1", "P2", "P3", "P6", "P8", "P9", "P10", "P11", "P12"]
MESSAGES = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M10", "M11", "M13", "M12", "C"]
BAD_INPUT = [
    "events_out_of_order", "events_twice", "events_years_late", "events_from_the_future", "two_stays_at_once",
    "a_patient_merged_in_mid_stay", "a_municipality_that_changes_in_mid_stay", "clock_changes",
    "a_contradictory_policy_file",
]  # fmt: skip


@cache
def names() -> frozenset[str]:
    """Every test function below `tests`."""
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.add(node.name.removeprefix("test_").lower())
    return frozenset(found)


def borne(row: str) -> bool:
    """Whether a test's name begins with the row's, or with a range that holds it (`t10_and_t13` names both)."""
    name = row.lower().replace("-", "")
    return any(name in one.replace("a_", "a", 1).split("_")[:4] for one in names())


@pytest.mark.parametrize(
    "row", [*TRANSITIONS, *CLOCKS, *sorted(code.replace("-", "") for code in ANOMALIES), *EXAMPLES]
)
def test_the_row_is_a_test_named_after_it(row: str) -> None:
    assert borne(row), f"no test is named after {row}"


def test_every_transition_of_the_table_belongs_to_a_named_row() -> None:
    rows = {row.t for row in ROWS if row.t.startswith("T")}
    known = {name.upper() for name in TRANSITIONS}
    assert {
        t for t in rows if t.upper() not in known and t.rstrip("abcdefghijklmnopqrstuvwxyz") not in TRANSITIONS
    } == set()


def test_every_cell_of_allowed_messages_is_a_test_of_its_own() -> None:
    assert [f"{message}-{column}" for message, column, _ in CELLS] == [f"{m}-{c}" for m in MESSAGES for c in COLUMNS]


def test_every_scenario_is_a_file_and_a_test() -> None:
    assert sorted(map(int, shipped())) == NUMBERS
    assert len(NUMBERS) == 32


@pytest.mark.parametrize("kind", BAD_INPUT)
def test_each_bad_input_is_a_test_named_after_it(kind: str) -> None:
    assert kind in names()
