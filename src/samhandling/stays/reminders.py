"""How often people are reminded of an anomaly that lasts (2.6): what `tasks.reminding` asks through `wiring`."""

from __future__ import annotations

from datetime import datetime

from samhandling.clock import oslo
from samhandling.stays.policies import policy_for


def hours(organisation_id: int, now: datetime) -> float:
    """How many hours lie between two reminders, by the organisation's routine of the day."""
    return policy_for(organisation_id, oslo.day(now)).remind_hours
