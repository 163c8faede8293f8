"""The status page as plain files, written on every change to a folder that is readable when the node is off."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction
from django.utils import translation

from samhandling.configuration import configuration
from samhandling.downtime import public
from samhandling.errors import SamhandlingError
from samhandling.jobs.handlers import retry_with
from samhandling.jobs.rules import Retry
from samhandling.jobs.running import Running


class ExportFailedError(SamhandlingError):
    """The folder of the status page cannot be written to."""

    code = "downtime.export_failed"
    retryable = True


@retry_with(Retry(attempts=1000))
def export(running: Running) -> None:
    """Job: write the files anew. Raises ExportFailedError, and is tried again until the folder is there."""
    folder = configuration().status_folder
    if folder is not None:
        write(folder, running.now)
    with transaction.atomic():
        running.finish()


def write(folder: Path, now: datetime) -> list[Path]:
    """Write the status page, contact points, feed, calendar and stylesheet; each file is whole at every moment."""
    stylesheet = finders.find("pages/samhandling.css")
    assert isinstance(stylesheet, str)
    with translation.override(settings.LANGUAGE_CODE):
        files = {
            "index.html": public.status_page(public.STATIC, now).encode(),
            "kontaktpunkter.html": public.contacts_page(public.STATIC, now).encode(),
            "stans.atom": public.atom_feed("index.html", now),
            "stans.ics": public.calendar_file(now),
            "samhandling.css": Path(stylesheet).read_bytes(),
        }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_put(folder / name, content) for name, content in files.items()]
    except OSError as error:
        raise ExportFailedError(type(error).__name__) from None


def _put(path: Path, content: bytes) -> Path:
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path
