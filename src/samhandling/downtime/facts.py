"""What notices and pages tell of an outage, gathered from the registers."""

from __future__ import annotations

from datetime import datetime

from samhandling.clock import oslo
from samhandling.downtime.models import DowntimePolicyChange, Outage
from samhandling.downtime.rules.policy import OSTFOLD_1, DowntimePolicy
from samhandling.downtime.rules.values import Outage as OutageValue
from samhandling.downtime.wording import Counterpart, Facts
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import municipality, valid
from samhandling.registry.models import ContactPoint, RoutineDocument
from samhandling.registry.services import agreements_on, contact_points

ROUTINE = "F/3.4-02"
"""The emergency routine that notices point to (S-74)."""


def policy_for(organisation_id: int, instant: datetime) -> DowntimePolicy:
    """The procedure in force for the organisation on that Oslo day; the shipped one without a change of its own."""
    import msgspec

    row = (
        DowntimePolicyChange.objects.filter(organisation_id=organisation_id, valid_from__lte=oslo.day(instant))
        .order_by("-valid_from")
        .first()
    )
    if row is None:
        return OSTFOLD_1
    values = msgspec.to_builtins(OSTFOLD_1) | row.changes | {"name": row.name, "valid_from": row.valid_from.isoformat()}
    return msgspec.convert(values, DowntimePolicy)


def value_of(outage: Outage) -> OutageValue:
    """The outage as the rules see it."""
    return OutageValue(
        kind=outage.kind,  # type: ignore[arg-type]  # the choices of the field
        start=outage.start,
        end=outage.end,
        known_at=outage.known_at,
        affects=outage.affects,  # type: ignore[arg-type]  # the choices of the field
        municipalities=tuple(outage.municipalities),
        together=outage.together,
    )


def counterparts(outage: Outage, instant: datetime) -> list[Organisation]:
    """The municipalities that the outage concerns, by name: those it names, or all with an agreement."""
    day = oslo.day(instant)
    if not outage.municipalities:
        return [row.municipality for row in agreements_on(outage.organisation, instant)]
    found = [municipality(number, day) for number in outage.municipalities]
    return sorted((each for each in found if each is not None), key=lambda each: each.name)


def facts_of(outage: Outage, instant: datetime) -> Facts:
    """Everything a notice tells."""
    day = oslo.day(instant)
    return Facts(
        hospital=outage.organisation.name,
        counterparts=tuple(_counterpart(each, instant) for each in counterparts(outage, instant)),
        start=outage.start,
        end=outage.end,
        next_update=outage.next_update,
        told_start=outage.told_start,
        told_end=outage.told_end,
        ended_at=outage.ended_at,
        affects=outage.affects,
        cause=outage.cause,
        routine=_routine(outage.organisation, instant),
        responsible=_responsible(contact_points(outage.organisation, "message_responsible", day)),
    )


def _counterpart(organisation: Organisation, instant: datetime) -> Counterpart:
    phones = {
        point.kind: point.phone
        for kind in ("switchboard", "coordinator")
        for point in contact_points(organisation, kind, oslo.day(instant))
        if point.phone
    }
    return Counterpart(
        name=organisation.name, phone=phones.get("coordinator", ""), switchboard=phones.get("switchboard", "")
    )


def _routine(organisation: Organisation, instant: datetime) -> str:
    row = RoutineDocument.objects.filter(valid(oslo.day(instant)), organisation=organisation, code=ROUTINE).first()
    if row is None:
        return ""
    return ", ".join(part for part in (f"{row.code} {row.title}", row.url) if part)


def _responsible(points: list[ContactPoint]) -> str:
    if not points:
        return ""
    return ", ".join(part for part in (points[0].name, points[0].phone) if part)
