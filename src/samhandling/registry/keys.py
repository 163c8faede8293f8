"""Our keys, the issuers that we trust, and what else the file of the settings names: read once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from samhandling.configuration import configuration
from samhandling.ebxml import files
from samhandling.ebxml.files import Loaded
from samhandling.errors import ConfigurationError


@lru_cache(maxsize=4)
def _loaded(path: Path, changed: int) -> Loaded:
    """Read once: loading a private key is slow. A changed file is read again."""
    return files.read(path)


@lru_cache(maxsize=4)
def _public(path: Path, changed: int) -> Loaded:
    return files.read(path, keys=False)


def loaded() -> Loaded:
    """The keys and certificates of the settings. Raises ConfigurationError, KeyFileError, CpaError."""
    return _loaded(*_file())


def public() -> Loaded:
    """The same without our keys, for pages and whoever only looks. Raises the same."""
    return _public(*_file())


def _file() -> tuple[Path, int]:
    setting = configuration().ebxml
    if setting is None:
        raise ConfigurationError("ebxml: nothing is set up")
    try:
        changed = setting.transport.stat().st_mtime_ns
    except OSError as error:
        raise ConfigurationError(f"ebxml.transport: {error.strerror}") from error
    return setting.transport, changed
