"""What every way of telling people promises (`downtime.ports.Channel`), asked of each with a real server behind it."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from samhandling.configuration import IntranetSetting, MailSetting, SmsSetting
from samhandling.downtime.channels.email import EmailChannel
from samhandling.downtime.channels.intranet import IntranetChannel
from samhandling.downtime.channels.sms import SmsChannel
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
    got: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    die: bool = False
    slow: float = 0.0
    """Seconds before it answers."""
    token: str = ""


@contextmanager
def hook_server() -> Iterator[tuple[_Hook, int]]:
    hook = _Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.token = self.headers["Authorization"] or ""
            if hook.status < 300:
                hook.got.append(body | {"key": self.headers["Idempotency-Key"]})
            time.sleep(hook.slow)
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


@pytest.fixture(params=["email", "intranet", "sms"])
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
            url = f"http://127.0.0.1:{port}/stans"
            intranet = request.param == "intranet"
            yield Other(
                channel=IntranetChannel(IntranetSetting(url=url)) if intranet else SmsChannel(SmsSetting(url=url)),
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


@pytest.mark.parametrize("kind", ["email", "intranet", "sms"])
def test_nobody_is_there(kind: str) -> None:
    port = free_port()
    channels: dict[str, Channel] = {
        "email": EmailChannel(MailSetting(host="127.0.0.1", port=port, starttls=False, sender="a@b.invalid")),
        "intranet": IntranetChannel(IntranetSetting(url=f"http://127.0.0.1:{port}/")),
        "sms": SmsChannel(SmsSetting(url=f"http://127.0.0.1:{port}/")),
    }
    with pytest.raises(ChannelBusyError):
        channels[kind].hand_over(LETTER, now=NOW)


def test_the_settings_say_what_the_gateway_reads(tmp_path: Path) -> None:
    token = tmp_path / "sms.key"
    token.write_text("hemmelig\n")
    body = '{"messages": [{"recipient": "tel:{number}", "body": "{text}"}], "from": "Sykehuset", "ref": "{id}"}'
    with hook_server() as (hook, port):
        setting = SmsSetting(url=f"http://127.0.0.1:{port}/send?v=2", method="PUT", body=body, token_file=token)
        letter = replace(LETTER, address="+4791234567", body='Med "anførsel", {id} og æøå')
        SmsChannel(setting).hand_over(letter, now=NOW)
    (got,) = hook.got
    assert got["messages"] == [{"recipient": "tel:+4791234567", "body": 'Med "anførsel", {id} og æøå'}]
    assert (got["from"], got["ref"], hook.token) == ("Sykehuset", LETTER.id, "Bearer hemmelig")


def test_a_gateway_that_is_too_slow_may_have_taken_it() -> None:
    with hook_server() as (hook, port):
        hook.slow = 1.0
        setting = SmsSetting(url=f"http://127.0.0.1:{port}/", timeout_seconds=0.2)
        with pytest.raises(ChannelUnsureError):
            SmsChannel(setting).hand_over(LETTER, now=NOW)
        assert [each["key"] for each in hook.got] == [LETTER.id]


@pytest.mark.parametrize("status", [500, 502, 504])
def test_an_error_behind_the_gateway_may_have_taken_it(status: int) -> None:
    with hook_server() as (hook, port):
        hook.status = status
        with pytest.raises(ChannelUnsureError):
            SmsChannel(SmsSetting(url=f"http://127.0.0.1:{port}/")).hand_over(LETTER, now=NOW)


@pytest.mark.parametrize("body", ["{number} {text}", '{"to": "{number}"}', '{"text": "{text}"}'])
def test_a_template_that_cannot_work_stops_the_start(body: str) -> None:
    with pytest.raises(ValueError, match="body"):
        SmsSetting(url="http://sms.invalid/", body=body)


def test_the_envelope_names_the_notice_where_the_server_can_tell_of_bounces() -> None:
    """RFC 3461: ENVID comes back in the bounce, whatever else is left out of it."""
    said: list[str] = []

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 ready\r\n")
            for line in self.rfile:
                word = line.split()[0].upper()
                said.append(line.decode().strip())
                if word == b"EHLO":
                    self.wfile.write(b"250-mx.invalid\r\n250 DSN\r\n")
                elif word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    while self.rfile.readline() != b".\r\n":
                        pass
                    self.wfile.write(b"250 2.0.0 taken\r\n")
                else:
                    self.wfile.write(b"250 OK\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        setting = MailSetting(host="127.0.0.1", port=server.server_address[1], starttls=False, sender="a@b.invalid")
        assert EmailChannel(setting).hand_over(LETTER, now=NOW) == "250 2.0.0 taken"
        server.shutdown()
    assert "mail FROM:<a@b.invalid> ENVID=stans.1.abc@samhandling.invalid" in said
