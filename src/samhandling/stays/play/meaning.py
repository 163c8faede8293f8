"""What the free words of a scenario file mean to the routine."""

from __future__ import annotations

from samhandling.stays.play.script import ScriptStep
from samhandling.stays.play.words import DEVIATIONS, SERVICES


def status_of(step: ScriptStep) -> str:
    """N, M or C."""
    word = step.text("status", "N").upper()
    return {"NEW": "N", "CHANGE": "M", "CANCEL": "C", "CANCELLED": "C", "CANCELLATION": "C"}.get(word, word) or "N"


def deviation(text: str) -> str:
    """The policy's word for the reason of an avviksmelding."""
    plain = text.strip().lower()
    if plain in ("a", "(a)", "1"):
        return "wrong_addressee"
    if plain in ("b", "(b)", "9"):
        return "technical"
    for word, parts in DEVIATIONS:
        if any(part in plain for part in parts):
            return word
    return "other"


def service(text: str) -> str:
    """The register's function of a service that the file names in words; empty when it names none."""
    plain = text.strip().lower()
    if not plain:
        return ""
    if plain in ("gp", "fastlege", "ward", "person", "post", "other"):
        return "other"
    return next((word for word, parts in SERVICES if any(part in plain for part in parts)), "other")
