"""The port that every record fulfils: one way of handing journal documents to an organisation's EPJ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from samhandling.errors import SamhandlingError


class RecordError(SamhandlingError):
    """The record cannot take anything now: its folder is full or gone, its service does not answer. Again later."""

    code = "record.unavailable"
    retryable = True


class RecordRefusedError(SamhandlingError):
    """The record will not have this document, however often it is offered: a person must look."""

    code = "record.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDocument:
    """One message as a document of the patient's record."""

    document_id: UUID
    """The same at every try."""
    pdf: bytes = field(repr=False)
    original: bytes = field(repr=False)
    """The message's XML, byte for byte."""
    metadata: Mapping[str, Any] = field(repr=False)
    """docs/epj-folders.md tells every field."""


class Result(StrEnum):
    """How far the document came."""

    HANDED = "handed"
    """The record has been given it; the acknowledgment comes later through `acknowledged`."""
    FILED = "filed"


class Record(Protocol):
    """One organisation's record. Called outside any transaction; the same document may be handed over again."""

    def hand_over(self, document: JournalDocument, *, now: datetime) -> Result:
        """Give the document to the record, all of it or nothing.

        A document that the record has acknowledged is not given again. Raises RecordError when it cannot be taken
        now, RecordRefusedError when it never can.
        """
        ...

    def acknowledged(self) -> Iterable[UUID]:
        """Documents that the record has acknowledged and that `noted` was not called for. Raises RecordError."""
        ...

    def noted(self, document_id: UUID) -> None:
        """The acknowledgment is stored here: whatever lies about for the document may go. Harmless when repeated."""
        ...

    def stranger(self, document_id: UUID) -> None:
        """An acknowledgment for a document that was never handed over here: keep it for a person, name it no more."""
        ...
