"""The document of a message as a part of our page, and its attachments."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from samhandling.exchange import originals
from samhandling.exchange.models import Direction, Message, Receiver
from samhandling.messages import attachments, display, engine
from samhandling.pages.files import FileLine, file_line
from samhandling.pages.texts import language


@dataclass(frozen=True, slots=True)
class Opened:
    """What a reader sees of a document."""

    html: SafeString
    attachments: tuple[FileLine, ...]


NOTHING = Opened(mark_safe(""), ())


def opened_document(message: Message) -> Opened:
    """Readable HTML of the document; what our engine cannot read is said by the display. Empty once it is closed."""
    if message.original is None or message.original.closed:
        return NOTHING
    reading = engine.read(originals.read(message.original))
    # The display escapes every text of the document (P-20).
    html = mark_safe(display.fragment(reading, lang=language(), own=_own(message)))  # noqa: S308
    found = attachments.attached(reading.tree) if reading.tree is not None else ()
    lines = (
        file_line(each.name, each.size, each.kind, reverse("exchange:attachment", args=[message.pk, each.number]))
        for each in found
    )
    return Opened(html, tuple(lines))


def _own(message: Message) -> list[str]:
    """HER-ids of ours in it, on both levels, so that *kopi til oss* is marked (message-header 5.9)."""
    if message.direction != Direction.IN:
        return []
    found = Receiver.objects.filter(message=message, own=True).values_list("her_id", "organisation_her")
    return [her_id for pair in found for her_id in pair if her_id]
