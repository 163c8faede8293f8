"""From a finished document to routed envelopes: Service, Action and roles are read from the document (3.5)."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from samhandling.ebxml import certificates, cpa, encryption, monitoring, packing
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.known import VALID_STATUS, Known
from samhandling.ebxml.monitoring import Product
from samhandling.ebxml.packing import Packed, Payload, Routing
from samhandling.errors import SamhandlingError
from samhandling.messages import engine
from samhandling.messages import facts as document_facts
from samhandling.messages.facts.values import Facts

_OLD_CODES = {"HHENVISNING": "HENVISNING", "EEPIKRISE": "EPIKRISE"}


class PackError(SamhandlingError):
    """A document cannot be packed: something of its address, agreement, certificate or key is missing."""

    code = "ebxml.pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What whoever packs decides; empty fields follow the document and the world."""

    now: datetime
    new_id: Callable[[], str]
    sender_her: str = ""
    receiver_her: str = ""
    conversation_id: str = ""
    zip: bool = False
    test: bool = False
    product: Product = field(default_factory=Product)


@dataclass(frozen=True, slots=True)
class Sent:
    """A packed document, and where it goes."""

    routing: Routing
    packed: Packed
    sender_address: str
    receiver_address: str


def pack_document(data: bytes, known: Known, wish: Wish) -> tuple[Sent, ...]:
    """One envelope per receiver. Raises PackError that says what is missing."""
    reading = engine.read(data)
    facts = document_facts.facts(reading) if reading.tree is not None else None
    if facts is None:
        raise PackError("the document is none of those that are known")
    sender = wish.sender_her or facts.sender.her_id
    receivers = (
        [wish.receiver_her] if wish.receiver_her else [party.her_id for party in facts.receivers if party.her_id]
    )
    if not sender or not receivers:
        raise PackError("the document names no HER-id of level 2 for sender and receiver")
    conversation = wish.conversation_id or wish.new_id()
    return tuple(_one(data, facts, known, wish, sender, receiver, conversation) for receiver in receivers)


def _one(data: bytes, facts: Facts, known: Known, wish: Wish, sender: str, receiver: str, conversation: str) -> Sent:
    service, action, roles = names_of(facts)
    signer = known.signers.get(sender)
    if signer is None:
        raise PackError(f"no signing key for {sender}")
    agreed = _agreement(known, sender, receiver, wish.now)
    route = None
    if agreed is not None:
        route = cpa.route(agreed, sender=sender, receiver=receiver, service=service, action=action)
        if route is None:
            raise PackError(f"the agreement of {sender} and {receiver} has no {service} {action}")
    certificate = route.certificate if route is not None else None
    party = known.party(receiver)
    if certificate is None and party is not None:
        certificate = next(iter(party.encryption), None)
    content = gzip.compress(data, mtime=0) if wish.zip else data
    payload = _payload(content, certificate, known, wish.now, encrypted=route is None or route.encrypted)
    routing = Routing(
        sender_her=sender,
        receiver_her=receiver,
        cpa_id=agreed.cpa_id if agreed is not None else packing.standard_cpa_id(sender, receiver),
        conversation_id=conversation,
        service=service,
        action=action,
        message_id=wish.new_id(),
        timestamp=wish.now,
        sender_role=route.sender_role if route is not None else roles[0],
        receiver_role=route.receiver_role if route is not None else roles[1],
        description=monitoring.description(wish.product),
    )
    described = Payload(
        payload.data, payload.media_type, (facts.namespace, monitoring.versions().get(facts.namespace, "")), action
    )
    packed = packing.pack(routing, (described,), signer, test=wish.test)
    ours = known.party(sender)
    endpoint = route.channel.endpoint.removeprefix("mailto:") if route is not None else ""
    return Sent(
        routing,
        packed,
        (ours.edi_address if ours else "") or f"{sender}@edi.example.no",
        endpoint or (party.edi_address if party else "") or f"{receiver}@edi.example.no",
    )


def names_of(facts: Facts) -> tuple[str, str, tuple[str, str]]:
    """Service, Action and both roles of a document (HISD 1209). A receipt goes back in the service of its message."""
    if facts.receipt is not None:
        answered = facts.receipt.original_type.value.strip()
        if not answered:
            raise PackError("the receipt does not say which type of message it answers")
        return f"S-{answered}", "APPREC", (f"{answered}receiver", f"{answered}sender")
    code = _OLD_CODES.get(facts.type, facts.type)
    if not code:
        raise PackError("the document does not say its type")
    return f"S-{code}", code, (f"{code}sender", f"{code}receiver")


def _agreement(known: Known, sender: str, receiver: str, now: datetime) -> cpa.Agreement | None:
    """The agreement of a pair that is in use and covers the instant, if there is one."""
    for one in (known.agreements or {}).values():
        parties = one.agreement.party(sender) is not None and one.agreement.party(receiver) is not None
        if parties and one.status in VALID_STATUS and one.agreement.valid(now):
            return one.agreement
    return None


def _payload(
    content: bytes, certificate: x509.Certificate | None, known: Known, now: datetime, *, encrypted: bool
) -> Payload:
    """Encrypted for the receiver after its certificate was judged; plain where the agreement says so."""
    if not encrypted:
        return Payload(content, "application/xml")
    if certificate is None:
        raise PackError("no encryption certificate for the receiver")
    if known.trust is not None:
        doubts = certificates.judge(certificate, use=Use.ENCRYPTION, signed_at=now, now=now, trust=known.trust)
        if doubts:
            raise PackError(f"the receiver's certificate is not good: {', '.join(doubts)}")
    return Payload(encryption.encrypt(content, certificate))
