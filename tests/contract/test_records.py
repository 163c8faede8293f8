"""What every record must do, asked of each in the same words. A new record adds a rig; the tests stay."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from samhandling.writing.ports import JournalDocument, Record, RecordError, Result
from samhandling.writing.records.folder import FolderRecord

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class Rig:
    """A record, and what the EPJ at the other end sees and does."""

    record: Record
    taken: Callable[[], dict[UUID, tuple[bytes, bytes, dict]]]
    """Documents that the EPJ could take now: pages, original, metadata."""
    acknowledge: Callable[[UUID], None] | None
    """The EPJ acknowledges; None where handing over is enough."""
    break_down: Callable[[], None]


def _taken(folder: Path) -> dict[UUID, tuple[bytes, bytes, dict]]:
    return {
        UUID(path.stem): (
            path.with_suffix(".pdf").read_bytes(), path.with_suffix(".xml").read_bytes(), json.loads(path.read_text())
        )
        for path in folder.glob("*.json")
    }  # fmt: skip


def folder(base: Path) -> Rig:
    place = base / "journal"
    place.mkdir()
    return Rig(
        FolderRecord(place),
        taken=lambda: _taken(place),
        acknowledge=lambda document_id: (place / f"{document_id}.kvittering").touch(),
        break_down=lambda: place.rename(base / "borte"),
    )


def folder_at_once(base: Path) -> Rig:
    place = base / "journal"
    place.mkdir()
    return Rig(
        FolderRecord(place, at_once=True),
        taken=lambda: _taken(place),
        acknowledge=None,
        break_down=lambda: place.rename(base / "borte"),
    )


@pytest.fixture(params=[folder, folder_at_once], ids=lambda make: make.__name__)
def rig(request, tmp_path) -> Rig:
    return request.param(tmp_path)


def document(document_id: UUID | None = None, original: bytes = b"<MsgHead/>") -> JournalDocument:
    return JournalDocument(
        document_id=document_id or uuid4(), pdf=b"%PDF-1.7 \xff\x00", original=original, metadata={"navn": "Åse – «Ø»"}
    )


def test_it_works(rig):
    given = document()
    result = rig.record.hand_over(given, now=NOW)
    assert rig.taken() == {given.document_id: (given.pdf, given.original, dict(given.metadata))}
    assert result is (Result.HANDED if rig.acknowledge else Result.FILED)
    assert list(rig.record.acknowledged()) == []


def test_an_acknowledgment_is_told_until_it_is_noted(rig):
    if rig.acknowledge is None:
        pytest.skip("handing over is enough")
    first, second = document(), document()
    for given in (first, second):
        rig.record.hand_over(given, now=NOW)
    rig.acknowledge(first.document_id)
    assert list(rig.record.acknowledged()) == [first.document_id]
    assert list(rig.record.acknowledged()) == [first.document_id]
    rig.record.noted(first.document_id)
    rig.record.noted(first.document_id)
    assert list(rig.record.acknowledged()) == []
    assert list(rig.taken()) == [second.document_id]


def test_the_same_document_again_is_one_document(rig):
    given = document()
    for _ in range(3):
        rig.record.hand_over(given, now=NOW)
    assert list(rig.taken()) == [given.document_id]


def test_what_was_acknowledged_is_not_given_again(rig):
    if rig.acknowledge is None:
        pytest.skip("handing over is enough")
    given = document()
    rig.acknowledge(given.document_id)
    assert rig.record.hand_over(given, now=NOW) is Result.FILED
    assert rig.taken() == {}


def test_a_stranger_is_kept_and_not_named_again(rig):
    if rig.acknowledge is None:
        pytest.skip("handing over is enough")
    strange = uuid4()
    rig.acknowledge(strange)
    assert list(rig.record.acknowledged()) == [strange]
    rig.record.stranger(strange)
    rig.record.stranger(strange)
    assert list(rig.record.acknowledged()) == []


def test_a_large_document_comes_whole(rig):
    given = document(original=b"x" * 8_000_000)
    rig.record.hand_over(given, now=NOW)
    assert rig.taken()[given.document_id][1] == given.original


def test_a_record_that_is_away_may_come_back(rig):
    rig.break_down()
    with pytest.raises(RecordError) as caught:
        rig.record.hand_over(document(), now=NOW)
    assert caught.value.retryable
    if rig.acknowledge is not None:
        with pytest.raises(RecordError):
            list(rig.record.acknowledged())
