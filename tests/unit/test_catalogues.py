"""Every text that a page or an error shows exists in every language."""

from __future__ import annotations

import pytest
from scripts import texts


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_catalogue_has_no_gap(language: str) -> None:
    assert texts.gaps(language, texts.wanted(language)) == []


@pytest.mark.parametrize("language", ["nn", "en"])
def test_placeholders_survive_translation(language: str) -> None:
    wrong = [str(message.id) for message in texts.read(language) for _ in message.check()]
    assert wrong == []


def test_a_missing_text_is_found() -> None:
    assert texts.gaps("nn", ["Dette har ingen oversatt"]) == ["Dette har ingen oversatt"]


def test_extraction_sees_templates_python_and_wiring() -> None:
    found = texts.used()
    assert found["Hopp til innholdet"].endswith("base.html")
    assert found["Velg rolle"]
    assert found["Mitt arbeid"]
