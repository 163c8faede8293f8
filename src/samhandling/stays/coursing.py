"""The municipality's courses, built only from the messages that it received (design 3a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import QuerySet

from samhandling.clock import oslo
from samhandling.exchange import kinds, originals
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageState
from samhandling.exchange.taking import details_of
from samhandling.jobs.services import enqueue
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.patients import services as patients
from samhandling.patients.models import Patient
from samhandling.stays.causes import BREACH_SEVERITY, CAUSES
from samhandling.stays.dialogs import place_key
from samhandling.stays.models import BreachOfRoutine, Course, CourseEvent, CourseMessageRow
from samhandling.stays.policy import NATIONAL, shipped
from samhandling.stays.rules import courses
from samhandling.stays.rules.courses import CourseMessage, CourseState, MessageKind
from samhandling.store.prepared import first, insert, prepared, update
from samhandling.store.services import RealStoreError
from samhandling.tasks.services import close_tasks, open_task

DEAD = "2"
"""Uttilstand of a patient who died, list 8431."""
LEAVING = ("LOG_UTSKREVET", "LOG_DOD")
OUT = (CourseState.OUT, CourseState.DEAD)


@dataclass(frozen=True, slots=True)
class Told:
    """What one document tells of a course, beside its rows."""

    message: CourseMessage
    ward_name: str = ""
    ward_phone: str = ""
    discharged_on: Any = None


def read(message: Message) -> Facts | None:
    """The facts of a message in; None when its content is gone or is not a document."""
    if message.original is None or message.original.closed:
        return None
    return read_facts(engine.read(originals.read(message.original)))


def tells(message: Message, facts: Facts) -> Told:
    """The document as a message of a course."""
    admitted, ready = facts.event("1"), facts.event("3")
    discharged, died = facts.event("2"), facts.event("13")
    generated = message.generated_at or message.created_at
    left = discharged or died
    decided = facts.responsible[0].name if facts.responsible else ""
    ward = facts.units[0] if facts.units else None
    event_at = generated
    if message.type == "LOG_INNLAGT" and admitted is not None and admitted.at.instant is not None:
        event_at = min(admitted.at.instant, generated)
    state = facts.discharge.state.value if facts.discharge is not None else ""
    value = CourseMessage(
        row_id=message.pk,
        kind=cast(MessageKind, message.type),
        status=message.status,
        cancelled=message.state == MessageState.CANCELLED,
        event_at=event_at,
        generated_at=generated,
        refers_to=message.refers_to_id,
        admitted_at=_instant(admitted),
        ready_date=ready.at.day if ready is not None else None,
        discharged_at=left.at.instant if left is not None else None,
        discharged_to=facts.discharge.place.value if facts.discharge is not None else "",
        dead=state == DEAD or died is not None,
        decided_by=decided,
    )
    return Told(
        value,
        ward_name=ward.name if ward is not None else "",
        ward_phone=ward.phones[0] if ward is not None and ward.phones else "",
        discharged_on=left.at.day if left is not None else None,
    )


def _instant(event: Any) -> datetime | None:
    """The time of an event; a date alone is the start of its day."""
    if event is None:
        return None
    if event.at.instant is not None:
        return cast(datetime, event.at.instant)
    return oslo.start_of_day(event.at.day) if event.at.day is not None else None


def take(message: Message, facts: Facts, *, now: datetime) -> Course:
    """Let a received message tell its course; the caller's job holds the patient's line, so no other does it now.

    Taking a message twice changes nothing.
    """
    told = tells(message, facts)
    row = first(_row_of(message))
    if row is not None and _undone(message, row.course):
        row = _leave(row, message, now)
    if row is None:
        course = _course_for(message, told, facts, now)
        row = _row(course, message, told)
        kind = "received" if courses.counts(told.message) else _why_not(message)
        _line(course, kind, message, now)
    course = row.course
    if row.cancelled and message.state not in (MessageState.CANCELLED, MessageState.LOCKED):
        # A person has said that the withdrawal meant another message, or that the message was ours after all.
        row.cancelled = False
        row.save(update_fields=["cancelled"])
        _line(course, "received", message, now)
    if message.patient_id is not None and course.patient_id != message.patient_id:
        course.patient_id = message.patient_id
    if told.ward_name:
        course.ward_name, course.ward_phone = told.ward_name[:200], told.ward_phone[:40]
    refold(course, now=now)
    return course


@prepared
def _row_of(message: Message) -> QuerySet[CourseMessageRow]:
    return CourseMessageRow.objects.filter(message=message).select_related("course")


@prepared
def _rows_of(course: Course) -> QuerySet[CourseMessageRow]:
    return CourseMessageRow.objects.filter(course=course).select_related("message").order_by("pk")


@prepared
def _courses_of(organisation_id: int, hospital_her: str, patient: Patient) -> QuerySet[Course]:
    mine = Course.objects.select_related("organisation").filter(organisation_id=organisation_id, patient=patient)
    return mine.filter(hospital_her=hospital_her).order_by("-admitted_at", "-pk")


def _undone(message: Message, course: Course) -> bool:
    """Whether a person has said that the message is not about the patient of its course."""
    return message.patient_id is None and "manual_match" in message.flags and course.patient_id is not None


def _leave(row: CourseMessageRow, message: Message, now: datetime) -> CourseMessageRow | None:
    """Take the message out of a wrong patient's course; a course of its own only loses the patient."""
    course = row.course
    _line(course, "not_this_patient", message, now)
    if not course.messages.exclude(pk=row.pk).exists():
        course.patient = None
        return row
    row.delete()
    refold(course, now=now)
    return None


