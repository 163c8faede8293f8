"""The document of a message as a part of our page."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.messages import display, engine
from samhandling.pages.texts import language


def document_of(message: Message) -> SafeString:
    """Readable HTML of the document; what our engine cannot read is said by the display. Empty once it is deleted."""
    if message.original is None or message.original.removed_at is not None:
        return mark_safe("")
    reading = engine.read(originals.read(message.original))
    own = [message.own_her] if message.own_her else []
    # The display escapes every text of the document (P-20).
    return mark_safe(display.fragment(reading, lang=language(), own=own))  # noqa: S308
