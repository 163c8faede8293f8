"""What goes out: a payload message of documents, written strictly after sections 2 to 5.

The result is bytes that do not change when it is sent again; the mail's own headers (new at every transmission) are
put before them by `as_mail`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from samhandling.ebxml import mime, names, signature
from samhandling.ebxml.document import Tree
from samhandling.ebxml.names import eb, soap
from samhandling.ebxml.tokens import TokenKey

PKCS7 = "application/pkcs7-mime; smime-type=enveloped-data"
_PREFIXES = {"SOAP": names.SOAP, "eb": names.EB, "xlink": names.XLINK}


@dataclass(frozen=True, slots=True)
class Signer:
    """The sending organisation's key and the certificate that goes with it. Loaded once: reading a key is slow."""

    key: rsa.RSAPrivateKey | TokenKey = field(repr=False)
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What eb:MessageHeader says. `timestamp` and `time_to_live` are aware; HER-ids are those of level 2."""

    sender_her: str
    receiver_her: str
    cpa_id: str
    conversation_id: str
    service: str
    action: str
    message_id: str
    timestamp: datetime
    sender_role: str = ""
    receiver_role: str = ""
    ref_to_message_id: str = ""
    time_to_live: datetime | None = None
    description: str = ""
    """The monitoring description (`monitoring.description`)."""
    sync: str = ""
    """What the HTTP response must hold (9.2): `signal`, `reply` (then nothing acknowledges), or ""."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One part beside the envelope: what it holds and how the manifest describes it."""

    data: bytes = field(repr=False)
    media_type: str = PKCS7
    schema: tuple[str, str] = ("", "")
    """Namespace of the business document and version of its standard; ("", "") leaves eb:Schema out."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Packed:
    """A finished message: content headers with the body, and what is worth keeping beside it."""

    content: bytes = field(repr=False)
    """From `MIME-Version` to the end: identical at every transmission."""
    envelope: bytes = field(repr=False)
    """The SOAP part."""
    message_id: str
    content_ids: tuple[str, ...] = ()


def xml_time(instant: datetime) -> str:
    """UTC to the second, `CCYY-MM-DDThh:mm:ssZ` (3.6)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def standard_cpa_id(one: str, other: str) -> str:
    """The CPAId of two parties without an agreement: the smaller HER-id first (3.3)."""
    smaller, larger = sorted((int(one), int(other)))
    return f"{smaller}_{larger}"


def pack(routing: Routing, payloads: tuple[Payload, ...], signer: Signer, *, test: bool = False) -> Packed:
    """A signed payload message. Payloads are finished: encrypted already where they shall be.

    `test` marks it as sent for testing only (HITS 1172 5.15.2).
    """
    local = routing.message_id.replace("@", ".")
    ids = tuple(f"payload-{number}.{local}@{routing.sender_her}.her" for number in range(1, len(payloads) + 1))
    root, head, body = frame(test=test)
    write_header(head, routing, duplicate_elimination=routing.sync != "reply")
    if routing.sync != "reply":
        block(head, "AckRequested").set(eb("signed"), "true")
    if routing.sync:
        sync_reply(head)
    manifest = etree.SubElement(body, eb("Manifest"), {eb("version"): "2.0"})
    for content_id, payload in zip(ids, payloads, strict=True):
        _manifest_reference(manifest, content_id, payload)
    signature.sign(
        root,
        head,
        {content_id: payload.data for content_id, payload in zip(ids, payloads, strict=True)},
        signer.key,
        signer.certificate,
    )
    envelope = write_tree(root)
    start = f"envelope.{local}@{routing.sender_her}.her"
    soap_part = (("Content-ID", f"<{start}>"), ("Content-Type", 'text/xml; charset="UTF-8"'))
    parts = [mime.write_part(soap_part, envelope)]
    for content_id, payload in zip(ids, payloads, strict=True):
        headers = (("Content-ID", f"<{content_id}>"), ("Content-Type", payload.media_type))
        parts.append(mime.write_part(headers, payload.data))
    boundary = f"=_{local}"
    content = mime.write_headers(
        (
            ("MIME-Version", "1.0"),
            ("SOAPAction", '"ebXML"'),
            ("Content-Type", f'multipart/related; type="text/xml"; start="<{start}>"; boundary="{boundary}"'),
        )
    ) + mime.write_multipart(boundary, tuple(parts), names.TEST_MARK if test else "")
    return Packed(content, envelope, routing.message_id, ids)


