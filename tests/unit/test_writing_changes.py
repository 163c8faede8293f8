"""What is new between two versions of a message."""

from __future__ import annotations

import pytest

from samhandling.writing.changes import changed

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
