"""A folder that two nodes on one machine share: a folder per receiving party, a file per transmission.

A file appears whole or not at all, is named by its transport id, and is removed only after the receiving store has
committed it. A repeat is the same file again; a crash on either side repeats, and the transport key sees it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from samhandling.exchange.ports import CarrierError, Envelope

MESSAGE, ANSWER, SPOILT = ".msg", ".ack", ".spoilt"


@dataclass(frozen=True, slots=True)
class Spooled:
    """A transmission that waits in the folder."""

    path: Path
    transport_id: str
    sender_her: str
    receiver_her: str
    service: str
    action: str
    data: bytes = field(repr=False)


class Spool:
    """The shared folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, envelope: Envelope) -> None:
        """Lay a transmission in the receiver's folder. Raises CarrierError when the folder cannot be written."""
        head = {
            "transport_id": str(envelope.transport_id),
            "sender_her": envelope.sender_her,
            "receiver_her": envelope.receiver_her,
            "service": envelope.service,
            "action": envelope.action,
        }
        name = f"{envelope.transport_id}{MESSAGE}"
        self._write(envelope.receiver_her, name, json.dumps(head).encode() + b"\n" + envelope.data)

    def answer(self, spooled: Spooled) -> None:
        """Tell the sender that the transmission is stored, then take it out of the folder."""
        self._write(spooled.sender_her, f"{spooled.transport_id}{ANSWER}", b"")
        spooled.path.unlink(missing_ok=True)

    def waiting(self, her_ids: list[str]) -> Iterator[Spooled]:
        """Transmissions for these parties, oldest first. A file that is not ours to read is set aside, not lost."""
        for path in self._files(her_ids, MESSAGE):
            try:
                head_line, _, data = path.read_bytes().partition(b"\n")
                head = json.loads(head_line)
                yield Spooled(
                    path, str(head["transport_id"]), str(head["sender_her"]), str(head["receiver_her"]),
                    str(head["service"]), str(head["action"]), data,
                )  # fmt: skip
            except FileNotFoundError:
                continue  # Another worker of this node took it.
            except (ValueError, KeyError, TypeError):
                self.set_aside(path)

    def set_aside(self, path: Path) -> None:
        """Keep a file that cannot be taken in, under another suffix, so that those behind it can."""
        path.replace(path.with_suffix(SPOILT))

    def answers(self, her_ids: list[str]) -> Iterator[Path]:
        """Acknowledgments for these parties; the file's stem is the transport id."""
        yield from self._files(her_ids, ANSWER)

    def _files(self, her_ids: list[str], suffix: str) -> list[Path]:
        found = []
        for her_id in her_ids:
            folder = self._folder / _safe(her_id)
            if folder.is_dir():
                found += [path for path in folder.iterdir() if path.suffix == suffix]
        return sorted(found, key=_age)

    def _write(self, her_id: str, name: str, data: bytes) -> None:
        folder = self._folder / _safe(her_id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = folder / f".{name}.{os.getpid()}"
            with unfinished.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(folder / name)
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise CarrierError(f"spool folder: {type(error).__name__}") from error


def _safe(her_id: str) -> str:
    """A HER-id as a folder name: digits only, whatever a document claims. Raises CarrierError for anything else."""
    if not her_id.isdigit() or len(her_id) > 20:
        raise CarrierError("a HER-id for the spool folder must be digits")
    return her_id


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except OSError:
        return 0, path.name
