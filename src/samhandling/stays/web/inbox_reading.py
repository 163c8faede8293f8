"""The municipality's inbox: the courses of each service, who has taken them over, and what nobody has yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from samhandling.access.models import Membership, User
from samhandling.access.roles import May, Role
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.errors import NotFoundError
from samhandling.exchange.web import reading as messages
from samhandling.exchange.web.words import name as message_name
from samhandling.organisations.models import Unit
from samhandling.organisations.services import valid
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Status, Tone
from samhandling.registry.models import CommunicationParty
from samhandling.stays import sharing
from samhandling.stays.hearing import LOOSE
from samhandling.stays.models import Course, CourseMessageRow, CourseShare
from samhandling.stays.web import course_reading
from samhandling.stays.web import scope as within
from samhandling.stays.web.course_reading import CourseRow
from samhandling.tasks.models import Task, TaskStep

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
class LooseRow:
    """One received message that belongs to no course, as work of the service it is addressed to."""

    task: int
    message: messages.MessageRow
    service: int
    """0: addressed to the municipality as a whole."""
    service_name: str
    shared: Status
    given: bool
    ours: bool


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
    return _told(share.unit, share.user, share.given_at, now) if share is not None else _nobody()


def _nobody() -> Status:
    return Status(Tone.WARN, _("Ikke fordelt"))


def _told(unit: Unit | None, user: User | None, at: datetime, now: datetime) -> Status:
    to = ", ".join(part for part in (unit.name if unit else "", user.shown_name if user else "") if part)
    return Status(Tone.OK, _("Fordelt til %(to)s %(when)s") % {"to": to, "when": moment(at, now)})


def _is_ours(scope: Scope, share: CourseShare | None) -> bool:
    if share is None:
        return False
    mine = scope.unit_ids is not None and share.unit_id in scope.unit_ids
    return mine or share.user_id == scope.user.pk


def receivers(scope: Scope, now: datetime) -> tuple[list[Unit], list[User]]:
    """To whom one may give: every unit of the municipality, and whoever works there."""
    units = Unit.objects.filter(valid(oslo.day(now)), organisation=scope.organisation)
    roles = [Role.MUNICIPAL_NURSE.value, Role.CASE_HANDLER.value, Role.DOCTOR.value]
    held = Membership.objects.filter(organisation=scope.organisation, role__in=roles, user__is_active=True)
    users = User.objects.filter(pk__in=held.values("user_id")).order_by("first_name", "last_name")
    return list(units.order_by("kind", "name")), list(users)


def loose(scope: Scope, now: datetime) -> list[LooseRow]:
    """Received messages that belong to no course and that nobody has finished with; the newest first."""
    tasks = loose_tasks(scope).select_related("unit", "owner").order_by("-opened_at", "-id")[:AT_MOST]
    of_message = {int(task.subject.partition(":")[2]): task for task in tasks}
    addressed = sharing.services_addressed(of_message)
    steps = TaskStep.objects.filter(task__in=of_message.values(), kind__in=("given", "taken")).order_by("id")
    given_at = dict(steps.values_list("task_id", "at"))
    shown = messages.rows(scope, messages.within(scope).filter(pk__in=of_message), now)
    found = []
    for row in sorted(shown, key=lambda r: (r.at, r.pk), reverse=True):
        task = of_message[row.pk]
        # To the municipality as a whole, and nobody has moved it: the service whose professional was asked for.
        service = addressed.get(row.pk) or (task.unit if task.pk not in given_at else None)
        unit = task.unit if task.unit != service else None
        given, at = task.owner is not None or unit is not None, given_at.get(task.pk, task.opened_at)
        mine = scope.unit_ids is not None and task.unit_id in scope.unit_ids
        found.append(
            LooseRow(
                task=task.pk,
                message=row,
                service=service.pk if service is not None else 0,
                service_name=service.name if service is not None else "",
                shared=_told(unit, task.owner, at, now) if given else _nobody(),
                given=given,
                ours=given and (mine or task.owner_id == scope.user.pk),
            )
        )
    return found


def loose_tasks(scope: Scope) -> QuerySet[Task]:
    """The open work with messages that belong to no course; a unit does not narrow it, as for courses."""
    found = scope.rows(Task.objects.filter(cause__startswith=LOOSE, closed_at__isnull=True))
    return found if scope.may(May.SEE_COURSES) and scope.may(May.SEE_PATIENTS) else found.none()


def loose_task(scope: Scope, pk: int) -> Task:
    """The open task. Raises NotFoundError."""
    found = loose_tasks(scope).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(f"task {pk}")
    return found


def not_shared(scope: Scope, now: datetime) -> int:
    """How much of the work of the scope's services nobody has taken over; of all services for who has none."""
    own = {s.pk for s in services(scope, now) if scope.unit_ids is None or s.pk in scope.unit_ids}
    if scope.unit_ids is None:
        own.add(0)
    work: list[InboxRow | LooseRow] = [*rows(scope, now), *loose(scope, now)]
    return sum(row.service in own and not row.given for row in work)


def one(scope: Scope, pk: int) -> Course:
    """The course. Raises NotFoundError outside the scope."""
    return within.one_course(scope, pk)


def address(pk: int) -> str:
    """Where a service's inbox is; 0: everybody's."""
    return f"{reverse('stays:inbox')}?tjeneste={pk or 'alle'}"