def single(root: Tree, head: Tree, signer: Signer, message_id: str) -> Packed:
    """Sign an envelope without payload and make it a message of one part (2.1)."""
    signature.sign(root, head, {}, signer.key, signer.certificate)
    envelope = write_tree(root)
    headers = (("MIME-Version", "1.0"), ("SOAPAction", '"ebXML"'), ("Content-Type", 'text/xml; charset="UTF-8"'))
    return Packed(mime.write_part(headers, envelope), envelope, message_id)


def as_mail(
    packed: Packed, *, sender: str, receiver: str, mail_id: str, now: datetime, subject: str = "", about: str = ""
) -> bytes:
    """The message as a mail: addresses as in the register, a new `Message-ID` at every transmission (2.1, 9.1).

    `about`: the Message-ID of the mail that a SOAP Fault answers.
    """
    lines = [("From", sender), ("To", receiver), ("Message-ID", f"<{mail_id}>"), ("Date", format_datetime(now))]
    if subject:
        lines.append(("Subject", subject))
    if about:
        lines += [("In-Reply-To", about), ("References", about)]
    return mime.write_headers(tuple(lines))[:-2] + packed.content


def frame(*, test: bool = False) -> tuple[Tree, Tree, Tree]:
    """An empty envelope: root, header block and body."""
    root = etree.Element(soap("Envelope"), nsmap=_PREFIXES)
    head = etree.SubElement(root, soap("Header"))
    if test:
        head.append(etree.Comment(f" {names.TEST_MARK} "))
    return root, head, etree.SubElement(root, soap("Body"))


def block(head: Tree, name: str) -> Tree:
    """A header block of ebXML with its fixed attributes."""
    return etree.SubElement(head, eb(name), {soap("mustUnderstand"): "1", eb("version"): "2.0"})


def sync_reply(head: Tree) -> None:
    """eb:SyncReply: the answer is to stand in the HTTP response (9.2)."""
    block(head, "SyncReply").set(soap("actor"), names.NEXT)


def leaf(parent: Tree, name: str, text: str, attributes: Mapping[str, str] | None = None) -> Tree:
    """A child of ebXML with text."""
    child = etree.SubElement(parent, eb(name), dict(attributes or {}))
    child.text = text
    return child


def write_header(head: Tree, routing: Routing, *, duplicate_elimination: bool) -> None:
    """eb:MessageHeader, its children in the order of the schema."""
    header = block(head, "MessageHeader")
    for name, her, role in (
        ("From", routing.sender_her, routing.sender_role),
        ("To", routing.receiver_her, routing.receiver_role),
    ):
        side = etree.SubElement(header, eb(name))
        leaf(side, "PartyId", her, {eb("type"): "HER"})
        if role:
            leaf(side, "Role", role)
    leaf(header, "CPAId", routing.cpa_id)
    leaf(header, "ConversationId", routing.conversation_id)
    typed = {} if ":" in routing.service else {eb("type"): "string"}
    leaf(header, "Service", routing.service, typed)
    leaf(header, "Action", routing.action)
    data = etree.SubElement(header, eb("MessageData"))
    leaf(data, "MessageId", routing.message_id)
    leaf(data, "Timestamp", xml_time(routing.timestamp))
    if routing.ref_to_message_id:
        leaf(data, "RefToMessageId", routing.ref_to_message_id)
    if routing.time_to_live is not None:
        leaf(data, "TimeToLive", xml_time(routing.time_to_live))
    if duplicate_elimination:
        etree.SubElement(header, eb("DuplicateElimination"))
    if routing.description:
        leaf(header, "Description", routing.description, {f"{{{names.XML}}}lang": "no"})


def _manifest_reference(manifest: Tree, content_id: str, payload: Payload) -> None:
    attributes = {f"{{{names.XLINK}}}type": "simple", f"{{{names.XLINK}}}href": f"cid:{content_id}"}
    reference = etree.SubElement(manifest, eb("Reference"), attributes)
    location, version = payload.schema
    if location:
        etree.SubElement(reference, eb("Schema"), {eb("location"): location, eb("version"): version})
    if payload.description:
        leaf(reference, "Description", payload.description, {f"{{{names.XML}}}lang": "no"})


def write_tree(root: Tree) -> bytes:
    """The tree as bytes: UTF-8 with its declaration, nothing added and nothing indented."""
    text = etree.tostring(root, encoding="unicode")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()
