"""Bring a store in line with a world file: rows are added and changed, never deleted, all in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models, transaction

from samhandling.access.models import Membership, User
from samhandling.clock import oslo
from samhandling.errors import SamhandlingError
from samhandling.organisations.models import MunicipalityNumber, Organisation, Unit
from samhandling.registry.models import (
    Agreement,
    CommunicationParty,
    ContactGroup,
    ContactGroupMember,
    ContactPoint,
    CounterpartFault,
    MessageSetting,
    ReceptionSetting,
    RoutineDocument,
)
from samhandling.stays.models import RoutinePolicy
from samhandling.stays.policy import shipped
from samhandling.store.services import is_test_store, require_test_store
from samhandling.world import format as f
from samhandling.world.check import ERROR, check, function_of
from samhandling.world.reading import Source

Values = dict[str, Any]
Rows = list[tuple[Hashable, Values]]


class ContradictionError(SamhandlingError):
    """The world contradicts itself; `world check` lists how."""

    code = "world.contradiction"


class RealWorldError(SamhandlingError):
    """A world without the mark *test* was offered to a test store."""

    code = "world.real_in_test_store"


@dataclass
class Loaded:
    """How many rows of each kind were added and changed."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)


def load(source: Source, *, now: datetime, password: str | None = None) -> Loaded:
    """Load a world. With `password`, its users are made too, and new ones get that password.

    Raises ContradictionError, RealStoreError (a test world in a real store) or RealWorldError (the opposite);
    then nothing is changed. Loading the same world again changes nothing.
    """
    world = source.world
    if world.world.test:
        require_test_store()
    elif is_test_store():
        raise RealWorldError(world.world.name)
    wrong = [p for p in check(source, today=oslo.local(now).date()) if p.severity == ERROR]
    if wrong:
        first = wrong[0]
        raise ContradictionError(f"{len(wrong)} found; the first: {first.path} (line {first.line}): {first.code}")
    loaded = Loaded()
    with transaction.atomic():
        _Loader(world, loaded).run()
        if password is not None:
            _users(world, loaded, password)
    return loaded


def _dates(row: Any) -> Values:
    return {"valid_from": row.valid_from, "valid_to": row.valid_to}


def _copy(row: Any, *names: str) -> Values:
    return {name: getattr(row, name) for name in names}


def _put(model: type[models.Model], existing: dict[Hashable, Any], wanted: Rows, loaded: Loaded) -> dict[Hashable, Any]:
    """Add what is missing, change what differs; gives all rows by key."""
    new: dict[Hashable, Any] = {}
    changed: list[Any] = []
    fields: set[str] = set()
    for key, values in wanted:
        row = existing.get(key)
        if row is None:
            new[key] = model(**values)
            continue
        differs = [name for name, value in values.items() if getattr(row, name) != value]
        for name in differs:
            setattr(row, name, values[name])
        if differs:
            changed.append(row)
            fields.update(name.removesuffix("_id") for name in differs if name != "her_id")
    manager = model._default_manager
    manager.bulk_create(list(new.values()))
    if changed:
        manager.bulk_update(changed, sorted(fields))
    name = str(model._meta.model_name)
    loaded.added[name] += len(new)
    loaded.changed[name] += len(changed)
    return existing | new


