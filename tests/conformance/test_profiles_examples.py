"""What the profiles say of the official material: nothing that stops sending in a valid example."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from samhandling.messages import engine, facts, profiles


def check(path: Path) -> tuple[profiles.Finding, ...]:
    reading = engine.read(path.read_bytes())
    found = facts.facts(reading)
    assert found is not None
    assert reading.tree is not None
    return profiles.check(found, reading.tree)


def test_no_valid_example_has_a_finding_that_stops_sending(standards: Path) -> None:
    count = 0
    for path in sorted(standards.glob("examples/*/*.xml")):
        count += 1
        assert [f.code for f in check(path) if f.blocks_sending] == [], path.name
    assert count >= 28


def test_the_notes_on_the_examples_are_those_we_know(standards: Path) -> None:
    """The published updates of Helseopplysninger do not say what changed; one report repeats a component id."""
    found = Counter(f.code for path in standards.glob("examples/*/*.xml") for f in check(path))
    assert found == {"HIS1144-06": 2, "PLO-08": 1}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("Case2", "HIS1152-06"),
        ("Case3", "HODE-01"),
        ("Case4", "HIS1151-01"),
        ("Case4", "HODE-19"),
        ("Case1-15", "HODE-16"),
        ("Case1-14b", "HODE-20"),
        ("Case1-14b", "HODE-21"),
        ("Case1-14a", "HODE-06"),
    ],
)
def test_faults_of_the_dialogue_cases_are_found(standards: Path, case: str, expected: str) -> None:
    findings = check(standards / "acceptance" / "dialogmelding-1.0" / f"{case}.xml")
    assert expected in {finding.code for finding in findings}


def test_every_finding_says_where_and_what_to_do(standards: Path) -> None:
    count = 0
    for path in [*standards.glob("acceptance/*/*.xml")]:
        tree = engine.read(path.read_bytes()).tree
        if tree is None:
            continue
        for finding in check(path):
            count += 1
            assert finding.text.endswith(".")
            assert finding.advice.endswith(".")
            # "" concerns the whole: what is missing has no place.
            assert finding.path == "" or finding.path.startswith(f"/{etree.QName(tree).localname}")
    assert count > 100
