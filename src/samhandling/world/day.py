"""A day of a synthetic world as data: people, and what the patient system tells about each, in their own words.

A day file stands beside its world (`ostfold-day.toml`). Times are Oslo time relative to the day: `06:40`,
`-3d 14:10`, `+1d 08:00`; dates likewise: `0d`, `-1d`, `+2d`. Every person is made up: numbers come from
`identity.synthetic`, so the same file gives the same people everywhere.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

import msgspec

from samhandling.clock import oslo
from samhandling.identity import synthetic
from samhandling.identity.persons import Sex
from samhandling.world.reading import SHIPPED, WorldFileError


class _Table(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A table of the file."""


Deed = Literal[
    "admit",
    "day_visit",
    "transfer",
    "discharge",
    "die",
    "register",
    "leave",
    "back",
    "cancel_admission",
    "cancel_discharge",
]

TRIGGERS: dict[str, str] = {
    "admit": "A01",
    "day_visit": "A01",
    "transfer": "A02",
    "discharge": "A03",
    "die": "A03",
    "register": "A08",
    "leave": "A21",
    "back": "A22",
    "cancel_admission": "A11",
    "cancel_discharge": "A13",
}


class Event(_Table, kw_only=True):
    """`[[patient.event]]`: one message of the patient system."""

    at: str
    does: Deed
    why: str = ""
    """What it shows; printed while the day is played."""
    ward: str = ""
    attending: str = ""
    """`Family, Given` of the attending doctor."""
    user: bool | None = None
    """Bruker av kommunale tjenester."""
    need: bool | None = None
    """Need of municipal services after discharge."""
    ready: str = ""
    """Ready date, or `none` when it is cleared."""
    decided_by: str = ""
    place: str = ""
    """Code of list 8408, for discharge."""
    identity: Literal["", "FNR", "DNR", "HNR"] = ""
    """The kind of number the patient has from now on."""
    municipality: str = ""
    """The municipality from now on."""
    reason: str = ""
    """EVN-4."""


class LetterTable(_Table, kw_only=True):
    """`[[patient.letter]]`: a message that somebody writes about the patient, in the forms of this program."""

    at: str
    writes: str
    """As in the form's address: `tidligmelding`, `innleggelsesrapport-endring`."""
    by: str
    """The user who writes."""
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    """Name of the field -> what is typed; `+2d` is that day."""
    sends: bool = True
    """False leaves a draft."""
    why: str = ""


class Patient(_Table, kw_only=True):
    """`[[patient]]`: one made-up person and what happens."""

    key: str
    name: str
    """`Family, Given Middle`; empty: unknown."""
    born: date | None = None
    sex: Literal["K", "M", "U"] = "U"
    municipality: str = ""
    identity: Literal["FNR", "DNR", "HNR", "NONE"] = "FNR"
    protection: Literal["", "6", "7"] = ""
    about: str = ""
    event: list[Event] = msgspec.field(default_factory=list)
    letter: list[LetterTable] = msgspec.field(default_factory=list)


class Unreceipted(_Table, kw_only=True):
    """`[[unreceipted]]`: a message that is never receipted, on purpose."""

    patient: str
    type: str
    reason: str


class Head(_Table, kw_only=True):
    """`[day]`: which day, where it starts and ends."""

    date: date
    starts: str = "06:00"
    ends: str = "24:00"


class DayFile(_Table, kw_only=True):
    """The whole file."""

    day: Head
    patient: list[Patient] = msgspec.field(default_factory=list)
    unreceipted: list[Unreceipted] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message is about, as known at that moment."""

    key: str
    family: str
    given: str
    middle: str
    born: date | None
    sex: str
    local: str
    """The patient system's own number."""
    kind: str
    number: str
    municipality: str
    protection: str
    street: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One message to be, with all that it must tell."""

    at: datetime
    order: int
    control_id: str
    person: Person
    event: Event
    visit: str
    ward: str
    admitted_at: datetime
    ready: date | None
    """The ready date that this message tells of; None when it says nothing or clears it."""

    @property
    def why(self) -> str:
        """What it shows; empty where it shows nothing new."""
        return self.event.why


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to be written by a person."""

    at: datetime
    control_id: str
    person: Person
    visit: str
    """The visit that it is about: the patient's newest at that time."""
    table: LetterTable
    day_starts_at: datetime

    @property
    def why(self) -> str:
        """What it shows; empty where it shows nothing new."""
        return self.table.why


Played = Happening | Letter


@dataclass(frozen=True)
class Day:
    """A day ready to be played."""

    file: DayFile
    starts_at: datetime
    ends_at: datetime
    happenings: tuple[Happening, ...]
    """In the order of time."""
    letters: tuple[Letter, ...] = ()
    """Likewise."""

    def everything(self) -> tuple[Played, ...]:
        """Messages of the patient system and those that people write, in the order of time."""
        return tuple(sorted((*self.happenings, *self.letters), key=lambda each: each.at))

    def before_start(self) -> tuple[Happening, ...]:
        """What has happened when the day begins."""
        return tuple(h for h in self.happenings if h.at < self.starts_at)

    def of_the_day(self) -> tuple[Happening, ...]:
        """What happens while it is played."""
        return tuple(h for h in self.happenings if h.at >= self.starts_at)


_TIME = re.compile(r"^(?:(?P<days>[+-]\d+)d )?(?P<hour>\d\d):(?P<minute>\d\d)$")
_DATE = re.compile(r"^(?P<days>[+-]?\d+)d$")


