"""What every test may lean on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

STRICT = os.environ.get("SAMHANDLING_STRICT") == "1"


def missing(reason: str) -> None:
    """Skip because something optional is not here; under SAMHANDLING_STRICT=1 that is a failure."""
    if STRICT:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def standards() -> Path:
    """The folder of official schemas, examples and test cases (SAMHANDLING_STANDARDS)."""
    named = os.environ.get("SAMHANDLING_STANDARDS")
    if not named:
        missing("SAMHANDLING_STANDARDS is not set")
    folder = Path(str(named))
    if not (folder / "schemas").is_dir():
        missing(f"{folder} holds no schemas")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever touches the store runs on both stores: mark it."""
    for item in items:
        if item.get_closest_marker("django_db") or "/store/" in str(item.path):
            item.add_marker(pytest.mark.store)
