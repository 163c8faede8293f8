"""Take in what carriers find outside the node (a shared folder, a mailbox), beside the jobs of the worker process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module

import structlog
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils.module_loading import import_string

from samhandling.jobs import outcomes

log = structlog.get_logger("samhandling.jobs")

PAUSE_SECONDS = 0.2
"""Between two looks, when the last one found nothing."""

Collector = Callable[[], int]
"""Takes in all that waits, each thing committed before it is taken away from outside, and gives how many."""


def all_collectors() -> list[Collector]:
    """Those named in `wiring.COLLECTORS`."""
    paths: tuple[str, ...] = getattr(import_module(settings.SAMHANDLING_WIRING), "COLLECTORS", ())
    return [import_string(path) for path in paths]


def collect_once() -> int:
    """Let every collector look once; gives how many things were taken in."""
    return sum(collector() for collector in all_collectors())


def run(stopping: threading.Event) -> None:
    """Look again and again until `stopping`. No fault of one look ends the next."""
    collectors = all_collectors()
    while collectors and not stopping.is_set():
        found = 0
        for collector in collectors:
            try:
                found += collector()
            except Exception as error:  # what comes from outside must never end the looking
                log.error("collecting failed", place=outcomes.failure(error).place)
                close_old_connections()
                stopping.wait(1.0)
        if not found:
            stopping.wait(PAUSE_SECONDS)
    connection.close()
