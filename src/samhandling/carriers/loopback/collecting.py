"""Take in what other nodes on this machine have laid in the shared folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog

from samhandling.carriers.loopback.carrier import NAME
from samhandling.carriers.loopback.spool import Spool
from samhandling.configuration import configuration
from samhandling.exchange.arriving import TransportKeyReusedError
from samhandling.exchange.services import arrive, transport_answer
from samhandling.registry.models import CommunicationParty
from samhandling.store.services import now as present

log = structlog.get_logger("samhandling.carriers.loopback")


def collect_now() -> int:
    """`collect` for the worker: nothing where no folder is set."""
    if configuration().loopback_spool is None:
        return 0
    return collect(present())


def collect(now: datetime, *, folder: Path | None = None) -> int:
    """Take in every transmission and acknowledgment that waits for a party hosted here; gives how many.

    Each is committed before its file goes, so a killed process loses nothing; what comes again is known by its key.
    """
    folder = folder or configuration().loopback_spool
    if folder is None:
        return 0
    spool = Spool(folder)
    own = list(CommunicationParty.objects.filter(organisation__hosted=True).values_list("her_id", flat=True))
    count = 0
    for spooled in spool.waiting(own):
        try:
            arrive(
                spooled.data,
                carrier=NAME,
                transport_key=spooled.transport_id,
                sender_her=spooled.sender_her,
                receiver_her=spooled.receiver_her,
                service=spooled.service,
                action=spooled.action,
                now=now,
            )
        except TransportKeyReusedError as error:
            log.error("a transmission was set aside", code=error.code, file=spooled.path.name)
            spool.set_aside(spooled.path)
            continue
        spool.answer(spooled)
        count += 1
    for answer in spool.answers(own):
        transport_answer(answer.stem, acknowledged=True, now=now)
        answer.unlink(missing_ok=True)
        count += 1
    return count