def _why_not(message: Message) -> str:
    if message.state == MessageState.CANCELLED:
        return "received_cancelled"
    return "received_cancellation" if message.status == "C" else "not_applied"


def _line(course: Course, kind: str, message: Message, now: datetime) -> None:
    line = CourseEvent(
        course=course,
        at=message.generated_at or now,
        recorded_at=now,
        kind=kind,
        message=message,
        data={"type": message.type, "status": message.status},
    )
    insert(line)


def _row(course: Course, message: Message, told: Told) -> CourseMessageRow:
    value = told.message
    row = CourseMessageRow(
        course=course,
        message=message,
        kind=value.kind,
        status=value.status,
        cancelled=value.cancelled,
        event_at=value.event_at,
        generated_at=value.generated_at,
        received_at=message.created_at,
        admitted_at=value.admitted_at,
        ready_date=value.ready_date,
        discharged_at=value.discharged_at,
        discharged_on=told.discharged_on,
        discharged_to=value.discharged_to[:5],
        dead=value.dead,
        decided_by=value.decided_by[:200],
    )
    return insert(row)


def _course_for(message: Message, told: Told, facts: Facts, now: datetime) -> Course:
    """The course of the same patient and hospital that the message tells of, else a new one."""
    named = message.refers_to_id or message.first_id
    if named is not None:
        known = CourseMessageRow.objects.filter(message_id=named).select_related("course").first()
        if known is not None:
            return known.course
    patient = message.patient or provisional(message, facts, now)
    for number, course in enumerate(_known(message, patient)):
        if courses.belongs(told.message, fold(course), newest=number == 0):
            return course
    course = Course(
        organisation=message.organisation,
        hospital_her=message.counterpart_organisation,
        hospital_name=facts.sender.organisation.name[:300],
        patient=patient,
        patient_key=message.patient_key,
        state=CourseState.UNKNOWN.value,
        admitted_at=told.message.admitted_at,
        opened_at=now,
        changed_at=now,
    )
    return insert(course)


def _known(message: Message, patient: Patient | None) -> list[Course]:
    """The courses of that patient and hospital, the newest first."""
    if patient is not None:
        found = list(_courses_of(message.organisation_id, message.counterpart_organisation, patient))
        # One that the municipality itself announced knows of no admission yet (T01).
        return sorted(found, key=lambda course: course.admitted_at or course.opened_at, reverse=True)
    if not message.patient_key:
        return []
    mine = Course.objects.filter(organisation_id=message.organisation_id, hospital_her=message.counterpart_organisation)
    return list(mine.filter(patient__isnull=True, patient_key=message.patient_key).order_by("-admitted_at", "-pk"))


def provisional(message: Message, facts: Facts, now: datetime) -> Patient | None:
    """Someone whom nobody here is like, named by an official number: kept as known from messages only (RECV-33)."""
    details = details_of(facts)
    match = patients.match(details, organisation_id=message.organisation_id)
    if match.patient_id is not None:
        return patients.current(match.patient_id)
    if match.outcome != "unknown" or match.candidates or match.h_number:
        return None
    try:
        return patients.register(details, organisation_id=message.organisation_id, now=now, provisional=True).patient
    except RealStoreError:
        return None


def fold(course: Course) -> courses.Course:
    """The course as its messages tell it."""
    return courses.fold(told(course))


def told(course: Course) -> list[courses.CourseMessage]:
    """What the messages of the course tell."""
    return [_value(row) for row in _rows_of(course)]


