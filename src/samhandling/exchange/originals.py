"""Documents as bytes: kept unchanged, in compressed pieces, read as a stream (design 3b, RECV-07)."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from samhandling.errors import SamhandlingError
from samhandling.exchange.models import Original, OriginalPiece
from samhandling.organisations.models import Organisation
from samhandling.store.prepared import insert, prepared

PIECE = 999_999
"""Most bytes of the document in one piece, before compression: a compressed piece is then at most 1 MB as well."""


class ContentRemovedError(SamhandlingError):
    """The document was deleted; only its size and digest are left (P-07, P-11)."""

    code = "exchange.content_removed"


class ContentLockedError(SamhandlingError):
    """A person has decided that the document was not for us: nobody reads it until it is deleted (C-06)."""

    code = "exchange.content_locked"
    retryable = True


def store(data: bytes, *, organisation: Organisation | None, now: datetime) -> Original:
    """Keep `data` unchanged, in the caller's transaction."""
    original = Original(organisation=organisation, sha256=digest(data), size=len(data), stored_at=now)
    if len(data) <= PIECE and connection.vendor == "postgresql":
        _store_small(original, data)
        return original
    insert(original)
    with connection.cursor() as cursor:
        for number, start in enumerate(range(0, len(data), PIECE)):
            cursor.execute(_INSERT_PIECE, [original.pk, number, _pack(data[start : start + PIECE])])
    return original


_INSERT_PIECE = "INSERT INTO exchange_originalpiece (original_id, number, data) VALUES (%s, %s, %s)"
_INSERT_SMALL = """
WITH original AS (
  INSERT INTO exchange_original (organisation_id, sha256, size, stored_at) VALUES (%s, %s, %s, %s) RETURNING id
), piece AS (
  INSERT INTO exchange_originalpiece (original_id, number, data) SELECT id, 0, %s::bytea FROM original
)
SELECT id FROM original
"""


def _store_small(original: Original, data: bytes) -> None:
    """A document of one piece in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_SMALL,
            [original.organisation_id, original.sha256, original.size, original.stored_at, _pack(data)],
        )
        original.pk = int(cursor.fetchone()[0])
    original._state.adding = False


def forget(original: Original) -> None:
    """Take back a document that was stored in this transaction and is not needed."""
    OriginalPiece.objects.filter(original=original).delete()
    Original.objects.filter(pk=original.pk).delete()


def digest(data: bytes) -> str:
    """By what we know the same bytes again."""
    return hashlib.sha256(data).hexdigest()


def _pack(piece: bytes) -> bytes:
    """A piece compressed; a marker byte tells one that would only have grown."""
    packed = zlib.compress(piece, 6)
    return b"z" + packed if len(packed) < len(piece) else b"r" + piece


def _unpack(stored: bytes) -> bytes:
    return zlib.decompress(stored[1:]) if stored[:1] == b"z" else stored[1:]


def require_open(original: Original) -> None:
    """Raise ContentRemovedError or ContentLockedError when nobody may read the document any more."""
    if original.removed_at is not None:
        raise ContentRemovedError(f"original {original.pk}")
    if original.locked_at is not None:
        raise ContentLockedError(f"original {original.pk}")


def stream(original: Original) -> Iterator[bytes]:
    """The document piece by piece. Raises ContentRemovedError when it was deleted, ContentLockedError."""
    require_open(original)
    pieces = OriginalPiece.objects.filter(original_id=original.pk).order_by("number")
    for data in pieces.values_list("data", flat=True).iterator(chunk_size=2):
        yield _unpack(bytes(data))


def read(original: Original) -> bytes:
    """The whole document. Raises ContentRemovedError when it was deleted, ContentLockedError."""
    if original.size > PIECE:
        return b"".join(stream(original))
    require_open(original)
    return joined(_pieces(original.pk))


def read_locked(original: Original) -> bytes:
    """The whole document, also while it is locked: for nobody's eyes, only to answer its sender."""
    return joined(_pieces(original.pk))


@prepared
def _pieces(original_id: int) -> QuerySet[OriginalPiece, Any]:
    return OriginalPiece.objects.filter(original_id=original_id).order_by("number").values_list("data", flat=True)


def joined(pieces: Iterable[Any]) -> bytes:
    """The document of pieces as they lie in the store, in order; a row without a piece is None."""
    return b"".join(_unpack(bytes(piece)) for piece in pieces if piece is not None)


def copy(original: Original, *, organisation: Organisation, now: datetime) -> Original:
    """The same document for another organisation: theirs to keep or delete (design 3a)."""
    twin = Original.objects.create(organisation=organisation, sha256=original.sha256, size=original.size, stored_at=now)
    OriginalPiece.objects.bulk_create(
        OriginalPiece(original=twin, number=piece.number, data=piece.data)
        for piece in OriginalPiece.objects.filter(original=original).order_by("number")
    )
    return twin


@transaction.atomic
def remove(original: Original, *, now: datetime) -> None:
    """Delete the content alone; size and digest stay. Nothing happens the second time."""
    if original.removed_at is None:
        OriginalPiece.objects.filter(original=original).delete()
        original.removed_at = now
        original.save(update_fields=["removed_at"])
