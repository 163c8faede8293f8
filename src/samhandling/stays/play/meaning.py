"""What the free words of a scenario file mean to the routine."""

from __future__ import annotations

from datetime import date

from samhandling.stays.play.script import ScriptError, ScriptStep
from samhandling.stays.play.words import DEVIATIONS, SERVICES


def status_of(step: ScriptStep) -> str:
    """N, M or C."""
    word = step.text("status", "N").upper()
    words = {"NEW": "N", "CHANGE": "M", "CANCEL": "C", "CANCELLED": "C", "CANCELLATION": "C"}
    word = words.get(word, word)
    return word if word in ("N", "M", "C") else "N"


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


_CANNOT = ("cannot", "can not", "kan ikke", "not ", "nei", "no", "false", "ikke")
_CAN = ("can", "yes", "ja", "true", "kan", "ready", "klar", "accept")


def place_answer(step: ScriptStep) -> tuple[bool | None, date | None]:
    """Whether the municipality can receive the patient, and from which day (which alone means that it can).

    None when the file does not say.
    """
    day = step.day("date")
    if day is None:
        try:
            day = step.day("from")
        except ScriptError:  # the service that wrote it
            day = None
    for name in ("answer", "value", "status", "reason"):
        word = step.text(name).lower()
        if word.startswith(_CANNOT) and word not in ("n", "new"):
            return False, day
        if word.startswith(_CAN):
            return True, day
    return (True if day is not None else None), day
