"""One question to a register, bounded in time and size, whatever the other end does."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from samhandling.errors import SamhandlingError

SECONDS = 10.0
"""For the whole question, from the connection to the last byte."""
MOST_BYTES = 5_000_000


class RegisterError(SamhandlingError):
    """A register did not give an answer that can be used; what we knew still stands."""

    code: ClassVar[str] = "register.no_answer"
    retryable: ClassVar[bool] = True


class RegisterDownError(RegisterError):
    """It cannot be reached, or says that it is not well."""

    code = "register.down"


class RegisterSlowError(RegisterError):
    """It did not finish its answer in time."""

    code = "register.slow"


class RegisterUntrueError(RegisterError):
    """The answer is not one: about somebody else, unreadable, without end, or contrary to itself."""

    code = "register.untrue"


class RegisterRefusedError(RegisterError):
    """It does not let us in, or not ask this: client, key or scope."""

    code = "register.refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, of any status below 500."""

    status: int
    headers: Message
    body: bytes


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    ca: Path | None = None,
    most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS,
) -> Answer:
    """Ask once; redirections are not followed. Raises RegisterDownError, RegisterSlowError, RegisterUntrueError."""
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, ca, seconds)
    late = threading.Event()

    def end() -> None:
        late.set()
        with suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    try:
        connection.connect()
        timer.start()
        connection.request(method, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, headers or {})
        answer = connection.getresponse()
        data = answer.read(most_bytes + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            raise RegisterSlowError(f"{parts.hostname}: no answer within {seconds:.0f} s") from None
        raise RegisterDownError(f"{parts.hostname}: {type(error).__name__}") from None
    finally:
        timer.cancel()
        connection.close()
    if late.is_set():
        raise RegisterSlowError(f"{parts.hostname}: no answer within {seconds:.0f} s")
    if answer.status >= 500 or answer.status in (408, 425, 429):
        raise RegisterDownError(f"{parts.hostname}: {answer.status}")
    if len(data) > most_bytes:
        raise RegisterUntrueError(f"{parts.hostname}: more than {most_bytes} bytes")
    return Answer(answer.status, answer.headers, data)


def _connection(
    scheme: str, host: str, port: int | None, ca: Path | None, seconds: float
) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    return http.client.HTTPConnection(host, port, timeout=seconds)
