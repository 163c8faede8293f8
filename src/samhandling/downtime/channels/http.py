"""Handing over by HTTP: what went wrong says whether the other side has the notice."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from samhandling.downtime.ports import ChannelBusyError, ChannelRefusedError, ChannelUnsureError

TIMEOUT = 20.0
LATER = frozenset({408, 409, 425, 429, 503})
"""Not taken, or still in the works under the same key."""
UNSURE = frozenset({500, 502, 504})
"""Whoever answers did not get to know how it went behind him."""


def hand_over(
    url: str, content: Any, *, key: str, headers: Mapping[str, str], method: str = "POST", timeout: float = TIMEOUT
) -> str:
    """Send JSON with `key` as its Idempotency-Key; gives the status line of the answer. Raises the port's errors."""
    parts = urlsplit(url)
    whole = {"Content-Type": "application/json", "Idempotency-Key": key, **headers}
    body = json.dumps(content, ensure_ascii=False).encode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout)
    try:
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            raise ChannelBusyError(type(error).__name__) from None
        try:
            connection.request(method, path, body, whole)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException):
            raise ChannelUnsureError("the connection died before the answer") from None
    finally:
        connection.close()
    said = f"{answer.status} {answer.reason}"
    if answer.status in UNSURE:
        raise ChannelUnsureError(said)
    if answer.status in LATER or answer.status > 504:
        raise ChannelBusyError(said)
    if answer.status >= 300:
        raise ChannelRefusedError(said)
    return said


def _connection(scheme: str, host: str, port: int | None, timeout: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)