def _value(row: CourseMessageRow) -> CourseMessage:
    return CourseMessage(
        row_id=row.message_id,
        kind=cast(MessageKind, row.kind),
        status=row.status,
        cancelled=row.cancelled,
        event_at=row.event_at,
        generated_at=row.generated_at,
        refers_to=row.message.refers_to_id,
        admitted_at=row.admitted_at,
        ready_date=row.ready_date,
        discharged_at=row.discharged_at,
        discharged_to=row.discharged_to,
        dead=row.dead,
        decided_by=row.decided_by,
    )


def refold(course: Course, *, now: datetime) -> None:
    """Write what the messages tell, and look again later at what does not fit (A-08: it may be overtaken)."""
    rows = _rows_of(course)
    found = courses.fold([_value(row) for row in rows])
    was_out = course.state in OUT
    course.state = found.state.value
    course.admitted_at = found.admitted_at or course.admitted_at
    course.ready_date = found.ready_date
    course.decided_by = found.decided_by
    course.discharged_at = found.discharged_at
    course.discharged_to = found.discharged_to
    course.dead = found.dead
    standing = courses.in_order(_value(row) for row in rows if not row.cancelled and row.status == "N")
    by_id = {row.message_id: row for row in rows}
    ready = [by_id[m.row_id] for m in standing if m.kind == "LOG_UTSKRIVNINGSKLAR"]
    left = [by_id[m.row_id] for m in standing if m.kind in LEAVING]
    course.ready_received_at = ready[-1].received_at if ready and found.ready_date is not None else None
    course.discharged_on = left[-1].discharged_on if left else None
    course.changed_at = now
    update(course)
    if left or was_out:
        name_final(course)
    if found.state is not CourseState.READY:
        # Nobody waits for a place any more (§ 11).
        close_tasks(unique_key=place_key(course), organisation=course.organisation, how="obsolete", now=now)
    if found.anomalies:
        wait = timedelta(minutes=shipped(NATIONAL).order_wait_minutes)
        enqueue(
            "stays.course_check", {"course": course.pk}, now=now, run_at=now + wait,
            unique=f"stays.course_check:{course.pk}",
        )  # fmt: skip


def name_final(course: Course) -> None:
    """C-10: the last change before the discharge counts as the final Helseopplysning, while the discharge stands."""
    left = course.messages.filter(kind__in=LEAVING, cancelled=False, status="N").order_by("event_at", "pk").last()
    told = Message.objects.filter(
        organisation=course.organisation, direction=Direction.IN, type="HELSEOPPL_SOKNAD", subject=course.subject,
        kind__in=(kinds.CHANGE, kinds.FINAL),
    )  # fmt: skip
    last = None
    if left is not None and course.state in OUT:
        standing = told.exclude(state=MessageState.CANCELLED).filter(generated_at__lte=left.event_at)
        last = standing.order_by("generated_at", "pk").last()
    no_longer = told.filter(kind=kinds.FINAL)
    if last is not None:
        no_longer = no_longer.exclude(pk=last.pk)
    no_longer.update(kind=kinds.CHANGE)
    if last is not None and last.kind != kinds.FINAL:
        told.filter(pk=last.pk).update(kind=kinds.FINAL)


def cancelled(message: Message, *, now: datetime) -> None:
    """A message of a course was withdrawn by its sender: it no longer counts (RECV-50, RECV-54)."""
    row = CourseMessageRow.objects.select_related("course").filter(message=message).first()
    if row is None or row.cancelled:
        return
    row.cancelled = True
    row.save(update_fields=["cancelled"])
    _line(row.course, "not_ours" if message.state == MessageState.LOCKED else "cancelled", message, now)
    refold(row.course, now=now)


def check(course: Course, *, now: datetime) -> None:
    """After the wait: what still does not fit is a breach of routine, and one task to call (A-05, A-08)."""
    found = fold(course)
    for message_id, code in found.anomalies:
        BreachOfRoutine.objects.get_or_create(
            organisation_id=course.organisation_id,
            unique_key=f"course:{course.pk}:{code}:{message_id}",
            defaults={
                "code": code,
                "severity": BREACH_SEVERITY[code],
                "at": now,
                "course": course,
                "patient": course.patient,
                "message_id": message_id,
            },
        )
    key = f"{course.subject}:order"
    order = [code for _, code in found.anomalies if code in ("A-05", "A-08")]
    if order:
        what = CAUSES["course.order"]
        open_task(
            organisation=course.organisation, kind=what.kind, cause="course.order", severity=what.severity, now=now,
            patient=course.patient, subject=course.subject, unique_key=key, text=what.text,
            role="message_responsible", anomaly=order[0],
        )  # fmt: skip
    else:
        close_tasks(unique_key=key, organisation=course.organisation, how="resolved", now=now)
