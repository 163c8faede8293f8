"""Rows of a form: what is typed becomes values, values become rows, and errors find their field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.messages.compose import FieldError
from samhandling.writing.web import clinical, daily
from samhandling.writing.web.forms import WritingForm
from samhandling.writing.web.rows import Part

NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


def form_of(part: Part, data: dict[str, str] | None, initial: dict[str, Any] | None = None) -> WritingForm:
    class Form(WritingForm):
        PARTS = (part,)

    return Form(data, initial=initial or {}, now=NOW)


def through(part: Part, value: Any) -> dict[str, Any]:
    """From values to what the page shows, and back as the browser sends it."""
    shown = form_of(part, None, part.initial(value))
    typed = {each.html_name: str(each.value() or "") for each in shown}
    posted = form_of(part, {name: text for name, text in typed.items() if text not in ("", "False")})
    assert posted.is_valid(), posted.errors
    return posted.values_of_parts()


VALUES: list[tuple[Part, Any]] = [
    (clinical.CAUTIONS, [{"word": "Morfin", "text": "Forvirret"}, {"word": "Klorheksidin"}]),
    (clinical.ALLERGIES, [{"to": "Penicillin", "anaphylactic": "1", "text": "2019"}]),
    (clinical.INFECTIONS, [{"kind": "1", "text": "MRSA"}]),
    (clinical.DIAGNOSES, [{"text": "Brudd", "code": "S525", "system": "ICD-10", "main": True}]),
    (clinical.MEDICINES, [{"name": "Burinex 1 mg", "dose": "1 + 1", "use": "1", "indication": "Hjertesvikt"}]),
    (
        clinical.MEDICINES,
        [{"name": "Burinex", "strength": 0.5, "strength_unit": "mg", "medicine_form": "53", "atc": "C03CA02"}],
    ),
    (clinical.MEDICINES_OF_STAY, [{"name": "Marevan", "stopped": True, "remark": "Blødde"}]),
    (clinical.CONTACTS, [{"role": "6", "family_name": "Legesen", "profession": "LE", "phone": "91000000"}]),
    (clinical.NEXT_OF_KIN, [{"family_name": "Prøvesen", "relation": "DA", "phone": "91000000"}]),
    (clinical.CHILDREN, [{"family_name": "Prøvesen", "birth_year": 2018, "follow_up": "Hos tante"}]),
    (
        clinical.FUNCTIONAL_LEVEL,
        {
            "functions": [{"function": "5", "score": 3, "remark": "Trapp går ikke"}, {"function": "7", "score": 2}],
            "assessed_on": "2026-11-20",
            "remark": "Med rullator",
        },
    ),
    (daily.SERVICES, [{"type": "15", "text": "Stell morgen"}, {"name": "Middag"}]),
    (daily.SERVICE_NEEDS, [{"type": "15", "text": "Stell"}]),
    (daily.AIDS, [{"name": "Rullator", "status": "6"}]),
    (daily.GIVEN_TODAY, [{"name": "Paracet 1 g", "at": "2026-11-21T07:00:00+00:00"}]),
    (daily.HANDED_OUT, [{"name": "Paracet", "doses": 6, "at": "2026-11-21T11:00:00+00:00"}]),
    (daily.APPOINTMENTS, [{"about_when": "Uke 50", "place": "Ortopedisk poliklinikk"}, {"by_patient": True}]),
]


@pytest.mark.parametrize(("part", "value"), VALUES, ids=lambda each: getattr(each, "name", ""))
def test_values_survive_the_way_through_a_form(part: Part, value: Any) -> None:
    assert through(part, value) == {part.name: value}


@pytest.mark.parametrize("part", [part for part, _value in VALUES], ids=lambda part: part.name)
def test_nothing_empty_is_sent(part: Part) -> None:
    typed = part.stepped({}, "legg-til", None)
    form = form_of(part, typed)
    assert form.is_valid(), form.errors
    assert form.values_of_parts() == {}


words = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20)


@given(st.lists(st.tuples(words, st.one_of(st.just(""), words)), max_size=5))
def test_any_row_survives(found: list[tuple[str, str]]) -> None:
    values = [{"word": word, "text": text} if text else {"word": word} for word, text in found]
    assert through(clinical.CAUTIONS, values) == ({"cautions": values} if values else {})


def test_a_removed_row_leaves_the_others_as_they_are() -> None:
    typed = {"cautions-0-word": "Morfin", "cautions-1-word": "Feil", "cautions-2-word": "Klorheksidin"}
    left = clinical.CAUTIONS.stepped(typed, "fjern", 1)
    assert left == {"cautions-0-word": "Morfin", "cautions-2-word": "Klorheksidin"}
    assert "cautions-3-word" in clinical.CAUTIONS.stepped(left, "legg-til", None)


def test_an_error_of_the_document_finds_the_row_that_it_means() -> None:
    form = form_of(clinical.CONTACTS, {
        "contacts-0-family_name": "", "contacts-3-role": "6", "contacts-3-family_name": "Legesen",
        "contacts-3-phone": "internt",
    })  # fmt: skip
    assert form.is_valid()
    form.take_errors([FieldError("contacts[0].phone", "field.format", "Telefon er ikke et telefonnummer.")])
    assert list(form.errors) == ["contacts-3-phone"]


def test_what_a_row_lacks_is_asked_for_where_it_lacks_it() -> None:
    form = form_of(clinical.MEDICINES, {"medicines-0-name": "", "medicines-0-dose": "1 tablett"})
    assert not form.is_valid()
    assert list(form.errors) == ["medicines-0-name"]


def test_nobody_makes_a_form_without_end() -> None:
    typed = {f"cautions-{number}-word": "x" for number in range(500)}
    assert len(clinical.CAUTIONS.numbers(typed)) == 60
    assert clinical.CAUTIONS.stepped(typed, "legg-til", None) == typed


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"strength": "mye", "strength_unit": "mg"}, "strength"),
        ({"strength": "0", "strength_unit": "mg"}, "strength"),
        ({"strength": "0,5"}, "strength_unit"),
        ({"strength_unit": "mg"}, "strength"),
        ({"atc": "Burinex"}, "atc"),
    ],
)
def test_what_is_wrong_with_a_strength_or_a_code_is_said_at_the_very_field(typed: dict[str, str], wrong: str) -> None:
    form = form_of(clinical.MEDICINES, {f"medicines-0-{name}": text for name, text in {"name": "B", **typed}.items()})
    assert not form.is_valid()
    assert list(form.errors) == [f"medicines-0-{wrong}"]
    (row,) = clinical.MEDICINES.shown(form).rows
    assert row.more_open
    assert row.gist == ""


def test_a_strength_is_read_as_people_write_it() -> None:
    typed = {"name": "Burinex", "strength": "0.5", "strength_unit": "mg", "atc": "c03ca02", "dose": "1 + 1"}
    form = form_of(clinical.MEDICINES, {f"medicines-0-{name}": text for name, text in typed.items()})
    assert form.is_valid()
    assert form.values_of_parts() == {"medicines": [{**typed, "strength": 0.5, "atc": "C03CA02"}]}
    again = form_of(clinical.MEDICINES, None, clinical.MEDICINES.initial(form.values_of_parts()["medicines"]))
    (row,) = clinical.MEDICINES.shown(again).rows
    assert row.gist == "Burinex · 0,5 mg · C03CA02 · 1 + 1"


def test_what_few_fill_in_is_folded_until_somebody_does() -> None:
    (row,) = clinical.MEDICINES.shown(form_of(clinical.MEDICINES, {"medicines-0-name": "Burinex 1 mg"})).rows
    assert not row.more_open
    assert [each.html_name for each in row.fields][:2] == ["medicines-0-name", "medicines-0-dose"]


def test_a_remark_to_a_function_asks_for_its_score() -> None:
    form = form_of(clinical.FUNCTIONAL_LEVEL, {"functional_level-5-remark": "Trapp går ikke"})
    assert not form.is_valid()
    assert list(form.errors) == ["functional_level-5"]


def test_an_error_of_the_document_finds_the_function_that_it_means() -> None:
    typed = {"functional_level-5": "3", "functional_level-7": "2", "functional_level-7-remark": "Dusj"}
    form = form_of(clinical.FUNCTIONAL_LEVEL, typed)
    assert form.is_valid()
    form.take_errors([FieldError("functional_level.functions[1].remark", "field.range", "Merknad er for lang.")])
    assert list(form.errors) == ["functional_level-7-remark"]
