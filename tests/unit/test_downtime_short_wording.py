"""Notices as text messages: short enough, readable on every telephone, with the mandatory parts (S-59 to S-63)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from samhandling.downtime.rules.values import Notice
from samhandling.downtime.short_wording import ALPHABET, ONE_PART, TWO_PARTS, compose, plain
from samhandling.downtime.wording import Counterpart, Facts, Text, missing_parts

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FACTS = Facts(
    hospital="Sykehuset Østfold HF", counterparts=(Counterpart(name="Fredrikstad kommune", phone="60 10 31 07"),),
    start=START, end=START + timedelta(hours=3), told_start=START, told_end=START + timedelta(hours=2),
    ended_at=START + timedelta(hours=2), cause="En lang årsak " * 14, responsible="Mette Melding, 60 10 00 94",
)  # fmt: skip
TWO = replace(FACTS, counterparts=(*FACTS.counterparts, Counterpart(name="Indre Østfold kommune", phone="60 10 31 18")))
MANY = replace(FACTS, counterparts=tuple(Counterpart(name=f"Kommune {n}", phone=f"60 10 32 {n:02}") for n in range(12)))
LONG = replace(FACTS, counterparts=(
    Counterpart(name="Guovdageainnu suohkan / Kautokeino kommune " * 2, phone="+47 60 10 31 99"),
    Counterpart(name="Kárášjoga gielda / Karasjok kommune " * 2, phone="+47 60 10 31 98"),
))  # fmt: skip
NOBODY = replace(FACTS, counterparts=())
UNKNOWN = replace(FACTS, end=None, next_update=START + timedelta(hours=4))
KINDS = get_args(Notice)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("notice", KINDS)
def test_every_kind_fits_and_is_readable_everywhere(notice: Notice, language: str) -> None:
    for facts in (FACTS, TWO, MANY, LONG, NOBODY, UNKNOWN):
        text = compose(notice, facts, language)  # type: ignore[arg-type]
        assert 40 < len(text) <= TWO_PARTS, text
        assert set(text) <= ALPHABET, set(text) - ALPHABET
        assert "..." not in text, "nothing is cut off"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("notice", KINDS)
def test_S_59_to_S_63_stand_in_every_kind(notice: Notice, language: str) -> None:
    for facts in (FACTS, TWO):
        text = Text(subject="", body=compose(notice, facts, language))  # type: ignore[arg-type]
        assert missing_parts(notice, facts, text) == [], text.body


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_what_asks_for_nothing_is_one_part(language: str) -> None:
    for notice in ("finished", "finished_early", "cancelled"):
        assert len(compose(notice, FACTS, language)) <= ONE_PART  # type: ignore[arg-type]


def test_the_languages_differ() -> None:
    for notice in KINDS:
        assert len({compose(notice, FACTS, language) for language in ("nb", "nn", "en")}) == 3  # type: ignore[arg-type]


def test_as_it_is_read() -> None:
    assert compose("acute", replace(UNKNOWN, end=None)) == (
        "Akutt: PLO- og dialogmeldinger med Fredrikstad kommune er nede siden 23.11. kl. 09.00. "
        "Varighet ikke kjent, ny beskjed 23.11. kl. 13.00. Bruk manuelle rutiner (nødrutiner). "
        "Tlf: Fredrikstad kommune 60 10 31 07. Gi beskjed videre."
    )


def test_many_municipalities_are_counted_and_a_long_name_gives_way_to_the_telephones() -> None:
    assert "12 kommuner" in compose("acute", MANY)
    assert "se driftsstatus" in compose("acute", MANY)


def test_a_missing_number_never_holds_a_notice_back() -> None:
    lacking = replace(FACTS, counterparts=(Counterpart(name="Hvaler", phone="", switchboard="60 10 00 00"),))
    assert "Hvaler mangler nummer, sentralbord 60 10 00 00" in compose("acute", lacking)


def test_letters_that_telephones_lack_are_written_with_the_nearest() -> None:
    assert plain("Kárášjoga – «Deanu»") == 'Karasjoga - "Deanu"'
