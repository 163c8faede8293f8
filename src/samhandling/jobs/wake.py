"""Wake the worker when there is work, without making any business transaction wait for that.

PostgreSQL: after commit, at most one NOTIFY per 10 ms and process. Those that fall into the 10 ms after one are not
repeated: a worker that was woken looks a second time 10 ms later. SQLite: nothing to send, the worker watches
`PRAGMA data_version`.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from django.db import Error, connection, transaction
from psycopg import Error as PsycopgError

CHANNEL = "samhandling_jobs"
QUIET_SECONDS = 0.010

_last = 0.0
_lock = threading.Lock()


def wake_after_commit() -> None:
    """Wake the workers when the current transaction has been committed. Never fails: they also look each second."""
    if connection.vendor == "postgresql":
        transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Wake the workers now; outside a transaction. Does nothing on SQLite."""
    global _last
    if connection.vendor != "postgresql":
        return
    with _lock:
        present = time.monotonic()
        if present - _last < QUIET_SECONDS:
            return
        _last = present
    with suppress(Error, PsycopgError):
        # Should it fail: the work is stored, and the worker finds it within a second.
        connection.ensure_connection()
        connection.connection.pgconn.exec_(f"NOTIFY {CHANNEL}".encode())
