"""Which of the kinds that share a message type a received message is, as far as the document tells (C-10). Pure."""

from __future__ import annotations

from samhandling.messages.codes.listing import list_number
from samhandling.messages.facts.values import Facts

EARLY, CHANGE, FINAL = "early", "change", "final"
"""Kinds of Helseopplysning. On the wire the final one is a change like any other: the course finds it afterwards."""
PLACE = "place"
"""A note that answers *utskrivningsklar*."""
_READY_REPLY = ("9155", "1")
_EARLY_CONTENT, _LATER_CONTENT = "1", "2"


def of_received(facts: Facts) -> str:
    """The kind; "" for a type that has none, and for a withdrawal."""
    if facts.type == "DIALOG_NOTAT":
        themes = {(list_number(note.theme.oid), note.theme.value) for note in facts.notes}
        return PLACE if _READY_REPLY in themes else ""
    if facts.type != "HELSEOPPL_SOKNAD" or facts.status == "C":
        return ""
    if facts.content_type.value in {_EARLY_CONTENT, _LATER_CONTENT}:
        return EARLY if facts.content_type.value == _EARLY_CONTENT else CHANGE
    return CHANGE if facts.status == "M" or facts.parent.strip() or facts.conversation.strip() else EARLY
