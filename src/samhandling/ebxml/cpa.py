"""Agreements (CPA) and profiles (CPP) as values: what a message handler takes from them (section 12).

Lenient where live agreements are: status `proposed` is no reason to refuse, `@oid` of algorithms is not read,
ids are opaque.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509

from samhandling.ebxml import times
from samhandling.ebxml.certificates import Use, parse, uses
from samhandling.ebxml.document import Tree, open_document
from samhandling.ebxml.names import ds
from samhandling.errors import SamhandlingError

NAMESPACE = "http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd"
_MOST_BYTES, _MOST_ELEMENTS = 20_000_000, 200_000
_SIGNALS = ("Acknowledgment", "MessageError")


class CpaError(SamhandlingError):
    """The file is no agreement or profile that can be read."""

    code = "ebxml.cpa"


@dataclass(frozen=True, slots=True)
class PartyCertificate:
    """A certificate of a party, by the id that the rest of the agreement names it by."""

    id: str
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to a party, with its reliable messaging."""

    id: str
    protocol: str = ""
    endpoint: str = ""
    """`mailto:x@edi.nhn.no` (whatever slashes it was written with) or a URL."""
    sync_reply_mode: str = "none"
    ack_requested: str = "perMessage"
    ack_signature_requested: str = "perMessage"
    duplicate_elimination: str = "perMessage"
    retries: int | None = None
    retry_interval: str = ""
    persist_duration: str = ""
    signing_certificate: str = ""
    encryption_certificate: str = ""

    @property
    def interval(self) -> timedelta | None:
        """The retry interval; None when it is not given or cannot be read."""
        return times.duration(self.retry_interval)


