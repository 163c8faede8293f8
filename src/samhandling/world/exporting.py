"""What the store holds, as a world."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from samhandling.access.models import Membership, User
from samhandling.organisations.models import MunicipalityNumber, Organisation, Unit
from samhandling.registry.models import (
    Agreement,
    CommunicationParty,
    ContactGroup,
    ContactPoint,
    CounterpartFault,
    MessageSetting,
    ReceptionSetting,
    RoutineDocument,
)
from samhandling.stays.models import RoutinePolicy
from samhandling.stays.policy import shipped
from samhandling.store.services import is_test_store
from samhandling.world import format as f
from samhandling.world.check import function_of


def export(name: str = "export") -> f.World:
    """The store's world, in a stable order. Users only from a test store."""
    test = is_test_store()
    organisations = list(
        Organisation.objects.select_related("successor").order_by("kind", "municipality_number", "her_id")
    )
    parts = _Parts()
    return f.World(
        world=f.Head(name=name, test=test),
        municipality_number=[
            _take(f.MunicipalityNumber, row) for row in MunicipalityNumber.objects.order_by("number", "valid_from")
        ],
        organisation=[_organisation(row, parts, test=test) for row in organisations],
        agreement=[
            _take(f.Agreement, row, hospital=row.hospital.her_id, municipality=row.municipality.her_id)
            for row in Agreement.objects.select_related("hospital", "municipality").order_by(
                "hospital__her_id", "municipality__her_id", "valid_from"
            )
        ],
        user=_users() if test else [],
    )


def _take(table: type[Any], row: Any, **given: object) -> Any:
    """A table of the file from a row with the same field names, and what is `given` instead."""
    values = {name: getattr(row, name) for name in table.__struct_fields__ if name not in given}
    return table(**values, **given)


def _by_organisation(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.organisation_id].append(row)
    return found


class _Parts:
    """All that belongs to organisations, read once and grouped."""

    def __init__(self) -> None:
        self.units = _by_organisation(Unit.objects.select_related("successor").order_by("pk"))
        self.parties = _by_organisation(
            CommunicationParty.objects.select_related("unit", "successor").order_by("her_id")
        )
        self.contacts = _by_organisation(ContactPoint.objects.select_related("unit").order_by("pk"))
        self.groups = _by_organisation(ContactGroup.objects.prefetch_related("members__unit").order_by("pk"))
        self.documents = _by_organisation(RoutineDocument.objects.order_by("pk"))
        self.routines = _by_organisation(RoutinePolicy.objects.order_by("pk"))
        self.faults = _by_organisation(CounterpartFault.objects.order_by("pk"))
        self.writers = _by_organisation(MessageSetting.objects.filter(written_by="epj").order_by("message_type"))
        self.receptions = {row.organisation_id: row for row in ReceptionSetting.objects.all()}


def _code(unit: Unit | None) -> str:
    return unit.code if unit is not None else ""


def _organisation(row: Organisation, parts: _Parts, *, test: bool) -> f.Organisation:
    reception = parts.receptions.get(row.pk)
    return _take(  # type: ignore[no-any-return]
        f.Organisation,
        row,
        successor=row.successor.her_id if row.successor else "",
        reject_unknown_service=reception.reject_unknown_service if reception is not None else False,
        attachment_formats=list(reception.attachment_formats) if reception is not None else [],
        written_by_epj=[r.message_type for r in parts.writers[row.pk]],
        unit=[_take(f.Unit, r, successor=_code(r.successor)) for r in parts.units[row.pk]],
        party=[_party(r) for r in parts.parties[row.pk]],
        contact=[_take(f.Contact, r, unit=_code(r.unit)) for r in parts.contacts[row.pk]],
        group=[_group(r) for r in parts.groups[row.pk]],
        document=[_take(f.Document, r) for r in parts.documents[row.pk]],
        routine=[_routine(r) for r in parts.routines[row.pk]],
        fault=[_fault(r) for r in parts.faults[row.pk]] if test else [],
    )


def _party(row: CommunicationParty) -> f.Party:
    party: f.Party = _take(
        f.Party,
        row,
        unit=_code(row.unit),
        successor=row.successor.her_id if row.successor else "",
        plo_versions=list(row.plo_versions),
    )
    said = party.function
    party.function = ""
    if function_of(party) != said:
        party.function = said
    return party


def _group(row: ContactGroup) -> f.Group:
    members = sorted(row.members.all(), key=lambda m: m.pk)
    table: f.Group = _take(f.Group, row, member=[_take(f.Member, m, unit=_code(m.unit)) for m in members])
    return table


def _routine(row: RoutinePolicy) -> f.Routine:
    table: f.Routine = _take(f.Routine, row, name=row.name if row.name != shipped(row.base).name else "")
    return table


def _instant(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC) if value is not None else None


def _fault(row: CounterpartFault) -> f.Fault:
    table: f.Fault = _take(f.Fault, row, starts_at=_instant(row.starts_at), ends_at=_instant(row.ends_at))
    return table


def _users() -> list[f.User]:
    roles: dict[int, list[f.Membership]] = defaultdict(list)
    for m in Membership.objects.select_related("organisation", "unit").order_by("pk"):
        table: Any = {"organisation": m.organisation.her_id, "role": m.role, "unit": _code(m.unit)}
        roles[m.user_id].append(f.Membership(**table))
    return [
        f.User(username=u.username, given_name=u.first_name, family_name=u.last_name, membership=roles[u.pk])
        for u in User.objects.filter(demo=True).order_by("username")
    ]
