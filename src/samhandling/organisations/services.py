"""Finding organisations and units: by number or code, on a day; never by name (C-09)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from samhandling.organisations.models import MunicipalityNumber, Organisation, Unit
from samhandling.organisations.rules import NumberPeriod, number_on, valid_on
from samhandling.store.memo import remembered
from samhandling.store.prepared import first, prepared


def valid(day: date) -> Q:
    """Filter for any row with `valid_from` and `valid_to`: in force on `day`."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def hosted_organisations(kind: str | None = None) -> QuerySet[Organisation]:
    """The organisations that this node sends and receives for, perhaps of one kind."""
    rows = Organisation.objects.filter(hosted=True)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows.order_by("kind", "name", "pk")


def by_her_id(her_id: str) -> Organisation | None:
    """The organisation with that HER-id of level 1."""
    return Organisation.objects.filter(her_id=her_id).first()


def in_force(organisation: Organisation, day: date) -> Organisation | None:
    """The organisation itself on `day`, or the one that has taken its place; None when it has ceased without one."""
    seen: set[int] = set()
    current: Organisation | None = organisation
    while current is not None and not valid_on(current.valid_from, current.valid_to, day):
        if current.pk in seen:
            return None
        seen.add(current.pk)
        current = current.successor
    return current


@remembered
def municipality(number: str, day: date) -> Organisation | None:
    """The municipality that `number` stands for on `day`, successors followed; None when there is none (C-09).

    `number` may be one that has gone out of use: 0213 (Ski) gives Nordre Follo from 2020.
    """
    number = number.strip()
    if not number:
        return None
    found = _municipality_numbered(number)
    if found is None:
        rows = MunicipalityNumber.objects.all().order_by("valid_from")
        periods = [NumberPeriod(r.number, r.valid_from, r.valid_to, r.successor_number) for r in rows]
        found = _municipality_numbered(number_on(number, day, periods))
    return in_force(found, day) if found is not None else None


def _municipality_numbered(number: str) -> Organisation | None:
    return first(_with_number(number))


@prepared
def _with_number(number: str) -> QuerySet[Organisation]:
    rows = Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY, municipality_number=number)
    return rows.order_by("-valid_from", "pk")


def municipality_name(number: str, day: date) -> str:
    """The name of the municipality with that number, also of one that is no organisation of ours; empty if unknown."""
    found = municipality(number, day)
    if found is not None:
        return found.name
    row = MunicipalityNumber.objects.filter(number=number).order_by("-valid_from").first()
    return row.name if row is not None else ""


@prepared
def _units_on(day: date, organisation: Organisation, code: str) -> QuerySet[Unit]:
    return Unit.objects.filter(valid(day), organisation=organisation, code=code).order_by("pk")


@remembered
def unit_by_code(organisation: Organisation, code: str, day: date) -> Unit | None:
    """The unit with the patient system's code on `day`; a closed unit gives its successor when that is in force."""
    if not code:
        return None
    row = first(_units_on(day, organisation, code))
    if row is not None:
        return row
    closed = Unit.objects.filter(organisation=organisation, code=code).order_by("-valid_from").first()
    successor = closed.successor if closed is not None else None
    if successor is not None and valid_on(successor.valid_from, successor.valid_to, day):
        return successor
    return None
