"""A store with the synthetic world in it, played up to the morning of its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from samhandling.access.roles import Role
from samhandling.clock import oslo
from samhandling.errors import SamhandlingError
from samhandling.intake.models import AdtRecord
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations, municipality
from samhandling.pages.texts import ROLE_NAMES
from samhandling.patients.services import register
from samhandling.patients.values import Number, PatientDetails
from samhandling.store import services as store
from samhandling.world.day import Day, Person, Played, read_day
from samhandling.world.feed import SENDER
from samhandling.world.loading import load
from samhandling.world.models import PlayedDay
from samhandling.world.passwords import demo_password
from samhandling.world.playing import Player
from samhandling.world.reading import Source, read
from samhandling.world.stages import InProcess

WORLD = "ostfold"


class StoreInUseError(SamhandlingError):
    """The store already holds organisations that are not the demo's: a demo wants an empty one."""

    code = "world.store_in_use"


@dataclass(frozen=True)
class Progress:
    """What is going on, for a progress bar."""

    done: int
    total: int
    text: str


Tell = Callable[[Progress], None]


def prepare(*, tell: Tell) -> Day:
    """Load the world and play everything that lies before the day; goes on where an earlier start was interrupted.

    The store must be migrated and marked *test*. Raises StoreInUseError, RealStoreError.
    """
    day = read_day(WORLD)
    store.require_test_store()
    row = PlayedDay.objects.filter(pk=1).first()
    if row is None and Organisation.objects.exists():
        raise StoreInUseError
    if row is not None and row.ready:
        store.set_clock(row.at, machine_now=datetime.now(UTC))
        return day
    source = read(WORLD)
    begins = _begins(day)
    store.set_clock(begins, machine_now=datetime.now(UTC))
    load(source, now=begins, password=demo_password())
    if row is None:
        row = PlayedDay.objects.create(pk=1, world=WORLD, at=begins)
    _know_users(day, now=begins)
    _play(day, row, tell)
    PlayedDay.objects.filter(pk=1).update(at=day.starts_at, ready=True)
    store.set_clock(day.starts_at, machine_now=datetime.now(UTC))
    return day


def _begins(day: Day) -> datetime:
    return day.happenings[0].at - timedelta(minutes=1)


def _play(day: Day, row: PlayedDay, tell: Tell) -> None:
    waiting = [h for h in still_to_play(day) if h.at < day.starts_at]
    total = sum(each.at < day.starts_at for each in day.everything())
    done = total - len(waiting)

    def told(happening: Played) -> None:
        nonlocal done
        done += 1
        PlayedDay.objects.filter(pk=1).update(at=happening.at)
        tell(Progress(done, total, f"{oslo.say_time(happening.at)}"))

    Player(waiting, InProcess(), row.at, told).play_to(day.starts_at - timedelta(seconds=1))


def still_to_play(day: Day) -> list[Played]:
    """The events that the node has not been told of yet, and what nobody has written: seen by their ids."""
    stored = set(AdtRecord.objects.filter(sending_application=SENDER[0]).values_list("control_id", flat=True))
    stored.update(*PlayedDay.objects.filter(pk=1).values_list("letters", flat=True))
    return [each for each in day.everything() if each.control_id not in stored]


_SEXES = {"M": "1", "K": "2"}


def _know_users(day: Day, *, now: datetime) -> None:
    """Let each municipality know those who have its services, and doctors their patients, as record systems do."""
    doctors = list(hosted_organisations("gp"))
    for person in _users(day):
        home = municipality(person.municipality, oslo.day(day.starts_at))
        if home is None or not home.hosted:
            continue
        details = PatientDetails(
            numbers=(Number(person.kind, person.number),),
            family_name=person.family,
            given_name=person.given,
            middle_name=person.middle,
            birth_date=person.born,
            sex=_SEXES.get(person.sex, ""),
            municipality_number=home.municipality_number,
            protection=person.protection,
        )
        for known_to in (home, *doctors):
            register(details, organisation_id=known_to.pk, now=now)


def _users(day: Day) -> Iterator[Person]:
    """Each user of municipal services once, with the best number that is ever told of."""
    best: dict[str, Person] = {}
    users = {h.person.key for h in day.happenings if h.event.user}
    for happening in day.happenings:
        if happening.person.key in users and happening.person.kind in ("FNR", "DNR"):
            best.setdefault(happening.person.key, happening.person)
    yield from best.values()


def play_whole_day(day: Day, *, told: Callable[[Played], None]) -> int:
    """Play the rest of the day in this process as fast as it goes; gives how many jobs ran."""
    stage = InProcess()
    row = PlayedDay.objects.get(pk=1)
    Player(still_to_play(day), stage, row.at, told).play_to(day.ends_at)
    PlayedDay.objects.filter(pk=1).update(at=day.ends_at)
    return stage.jobs


def log_ins(source: Source | None = None) -> tuple[tuple[str, str, str, str], ...]:
    """User name, person, role in bokmål, and where they work, of every made-up user."""
    world = (source or read(WORLD)).world
    names = {o.her_id: o for o in world.organisation}
    found = []
    for user in world.user:
        places = []
        for m in user.membership:
            home = names[m.organisation]
            unit = next((u.name for u in home.unit if u.code == m.unit), "")
            places.append(unit if home.kind == "hospital" and unit else ", ".join(filter(None, (unit, home.name))))
        role = ROLE_NAMES[Role(user.membership[0].role)]
        found.append((user.username, f"{user.given_name} {user.family_name}", role, "; ".join(places)))
    return tuple(found)