def instant(text: str, day: date) -> datetime:
    """`-3d 14:10` seen from `day`, as an aware UTC instant. Raises WorldFileError."""
    found = _TIME.match(text)
    if found is None or int(found["minute"]) > 59 or int(found["hour"]) > 24:
        raise WorldFileError(f"time {text!r}")
    days, hour = int(found["days"] or 0), int(found["hour"])
    if hour == 24:
        days, hour = days + 1, 0
    return oslo.from_local(day + timedelta(days=days), time(hour, int(found["minute"]))).instant


def relative_date(text: str, day: date) -> date:
    """`+2d` seen from `day`. Raises WorldFileError."""
    found = _DATE.match(text)
    if found is None:
        raise WorldFileError(f"date {text!r}")
    return day + timedelta(days=int(found["days"]))


def read_day(world_name: str) -> Day:
    """The day of a shipped world. Raises WorldFileError."""
    path = SHIPPED / f"{world_name}-day.toml"
    if not path.is_file():
        raise WorldFileError(f"the world {world_name} has no day")
    return parse_day(path.read_bytes())


def parse_day(data: bytes) -> Day:
    """Read a day file. Raises WorldFileError."""
    try:
        file = msgspec.convert(tomllib.loads(data.decode("utf-8")), DayFile)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WorldFileError(str(error)) from error
    happenings = _happenings(file)
    starts = instant(file.day.starts, file.day.date)
    return Day(file, starts, instant(file.day.ends, file.day.date), happenings, _letters(file, happenings, starts))


def _letters(file: DayFile, happenings: tuple[Happening, ...], starts: datetime) -> tuple[Letter, ...]:
    """What people write, each about the visit that the patient has then. Raises WorldFileError."""
    found = []
    for patient in file.patient:
        mine = [h for h in happenings if h.person.key == patient.key]
        for table in patient.letter:
            at = instant(table.at, file.day.date)
            before = [h for h in mine if h.at <= at]
            if not before:
                raise WorldFileError(f"patient {patient.key}: {table.writes} before the admission")
            found.append((at, before[-1].person, before[-1].visit, table))
    found.sort(key=lambda row: row[0])
    stamp = f"{file.day.date:%y%m%d}"
    return tuple(
        Letter(at, f"L{stamp}{number:04}", person, visit, table, starts)
        for number, (at, person, visit, table) in enumerate(found, start=1)
    )


_SEXES: dict[str, Sex] = {"M": "1", "K": "2"}
_STREETS = ("Eksempelveien", "Prøvegata", "Testlia", "Demostien", "Liksomgata")


def _number(patient: Patient, kind: str, index: int) -> str:
    """A synthetic number of that kind for the patient; empty for none."""
    sex = _SEXES.get(patient.sex)
    if kind == "NONE" or patient.born is None or sex is None:
        return ""
    if kind == "HNR":
        return synthetic.help_number(patient.born, sex, index=index)
    return synthetic.person_number(patient.born, sex, index=index, kind=kind)


def _people(file: DayFile) -> dict[str, int]:
    """Which of the numbers of a birth date and sex each patient gets."""
    taken: Counter[tuple[date | None, str]] = Counter()
    found: dict[str, int] = {}
    for patient in file.patient:
        if patient.key in found:
            raise WorldFileError(f"patient {patient.key} stands twice")
        found[patient.key] = taken[(patient.born, patient.sex)]
        taken[(patient.born, patient.sex)] += 1
    return found


def _happenings(file: DayFile) -> tuple[Happening, ...]:
    index = _people(file)
    found: list[tuple[datetime, int, Happening]] = []
    for place, patient in enumerate(file.patient):
        for one in _story(file, patient, index[patient.key], place):
            found.append((one.at, len(found), one))
    found.sort(key=lambda row: row[:2])
    stamp = f"{file.day.date:%y%m%d}"
    return tuple(
        replace(one, order=number, control_id=f"D{stamp}{number:04}")
        for number, (_, _, one) in enumerate(found, start=1)
    )


def _story(file: DayFile, patient: Patient, index: int, place: int) -> list[Happening]:
    family, _, rest = (part.strip() for part in patient.name.partition(","))
    given, _, middle = rest.partition(" ")
    kind, municipality, ward, visits = patient.identity, patient.municipality, "", 0
    admitted_at: datetime | None = None
    story = []
    for event in patient.event:
        at = instant(event.at, file.day.date)
        kind = event.identity or kind
        municipality = event.municipality or municipality
        ward = event.ward or ward
        if event.does in ("admit", "day_visit"):
            visits += 1
            admitted_at = at
        if admitted_at is None:
            raise WorldFileError(f"patient {patient.key}: {event.does} before the admission")
        person = Person(
            patient.key,
            family,
            given,
            middle,
            patient.born,
            patient.sex,
            f"{100_000 + place}",
            kind,
            _number(patient, kind, index),
            municipality,
            patient.protection,
            f"{_STREETS[place % len(_STREETS)]} {place + 1}",
        )
        ready = relative_date(event.ready, file.day.date) if event.ready not in ("", "none") else None
        visit = f"{200_000 + place * 10 + visits}"
        story.append(Happening(at, 0, "", person, event, visit, ward, admitted_at, ready))
    if [h.at for h in story] != sorted(h.at for h in story):
        raise WorldFileError(f"patient {patient.key}: events are not in the order of time")
    return story
