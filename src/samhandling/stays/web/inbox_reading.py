"""The municipality's inbox: the courses of each service, who has taken them over, and what nobody has yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from samhandling.access.models import Membership, User
from samhandling.access.roles import Role
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange.web import reading as messages
from samhandling.exchange.web.words import name as message_name
from samhandling.organisations.models import Unit
from samhandling.organisations.services import valid
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Status, Tone
from samhandling.registry.models import CommunicationParty
from samhandling.stays import sharing
from samhandling.stays.models import Course, CourseMessageRow, CourseShare
from samhandling.stays.web import course_reading
from samhandling.stays.web import scope as within
from samhandling.stays.web.course_reading import CourseRow

AT_MOST = 300
NOT_SHARED, OURS, ALL = "ikke-fordelt", "vare", "alle"


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One course in the inbox of one service."""

    course: CourseRow
    service: int
    service_name: str
    last: str
    """The newest message, and when it came."""
    shared: Status
    given: bool
    ours: bool
    hold: Status | None


@dataclass(frozen=True, slots=True)
class ServiceTab:
    """One service, and how much of its work nobody has."""

    pk: int
    name: str
    not_shared: int
    current: bool


def services(scope: Scope, now: datetime) -> list[Unit]:
    """The units of the municipality that receive messages."""
    day = oslo.day(now)
    parties = CommunicationParty.objects.filter(valid(day), organisation=scope.organisation, unit__isnull=False)
    found = Unit.objects.filter(pk__in=parties.values("unit_id"))
    return list(found.order_by("name"))


def rows(scope: Scope, now: datetime) -> list[InboxRow]:
    """Every active course once for each service it concerns; death first, then ready, then the newest (the desk)."""
    courses = course_reading.active(scope, now)[:AT_MOST]
    concerned = sharing.services_of(courses)
    shares = _shares(courses)
    names = {unit.pk: unit.name for unit in services(scope, now)}
    newest, held = _newest(courses, now), sharing.hold_of(courses)
    found = []
    for course in courses:
        row = course_reading.row(course, now)
        hold = course_reading.on_hold(course, held.get(course.pk), now)
        # A zone that works on it is reached through the service that gave it away.
        wanted = {s for s in concerned[course.pk] if s in names} | {s.service_id for s in shares.get(course.pk, ())}
        for service in sorted(wanted, key=lambda pk: names.get(pk, "")):
            share = next((s for s in shares.get(course.pk, ()) if s.service_id == service), None)
            found.append(
                InboxRow(
                    course=row,
                    service=service,
                    service_name=names.get(service, ""),
                    last=newest.get(course.pk, ""),
                    shared=_said(share, now),
                    given=share is not None,
                    ours=_is_ours(scope, share),
                    hold=hold,
                )
            )
    return found


def _shares(courses: list[Course]) -> dict[int, list[CourseShare]]:
    found: dict[int, list[CourseShare]] = {}
    for share in CourseShare.objects.filter(course__in=courses).select_related("unit", "user"):
        found.setdefault(share.course_id, []).append(share)
    return found


def _newest(courses: list[Course], now: datetime) -> dict[int, str]:
    found: dict[int, str] = {}
    told = CourseMessageRow.objects.filter(course__in=courses).select_related("message").order_by("received_at", "id")
    for each in told:
        found[each.course_id] = f"{message_name(each.message)} {moment(each.received_at, now)}"
    return found


def _said(share: CourseShare | None, now: datetime) -> Status:
    if share is None:
        return Status(Tone.WARN, _("Ikke fordelt"))
    to = ", ".join(
        part for part in (share.unit.name if share.unit else "", share.user.shown_name if share.user else "") if part
    )
    return Status(Tone.OK, _("Fordelt til %(to)s %(when)s") % {"to": to, "when": moment(share.given_at, now)})


def _is_ours(scope: Scope, share: CourseShare | None) -> bool:
    if share is None:
        return False
    mine = scope.unit_ids is not None and share.unit_id in scope.unit_ids
    return mine or share.user_id == scope.user.pk


def receivers(scope: Scope, now: datetime) -> tuple[list[Unit], list[User]]:
    """To whom one may give: every unit of the municipality, and whoever works there."""
    units = Unit.objects.filter(valid(oslo.day(now)), organisation=scope.organisation)
    roles = [Role.MUNICIPAL_NURSE.value, Role.CASE_HANDLER.value]
    held = Membership.objects.filter(organisation=scope.organisation, role__in=roles, user__is_active=True)
    users = User.objects.filter(pk__in=held.values("user_id")).order_by("first_name", "last_name")
    return list(units.order_by("kind", "name")), list(users)


def loose(scope: Scope, now: datetime) -> list[messages.MessageRow]:
    """Received messages that belong to no course yet: nobody knows the patient, or it is about something else."""
    found = messages.within(scope).filter(direction="in", subject="", state="taken").exclude(type="APPREC")
    told = CourseMessageRow.objects.filter(course__organisation=scope.organisation).values("message_id")
    recent = found.filter(created_at__gte=now - course_reading.RECENTLY).exclude(pk__in=told)
    return messages.rows(scope, recent.order_by("-created_at", "-id")[:50], now)


def one(scope: Scope, pk: int) -> Course:
    """The course. Raises NotFoundError outside the scope."""
    return within.one_course(scope, pk)


def address(pk: int) -> str:
    """Where a service's inbox is."""
    return f"{reverse('stays:inbox')}?tjeneste={pk}"
