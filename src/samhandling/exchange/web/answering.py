"""What may be written about a message: answers, the next in a dialogue, a deviation, a withdrawal."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from samhandling.exchange import originals
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageState
from samhandling.messages import engine
from samhandling.messages.codes.listing import list_number
from samhandling.messages.facts import facts as read_facts
from samhandling.pages.texts import N_, _
from samhandling.pages.values import Link

STANDARDS = frozenset({"plo", "dialogmelding"})
"""Standards whose messages a person may ask about, answer, or report as faulty."""
WITHDRAWN_BY_HAND = frozenset(
    {"HELSEOPPLYSNINGER_LEGE", "ORIENTERING_TJENESTETILBUD", "MEDISINSKE_OPPLYSNINGER", "LOG_DOD"}
)
"""Types of ours that are withdrawn from their own page; the others from the page of their stay."""
DIALOGUE = "DIALOG_HELSEFAGLIG"
INFORMATION, REPORT = "helseopplysning", "innleggelsesrapport"
"""An update of what the hospital has told, and what the municipality knows, as answers."""
FROM_DOCTORS = frozenset({"HELSEOPPLYSNINGER_LEGE"})
"""Answered by Medisinske opplysninger (plo-messages 10)."""
RIGHT_FORM: Mapping[tuple[str, str], str] = {
    ("9152", "1"): "medisinske-opplysninger",
    ("9152", "8"): INFORMATION,
    ("9154", "1"): REPORT,
    ("9153", "3"): "orientering-om-tjenestetilbud",
    ("9153", "5"): "helseopplysninger-til-lege",
}
"""List and type of a request -> the message that answers it; everything may be answered in words as well."""
WORDS = {
    "svar": N_("Svar på forespørselen"),
    "foresporsel": N_("Send forespørsel"),
    "avvik": N_("Send avviksmelding"),
    INFORMATION: N_("Svar med helseopplysninger"),
    REPORT: N_("Svar med innleggelsesrapport"),
    "medisinske-opplysninger": N_("Svar med medisinske opplysninger"),
    "orientering-om-tjenestetilbud": N_("Svar med orientering om tjenestetilbud"),
    "helseopplysninger-til-lege": N_("Svar med helseopplysninger til lege"),
    "helsefaglig-dialog": N_("Svar i helsefaglig dialog"),
    "trekk-tilbake": N_("Trekk tilbake"),
}


def answers(message: Message) -> tuple[str, ...]:
    """What may be written about it, by the names in the addresses, the right answer first."""
    if message.standard not in STANDARDS:
        return ()
    if message.direction == Direction.IN and message.state == MessageState.LOCKED:
        return ("avvik",)
    if message.original is None or message.original.closed:
        return ()
    if message.direction == Direction.OUT:
        return _about_ours(message)
    if message.state in (MessageState.REMOVED, MessageState.REJECTED_BY_US):
        return ()
    always = ("helsefaglig-dialog", "foresporsel", "avvik")
    if message.type == "DIALOG_AVVIK":
        return ("helsefaglig-dialog",)
    if message.type == "DIALOG_FORESPORSEL":
        right = RIGHT_FORM.get(_asked(message), "")
        return (*((right,) if right else ()), "svar", "foresporsel", "avvik")
    if message.type in FROM_DOCTORS:
        return ("medisinske-opplysninger", *always)
    return always


def _about_ours(message: Message) -> tuple[str, ...]:
    if message.refused or message.cancelled_by_id is not None or message.written_by != "node":
        return ()
    if message.type == DIALOGUE:
        return ("helsefaglig-dialog",)
    return ("trekk-tilbake",) if message.type in WITHDRAWN_BY_HAND and message.status != "C" else ()


def _asked(message: Message) -> tuple[str, str]:
    """List and type of what a request asks for."""
    assert message.original is not None
    facts = read_facts(engine.read(originals.read(message.original)))
    asked = facts.requests[0].type if facts is not None and facts.requests else None
    return (list_number(asked.oid), asked.value) if asked is not None else ("", "")


def links(message: Message) -> list[Link]:
    """The same as links."""
    return [
        Link(_say(message, what), reverse("writing:write", args=["melding", message.pk, what]))
        for what in answers(message)
    ]


def _say(message: Message, what: str) -> str:
    if message.direction == Direction.OUT and what == "helsefaglig-dialog":
        return _("Skriv mer i dialogen")
    return _(WORDS[what])
