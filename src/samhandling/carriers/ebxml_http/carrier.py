"""The carrier: a document becomes a signed, encrypted POST."""

from __future__ import annotations

import http.client
import ssl
from datetime import datetime
from urllib.parse import urlsplit

from samhandling.carriers.ebxml import knowing, outgoing
from samhandling.carriers.ebxml.incoming import take_reply
from samhandling.carriers.ebxml.outgoing import EbxmlCarrier, Parcel
from samhandling.carriers.ebxml_http.wire import as_http, as_response, lines
from samhandling.carriers.models import Transmission
from samhandling.configuration import EbxmlHttpSetting, configuration
from samhandling.ebxml.mime import MOST_BYTES
from samhandling.errors import ConfigurationError
from samhandling.exchange.ports import CarrierError, CarrierRefusedError

NAME = "ebxml_http"
AGAIN = {408, 425, 429, 500, 502, 503, 504}
"""Status codes after which the same message may be sent again."""


def setting() -> EbxmlHttpSetting:
    """The settings. Raises ConfigurationError when there are none."""
    found = configuration().ebxml
    if found is None or found.http is None:
        raise ConfigurationError("ebxml.http: nothing is set up")
    return found.http


class EbxmlHttpCarrier(EbxmlCarrier):
    """Posts to the address of the agreement, else of the register."""

    name = NAME

    def send(self, transmission: Transmission, *, now: datetime) -> None:
        """One POST more, and what stands in its response. Raises what `submit` does."""
        reply = outgoing.send(transmission, self.submit, now=now)
        if reply:
            take_reply(reply, transmission, knowing.known(now), now=now)

    def drain(self, now: datetime) -> None:
        """Nothing waits for us elsewhere: what is sent to us comes by itself."""

    def submit(self, parcel: Parcel, now: datetime) -> bytes:
        """One POST; gives the response as an HTTP message, b"" when nothing stands in it.

        A SOAP Fault is an answer, whatever the status says (SOAP 1.1 sends it with 500). Redirects are not followed:
        a signed message goes where the agreement says.
        """
        status, headers, body = _post(parcel)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if body.strip() and kind in {"text/xml", "multipart/related"}:
            return as_response(status, headers, body)
        if 200 <= status < 300:
            return b""
        raise (CarrierError if status in AGAIN else CarrierRefusedError)(f"the server says {status}")


def _post(parcel: Parcel) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case and body. Raises CarrierError, CarrierRefusedError."""
    address = urlsplit(parcel.receiver)
    if not outgoing.http(parcel.receiver) or not address.hostname:
        raise CarrierRefusedError("the address is not one that can be posted to")
    how = setting()
    headers, body = as_http(parcel.content)
    if len(body) > MOST_BYTES:
        raise CarrierRefusedError("the message is larger than the network takes")
    connection: http.client.HTTPConnection
    if address.scheme.lower() == "https":
        context = ssl.create_default_context(cafile=None if how.ca is None else str(how.ca))
        if how.certificate is not None:
            context.load_cert_chain(str(how.certificate))
        connection = http.client.HTTPSConnection(
            address.hostname, address.port, timeout=how.timeout_seconds, context=context
        )
    else:
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=how.timeout_seconds)
    try:
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        answer = response.read(MOST_BYTES + 1)
        if len(answer) > MOST_BYTES:
            raise CarrierError("the response is too large")
        return response.status, lines(response.getheaders()), answer
    except (OSError, http.client.HTTPException) as error:
        raise CarrierError(type(error).__name__) from error
    finally:
        connection.close()
