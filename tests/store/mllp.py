"""A real listener on a free port, and a sender that waits for its answers."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from samhandling.configuration import MllpLine
from samhandling.hl7 import reader
from samhandling.hl7.mllp import Deframer, wrap
from samhandling.intake.lines import line_of
from samhandling.intake.listener import Listener, Timing
from samhandling.intake.writer import Writer
from samhandling.organisations.models import Organisation

NOW = datetime(2026, 11, 16, 9, 25, tzinfo=UTC)
PID = "PID|1||15076500565^^^^FNR~4711^^^SOK^PI||Gundersen^Roland||19650715|M|||Gata 1^^Moss^^1500^NO^H^^3103"
PV1 = "PV1|1|I|MED1" + "|" * 16 + "V-1" + "|" * 25 + "20261116100000"


def hospital() -> Organisation:
    """The one hosted hospital."""
    return Organisation.objects.create(
        name="Sykehuset", her_id="90001", organisation_number="990000018", kind="hospital", hosted=True,
        valid_from=date(2020, 1, 1),
    )  # fmt: skip


def adt(trigger: str = "A01", control_id: str = "1", *segments: str, charset: str = "8859/1") -> bytes:
    """An ADT message."""
    msh = f"MSH|^~\\&|PAS|SO|NODE|SO|20261116102500||ADT^{trigger}|{control_id}|P|2.5||||||{charset}"
    evn = f"EVN|{trigger}|20261116102000|||USER|20261116102000"
    codec = "utf-8" if "UTF" in charset else "latin-1"
    return ("\r".join([msh, evn, *(segments or (PID, PV1))]) + "\r").encode(codec)


@dataclass
class Running:
    """A listener in a thread."""

    port: int
    listener: Listener
    loop: asyncio.AbstractEventLoop


@contextmanager
def listening(*, timing: Timing | None = None, writer: Writer | None = None, **settings: Any) -> Iterator[Running]:
    """A listener with one line for the hosted hospital."""
    line_settings = MllpLine(port=0, **settings)
    line = line_of(line_settings)
    started = threading.Event()
    found: dict[str, Any] = {}

    async def serve() -> None:
        used = writer or Writer()
        used.start()
        listener = Listener(used, lambda: NOW, timing or Timing(patience=9, silence=0.4, stray=0.2))
        try:
            found["port"] = await listener.listen(line_settings, line)
            found["listener"], found["loop"], found["end"] = listener, asyncio.get_running_loop(), asyncio.Event()
            started.set()
            await found["end"].wait()
        except Exception as error:
            found["error"] = error
            started.set()
        finally:
            await listener.stop()
            await asyncio.to_thread(used.stop)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    started.wait(10)
    if "error" in found:
        thread.join(10)
        raise found["error"]
    try:
        yield Running(found["port"], found["listener"], found["loop"])
    finally:
        found["loop"].call_soon_threadsafe(found["end"].set)
        thread.join(20)
        assert not thread.is_alive()


class Sender:
    """One connection of a patient system."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", port), timeout=30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname="localhost") if context else plain
        self._framer = Deframer(2_000_000)
        self._answers: list[bytes] = []

    def __enter__(self) -> Sender:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def answer(self) -> reader.Message:
        """The next answer, read."""
        while not self._answers:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self._answers += [piece.content for piece in self._framer.feed(data)]
        return reader.read(self._answers.pop(0))

    def send(self, message: bytes) -> reader.Message:
        """Send a message in a frame and wait for its answer."""
        self.write(wrap(message))
        return self.answer()
