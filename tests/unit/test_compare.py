"""What changed between two versions, value by value and word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from samhandling.messages import display, engine
from samhandling.messages.display.blocks import Page, Row, Section
from samhandling.messages.display.compare import Change, Part, changes
from tests.samples import built


def page(*rows: tuple[str, str], title: str = "Status") -> Page:
    return Page("Melding", "nb", sections=[Section(title, [Row(label, value) for label, value in rows])])


def test_a_changed_word_is_marked_and_the_rest_stands():
    found = changes(
        page(("Plan", "Hjem tirsdag 18.01.2018 kl. 10.00")), page(("Plan", "Hjem onsdag 19.01.2018 kl. 10.00"))
    )
    assert found == (
        Change("changed", "Status › Plan", (
            Part("same", "Hjem "), Part("removed", "tirsdag 18.01.2018"), Part("added", "onsdag 19.01.2018"),
            Part("same", " kl. 10.00"),
        )),
    )  # fmt: skip


def test_a_value_that_came_or_went_is_said_to_have():
    found = changes(page(("A", "x"), ("B", "y")), page(("B", "y"), ("C", "z")))
    assert [(c.kind, c.where) for c in found] == [("removed", "Status › A"), ("added", "Status › C")]


def test_one_of_several_alike():
    found = changes(
        page(("CAVE", "Morfin"), ("CAVE", "Latex")), page(("CAVE", "Morfin"), ("CAVE", "Penicillin"), ("CAVE", "Latex"))
    )
    assert found == (Change("added", "Status › CAVE", (Part("added", "Penicillin"),)),)


def test_a_decimal_and_a_time_are_one_word_each():
    (change,) = changes(page(("Dose", "2,5 mg kl. 08:00")), page(("Dose", "5 mg kl. 08:30")))
    assert [p.text for p in change.parts if p.kind != "same"] == ["2,5", "5", "08:00", "08:30"]


def test_the_versions_of_a_message_differ_in_what_was_written_only():
    first = built("HELSEOPPL_SOKNAD", patient_status="Falt hjemme.")
    second = built(
        "HELSEOPPL_SOKNAD", patient_status="Falt på jobb.", msg_id="6f0a3c52-0f3e-4b8c-9d0e-2f6f0c6a1b22",
        generated_at="2026-11-22T10:00:00+01:00",
    )  # fmt: skip
    pages = [display.page_of(engine.read(each.data)) for each in (first, second)]
    (change,) = changes(*pages)
    assert [p for p in change.parts if p.kind != "same"] == [Part("removed", "hjemme"), Part("added", "på jobb")]


def test_a_very_long_value_is_compared_by_line():
    lines = [f"Linje {number} med noen ord i." for number in range(2000)]
    (change,) = changes(
        page(("Notat", "\n".join(lines))), page(("Notat", "\n".join([*lines[:1000], "Ny.", *lines[1000:]])))
    )
    assert [p for p in change.parts if p.kind != "same"] == [Part("added", "Ny.\n")]


values = st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), st.text("xyz \n.", max_size=12)), max_size=8)


@given(values, values)
def test_the_parts_give_both_versions_back(before, after):
    """Nothing of either version is lost or made up: removed and same parts are the old value, added and same the new."""
    found = changes(page(*before), page(*after))
    gone = sorted("".join(p.text for p in c.parts if p.kind != "added") for c in found if c.kind != "added")
    come = sorted("".join(p.text for p in c.parts if p.kind != "removed") for c in found if c.kind != "removed")
    old, new = [v for _, v in before], [v for _, v in after]
    for text in gone:
        old.remove(text)
    for text in come:
        new.remove(text)
    assert sorted(old) == sorted(new)
    assert (found == ()) == (before == after)
