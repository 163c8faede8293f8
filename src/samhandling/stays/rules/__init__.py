"""The routine as pure decisions: values in, values out, time passed in (routines 2.3 to 2.6)."""

from __future__ import annotations

from samhandling.stays.rules.machine import decide
from samhandling.stays.rules.values import Decision, ImpossibleEventError, State, StayState

__all__ = ["Decision", "ImpossibleEventError", "State", "StayState", "decide"]
