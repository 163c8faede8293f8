"""The loopback carrier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import QuerySet

from samhandling.carriers.loopback.spool import Spool
from samhandling.configuration import configuration
from samhandling.exchange.ports import CarrierRefusedError, Envelope, HandOver, Result
from samhandling.exchange.services import arrive
from samhandling.registry.models import CommunicationParty
from samhandling.store.memo import remembered
from samhandling.store.prepared import prepared

NAME = "loopback"


@dataclass(frozen=True, slots=True)
class Passage:
    """One arrival of a transmission at the other end."""

    again: int = 0
    """0: as sent. Other numbers: the same document in a transmission of its own (a repeat under a new key)."""
    delay: timedelta = timedelta(0)
    """How much later it is read than it was sent."""


STRAIGHT = (Passage(),)

Line = Callable[[Envelope], tuple[Passage, ...]]
"""What happens on the way: no passage is a lost transmission, two are a repeated one, a delayed one is overtaken."""


def straight(envelope: Envelope) -> tuple[Passage, ...]:
    """A line without faults."""
    return STRAIGHT


@remembered
def _hosted_here(her_id: str) -> bool:
    return bool(_hosted_parties(her_id))


@prepared
def _hosted_parties(her_id: str) -> QuerySet[CommunicationParty, int]:
    return CommunicationParty.objects.filter(her_id=her_id, organisation__hosted=True).values_list("pk", flat=True)


class LoopbackCarrier:
    """Hands over to a party hosted on this node at once; to any other through the spool folder, where there is one.

    `line` lets tests and simulators lose, repeat, delay and reorder transmissions. It is no setting of a node.
    """

    name = NAME

    def __init__(self, *, line: Line = straight, spool: Path | None = None) -> None:
        folder = spool or configuration().loopback_spool
        self._spool = Spool(folder) if folder is not None else None
        self._line = line

    def stays_inside(self, receiver_her: str) -> bool:
        """True for a party hosted on this node."""
        return _hosted_here(receiver_her)

    def hand_over(self, envelope: Envelope, *, now: datetime) -> HandOver:
        """Take the envelope to its receiver. Raises CarrierRefusedError when the receiver is nowhere to be found."""
        if self.stays_inside(envelope.receiver_her):
            return self._inside(envelope, now=now)
        if self._spool is None:
            raise CarrierRefusedError(
                f"HER-id {envelope.receiver_her} is not on this node and there is no spool folder"
            )
        if not self._line(envelope):
            return HandOver(Result.HANDED, str(envelope.transport_id))
        self._spool.put(envelope)
        return HandOver(Result.HANDED, str(envelope.transport_id))

    def _inside(self, envelope: Envelope, *, now: datetime) -> HandOver:
        passages = self._line(envelope)
        for passage in passages:
            suffix = f":{passage.again}" if passage.again else ""
            arrive(
                envelope.data,
                carrier=NAME,
                transport_key=f"{envelope.transport_id}{suffix}",
                sender_her=envelope.sender_her,
                receiver_her=envelope.receiver_her,
                service=envelope.service,
                action=envelope.action,
                now=now,
                read_at=now + passage.delay if passage.delay else None,
            )
        return HandOver(Result.ACKNOWLEDGED if passages else Result.HANDED, str(envelope.transport_id))
