"""The folder where an EPJ lays finished documents: taken by renaming, answered by result files (docs/epj-folders.md).

`inn` is the EPJ's; `arbeid` is ours while we work; `behandlet` and `avvist` hold each document with its result. A
document moves by renaming only, so it is always in exactly one of them. Killed anywhere, the next look finds it in
`inn` or `arbeid`; passing it on again gives the same result, since its MsgId is known.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import uuid4

from samhandling.writing.files import flush_folder, write_whole
from samhandling.writing.passing import MOST_BYTES, TOO_LARGE, PassedOn, refused

IN, WORK, DONE, REFUSED = "inn", "arbeid", "behandlet", "avvist"
SUFFIX, RESULT = ".xml", ".resultat.json"
BETWEEN = "~"
"""Stands between our own mark and the EPJ's name in `arbeid`."""
AT_A_TIME = 50
"""Documents of one look: the others wait for the next, so that other folders get their turn."""


@dataclass(slots=True)
class Watch:
    """What a folder looked like, to tell a file that is still being written from one that is whole."""

    settle_seconds: float
    _seen: dict[str, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def settled(self, entries: list[os.DirEntry[str]], at: float) -> list[os.DirEntry[str]]:
        """Those whose size and time have not changed for `settle_seconds`; `at` is any clock that only goes forward."""
        before, self._seen = self._seen, {}
        found = []
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            shape = (status.st_size, status.st_mtime_ns)
            known, since = before.get(entry.name, (shape, at))
            since = since if known == shape else at
            self._seen[entry.name] = (shape, since)
            if at - since >= self.settle_seconds:
                found.append(entry)
        return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that we have taken out of `inn`."""

    path: Path
    name: str
    """As the EPJ called it."""


class PickUp:
    """One EPJ's folder. Raises OSError where the folder is gone, full or closed to us; nothing is lost by it."""

    def __init__(self, folder: Path, watch: Watch) -> None:
        self._folder = folder
        self._watch = watch

    def prepare(self) -> None:
        """Make the folders inside. The folder itself is never made: it may be a share that is not mounted."""
        if not self._folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "folder")
        for name in (IN, WORK, DONE, REFUSED):
            (self._folder / name).mkdir(exist_ok=True)

    def take(self, at: float) -> Iterator[Waiting]:
        """Documents to pass on, oldest first: what a killed process left, then what has settled in `inn`."""
        for path in self._files(WORK, at_rest=True, at=at):
            yield Waiting(self._folder / WORK / path.name, path.name.partition(BETWEEN)[2] or path.name)
        for entry in self._files(IN, at_rest=False, at=at)[:AT_A_TIME]:
            taken = self._folder / WORK / f"{uuid4().hex}{BETWEEN}{entry.name}"
            try:
                Path(entry.path).rename(taken)
            except FileNotFoundError:
                continue  # The EPJ has taken it back, or another host of this node was quicker.
            flush_folder(taken.parent)
            yield Waiting(taken, entry.name)

    def _files(self, name: str, *, at_rest: bool, at: float) -> list[os.DirEntry[str]]:
        with os.scandir(self._folder / name) as entries:
            found = [e for e in entries if _is_document(e)]
        if not at_rest:
            found = self._watch.settled(found, at)
        return sorted(found, key=lambda e: (e.stat(follow_symlinks=False).st_mtime_ns, e.name.partition(BETWEEN)[2]))

    def handle(self, waiting: Waiting, pass_on: Callable[[bytes], PassedOn]) -> PassedOn | None:
        """Pass one document on, write its result, and move it; None when another host has done so meanwhile."""
        try:
            too_large = waiting.path.stat().st_size > MOST_BYTES
            result = refused(TOO_LARGE) if too_large else pass_on(waiting.path.read_bytes())
        except FileNotFoundError:
            return None
        self._conclude(waiting, result)
        return result

    def _conclude(self, waiting: Waiting, result: PassedOn) -> None:
        """The result before the document: who sees the document there finds its result beside it."""
        folder = self._folder / (DONE if result.accepted else REFUSED)
        stem, suffix = os.path.splitext(waiting.name)
        for number in count(1):
            mark = f".{number}" if number > 1 else ""
            target = folder / f"{stem}{mark}{suffix}"
            if not target.exists():
                break
        content = json.dumps(result.as_json(waiting.name), ensure_ascii=False, indent=1).encode() + b"\n"
        write_whole(folder / f"{stem}{mark}{RESULT}", content)
        try:
            waiting.path.rename(target)
        except FileNotFoundError:
            return  # Another host has moved it.
        flush_folder(folder)


def _is_document(entry: os.DirEntry[str]) -> bool:
    """A plain file that is called .xml and is not hidden; whatever else lies there is left alone."""
    hidden = entry.name.startswith((".", BETWEEN))
    return not hidden and entry.name.lower().endswith(SUFFIX) and entry.is_file(follow_symlinks=False)
