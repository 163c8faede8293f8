"""The worker process: claims jobs in batches and runs them in a few threads, until it is told to stop."""

from __future__ import annotations

import queue
import threading
import time
from datetime import UTC, datetime

import structlog
from django.db import Error, close_old_connections, connection

from samhandling.jobs import collectors, handlers, life, outcomes, runner, sql
from samhandling.jobs.dead import prune
from samhandling.jobs.runner import run_due
from samhandling.jobs.services import enqueue_hourly
from samhandling.jobs.wake import QUIET_SECONDS
from samhandling.jobs.watch import Watcher
from samhandling.store import services as store

__all__ = ["Worker", "run_due"]

log = structlog.get_logger("samhandling.jobs")

LOOK_SECONDS = 1.0
"""The worker looks for work this often even when nothing wakes it: timers fire within a second."""
TEND_SECONDS = 1.0
PRUNE_SECONDS = 3600.0
STOP_SECONDS = 20.0
"""How long a stopping worker waits for the jobs that run."""
PAUSE_SECONDS = 1.0
"""Pause after a fault of the store."""


class Worker:
    """One worker. `run()` returns after `stop()`, which a signal handler or another thread calls."""

    def __init__(self, *, threads: int = 0, queues: tuple[str, ...] = (), ahead: int = 0) -> None:
        """`threads` 0: one. Two in a process take turns at the interpreter, and each waits for the other.

        `ahead`: jobs held per thread, so that claims go in batches; 0: eight on SQLite, two on PostgreSQL, where
        other processes would take them meanwhile.
        """
        self._threads = threads or 1
        self._queues = queues
        self._capacity = self._threads * (ahead or (2 if sql.on_postgres() else 8))
        self._line: queue.SimpleQueue[tuple[int, sql.Claimed] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._held: dict[int, sql.Claimed] = {}
        self._stopping = threading.Event()
        self._heard = threading.Event()
        self._woken = False
        self._relaxed = False
        self._worker_id = 0
        self._renewed = 0.0
        self._tended = 0.0
        self._pruned = 0.0

    def stop(self) -> None:
        """Claim nothing more, finish what runs, hand back the rest, and return from `run`."""
        self._stopping.set()
        self._heard.set()

    def run(self) -> None:
        """Work until `stop()`. A store that cannot be reached is waited for, never a reason to die."""
        # The first job of each kind must not wait for its code to be read.
        handlers.load_all()
        watcher = Watcher(self._heard)
        watcher.start()
        threads = [threading.Thread(target=self._work, name=f"worker-{n}", daemon=True) for n in range(self._threads)]
        collecting = threading.Thread(target=collectors.run, args=(self._stopping,), name="collecting", daemon=True)
        for thread in (*threads, collecting):
            thread.start()
        log.info("worker started", threads=self._threads)
        try:
            while not self._stopping.is_set():
                try:
                    self._round()
                except Error as error:
                    log.error("the store does not answer", place=outcomes.failure(error).place)
                    connection.close()
                    self._relaxed = False
                    self._stopping.wait(PAUSE_SECONDS)
        finally:
            watcher.stop()
            collecting.join(STOP_SECONDS)
            self._wind_up(threads)
            log.info("worker stopped")

    def _round(self) -> None:
        """Claim when the line runs low, then sleep until there may be something."""
        self._tend()
        now = store.now()
        claimed = self._claim(now) if self._line.qsize() < self._threads else []
        if claimed or self._woken:
            # Who commits within 10 ms after a wake-up does not wake again: look once more before sleeping long.
            seconds = QUIET_SECONDS * 1.2
        else:
            seconds = self._until_next(now)
        self._woken = self._heard.wait(seconds)
        self._heard.clear()

    def _claim(self, now: datetime) -> list[sql.Claimed]:
        with self._lock:
            room = self._capacity - len(self._held)
            suspects = not any(job.crashes for job in self._held.values())
        # On SQLite a look must not take the write lock from those who bring work.
        if room <= 0 or not (sql.on_postgres() or sql.something_due(now, self._queues)):
            return []
        claimed = sql.claim(self._worker_id, now=now, limit=room, queues=self._queues, suspects=suspects)
        for job in claimed:
            with self._lock:
                self._held[job.id] = job
            self._line.put((self._worker_id, job))
        return claimed

    def _until_next(self, now: datetime) -> float:
        upcoming = sql.next_run_at(after=now)
        if upcoming is None:
            return LOOK_SECONDS
        return min(LOOK_SECONDS, max(0.001, (upcoming - now).total_seconds()))

    def _tend(self) -> None:
        """Renew the lease in time, and take back the jobs of workers that died."""
        if not self._relaxed:
            self._relax_claims()
        present = time.monotonic()
        if present - self._renewed >= life.RENEW.total_seconds() or not self._worker_id:
            if not self._worker_id or not life.renew(self._worker_id, datetime.now(UTC)):
                self._begin_life()
            self._renewed = present
        if present - self._tended >= TEND_SECONDS:
            self._tended = present
            expired, dead = life.someone_died(datetime.now(UTC))
            if present - self._pruned >= PRUNE_SECONDS:
                self._pruned = present
                prune(now=store.now())
                enqueue_hourly(now=store.now())
            if expired or dead:
                count = outcomes.recover(machine_now=datetime.now(UTC), now=store.now(), dead=dead)
                log.warning("took back the jobs of a worker that died", jobs=count)

    def _begin_life(self) -> None:
        """A row for this process. When an older one is gone, others have taken its jobs: forget those not begun."""
        if self._worker_id:
            log.error("the lease was lost")
        self._worker_id = life.be_born(datetime.now(UTC)).pk

    def _relax_claims(self) -> None:
        """Claims need not outlive a power cut: lost ones leave the job waiting. Only this thread's connection."""
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off" if sql.on_postgres() else "PRAGMA synchronous = NORMAL")
        self._relaxed = True

    def _work(self) -> None:
        """What each thread does."""
        while (entry := self._line.get()) is not None:
            worker_id, job = entry
            if worker_id == self._worker_id and not self._stopping.is_set():
                self._run(worker_id, job)
                with self._lock:
                    self._held.pop(job.id, None)
            elif worker_id != self._worker_id:
                with self._lock:
                    self._held.pop(job.id, None)
            if self._line.qsize() < self._threads:
                self._heard.set()
        connection.close()

    def _run(self, worker_id: int, job: sql.Claimed) -> None:
        """Run a job; when the store does not take the outcome, try until it does or the worker ends."""
        error: BaseException
        try:
            if connection.errors_occurred:
                close_old_connections()
            runner.run_one(job, worker_id, clock=store.now)
            return
        except BaseException as fault:  # a thread must outlive whatever a handler does
            error = fault
        log.error("the outcome could not be stored", job=job.id, place=outcomes.failure(error).place)
        while not self._stopping.wait(PAUSE_SECONDS):
            try:
                close_old_connections()
                outcomes.record_failure(
                    job.id, worker_id, handler=job.handler, attempt=job.attempt, error=error, now=store.now()
                )
                return
            except Error:
                continue

    def _wind_up(self, threads: list[threading.Thread]) -> None:
        """Wait for what runs, hand back what was not begun, and leave."""
        for _ in threads:
            self._line.put(None)
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in threads):
            # The lease runs out and another worker takes these jobs back.
            log.error("jobs still run; they are left to the next worker")
            return
        try:
            for job in self._held.values():
                outcomes.release(job.id, self._worker_id, run_at=job.run_at, attempt=job.attempt)
            life.leave(self._worker_id)
        except Error as error:
            log.error("the store does not answer", place=outcomes.failure(error).place)
        connection.close()
