"""What the registers say, as values, checked before anything is believed (addressing 5, 7).

Where the notes leave the shape of an answer open (events, the wrapping of an agreement) several shapes are read. The
older SOAP services would come in here, as another class with the same methods; they are being retired.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography import x509
from lxml import etree

from samhandling.clock import oslo
from samhandling.ebxml import certificates, cpa
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.document import open_document
from samhandling.registry.remote.helseid import Client
from samhandling.registry.remote.http import Answer, RegisterRefusedError, RegisterUntrueError

_KINDS = {
    "service": "service",
    "person": "person",
    "organizationperson": "person",
    "organization": "organisation",
    "department": "department",
}
_HER = re.compile(r"[1-9]\d{0,9}", re.ASCII)
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@([A-Za-z0-9.\-]{1,190})", re.ASCII)
MOST_EVENTS = 1000
"""Events that are asked for until fewer come: a feed without end ends here."""


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """A party as Adresseregisteret has it."""

    her_id: str
    name: str
    kind: str
    """`service person organisation department`; only the first two are legal transport parties."""
    organisation_her_id: str = ""
    organisation_name: str = ""
    organisation_number: str = ""
    edi_address: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Adresseregisteret by its REST interface (5.2)."""

    client: Client
    url: str
    scope: str
    domains: Sequence[str] = ()
    """Mail domains of our environment; an address outside them is refused (test and production never mix)."""

    def party(self, her_id: str) -> PartyAnswer | None:
        """A party, None when the register has none of that HER-id. Raises RegisterError."""
        told = self._get(f"/api/v1/communicationparty/{her_id}")
        return None if told is None else party_of(told, her_id, self.domains)

    def certificate(self, her_id: str, use: Use) -> x509.Certificate | None:
        """The certificate that it points to, None when there is none. Raises RegisterError."""
        told = self._get(f"/api/v1/certificate/{her_id}/{use.value}")
        return None if told is None else certificate_of(told, use)

    def last_event(self) -> int:
        """The newest sequence number of the feed. Raises RegisterError."""
        told = self._get("/api/v1/communicationparty/export")
        number = told.get("lastSequenceNumber") if isinstance(told, dict) else None
        if not isinstance(number, int) or isinstance(number, bool):
            raise RegisterUntrueError("the export tells no sequence number")
        return number

    def events(self, first: int) -> tuple[frozenset[str], int]:
        """HER-ids that have changed since, and the newest sequence number seen. Raises RegisterError."""
        told = self._get(f"/api/v1/event?fromSequenceNumber={first}")
        rows = told.get("events", told.get("items")) if isinstance(told, dict) else told
        if not isinstance(rows, list):
            raise RegisterUntrueError("the feed is no list")
        changed, last = set(), first - 1
        for row in rows[:MOST_EVENTS]:
            number = row.get("sequenceNumber") if isinstance(row, dict) else None
            her_id = str(row.get("herId", "")) if isinstance(row, dict) else ""
            if not isinstance(number, int) or number < first or _HER.fullmatch(her_id) is None:
                raise RegisterUntrueError("an event that names no party")
            changed.add(her_id)
            last = max(last, number)
        return frozenset(changed), last

    def _get(self, path: str) -> Any:
        answer = self.client.call("GET", f"{self.url.rstrip('/')}{path}", self.scope, accept="application/json")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise RegisterRefusedError(f"addresses: {answer.status}")
        try:
            return json.loads(answer.body)
        except ValueError:
            raise RegisterUntrueError("an answer that is no JSON") from None


