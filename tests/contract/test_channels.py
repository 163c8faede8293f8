"""What every way of telling people promises (`downtime.ports.Channel`), asked of each with a real server behind it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from samhandling.configuration import IntranetSetting, MailSetting
from samhandling.downtime.channels.email import EmailChannel
from samhandling.downtime.channels.intranet import IntranetChannel
from samhandling.downtime.ports import Channel, ChannelBusyError, ChannelRefusedError, ChannelUnsureError, Letter
from tests.harness import free_port
from tests.smtp_server import mail_server

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LETTER = Letter(
    id="<stans.1.abc@samhandling.invalid>", kind="acute", address="gruppe@sykehuset.invalid",
    subject="Akutt stans i meldinger – æøå", body="Meldingene er nede.\n\nRing.",
)  # fmt: skip


@dataclass
class Other:
    """The other side: what it got, and how to make it misbehave."""

    channel: Channel
    ids: Callable[[], list[str]]
    refuse: Callable[[], None]
    busy: Callable[[], None]
    die: Callable[[], None]


@dataclass
class _Hook:
    got: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    die: bool = False


@contextmanager
def hook_server() -> Iterator[tuple[_Hook, int]]:
    hook = _Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if hook.status < 300:
                hook.got.append(body | {"key": self.headers["Idempotency-Key"]})
            if hook.die:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(params=["email", "intranet"])
def other(request: pytest.FixtureRequest) -> Iterator[Other]:
    if request.param == "email":
        with mail_server() as letters:
            setting = MailSetting(host="127.0.0.1", port=letters.port, starttls=False, sender="a@sykehuset.invalid")
            yield Other(
                channel=EmailChannel(setting),
                ids=lambda: [str(letter["Message-ID"]) for letter in letters.got],
                refuse=lambda: letters.refuse.add(LETTER.address),
                busy=lambda: setattr(letters, "busy", 1),
                die=lambda: setattr(letters, "die_after_data", 1),
            )
    else:
        with hook_server() as (hook, port):
            yield Other(
                channel=IntranetChannel(IntranetSetting(url=f"http://127.0.0.1:{port}/stans")),
                ids=lambda: [each["key"] for each in hook.got],
                refuse=lambda: setattr(hook, "status", 403),
                busy=lambda: setattr(hook, "status", 503),
                die=lambda: setattr(hook, "die", True),
            )


def test_it_hands_over_and_tells_the_answer(other: Other) -> None:
    assert other.channel.hand_over(LETTER, now=NOW).startswith(("250", "200"))
    assert other.ids() == [LETTER.id]


def test_the_same_notice_has_the_same_id_at_every_try(other: Other) -> None:
    other.channel.hand_over(LETTER, now=NOW)
    other.channel.hand_over(LETTER, now=NOW)
    assert other.ids() == [LETTER.id, LETTER.id]


def test_never(other: Other) -> None:
    other.refuse()
    with pytest.raises(ChannelRefusedError):
        other.channel.hand_over(LETTER, now=NOW)
    assert other.ids() == []


def test_later(other: Other) -> None:
    other.busy()
    with pytest.raises(ChannelBusyError):
        other.channel.hand_over(LETTER, now=NOW)
    assert other.ids() == []


def test_nobody_knows(other: Other) -> None:
    other.die()
    with pytest.raises(ChannelUnsureError):
        other.channel.hand_over(LETTER, now=NOW)


@pytest.mark.parametrize("kind", ["email", "intranet"])
def test_nobody_is_there(kind: str) -> None:
    port = free_port()
    channel: Channel = (
        EmailChannel(MailSetting(host="127.0.0.1", port=port, starttls=False, sender="a@b.invalid"))
        if kind == "email"
        else IntranetChannel(IntranetSetting(url=f"http://127.0.0.1:{port}/"))
    )
    with pytest.raises(ChannelBusyError):
        channel.hand_over(LETTER, now=NOW)
