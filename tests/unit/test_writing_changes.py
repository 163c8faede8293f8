"""What is new between two versions of a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.writing.changes import changed
from samhandling.writing.web.information_forms import cautions, initial_of

BEFORE = {
    "patient_status": "Falt.",
    "expected_course": "Hjem.",
    "expected_ready_on": "2026-11-20",
    "cautions": [{"word": "Penicillin", "text": "utslett"}],
    "status": "N",
}


def test_the_same_is_no_change_whatever_is_left_empty() -> None:
    after = {
        **BEFORE,
        "patient_status": " Falt. ",
        "next_of_kin": [],
        "history": "",
        "status": "M",
        "change": "Ny dato",
    }
    assert changed("HELSEOPPL_SOKNAD", BEFORE, after) == ()


def test_what_changed_has_the_name_that_people_know() -> None:
    after = {**BEFORE, "expected_ready_on": "2026-11-21", "cautions": [], "next_of_kin": [{"family_name": "Prøvesen"}]}
    assert changed("HELSEOPPL_SOKNAD", BEFORE, after) == ("Pårørende", "CAVE", "Forventet utskrivningsklar")


def test_a_type_that_is_not_written_is_refused() -> None:
    with pytest.raises(LookupError):
        changed("EPIKRISE", {}, {})


def test_critical_information_line_by_line() -> None:
    assert cautions("Penicillin: utslett: kløe\n\n  Morfin \n: bare tekst") == [
        {"word": "Penicillin", "text": "utslett: kløe"},
        {"word": "Morfin", "text": ""},
    ]


line = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20)


@given(st.lists(st.tuples(line, st.one_of(st.just(""), line)), max_size=4))
def test_critical_information_survives_the_way_through_a_form(found: list[tuple[str, str]]) -> None:
    values = [{"word": word, "text": text} for word, text in found]
    assert cautions(initial_of({"cautions": values})["critical"]) == values
