"""What a way of telling people promises: one method, and three errors that say whether to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from samhandling.errors import SamhandlingError


class ChannelRefusedError(SamhandlingError):
    """The other side will never take this notice."""

    code = "downtime.channel_refused"


class ChannelBusyError(SamhandlingError):
    """The notice has surely not been taken; later it may."""

    code = "downtime.channel_busy"
    retryable = True


class ChannelUnsureError(SamhandlingError):
    """The notice may have been taken, but no answer came: the same one goes again, and the ledger says so."""

    code = "downtime.channel_unsure"
    retryable = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One notice to one recipient."""

    id: str
    """The same at every try: by it the other side sees a repeat."""
    kind: str
    address: str
    subject: str
    body: str


class Channel(Protocol):
    """A way of telling people; `tests/contract/test_channels.py` asks the same of each."""

    def hand_over(self, letter: Letter, *, now: datetime) -> str:
        """Hand one notice over; gives what the other side answered.

        Raises ChannelRefusedError, ChannelBusyError, ChannelUnsureError.
        """


class Expiry(Protocol):
    """Something that the exchange with a counterpart needs, and the instant from which it no longer holds."""

    @property
    def her_id(self) -> str:
        """The counterpart at level 1; empty: our own, and so everybody."""

    @property
    def what(self) -> str:
        """`certificate` or `agreement`."""

    @property
    def name(self) -> str:
        """Whose, or which."""

    @property
    def at(self) -> datetime:
        """Aware UTC."""
