"""Attachments of a message that is being written: taken by what their bytes are, kept sealed, sent with it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.messages import attachments
from samhandling.messages.attachments import Kind
from samhandling.messages.compose.attachments import MOST_BYTES
from samhandling.messages.engine.parse import Limits, parse
from samhandling.pages.texts import N_
from samhandling.patients.services import vault
from samhandling.writing.models import Draft, DraftFile, DraftFilePiece

PIECE = 999_900
"""Most bytes in one piece; sealing adds a few."""
MOST_FILES = 20
LONGEST_NAME = 200
TAKEN = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""What any receiver can open (HIS 1077)."""
REFUSED = {
    "empty": N_("%(name)s er tom."),
    "kind": N_("%(name)s kan ikke sendes. Vedlegg må være PDF, JPEG eller PNG."),
    "size": N_("%(name)s er for stor. Vedleggene kan være 20 MB til sammen."),
    "many": N_("Det er ikke plass til flere vedlegg."),
}


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as the form shows it."""

    number: int
    name: str = field(repr=False)
    media_type: str
    size: int

    @property
    def kind(self) -> Kind:
        """What it is; only what was seen to be that is kept."""
        code = "pdf" if self.media_type == "application/pdf" else "image"
        return Kind(code, self.media_type, self.media_type.rpartition("/")[2])


def files(draft: Draft | None, earlier: Message | None = None) -> list[File]:
    """Those of the draft; before there is one, those of the version that it will change."""
    if draft is None:
        return [each for each, _content in _of_message(earlier)]
    rows = DraftFile.objects.filter(draft=draft).order_by("number")
    return [File(row.number, vault().open(bytes(row.sealed_name)), row.media_type, row.size) for row in rows]


def _of_message(message: Message | None) -> Iterator[tuple[File, bytes]]:
    """What a message of ours was sent with."""
    if message is None or not message.has_attachments or message.original is None or message.original.closed:
        return
    data = originals.read(message.original)
    tree = parse(data, Limits()).tree
    for each in attachments.attached(tree) if tree is not None else ():
        content = attachments.content(data, each.number)
        if content is not None and each.kind.media_type in TAKEN:
            yield File(each.number, each.name, each.kind.media_type, each.size), b"".join(content.pieces)


@transaction.atomic
def begin(draft: Draft, earlier: Message | None) -> None:
    """A new draft of a change starts with what the last version had."""
    for each, content in _of_message(earlier):
        _keep(draft, each.name, each.media_type, content)


@transaction.atomic
def add(draft: Draft, name: str, content: bytes) -> str:
    """Keep a file with the draft. Gives "" or why not: a key of REFUSED."""
    rows = list(DraftFile.objects.select_for_update().filter(draft=draft).values_list("size", flat=True))
    if not content:
        return "empty"
    if len(rows) >= MOST_FILES:
        return "many"
    if sum(rows) + len(content) > MOST_BYTES:
        return "size"
    kind = attachments.kind_of(base64.b64encode(content[:6_000]).decode())
    if kind.media_type not in TAKEN:
        return "kind"
    _keep(draft, name, kind.media_type, content)
    return ""


def _keep(draft: Draft, name: str, media_type: str, content: bytes) -> None:
    last = DraftFile.objects.filter(draft=draft).aggregate(last=Max("number"))["last"] or 0
    row = DraftFile.objects.create(
        draft=draft, number=last + 1, sealed_name=vault().seal(name[:LONGEST_NAME]), media_type=media_type,
        size=len(content),
    )  # fmt: skip
    for number, start in enumerate(range(0, len(content), PIECE)):
        sealed = vault().seal_bytes(content[start : start + PIECE])
        DraftFilePiece.objects.create(file=row, number=number, sealed=sealed)


def remove(draft: Draft, number: int) -> None:
    """Take a file away; the others keep their numbers."""
    DraftFile.objects.filter(draft=draft, number=number).delete()


def remove_all(draft: Draft) -> None:
    """The message has them now."""
    DraftFile.objects.filter(draft=draft).delete()


def stream(draft: Draft, number: int) -> Iterator[bytes]:
    """The bytes of one file, a piece at a time. Raises UnreadableSealError for damaged ones."""
    pieces = DraftFilePiece.objects.filter(file__draft=draft, file__number=number).order_by("number")
    for sealed in pieces.values_list("sealed", flat=True).iterator(chunk_size=2):
        yield vault().open_bytes(bytes(sealed))


def with_files(draft: Draft, values: Mapping[str, Any]) -> dict[str, Any]:
    """The message's data with the files of the draft."""
    found = [
        {"name": each.name, "mime_type": each.media_type, "content": b"".join(stream(draft, each.number))}
        for each in files(draft)
    ]
    return {**values, "attachments": found} if found else dict(values)


def changed(draft: Draft, earlier: Message | None) -> bool:
    """Whether the draft has other files than the version that it changes."""
    before = [(each.name, each.media_type, each.size) for each in files(None, earlier)]
    return [(each.name, each.media_type, each.size) for each in files(draft)] != before
