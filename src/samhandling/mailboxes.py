"""Fetch mails by POP3 or IMAP, whoever's mailbox it is: look, read one, and delete it after the caller has stored it.

Nothing is deleted before the mailbox is left in good order, so a crash gives the same mails with the same keys again
and never a loss. Knows neither settings nor store; every trouble with the server is a MailboxError.
"""

from __future__ import annotations

import contextlib
import imaplib
import poplib
import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

TIMEOUT = 60.0
"""Seconds that a server may be silent."""
_PORTS = {("pop3", True): 995, ("pop3", False): 110, ("imap", True): 993, ("imap", False): 143}
_FAULTS = (OSError, poplib.error_proto, imaplib.IMAP4.error)
_EXPUNGE_AT_ONCE = 200


class MailboxError(OSError):
    """The mailbox cannot be reached, does not let us in, is in use, or answers what we do not understand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where a mailbox is and how one comes in."""

    protocol: Literal["pop3", "imap"] = "pop3"
    host: str = "127.0.0.1"
    port: int = 0
    """0: the protocol's own."""
    tls: bool = True
    ca: Path | None = None
    """The issuer of the server's certificate; None: the system's list."""
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    """IMAP only."""
    timeout: float = TIMEOUT


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail in the mailbox."""

    number: int
    """How the server calls it in this connection."""
    key: str
    """The server's own lasting id of it, unique in the mailbox; 100 characters at most."""
    size: int


class Mailbox(Protocol):
    """An open mailbox. Its methods raise MailboxError."""

    def waiting(self) -> list[Waiting]:
        """All mails, oldest first; nothing of them is fetched."""
        ...

    def read(self, mail: Waiting) -> bytes | None:
        """The whole mail with CRLF line ends; None when somebody else has deleted it meanwhile."""
        ...

    def delete(self, mail: Waiting) -> None:
        """To be deleted when the mailbox is left in good order. Call it after the mail is stored."""
        ...


@contextmanager
def opened(account: Account) -> Iterator[Mailbox]:
    """The mailbox. Deletions take place when the block ends without an exception. Raises MailboxError.

    What the block itself raises comes out unchanged.
    """
    try:
        box: _Pop3 | _Imap = _Pop3(account) if account.protocol == "pop3" else _Imap(account)
    except _FAULTS as error:
        raise _told(error) from error
    try:
        yield box
        try:
            box.leave()
        except _FAULTS as error:
            raise _told(error) from error
    finally:
        box.close()


def _told(error: Exception) -> MailboxError:
    return error if isinstance(error, MailboxError) else MailboxError(type(error).__name__)


def _context(account: Account) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=None if account.ca is None else str(account.ca))


class _Pop3:
    """RFC 1939: most servers let one in at a time, and delete at QUIT."""

    def __init__(self, account: Account) -> None:
        # A mail is one line after another; the longest that base64 or a careless sender makes must pass.
        poplib._MAXLINE = 1_000_000  # type: ignore[attr-defined]
        port = account.port or _PORTS["pop3", account.tls]
        self._server: poplib.POP3
        if account.tls:
            self._server = poplib.POP3_SSL(account.host, port, timeout=account.timeout, context=_context(account))
        else:
            self._server = poplib.POP3(account.host, port, timeout=account.timeout)
        try:
            self._server.user(account.user)
            self._server.pass_(account.password)
        except _FAULTS:
            self.close()
            raise

    def waiting(self) -> list[Waiting]:
        try:
            keys = dict(line.decode().split(" ", 1) for line in self._server.uidl()[1])
            lines = [line.decode().split()[:2] for line in self._server.list()[1]]
            return [Waiting(int(number), keys.get(number, "")[:100], int(size)) for number, size in lines]
        except (*_FAULTS, ValueError) as error:
            raise _told(error) from error

    def read(self, mail: Waiting) -> bytes | None:
        try:
            lines = self._server.retr(mail.number)[1]
            lines.append(b"")  # the last line ends too; a mail may be large, so it is joined once
            return b"\r\n".join(lines)
        except poplib.error_proto as error:
            if error.args and isinstance(error.args[0], bytes):
                return None  # the server answered, and said no
            raise _told(error) from error
        except OSError as error:
            raise _told(error) from error

    def delete(self, mail: Waiting) -> None:
        try:
            self._server.dele(mail.number)
        except _FAULTS as error:
            raise _told(error) from error

    def leave(self) -> None:
        self._server.quit()

    def close(self) -> None:
        self._server.close()


class _Imap:
    """RFC 3501 by UID: several may look at once; where the server can (UIDPLUS) only what we marked is expunged."""

    def __init__(self, account: Account) -> None:
        port = account.port or _PORTS["imap", account.tls]
        self._server: imaplib.IMAP4
        if account.tls:
            self._server = imaplib.IMAP4_SSL(account.host, port, ssl_context=_context(account), timeout=account.timeout)
        else:
            self._server = imaplib.IMAP4(account.host, port, timeout=account.timeout)
        self._gone: list[int] = []
        try:
            self._server.login(account.user, account.password)
            folder = account.folder.replace("\\", "\\\\").replace('"', '\\"')
            _well(self._server.select(f'"{folder}"'))
            self._validity = (self._server.response("UIDVALIDITY")[1] or [b""])[0] or b""
        except _FAULTS:
            self.close()
            raise

    def waiting(self) -> list[Waiting]:
        try:
            lines = _well(self._server.uid("FETCH", "1:*", "(UID RFC822.SIZE FLAGS)"))
        except _FAULTS as error:
            raise _told(error) from error
        found = []
        for line in lines:
            text = line if isinstance(line, bytes) else b""
            uid, size = re.search(rb"\bUID (\d+)", text), re.search(rb"\bRFC822\.SIZE (\d+)", text)
            if uid and size and b"\\deleted" not in text.lower():
                key = f"{self._validity.decode('ascii', 'replace')}.{int(uid[1])}"
                found.append(Waiting(int(uid[1]), key[:100], int(size[1])))
        return sorted(found, key=lambda one: one.number)

    def read(self, mail: Waiting) -> bytes | None:
        try:
            answer = _well(self._server.uid("FETCH", str(mail.number), "(BODY.PEEK[])"))
        except _FAULTS as error:
            raise _told(error) from error
        return next((bytes(one[1]) for one in answer if isinstance(one, tuple)), None)

    def delete(self, mail: Waiting) -> None:
        self._gone.append(mail.number)

    def leave(self) -> None:
        can_single = "UIDPLUS" in self._server.capabilities
        for start in range(0, len(self._gone), _EXPUNGE_AT_ONCE):
            those = ",".join(str(one) for one in self._gone[start : start + _EXPUNGE_AT_ONCE])
            _well(self._server.uid("STORE", those, "+FLAGS.SILENT", r"(\Deleted)"))
            if can_single:
                _well(self._server.uid("EXPUNGE", those))
        if self._gone and not can_single:
            _well(self._server.expunge())
        self._server.logout()

    def close(self) -> None:
        with contextlib.suppress(*_FAULTS):
            self._server.shutdown()


def _well(answer: tuple[str, Iterable[object]]) -> list[object]:
    """What the server said. Raises MailboxError unless it said OK."""
    if answer[0] != "OK":
        raise MailboxError(f"the server says {answer[0]}")
    return list(answer[1])
