"""What the components show: frozen values that views fill in, so that templates hold no decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from samhandling.pages.texts import _, duration, moment


class Tone(StrEnum):
    """How a thing stands. Each tone has its colour and its own sign, and the text always says it too."""

    OK = "ok"
    WAIT = "wait"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Status:
    """One short statement with its tone; `help` is the longer explanation."""

    tone: Tone
    text: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in words: `text` says when, `left` how long that is from now."""

    tone: Tone
    text: str
    left: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """Something to follow."""

    text: str
    href: str
    tone: Tone = Tone.INFO


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands across every page while it holds, with the way to read more."""

    tone: Tone
    title: str
    text: str
    link: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened."""

    at: datetime
    when: str
    title: str
    text: str = ""
    tone: Tone = Tone.QUIET
    by: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A condition that is not by the book, in plain words: what it means, what to do, and whom to call now."""

    code: str
    title: str
    means: str
    do: str
    owner: str
    """Whose it is at this hour."""
    whom: str = ""
    phone: str = ""
    why: str = ""
    """Why this number: staffed now, or the best there is."""


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody must do next, and the way to do it."""

    title: str
    text: str = ""
    tone: Tone = Tone.INFO
    due: Due | None = None
    actions: tuple[Link, ...] = ()
    phone: str = ""
    help: Explanation | None = None
    mark: Status | None = None
    """Something more about it: who knows of it, that it is affected by an outage."""


@dataclass(frozen=True, slots=True)
class PatientStrip:
    """Who it is about: full name and birth date, shown beside every button that acts (P-04)."""

    name: str
    birth_date: str
    number: str = ""
    synthetic: bool = False
    marks: tuple[Status, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page of a long list."""

    number: int
    pages: int
    total: int
    query: str = ""

    @property
    def previous(self) -> int | None:
        """The page before, if any."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, if any."""
        return self.number + 1 if self.number < self.pages else None


def due(at: datetime, now: datetime, *, soon: timedelta = timedelta(hours=4)) -> Due:
    """A deadline seen from `now`: late is bad, less than `soon` left is a warning (2.5)."""
    left = at - now
    if left < timedelta(0):
        words = _("Fristen gikk ut %(when)s") % {"when": moment(at, now)}
        return Due(Tone.BAD, words, _("%(length)s over fristen") % {"length": duration(left)}, at)
    words = _("Innen %(when)s") % {"when": moment(at, now)}
    tone = Tone.WARN if left <= soon else Tone.INFO
    return Due(tone, words, _("%(length)s igjen") % {"length": duration(left)}, at)


def paged(total: int, wanted: str | None, size: int, query: str = "") -> tuple[PageOf, int, int]:
    """The page asked for (1 when that is no number or out of reach), and the slice of rows it shows."""
    pages = max(1, -(-total // size))
    number = int(wanted) if wanted and wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= pages else 1
    return PageOf(number, pages, total, query), (number - 1) * size, number * size
