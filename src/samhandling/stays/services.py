"""What other rooms ask of the stays. Each name is documented where it is made."""

from __future__ import annotations

from samhandling.stays.applying import Applied, apply
from samhandling.stays.passing import has_routine, pass_on
from samhandling.stays.policies import policy_for
from samhandling.stays.registering import register

__all__ = ["Applied", "apply", "has_routine", "pass_on", "policy_for", "register"]
