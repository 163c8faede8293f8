"""What other rooms ask of the exchange. Each name is documented where it is made."""

from __future__ import annotations

from samhandling.exchange.arriving import arrive, read_again
from samhandling.exchange.delivering import transport_answer, try_again
from samhandling.exchange.sending import cancel, send
from samhandling.exchange.values import Arrived, Draft, Finding, LogisticsContent, Outcome, Responsible

__all__ = [
    "Arrived",
    "Draft",
    "Finding",
    "LogisticsContent",
    "Outcome",
    "Responsible",
    "arrive",
    "cancel",
    "read_again",
    "send",
    "transport_answer",
    "try_again",
]
