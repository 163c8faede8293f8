"""One thread that stores what all connections receive, several frames in one commit when they come together."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from samhandling.intake import storing
from samhandling.intake.reception import Line, Received
from samhandling.intake.storing import Stored
from samhandling.jobs.wake import wake

log = structlog.get_logger(__name__)

MOST_IN_BATCH = 100
STATEMENT_SECONDS = 8
"""The store gives up a statement after this, so that a listener that waits for a lock comes back."""
_RETRY_SECONDS = 0.2
_LOOK_UP_SECONDS = 1.0
_WAKE_SECONDS = 0.003
"""The workers hear of a frame this much after its sender, whose answer must not wait for that."""

Answer = Stored | Exception


@dataclass(eq=False)
class Waiting:
    """A frame on its way into the store."""

    received: Received
    line: Line
    give_up_at: float
    """`time.monotonic()` after which nobody waits for the answer any more."""
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Stored]
    abandoned: bool = False


class Writer:
    """The thread, its queue, and how a frame is handed to it. Owns its own connection to the store."""

    def __init__(
        self,
        store: Callable[[Sequence[tuple[Received, Line]]], list[Stored]] = storing.store,
        refresh: Callable[[], None] | None = None,
    ) -> None:
        """`refresh` is called about once a second in the thread, between batches."""
        self._store = store
        self._refresh = refresh
        self._refreshed = 0.0
        self._wake_at: float | None = None
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="intake-writer", daemon=True)
        self._prepared: object = None

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def stop(self) -> None:
        """Store what waits, then end the thread; waits for it."""
        self._queue.put(None)
        self._thread.join(timeout=STATEMENT_SECONDS + 2)

    async def put(self, received: Received, line: Line, *, seconds: float) -> Stored:
        """Store the frame and give its answer after the commit.

        Raises TimeoutError when it was not stored within `seconds`, and what the store raised for this frame alone.
        A frame that nobody waits for any more is not begun; one that was begun may still be committed, and the
        sender's repeat then gets the stored answer.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Stored] = loop.create_future()
        waiting = Waiting(received, line, time.monotonic() + seconds, loop, future)
        self._queue.put(waiting)
        try:
            async with asyncio.timeout(seconds):
                return await future
        finally:
            waiting.abandoned = True

    def _run(self) -> None:
        while True:
            batch, ending = self._gather()
            try:
                self._settle(batch)
                self._wake_workers()
                self._look_up()
            except Exception as error:  # the thread must outlive everything
                log.error("intake.writer_failed", exc_info=error)
            if ending and self._queue.empty():
                self._wake_workers(now=True)
                connection.close()
                return

    def _gather(self) -> tuple[list[Waiting], bool]:
        """What waits now, after waiting a while for the first; and whether the thread is to end."""
        batch: list[Waiting] = []
        ending = False
        try:
            while len(batch) < MOST_IN_BATCH:
                one = self._queue.get_nowait() if batch or ending else self._queue.get(timeout=self._patience())
                if one is None:
                    ending = True
                else:
                    batch.append(one)
        except queue.Empty:
            return batch, ending
        return batch, ending

    def _patience(self) -> float:
        """How long to wait for a frame before there is something else to do."""
        if self._wake_at is None:
            return _LOOK_UP_SECONDS
        return max(0.0, self._wake_at - time.monotonic())

    def _wake_workers(self, *, now: bool = False) -> None:
        if self._wake_at is not None and (now or time.monotonic() >= self._wake_at):
            self._wake_at = None
            wake()

    def _look_up(self) -> None:
        if self._refresh is None or time.monotonic() - self._refreshed < _LOOK_UP_SECONDS:
            return
        self._refreshed = time.monotonic()
        try:
            self._refresh()
        except DatabaseError as error:
            log.warning("intake.store_away", exc_info=error, waiting=0)
            self._forget_connection()

    def _settle(self, batch: list[Waiting]) -> None:
        """Store the batch, again and again while the store is away and somebody waits."""
        while wanted := [w for w in batch if not w.abandoned and time.monotonic() < w.give_up_at]:
            try:
                self._prepare()
                results: list[Answer] = list(self._store([(w.received, w.line) for w in wanted]))
            except (OperationalError, InterfaceError) as error:
                log.warning("intake.store_away", exc_info=error, waiting=len(wanted))
                self._forget_connection()
                time.sleep(_RETRY_SECONDS)
                continue
            except Exception as error:
                log.error("intake.batch_failed", exc_info=error, size=len(wanted))
                results = [self._alone(w) for w in wanted]
            _tell(wanted, results)
            if self._wake_at is None:
                self._wake_at = time.monotonic() + _WAKE_SECONDS
            return

    def _alone(self, waiting: Waiting) -> Answer:
        """One frame of a batch that the store refused: the others must not suffer for it."""
        try:
            return self._store([(waiting.received, waiting.line)])[0]
        except Exception as error:
            log.error("intake.frame_failed", exc_info=error, line=waiting.line.name)
            self._forget_connection()
            return error

    def _prepare(self) -> None:
        """Set up this thread's connection, once: how long a statement may take, and how it is planned."""
        connection.ensure_connection()
        if self._prepared is connection.connection:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
                # The one statement of this connection is always planned alike; planning costs as much as running it.
                cursor.execute("SET plan_cache_mode = force_generic_plan")
            else:
                cursor.execute(f"PRAGMA busy_timeout = {STATEMENT_SECONDS * 1000}")
        self._prepared = connection.connection

    def _forget_connection(self) -> None:
        try:
            connection.close()
        except DatabaseError as error:
            log.warning("intake.close_failed", exc_info=error)
            connection.connection = None


def _tell(waiting: Sequence[Waiting], results: Sequence[Answer]) -> None:
    """Hand the results to the event loops that wait for them, with one wake-up each."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiting, Answer]]] = {}
    for one, result in zip(waiting, results, strict=True):
        by_loop.setdefault(one.loop, []).append((one, result))
    for loop, pairs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, pairs)
        except RuntimeError:  # the loop was closed while the store worked: nobody waits
            log.warning("intake.answer_unheard", count=len(pairs))


def _resolve(pairs: Sequence[tuple[Waiting, Answer]]) -> None:
    for waiting, result in pairs:
        if waiting.future.done():
            continue
        if isinstance(result, Exception):
            waiting.future.set_exception(result)
        else:
            waiting.future.set_result(result)
