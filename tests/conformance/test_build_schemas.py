"""Any data that a JSON Schema of ours admits builds a valid document free of blocking findings, or is refused."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from samhandling.messages import compose, engine, profiles
from samhandling.messages.facts import facts
from tests.fuzz.oracle import Oracle
from tests.samples import NOW, all_samples, built, texts
from tests.schema_data import data_for

EXAMPLES = int(os.environ.get("SAMHANDLING_FUZZ_EXAMPLES", "12"))
"""For each type and version, 27 of them."""


@pytest.fixture(scope="module")
def oracle(standards: Path) -> Iterator[Oracle]:
    oracle = Oracle(standards / "schemas")
    yield oracle
    oracle.close()


def spoken(tree: Any) -> str:
    """Everything a document says, in elements and attributes."""
    return "\n".join(part for element in tree.iter() for part in (element.text or "", *element.attrib.values()))


@pytest.mark.parametrize(("name", "version"), all_samples())
def test_every_sample_is_valid(oracle: Oracle, name: str, version: str) -> None:
    assert oracle.judge(built(name, version).data) == (True, "")


@pytest.mark.parametrize(("type_code", "version"), compose.writable_types())
def test_any_data_of_the_schema_builds_or_is_refused(oracle: Oracle, type_code: str, version: str) -> None:
    outcomes: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(data=data_for(compose.schema(type_code, version)))
    def builds_or_is_refused(data: object) -> None:
        values, errors = compose.from_data(type_code, data, now=NOW, version=version)
        if values is None:
            assert errors
            outcomes["unreadable"] += 1
            return
        composed = compose.compose(type_code, version, values, test=True)
        if composed.errors:
            assert not composed.sendable
            assert composed.data == b""
            assert all(error.code and error.text for error in composed.errors)
            outcomes["refused"] += 1
            return
        assert composed.sendable
        assert oracle.judge(composed.data) == (True, "")
        reading = engine.read(composed.data)
        found = facts(reading)
        assert found is not None
        assert (found.type, found.version, found.payload_matches) == (type_code, version, True)
        assert [one for one in profiles.check(found, reading.tree, test=True) if one.blocks_sending] == []
        cancelled = getattr(values, "status", "") == "C" and not type_code.startswith("LOG")
        said = spoken(reading.tree)
        assert [text for text in texts(values, head_only=cancelled) if text not in said] == []
        outcomes["built"] += 1

    builds_or_is_refused()
    assert outcomes["built"] > 0, outcomes
