"""A patient system for tests with real processes: synthetic patients of the world `liten`, sent over MLLP.

It behaves as a careful sender does: one message at a time, and whatever was not answered is sent again, same bytes.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from samhandling.hl7.mllp import Deframer, wrap


def synthetic_number(serial: int) -> str:
    """A synthetic national identity number (month + 80) with valid check digits; another for each `serial`."""
    day, month, year = 1 + serial % 28, 81 + serial // 28 % 12, 40 + serial // 336 % 50
    for individual in range(100, 400):
        digits = f"{day:02}{month:02}{year:02}{individual:03}"
        for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
            digits += str(-sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11)
        if len(digits) == 11:
            return digits
    raise AssertionError("no number for that serial")


def message(trigger: str, serial: int, control_id: str, *, at: datetime, zpl: str = "", pv1_tail: str = "") -> bytes:
    """One ADT message about patient `serial`; `zpl` is the content of that segment."""
    stamp = at.strftime("%Y%m%d%H%M%S+0000")
    number = synthetic_number(serial)
    admitted = (at - timedelta(minutes=1)).strftime("%Y%m%d%H%M%S+0000")
    segments = [
        f"MSH|^~\\&|PAS|LILLEVIK|NODE|NODE|{stamp}||ADT^{trigger}|{control_id}|P|2.5||||||UNICODE UTF-8",
        f"EVN|{trigger}|{stamp}||||{stamp}",
        f"PID|1||{number}^^^^FNR~T{serial}^^^LILLEVIK^PI||Prøve{serial}^Test||||||Gata 1^^Storvik^^0000^NO^H^^9901",
        f"PV1|1|I|MED{'|' * 16}V-{serial}{'|' * 25}{admitted if not pv1_tail else ''}{pv1_tail}",
        *([f"ZPL|{zpl}"] if zpl else []),
    ]
    return ("\r".join(segments) + "\r").encode()


def journey(serial: int, *, at: datetime) -> list[bytes]:
    """Admission of a municipal user, need, ready for discharge today, discharge: M1, M6 and M8 in the end."""
    today = at.strftime("%Y%m%d")
    zpl = "Y|9901|Y|" + at.strftime("%Y%m%d%H%M%S+0000")
    ready = f"{zpl}|{today}|Lege^Lise|LE"
    return [
        message("A01", serial, f"{serial}-1", at=at, zpl="Y|9901"),
        message("A08", serial, f"{serial}-2", at=at + timedelta(seconds=1), zpl=zpl),
        message("A08", serial, f"{serial}-3", at=at + timedelta(seconds=2), zpl=ready),
        message("A03", serial, f"{serial}-4", at=at + timedelta(seconds=3), zpl=ready),
    ]


class PatientSystem:
    """One line to a node. `send` gives the acknowledgment code, however often it has to try."""

    def __init__(self, port: int, *, patience: float = 60.0) -> None:
        self._port = port
        self._patience = patience
        self._socket: socket.socket | None = None
        self._answers: Iterator[bytes] = iter(())
        self.sent_again = 0

    def __enter__(self) -> PatientSystem:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, message: bytes) -> str:
        """Send until it is answered; AE means once more. Raises AssertionError when patience ends."""
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            try:
                code = self._once(message)
            except OSError:
                self._hang_up()
                code = ""
            if code and code != "AE":
                return code
            self.sent_again += 1
            time.sleep(0.05)
        raise AssertionError("the listener does not answer")

    def _once(self, message: bytes) -> str:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=15)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(wrap(message))
        framer = Deframer(1_000_000)
        while True:
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionResetError
            for piece in framer.feed(data):
                fields = next(line for line in piece.content.split(b"\r") if line.startswith(b"MSA|")).split(b"|")
                return fields[1].decode()

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def present() -> datetime:
    """The machine's clock, aware UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
