"""Play a day: each event at its time, and between events every timer at its own, as if the hours went by.

A discrete-event simulation. It knows neither Django nor the network: what delivers, settles and tells the time of the
next timer is handed in. The same player serves `demo --once` (in one process) and the demo with its own processes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from samhandling.errors import SamhandlingError
from samhandling.world.day import Played


class StuckError(SamhandlingError):
    """Work that is due stays undone however often it is tried: the day cannot go on."""

    code = "world.day_stuck"


class Stage(Protocol):
    """Where a day is played."""

    def come_to(self, instant: datetime) -> None:
        """The clock shows `instant` now."""
        ...

    def deliver(self, happening: Played) -> None:
        """Hand one ADT message to the node, or let somebody write. Raises when it is not taken."""
        ...

    def settle(self, instant: datetime) -> None:
        """Return when nothing more is due at `instant`."""
        ...

    def next_timer(self, after: datetime) -> datetime | None:
        """When the next timer later than `after` fires."""
        ...


@dataclass
class Player:
    """Plays happenings in their order on a stage."""

    happenings: Sequence[Played]
    """What is still to be played, in the order of time."""
    stage: Stage
    at: datetime
    """Everything up to here has been played."""
    told: Callable[[Played], None] = field(default=lambda happening: None)
    """Called after each event."""
    position: int = 0

    @property
    def left(self) -> int:
        """How many events are still to come."""
        return len(self.happenings) - self.position

    def play_to(self, until: datetime) -> None:
        """Play everything up to and including `until`; timers and events in the order of their times."""
        while True:
            instant = self._next(until)
            if instant is None:
                break
            self._step(instant)
        if until > self.at:
            self.stage.come_to(until)
            self.stage.settle(until)
            self.at = until

    def _next(self, until: datetime) -> datetime | None:
        """The next instant at which something happens, not later than `until`."""
        due = [self.happenings[self.position].at] if self.left else []
        timer = self.stage.next_timer(self.at)
        if timer is not None:
            due.append(timer)
        instant = min(due, default=None)
        return instant if instant is not None and instant <= until else None

    def _step(self, instant: datetime) -> None:
        instant = max(instant, self.at)
        self.stage.come_to(instant)
        self.stage.settle(instant)
        while self.left and self.happenings[self.position].at <= instant:
            happening = self.happenings[self.position]
            self.stage.deliver(happening)
            self.stage.settle(instant)
            self.position += 1
            self.told(happening)
        self.at = instant
