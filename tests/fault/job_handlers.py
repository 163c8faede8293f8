"""Handlers of the kill tests; what they did stands in the table `effect`, written in the job's own transaction."""

from __future__ import annotations

import os
import signal
import time

from django.db import connection, transaction

from samhandling.jobs.running import Running


def write(running: Running) -> None:
    """Write the word down, and finish."""
    time.sleep(running.payload.get("seconds", 0))
    with transaction.atomic():
        _effect(running.payload["word"])
        running.finish()


def write_without_finish(running: Running) -> None:
    """Work whose end the worker stores."""
    time.sleep(running.payload["seconds"])


def kill_worker(running: Running) -> None:
    """End the process in the midst of the work, as broken native code would."""
    with transaction.atomic():
        _effect("never")
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)


def _effect(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO effect (word, at) VALUES (%s, %s)", [word, time.time()])


HANDLERS = {
    "write": "tests.fault.job_handlers.write",
    "kill_worker": "tests.fault.job_handlers.kill_worker",
    "write_without_finish": "tests.fault.job_handlers.write_without_finish",
}
SUBSCRIBERS: dict[str, tuple[str, ...]] = {}
