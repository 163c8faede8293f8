"""The port that every carrier fulfils: one way of taking a document to a counterpart's communication party."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from samhandling.errors import SamhandlingError


class CarrierError(SamhandlingError):
    """The carrier could not hand over now; trying again may help."""

    code = "carrier.trouble"
    retryable = True


class CarrierRefusedError(SamhandlingError):
    """The carrier cannot hand this over, however often we try: a person must look."""

    code = "carrier.refused"


class UnknownCarrierError(SamhandlingError):
    """A party is set up with a carrier that this node does not have."""

    code = "carrier.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One document for one receiving party."""

    transport_id: UUID
    """The same at every try: by it the other side sees a repeat (design 3c)."""
    sender_her: str
    receiver_her: str
    """Level-2 HER-ids."""
    service: str
    action: str
    """eb:Service and eb:Action (HISD 1209); a receipt goes in the service of the message, action `APPREC`."""
    msg_id: str
    data: bytes = field(repr=False)


class Result(StrEnum):
    """How far the document came."""

    HANDED = "handed"
    """It left; the transport's acknowledgment comes later through `exchange.services.acknowledged`."""
    ACKNOWLEDGED = "acknowledged"
    """The counterpart's transport has stored it."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What came of a hand-over."""

    result: Result
    reference: str = ""
    """What the transport calls it, for the history."""


class Carrier(Protocol):
    """One way out. The same envelope may be handed over again.

    Called outside any transaction of the exchange, unless the document does not leave this node's store.

    Raises CarrierError (or another retryable error) when it cannot now, CarrierRefusedError when it never can.
    Documents that come in are given to `exchange.services.arrive` by the carrier itself.
    """

    name: str

    def stays_inside(self, receiver_her: str) -> bool:
        """True when handing over to that party writes to this node's store and nothing else.

        The hand-over is then part of the transaction that notes it, instead of coming before it.
        """
        ...

    def hand_over(self, envelope: Envelope, *, now: datetime) -> HandOver:
        """Take the envelope one step on its way. Idempotent by `transport_id` at the receiving end."""
        ...
