"""From an address to what is to be written there, within the scope."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from samhandling.access.roles import May, Role
from samhandling.access.scope import ForbiddenError, Scope
from samhandling.errors import NotFoundError
from samhandling.exchange.models import Message
from samhandling.exchange.web import answering
from samhandling.exchange.web import reading as messages
from samhandling.pages.texts import _
from samhandling.pages.values import Link
from samhandling.patients.models import Patient
from samhandling.stays import dialogs, informing
from samhandling.stays.dialogs import Talk
from samhandling.stays.models import Course, CourseMessageRow, Stay
from samhandling.stays.reporting import Report, last_report
from samhandling.stays.web import scope as stays
from samhandling.writing.letters import Letter
from samhandling.writing.web import dialog, information, letters, reports
from samhandling.writing.web.pieces import Piece

AT_THE_HOSPITAL = frozenset({Role.WARD_NURSE, Role.PLO_RESOURCE, Role.MESSAGE_RESPONSIBLE})
AT_THE_MUNICIPALITY = frozenset({Role.CASE_HANDLER, Role.MUNICIPAL_NURSE, Role.MESSAGE_RESPONSIBLE})
OF_PATIENTS = frozenset({Role.CASE_HANDLER, Role.MUNICIPAL_NURSE, Role.DOCTOR})
"""Who writes about patients whether they are in hospital or not."""


def piece(scope: Scope, where: str, pk: int, what: str, now: datetime) -> Piece:
    """What is written there. Raises NotFoundError outside the scope, ForbiddenError for other roles."""
    if where == "opphold":
        return _from_stay(scope, stays.one_stay(scope, pk), what, now)
    if where == "forlop":
        return _from_course(scope, stays.one_course(scope, pk), what, now)
    if where == "pasient":
        return _from_patient(scope, pk, what, now)
    if where == "melding":
        return _from_message(scope, pk, what, now)
    raise NotFoundError(f"{where} {what}")


def _from_stay(scope: Scope, stay: Stay, what: str, now: datetime) -> Piece:
    if scope.role not in AT_THE_HOSPITAL:
        raise ForbiddenError(what)
    if what in information.WHAT:
        return information.Information(scope, stay, what, now)
    if what in reports.OF_STAY:
        return reports.DischargeReport(scope, stay, what, now)
    if what in letters.FROM_A_STAY:
        letter = Letter(
            organisation=stay.organisation,
            message_type=letters.SORTS[what].message_type,
            patient=stay.patient,
            subject=stay.subject,
            phone=_phone(stay),
        )
        back = reverse("stays:stay", args=[stay.pk])
        return letters.LetterPiece(scope, letter, what, stay.subject, back, now)
    if what != "foresporsel":
        raise NotFoundError(f"stay {what}")
    talk = Talk(organisation=stay.organisation, message_type=dialog.WHAT[what], patient=stay.patient, stay=stay)
    return dialog.Dialog(scope, talk, what, reverse("stays:stay", args=[stay.pk]), now)


def _from_course(scope: Scope, course: Course, what: str, now: datetime) -> Piece:
    if scope.role not in AT_THE_MUNICIPALITY:
        raise ForbiddenError(what)
    if what in reports.OF_COURSE:
        return reports.AdmissionReport(scope, course, what, now)
    if what in letters.FROM_A_COURSE:
        letter = Letter(
            organisation=course.organisation,
            message_type=letters.SORTS[what].message_type,
            patient=course.patient,
            subject=course.subject,
        )
        back = reverse("stays:course", args=[course.pk])
        return letters.LetterPiece(scope, letter, what, course.subject, back, now)
    if what not in {"foresporsel", "plass"}:
        raise NotFoundError(f"course {what}")
    talk = Talk(
        organisation=course.organisation,
        message_type=dialog.WHAT[what],
        patient=course.patient,
        about=dialogs.ready_message(course) if what == "plass" else None,
        course=course,
    )
    return dialog.Dialog(scope, talk, what, reverse("stays:course", args=[course.pk]), now)


def about_patient(scope: Scope, patient: Patient) -> list[Link]:
    """What this scope may write about a patient, in hospital or not."""
    return [
        Link(_(letters.SORTS[what].title), reverse("writing:write", args=["pasient", patient.pk, what]))
        for what in _of_patient(scope)
    ]


def _of_patient(scope: Scope) -> tuple[str, ...]:
    return letters.FROM_A_PATIENT.get(scope.organisation.kind, ()) if scope.role in OF_PATIENTS else ()


def _from_patient(scope: Scope, pk: int, what: str, now: datetime) -> Piece:
    if what not in _of_patient(scope):
        raise ForbiddenError(what)
    found = scope.one(Patient.objects.all(), pk)
    letter = Letter(organisation=scope.organisation, message_type=letters.SORTS[what].message_type, patient=found)
    return letters.LetterPiece(scope, letter, what, f"patient:{pk}", reverse("worklist:patient", args=[pk]), now)


def _from_message(scope: Scope, pk: int, what: str, now: datetime) -> Piece:
    message = messages.one(scope, pk)
    if scope.role not in AT_THE_HOSPITAL | AT_THE_MUNICIPALITY | {Role.DOCTOR}:
        raise ForbiddenError(what)
    if not scope.may(May.READ_CONTENT) or what not in answering.answers(message):
        raise NotFoundError(f"message {what}")
    kind, _colon, number = message.subject.partition(":")
    stay = stays.stays(scope).filter(pk=int(number)).first() if kind == "stay" else None
    course = stays.courses(scope).filter(pk=int(number)).first() if kind == "course" else _course_of(scope, message)
    known = stay or course
    patient = message.patient or (known.patient if known is not None else None)
    if what == answering.INFORMATION:
        if stay is None:
            raise NotFoundError(f"message {what}")
        which = "tidligmelding" if informing.last_version(stay) is None else "endringsmelding"
        return information.Information(scope, stay, which, now, answers=message)
    if what == answering.REPORT:
        if course is None:
            raise NotFoundError(f"message {what}")
        version = reports.OF_COURSE[0] if last_report(Report(course=course)) is None else reports.OF_COURSE[1]
        return reports.AdmissionReport(scope, course, version, now, answers=message)
    if what not in dialog.WHAT:
        return _letter(scope, message, what, patient, _phone(stay), now)
    talk = Talk(
        organisation=message.organisation,
        message_type=dialog.WHAT[what],
        patient=patient,
        about=message,
        stay=stay,
        course=course,
    )
    return dialog.from_message(scope, message, what, talk, now)


def _phone(stay: Stay | None) -> str:
    """The ward's telephone."""
    return stay.unit.phone if stay is not None and stay.unit is not None else ""


def _letter(scope: Scope, message: Message, what: str, patient: Patient | None, phone: str, now: datetime) -> Piece:
    """The next in a dialogue, another message as answer, or the withdrawal of one of ours."""
    withdraws = what == letters.WITHDRAW
    letter = Letter(
        organisation=message.organisation,
        message_type=message.type if withdraws else letters.SORTS[what].message_type,
        patient=patient,
        subject=message.subject,
        about=None if withdraws else message,
        withdraws=message if withdraws else None,
        phone=phone,
    )
    back = reverse("exchange:message", args=[message.pk])
    return letters.LetterPiece(scope, letter, what, f"message:{message.pk}", back, now)


def _course_of(scope: Scope, message: Message) -> Course | None:
    """The course that a logistics message tells of."""
    row = CourseMessageRow.objects.filter(message=message, course__in=stays.courses(scope)).first()
    return row.course if row is not None else None
