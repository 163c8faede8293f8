"""Organisation numbers and HER-ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no import orgnr

from samhandling.identity import synthetic
from samhandling.identity.organisations import (
    normal_her_id,
    normal_organisation_number,
    valid_her_id,
    valid_organisation_number,
)


@given(
    st.one_of(
        st.text("0123456789", min_size=9, max_size=9),
        st.integers(0, 500).map(lambda i: synthetic.organisation_number(index=i)),
    )
)
def test_check_digit_agrees_with_python_stdnum(number):
    assert valid_organisation_number(number) == (orgnr.is_valid(number) and number[0] in "89")


def test_organisation_numbers_are_stored_in_one_way():
    number = synthetic.organisation_number(index=3)
    written = f"NO {number[:3]} {number[3:6]}\u00a0{number[6:]} MVA"
    assert normal_organisation_number(written) == number
    assert valid_organisation_number(written)
    assert not valid_organisation_number("12345")
    assert not valid_organisation_number("")


@pytest.mark.parametrize(("written", "stored"), [("8094 866", "8094866"), ("90.128", "90128"), (" 59 ", "59")])
def test_her_ids_lose_dots_and_blanks(written, stored):
    assert normal_her_id(written) == stored
    assert valid_her_id(written)


@pytest.mark.parametrize("text", ["", "0123", "12A", "12345678901", "-"])
def test_what_is_no_her_id(text):
    assert not valid_her_id(text)
