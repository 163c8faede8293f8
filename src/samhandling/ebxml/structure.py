"""The header schema as a table of our own (msg-header-2_0 as patched): what may stand in an element, and how often.

Finds what rule 17 is about: elements in wrong order, unknown, too many or too few, and attributes that are missing.
Extensions of other namespaces are let through where the schema does.
"""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.ebxml.document import Tree
from samhandling.ebxml.names import DS, EB, SOAP, XLINK, XML, ds, eb

_MANY = 10_000
_HEADER = (f"{{{EB}}}version", f"{{{SOAP}}}mustUnderstand")
_VERSION = (f"{{{EB}}}version",)

# Element -> (child, least, most) in order; None stands for "any element of another namespace".
_CHILDREN: dict[str, tuple[tuple[str | None, int, int], ...]] = {
    "MessageHeader": (
        (eb("From"), 1, 1),
        (eb("To"), 1, 1),
        (eb("CPAId"), 1, 1),
        (eb("ConversationId"), 1, 1),
        (eb("Service"), 1, 1),
        (eb("Action"), 1, 1),
        (eb("MessageData"), 1, 1),
        (eb("DuplicateElimination"), 0, 1),
        (eb("Description"), 0, _MANY),
        (None, 0, _MANY),
    ),
    "From": ((eb("PartyId"), 1, _MANY), (eb("Role"), 0, 1)),
    "To": ((eb("PartyId"), 1, _MANY), (eb("Role"), 0, 1)),
    "MessageData": (
        (eb("MessageId"), 1, 1),
        (eb("Timestamp"), 1, 1),
        (eb("RefToMessageId"), 0, 1),
        (eb("TimeToLive"), 0, 1),
    ),
    "AckRequested": ((None, 0, _MANY),),
    "SyncReply": ((None, 0, _MANY),),
    "MessageOrder": ((eb("SequenceNumber"), 1, 1), (None, 0, _MANY)),
    "Acknowledgment": (
        (eb("Timestamp"), 1, 1),
        (eb("RefToMessageId"), 1, 1),
        (eb("From"), 0, 1),
        (ds("Reference"), 0, _MANY),
    ),
    "ErrorList": ((eb("Error"), 1, _MANY), (None, 0, _MANY)),
    "Error": ((eb("Description"), 0, 1), (None, 0, _MANY)),
    "Manifest": ((eb("Reference"), 1, _MANY), (None, 0, _MANY)),
    "Reference": ((eb("Schema"), 0, _MANY), (eb("Description"), 0, _MANY), (None, 0, _MANY)),
    "Schema": (),
    "StatusRequest": ((eb("RefToMessageId"), 1, 1), (None, 0, _MANY)),
    "StatusResponse": ((eb("RefToMessageId"), 1, 1), (eb("Timestamp"), 0, 1), (None, 0, _MANY)),
    **dict.fromkeys(
        (
            "PartyId", "Role", "CPAId", "ConversationId", "Service", "Action", "MessageId", "Timestamp",
            "RefToMessageId", "TimeToLive", "Description", "SequenceNumber",
        ),
        (),
    ),
}  # fmt: skip

_REQUIRED: dict[str, tuple[str, ...]] = {
    "MessageHeader": _HEADER,
    "AckRequested": (*_HEADER, eb("signed")),
    "Acknowledgment": _HEADER,
    "ErrorList": (*_HEADER, eb("highestSeverity")),
    "SyncReply": (*_HEADER, f"{{{SOAP}}}actor"),
    "MessageOrder": _HEADER,
    "Manifest": _VERSION,
    "StatusRequest": _VERSION,
    "StatusResponse": (*_VERSION, eb("messageStatus")),
    "Reference": (f"{{{XLINK}}}href",),
    "Schema": (eb("location"),),
    "Error": (eb("errorCode"), eb("severity")),
    "Description": (f"{{{XML}}}lang",),
}

# What has a rule of its own: said there, and not once more as rule 17.
_ELSEWHERE = {
    "MessageHeader/From", "MessageHeader/To", "MessageHeader/CPAId", "MessageHeader/ConversationId",
    "MessageHeader/Service", "MessageHeader/Action", "MessageData/MessageId", "MessageData/Timestamp", "From/PartyId",
    "To/PartyId", "Manifest/Reference", "MessageHeader/@version", "MessageHeader/@mustUnderstand",
    "Manifest/@version", "AckRequested/@mustUnderstand", "AckRequested/@signed", "Acknowledgment/RefToMessageId",
    "Reference/@href", "Schema/@location",
}  # fmt: skip


def faults_of(tree: Tree) -> tuple[str, ...]:
    """Places, as `MessageHeader/Service`, where an envelope is not as the schema has it."""
    found: list[str] = []
    for element in tree.iter(f"{{{EB}}}*"):
        name = str(element.tag).removeprefix(f"{{{EB}}}")
        parent = element.getparent()
        if name not in _CHILDREN:
            if name != "DuplicateElimination":
                found.append(name)
            continue
        if parent is not None and str(parent.tag).startswith(f"{{{DS}}}"):
            continue
        found += _element_faults(element, name)
    return tuple(dict.fromkeys(found))


def _element_faults(element: Tree, name: str) -> Iterator[str]:
    for attribute in _REQUIRED.get(name, ()):
        place = f"{name}/@{attribute.rpartition('}')[2]}"
        if element.get(attribute) is None and place not in _ELSEWHERE:
            yield place
    children = [str(child.tag) for child in element if isinstance(child.tag, str)]
    here = 0
    for tag, least, most in _CHILDREN[name]:
        count = 0
        while here < len(children) and count < most and _fits(children[here], tag):
            here, count = here + 1, count + 1
        place = f"{name}/{(tag or '').rpartition('}')[2]}"
        if count < least and (tag in children or place not in _ELSEWHERE):
            yield place
    if here < len(children):
        yield f"{name}/{children[here].rpartition('}')[2]}"


def _fits(tag: str, wanted: str | None) -> bool:
    return tag == wanted if wanted is not None else tag.startswith("{") and not tag.startswith(f"{{{EB}}}")
