"""What other rooms ask of the stays. Each name is documented where it is made."""

from __future__ import annotations

from samhandling.stays.applying import Applied, apply
from samhandling.stays.dialogs import send_talk, try_talk
from samhandling.stays.finished import send_finished
from samhandling.stays.informing import send_information, try_information
from samhandling.stays.passing import has_routine, pass_on
from samhandling.stays.policies import policy_for
from samhandling.stays.registering import register
from samhandling.stays.reporting import send_report, try_report

__all__ = [
    "Applied",
    "apply",
    "has_routine",
    "pass_on",
    "policy_for",
    "register",
    "send_finished",
    "send_information",
    "send_report",
    "send_talk",
    "try_information",
    "try_report",
    "try_talk",
]
