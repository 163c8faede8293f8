"""The listener as a process: waits for the store, opens the lines, and ends cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from django.db import DatabaseError

from samhandling.configuration import MllpLine
from samhandling.errors import StoreError
from samhandling.intake.lines import line_of
from samhandling.intake.listener import Listener
from samhandling.intake.reception import Line
from samhandling.intake.writer import Writer
from samhandling.store import services as store
from samhandling.store.ready import require_migrated

log = structlog.get_logger(__name__)

_WAIT_SECONDS = 2.0


class StoreClock:
    """The store's clock for code that may not ask the store: the machine's, plus an offset looked up now and then."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def refresh(self) -> None:
        """Look the offset up. Raises django.db.Error."""
        self._offset = store.now() - datetime.now(UTC)
        if abs(self._offset) < timedelta(milliseconds=500):
            self._offset = timedelta()

    def now(self) -> datetime:
        """The present instant of the store, aware UTC; at most about a second behind a change of its clock."""
        return datetime.now(UTC) + self._offset


def serve(settings: Sequence[MllpLine]) -> None:
    """Listen on the lines until SIGTERM or SIGINT. Raises ConfigurationError for lines that cannot be."""
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    clock = StoreClock()
    lines = _when_store_answers(settings, clock, stop)
    if lines is not None:
        asyncio.run(_serve(list(zip(settings, lines, strict=True)), clock, stop))


def _when_store_answers(settings: Sequence[MllpLine], clock: StoreClock, stop: threading.Event) -> list[Line] | None:
    """The lines, once the store can tell whom they feed; None when the process is asked to end before that."""
    while not stop.is_set():
        try:
            require_migrated()
            clock.refresh()
            return [line_of(one) for one in settings]
        except (StoreError, DatabaseError) as error:
            log.warning("mllp.waiting_for_store", exc_info=error)
            stop.wait(_WAIT_SECONDS)
    return None


async def _serve(lines: Sequence[tuple[MllpLine, Line]], clock: StoreClock, stop: threading.Event) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, ended.set)
    if stop.is_set():
        return
    writer = Writer(refresh=clock.refresh)
    writer.start()
    listener = Listener(writer, clock.now)
    try:
        for settings, line in lines:
            await listener.listen(settings, line)
        log.info("mllp.started", lines=len(lines))
        await ended.wait()
    finally:
        began = time.monotonic()
        await listener.stop()
        await asyncio.to_thread(writer.stop)
        log.info("mllp.stopped", seconds=round(time.monotonic() - began, 3))
