"""What other rooms ask of the exchange. Each name is documented where it is made."""

from __future__ import annotations

from samhandling.exchange.arriving import arrive, read_again
from samhandling.exchange.clearing import assign_patient, remove_content, tie
from samhandling.exchange.delivering import transport_answer, try_again
from samhandling.exchange.resending import resend
from samhandling.exchange.sending import cancel, send, try_out
from samhandling.exchange.values import Arrived, Draft, Finding, LogisticsContent, Outcome, Responsible
from samhandling.exchange.written import Trial

__all__ = [
    "Arrived",
    "Draft",
    "Finding",
    "LogisticsContent",
    "Outcome",
    "Responsible",
    "Trial",
    "arrive",
    "assign_patient",
    "cancel",
    "read_again",
    "remove_content",
    "resend",
    "send",
    "tie",
    "transport_answer",
    "try_again",
    "try_out",
]
