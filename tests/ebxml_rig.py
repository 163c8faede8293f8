"""Two organisations with certificates, a mailbox or an HTTP line between them, for tests that need a store."""

from __future__ import annotations

import http.server
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import tomli_w
from cryptography.hazmat.primitives.serialization import Encoding

from samhandling.configuration import configuration
from samhandling.ebxml import pki
from samhandling.ebxml.certificates import Use
from tests.mailbox_server import MailServer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOSPITAL, MUNICIPALITY = ("8000", "974744570"), ("8100", "311000012")


def write_keys(folder: Path) -> Path:
    """Certificates and keys of both organisations, with the file that names them."""
    made = pki.make(NOW, key_size=2048)
    table: dict[str, object] = {"issuers": ["issuers.pem"], "crls": ["root.crl", "issuer.crl"]}
    certificates, keys = [], []
    (folder / "issuers.pem").write_bytes(made.root.certificate_pem() + made.issuer.certificate_pem())
    for name, held in (("root", made.root), ("issuer", made.issuer)):
        (folder / f"{name}.crl").write_bytes(made.crl(by=held).public_bytes(Encoding.DER))
    for her_id, number in (HOSPITAL, MUNICIPALITY):
        for use in Use:
            held = made.issue(f"Prøve {her_id}", number, use)
            stem = f"{her_id}-{use.value}"
            (folder / f"{stem}.pem").write_bytes(held.certificate_pem() + held.key_pem())
            certificates.append({"her_id": her_id, "use": use.value, "file": f"{stem}.pem"})
            keys.append({"her_id": her_id, "use": use.value, "file": f"{stem}.pem"})
    path = folder / "transport.toml"
    path.write_text(tomli_w.dumps({"transport": {**table, "certificate": certificates, "key": keys}}))
    return path


def configure(
    monkeypatch, keys: Path, server: MailServer | None = None, *, fetch: str = "pop3", **more: object
) -> None:
    """Let this process be a node with these keys, this mailbox, and `more` of `[ebxml]`."""
    setting: dict[str, object] = {"transport": str(keys), **more}
    if server is not None:
        port = server.pop3_port if fetch == "pop3" else server.imap_port
        setting["mailbox"] = {
            "smtp_port": server.smtp_port, "smtp_starttls": False, "user": "node",
            "fetch": fetch, "fetch_port": port, "fetch_tls": False,
        }  # fmt: skip
    monkeypatch.setenv("SAMHANDLING_EBXML", json.dumps(setting))
    configuration.cache_clear()


@dataclass
class HttpLine:
    """A real HTTP server on loopback that notes what is posted and answers what the test says."""

    posted: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def start(self) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _poster(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/ebxml"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _poster(line: HttpLine) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            line.posted.append((dict(self.headers.items()), body))
            self.send_response(line.status)
            for name, value in line.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(line.body)))
            self.end_headers()
            self.wfile.write(line.body)

        def log_message(self, *args: object) -> None:
            pass

    return Handler
