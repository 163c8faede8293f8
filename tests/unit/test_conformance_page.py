"""The table of requirements: every row is shown by tests that exist, and the page is what the rows say."""

from __future__ import annotations

from scripts import conformance
from scripts.conformance_rows import RECEIVING, SENDING, Row


def test_every_requirement_is_shown_by_tests_that_exist() -> None:
    assert conformance.missing((*SENDING, *RECEIVING)) == []


def test_the_page_is_up_to_date() -> None:
    assert conformance.PAGE.read_text(encoding="utf-8") == conformance.page()


def test_a_row_that_nothing_shows_and_a_test_that_is_gone_are_found() -> None:
    rows = [Row("X-1", "", ()), Row("X-2", "", ("unit/compare::no_such_thing",)), Row("X-2", "", ("unit/gone::it",))]
    assert conformance.missing(rows) == [
        "no such test: tests/unit/test_compare.py::test_no_such_thing",
        "no such test: tests/unit/test_gone.py::test_it",
        "nothing shows X-1",
        "twice: X-2",
    ]
