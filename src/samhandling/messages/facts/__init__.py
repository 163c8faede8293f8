"""What every document tells: type, ids, parties, patient, references, events, copies.

One reader over the parsed tree serves valid and invalid documents alike, so that a document that must be refused can
still be answered (T01, T02, T10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from samhandling.messages import catalogue
from samhandling.messages.facts import attached, dialogue, people
from samhandling.messages.facts import payload as content
from samhandling.messages.facts.parties import care_party, party, patient
from samhandling.messages.facts.tree import (
    Element,
    anywhere,
    attribute,
    child,
    children,
    code,
    code_of,
    local,
    moment,
    namespace,
    raw_text,
    text,
)
from samhandling.messages.facts.values import (
    Attachment,
    Code,
    Discharge,
    Event,
    Facts,
    Identifier,
    Level,
    Moment,
    Note,
    Party,
    Patient,
    Person,
    ReceiptError,
    ReceiptFacts,
    Request,
    Unit,
    UnknownCode,
)

if TYPE_CHECKING:
    from samhandling.messages.engine.tables import Node

__all__ = [
    "Attachment",
    "Code",
    "Discharge",
    "Event",
    "Facts",
    "Identifier",
    "Level",
    "Moment",
    "Note",
    "Party",
    "Patient",
    "Person",
    "ReceiptError",
    "ReceiptFacts",
    "Request",
    "Unit",
    "UnknownCode",
    "facts",
    "of_document",
    "of_tree",
]


class HasTree(Protocol):
    """The part of `engine.Reading` that facts need."""

    @property
    def tree(self) -> Element | None: ...


def facts(reading: HasTree) -> Facts | None:
    """The facts of what the engine read, valid or not; None when there is nothing with a root of ours."""
    return of_tree(reading.tree) if reading.tree is not None else None


def of_document(document: Node) -> Facts:
    """The facts of a bound or composed document, as its receiver will see them."""
    from samhandling.messages import engine

    found = facts(engine.read(engine.build(document)))
    if found is None:
        raise TypeError(f"{type(document).__name__} is no root of ours")
    return found


def of_tree(root: Element) -> Facts | None:
    """The facts of a parsed tree; None when its root is neither MsgHead, AppRec nor Message."""
    match local(root):
        case "MsgHead":
            return _message_head(root)
        case "AppRec":
            return _receipt(root)
        case "Message":
            return _message(root)
        case _:
            return None


def _message_head(root: Element) -> Facts:
    info = child(root, "MsgInfo")
    payload = content.payload_of(root)
    uri = namespace(payload) if payload is not None else ""
    found = catalogue.format_of(uri)
    written = code(info, "Type")
    chosen = content.chosen_element(payload)
    element = local(chosen) if chosen is not None else ""
    first = child(root, "Document", "RefDoc")
    return Facts(
        root="MsgHead",
        namespace=uri,
        standard=found.standard if found else "",
        version=found.version if found else "",
        type=written.value,
        type_name=written.name,
        msg_id=raw_text(info, "MsgId"),
        generated=moment(raw_text(info, "GenDate")),
        sender=party(child(info, "Sender")),
        receivers=_receivers(root, info),
        patient=patient(child(info, "Patient")),
        parent=text(info, "ConversationRef", "RefToParent"),
        conversation=text(info, "ConversationRef", "RefToConversation"),
        status=attribute(payload, "V", "InformasjonOmForsendelsen", "Forsendelsesstatus")
        or attribute(payload, "V", "ServType"),
        processing_status=attribute(info, "V", "ProcessingStatus"),
        issued=moment(attribute(first, "V", "IssueDate")),
        element=element,
        payload_matches=_payload_matches(written.value, uri, element) if found else None,
        events=content.events(payload),
        discharge=content.discharge(chosen),
        responsible=people.responsible(payload),
        contacts=people.contacts(payload),
        units=people.units(payload),
        attachments=attached.attachments(root),
        content_type=dialogue.content_type(payload),
        requests=dialogue.requests(payload),
        answered=dialogue.answered(payload),
        notes=dialogue.notes(payload),
        critical=dialogue.critical(payload),
        unknown_codes=content.unknown_codes(root),
    )


def _receivers(root: Element, info: Element | None) -> tuple[Party, ...]:
    main = child(info, "Receiver")
    if main is None:
        main = anywhere(root, "Receiver")
    copies = tuple(party(receiver) for receiver in children(info, "OtherReceiver"))
    return (party(main, main=True), *copies) if main is not None else copies


def _payload_matches(type_code: str, uri: str, element: str) -> bool:
    """SEND-50: the type code belongs to the payload and, for logistics, to the chosen element."""
    message_type = catalogue.by_namespace(uri, type_code)
    return bool(type_code) and message_type is not None and message_type.element == element


def _receipt(root: Element) -> Facts:
    uri = namespace(root)
    found = catalogue.format_of(uri)
    original = child(root, "OriginalMsgId")
    role = attribute(root, "V", "Sender", "Role").upper()
    errors = tuple(
        ReceiptError(fault.value, fault.name, fault.other, fault.oid)
        for fault in (code_of(element) for element in children(root, "Error"))
    )
    return Facts(
        root="AppRec",
        namespace=uri,
        standard="apprec",
        version=found.version if found and found.standard == "apprec" else "",
        type="APPREC",
        type_name=attribute(root, "DN", "MsgType"),
        msg_id=raw_text(root, "Id"),
        generated=moment(raw_text(root, "GenDate")),
        sender=care_party(child(root, "Sender")),
        receivers=tuple(care_party(receiver, "PRIM") for receiver in children(root, "Receiver")),
        unknown_codes=content.unknown_codes(root),
        receipt=ReceiptFacts(
            status=attribute(root, "V", "Status"),
            status_text=attribute(root, "DN", "Status"),
            errors=errors,
            original_type=code(original, "MsgType"),
            original_id=raw_text(original, "Id"),
            original_issued=moment(raw_text(original, "IssueDate")),
            role="COP" if role == "COP" else "PRIM",
        ),
    )


# Body element -> (sender, main receiver): who ordered is Requester, so the sides change between orders and answers.
_SIDES = {
    "ServReq": ("Requester", "ServProvider"),
    "ServRprt": ("ServProvider", "Requester"),
    "ServReport": ("ServProvider", "Requester"),
}


def _message(root: Element) -> Facts:
    uri = namespace(root)
    found = catalogue.format_of(uri)
    body = next((element for element in root if local(element) in _SIDES), None)
    sender, receiver = _SIDES[local(body)] if body is not None else ("", "")
    written = code(root, "Type")
    return Facts(
        root="Message",
        namespace=uri,
        standard=found.standard if found else "",
        version=found.version if found else "",
        type=written.value,
        type_name=written.name,
        msg_id=raw_text(root, "MsgId"),
        generated=moment(attribute(root, "V", "GenDate") or raw_text(root, "GenDate")),
        sender=care_party(child(body, sender)),
        receivers=(
            *(care_party(found, "PRIM", "Primærmottaker") for found in children(body, receiver)),
            *(care_party(found, "COP", "Kopimottaker") for found in children(body, "CopyDest")),
        ),
        patient=patient(child(body, "Patient")),
        status=attribute(body, "V", "ServType"),
        processing_status="T" if attribute(root, "V", "Status").upper() == "TEST" else "",
        payload_matches=catalogue.by_namespace(uri, written.value) is not None if found else None,
        responsible=people.care_responsible(body),
        contacts=people.care_contacts(body),
        critical=dialogue.critical(body),
        unknown_codes=content.unknown_codes(root),
    )
