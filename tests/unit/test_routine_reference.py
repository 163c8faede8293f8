"""What the documentation says of the routine and of scenario files is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from samhandling.stays.play.commands import play
from samhandling.stays.policy import Policy, read
from samhandling.stays.reference import _attribute_texts, routine, scenario_files


def test_the_pages_are_current():
    assert Path("docs/reference-routine.md").read_text() == routine()
    assert Path("docs/scenarios.md").read_text() == scenario_files()


def test_every_value_of_the_routine_is_explained():
    unexplained = set(Policy.__struct_fields__) - set(_attribute_texts(Policy)) - {"name", "version", "valid_from"}
    assert unexplained == set()


def test_the_examples_work():
    (example,) = re.findall(r"```toml\n(.*?)```", Path("docs/scenarios.md").read_text(), re.S)
    assert play(example.encode(), "docs")["differences"] == []
    (own,) = re.findall(r"```toml\n(.*?)```", Path("docs/reference-routine.md").read_text(), re.S)
    assert read("\n".join(line.strip() for line in own.splitlines()).encode()).early_notice_hours == 12
