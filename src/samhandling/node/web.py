"""The web server process: granian with Django behind it."""

from __future__ import annotations

import os

from samhandling.processes import FOLLOWS_PARENT


def run(host: str, port: int, *, threads: int) -> None:
    """Serve pages at `host`:`port` until the process is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # Granian runs the pages in a child; it must not outlive this process with the port in its hand.
    os.environ[FOLLOWS_PARENT] = str(os.getpid())
    Granian(
        target="samhandling.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    ).serve()
