"""The fake register as a server on loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import msgspec
from joserfc import jwk

from samhandling.ebxml.certificates import Use
from samhandling.ebxml.pki import Held
from samhandling.world.register import revocation
from samhandling.world.register.content import Content
from samhandling.world.register.switches import Lie, Switches
from samhandling.world.register.tokens import RefusedError, Tokens, new_nonce

CLIENT_ID = "samhandling-demo"
ADDRESS_SCOPE = "nhn:cp-api/access-v2-dpop"
AGREEMENT_SCOPE = "nhn:cppa/access-with-dpop"
MOST_IDS = 100
_MOST_BODY = 1_000_000
_API = "/api/v1"

Answer = tuple[int, str, bytes, dict[str, str]]


class FakeRegister:
    """HelseID, Adresseregisteret, CPPA and revocation at one address: `url`."""

    def __init__(
        self,
        content: Content,
        client: jwk.Key,
        *,
        issuers: Mapping[str, Held] | None = None,
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        crl_life: timedelta = timedelta(days=1),
    ) -> None:
        """`client`: its public key. `issuers`: by the name in the address of their list (`root`, `issuer`)."""
        self.content, self.switches = content, Switches()
        self.asked: list[str] = []
        """`GET /path`, in their order: what a test may look at."""
        self._stale: Content | None = None
        self.issuers, self._clock, self._crl_life = dict(issuers or {}), clock, crl_life
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.tokens = Tokens(self.url, CLIENT_ID, client, nonce=new_nonce())

    def start(self) -> None:
        """Answer from a thread of its own."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def serve(self) -> None:
        """Answer until the process is told to stop."""
        self._server.serve_forever()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def switch(self, switches: Switches) -> None:
        """Misbehave so from now on."""
        with self.lock:
            self._stale = self.content.frozen() if switches.stale and self._stale is None else self._stale
            self._stale = self._stale if switches.stale else None
            self.switches = switches

    def answer(self, method: str, target: str, headers: Message, body: bytes) -> Answer:
        """One call; the switches have been looked at."""
        parts = urlsplit(target)
        path, query = parts.path, parse_qs(parts.query)
        self.asked.append(f"{method} {path}")
        with self.lock:
            content = self._stale or self.content
            if path == "/.well-known/openid-configuration":
                issuer = self.tokens.issuer
                return _json({"issuer": issuer, "token_endpoint": f"{issuer}/connect/token"})
            if path == "/connect/token" and method == "POST":
                form = dict(parse_qsl(body.decode("utf-8", "replace")))
                return self._granted(form, headers.get("DPoP", ""))
            if path.startswith(("/crl/", "/ocsp/")):
                return self._revocation(content, path, body)
            scope = ADDRESS_SCOPE if path.startswith(_API) else AGREEMENT_SCOPE
            try:
                self.tokens.admit(
                    headers.get("Authorization", ""), headers.get("DPoP", ""), method, self.url + path, {scope}
                )
            except RefusedError as error:
                return _refused(401, str(error), self.tokens.nonce)
            if path.startswith(_API):
                return self._addresses(content, method, path.removeprefix(_API), query, body)
            return _agreements(content, path.removeprefix("/v2"))

    def _granted(self, form: Mapping[str, str], proof: str) -> Answer:
        try:
            return _json(self.tokens.grant(form, proof, f"{self.url}/connect/token"))
        except RefusedError as error:
            return _refused(400, str(error), self.tokens.nonce)

    def _addresses(self, content: Content, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        words = path.strip("/").split("/")
        lie = self.switches.lie
        if words == ["communicationparty"] and method == "POST":
            asked = json.loads(body)
            if len(asked) > MOST_IDS:
                return _json({"title": "too many"}, 400)
            return _json([found for one in asked if (found := content.party(str(one)))])
        if words == ["communicationparty", "export"]:
            return _json({"herIds": [int(one) for one in content.parties], "lastSequenceNumber": len(content.events)})
        if words == ["event"]:
            first = int(query.get("fromSequenceNumber", ["0"])[0])
            events = [
                {"sequenceNumber": number, "herId": int(her)} for number, her in content.events if number >= first
            ]
            return _json(events[:1000])
        if len(words) == 2 and words[0] == "communicationparty":
            about = _another(content, words[1]) if lie is Lie.OTHER_PARTY else words[1]
            return _or_none(content.party(about))
        if len(words) == 3 and words[0] == "certificate" and words[2] in {"signing", "encryption"}:
            about = _another(content, words[1], owned=True) if lie is Lie.WRONG_OWNER else words[1]
            found = content.certificate(about, Use(words[2]))
            if found is not None and lie is Lie.BAD_CERTIFICATE:
                found["certificateValue"] = "TUlJ"
            return _or_none(found)
        return _json({"title": "not found"}, 404)

    def _revocation(self, content: Content, path: str, body: bytes) -> Answer:
        kind, _, name = path.strip("/").removesuffix(".crl").partition("/")
        held = self.issuers.get(name)
        if self.switches.revocation_down:
            return 503, "text/plain", b"down", {}
        if held is None:
            return 404, "text/plain", b"unknown issuer", {}
        now = self._clock().replace(microsecond=0)
        if kind == "crl":
            data = revocation.crl(held, content.revoked, now, self._crl_life)
            return 200, "application/pkix-crl", data, {}
        data = revocation.answer(body, held, content.revoked, now, self._crl_life)
        return 200, "application/ocsp-response", data, {}


def _agreements(content: Content, path: str) -> Answer:
    words = path.strip("/").split("/")
    found = None
    if words[:2] == ["Agreements", "HerIds"] and len(words) == 4:
        found = content.agreement_of(words[2], words[3])
    elif words[0] == "Agreements" and len(words) == 2:
        found = content.agreement(words[1])
    if found is None:
        return 404, "application/xml", b"<NotFound/>", {}
    status, data = found
    document = data.partition(b"?>")[2] if data.lstrip().startswith(b"<?xml") else data
    wrapped = b'<Agreement Status="%d">%b</Agreement>' % (status, document)
    return 200, "application/xml", wrapped, {}


def _another(content: Content, her_id: str, *, owned: bool = False) -> str:
    """Somebody else; with `owned` of another organisation."""
    number = content.parties.get(her_id, {}).get("organizationDetails")
    for other, one in content.parties.items():
        if other != her_id and one["type"] != "Organization" and not (owned and one["organizationDetails"] == number):
            return other
    return her_id


def _json(value: Any, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(value, ensure_ascii=False).encode(), {}


def _or_none(value: Any) -> Answer:
    return _json(value) if value is not None else _json({"title": "not found"}, 404)


def _refused(status: int, error: str, nonce: str) -> Answer:
    headers = {"DPoP-Nonce": nonce}
    if status == 401:
        headers["WWW-Authenticate"] = f'DPoP error="{error}"'
    return status, "application/json", json.dumps({"error": error}).encode(), headers


def _handler(register: FakeRegister) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), _MOST_BODY)
            body = self.rfile.read(length)
            if self.path == "/fake/switches":
                with suppress(msgspec.MsgspecError):
                    if self.command == "POST":
                        register.switch(msgspec.json.decode(body, type=Switches))
                return self._write((200, "application/json", msgspec.json.encode(register.switches), {}))
            switches = register.switches
            if switches.slow:
                time.sleep(switches.slow)
            if switches.down:
                return self._write((503, "text/plain", b"down", {}))
            answer = register.answer(self.command, self.path, self.headers, body)
            lies = answer[0] == 200 and self.path.startswith((_API, "/Agreements", "/v2/"))
            if lies and switches.lie is Lie.NOT_JSON:
                answer = (200, "application/json", b"<html>Vedlikehold</html>", {})
            if lies and switches.lie is Lie.ENDLESS:
                return self._endless()
            return self._write(answer)

        def _write(self, answer: Answer) -> None:
            status, kind, data, headers = answer
            with suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

        def _endless(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Connection", "close")
                self.end_headers()
                for _ in range(10_000):
                    self.wfile.write(b" " * 65_536)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: `asked` tells."""

    return Handler
