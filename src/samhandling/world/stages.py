"""Where a day is played: in this process (`demo --once`, and all that lies before the day), or on a running node."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from samhandling.errors import SamhandlingError
from samhandling.hl7.mllp import Deframer, wrap
from samhandling.hl7.mllp import Piece as Frame
from samhandling.hl7.reader import read
from samhandling.intake import storing
from samhandling.intake.lines import fed_organisation, file_line
from samhandling.intake.reception import receive
from samhandling.jobs.models import Job
from samhandling.jobs.rules import State as JobState
from samhandling.jobs.services import next_run_at
from samhandling.jobs.wake import wake
from samhandling.jobs.worker import run_due
from samhandling.store import services as store
from samhandling.world.day import Letter, Played
from samhandling.world.feed import message
from samhandling.world.letters import write
from samhandling.world.playing import StuckError

LOOK_SECONDS = 0.02
"""How often a running node is asked whether it is done."""
PATIENCE_SECONDS = 60.0
"""How long a running node may take over what is due at one instant."""


class NotTakenError(SamhandlingError):
    """The node did not answer AA to a message of the day."""

    code = "world.day_not_taken"


def _timer(after: datetime) -> datetime | None:
    """The next timer; something that came meanwhile counts as a second later, so that the clock moves on."""
    found = next_run_at()
    return None if found is None else max(found, after + timedelta(seconds=1))


class InProcess:
    """Everything in this process: the real intake, the real jobs, no sockets and no other processes."""

    def __init__(self) -> None:
        self._line = file_line(fed_organisation(""))
        self.jobs = 0

    def come_to(self, instant: datetime) -> None:
        """Set the store's clock."""
        store.set_clock(instant, machine_now=datetime.now(UTC))

    def deliver(self, happening: Played) -> None:
        """Store the message as a listener would, or let somebody write. Raises NotTakenError, NotWrittenError."""
        if isinstance(happening, Letter):
            write(happening)
            return
        received = receive(Frame(message(happening)), self._line, now=happening.at)
        (stored,) = storing.store([(received, self._line)])
        if stored.verdict != "AA":
            raise NotTakenError(f"{happening.control_id}: {stored.verdict}")

    def settle(self, instant: datetime) -> None:
        """Run all that is due."""
        self.jobs += run_due(instant)

    def next_timer(self, after: datetime) -> datetime | None:
        """The next job's time."""
        return _timer(after)


class RunningNode:
    """A node with its own worker and listener: messages go over MLLP, and its clock is moved when pages ask for it."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def come_to(self, instant: datetime) -> None:
        """Move the store's clock forward; while it goes by itself it is left alone."""
        machine_now = datetime.now(UTC)
        store.drive_clock(machine_now=machine_now)
        if instant > store.now():
            store.set_clock(instant, machine_now=machine_now)
            wake()

    def deliver(self, happening: Played) -> None:
        """Send the message and wait for its answer, or let somebody write.

        Raises NotTakenError, NotWrittenError, or OSError when the listener is not there.
        """
        if isinstance(happening, Letter):
            write(happening)
            wake()
            return
        try:
            answer = self._exchange(wrap(message(happening)))
        except OSError:
            self.close()
            raise
        verdict = read(answer, "8859/1").value("MSA-1")
        if verdict != "AA":
            raise NotTakenError(f"{happening.control_id}: {verdict}")

    def _exchange(self, frame: bytes) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=15)
        self._socket.sendall(frame)
        deframer = Deframer(100_000)
        while True:
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionResetError("the listener hung up")
            for piece in deframer.feed(data):
                return piece.content

    def settle(self, instant: datetime) -> None:
        """Wait until the worker has nothing more to do at `instant`. Raises StuckError after PATIENCE_SECONDS."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            due = next_run_at()
            if (due is None or due > instant) and not Job.objects.filter(state=JobState.RUNNING).exists():
                return
            if time.monotonic() > give_up:
                raise StuckError
            time.sleep(LOOK_SECONDS)

    def next_timer(self, after: datetime) -> datetime | None:
        """The next job's time."""
        return _timer(after)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
            self._socket = None
