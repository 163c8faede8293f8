"""Every scenario begins with an empty ward."""

from __future__ import annotations

import pytest

from tests.scenario.ward import Ward, open_ward


@pytest.fixture
def ward(db) -> Ward:
    """The hospital at Monday 16.11.2026 06:00."""
    return open_ward()
