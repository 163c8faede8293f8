"""What other rooms ask of the exchange. Each name is documented where it is made."""

from __future__ import annotations

from samhandling.exchange.arriving import arrive, read_again
from samhandling.exchange.delivering import transport_answer, try_again
from samhandling.exchange.holding import hold, release
from samhandling.exchange.matching import assign_patient, confirm_patient, undo_match
from samhandling.exchange.matters import part, tie
from samhandling.exchange.not_ours import decide as decide_not_ours
from samhandling.exchange.not_ours import remove_content
from samhandling.exchange.not_ours import take_back as decide_ours
from samhandling.exchange.releasing import decide as decide_withdrawn
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
    "confirm_patient",
    "decide_not_ours",
    "decide_ours",
    "decide_withdrawn",
    "hold",
    "part",
    "read_again",
    "release",
    "remove_content",
    "resend",
    "send",
    "tie",
    "transport_answer",
    "try_again",
    "try_out",
    "undo_match",
]