class _Loader:
    """One run: the world, and the rows found so far by the keys of the file."""

    def __init__(self, world: f.World, loaded: Loaded) -> None:
        self.world = world
        self.loaded = loaded
        self.organisations: dict[Hashable, Organisation] = {}
        self.units: dict[tuple[int, str], Unit] = {}

    def run(self) -> None:
        """Everything, in the order of the references."""
        self._numbers()
        self._organisations()
        self._units()
        self._parties()
        self._agreements()
        self._settings()
        self._contacts()
        self._groups()
        self._documents()
        self._routines()
        self._faults()

    def _put(self, model: type[models.Model], existing: dict[Hashable, Any], wanted: Rows) -> dict[Hashable, Any]:
        return _put(model, existing, wanted, self.loaded)

    def _each(self, name: str) -> Iterable[tuple[Organisation, Any]]:
        for organisation in self.world.organisation:
            for row in getattr(organisation, name):
                yield self.organisations[organisation.her_id], row

    def _unit(self, organisation: Organisation, code: str) -> int | None:
        return self.units[(organisation.pk, code)].pk if code else None

    def _successors(self, model: type[models.Model], pairs: list[tuple[Any, Any]]) -> None:
        """Second pass: rows that another row took the place of."""
        changed = []
        for row, successor in pairs:
            wanted = successor.pk if successor is not None else None
            if row.successor_id != wanted:
                row.successor_id = wanted
                changed.append(row)
        if changed:
            model._default_manager.bulk_update(changed, ["successor"])

    def _numbers(self) -> None:
        existing = {(r.number, r.valid_from): r for r in MunicipalityNumber.objects.all()}
        names = ("number", "name", "valid_from", "valid_to", "successor_number")
        wanted = [((n.number, n.valid_from), _copy(n, *names)) for n in self.world.municipality_number]
        self._put(MunicipalityNumber, dict(existing), wanted)  # type: ignore[arg-type]

    def _organisations(self) -> None:
        names = ("her_id", "name", "kind", "organisation_number", "municipality_number", "hosted")
        existing = {r.her_id: r for r in Organisation.objects.all()}
        wanted = [(o.her_id, _copy(o, *names) | _dates(o)) for o in self.world.organisation]
        self.organisations = self._put(Organisation, dict(existing), wanted)  # type: ignore[arg-type]
        by_key = self.organisations
        self._successors(Organisation, [(by_key[o.her_id], by_key.get(o.successor)) for o in self.world.organisation])

    def _units(self) -> None:
        names = ("code", "name", "kind", "track", "inpatient", "phone", "leader")
        existing = {(r.organisation_id, r.code, r.valid_from): r for r in Unit.objects.all()}
        wanted = [
            ((o.pk, u.code, u.valid_from), {"organisation_id": o.pk} | _copy(u, *names) | _dates(u))
            for o, u in self._each("unit")
        ]
        rows = self._put(Unit, dict(existing), wanted)  # type: ignore[arg-type]
        for unit in sorted(rows.values(), key=lambda r: r.valid_from):
            self.units[(unit.organisation_id, unit.code)] = unit
        self._successors(
            Unit,
            [(rows[(o.pk, u.code, u.valid_from)], self.units.get((o.pk, u.successor))) for o, u in self._each("unit")],
        )

    def _parties(self) -> None:
        names = [
            "her_id",
            "name",
            "kind",
            "family_name",
            "given_name",
            "service_list",
            "service_code",
            "place_function",
            "track",
            "carrier",
            "edi_address",
            "plo_versions",
        ]
        existing = {r.her_id: r for r in CommunicationParty.objects.all()}
        wanted = [
            (
                p.her_id,
                {"organisation_id": o.pk, "unit_id": self._unit(o, p.unit), "function": function_of(p)}
                | _copy(p, *names)
                | _dates(p),
            )
            for o, p in self._each("party")
        ]
        rows = self._put(CommunicationParty, dict(existing), wanted)  # type: ignore[arg-type]
        self._successors(CommunicationParty, [(rows[p.her_id], rows.get(p.successor)) for _, p in self._each("party")])

    def _agreements(self) -> None:
        names = [
            "takes_cancellation",
            "name_and_h_number_accepted",
            "plo_version",
            "ready_is_estimate",
            "final_events_are_estimates",
            "reference",
        ]
        existing = {(r.hospital_id, r.municipality_id, r.valid_from): r for r in Agreement.objects.all()}
        wanted: Rows = []
        for a in self.world.agreement:
            both = (self.organisations[a.hospital].pk, self.organisations[a.municipality].pk)
            values = {"hospital_id": both[0], "municipality_id": both[1]} | _copy(a, *names) | _dates(a)
            wanted.append(((*both, a.valid_from), values))
        self._put(Agreement, dict(existing), wanted)  # type: ignore[arg-type]

    def _settings(self) -> None:
        receptions = {r.organisation_id: r for r in ReceptionSetting.objects.all()}
        writers = {(r.organisation_id, r.message_type): r for r in MessageSetting.objects.all()}
        reception_rows: Rows = []
        writer_rows: Rows = []
        for o in self.world.organisation:
            pk = self.organisations[o.her_id].pk
            if o.reject_unknown_service or o.attachment_formats or pk in receptions:
                values = {"organisation_id": pk, **_copy(o, "reject_unknown_service", "attachment_formats")}
                reception_rows.append((pk, values))
            for code in sorted(set(o.written_by_epj) | {c for owner, c in writers if owner == pk}):
                writer = "epj" if code in o.written_by_epj else "node"
                writer_rows.append(((pk, code), {"organisation_id": pk, "message_type": code, "written_by": writer}))
        self._put(ReceptionSetting, dict(receptions), reception_rows)  # type: ignore[arg-type]
        self._put(MessageSetting, dict(writers), writer_rows)

    def _contacts(self) -> None:
        names = ("kind", "name", "phone", "email", "hours", "language")
        existing = {(r.organisation_id, r.kind, r.name, r.unit_id, r.valid_from): r for r in ContactPoint.objects.all()}
        wanted: Rows = []
        for o, c in self._each("contact"):
            unit = self._unit(o, c.unit)
            values = {"organisation_id": o.pk, "unit_id": unit} | _copy(c, *names) | _dates(c)
            wanted.append(((o.pk, c.kind, c.name, unit, c.valid_from), values))
        self._put(ContactPoint, dict(existing), wanted)  # type: ignore[arg-type]

    def _groups(self) -> None:
        existing = {(r.organisation_id, r.name, r.valid_from): r for r in ContactGroup.objects.all()}
        wanted: Rows = [
            (
                (o.pk, g.name, g.valid_from),
                {"organisation_id": o.pk} | _copy(g, "name", "email", "language") | _dates(g),
            )
            for o, g in self._each("group")
        ]
        groups = self._put(ContactGroup, dict(existing), wanted)  # type: ignore[arg-type]
        members = {(r.group_id, r.role, r.name, r.valid_from): r for r in ContactGroupMember.objects.all()}
        member_rows: Rows = []
        for o, g in self._each("group"):
            group = groups[(o.pk, g.name, g.valid_from)]
            for m in g.member:
                values = {"group_id": group.pk, "unit_id": self._unit(o, m.unit)}
                values |= _copy(m, "role", "name", "email", "mobile", "sms") | _dates(m)
                member_rows.append(((group.pk, m.role, m.name, m.valid_from), values))
        self._put(ContactGroupMember, dict(members), member_rows)  # type: ignore[arg-type]

    def _documents(self) -> None:
        existing = {(r.organisation_id, r.code, r.valid_from): r for r in RoutineDocument.objects.all()}
        wanted: Rows = [
            (
                (o.pk, d.code, d.valid_from),
                {"organisation_id": o.pk} | _copy(d, "code", "title", "version", "url") | _dates(d),
            )
            for o, d in self._each("document")
        ]
        self._put(RoutineDocument, dict(existing), wanted)  # type: ignore[arg-type]

    def _routines(self) -> None:
        existing = {(r.organisation_id, r.municipality_number, r.valid_from): r for r in RoutinePolicy.objects.all()}
        wanted: Rows = []
        for o, r in self._each("routine"):
            values = {"organisation_id": o.pk, "name": r.name or shipped(r.base).name}
            values |= _copy(r, "base", "municipality_number", "changes") | _dates(r)
            wanted.append(((o.pk, r.municipality_number, r.valid_from), values))
        self._put(RoutinePolicy, dict(existing), wanted)  # type: ignore[arg-type]

    def _faults(self) -> None:
        names = ("mode", "minutes", "message_type", "reason", "starts_at", "ends_at")
        existing = {(r.organisation_id, r.mode, r.message_type, r.starts_at): r for r in CounterpartFault.objects.all()}
        wanted: Rows = [
            ((o.pk, x.mode, x.message_type, x.starts_at), {"organisation_id": o.pk} | _copy(x, *names))
            for o, x in self._each("fault")
        ]
        self._put(CounterpartFault, dict(existing), wanted)  # type: ignore[arg-type]


