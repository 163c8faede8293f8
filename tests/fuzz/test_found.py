"""Every counter-example that a hunt ever found is a test case."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
FOUND = sorted((HERE / "found").glob("*.bin"))
HUNTS = sorted(path.stem for path in HERE.glob("fuzz_*.py"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_a_found_counterexample_stays_mended(path):
    name = path.name.rpartition("-")[0]
    hunt = importlib.import_module(f"tests.fuzz.fuzz_{name}")
    assert hunt.check(path.read_bytes()) == "", path.with_suffix(".txt").read_text()


@pytest.mark.parametrize("name", HUNTS)
def test_every_hunt_keeps_the_contract_and_stops_when_told(name):
    hunt = importlib.import_module(f"tests.fuzz.{name}")
    assert hunt.fuzz(1, 0.0) == []
    assert hunt.check.__doc__
