"""The validation checklist (section 8), in the order of HITS 1172: `run` judges a mail, HTTP message or envelope."""

from samhandling.ebxml.checklist.case import Policy
from samhandling.ebxml.checklist.run import Checked, Outcome, run

__all__ = ["Checked", "Outcome", "Policy", "run"]
