"""Steps 5 to 11: the XML of the SOAP part, the SOAP envelope and eb:MessageHeader."""

from __future__ import annotations

import re

from samhandling.ebxml import envelope as envelopes
from samhandling.ebxml import names, structure
from samhandling.ebxml.checklist.case import CREATOR, PAIR, UUID, Case
from samhandling.ebxml.document import Opened, open_document
from samhandling.ebxml.envelope import MessageHeader, Shape, Side
from samhandling.ebxml.names import eb, soap
from samhandling.ebxml.times import instant

_FAULTS = {
    "empty": "soap_part_missing",
    "too_large": "xml_too_large",
    "too_deep": "xml_too_large",
    "doctype": "xml_doctype",
    "version": "xml_version",
    "encoding": "xml_encoding_wrong",
    "not_xml": "xml_unreadable",
}
_HEADER_BLOCKS = {
    "MessageHeader", "AckRequested", "Acknowledgment", "ErrorList", "SyncReply", "MessageOrder", "Signature",
}  # fmt: skip
_BODY_BLOCKS = {"Manifest", "StatusRequest", "StatusResponse"}
_SOAP_ENVELOPE = re.compile(r"\{http://www\.w3\.org/(?:2003/05|2001/12)/soap-envelope/?\}Envelope")
_MESSAGE_ID = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_TRUE = {"1", "true"}


def read(case: Case) -> None:
    """Open the SOAP part and check everything up to Service and Action."""
    if case.message is None or not case.message.soap.data:
        return
    opened = open_document(case.message.soap.data)
    if opened.tree is None:
        case.find(_FAULTS[opened.fault])
        return
    _encoding(case, opened)
    case.envelope = envelopes.read(opened.tree)
    if _soap(case) and _header(case):
        for place in structure.faults_of(opened.tree):
            case.find("ebxml_schema", place)


def _encoding(case: Case, opened: Opened) -> None:
    if not opened.declared:
        case.find("xml_declaration_missing")
    declared = opened.encoding or "utf-8"
    if case.bare or case.message is None:
        said = declared
    else:
        said = case.message.soap.headers.content_type.parameters.get("charset", declared).lower()
    if _same(said) != _same(declared):
        case.find("xml_encoding_contradicts")
    elif _same(declared) != "utf8":
        case.find("xml_encoding_other")


def _same(encoding: str) -> str:
    """Names of encodings without the marks that vary; ASCII is a part of UTF-8."""
    bare = encoding.replace("-", "").replace("_", "").lower()
    return {"usascii": "utf8", "ascii": "utf8", "latin1": "iso88591"}.get(bare, bare)


def _soap(case: Case) -> bool:
    """Envelope, Header, Body and what stands in them; whether it goes on."""
    envelope = case.envelope
    if envelope is None:
        return False
    tree = envelope.tree
    if tree.tag != soap("Envelope"):
        version = _SOAP_ENVELOPE.fullmatch(str(tree.tag)) is not None
        case.find("envelope_version" if version else "envelope_missing")
        return False
    children = [str(child.tag) for child in tree if isinstance(child.tag, str)]
    if envelope.body is None:
        case.find("body_missing")
    elif any(child.tag == soap("Fault") for child in envelope.body):
        case.find("soap_fault")
        return False
    if envelope.head is None:
        case.find("header_missing")
        return False
    if children.count(soap("Header")) > 1 or children.count(soap("Body")) > 1 or children[:1] != [soap("Header")]:
        case.find("soap_schema")
        return False
    _blocks(case)
    return envelope.body is not None


def _blocks(case: Case) -> None:
    envelope = case.envelope
    if envelope is None or envelope.head is None or envelope.body is None:
        return
    for block in envelope.head:
        if not isinstance(block.tag, str):
            continue
        local, namespace = _name(block.tag)
        known = namespace in {names.EB, names.DS} and local in _HEADER_BLOCKS
        if not known and block.get(soap("mustUnderstand")) in _TRUE:
            case.find("must_understand_unknown", local)
        if local in {"MessageHeader", "AckRequested", "Acknowledgment", "ErrorList"} and namespace != names.EB:
            case.find("ebxml_namespace", local)
    blocks = [str(block.tag) for block in envelope.body if isinstance(block.tag, str)]
    for tag in blocks:
        local, namespace = _name(tag)
        if namespace != names.EB or local not in _BODY_BLOCKS:
            case.find("body_block_unknown", local)
    if len(blocks) > 1:
        case.find("body_many")
    for name in ("MessageHeader", "AckRequested", "Acknowledgment", "ErrorList", "SyncReply", "Manifest"):
        if envelope.counts.get(name, 0) > 1:
            case.find("block_twice", name)


