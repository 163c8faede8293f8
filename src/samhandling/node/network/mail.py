"""A mail server on loopback for two made-up nodes: takes by SMTP, gives by POP3, and asks the line what becomes of it.

For demonstrations: no log-in, no TLS, nothing on disk, 127.0.0.1 only.
"""

from __future__ import annotations

import socketserver
import threading
from datetime import datetime

from samhandling.ebxml.mime import MOST_BYTES
from samhandling.node.network.line import Fate, Mail, look


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A node that was killed hangs up in the middle of a word: nothing to tell."""


class MailServer:
    """Mailboxes by the part of the address before `@`; the log-in's name is the mailbox. Time is simulated."""

    def __init__(self, fate: Fate, now: datetime) -> None:
        self.fate = fate
        self.now = now
        self.mails: dict[int, Mail] = {}
        self.taken = 0
        """How many mails were submitted."""
        self._count = 0
        self._lock = threading.Lock()
        self._servers = [_Server(("127.0.0.1", 0), type("Session", (kind,), {"post": self})) for kind in (_Smtp, _Pop3)]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self.smtp_port, self.pop3_port = (server.server_address[1] for server in self._servers)

    def stop(self) -> None:
        """Hang up."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def submit(self, sender: str, receiver: str, data: bytes) -> None:
        """A mail on its way."""
        seen = look(data)
        with self._lock:
            self.taken += 1
            for mail in self.fate(seen, sender, receiver, data, self.now):
                self._count += 1
                self.mails[self._count] = Mail(mail.receiver, mail.data, mail.at, self._count)

    def waiting(self, user: str) -> list[Mail]:
        """What lies in a mailbox now."""
        with self._lock:
            found = [mail for mail in self.mails.values() if mail.at <= self.now and _box(mail.receiver) == user]
        return sorted(found, key=lambda mail: (mail.at, mail.number))

    def next_at(self) -> datetime | None:
        """When the next delayed mail comes."""
        with self._lock:
            return min((mail.at for mail in self.mails.values() if mail.at > self.now), default=None)

    def remove(self, numbers: set[int]) -> None:
        """Mails that were fetched."""
        with self._lock:
            for number in numbers:
                self.mails.pop(number, None)


def _box(address: str) -> str:
    return address.partition("@")[0]


class _Session(socketserver.StreamRequestHandler):
    post: MailServer
    wbufsize = -1

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()


class _Smtp(_Session):
    """RFC 5321 as far as smtplib speaks it, with DSN (RFC 3461)."""

    def handle(self) -> None:
        self.say("220 loopback")
        sender = ""
        receivers: list[str] = []
        while line := self.rfile.readline(4096):
            word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match word.upper():
                case "EHLO":
                    self.say(f"250-loopback\r\n250-8BITMIME\r\n250-DSN\r\n250 SIZE {MOST_BYTES}")
                case "MAIL":
                    sender, receivers = _address(rest), []
                    self.say("250 OK")
                case "RCPT":
                    receivers.append(_address(rest))
                    self.say("250 OK")
                case "DATA":
                    self.say("354 go on")
                    data = self._data()
                    for receiver in receivers:
                        self.post.submit(sender, receiver, data)
                    self.say("250 OK")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 OK")

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


class _Pop3(_Session):
    """RFC 1939: what is marked goes at QUIT."""

    def handle(self) -> None:
        self.say("+OK")
        mails: list[Mail] = []
        gone: set[int] = set()
        while line := self.rfile.readline(4096):
            word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            left = [(place, mail) for place, mail in enumerate(mails, 1) if mail.number not in gone]
            match word.upper():
                case "USER":
                    mails = self.post.waiting(rest)
                    self.say("+OK")
                case "LIST":
                    self.many(f"{place} {len(mail.data)}" for place, mail in left)
                case "UIDL":
                    self.many(f"{place} mail-{mail.number}" for place, mail in left)
                case "RETR":
                    lines = mails[int(rest) - 1].data.removesuffix(b"\r\n").split(b"\r\n")
                    stuffed = b"\r\n".join(b"." + one if one.startswith(b".") else one for one in lines)
                    self.wfile.write(b"+OK\r\n" + stuffed + b"\r\n.\r\n")
                    self.wfile.flush()
                case "DELE":
                    gone.add(mails[int(rest) - 1].number)
                    self.say("+OK")
                case "QUIT":
                    self.post.remove(gone)
                    self.say("+OK")
                    return
                case _:
                    self.say("+OK")

    def many(self, lines: object) -> None:
        self.say("\r\n".join(["+OK", *lines, "."]))  # type: ignore[misc]
