"""The one decision function of the stay (design 3)."""

from __future__ import annotations

from datetime import datetime

from samhandling.stays.events import Event
from samhandling.stays.policy import Policy
from samhandling.stays.rules.step import Step
from samhandling.stays.rules.table import TABLE
from samhandling.stays.rules.values import Decision, ImpossibleEventError, StayState


def decide(state: StayState, event: Event, policy: Policy, now: datetime) -> Decision:
    """What the routine says to `event` at `now` (aware UTC): the new state and the actions, in order.

    Pure: the same arguments give the same decision. Raises ImpossibleEventError for an event that cannot happen in
    the state (routines 2.3).
    """
    rows = TABLE.get((state.state, type(event)))
    if rows is not None:
        step = Step(state, event, policy, now)
        for row in rows:
            if row.guard(step):
                row.effect(step)
                return Decision(step.state, tuple(step.actions), row.t)
    raise ImpossibleEventError(state.state.name, type(event).__name__)
