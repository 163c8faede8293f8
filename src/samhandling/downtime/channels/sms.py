"""Text messages by a gateway that takes JSON over HTTP; what it wants to read is said by the settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from samhandling.configuration import SmsSetting, configuration
from samhandling.downtime.channels import http
from samhandling.downtime.ports import ChannelRefusedError, Letter


class SmsChannel:
    """Hands short texts to the gateway of the settings."""

    def __init__(self, setting: SmsSetting | None = None) -> None:
        self._setting = setting or configuration().sms

    def hand_over(self, letter: Letter, *, now: datetime) -> str:
        """Post; gives the status line of the answer. A repeat carries the same Idempotency-Key and `{id}`."""
        setting = self._setting
        if setting is None:
            raise ChannelRefusedError("SMS er ikke satt opp.")
        content = filled(setting.template(), {"number": letter.address, "text": letter.body, "id": letter.id})
        token = setting.token()
        headers = {setting.header: f"{setting.scheme} {token}".strip()} if token else {}
        return http.hand_over(
            setting.url, content, key=letter.id, headers=headers, method=setting.method, timeout=setting.timeout_seconds
        )


def filled(template: Any, values: dict[str, str]) -> Any:
    """The template with `{number}`, `{text}` and `{id}` put into its texts; what is put in is never read again."""
    if isinstance(template, dict):
        return {key: filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if not isinstance(template, str):
        return template
    parts = template.split("{")
    found = [parts[0]]
    for part in parts[1:]:
        name, closing, rest = part.partition("}")
        found.append(values[name] + rest if closing and name in values else "{" + part)
    return "".join(found)
