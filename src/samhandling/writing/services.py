"""What other rooms ask of writing. Each name is documented where it is made."""

from __future__ import annotations

from samhandling.writing.keeping import deletable, require_deletable
from samhandling.writing.passing import PassedOn, pass_on

__all__ = ["PassedOn", "deletable", "pass_on", "require_deletable"]
