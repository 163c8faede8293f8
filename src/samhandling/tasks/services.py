"""Open, take, note and close work.

Every service runs inside the caller's transaction or makes its own, and takes `now` (aware UTC). A task is opened by
its `unique_key`: the same cause met again changes the open task only where it has become more urgent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from samhandling.errors import SamhandlingError
from samhandling.jobs.services import publish
from samhandling.store.prepared import first, insert, prepared
from samhandling.tasks import reminding
from samhandling.tasks.models import SEVERITY_ORDER, Task, TaskStep

if TYPE_CHECKING:
    from samhandling.access.models import User
    from samhandling.organisations.models import Organisation, Unit
    from samhandling.patients.models import Patient

KINDS: dict[str, str] = {
    "call": "Ring",
    "register": "Registrer",
    "find": "Finn opplysning",
    "decide": "Avgjør",
    "match": "Koble til pasient",
    "send": "Skriv og send",
    "read": "Les",
    "answer": "Svar",
    "privacy": "Vurder personvernhendelse",
    "technical": "Teknisk feil",
}
"""What a task asks of a person, with its bokmål word. Rooms may add kinds; lists show an unknown kind as it is."""


class TaskClosedError(SamhandlingError):
    """Somebody wants to work on a task that is closed."""

    code = "task.closed"


class TaskTakenError(SamhandlingError):
    """Somebody wants a task that another person has taken."""

    code = "task.taken"


class NoteMissingError(SamhandlingError):
    """A note without words."""

    code = "task.note_missing"


class TooLongError(SamhandlingError):
    """Somebody wants to be left in peace for longer than a shift and a night, or for no time at all."""

    code = "task.too_long"


ACKNOWLEDGED_AT_MOST = timedelta(hours=24)


def open_task(
    *,
    organisation: Organisation,
    kind: str,
    cause: str,
    severity: str,
    now: datetime,
    unit: Unit | None = None,
    patient: Patient | None = None,
    subject: str = "",
    due_at: datetime | None = None,
    group_key: str = "",
    unique_key: str = "",
    text: str = "",
    phone: str = "",
    role: str = "",
    anomaly: str = "",
) -> Task:
    """Open a task, or give the open one with that `unique_key`, raised to the more urgent severity and due time.

    `anomaly`: the code of 2.6 of a condition that lasts: then it is reminded of until it is over (`reminding`).
    Raises ValueError for an unknown severity: that is a fault in the caller, not in the data.
    """
    if severity not in SEVERITY_ORDER:
        raise ValueError(f"unknown severity {severity!r}")
    with transaction.atomic(savepoint=False):
        if unique_key:
            waiting = _open(organisation.pk, unique_key)
            if waiting is not None:
                return _raise_to(waiting, severity, due_at, now)
        try:
            with transaction.atomic(savepoint=bool(unique_key)):
                task = Task(
                    organisation=organisation, unit=unit, role=role, patient=patient, kind=kind, cause=cause,
                    severity=severity, subject=subject, due_at=due_at, group_key=group_key, unique_key=unique_key,
                    text=text, phone=phone, opened_at=now, anomaly=anomaly,
                    remind_at=reminding.following(organisation.pk, now) if anomaly else None,
                )  # fmt: skip
                insert(task)
                if anomaly:
                    reminding.wait(task, now=now)
                return task
        except IntegrityError:
            waiting = _open(organisation.pk, unique_key) if unique_key else None
            if waiting is None:
                raise
            return _raise_to(waiting, severity, due_at, now)


def _open(organisation_id: int, unique_key: str) -> Task | None:
    return first(_open_with_key(organisation_id, unique_key))


@prepared
def _open_with_key(organisation_id: int, unique_key: str) -> QuerySet[Task]:
    waiting = Task.objects.select_for_update().filter(closed_at__isnull=True).order_by("id")
    return waiting.filter(organisation_id=organisation_id, unique_key=unique_key)


@prepared
def _open_with_keys(organisation_id: int, unique_keys: Sequence[str]) -> QuerySet[Task]:
    waiting = Task.objects.select_for_update().filter(closed_at__isnull=True).order_by("id")
    return waiting.filter(organisation_id=organisation_id, unique_key__in=unique_keys)


def _raise_to(task: Task, severity: str, due_at: datetime | None, now: datetime) -> Task:
    """Let the open task keep whichever is more urgent; a step tells that it was raised."""
    changed = []
    if SEVERITY_ORDER[severity] < SEVERITY_ORDER[task.severity]:
        task.severity = severity
        changed.append("severity")
    if due_at is not None and (task.due_at is None or due_at < task.due_at):
        task.due_at = due_at
        changed.append("due_at")
    if changed:
        task.save(update_fields=changed)
        TaskStep.objects.create(task=task, at=now, kind="raised", text=task.severity)
    return task


@transaction.atomic
def hurry(task_id: int, *, now: datetime) -> bool:
    """Nobody has taken it in the time it may wait: it is of the gravest from now on. False when somebody has."""
    task = Task.objects.select_for_update().filter(pk=task_id, closed_at__isnull=True, owner__isnull=True).first()
    if task is None:
        return False
    _raise_to(task, "high", None, now)
    return True


def close_tasks(
    *,
    how: str,
    now: datetime,
    organisation: Organisation | None = None,
    unique_key: str | Collection[str] = "",
    subject: str = "",
    cause: str = "",
    user: User | None = None,
    note: str = "",
) -> int:
    """Close every open task with that `unique_key` (or one of several), or of that `subject` (and `cause`).

    Gives how many were open. Raises ValueError when neither key nor subject is given: nobody closes everything by
    mistake.
    """
    if not unique_key and not subject:
        raise ValueError("name the tasks to close by unique_key or subject")
    with transaction.atomic(savepoint=False):
        found = _to_close(organisation, unique_key, subject, cause)
        for task in found:
            _close(task, how=how, now=now, user=user, note=note)
    return len(found)


def _to_close(
    organisation: Organisation | None, unique_key: str | Collection[str], subject: str, cause: str
) -> list[Task]:
    """The open tasks that `close_tasks` means, their rows locked."""
    keys = [unique_key] if isinstance(unique_key, str) else list(unique_key)
    if unique_key and organisation is not None and not subject and not cause:
        return _open_with_keys(organisation.pk, keys)
    wanted = Task.objects.select_for_update().filter(closed_at__isnull=True)
    if organisation is not None:
        wanted = wanted.filter(organisation=organisation)
    if unique_key:
        wanted = wanted.filter(unique_key__in=keys)
    if subject:
        wanted = wanted.filter(subject=subject)
    if cause:
        wanted = wanted.filter(cause=cause)
    return list(wanted.order_by("id"))


@transaction.atomic
def close(task_id: int, *, user: User, now: datetime, how: str = "done", note: str = "") -> Task:
    """A person has done the work. Raises TaskClosedError when it was closed already."""
    task = _locked(task_id)
    _close(task, how=how, now=now, user=user, note=note)
    if task.anomaly:
        publish("anomaly.decided", {"task": task.pk}, now=now)
    return task


def _close(task: Task, *, how: str, now: datetime, user: User | None, note: str) -> None:
    task.closed_at, task.closed_how, task.closed_by, task.closing_note = now, how, user, note
    task.save(update_fields=["closed_at", "closed_how", "closed_by", "closing_note"])
    if task.anomaly:
        reminding.stop(task)
    TaskStep.objects.create(task=task, at=now, user=user, kind="closed", text=note)


@transaction.atomic
def take(task_id: int, *, user: User, now: datetime) -> Task:
    """*Ta oppgaven*: the user becomes its owner. Raises TaskTakenError when another person holds it."""
    task = _locked(task_id)
    if task.owner_id == user.pk:
        return task
    if task.owner_id is not None:
        raise TaskTakenError
    return _give(task, user, user, "taken", now)


@transaction.atomic
def give(task_id: int, *, to: User, user: User, now: datetime) -> Task:
    """*Fordel*: `user` gives the task to `to`, also when somebody else holds it."""
    return _give(_locked(task_id), to, user, "given", now)


@transaction.atomic
def move(task_id: int, *, to: Unit, user: User, now: datetime) -> Task:
    """*Fordel* to a unit: the task is its work, and nobody's there until somebody takes it."""
    task = _locked(task_id)
    task.unit, task.owner = to, None
    task.save(update_fields=["unit", "owner"])
    TaskStep.objects.create(task=task, at=now, user=user, kind="given", text=to.name)
    return task


