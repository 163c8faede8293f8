"""Person numbers: message-header 5.10 and 12, C-03. Every number here is synthetic or stands in the official tests."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no import fodselsnummer

from samhandling.identity import synthetic
from samhandling.identity.persons import (
    classify,
    first_check_remainder,
    format_person_number,
    mask,
    second_check_remainder,
)


@pytest.mark.parametrize(
    ("number", "declared", "kind", "valid", "born", "sex"),
    [
        ("15076500565", None, "FNR", True, date(1965, 7, 15), "1"),
        ("150765 00565", "FNR", "FNR", True, date(1965, 7, 15), "1"),
        ("13116900216", None, "FNR", True, date(1969, 11, 13), "2"),
        ("12057900499", "FNR", "FNR", True, date(1979, 5, 12), "2"),
        ("70019950032", None, "DNR", True, date(1899, 1, 30), "2"),
        ("55076500559", "DNR", "DNR", True, date(1965, 7, 15), "1"),
        ("25436000305", "HNR", "HNR", True, date(1960, 3, 25), "1"),
        ("25436000305", None, "HNR", True, date(1960, 3, 25), "1"),
        ("15476500548", "HNR", "HNR", True, date(1965, 7, 15), "1"),
    ],
)
def test_the_official_test_persons(number, declared, kind, valid, born, sex):
    read = classify(number, declared)
    assert (read.kind, read.valid, read.birth_date, read.sex) == (kind, valid, born, sex)
    assert not read.synthetic
    assert not read.mismatch


def test_the_declared_type_is_looked_at_before_the_digits():
    shifted = synthetic.person_number(date(1970, 3, 2), "2", shift=40)
    as_fnr = classify(shifted, "FNR")
    assert (as_fnr.kind, as_fnr.synthetic, as_fnr.shift, as_fnr.birth_date) == ("FNR", True, 40, date(1970, 3, 2))
    as_hnr = classify(shifted, "HNR")
    assert (as_hnr.kind, as_hnr.synthetic) == ("HNR", False)
    assert classify(shifted).kind == "HNR"
    assert classify(shifted, test=True).kind == "FNR"


@pytest.mark.parametrize("shift", [80, 65, 40])
@pytest.mark.parametrize("kind", ["FNR", "DNR"])
def test_synthetic_series_need_a_declared_type_or_a_test_store(shift, kind):
    number = synthetic.person_number(date(2001, 12, 31), "1", shift=shift, kind=kind)
    declared = classify(number, kind)
    assert (declared.kind, declared.valid, declared.synthetic, declared.shift) == (kind, True, True, shift)
    assert (declared.birth_date, declared.sex) == (date(2001, 12, 31), "1")
    assert classify(number, test=True) == declared
    undeclared = classify(number)
    assert not undeclared.synthetic
    assert not undeclared.ordinary


def test_a_number_of_the_2032_rule_is_valid_but_tells_neither_birth_date_nor_sex():
    number = synthetic.person_number(date(1988, 6, 7), "2", relaxed=True)
    read = classify(number, "FNR")
    assert (read.valid, read.relaxed, read.synthetic) == (True, True, True)
    assert (read.birth_date, read.sex) == (None, None)


def test_each_of_the_four_subtractions_is_taken_and_a_fifth_is_not():
    seen = set()
    for stem in ("010190123", "010190124", "020190125", "150765005"):
        weighted = sum(w * int(d) for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), stem, strict=True)) % 11
        allowed = {(minuend - weighted) % 11 for minuend in (11, 12, 13, 14)}
        for first in range(10):
            for second in range(10):
                number = f"{stem}{first}{second}"
                right_second = (
                    sum(w * int(d) for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), number, strict=True))
                ) % 11 == 0
                assert classify(number, "FNR").valid == (first in allowed and right_second)
                seen |= {first_check_remainder(number)} if classify(number, "FNR").valid else set()
    assert seen == {0, 1, 2, 3}


def test_a_year_that_no_individnummer_stands_for_gives_no_birth_date():
    for check in range(100):
        read = classify(f"010145600{check:02}", "FNR")
        assert read.birth_date is None


def test_common_help_numbers_tell_nothing_and_are_not_ordinary():
    number = synthetic.common_help_number(index=17)
    read = classify(number)
    assert (read.kind, read.valid, read.birth_date, read.sex, read.ordinary) == ("FHN", True, None, None, False)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not classify(wrong).valid


def test_check_digits_are_never_demanded_of_an_h_number():
    number = synthetic.help_number(date(1990, 2, 3), "1")
    for last in "0123456789":
        assert classify(number[:-1] + last, "HNR").valid
    assert not classify("99436000305", "HNR").valid


@pytest.mark.parametrize("kind", ["FNR", "DNR"])
def test_fnr_and_dnr_declared_as_each_other_follow_the_digits_and_are_marked(kind):
    number = "15076500565" if kind == "FNR" else "55076500559"
    other = {"FNR": "DNR", "DNR": "FNR"}[kind]
    read = classify(number, other)
    assert (read.kind, read.valid, read.mismatch) == (kind, True, True)


def test_an_fh_number_declared_as_fnr_is_not_valid():
    read = classify(synthetic.common_help_number(), "FNR")
    assert (read.kind, read.valid, read.mismatch) == ("FNR", False, True)


@pytest.mark.parametrize("declared", ["DUF", "PNR", "SEF", "XXX", "??"])
def test_other_declared_types_are_none_of_ours(declared):
    read = classify("15076500565", declared)
    assert (read.kind, read.valid, read.ordinary) == ("NONE", False, False)


@pytest.mark.parametrize(
    "text", ["", "1507650056", "150765005655", "1507650056A", "١٥٠٧٦٥٠٠٥٦٥", "00000000000", "31026500000"]
)
def test_what_is_no_number_is_never_valid(text):
    assert not classify(text).valid
    assert not classify(text, "FNR").valid


def test_numbers_as_people_read_them():
    assert format_person_number("15076500565") == "150765 00565"
    assert format_person_number("150765 00565") == "150765 00565"
    assert format_person_number("abc") == "abc"
    assert mask("15076500565") == "150765 *****"
    assert mask(synthetic.common_help_number()) == "***********"
    assert mask("AB123") == "*****"
    assert "00565" not in repr(classify("15076500565"))


digits = st.text("0123456789", min_size=11, max_size=11)


def _with_check_digits(stem: str) -> st.SearchStrategy[str]:
    first = -first_check_remainder(stem + "0") % 11
    second = -second_check_remainder(f"{stem}{first}0") % 11 if first < 10 else 10
    return st.just(f"{stem}{first}{second}" if second < 10 else stem + "00")


stems = st.builds(
    "{:02}{:02}{:02}{:03}".format,
    st.one_of(st.integers(0, 32), st.integers(40, 72)),
    st.integers(0, 13),
    st.integers(0, 99),
    st.integers(0, 999),
)


@given(st.one_of(stems.flatmap(_with_check_digits), digits))
def test_classic_numbers_agree_with_python_stdnum(number):
    ours = classify(number)
    year, individual = int(number[4:6]), int(number[6:9])
    if ours.kind in ("FNR", "DNR") and not ours.relaxed and not (year == 54 and 500 <= individual <= 749):
        born = ours.birth_date
        theirs = fodselsnummer.is_valid(number)
        assert theirs == (born is not None and born <= date.today())  # noqa: DTZ011
        if theirs:
            assert born == fodselsnummer.get_birth_date(number)
            assert ours.sex == {"M": "1", "F": "2"}[fodselsnummer.get_gender(number)]


@given(st.one_of(digits, st.text()), st.sampled_from([None, "", "FNR", "DNR", "HNR", "FHN", "DUF", "x"]), st.booleans())
def test_hostile_text_never_raises_and_only_valid_numbers_are_ordinary(text, declared, test):
    read = classify(text, declared, test=test)
    assert read.ordinary == (read.valid and read.kind in ("FNR", "DNR"))
    assert not (read.kind == "NONE" and read.valid)
    if read.birth_date is None:
        assert read.sex is None
    format_person_number(text)
    assert set(mask(text)) <= set("*0123456789 ")


@given(
    st.dates(date(1855, 1, 1), date(2031, 12, 31)),
    st.sampled_from(["1", "2"]),
    st.sampled_from([80, 65, 40]),
    st.sampled_from(["FNR", "DNR"]),
)
def test_synthetic_numbers_say_what_they_were_made_for(born, sex, shift, kind):
    number = synthetic.person_number(born, sex, shift=shift, kind=kind)
    read = classify(number, kind)
    assert (read.birth_date, read.sex, read.shift, read.synthetic, read.valid) == (born, sex, shift, True, True)


def test_synthetic_numbers_differ_by_index_and_refuse_real_series():
    born = date(1950, 5, 5)
    assert len({synthetic.person_number(born, "1", index=i) for i in range(50)}) == 50
    with pytest.raises(ValueError, match="shifted"):
        synthetic.person_number(born, "1", shift=0)
    with pytest.raises(ValueError, match="3101"):
        synthetic.person_number(born, "woman")
