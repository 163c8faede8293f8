"""Hear that there may be work: LISTEN on PostgreSQL, `PRAGMA data_version` every 10 ms on SQLite."""

from __future__ import annotations

import sqlite3
import threading

import psycopg
from django.db import connection

from samhandling.jobs.wake import CHANNEL

POLL_SECONDS = 0.010
AGAIN_SECONDS = 1.0
"""Pause before a lost connection is tried again. The worker looks by itself each second meanwhile."""


class Watcher(threading.Thread):
    """Sets `heard` whenever another connection has committed (SQLite) or told of work (PostgreSQL)."""

    def __init__(self, heard: threading.Event) -> None:
        super().__init__(name="watcher", daemon=True)
        self._heard = heard
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()

    def run(self) -> None:
        """Watch until stopped; a lost store is tried again for ever."""
        watch = self._listen if connection.vendor == "postgresql" else self._poll
        while not self._stopping.is_set():
            try:
                watch()
            except (psycopg.Error, sqlite3.Error, OSError):
                self._stopping.wait(AGAIN_SECONDS)

    def _listen(self) -> None:
        settings = connection.get_connection_params()
        words = {key: settings[key] for key in ("dbname", "user", "password", "host", "port") if settings.get(key)}
        with psycopg.connect(**words, autocommit=True, connect_timeout=5) as listening:
            listening.execute(f"LISTEN {CHANNEL}")
            self._heard.set()
            while not self._stopping.is_set():
                for _ in listening.notifies(timeout=0.5, stop_after=1):
                    self._heard.set()

    def _poll(self) -> None:
        watching = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
        try:
            seen = None
            while not self._stopping.wait(POLL_SECONDS):
                (version,) = watching.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    seen = version
                    self._heard.set()
        finally:
            watching.close()
