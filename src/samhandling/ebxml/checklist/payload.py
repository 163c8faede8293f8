"""Step 24: the payload parts themselves."""

from __future__ import annotations

from samhandling.ebxml import content, encryption
from samhandling.ebxml.checklist.case import CREATOR, UUID, Case
from samhandling.ebxml.checklist.transport import is_plain
from samhandling.ebxml.content import ContentError
from samhandling.ebxml.encryption import DecryptionError
from samhandling.ebxml.envelope import Shape
from samhandling.ebxml.mime import Part
from samhandling.messages import engine
from samhandling.messages import facts as document_facts
from samhandling.messages.engine.parse import has_doctype


def check(case: Case) -> None:
    """Decrypt and unwrap every part; only called for a message whose signature holds."""
    if case.shape is not Shape.PAYLOAD:
        return
    for part in case.attachments:
        _part(case, part)
    _declared(case)


def _part(case: Case, part: Part) -> None:
    place = f"cid:{part.headers.content_id}"
    if is_plain(part):
        case.find("payload_plain" if _may_be_plain(case) else "payload_not_encrypted", place)
        plain = part.data
    elif not encryption.is_cms(part.data):
        case.find("payload_not_cms", place)
        return
    elif not case.known.decrypters:
        case.find("left_out_decryption", place)
        return
    else:
        try:
            plain = encryption.decrypt(part.data, case.known.decrypters)
        except DecryptionError:
            case.find("decryption", place)
            return
    try:
        opened = content.open_content(plain)
    except ContentError:
        case.find("decryption", place)  # the same answer: what failed is nobody's business
        return
    if has_doctype(opened.data):
        case.find("payload_doctype", place)
        return
    if opened.encoding_missing:
        case.find("content_type_inner_missing", place)
    case.documents.append((part.headers.content_id, opened.data))


def _may_be_plain(case: Case) -> bool:
    """Whether an agreement says that the payload is not encrypted, or a synchronous call leaves it open (9.2)."""
    header = case.header
    if header is None or not header.cpa_id:
        return False
    found = case.known.agreement(header.cpa_id)
    if found is None:
        named = UUID.fullmatch(header.cpa_id) or CREATOR.fullmatch(header.cpa_id)
        return case.http and case.known.agreements is None and named is not None
    party = found.agreement.party(case.receiver_her)
    taken = party.can(send=False, service=header.service or "", action=header.action or "") if party else ()
    return bool(taken) and not any(binding.encrypted for binding in taken)


def _declared(case: Case) -> None:
    """Rule 270: the document is what eb:Schema says that it is."""
    envelope = case.envelope
    if envelope is None or envelope.manifest is None:
        return
    declared = {location for reference in envelope.manifest.references for location, _ in reference.schemas if location}
    if not declared or not case.documents:
        return
    namespaces = {namespace_of(data) for _, data in case.documents}
    if not namespaces & declared:
        case.find("monitoring_document")


def namespace_of(data: bytes) -> str:
    """Namespace of the business document: the first in MsgHead, else the root's; "" when it cannot be read."""
    reading = engine.read(data)
    found = document_facts.facts(reading) if reading.tree is not None else None
    return found.namespace if found is not None else ""
