"""The life of a job as a table, and the decision whether to try again. Pure: no Django, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from samhandling.errors import SamhandlingError

CRASHES_ALLOWED = 1
"""A job whose worker died this many times is run once more, alone; the next time it is set aside."""


class State(StrEnum):
    """Where a job stands. GONE has no row."""

    NEW = "new"
    WAITING = "waiting"
    RUNNING = "running"
    DEAD = "dead"
    SKIPPED = "skipped"
    GONE = "gone"


class Event(StrEnum):
    """What can happen to a job."""

    ENQUEUED = "enqueued"
    CANCELLED = "cancelled"
    CLAIMED = "claimed"
    FINISHED = "finished"
    POSTPONED = "postponed"
    RELEASED = "released"
    FAILED = "failed"
    GAVE_UP = "gave_up"
    WORKER_DIED = "worker_died"
    KILLED_TWICE = "killed_twice"
    RETRIED = "retried"
    SKIPPED = "skipped"
    PRUNED = "pruned"


class Effect(StrEnum):
    """What goes with a step, in the same transaction."""

    TAKE_PLACE = "take_place"
    """A row for each key: the job now blocks those behind it."""
    LEAVE_PLACE = "leave_place"
    """The key rows go: the next in line may run."""
    COUNT_ATTEMPT = "count_attempt"
    UNCOUNT_ATTEMPT = "uncount_attempt"
    COUNT_CRASH = "count_crash"
    RESET_COUNTS = "reset_counts"
    TELL_DEAD = "tell_dead"
    """Event `job.dead`: a person gets a task."""
    TELL_SETTLED = "tell_settled"
    """Event `job.settled`: the task can be closed."""


class JobTransitionError(SamhandlingError):
    """This cannot happen to a job in that state, such as retrying one that is not dead."""

    code = "job.impossible_transition"


TABLE: dict[tuple[State, Event], tuple[State, tuple[Effect, ...]]] = {
    (State.NEW, Event.ENQUEUED): (State.WAITING, (Effect.TAKE_PLACE,)),
    (State.WAITING, Event.CANCELLED): (State.GONE, (Effect.LEAVE_PLACE,)),
    (State.WAITING, Event.CLAIMED): (State.RUNNING, (Effect.COUNT_ATTEMPT,)),
    (State.RUNNING, Event.FINISHED): (State.GONE, (Effect.LEAVE_PLACE,)),
    (State.RUNNING, Event.POSTPONED): (State.WAITING, (Effect.RESET_COUNTS,)),
    (State.RUNNING, Event.RELEASED): (State.WAITING, (Effect.UNCOUNT_ATTEMPT,)),
    (State.RUNNING, Event.FAILED): (State.WAITING, ()),
    (State.RUNNING, Event.GAVE_UP): (State.DEAD, (Effect.TELL_DEAD,)),
    (State.RUNNING, Event.WORKER_DIED): (State.WAITING, (Effect.COUNT_CRASH,)),
    (State.RUNNING, Event.KILLED_TWICE): (State.DEAD, (Effect.COUNT_CRASH, Effect.TELL_DEAD)),
    (State.DEAD, Event.RETRIED): (State.WAITING, (Effect.RESET_COUNTS, Effect.TELL_SETTLED)),
    (State.DEAD, Event.SKIPPED): (State.SKIPPED, (Effect.LEAVE_PLACE, Effect.TELL_SETTLED)),
    (State.SKIPPED, Event.PRUNED): (State.GONE, ()),
}


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """What `event` makes of a job in `state`. Raises JobTransitionError for a pair that is not in the table."""
    try:
        return TABLE[(state, event)]
    except KeyError:
        raise JobTransitionError(f"{event} in state {state}") from None


def after_crash(crashes: int) -> Event:
    """What becomes of a running job whose worker died, when it had `crashes` before."""
    return Event.KILLED_TWICE if crashes >= CRASHES_ALLOWED else Event.WORKER_DIED


@dataclass(frozen=True, kw_only=True)
class Again:
    """Try again after this long."""

    after: timedelta


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    """Do not try again: the job is dead, a person is asked."""


@dataclass(frozen=True, kw_only=True)
class Retry:
    """When to try again, how often, and when to give up."""

    # Pause after the first failure.
    first: timedelta = timedelta(seconds=1)
    # Each pause is this many times the one before.
    factor: float = 3.0
    # No pause is longer.
    longest: timedelta = timedelta(minutes=10)
    # Give up after this many attempts.
    attempts: int = 8

    def decide(self, *, attempt: int, error: BaseException) -> Again | GiveUp:
        """The decision after attempt number `attempt` (1 is the first) failed with `error`.

        Our own errors say themselves whether trying again can help; any other may be a passing fault.
        """
        if attempt >= self.attempts or (isinstance(error, SamhandlingError) and not error.retryable):
            return GiveUp()
        # The exponent is bounded so that a patient policy does not overflow.
        pause = self.first.total_seconds() * self.factor ** min(attempt - 1, 40)
        return Again(after=min(timedelta(seconds=min(pause, self.longest.total_seconds())), self.longest))


DEFAULT_RETRY = Retry()
"""About half an hour in all: 1, 3, 9, 27, 81, 243 and 600 seconds."""
