"""The EPJ of the demo, as folders: it takes every journal document into its journal and acknowledges it.

It knows the node only by what docs/epj-folders.md says, as any EPJ would.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import structlog

log = structlog.get_logger("samhandling.world")

TO_RECORD, RECORD, FROM_EPJ = "til-journalen", "journalen", "fra-journalsystemet"
"""What the node hands over, what the EPJ has filed, and where the EPJ lays documents that the node shall send."""
PAUSE_SECONDS = 0.2


def folder_name(her_id: str, name: str) -> str:
    """`91000-sykehuset-prove`: to be found by a person in a list of folders."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(str.maketrans("æøå", "aoa")))
    return f"{her_id}-{re.sub(r'[^a-z0-9]+', '-', plain.encode('ascii', 'ignore').decode()).strip('-')}"


def make_folders(base: Path, organisations: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Folders for the EPJ of each organisation (HER-id, name), and the node's settings for them as environment."""
    records, pass_on = [], []
    for her_id, name in organisations:
        folder = base / folder_name(her_id, name)
        for part in (TO_RECORD, RECORD, FROM_EPJ):
            (folder / part).mkdir(parents=True, exist_ok=True)
        records.append({"organisation": her_id, "folder": str((folder / TO_RECORD).absolute())})
        pass_on.append({"organisation": her_id, "folder": str((folder / FROM_EPJ).absolute())})
    return {"SAMHANDLING_RECORDS": json.dumps(records), "SAMHANDLING_PASS_ON": json.dumps(pass_on)}


def take(handed_over: Path) -> int:
    """File what lies complete in the folder and acknowledge it; gives how many documents."""
    journal = handed_over.parent / RECORD
    count = 0
    for metadata in sorted(handed_over.glob("*.json")):
        receipt = metadata.with_suffix(".kvittering")
        if receipt.exists():
            continue
        for suffix in (".pdf", ".xml", ".json"):
            part = metadata.with_suffix(suffix)
            part.replace(journal / part.name)
        receipt.touch()
        count += 1
    return count


def keep_filing(folders: Iterable[Path], stop: threading.Event) -> None:
    """File and acknowledge in every folder until `stop`."""
    places = list(folders)
    while not stop.wait(PAUSE_SECONDS):
        for place in places:
            try:
                take(place)
            except OSError as error:
                log.warning("the demo's record system cannot file", reason=type(error).__name__)