def party_of(told: Any, asked: str, domains: Sequence[str] = ()) -> PartyAnswer:
    """A party read and checked. Raises RegisterUntrueError."""
    if not isinstance(told, dict) or str(told.get("herId")) != asked or _HER.fullmatch(asked) is None:
        raise RegisterUntrueError("an answer about another party")
    kind = _KINDS.get(str(told.get("type", "")).lower())
    name = _text(told.get("displayName")) or _text(told.get("name"))
    if kind is None or not name:
        raise RegisterUntrueError("a party without name or type")
    address = _text(told.get("ediAddress"))
    found = _ADDRESS.fullmatch(address)
    if address and found is None:
        raise RegisterUntrueError("an EDI address that is none")
    if found is not None and domains and found[1].lower() not in {one.lower() for one in domains}:
        raise RegisterUntrueError("an EDI address of another environment")
    details = told.get("organizationDetails")
    details = details if isinstance(details, dict) else {}
    number = _text(details.get("organizationNumber"))
    return PartyAnswer(
        asked,
        name[:200],
        kind,
        _text(told.get("parentHerId")),
        (_text(told.get("parentName")) or _text(details.get("name")))[:200],
        number if re.fullmatch(r"\d{9}", number) else "",
        address,
        _day(told.get("validFrom")),
        _day(told.get("validTo")),
    )


def certificate_of(told: Any, use: Use) -> x509.Certificate:
    """A certificate read and checked for its use. Raises RegisterUntrueError."""
    value = told.get("certificateValue") if isinstance(told, dict) else None
    try:
        certificate = certificates.parse(base64.b64decode("".join(str(value).split()), validate=True))
    except (ValueError, binascii.Error):
        raise RegisterUntrueError("a certificate that cannot be read") from None
    if use not in certificates.uses(certificate):
        raise RegisterUntrueError(f"a certificate that is not for {use.value}")
    return certificate


@dataclass(frozen=True, slots=True)
class AgreementAnswer:
    """An agreement, with its status in the registry (1 to 5)."""

    cpa_id: str
    status: int
    document: bytes


@dataclass(frozen=True, slots=True)
class Agreements:
    """The CPPA registry by its REST interface (5.3)."""

    client: Client
    url: str
    scope: str

    def of(self, asked: str) -> AgreementAnswer | None:
        """By CPAId, or the newest of a pair written `a_b`; None when there is none. Raises RegisterError."""
        pair = re.fullmatch(r"(\d{1,10})_(\d{1,10})", asked)
        where = f"HerIds/{pair[1]}/{pair[2]}" if pair else asked
        url = f"{self.url.rstrip('/')}/v2/Agreements/{where}"
        answer = self.client.call("GET", url, self.scope, accept="application/xml")
        if answer.status in (204, 404):
            return None
        if answer.status != 200:
            raise RegisterRefusedError(f"agreements: {answer.status}")
        found = agreement_of(answer)
        read = cpa.read(found.document)
        if pair and not (read.party(pair[1]) and read.party(pair[2])):
            raise RegisterUntrueError("an agreement of others")
        if not pair and found.cpa_id.lower() != asked.lower():
            raise RegisterUntrueError("another agreement than the one asked for")
        return found


def agreement_of(answer: Answer) -> AgreementAnswer:
    """The agreement in an answer: bare, or within something that tells its status. Raises RegisterUntrueError."""
    tree = open_document(answer.body, most_bytes=20_000_000, most_elements=200_000).tree
    if tree is None:
        raise RegisterUntrueError("an agreement that is no XML")
    found = next(tree.iter(f"{{{cpa.NAMESPACE}}}CollaborationProtocolAgreement"), None)
    if found is None:
        raise RegisterUntrueError("no agreement in the answer")
    document = answer.body if found is tree else etree.tostring(found, with_tail=False)
    try:
        read = cpa.read(document)
    except cpa.CpaError as error:
        raise RegisterUntrueError(error.detail) from None
    return AgreementAnswer(read.cpa_id, _status(tree, found), document)


def _status(tree: Any, agreement: Any) -> int:
    """The registry's number, from an attribute or element round the agreement; valid when it tells none."""
    told = [value for name, value in tree.attrib.items() if name.rpartition("}")[2] == "Status"]
    told += [
        one.text or ""
        for one in tree.iterchildren(tag=etree.Element)
        if one is not agreement and etree.QName(one).localname == "Status"
    ]
    numbers = [int(one) for one in told if one.strip() in {"1", "2", "3", "4", "5"}] if tree is not agreement else []
    return numbers[0] if numbers else 2


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _day(value: Any) -> date | None:
    """A day; the time zone is left out in what the register writes."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return oslo.day(found) if found.tzinfo is not None else found.date()
