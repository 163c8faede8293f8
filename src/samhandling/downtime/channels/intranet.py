"""The intranet's own publishing: a web hook that takes a small JSON document, with the notice's id as its key."""

from __future__ import annotations

import http.client
import json
import ssl
from datetime import datetime
from urllib.parse import urlsplit

from samhandling.clock import oslo
from samhandling.configuration import IntranetSetting, configuration
from samhandling.downtime.ports import ChannelBusyError, ChannelRefusedError, ChannelUnsureError, Letter

TIMEOUT = 20.0


class IntranetChannel:
    """Posts notices to the address of the settings."""

    def __init__(self, setting: IntranetSetting | None = None) -> None:
        self._setting = setting or configuration().intranet

    def hand_over(self, letter: Letter, *, now: datetime) -> str:
        """Post; gives the status line of the answer. A repeat carries the same Idempotency-Key."""
        if self._setting is None:
            raise ChannelRefusedError("Intranettet er ikke satt opp.")
        parts = urlsplit(self._setting.url)
        content = {
            "id": letter.id, "kind": letter.kind, "title": letter.subject, "text": letter.body,
            "at": oslo.xml_time(now),
        }  # fmt: skip
        headers = {"Content-Type": "application/json", "Idempotency-Key": letter.id}
        if token := self._setting.token():
            headers["Authorization"] = f"Bearer {token}"
        connection = _connection(parts.scheme, parts.hostname or "", parts.port)
        try:
            try:
                connection.connect()
            except (OSError, http.client.HTTPException) as error:
                raise ChannelBusyError(type(error).__name__) from None
            try:
                connection.request("POST", parts.path or "/", json.dumps(content, ensure_ascii=False).encode(), headers)
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException):
                raise ChannelUnsureError("the connection died before the answer") from None
        finally:
            connection.close()
        said = f"{answer.status} {answer.reason}"
        if answer.status in (408, 425, 429) or answer.status >= 500:
            raise ChannelBusyError(said)
        if answer.status >= 300:
            raise ChannelRefusedError(said)
        return said


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)
