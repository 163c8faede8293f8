"""Linking: which messages must say what they refer to, and how (HITS 1218, HISD 1154, HIS 1151)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, child
from samhandling.messages.profiles.content import answers_request
from samhandling.messages.profiles.finding import Finding, at

_ALWAYS = {"DIALOG_SVAR": "Svaret", "DIALOG_AVVIK": "Avviksmeldingen"}


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """A reference where one is mandatory, and none that goes in a circle."""
    info = child(root, "MsgInfo")
    linked = bool(facts.parent and facts.conversation)
    if facts.status in ("M", "C") and not linked:
        yield at(
            info,
            "PLO-04",
            "Endring eller kansellering viser ikke til den tidligere meldingen.",
            "Oppgi ConversationRef.",
        )
    if facts.type in _ALWAYS and not linked:
        yield at(
            info,
            "HITS1218-01",
            f"{_ALWAYS[facts.type]} viser ikke til meldingen den gjelder.",
            "Oppgi ConversationRef.",
        )
    elif answers_request(payload_of(root)) and not linked:
        yield at(
            info,
            "HITS1218-02",
            "Svaret viser ikke til forespørselen.",
            "Oppgi ConversationRef.",
        )
    own = facts.msg_id.strip().lower()
    if own and own in (facts.parent.strip().lower(), facts.conversation.strip().lower()):
        yield at(
            child(info, "ConversationRef"),
            "HITS1218-03",
            "Meldingen viser til seg selv.",
            "Vis til MsgId i den tidligere meldingen.",
        )