@transaction.atomic
def release(task_id: int, *, user: User, now: datetime) -> Task:
    """The owner lays the task back. Raises TaskTakenError when another person holds it."""
    task = _locked(task_id)
    if task.owner_id not in {None, user.pk}:
        raise TaskTakenError
    return _give(task, None, user, "released", now)


def _give(task: Task, to: User | None, user: User, kind: str, now: datetime) -> Task:
    task.owner = to
    task.save(update_fields=["owner"])
    TaskStep.objects.create(task=task, at=now, user=user, kind=kind)
    return task


@transaction.atomic
def acknowledge(task_id: int, *, user: User, until: datetime, now: datetime) -> Task:
    """*Jeg vet om det, minn meg på igjen kl. …*: no reminders until then; it stays open, and comes back by itself.

    Raises TaskClosedError; TooLongError for a time that is past, or more than a day ahead.
    """
    if not now < until <= now + ACKNOWLEDGED_AT_MOST:
        raise TooLongError
    task = _locked(task_id)
    task.acknowledged_by, task.acknowledged_at, task.remind_at = user, now, until
    task.save(update_fields=["acknowledged_by", "acknowledged_at", "remind_at"])
    reminding.wait(task, now=now)
    TaskStep.objects.create(task=task, at=now, user=user, kind="acknowledged", text=until.isoformat())
    return task


@transaction.atomic
def note(task_id: int, *, user: User, text: str, now: datetime) -> TaskStep:
    """Write down what was done or agreed (*bekreftet på telefon: hvem, når*). Raises NoteMissingError without words."""
    if not text.strip():
        raise NoteMissingError
    return TaskStep.objects.create(task=_locked(task_id), at=now, user=user, kind="noted", text=text.strip())


def _locked(task_id: int) -> Task:
    task = Task.objects.select_for_update().get(pk=task_id)
    if task.closed_at is not None:
        raise TaskClosedError
    return task


def open_tasks(organisation_id: int) -> QuerySet[Task]:
    """The organisation's open tasks with patient and unit, due first; the caller narrows it to its scope."""
    return (
        Task.objects.filter(organisation_id=organisation_id, closed_at__isnull=True)
        .select_related("unit", "patient", "owner")
        .order_by("due_at", "opened_at", "id")
    )
