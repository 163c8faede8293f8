"""A real SMTP server (aiosmtpd), a POP3 and an IMAP server over one mailbox on loopback, with faults that a test sets."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller

from tests.harness import free_port


@dataclass
class MailServer:
    """What was submitted lies in `mailbox` until it is fetched and deleted."""

    mailbox: dict[int, bytes] = field(default_factory=dict)
    submitted: list[bytes] = field(default_factory=list)
    refuse: str = ""
    """What SMTP answers to a recipient instead of taking the mail."""
    lose: bool = False
    """Mails are taken and never arrive."""
    drop_quit: bool = False
    """The connection breaks before deletions are committed."""
    uidplus: bool = True
    """Whether the IMAP server can expunge single mails."""
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        self.smtp_port = free_port()
        self._smtp = Controller(
            _Handler(self), hostname="127.0.0.1", port=self.smtp_port, data_size_limit=60_000_000, ready_timeout=30
        )
        self._smtp.start()
        self._pop3 = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _session(self))
        self._pop3.daemon_threads = True
        self.pop3_port = self._pop3.server_address[1]
        self._imap = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _imap_session(self))
        self._imap.daemon_threads = True
        self.imap_port = self._imap.server_address[1]
        self._threads = [
            threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            for one in (self._pop3, self._imap)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._smtp.stop()
        for one in (self._pop3, self._imap):
            one.shutdown()
            one.server_close()
        for thread in self._threads:
            thread.join()

    def put(self, data: bytes) -> None:
        """Lay a mail in the mailbox."""
        with self._lock:
            self._count += 1
            self.mailbox[self._count] = data


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.server.refuse:
            return self.server.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.server.submitted.append(envelope.original_content)
        if not self.server.lose:
            self.server.put(envelope.original_content)
        return "250 OK"


def _session(mail: MailServer) -> type[socketserver.StreamRequestHandler]:
    class Session(socketserver.StreamRequestHandler):
        wbufsize = -1  # one answer is one write: else each waits for the one before to be acknowledged

        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("+OK")
            self.wfile.flush()
            with mail._lock:
                there = dict(enumerate(mail.mailbox, start=1))
                data = dict(mail.mailbox)
            gone: set[int] = set()
            while line := self.rfile.readline():
                word, _, rest = line.decode().strip().partition(" ")
                word = word.upper()
                left = {number: key for number, key in there.items() if number not in gone}
                if word == "LIST":
                    self.many(f"{number} {len(data[key])}" for number, key in left.items())
                elif word == "STAT":
                    self.say(f"+OK {len(left)} {sum(len(data[key]) for key in left.values())}")
                elif word == "UIDL":
                    self.many(f"{number} mail-{key}" for number, key in left.items())
                elif word == "RETR":
                    self.say("+OK")
                    for one in data[there[int(rest)]].removesuffix(b"\r\n").split(b"\r\n"):
                        self.wfile.write((b"." if one.startswith(b".") else b"") + one + b"\r\n")
                    self.say(".")
                elif word == "DELE":
                    gone.add(int(rest))
                    self.say("+OK")
                elif word == "QUIT":
                    if mail.drop_quit:
                        return
                    with mail._lock:
                        for number in gone:
                            mail.mailbox.pop(there[number], None)
                    self.say("+OK")
                    return
                else:
                    self.say("+OK")
                self.wfile.flush()

        def many(self, lines) -> None:
            self.say("+OK")
            for one in lines:
                self.say(one)
            self.say(".")

    return Session


def _imap_session(mail: MailServer) -> type[socketserver.StreamRequestHandler]:
    class Session(socketserver.StreamRequestHandler):
        wbufsize = -1

        def say(self, *parts: bytes) -> None:
            self.wfile.write(b"".join(parts) + b"\r\n")

        def handle(self) -> None:
            self.say(b"* OK ready")
            self.wfile.flush()
            deleted: set[int] = set()
            while line := self.rfile.readline():
                tag, word, *rest = line.decode().strip().split(" ")
                word = word.upper()
                if word == "UID":
                    word, *rest = rest
                    word = f"UID {word.upper()}"
                if word in {"UID STORE", "UID EXPUNGE", "EXPUNGE", "LOGOUT"} and mail.drop_quit:
                    return
                with mail._lock:
                    self.answer(word, rest, deleted)
                self.say(tag.encode(), b" OK done")
                self.wfile.flush()
                if word == "LOGOUT":
                    return

        def answer(self, word: str, rest: list[str], deleted: set[int]) -> None:
            there = list(mail.mailbox)
            if word == "CAPABILITY":
                self.say(b"* CAPABILITY IMAP4rev1", b" UIDPLUS" if mail.uidplus else b"")
            elif word == "SELECT":
                self.say(b"* %d EXISTS" % len(there))
                self.say(b"* OK [UIDVALIDITY 77] UIDs valid")
            elif word == "UID FETCH" and rest[0] == "1:*":
                for place, uid in enumerate(there, start=1):
                    flags = b"\\Deleted" if uid in deleted else b""
                    size = len(mail.mailbox[uid])
                    self.say(b"* %d FETCH (UID %d RFC822.SIZE %d FLAGS (%s))" % (place, uid, size, flags))
            elif word == "UID FETCH" and int(rest[0]) in there:
                data, uid = mail.mailbox[int(rest[0])], int(rest[0])
                self.say(b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (there.index(uid) + 1, uid, len(data)), data, b")")
            elif word == "UID STORE":
                deleted |= {int(one) for one in rest[0].split(",")}
            elif word in {"UID EXPUNGE", "EXPUNGE"}:
                for uid in deleted & ({int(one) for one in rest[0].split(",")} if rest else deleted):
                    mail.mailbox.pop(uid, None)

    return Session
