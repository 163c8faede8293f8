"""Telephone calls: noted in one line, seen on the timeline, handed to the record (S-43 to S-45).

A call settles only the telephone tasks that the person names; a message that is sent settles none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from samhandling.access.models import User
from samhandling.jobs.services import publish
from samhandling.patients.services import identifiers, patient_key, vault
from samhandling.stays import errors
from samhandling.stays.models import Call, Course, CourseEvent, Stay
from samhandling.stays.policies import policy_of
from samhandling.stays.work import Work, load_state, lock_stay
from samhandling.tasks.models import Task
from samhandling.tasks.services import close

CLOCK_SLACK = timedelta(minutes=5)
"""How far ahead of the node's clock a person's entry may lie."""


class Said(msgspec.Struct, frozen=True):
    """What lies sealed in a call."""

    who: str
    """Name or function of the one at the other end."""
    agreed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A call to be noted."""

    who: str
    agreed: str
    at: datetime
    """Aware UTC."""
    counterpart: str = ""
    phone: str = ""
    tasks: Collection[int] = ()
    """Telephone tasks about the same patient that the call settles."""


def said(call: Call) -> Said:
    """Whom one spoke with, and what was agreed."""
    return msgspec.json.decode(vault().open_bytes(bytes(call.sealed)), type=Said)


@transaction.atomic
def note_on_stay(stay: Stay, spoken: Spoken, *, user: User, now: datetime) -> Call:
    """Note a call of the hospital. Raises CallIncompleteError, InFutureError."""
    _refuse(spoken, now)
    locked = lock_stay(stay.pk)
    call = _stored(spoken, Call(organisation=locked.organisation, stay=locked, patient=locked.patient), user, now)
    work = Work(stay=locked, policy=policy_of(locked, now), now=now, user=user, state=load_state(locked))
    work.note("called", at=spoken.at, call=call.pk)
    _settle(call, spoken, user, now)
    return call


@transaction.atomic
def note_on_course(course: Course, spoken: Spoken, *, user: User, now: datetime) -> Call:
    """Note a call of the municipality. Raises CallIncompleteError, InFutureError."""
    _refuse(spoken, now)
    locked = Course.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=course.pk)
    call = _stored(spoken, Call(organisation=locked.organisation, course=locked, patient=locked.patient), user, now)
    CourseEvent.objects.create(course=locked, at=spoken.at, recorded_at=now, kind="called", data={"call": call.pk})
    _settle(call, spoken, user, now)
    return call


def _refuse(spoken: Spoken, now: datetime) -> None:
    if not spoken.who.strip() or not spoken.agreed.strip():
        raise errors.CallIncompleteError
    if spoken.at > now + CLOCK_SLACK:
        raise errors.InFutureError


def _line(text: str) -> str:
    """One line without signs that no document takes."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _stored(spoken: Spoken, call: Call, user: User, now: datetime) -> Call:
    words = Said(_line(spoken.who), _line(spoken.agreed))
    call.counterpart, call.phone = spoken.counterpart[:200], spoken.phone[:40]
    call.sealed = vault().seal_bytes(msgspec.json.encode(words))
    call.at, call.recorded_at, call.user = spoken.at, now, user
    call.save()
    numbers = identifiers(call.patient) if call.patient is not None else []
    keys = (patient_key(call.organisation_id, numbers[0].value),) if numbers else ()
    publish("call.noted", {"call": call.pk}, now=now, keys=keys)
    return call


def open_calls(subject: str, organisation_id: int) -> list[Task]:
    """The telephone tasks that wait for a call about that stay or course, oldest first."""
    found = Task.objects.filter(organisation_id=organisation_id, subject=subject, kind="call", closed_at__isnull=True)
    return list(found.order_by("id"))


def _settle(call: Call, spoken: Spoken, user: User, now: datetime) -> None:
    """Close the named telephone tasks; others, and those of another patient, stay open."""
    for task in open_calls(call.subject, call.organisation_id):
        if task.pk in spoken.tasks:
            close(task.pk, user=user, now=now, how="called", note="Står i ringeloggen.")


def texts(calls: Iterable[Call]) -> dict[int, str]:
    """Call id -> `Kari Moe: tar imot kl. 14`, for timelines."""
    return {call.pk: f"{said(call).who}: {said(call).agreed}" for call in calls}
