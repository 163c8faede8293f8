"""What is not by the book about messages, in the words of the room that knows the routine (`wiring.MESSAGE_HELP`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.utils.module_loading import import_string

from samhandling.exchange.models import Message
from samhandling.pages.values import Explanation


def of_messages(messages: Iterable[Message], now: datetime) -> list[Explanation]:
    """Each anomaly of these messages once: what it means, what to do, and whom to call now."""
    path: str = getattr(import_module(settings.SAMHANDLING_WIRING), "MESSAGE_HELP", "")
    if not path:
        return []
    ask: Callable[[Message, datetime], list[Explanation]] = import_string(path)
    found = {each.code: each for message in messages for each in ask(message, now)}
    return list(found.values())