def _users(world: f.World, loaded: Loaded, password: str) -> None:
    """Users and their roles. Known users keep their password."""
    existing = {u.username: u for u in User.objects.filter(username__in=[u.username for u in world.user])}
    hashed = make_password(password) if any(u.username not in existing for u in world.user) else ""
    rows: Rows = []
    for u in world.user:
        values: Values = {
            "username": u.username,
            "first_name": u.given_name,
            "last_name": u.family_name,
            "demo": world.world.test,
        }
        if u.username not in existing:
            values["password"] = hashed
        rows.append((u.username, values))
    users = _put(User, dict(existing), rows, loaded)  # type: ignore[arg-type]
    organisations = {o.her_id: o for o in Organisation.objects.all()}
    units = {(u.organisation_id, u.code): u for u in Unit.objects.order_by("valid_from")}
    held = {(m.user_id, m.organisation_id, m.unit_id, m.role): m for m in Membership.objects.all()}
    wanted: Rows = []
    for u in world.user:
        for m in u.membership:
            organisation = organisations[m.organisation]
            unit = units[(organisation.pk, m.unit)].pk if m.unit else None
            key = (users[u.username].pk, organisation.pk, unit, m.role)
            values = dict(zip(("user_id", "organisation_id", "unit_id", "role"), key, strict=True))
            wanted.append((key, values))
    _put(Membership, dict(held), wanted, loaded)  # type: ignore[arg-type]
