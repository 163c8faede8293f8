"""What retention may delete: never a message that belongs in the record and is not there (P-11)."""

from __future__ import annotations

from collections.abc import Iterable

from samhandling.errors import SamhandlingError
from samhandling.exchange.models import Message
from samhandling.writing import rules
from samhandling.writing.models import Filing


class UnfiledError(SamhandlingError):
    """Somebody wants to delete a message that the record does not have yet."""

    code = "filing.unfiled"


def deletable(messages: Iterable[Message]) -> list[Message]:
    """Those of the messages that retention may delete, in the order given. Whatever deletes by age asks here."""
    asked = list(messages)
    rows = Filing.objects.filter(message__in=asked).values_list("message_id", "state")
    states: dict[int, str] = dict(rows)
    return [m for m in asked if rules.may_delete(m.standard, m.state, states.get(m.pk))]


def require_deletable(message: Message) -> None:
    """Raise UnfiledError unless retention may delete the message."""
    if not deletable([message]):
        raise UnfiledError(f"message {message.pk}")
