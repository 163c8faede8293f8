"""The municipality's own work on a course: which service it came to, *Fordel*, and services on hold (issue: receiving).

Services are units of the municipality whose communication parties received something about the patient.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from django.db import transaction

from samhandling.access.models import Membership, User
from samhandling.errors import SamhandlingError
from samhandling.exchange.models import Message, Receiver
from samhandling.organisations.models import Unit
from samhandling.stays.models import Course, CourseEvent, CourseMessageRow, CourseShare
from samhandling.tasks.models import Task
from samhandling.tasks.services import give, move

Hold = Literal["paused", "resumed"]


class NobodyToShareWithError(SamhandlingError):
    """*Fordel* to a unit or person that is not one of the municipality's."""

    code = "course.nobody_to_share_with"


class HoldAlreadyError(SamhandlingError):
    """Services that are on hold are put on hold, or those that run are started again."""

    code = "course.hold_already"


def service_of(message: Message) -> Unit | None:
    """The unit of ours that the message was addressed to; None when the address is the whole organisation's."""
    return services_addressed([message.pk]).get(message.pk)


def services_addressed(messages: Collection[int]) -> dict[int, Unit]:
    """Message id -> the unit of ours that it was addressed to, for those addressed to one."""
    own = Receiver.objects.filter(message__in=messages, own=True, party__unit__isnull=False)
    found: dict[int, Unit] = {}
    for each in own.select_related("party__unit").order_by("-role", "id"):
        if each.party is not None and each.party.unit is not None:
            found.setdefault(each.message_id, each.party.unit)
    return found


def reader_of(message: Message, course: Course) -> Unit | None:
    """Whose work a message about the course is: the unit that the course was given to, else the service it came to."""
    service = service_of(message)
    if service is None:
        return None
    share = (
        CourseShare.objects.filter(course=course, service=service, unit__isnull=False).select_related("unit").first()
    )
    return share.unit if share is not None else service


def services_of(courses: Collection[Course]) -> dict[int, set[int]]:
    """Course id -> ids of the units that received something about it, or have an open task about it."""
    found: dict[int, set[int]] = {course.pk: set() for course in courses}
    told = dict(CourseMessageRow.objects.filter(course__in=courses).values_list("message_id", "course_id"))
    subjects = {course.subject: course.pk for course in courses}
    talked = dict(Message.objects.filter(subject__in=subjects).values_list("pk", "subject"))
    of_message = told | {pk: subjects[subject] for pk, subject in talked.items()}
    received = Receiver.objects.filter(message__in=of_message, own=True, party__unit__isnull=False)
    for message, unit in received.values_list("message_id", "party__unit_id"):
        found[of_message[message]].add(unit)
    working = Task.objects.filter(subject__in=subjects, closed_at__isnull=True, unit__isnull=False)
    for subject, unit in working.values_list("subject", "unit_id"):
        found[subjects[subject]].add(unit)
    return found


@transaction.atomic
def share(
    course: Course, service: Unit, *, unit: Unit | None, user: User | None, by: User, now: datetime
) -> CourseShare:
    """Give the course to a zone, unit or person; open work of that service follows, and so do later messages.

    Raises NobodyToShareWithError when nobody is named, or a unit of another organisation.
    """
    locked = Course.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=course.pk)
    if (unit is None and user is None) or service.organisation_id != locked.organisation_id:
        raise NobodyToShareWithError
    if unit is not None and unit.organisation_id != locked.organisation_id:
        raise NobodyToShareWithError
    before = CourseShare.objects.filter(course=locked, service=service).first()
    row, _made = CourseShare.objects.update_or_create(
        course=locked,
        service=service,
        defaults={
            "organisation": locked.organisation, "unit": unit, "user": user, "given_by": by, "given_at": now,
        },
    )  # fmt: skip
    was = before.unit_id if before is not None and before.unit_id else service.pk
    for task in Task.objects.filter(subject=locked.subject, unit_id=was, closed_at__isnull=True).order_by("id"):
        if unit is not None and task.unit_id != unit.pk:
            task.unit = unit
            task.save(update_fields=["unit"])
        if user is not None:
            give(task.pk, to=user, user=by, now=now)
    data = {"service": service.pk, "unit": unit.pk if unit else 0, "to": user.pk if user else 0, "by": by.pk}
    CourseEvent.objects.create(course=locked, at=now, recorded_at=now, kind="shared", data=data)
    return row


@transaction.atomic
def share_task(task: Task, *, unit: Unit | None, user: User | None, by: User, now: datetime) -> None:
    """Give the work with a message that belongs to no course to a zone, unit or person.

    Raises NobodyToShareWithError when nobody is named, or a unit of another organisation.
    """
    if unit is None and user is None:
        raise NobodyToShareWithError
    if unit is None and user is not None:
        held = Membership.objects.filter(user=user, organisation=task.organisation_id).select_related("unit")
        units = [each.unit for each in held.order_by("id")]
        # Whoever works in one unit sees the work of that unit.
        unit = units[0] if units and None not in units and task.unit not in units else None
    if unit is not None and unit.organisation_id != task.organisation_id:
        raise NobodyToShareWithError
    if unit is not None:
        move(task.pk, to=unit, user=by, now=now)
    if user is not None:
        give(task.pk, to=user, user=by, now=now)


def hold_of(courses: Iterable[Course]) -> dict[int, CourseEvent]:
    """Course id -> the last line about its services: put on hold, or started again."""
    lines = CourseEvent.objects.filter(course__in=list(courses), kind__in=("paused", "resumed")).order_by("id")
    return {line.course_id: line for line in lines}


@transaction.atomic
def hold(course: Course, what: Hold, *, by: User, now: datetime) -> CourseEvent:
    """*Tjenester satt på vent* or *startet igjen*. Raises HoldAlreadyError when they are so already."""
    locked = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    last = hold_of([locked]).get(locked.pk)
    if (last.kind if last is not None else "resumed") == what:
        raise HoldAlreadyError
    return CourseEvent.objects.create(course=locked, at=now, recorded_at=now, kind=what, data={"by": by.pk})
