"""Who is told: the groups of the procedure, copies to municipalities, whom to call when a notice does not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from samhandling.clock import oslo
from samhandling.downtime.facts import counterparts, policy_for
from samhandling.downtime.models import Notice, Outage, PlannedAction
from samhandling.organisations.rules import valid_on
from samhandling.organisations.services import valid
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint
from samhandling.registry.rules import mobile_number
from samhandling.registry.services import staffed_phone


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address, whose it is, and in which language it is written to."""

    name: str
    address: str
    """Empty: the group has none."""
    language: oslo.Language = "nb"


def by_mail(action: PlannedAction, outage: Outage, now: datetime) -> list[Recipient]:
    """Everybody that the action tells by mail; a group without an address stands with an empty one."""
    day = oslo.day(now)
    groups = _groups(outage, day)
    found: list[Recipient] = []
    for name in action.recipients:
        row = groups.get(name)
        if row is None:
            found.append(Recipient(name, ""))
        elif row.email:
            found.append(Recipient(row.name, row.email, _language(row.language)))
        else:
            addresses = dict.fromkeys(each.email for each in _members(row, day) if each.email) or [""]
            found += [Recipient(row.name, address, _language(row.language)) for address in addresses]
    if outage.own_side and outage.copies:
        found += _copies(outage, now)
    return found


def by_text_message(action: PlannedAction, outage: Outage, now: datetime) -> list[Recipient]:
    """The members of the action's groups who wish text messages; a number in several groups is told once."""
    day = oslo.day(now)
    groups = _groups(outage, day)
    found: dict[str, Recipient] = {}
    for row in (groups[name] for name in action.recipients if name in groups):
        for member in _members(row, day):
            number = mobile_number(member.mobile) if member.sms else None
            if number is not None:
                found.setdefault(number, Recipient(row.name, number, _language(row.language)))
    return list(found.values())


def _groups(outage: Outage, day: date) -> dict[str, ContactGroup]:
    rows = ContactGroup.objects.filter(valid(day), organisation=outage.organisation)
    return {slug(row.name): row for row in rows.prefetch_related("members__unit")}


def _members(group: ContactGroup, day: date) -> list[ContactGroupMember]:
    return [each for each in group.members.all() if valid_on(each.valid_from, each.valid_to, day)]


def _language(code: str) -> oslo.Language:
    return code  # type: ignore[return-value]  # the choices of the field


def _copies(outage: Outage, now: datetime) -> list[Recipient]:
    kind = "acute_stop" if outage.kind == "acute" else "planned_stop"
    rows = (
        ContactPoint.objects.filter(valid(oslo.day(now)), organisation__in=counterparts(outage, now), kind=kind)
        .exclude(email="")
        .select_related("organisation")
        .order_by("pk")
    )
    return list(dict.fromkeys(Recipient(row.organisation.name, row.email, _language(row.language)) for row in rows))


def slug(name: str) -> str:
    """`PLO seksjonsledere/stedfortredere` -> `seksjonsledere`; `PLO avdelingsrådgivere` -> `avdelingsradgivere`."""
    low = name.lower().translate(str.maketrans("æøå", "aoa")).removeprefix("plo").strip()
    return low.split("/")[0].strip()


@dataclass(frozen=True, slots=True)
class Call:
    """Whom one may call instead."""

    who: str
    phone: str
    group: str = ""


def phone_list(outage: Outage, now: datetime) -> list[Call]:
    """Everybody of the procedure's groups, then the municipalities; who has no number stands with an empty one."""
    day, policy = oslo.day(now), policy_for(outage.organisation_id, now)
    groups = _groups(outage, day)
    found = [
        Call(_person(each), _phone(each), row.name)
        for row in (groups[name] for name in policy.groups if name in groups)
        for each in _members(row, day)
    ]
    for each in counterparts(outage, now):
        phone = staffed_phone(each, now)
        found.append(Call(each.name, phone.phone if phone is not None else "", phone.name if phone is not None else ""))
    return list(dict.fromkeys(found))


def _person(member: ContactGroupMember) -> str:
    where = f" ({member.unit.name})" if member.unit is not None else ""
    return f"{member.name or member.role}{where}"


def _phone(member: ContactGroupMember) -> str:
    return member.mobile or (member.unit.phone if member.unit is not None else "")


def calls(notice: Notice, now: datetime) -> list[Call]:
    """Whom to call when that notice did not arrive: the members of the group, else the municipality's staffed phone."""
    outage, day = notice.outage, oslo.day(now)
    group = next((row for row in _groups(outage, day).values() if row.name == notice.recipient), None)
    if group is None:
        found = next((each for each in counterparts(outage, now) if each.name == notice.recipient), None)
        phone = staffed_phone(found, now)
        return [Call(notice.recipient, phone.phone)] if phone is not None else []
    members = _members(group, day)
    meant = [each for each in members if notice.address in (each.email, mobile_number(each.mobile))] or members
    return list(dict.fromkeys(Call(_person(each), _phone(each)) for each in meant if _phone(each)))
