"""A record behind a folder: three files for each journal document, and the EPJ's acknowledgment as a fourth."""

from __future__ import annotations

import errno
import json
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from samhandling.writing.files import write_whole
from samhandling.writing.ports import JournalDocument, RecordError, Result

ACKNOWLEDGMENT = ".kvittering"
UNKNOWN = ".ukjent"
PARTS = (".pdf", ".xml", ".json")
"""In the order in which they are written: whoever sees the metadata file sees all of them."""


class FolderRecord:
    """Hands over through a folder. Names are made of the document's id alone (P-18)."""

    def __init__(self, folder: Path | str, *, at_once: bool = False) -> None:
        self._folder = Path(folder)
        self._at_once = at_once

    def hand_over(self, document: JournalDocument, *, now: datetime) -> Result:
        """Write the three files, each whole or not at all, the metadata last."""
        name = str(document.document_id)
        contents = (document.pdf, document.original, _json(document))
        try:
            if not self._at_once and (self._folder / f"{name}{ACKNOWLEDGMENT}").exists():
                return Result.FILED
            # A missing folder is never made here: it may be a share that is not mounted.
            for suffix, content in zip(PARTS, contents, strict=True):
                write_whole(self._folder / f"{name}{suffix}", content)
        except OSError as error:
            raise _trouble(error) from error
        return Result.FILED if self._at_once else Result.HANDED

    def acknowledged(self) -> list[UUID]:
        """Ids of the acknowledgment files, oldest first."""
        if self._at_once:
            return []
        try:
            with os.scandir(self._folder) as entries:
                found = [(entry.stat().st_mtime_ns, entry.name) for entry in entries if _acknowledges(entry.name)]
        except OSError as error:
            raise _trouble(error) from error
        return [UUID(name.removesuffix(ACKNOWLEDGMENT)) for _, name in sorted(found)]

    def noted(self, document_id: UUID) -> None:
        """Take the files away, metadata first, the acknowledgment last: a crash before it only repeats this."""
        try:
            for suffix in (*reversed(PARTS), ACKNOWLEDGMENT):
                (self._folder / f"{document_id}{suffix}").unlink(missing_ok=True)
        except OSError as error:
            raise _trouble(error) from error

    def stranger(self, document_id: UUID) -> None:
        """Leave the acknowledgment under another suffix."""
        try:
            path = self._folder / f"{document_id}{ACKNOWLEDGMENT}"
            path.replace(path.with_name(f"{path.name}{UNKNOWN}"))
        except FileNotFoundError:
            return  # Another process of this node has met it too.
        except OSError as error:
            raise _trouble(error) from error


def _acknowledges(name: str) -> bool:
    if not name.endswith(ACKNOWLEDGMENT):
        return False
    try:
        return str(UUID(name.removesuffix(ACKNOWLEDGMENT))) == name.removesuffix(ACKNOWLEDGMENT)
    except ValueError:
        return False


def _json(document: JournalDocument) -> bytes:
    return json.dumps(document.metadata, ensure_ascii=False, indent=1).encode() + b"\n"


def _trouble(error: OSError) -> RecordError:
    return RecordError(errno.errorcode.get(error.errno or 0, type(error).__name__))
