"""A record behind a folder for the tests' hospital and municipality, and an EPJ that acknowledges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from samhandling.configuration import RecordSetting, configuration
from samhandling.organisations.models import Organisation
from samhandling.writing.collecting import Looker, acknowledgments


@dataclass
class Epj:
    """What the organisation's EPJ sees and does."""

    organisation: Organisation
    folder: Path
    looker: Looker

    def documents(self) -> list[str]:
        """Ids of complete journal documents that lie in the folder."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def acknowledge(self, *document_ids: str) -> None:
        """As an EPJ does: take the files, then write the acknowledgment."""
        for document_id in document_ids or self.documents():
            (self.folder / f"{document_id}.kvittering").write_bytes(b"")

    def look(self, now: datetime) -> int:
        """Let the node look for acknowledgments, as its worker does."""
        return acknowledgments(self.organisation, self.looker, now=now)


def epj_of(organisation: Organisation, folder: Path, monkeypatch, *, acknowledge: str = "file") -> Epj:
    """Give the organisation a record, beside those that others have."""
    folder.mkdir(parents=True, exist_ok=True)
    setting = RecordSetting(organisation=organisation.her_id, folder=folder, acknowledge=acknowledge)
    monkeypatch.setattr(configuration(), "records", [*configuration().records, setting])
    return Epj(organisation, folder, Looker())
