"""The intranet's own publishing: a web hook that takes a small JSON document, with the notice's id as its key."""

from __future__ import annotations

from datetime import datetime

from samhandling.clock import oslo
from samhandling.configuration import IntranetSetting, configuration
from samhandling.downtime.channels import http
from samhandling.downtime.ports import ChannelRefusedError, Letter


class IntranetChannel:
    """Posts notices to the address of the settings."""

    def __init__(self, setting: IntranetSetting | None = None) -> None:
        self._setting = setting or configuration().intranet

    def hand_over(self, letter: Letter, *, now: datetime) -> str:
        """Post; gives the status line of the answer. A repeat carries the same Idempotency-Key."""
        if self._setting is None:
            raise ChannelRefusedError("Intranettet er ikke satt opp.")
        content = {
            "id": letter.id, "kind": letter.kind, "title": letter.subject, "text": letter.body,
            "at": oslo.xml_time(now),
        }  # fmt: skip
        token = self._setting.token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return http.hand_over(self._setting.url, content, key=letter.id, headers=headers)
