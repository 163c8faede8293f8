"""What a handler gets: the job that it is to do, and how it says that it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from samhandling.errors import SamhandlingError
from samhandling.jobs import sql


class LeaseLostError(SamhandlingError):
    """This worker no longer holds the job: it was thought dead and another took over. Its work is rolled back."""

    code = "job.lease_lost"


class Running:
    """A job while its handler runs.

    A handler does its work and calls `finish()` in one transaction of its own, so that both are committed or neither.
    What it does outside (a connection, a parse) comes before that. A handler may be called again after a failure or a
    killed process: whatever it wrote without `finish()` in the same transaction it must find and pick up.
    """

    at_once = False
    """True while it runs within the transaction of the job that asked for it (`jobs.at_once`)."""

    def __init__(
        self,
        *,
        id: int,
        handler: str,
        payload: dict[str, Any],
        attempt: int,
        now: datetime,
        worker_id: int,
    ) -> None:
        self.id = id
        self.handler = handler
        self.payload = payload
        # Number of this attempt; 1 is the first.
        self.attempt = attempt
        # The store's clock when the attempt began: aware UTC.
        self.now = now
        self.settled = False
        self._worker_id = worker_id

    def __repr__(self) -> str:
        return f"<Running {self.handler} job {self.id} attempt {self.attempt}>"

    def finish(self) -> None:
        """Mark the job as done, in the caller's transaction. Raises LeaseLostError, which must roll it back."""
        with transaction.atomic(savepoint=False):
            if not sql.remove(self.id, self._worker_id):
                raise LeaseLostError(f"job {self.id}")
        self.settled = True

    def postpone(self, until: datetime) -> None:
        """Let the job wait until `until` (aware UTC, the store's clock), in the caller's transaction.

        This is no failure: attempts are counted from the start again. Raises LeaseLostError.
        """
        with transaction.atomic(savepoint=False):
            if not sql.back_to_waiting(self.id, self._worker_id, run_at=until, attempts=0, crashes=0):
                raise LeaseLostError(f"job {self.id}")
        self.settled = True
