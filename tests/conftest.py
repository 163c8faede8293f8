"""What every test may lean on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.ebxml_rig import HttpLine, write_keys
from tests.harness import Node, Nodes, nodes
from tests.mailbox_server import MailServer

# The gate runs the same examples each time; `./run fuzz` looks for new ones.
hypothesis.settings.register_profile(
    "gate",
    derandomize=True,
    database=None,
    print_blob=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "fuzz",
    derandomize=False,
    print_blob=True,
    deadline=None,
    max_examples=int(os.environ.get("SAMHANDLING_FUZZ_EXAMPLES", "1000")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile(os.environ.get("SAMHANDLING_HYPOTHESIS", "gate"))

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


@pytest.fixture(scope="session")
def transport_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and certificates of two organisations (`tests.ebxml_rig`), and the file that names them."""
    return write_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server on loopback with one mailbox."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def http_line() -> Iterator[HttpLine]:
    """An HTTP server on loopback that notes what is posted."""
    line = HttpLine()
    line.start()
    yield line
    line.stop()


@pytest.fixture(scope="session")
def _nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    with nodes(tmp_path_factory.mktemp("nodes")) as made:
        yield made


@pytest.fixture
def make_node(_nodes: Nodes) -> Iterator[Callable[..., Node]]:
    """Makes real nodes with a store of their own (`tests.harness.Node`); their processes end with the test."""
    yield _nodes.make
    _nodes.close_nodes()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what touches the store: it runs on both stores, and in the second round nothing else does."""
    for item in items:
        real_nodes = "make_node" in getattr(item, "fixturenames", ())
        if item.get_closest_marker("django_db") or real_nodes or "/store/" in str(item.path):
            item.add_marker(pytest.mark.store)
    if os.environ.get("SAMHANDLING_TEST_ONLY_STORE") == "1":
        plain = [item for item in items if not item.get_closest_marker("store")]
        config.hook.pytest_deselected(items=plain)
        items[:] = [item for item in items if item.get_closest_marker("store")]
