"""Application receipts: judging what comes in, building the answer, reading the answers of others."""

from __future__ import annotations

from samhandling.messages.facts import Facts, ReceiptError, ReceiptFacts
from samhandling.messages.receipts.building import build, version_for
from samhandling.messages.receipts.judging import RECORD_FAMILIES, error, judge, never_seen
from samhandling.messages.receipts.values import (
    DEFAULT_SETTINGS,
    Answer,
    Flag,
    JudgeSettings,
    Outcome,
    OwnParties,
    Reason,
    Verdict,
)

__all__ = [
    "DEFAULT_SETTINGS",
    "RECORD_FAMILIES",
    "Answer",
    "Flag",
    "JudgeSettings",
    "Outcome",
    "OwnParties",
    "Reason",
    "ReceiptError",
    "ReceiptFacts",
    "Verdict",
    "build",
    "error",
    "judge",
    "never_seen",
    "read",
    "version_for",
]


def read(facts: Facts) -> ReceiptFacts | None:
    """What an AppRec of either version says about the original; None when the document is no AppRec."""
    return facts.receipt
