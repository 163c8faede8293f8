"""Files that other systems read: whole or not there at all, also after a power cut."""

from __future__ import annotations

import os
from pathlib import Path

UNFINISHED = ".uferdig"


def write_whole(path: Path, content: bytes) -> None:
    """Write the file under another name, flush it to the disk, and let it appear. Raises OSError, leaving nothing.

    The unfinished name is the same at every try, so that a killed process leaves one file that the next try takes.
    """
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o640)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        flush_folder(path.parent)
    except OSError:
        _forget(unfinished)
        raise


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # The folder is gone altogether; the first error is the one to tell.


def flush_folder(folder: Path) -> None:
    """Let what was renamed in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
