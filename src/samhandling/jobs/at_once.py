"""Small jobs that a running job asks for, done within its own transaction instead of as a job each.

A job of its own costs a row, a claim and a commit, and those behind it wait for all three. A handler that writes to
this store only, takes no lock that others hold for long and needs no order but its keys' carries `@handlers.at_once`.
Asked for by a running job it then runs behind a savepoint, in the very transaction that asked: what it writes and what
asked for it are committed together or not at all. Where it fails, or says that it must be a job of its own, or somebody
stands in the line of one of its keys, the job is stored as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction

from samhandling.jobs import handlers, sql
from samhandling.jobs.running import Running

log = structlog.get_logger("samhandling.jobs")

_allowed: ContextVar[bool] = ContextVar("allowed", default=False)


class JobOfItsOwn(Exception):
    """Raised by a handler that cannot be done at once this time, before or after it has written something."""


class Meanwhile(Running):
    """What a handler gets that runs within the transaction of another job; there is no row to finish."""

    at_once = True

    def finish(self) -> None:
        """The savepoint is released when the handler returns."""
        self.settled = True

    def postpone(self, until: datetime) -> None:
        """Waiting takes a row."""
        raise JobOfItsOwn


@contextmanager
def allowing(allowed: bool) -> Iterator[None]:
    """Within, small jobs may be done at once: around the handler of a job that has never failed before.

    One that has is not burdened with more, so that it stays clear what was to blame.
    """
    token = _allowed.set(allowed)
    try:
        yield
    finally:
        _allowed.reset(token)


def done(handler: str, payload: dict[str, Any], *, now: datetime, queue: str, keys: Sequence[str]) -> bool:
    """Do the work now if that is possible; False, with nothing written, when it must be stored as a job."""
    if not (_allowed.get() and connection.in_atomic_block and handlers.is_at_once(handler)):
        return False
    if keys and not sql.nobody_in_line(keys, queue=queue):
        return False
    running = Meanwhile(id=0, handler=handler, payload=payload, attempt=1, now=now, worker_id=0)
    try:
        with transaction.atomic():
            handlers.handler(handler)(running)
    except JobOfItsOwn:
        return False
    except Exception as error:  # whatever it is, the job will meet it again, with its own attempts
        log.warning("job not done at once", what=handler, fault=type(error).__name__)
        return False
    return True
