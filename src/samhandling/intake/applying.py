"""The jobs of this room: apply a stored ADT record to patient and stay, and tell a person what could not be."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from samhandling.errors import SamhandlingError
from samhandling.hl7 import adt, reader
from samhandling.intake import life, rules
from samhandling.intake.causes import Cause, cause_of
from samhandling.intake.errors import NoPatientError
from samhandling.intake.life import OPEN, Event, State
from samhandling.intake.lines import mapping_of
from samhandling.intake.models import AdtRecord
from samhandling.intake.storing import APPLY, taken_down
from samhandling.jobs.models import Job
from samhandling.jobs.running import LeaseLostError, Running
from samhandling.stays.services import apply
from samhandling.store.prepared import only, prepared, update
from samhandling.store.services import is_test_store
from samhandling.tasks.models import Task
from samhandling.tasks.services import close_tasks, open_task

NOT_APPLIED = "stay.not_applied"
"""On a record that was read, but did not fit the stay: the stay's page and a task tell what."""


def apply_adt(running: Running) -> None:
    """Job `intake.apply_adt {record}`: apply the record in its turn.

    What cannot be used is set aside with a task, so that later messages about the patient go on. A fault that may pass
    is raised, and the job tries again.
    """
    record_id = int(running.payload["record"])
    try:
        plan = rules.plan(_read(record_id), source=f"adt:{record_id}", test=is_test_store(), now=running.now)
        _apply(record_id, plan, running)
    except LeaseLostError:
        raise
    except SamhandlingError as error:
        if error.retryable:
            _note_failure(record_id, error.code, running.now)
            raise
        _set_aside(record_id, error.code, running)
    except Exception:
        _note_failure(record_id, SamhandlingError.code, running.now)
        raise


def _read(record_id: int) -> adt.AdtEvent:
    content, charset, line = taken_down(record_id)
    return adt.read(reader.read(content, charset), mapping_of(line))


@transaction.atomic
def _apply(record_id: int, plan: rules.Plan, running: Running) -> None:
    """Apply the events in one transaction with the end of the job; nobody to apply them to sets the record aside."""
    record = _locked(record_id)
    if record.state not in OPEN:
        running.finish()
        return
    outcomes = [apply(event, organisation=record.organisation, now=running.now).outcome for event in plan.events]
    if "refused" in outcomes:
        _put_aside(record, NoPatientError.code, running.now)
        running.finish()
        return
    if record.state == State.FAILED:
        close_tasks(subject=f"adt:{record.pk}", how="resolved", now=running.now)
    doubt = plan.doubts[0].split()[0] if plan.doubts else ""
    _settle(record, Event.APPLIED, code=NOT_APPLIED if "impossible" in outcomes else doubt, now=running.now)
    if plan.doubts:
        _open_task(record, "adt.doubtful", running.now)
    running.finish()


def _put_aside(record: AdtRecord, code: str, now: datetime) -> None:
    """Set the record aside; a task about it that the stays have opened already is enough."""
    _settle(record, Event.UNUSABLE, code=code, now=now)
    if not Task.objects.filter(
        organisation=record.organisation, subject=f"adt:{record.pk}", closed_at__isnull=True
    ).exists():
        _open_task(record, code, now)


@transaction.atomic
def _set_aside(record_id: int, code: str, running: Running) -> None:
    record = _locked(record_id)
    if record.state in OPEN:
        _put_aside(record, code, running.now)
    running.finish()


@transaction.atomic
def _note_failure(record_id: int, code: str, now: datetime) -> None:
    record = _locked(record_id)
    if record.state in OPEN:
        _settle(record, Event.FAILED, code=code, now=now)


def _locked(record_id: int) -> AdtRecord:
    return only(_with_lock(record_id))


@prepared
def _with_lock(record_id: int) -> QuerySet[AdtRecord]:
    return AdtRecord.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=record_id)


def _settle(record: AdtRecord, event: Event, *, code: str, now: datetime) -> None:
    record.state = life.step(State(record.state), event)
    record.error_code = code
    record.settled_at = now
    update(record, "state", "error_code", "settled_at")


def _open_task(record: AdtRecord, code: str, now: datetime) -> None:
    cause = cause_of(code)
    open_task(
        organisation=record.organisation,
        kind=cause.kind,
        cause=code,
        severity=cause.severity,
        now=now,
        role="operations",
        subject=f"adt:{record.pk}",
        group_key=f"{code}:{record.line}",
        unique_key=_unique_key(record, code, cause),
        text=cause.text,
    )


def _unique_key(record: AdtRecord, code: str, cause: Cause) -> str:
    return f"{code}:{record.line}:{record.trigger}" if cause.once else f"{code}:adt:{record.pk}"


@transaction.atomic
def tell_refused(running: Running) -> None:
    """Job `intake.tell_refused {record}`: a task about what was answered with AR."""
    record = AdtRecord.objects.select_related("organisation").get(pk=running.payload["record"])
    _open_task(record, record.error_code, running.now)
    running.finish()


@transaction.atomic
def job_died(running: Running) -> None:
    """Job on `job.dead {job}`: a record whose job is given up is failed, and a person has a task."""
    job = Job.objects.filter(pk=running.payload["job"], handler=APPLY).first()
    if job is not None:
        record = _locked(int(job.payload["record"]))
        if record.state in OPEN:
            _settle(record, Event.FAILED, code=str(running.payload.get("code", "")), now=running.now)
            _open_task(record, "adt.failed", running.now)
    running.finish()