def _name(tag: str) -> tuple[str, str]:
    """Local name and namespace."""
    namespace, brace, local = tag.rpartition("}")
    return local, namespace.removeprefix("{") if brace else ""


def _header(case: Case) -> bool:
    """eb:MessageHeader (steps 7 to 11); whether it is there."""
    header = case.header
    if header is None:
        case.find("message_header_missing")
        return False
    if header.version is None:
        case.find("version_missing")
    elif header.version != "2.0":
        case.find("version_wrong")
    if header.must_understand is None:
        case.find("must_understand_missing")
    elif header.must_understand not in _TRUE:
        case.find("must_understand_wrong")
    _message_data(case, header)
    _parties(case, header)
    _cpa_id(case, header)
    if header.service is None or header.action is None:
        for name, value in (("service", header.service), ("action", header.action)):
            if value is None:
                case.find(f"{name}_missing")
    for name, value in (("service", header.service), ("action", header.action)):
        if value == "":
            case.find(f"{name}_empty")
    return True


def _message_data(case: Case, header: MessageHeader) -> None:
    if not header.message_id:
        case.find("message_id_missing")
    elif not UUID.fullmatch(header.message_id) and not _MESSAGE_ID.fullmatch(header.message_id):
        case.find("message_id_format")
    if not header.timestamp:
        case.find("timestamp_missing")
    else:
        at = instant(header.timestamp)
        if at is None:
            case.find("timestamp_wrong")
        elif not at.zoned:
            case.find("timestamp_zone")
    if not header.conversation_id:
        case.find("conversation_id_missing")
    if header.time_to_live:
        limit = instant(header.time_to_live)
        if limit is None:
            case.find("time_to_live_wrong")
        elif limit.at < case.now and case.shape is Shape.PAYLOAD:
            case.find("time_to_live_expired")


def _parties(case: Case, header: MessageHeader) -> None:
    for word, side in (("from", header.sender), ("to", header.receiver)):
        _party(case, word, side)


def _party(case: Case, word: str, side: Side | None) -> None:
    place = f"/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:{word.capitalize()}"
    if side is None:
        case.find(f"{word}_missing", place)
    elif not side.ids:
        case.find(f"{word}_party_missing", place)
    elif any(not value for kind, value in side.ids if kind == "HER"):
        case.find(f"{word}_party_empty", place)
    elif not side.hers:
        case.find(f"{word}_her_missing", place)
    elif len(side.hers) > 1:
        case.find(f"{word}_her_many", place)
    elif not side.her:
        case.find(f"{word}_her_digits", place)


def _cpa_id(case: Case, header: MessageHeader) -> None:
    if not header.cpa_id:
        case.find("cpa_id_missing")
        return
    pair = PAIR.fullmatch(header.cpa_id)
    if pair is None:
        if CREATOR.fullmatch(header.cpa_id):
            case.find("cpa_id_creator")
        elif not UUID.fullmatch(header.cpa_id):
            case.find("cpa_id_format", "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:CPAId")
        return
    parties = {case.sender_her, case.receiver_her}
    if "" not in parties and {pair[1], pair[2]} != parties and len(pair[1]) == len(pair[2]) == 9:
        case.find("cpa_id_organisations")
    elif "" not in parties and {pair[1], pair[2]} != parties:
        case.find("cpa_id_parties", "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:CPAId")
    elif int(pair[1]) > int(pair[2]):
        case.find("cpa_id_order")


def must_understand(case: Case, name: str) -> bool:
    """Whether a header block says that it must be understood."""
    envelope = case.envelope
    block = envelope.head.find(eb(name)) if envelope is not None and envelope.head is not None else None
    return block is not None and block.get(soap("mustUnderstand")) in _TRUE
