"""What answers a message: acknowledgment (section 6), error signal (7.2), SOAP Fault (7.3) and Pong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from samhandling.ebxml import mime, names
from samhandling.ebxml.envelope import Envelope, ErrorEntry
from samhandling.ebxml.names import eb, soap
from samhandling.ebxml.packing import (
    Packed,
    Routing,
    Signer,
    block,
    frame,
    leaf,
    single,
    write_header,
    write_tree,
    xml_time,
)
from samhandling.ebxml.signature import Reference

_HERE = "references"
"""Where the copies go. As text: lxml drops a namespace declaration of a moved element that only its XPath needs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a signal of ours says of itself."""

    message_id: str
    now: datetime
    description: str = ""


def _routing(envelope: Envelope, answer: Answer, action: str, ref_to: str = "") -> Routing:
    """The header of a signal: parties swapped, CPAId and ConversationId as they came, no roles."""
    header = envelope.header
    if header is None or header.sender is None or header.receiver is None or not header.sender.address:
        raise ValueError("a message without parties is answered with a fault")
    return Routing(
        sender_her=header.receiver.address,
        receiver_her=header.sender.address,
        cpa_id=header.cpa_id or "",
        conversation_id=header.conversation_id or "",
        service=names.SIGNAL_SERVICE,
        action=action,
        message_id=answer.message_id,
        timestamp=answer.now,
        ref_to_message_id=ref_to,
        description=answer.description,
    )


def acknowledgment(
    envelope: Envelope, references: tuple[Reference, ...], answer: Answer, signer: Signer, *, test: bool = False
) -> Packed:
    """The signed receipt of a payload message, with verbatim copies of the references that were verified."""
    root, head, _ = frame(test=test)
    write_header(head, _routing(envelope, answer, names.ACKNOWLEDGMENT), duplicate_elimination=False)
    receipt = block(head, "Acknowledgment")
    leaf(receipt, "Timestamp", xml_time(answer.now))
    leaf(receipt, "RefToMessageId", (envelope.header.message_id or "") if envelope.header else "")
    receipt.append(etree.Comment(_HERE))
    copies = b"".join(etree.tostring(reference.element, with_tail=False) for reference in references)
    written = write_tree(root).replace(f"<!--{_HERE}-->".encode(), copies)
    opened = etree.fromstring(written)
    head = next(opened.iterchildren(soap("Header")))
    return single(opened, head, signer, answer.message_id)


def error(
    envelope: Envelope, entries: tuple[ErrorEntry, ...], answer: Answer, signer: Signer, *, test: bool = False
) -> Packed:
    """A signed error signal; of warnings alone it is a receipt. `entries` must not be empty."""
    severities = {entry.severity for entry in entries}
    if not severities or not severities <= {"Error", "Warning"}:
        raise ValueError("an error signal has errors or warnings")
    root, head, _ = frame(test=test)
    ref_to = (envelope.header.message_id or "") if envelope.header else ""
    write_header(head, _routing(envelope, answer, names.MESSAGE_ERROR, ref_to), duplicate_elimination=False)
    listed = block(head, "ErrorList")
    listed.set(eb("highestSeverity"), "Error" if "Error" in severities else "Warning")
    for entry in entries:
        attributes = {
            eb("codeContext"): names.ERROR_CONTEXT,
            eb("errorCode"): entry.code,
            eb("severity"): entry.severity,
        }
        if entry.location:
            attributes[eb("location")] = entry.location
        one = etree.SubElement(listed, eb("Error"), attributes)
        if entry.text:
            leaf(one, "Description", entry.text, {f"{{{names.XML}}}lang": "no"})
    return single(root, head, signer, answer.message_id)


def pong(envelope: Envelope, answer: Answer, signer: Signer) -> Packed:
    """The answer to a Ping."""
    root, head, _ = frame()
    ref_to = (envelope.header.message_id or "") if envelope.header else ""
    write_header(head, _routing(envelope, answer, names.PONG, ref_to), duplicate_elimination=False)
    return single(root, head, signer, answer.message_id)


def fault(code: str, text: str) -> Packed:
    """A SOAP Fault, unsigned: `Client`, `Server`, `MustUnderstand` or `VersionMismatch`, and what is wrong."""
    root, _, body = frame()
    root.remove(root[0])
    said = etree.SubElement(body, soap("Fault"))
    etree.SubElement(said, "faultcode").text = f"SOAP:{code}"
    etree.SubElement(said, "faultstring").text = text
    headers = (("MIME-Version", "1.0"), ("SOAPAction", '"ebXML"'), ("Content-Type", 'text/xml; charset="UTF-8"'))
    envelope = write_tree(root)
    return Packed(mime.write_part(headers, envelope), envelope, "")
