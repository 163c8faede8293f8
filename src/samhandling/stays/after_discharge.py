"""Why a message goes after the discharge, which the routine asks for (2.4): a choice, so that no content lies in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from samhandling.exchange import steps
from samhandling.exchange.models import Message
from samhandling.pages.texts import N_
from samhandling.stays.rules.allowed import Answer

REASONS: Mapping[str, str] = {
    "asked": N_("Kommunen har bedt om opplysningene"),
    "missing": N_("Noe manglet i det som var sendt"),
    "wrong": N_("Noe av det som var sendt, var feil"),
    "new": N_("Opplysningen kom etter utskrivingen"),
    "called": N_("Avtalt på telefon med kommunen"),
}
"""Stable code -> what people choose."""
MISSING = N_("Pasienten er skrevet ut. Velg hvorfor meldingen sendes likevel.")


def asks(answer: Answer) -> bool:
    """Whether the routine lets the message go only with a reason."""
    return answer.word == "warn" and answer.reason == "discharged"


def keep(message: Message, reason: str, *, now: datetime) -> None:
    """Keep the reason with the message: in its history. The stay's timeline has it on its own line."""
    if reason in REASONS:
        steps.record("message.after_discharge", at=now, message=message, detail=REASONS[reason])
