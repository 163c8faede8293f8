"""The SOAP part as values: read from a tree without judging it. Element and attribute names as in the header schema.

A missing element is None or ""; the checklist says what that means. Text is stripped: an official example has a blank
before its MessageId (3.6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from samhandling.ebxml import names
from samhandling.ebxml.document import Tree
from samhandling.ebxml.names import ds, eb, soap


class Shape(StrEnum):
    """The three envelopes of the profile, and all else."""

    PAYLOAD = "payload"
    ACKNOWLEDGMENT = "acknowledgment"
    ERROR = "error"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Side:
    """`From` or `To`."""

    ids: tuple[tuple[str, str], ...] = ()
    """(type, value) of each PartyId."""
    role: str = ""

    @property
    def hers(self) -> tuple[str, ...]:
        """The values of type HER; blank ones too."""
        return tuple(value for kind, value in self.ids if kind == "HER")

    @property
    def her(self) -> str:
        """The HER-id when there is exactly one, of digits; else ""."""
        found = self.hers
        return found[0] if len(found) == 1 and found[0].isascii() and found[0].isdigit() else ""

    @property
    def address(self) -> str:
        """A HER-id to answer to: the first of digits, also when there are several; "" when there is none."""
        return next((value for value in self.hers if value.isascii() and value.isdigit()), "")


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """`eb:MessageHeader`."""

    sender: Side | None
    receiver: Side | None
    cpa_id: str | None
    conversation_id: str | None
    service: str | None
    action: str | None
    message_id: str | None
    timestamp: str | None
    ref_to_message_id: str | None
    time_to_live: str | None
    duplicate_elimination: bool
    descriptions: tuple[str, ...]
    version: str | None
    must_understand: str | None


@dataclass(frozen=True, slots=True)
class AckRequested:
    """`eb:AckRequested`."""

    signed: str | None
    must_understand: str | None


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """`eb:Acknowledgment`; `references` are the copies of ds:Reference as they stand in the tree."""

    timestamp: str | None
    ref_to_message_id: str | None
    references: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """`eb:Error`."""

    code: str
    severity: str
    location: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ErrorList:
    """`eb:ErrorList`."""

    highest: str
    errors: tuple[ErrorEntry, ...]

    @property
    def only_warnings(self) -> bool:
        """A list of warnings is a receipt: the message was taken (7.2)."""
        return bool(self.errors) and all(entry.severity == "Warning" for entry in self.errors)


@dataclass(frozen=True, slots=True)
class ManifestReference:
    """`eb:Reference` of the manifest."""

    href: str
    schemas: tuple[tuple[str, str], ...]
    """(location, version) of each eb:Schema."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`eb:Manifest`."""

    version: str | None
    references: tuple[ManifestReference, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope says. Elements that stand more than once are in `counts`."""

    tree: Tree = field(repr=False)
    head: Tree | None = field(repr=False)
    body: Tree | None = field(repr=False)
    header: MessageHeader | None
    ack_requested: AckRequested | None
    acknowledgment: Acknowledgment | None
    error_list: ErrorList | None
    manifest: Manifest | None
    sync_reply: bool
    counts: dict[str, int]
    """How often each block stands under Header and Body; blocks of other namespaces by their full name."""
    test: bool
    """Whether it carries the test mark (HITS 1172 5.15.2)."""

    @property
    def shape(self) -> Shape:
        """Which of the three it is; when blocks contradict each other Service and Action decide (check 19)."""
        found = [
            shape
            for shape, there in (
                (Shape.ACKNOWLEDGMENT, self.acknowledgment is not None),
                (Shape.ERROR, self.error_list is not None),
                (Shape.PAYLOAD, self.ack_requested is not None or self.manifest is not None),
            )
            if there
        ]
        if len(found) == 1:
            return found[0]
        service, action = (self.header.service, self.header.action) if self.header else (None, None)
        if service == names.SIGNAL_SERVICE:
            signal = {names.ACKNOWLEDGMENT: Shape.ACKNOWLEDGMENT, names.MESSAGE_ERROR: Shape.ERROR}
            return signal.get(action or "", Shape.OTHER)
        return Shape.PAYLOAD if found else Shape.OTHER


def read(tree: Tree) -> Envelope:
    """Read what is there; the root need not be an envelope."""
    is_envelope = tree.tag == soap("Envelope")
    head = _child(tree, soap("Header")) if is_envelope else None
    body = _child(tree, soap("Body")) if is_envelope else None
    counts: dict[str, int] = {}
    for block in [*_elements(head), *_elements(body)]:
        tag = str(block.tag)
        for prefix in (f"{{{names.EB}}}", f"{{{names.DS}}}"):
            tag = tag.removeprefix(prefix)
        counts[tag] = counts.get(tag, 0) + 1
    header = _child(head, eb("MessageHeader"))
    ack_requested = _child(head, eb("AckRequested"))
    acknowledgment = _child(head, eb("Acknowledgment"))
    error_list = _child(head, eb("ErrorList"))
    manifest = _child(body, eb("Manifest"))
    return Envelope(
        tree,
        head,
        body,
        None if header is None else _header(header),
        None
        if ack_requested is None
        else AckRequested(ack_requested.get(eb("signed")), ack_requested.get(soap("mustUnderstand"))),
        None if acknowledgment is None else _acknowledgment(acknowledgment),
        None if error_list is None else _error_list(error_list),
        None if manifest is None else _manifest(manifest),
        "SyncReply" in counts,
        counts,
        _is_test(head),
    )


def _header(header: Tree) -> MessageHeader:
    data = _child(header, eb("MessageData"))
    return MessageHeader(
        sender=_side(_child(header, eb("From"))),
        receiver=_side(_child(header, eb("To"))),
        cpa_id=_text(header, "CPAId"),
        conversation_id=_text(header, "ConversationId"),
        service=_text(header, "Service"),
        action=_text(header, "Action"),
        message_id=_text(data, "MessageId"),
        timestamp=_text(data, "Timestamp"),
        ref_to_message_id=_text(data, "RefToMessageId"),
        time_to_live=_text(data, "TimeToLive"),
        duplicate_elimination=_child(header, eb("DuplicateElimination")) is not None,
        descriptions=tuple(_own_text(one) for one in _children(header, eb("Description"))),
        version=header.get(eb("version")),
        must_understand=header.get(soap("mustUnderstand")),
    )


def _side(side: Tree | None) -> Side | None:
    if side is None:
        return None
    ids = tuple((one.get(eb("type")) or "", _own_text(one)) for one in _children(side, eb("PartyId")))
    return Side(ids, _text(side, "Role") or "")


def _acknowledgment(found: Tree) -> Acknowledgment:
    references = tuple(_children(found, ds("Reference")))
    return Acknowledgment(_text(found, "Timestamp"), _text(found, "RefToMessageId"), references)


def _error_list(found: Tree) -> ErrorList:
    entries = tuple(
        ErrorEntry(
            one.get(eb("errorCode")) or "",
            one.get(eb("severity")) or "",
            one.get(eb("location")) or "",
            _text(one, "Description") or "",
        )
        for one in _children(found, eb("Error"))
    )
    return ErrorList(found.get(eb("highestSeverity")) or "", entries)


def _manifest(found: Tree) -> Manifest:
    references = tuple(
        ManifestReference(
            (one.get(f"{{{names.XLINK}}}href") or "").strip(),
            tuple((s.get(eb("location")) or "", s.get(eb("version")) or "") for s in _children(one, eb("Schema"))),
        )
        for one in _children(found, eb("Reference"))
    )
    return Manifest(found.get(eb("version")), references)


def _is_test(head: Tree | None) -> bool:
    first = next(iter(head), None) if head is not None else None
    return first is not None and not isinstance(first.tag, str) and (first.text or "").strip() == names.TEST_MARK


def _elements(parent: Tree | None) -> list[Tree]:
    return [] if parent is None else [child for child in parent if isinstance(child.tag, str)]


def _children(parent: Tree | None, tag: str) -> list[Tree]:
    return [] if parent is None else [child for child in parent if child.tag == tag]


def _child(parent: Tree | None, tag: str) -> Tree | None:
    return next(iter(_children(parent, tag)), None)


def _own_text(element: Tree) -> str:
    return "".join(cast("list[str]", element.xpath("text()"))).strip()


def _text(parent: Tree | None, name: str) -> str | None:
    found = _child(parent, eb(name))
    return None if found is None else _own_text(found)