@dataclass(frozen=True, slots=True)
class Binding:
    """One action that a party can send or receive in a role."""

    role: str
    service: str
    action: str
    sends: bool
    channels: tuple[str, ...]
    encrypted: bool
    certificate: str = ""
    """Id of the certificate to encrypt for (ApplicationCertificateRef)."""
    process: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """One party."""

    name: str
    ids: tuple[tuple[str, str], ...]
    default_channel: str
    certificates: tuple[PartyCertificate, ...] = ()
    channels: tuple[Channel, ...] = ()
    bindings: tuple[Binding, ...] = field(default=(), repr=False)

    @property
    def her_id(self) -> str:
        """The HER-id; "" when there is none."""
        return next((value for kind, value in self.ids if kind == "HER"), "")

    def channel(self, channel_id: str = "") -> Channel | None:
        """A channel by its id; without one the default channel, else the first."""
        wanted = channel_id or self.default_channel
        found = next((one for one in self.channels if one.id == wanted), None)
        return found if found is not None or channel_id else next(iter(self.channels), None)

    def certificate(self, certificate_id: str) -> x509.Certificate | None:
        """A certificate by its id."""
        return next((one.certificate for one in self.certificates if one.id == certificate_id), None)

    def certificates_for(self, use: Use) -> tuple[x509.Certificate, ...]:
        """Certificates whose key usage is right for a use."""
        return tuple(one.certificate for one in self.certificates if use in uses(one.certificate))

    def can(self, *, send: bool, service: str, action: str) -> tuple[Binding, ...]:
        """Bindings of an action; several when several roles have it."""
        return tuple(
            one for one in self.bindings if one.sends is send and one.service == service and one.action == action
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """A CPA of two parties, or a CPP of one (then without validity)."""

    cpa_id: str
    status: str
    start: datetime | None
    end: datetime | None
    parties: tuple[Party, ...]
    profile: bool = False

    def party(self, her_id: str) -> Party | None:
        """The party with a HER-id."""
        return next((one for one in self.parties if her_id and one.her_id == her_id), None)

    def valid(self, at: datetime) -> bool:
        """Whether it covers an instant; a missing end is open."""
        return (self.start is None or self.start <= at) and (self.end is None or at <= self.end)

    def faults_of(self, sender: str, receiver: str, service: str, action: str, roles: tuple[str, str]) -> str:
        """Why a message is not in the agreement: `parties`, `service`, `role`, or "" when it is.

        It must be something that the sender can send and the receiver can receive; a role that is left out is not
        compared. Signals are always in it.
        """
        one, other = self.party(sender), self.party(receiver)
        if one is None or other is None:
            return "parties"
        if action in _SIGNALS:
            return ""
        sent = one.can(send=True, service=service, action=action)
        taken = other.can(send=False, service=service, action=action)
        if not sent or not taken:
            return "service"
        if roles[0] and roles[0] not in {binding.role for binding in sent}:
            return "role"
        return "role" if roles[1] and roles[1] not in {binding.role for binding in taken} else ""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes, and how."""

    channel: Channel
    encrypted: bool
    certificate: x509.Certificate | None
    sender_role: str
    receiver_role: str


def route(agreement: Agreement, *, sender: str, receiver: str, service: str, action: str) -> Route | None:
    """The receiver's channel for a message, the certificate to encrypt for, and the roles; None when not agreed."""
    one, other = agreement.party(sender), agreement.party(receiver)
    if one is None or other is None:
        return None
    sent = one.can(send=True, service=service, action=action)
    taken = other.can(send=False, service=service, action=action)
    if not sent or not taken:
        return None
    binding = taken[0]
    channel = next((found for name in binding.channels if (found := other.channel(name))), None) or other.channel()
    if channel is None:
        return None
    named = binding.certificate or channel.encryption_certificate
    certificate = other.certificate(named) or next(iter(other.certificates_for(Use.ENCRYPTION)), None)
    return Route(channel, binding.encrypted, certificate, sent[0].role, binding.role)


def read(data: bytes) -> Agreement:
    """Read a CPA or CPP. Raises CpaError."""
    opened = open_document(data, most_bytes=_MOST_BYTES, most_elements=_MOST_ELEMENTS)
    tree = opened.tree
    if tree is None:
        raise CpaError(f"no XML that can be read: {opened.fault}")
    if tree.tag not in {_tp("CollaborationProtocolAgreement"), _tp("CollaborationProtocolProfile")}:
        raise CpaError("neither CollaborationProtocolAgreement nor CollaborationProtocolProfile")
    profile = tree.tag == _tp("CollaborationProtocolProfile")
    cpa_id = _attribute(tree, "cppid" if profile else "cpaid")
    encrypted = _encrypted_packages(tree)
    parties = tuple(_party(one, encrypted) for one in _all(tree, "PartyInfo"))
    if not parties or (not profile and len(parties) != 2):
        raise CpaError("an agreement has two parties, a profile at least one")
    status = next((_attribute(one, "value") for one in _all(tree, "Status")), "")
    start, end = (times.instant(_text(tree, name)) for name in ("Start", "End"))
    return Agreement(cpa_id, status, start.at if start else None, end.at if end else None, parties, profile)


def _tp(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _all(parent: Tree | None, name: str) -> list[Tree]:
    return [] if parent is None else parent.findall(_tp(name))


def _first(parent: Tree | None, *path: str) -> Tree | None:
    for name in path:
        parent = next(iter(_all(parent, name)), None)
    return parent


def _text(parent: Tree | None, *path: str) -> str:
    found = _first(parent, *path)
    return (found.text or "").strip() if found is not None else ""


def _attribute(element: Tree | None, name: str) -> str:
    """An attribute; qualified as the schema says, or not."""
    if element is None:
        return ""
    return (element.get(_tp(name)) or element.get(name) or "").strip()


def _party(info: Tree, encrypted: frozenset[str]) -> Party:
    certificates = tuple(_certificates(info))
    exchanges = {_attribute(one, "docExchangeId"): one for one in _all(info, "DocExchange")}
    transports = {_attribute(one, "transportId"): one for one in _all(info, "Transport")}
    channels = tuple(
        _channel(one, transports.get(_attribute(one, "transportId")), exchanges.get(_attribute(one, "docExchangeId")))
        for one in _all(info, "DeliveryChannel")
    )
    return Party(
        _attribute(info, "partyName"),
        tuple((_attribute(one, "type"), (one.text or "").strip()) for one in _all(info, "PartyId")),
        _attribute(info, "defaultMshChannelId"),
        certificates,
        channels,
        tuple(binding for role in _all(info, "CollaborationRole") for binding in _bindings(role, encrypted)),
    )


def _certificates(info: Tree) -> Iterator[PartyCertificate]:
    """Those that can be read; templates name certificates without bringing them."""
    for one in _all(info, "Certificate"):
        for found in one.iter(ds("X509Certificate")):
            try:
                der = binascii.a2b_base64("".join((found.text or "").split()), strict_mode=True)
                yield PartyCertificate(_attribute(one, "certId"), parse(der))
            except (ValueError, binascii.Error):
                continue
            break


def _channel(channel: Tree, transport: Tree | None, exchange: Tree | None) -> Channel:
    how = _first(channel, "MessagingCharacteristics")
    receiver = _first(transport, "TransportReceiver")
    sends, takes = _first(exchange, "ebXMLSenderBinding"), _first(exchange, "ebXMLReceiverBinding")
    reliable = _first(sends, "ReliableMessaging")
    if reliable is None:
        reliable = _first(takes, "ReliableMessaging")
    retries = _text(reliable, "Retries")
    signing = _first(sends, "SenderNonRepudiation", "SigningCertificateRef")
    encryption = _first(takes, "ReceiverDigitalEnvelope", "EncryptionCertificateRef")
    return Channel(
        id=_attribute(channel, "channelId"),
        protocol=_text(receiver, "TransportProtocol") or _text(transport, "TransportSender", "TransportProtocol"),
        endpoint=_endpoint(_attribute(_first(receiver, "Endpoint"), "uri")),
        sync_reply_mode=_attribute(how, "syncReplyMode") or "none",
        ack_requested=_attribute(how, "ackRequested") or "perMessage",
        ack_signature_requested=_attribute(how, "ackSignatureRequested") or "perMessage",
        duplicate_elimination=_attribute(how, "duplicateElimination") or "perMessage",
        retries=int(retries) if retries.isascii() and retries.isdigit() and len(retries) < 5 else None,
        retry_interval=_text(reliable, "RetryInterval"),
        persist_duration=_text(sends, "PersistDuration") or _text(takes, "PersistDuration"),
        signing_certificate=_attribute(signing, "certId"),
        encryption_certificate=_attribute(encryption, "certId"),
    )


def _endpoint(uri: str) -> str:
    """`mailto://x@y` is written in live agreements for `mailto:x@y`."""
    return "mailto:" + uri[7:].lstrip("/") if uri.lower().startswith("mailto:") else uri


def _bindings(role: Tree, encrypted: frozenset[str]) -> Iterator[Binding]:
    service = _first(role, "ServiceBinding")
    certificate = _attribute(_first(role, "ApplicationCertificateRef"), "certId")
    for name, sends in (("CanSend", True), ("CanReceive", False)):
        for can in service.iter(_tp(name)) if service is not None else ():
            for action in _all(can, "ThisPartyActionBinding"):
                yield Binding(
                    role=_attribute(_first(role, "Role"), "name"),
                    service=_text(service, "Service"),
                    action=_attribute(action, "action"),
                    sends=sends,
                    channels=tuple((one.text or "").strip() for one in _all(action, "ChannelId")),
                    encrypted=_attribute(action, "packageId") in encrypted,
                    certificate=certificate,
                    process=_attribute(_first(role, "ProcessSpecification"), "name"),
                )


def _encrypted_packages(tree: Tree) -> frozenset[str]:
    """Ids of the packagings that enclose the payload in pkcs7-mime."""
    found = set()
    for packaging in _all(tree, "Packaging"):
        kinds = {_attribute(one, "mimetype").lower() for one in packaging.iter(_tp("Encapsulation"))}
        if "application/pkcs7-mime" in kinds:
            found.add(_attribute(packaging, "id"))
    return frozenset(found)
