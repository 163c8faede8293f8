"""Code lists: texts, OIDs, unknown values."""

from __future__ import annotations

import pytest

from samhandling.messages import codes


def test_text_by_number_and_by_oid() -> None:
    assert codes.text("9121", "3") == "Pasient utskrivningsklar"
    assert codes.text("2.16.578.1.12.4.1.1.9121", "3") == "Pasient utskrivningsklar"


def test_an_oid_may_carry_a_version_part() -> None:
    assert codes.text("2.16.578.1.12.4.1.1.9121.2", "13") == "Pasienten er død"
    assert codes.list_number("2.16.578.1.12.4.1.1.8116.1.0") == "8116"


@pytest.mark.parametrize("oid", ["", "9121x", "2.16.578.1.12.4.1.1.", "1.2.3.9121", "2.16.578.1.12.4.1.1.1111"])
def test_an_unknown_list_is_no_error(oid: str) -> None:
    assert codes.text(oid, "1") is None
    assert not codes.known(oid, "1")
    assert not codes.surely_unknown(oid, "1")


def test_an_unknown_value_is_no_error() -> None:
    assert codes.text("9121", "77") is None
    assert codes.surely_unknown("9121", "77")


def test_a_part_of_a_list_proves_nothing() -> None:
    assert not codes.surely_unknown("9043", "ZW")
    assert codes.known("9043", "NO")


def test_other_languages_fall_back_to_bokmal() -> None:
    assert codes.text("9121", "3", "en") == "Patient ready for discharge"
    assert codes.text("9121", "3", "nn") == "Pasient utskrivingsklar"
    assert codes.text("9033", "DA", "en") == "Datter"


def test_values_announced_after_the_lists_were_published() -> None:
    assert codes.text("9121", "5") == "Forventet utskrivningsklar dato"
    assert codes.text("9034", "24") == "Kontakt hos mottaker"


def test_coded_gives_all_three_attributes() -> None:
    assert codes.coded("8116", "FNR") == ("FNR", "Fødselsnummer", "2.16.578.1.12.4.1.1.8116")


@pytest.mark.parametrize(("code_list", "value"), [("9121", "77"), ("1111", "1")])
def test_coded_never_writes_a_code_without_text(code_list: str, value: str) -> None:
    with pytest.raises(codes.UnknownCodeError):
        codes.coded(code_list, value)


def test_every_list_is_whole() -> None:
    for number, code_list in codes.LISTS.items():
        assert len(number) == 4
        assert code_list.values, number
        assert code_list.withdrawn <= set(code_list.values)
        for value, text in code_list.values.items():
            assert value == value.strip() != ""
            assert text == text.strip() != ""


def test_translations_name_known_values_only() -> None:
    for table in (codes.translations.NYNORSK, codes.translations.ENGLISH):
        for number, texts in table.items():
            assert set(texts) <= set(codes.LISTS[number].values), number
