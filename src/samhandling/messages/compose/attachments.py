"""Attachments: which formats we send, how large they may be, how they stand in the document (HIS 1036, HIS 1077)."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from samhandling.clock.oslo import xml_time
from samhandling.messages.compose.checking import FieldError
from samhandling.messages.compose.parts import clean, cs
from samhandling.messages.compose.values import Attachment
from samhandling.messages.model import base64container, kith
from samhandling.messages.model import hodemelding as mh

WARN_ABOVE = 10_000_000
"""Bytes of the whole message above which the sender is warned: more than most lines take (HIS 1036)."""
MOST_BYTES = 20_000_000
"""Bytes of all attachments together that we send; base64 adds a third."""

_BEGINNINGS = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
_NAMES = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}


def encoded_size(attachments: tuple[Attachment, ...]) -> int:
    """How many bytes the attachments take in the document."""
    return sum(-(-len(attachment.content) // 3) * 4 for attachment in attachments)


def check_attachments(attachments: tuple[Attachment, ...]) -> Iterator[FieldError]:
    """Each is what it says it is, and all together are not more than a line takes."""
    for number, attachment in enumerate(attachments):
        beginning = _BEGINNINGS.get(attachment.mime_type)
        if beginning is not None and attachment.content and not attachment.content.startswith(beginning):
            yield FieldError(
                f"attachments[{number}].content",
                "field.format",
                f"Vedlegget er ikke en {_NAMES[attachment.mime_type]}-fil.",
            )
    if sum(len(attachment.content) for attachment in attachments) > MOST_BYTES:
        text = f"Vedleggene er til sammen større enn {MOST_BYTES // 1_000_000} MB."
        yield FieldError("attachments", "field.range", text)


def documents(attachments: tuple[Attachment, ...]) -> list[mh.Document]:
    """A Document for each, after the message itself (SEND-48)."""
    return [
        mh.Document(
            RefDoc=mh.RefDoc(
                IssueDate=kith.TS(V=xml_time(attachment.made_at)) if attachment.made_at else None,
                MsgType=cs("8114", "A"),
                MimeType=attachment.mime_type,
                Description=clean(attachment.name),
                Content=mh.Content(
                    elements=[base64container.Base64Container(text=base64.b64encode(attachment.content).decode())]
                ),
            )
        )
        for attachment in attachments
    ]
