"""A real SMTP server on loopback that can refuse, delay, forget and die."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.harness import free_port


@dataclass
class Letters:
    """What has arrived, and how the server behaves."""

    got: list[EmailMessage] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    """Addresses it will never take."""
    busy: int = 0
    """How many recipients it puts off (451) before it takes them."""
    die_after_data: int = 0
    """How many times it takes the content and hangs up without an answer."""
    port: int = 0

    def addresses(self) -> list[str]:
        """To whom, in order."""
        return [str(letter["To"]) for letter in self.got]


class _Handler:
    def __init__(self, letters: Letters) -> None:
        self.letters = letters

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if address in self.letters.refuse:
            return "550 5.1.1 No such user"
        if self.letters.busy:
            self.letters.busy -= 1
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.got.append(letter)
        if self.letters.die_after_data:
            self.letters.die_after_data -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 2.0.0 Taken"


@contextmanager
def mail_server() -> Iterator[Letters]:
    """A server on a free port of 127.0.0.1 until the block ends."""
    letters = Letters()
    letters.port = free_port()
    controller = Controller(_Handler(letters), hostname="127.0.0.1", port=letters.port)
    controller.start()
    try:
        yield letters
    finally:
        controller.stop()
