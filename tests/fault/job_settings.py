"""The node's settings with the handlers of the kill tests."""

from samhandling.settings import *  # noqa: F403

SAMHANDLING_WIRING = "tests.fault.job_handlers"
