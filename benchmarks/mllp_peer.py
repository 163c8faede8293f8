"""The peer of `bench_mllp`: python-hl7's asyncio MLLP server, with the same rows stored by the same statement.

It stores in the event loop itself, which is the quickest that one connection can be served.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from datetime import UTC, datetime

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from samhandling.node.django import start

start()

import hl7  # noqa: E402
from hl7.mllp import start_hl7_server  # noqa: E402

from samhandling.intake.lines import fed_organisation, file_line  # noqa: E402
from samhandling.intake.reception import Received  # noqa: E402
from samhandling.intake.storing import store  # noqa: E402
from samhandling.patients.services import patient_key, vault  # noqa: E402

LINE = file_line(fed_organisation(""))


def received(message: hl7.Message) -> Received:
    """What our own reception makes of it, from python-hl7's parse."""
    msh = message.segment("MSH")
    content = str(message).encode("latin-1")
    names = [str(msh(number)) for number in (3, 4, 10)]
    numbers = [str(field).split("^")[0] for field in message.segment("PID")(3)]
    visit = str(message.segment("PV1")(19))
    return Received(
        line="peer",
        organisation_id=LINE.organisation_id,
        content=content,
        sending_application=names[0],
        sending_facility=names[1],
        control_id=names[2],
        trigger=str(msh(9)),
        repeat_key=hashlib.sha256("\x1e".join(["peer", *names]).encode()).hexdigest(),
        charset="8859/1",
        digest=hashlib.sha256(content).hexdigest(),
        received_at=datetime.now(UTC),
        verdict="AA",
        answer=str(message.create_ack()).encode("latin-1"),
        keys=tuple(patient_key(LINE.organisation_id, number) for number in numbers),
        visit_index=vault().index(f"visit:{visit}"),
    )


async def serve(reader, writer) -> None:
    """One connection."""
    try:
        while not writer.is_closing():
            message = await reader.readmessage()
            store([(received(message), LINE)])
            writer.writemessage(message.create_ack())
            await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()


async def main(port: int) -> None:
    """Serve until killed."""
    async with await start_hl7_server(serve, "127.0.0.1", port, encoding="latin-1", limit=2_000_000) as server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
