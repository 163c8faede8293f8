"""Who is who: sufficient identification, classes of numbers, automatic and manual matches."""

from __future__ import annotations

from datetime import date

import pytest

from samhandling.patients import rules
from samhandling.patients.rules import Candidate
from samhandling.patients.values import Number, PatientDetails

BORN = date(1965, 7, 15)
NAME = {"family_name": "Gundersen", "given_name": "Roland"}


def details(*kinds: str, name: bool = True, born: bool = False, sex: str = "") -> PatientDetails:
    return PatientDetails(
        numbers=tuple(Number(k, "1") for k in kinds),
        **(NAME if name else {}),
        birth_date=BORN if born else None,
        sex=sex,
    )


def candidate(patient_id: int = 1, *, by_number: bool = True, kinds: tuple[str, ...] = ("FNR",), **more) -> Candidate:
    known = {"family_name": "Gundersen", "given_name": "Roland", "middle_name": "", "birth_date": BORN, "sex": "1"}
    return Candidate(patient_id=patient_id, by_number=by_number, number_kinds=kinds, **{**known, **more})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (details("FNR"), True),
        (details("DNR"), True),
        (details("FHN"), True),
        (details(born=True, sex="1"), True),
        (details("HNR"), False),
        (details("HNR", born=True), False),
        (details(), False),
        (details("FNR", name=False), False),
        (details(born=True), False),
    ],
)
def test_the_four_sufficient_combinations(given, expected):
    assert rules.is_sufficient(given) is expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([("FNR", True), ("HNR", True)], "FNR"),
        ([("DNR", True)], "DNR"),
        ([("FHN", True), ("HNR", True)], "FH"),
        ([("HNR", False)], "H"),
        ([("FNR", False)], "NONE"),
        ([("FNR", False), ("HNR", True)], "H"),
        ([("LOCAL", True)], "NONE"),
        ([], "NONE"),
    ],
)
def test_the_class_follows_the_type_code_and_broken_numbers_do_not_count(numbers, expected):
    assert rules.id_class(numbers) == expected


def test_number_and_name_match_by_themselves():
    found = rules.judge(details("FNR"), [candidate(7)])
    assert (found.outcome, found.patient_id, found.mismatch) == ("matched", 7, False)


def test_a_part_of_a_double_name_still_agrees():
    given = PatientDetails(numbers=(Number("FNR", "1"),), family_name="HANSEN-Åsen", given_name="Kari Anne")
    assert rules.judge(given, [candidate(family_name="Åsen", given_name="Kari")]).outcome == "matched"


@pytest.mark.parametrize(
    "other", [{"given_name": "Line"}, {"family_name": "Danser"}, {"birth_date": date(1960, 3, 25)}]
)
def test_a_number_with_another_name_or_birth_date_is_for_a_person_to_decide(other):
    found = rules.judge(details("FNR", born=True), [candidate(**other)])
    assert (found.outcome, found.patient_id, found.mismatch) == ("manual", None, True)
    assert found.candidates == (1,)


def test_name_birth_date_and_sex_suffice_but_a_person_matches():
    found = rules.judge(details(born=True, sex="1"), [candidate(by_number=False)])
    assert (found.outcome, found.candidates) == ("manual", (1,))


def test_different_numbers_at_the_two_ends_are_never_merged_by_themselves():
    """RECV-36 17b, A-18: FNR in the message, HNR locally."""
    found = rules.judge(details("FNR", born=True), [candidate(by_number=False, kinds=("HNR",))])
    assert (found.outcome, found.mismatch, found.patient_id) == ("manual", True, None)


def test_nobody_like_that_is_unknown():
    assert rules.judge(details("FNR"), []).outcome == "unknown"


def test_a_help_number_alone_is_insufficient_and_flagged():
    found = rules.judge(details("HNR"), [candidate(kinds=("HNR",))])
    assert (found.outcome, found.h_number) == ("insufficient", True)


def test_two_owners_of_the_numbers_are_for_a_person():
    found = rules.judge(details("FNR", "HNR"), [candidate(1), candidate(2, kinds=("HNR",))])
    assert (found.outcome, found.candidates, found.mismatch) == ("manual", (1, 2), True)
