"""What the worker looks for outside the node again and again: documents of the EPJ, acknowledgments of the record."""

from __future__ import annotations

import errno
import fcntl
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import structlog
from django.db import InterfaceError, OperationalError

from samhandling.configuration import PassOnFolder, configuration
from samhandling.jobs import outcomes
from samhandling.organisations.models import Organisation
from samhandling.store.services import now as present
from samhandling.writing import filing, notices, passing
from samhandling.writing.owners import hosted_called
from samhandling.writing.pickup import PickUp, Waiting, Watch
from samhandling.writing.ports import RecordError
from samhandling.writing.records import record_of

log = structlog.get_logger("samhandling.writing")

TRIES = 3
"""How often a document that we fail on is tried."""
REST_SECONDS = 5.0
"""After trouble with a folder nobody looks at it for so long."""


class Looker:
    """Remembers, for one folder, when to look next and whether there was trouble."""

    def __init__(self, settle_seconds: float = 0.0) -> None:
        self.watch = Watch(settle_seconds)
        self.caught_up = False
        self._failures: Counter[str] = Counter()
        self._rests_until = 0.0
        self._troubled = True

    @property
    def rests(self) -> bool:
        """Whether it is too early to look again."""
        return time.monotonic() < self._rests_until

    def trouble(self) -> None:
        """Something did not work."""
        self._rests_until, self._troubled = time.monotonic() + REST_SECONDS, True

    def failed(self, name: str) -> bool:
        """We failed on that document; True when it has been tried often enough."""
        self._failures[name] += 1
        return self._failures[name] >= TRIES

    def works(self) -> bool:
        """It works; True when it did not before, or nobody knows."""
        before, self._troubled = self._troubled, False
        return before


@lru_cache(maxsize=256)
def _looker(kind: str, folder: str, settle_seconds: float) -> Looker:
    return Looker(settle_seconds)


def pick_up_now() -> int:
    """Pass on what lies in every EPJ's folder; gives how many documents. Nothing where no folder is set."""
    return sum(_pick_up(setting) for setting in configuration().pass_on)


def _pick_up(setting: PassOnFolder) -> int:
    looker = _looker("in", str(setting.folder), setting.settle_seconds)
    organisation = None if looker.rests else hosted_called(setting.organisation)
    if organisation is None:
        return 0
    with _alone(setting.folder) as mine:
        return pick_up(setting.folder, organisation, looker) if mine else 0


def pick_up(folder: Path, organisation: Organisation, looker: Looker) -> int:
    """Pass on what waits in one folder. Trouble with the folder becomes a task; the documents stay where they are."""
    done = 0
    place = PickUp(folder, looker.watch)
    try:
        place.prepare()
        for waiting in place.take(time.monotonic()):
            done += _pass_on(place, waiting, organisation, looker)
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
        log.error("the folder of documents to pass on cannot be used", organisation=organisation.pk, reason=reason)
        looker.trouble()
        notices.pick_up_trouble(organisation, reason=reason, now=present())
        return done
    if looker.works():
        notices.pick_up_works(organisation, now=present())
    if done:
        log.info("documents were picked up", organisation=organisation.pk, count=done)
    return done


def _pass_on(place: PickUp, waiting: Waiting, organisation: Organisation, looker: Looker) -> bool:
    """One document; one that we fail on by a fault of our own is left for the next look, and refused in the end."""
    try:
        handled = place.handle(waiting, lambda data: passing.pass_on(data, organisation=organisation, now=present()))
    except (OSError, OperationalError, InterfaceError):
        raise  # The folder or the store is away: no fault of the document.
    except Exception as error:  # whatever a document brings about must not stop those behind it
        log.error("passing on failed", organisation=organisation.pk, place=outcomes.failure(error).place)
        if not looker.failed(waiting.path.name):
            return False
        handled = place.handle(waiting, lambda data: passing.give_up(data, organisation=organisation, now=present()))
    return handled is not None


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process of this node works in that folder now; held until the end, also of a killed process."""
    locks = configuration().home / "locks"
    locks.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = folder.absolute().as_posix().strip("/").replace("/", "-")[-150:]
    with (locks / f"pass-on-{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def acknowledgments_now() -> int:
    """Take in what every record has acknowledged; gives how many. Nothing where no record is set."""
    return sum(_acknowledgments(setting.organisation, str(setting.folder)) for setting in configuration().records)


def _acknowledgments(name: str, folder: str) -> int:
    looker = _looker("record", folder, 0.0)
    organisation = None if looker.rests else hosted_called(name)
    return acknowledgments(organisation, looker, now=present()) if organisation is not None else 0


def acknowledgments(organisation: Organisation, looker: Looker, *, now: datetime) -> int:
    """Take in what one organisation's record has acknowledged. Each is committed before its files go."""
    record = record_of(organisation)
    if record is None:
        return 0
    if not looker.caught_up:
        filing.catch_up(organisation, now=now)
        looker.caught_up = True
    try:
        found = list(record.acknowledged())
        if found:
            known = filing.acknowledge(organisation, found, now=now)
            for document_id in found:
                (record.noted if document_id in known else record.stranger)(document_id)
    except RecordError as error:
        log.error("the record cannot be reached", organisation=organisation.pk, reason=error.detail)
        looker.trouble()
        notices.record_trouble(organisation, reason=error.detail, now=now)
        return 0
    if looker.works():
        notices.record_works(organisation, now=now)
    return len(found)
