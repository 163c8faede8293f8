"""Messages as they lie in the store and as HTTP carries them. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

_NAMES = {
    "content-type": "Content-Type",
    "content-transfer-encoding": "Content-Transfer-Encoding",
    "mime-version": "MIME-Version",
    "soapaction": "SOAPAction",
}
"""Headers that say what the message is; no other is kept."""
_BASE64 = "base64"


def as_http(content: bytes) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Headers and body of a stored message (`Packed.content`). The same stored bytes give the same ones.

    HTTP carries eight bits: an envelope of its own goes as it is, not in base64.
    """
    block, _, body = content.partition(b"\r\n\r\n")
    found = [tuple(line.split(": ", 1)) for line in block.decode("ascii").split("\r\n")]
    encoding = next((value for name, value in found if name == "Content-Transfer-Encoding"), "")
    if encoding == _BASE64:
        body = base64.b64decode(body)
    return tuple((name, value) for name, value in found if name != "Content-Transfer-Encoding"), body


def as_request(headers: Mapping[str, str], body: bytes) -> bytes:
    """A request to us, as the checklist reads it. `headers`: names in lower case."""
    return b"POST /ebxml HTTP/1.1\r\n" + _lines(headers) + b"\r\n" + body


def as_response(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """A response to us, as the checklist reads it; SOAP 1.1 has the action in requests only."""
    given = {"soapaction": '"ebXML"', **headers}
    return f"HTTP/1.1 {status} \r\n".encode() + _lines(given) + b"\r\n" + body


def lines(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Those headers that say what a message is, by lower-case name."""
    return {name.lower(): value for name, value in found if name.lower() in _NAMES}


def _lines(headers: Mapping[str, str]) -> bytes:
    clean = ((name, "".join(value.splitlines())) for name, value in headers.items() if name in _NAMES)
    return "".join(f"{_NAMES[name]}: {value}\r\n" for name, value in clean).encode("utf-8")
