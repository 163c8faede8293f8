"""Innleggelsesrapport (M2) from a course, Utskrivningsrapport (M14) from a stay: judged by the routine, sent, told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.exchange.models import Message
from samhandling.exchange.services import Draft, Finding, Outcome, Trial, try_out
from samhandling.exchange.services import send as send_message
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import by_her_id, municipality, valid
from samhandling.pages.texts import N_
from samhandling.patients.models import Patient
from samhandling.patients.services import id_class
from samhandling.registry.models import Agreement, CommunicationParty
from samhandling.registry.services import addressee_for, party, sender_for
from samhandling.stays.informing import REFUSED
from samhandling.stays.models import Course, CourseEvent, CourseMessageRow, Stay
from samhandling.stays.policies import policy_for, policy_of
from samhandling.stays.rules.allowed import Answer, may_send
from samhandling.stays.rules.courses import CourseState
from samhandling.stays.rules.values import State, StayState
from samhandling.stays.versions import standing_version, status_of
from samhandling.stays.work import Work, load_state, lock_stay

ADMISSION_REPORT, DISCHARGE_REPORT = "INNLEGGELSESRAPPORT", "UTSKRIVNINGSRAPPORT"
KIND = "report"
REASONS: Mapping[str, str] = {
    **REFUSED,
    "discharged": N_("Pasienten er skrevet ut. Ring avdelingen."),
    "not_used": N_("Avtalen med kommunen sier at endelig helseopplysning brukes i stedet for utskrivningsrapport."),
    "nobody": N_("Vi har ikke fått noen melding om pasienten fra sykehuset, og vet ikke hvor rapporten skal sendes."),
    "no_patient": N_("Pasienten er ikke koblet til meldingene ennå. Koble først."),
    "no_series": N_("Det er ingen rapport å endre eller trekke tilbake."),
    "series": N_("Rapporten er sendt. Skriv en endring."),
}
"""Why the routine says no, in words."""
_AS_STAY: Mapping[str, State] = {
    CourseState.UNKNOWN: State.NONE,
    CourseState.ADMITTED: State.ACTIVE,
    CourseState.READY: State.READY,
    CourseState.OUT: State.OUT,
    CourseState.DEAD: State.DEAD,
}
"""What the municipality knows of the stay, as the table of 2.4 has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One of the two reports, where it is written."""

    course: Course | None = None
    stay: Stay | None = None
    answers: Message | None = None
    """The request that it answers (dialog-messages 5)."""

    @property
    def message_type(self) -> str:
        """Code of 8279."""
        return ADMISSION_REPORT if self.course is not None else DISCHARGE_REPORT

    @property
    def home(self) -> Course | Stay:
        """The course or stay that it belongs to."""
        found = self.course or self.stay
        assert found is not None
        return found


def last_report(report: Report) -> Message | None:
    """The version that stands."""
    return standing_version(report.home.organisation, report.home.subject, report.message_type)


def report_due(course: Course, now: datetime) -> datetime | None:
    """F2: within a day of the admission; None while the municipality does not know when that was."""
    policy = policy_for(course.organisation_id, oslo.day(now))
    return course.admitted_at + timedelta(hours=policy.admission_report_hours) if course.admitted_at else None


def allowed(report: Report, *, now: datetime, change: bool = False, withdraw: bool = False) -> Answer:
    """Whether the routine lets the report, a change of it, or its withdrawal go now (2.4)."""
    last = last_report(report)
    if (change or withdraw) and last is None:
        return Answer("no", "no_series")
    if not (change or withdraw) and last is not None:
        return Answer("no", "series")
    if report.stay is not None:
        policy, state = policy_of(report.stay, now), load_state(report.stay)
        if not policy.discharge_report and not withdraw:
            return Answer("no", "not_used")
        return may_send("C" if withdraw else "M14", state, policy, now=now)
    assert report.course is not None
    if report.course.patient is None:
        return Answer("no", "no_patient")
    policy = policy_for(report.course.organisation_id, oslo.day(now))
    answer = may_send("C" if withdraw else "M2", _as_stay(report.course, policy.identity_classes), policy, now=now)
    return Answer("no", "nobody") if answer.allowed and _hospital(report.course, now) is None else answer


def _as_stay(course: Course, ordinary: tuple[str, ...]) -> StayState:
    """The stay as far as the municipality knows it: the other side of the same routine."""
    patient = course.patient
    return StayState(
        state=_AS_STAY[course.state],
        id_class=id_class(patient) if patient is not None else "NONE",
        ordinary=patient is not None and id_class(patient) in ordinary,
        municipality=course.organisation.municipality_number,
        agreement=True,
    )


def _hospital(course: Course, now: datetime) -> CommunicationParty | None:
    """Whoever at the hospital told of the patient last; its somatic reception while it has told of nothing (S-30)."""
    row = CourseMessageRow.objects.filter(course=course).select_related("message").order_by("event_at", "id").last()
    if row is not None:
        return party(row.message.counterpart_her)
    hospital = by_her_id(course.hospital_her)
    return sender_for(hospital, "SOMATIC", oslo.day(now)) if hospital is not None else None


def announced_course(patient: Patient, hospital: Organisation, *, now: datetime) -> Course:
    """Where the report about a patient who is to be transferred is written (S-30, T01): the course that goes on, or
    one that the message of admission will find.

    The caller has seen to it that the patient belongs to a municipality of this node.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    mine = Course.objects.filter(organisation_id=patient.organisation_id, hospital_her=hospital.her_id, patient=patient)
    going_on = mine.exclude(state__in=[CourseState.OUT, CourseState.DEAD]).order_by("opened_at").last()
    if going_on is not None:
        return going_on
    return Course.objects.create(
        organisation_id=patient.organisation_id,
        hospital_her=hospital.her_id,
        hospital_name=hospital.name[:300],
        patient=patient,
        state=CourseState.UNKNOWN.value,
        opened_at=now,
        changed_at=now,
    )


def hospitals_of(own: Organisation, now: datetime) -> list[Organisation]:
    """The hospitals that a municipality has an agreement with today."""
    found = Agreement.objects.filter(valid(oslo.day(now)), municipality=own).select_related("hospital")
    return [agreement.hospital for agreement in found.order_by("hospital__name", "pk")]


def _draft(report: Report, values: Mapping[str, Any], now: datetime) -> Draft:
    last = last_report(report)
    common: dict[str, Any] = {
        "organisation": report.home.organisation,
        "message_type": report.message_type,
        "patient": report.home.patient,
        "values": {**values, "status": status_of(values, last)},
        "refers_to": last or report.answers,
        "subject": report.home.subject,
        "event_at": now,
        "kind": KIND,
    }
    if report.stay is not None:
        state = load_state(report.stay)
        town = municipality(state.municipality, oslo.day(now)) if state.municipality else None
        return Draft(**common, municipality=town, track=state.track)
    assert report.course is not None
    if last is None and report.answers is not None:
        # Back to the service that asked.
        return Draft(**common, sender_her=report.answers.own_her, receiver_her=report.answers.counterpart_her)
    hospital = _hospital(report.course, now)
    nurses = None
    if hospital is not None:
        # Who is told of admissions is who reports on them.
        nurses = addressee_for("LOG_INNLAGT", report.course.organisation, hospital.track, oslo.day(now))
    return Draft(
        **common,
        sender_her=last.own_her if last is not None else nurses.her_id if nurses is not None else "",
        receiver_her=last.counterpart_her if last is not None else hospital.her_id if hospital is not None else "",
        due_at=report_due(report.course, now) if last is None else None,
    )


def try_report(report: Report, values: Mapping[str, Any], *, now: datetime) -> Trial:
    """What sending would give: the document, or the errors at its fields; stores nothing."""
    return try_out(_draft(report, values, now), now=now)


@transaction.atomic
def send_report(report: Report, values: Mapping[str, Any], *, basis: int | None, user: User, now: datetime) -> Outcome:
    """Send a report, a change of it or its withdrawal (`status` "C"): the routine judges it first (2.4, T02, F2).

    `basis`: row id of the version that it was written on top of; another one now stands when somebody was faster.
    Findings, never an exception, where it may not go.
    """
    if report.stay is not None:
        lock_stay(report.stay.pk)
    else:
        Course.objects.select_for_update().get(pk=report.home.pk)
    report.home.refresh_from_db()
    last, withdraw = last_report(report), values.get("status") == "C"
    if (last.pk if last is not None else None) != basis:
        return Outcome(None, (Finding("routine.overtaken", "En annen har sendt en nyere versjon. Se over på nytt."),))
    answer = allowed(report, now=now, change=last is not None, withdraw=withdraw)
    if not answer.allowed:
        return Outcome(None, (Finding(f"routine.{answer.reason}", REASONS.get(answer.reason, REASONS["state"])),))
    outcome = send_message(_draft(report, values, now), now=now)
    if outcome.message is not None:
        _tell(report, outcome.message, user, now)
    return outcome


def _tell(report: Report, message: Message, user: User, now: datetime) -> None:
    """The history of the stay or course."""
    kind = "cancelled" if message.status == "C" else "sent"
    if report.stay is not None:
        stay = report.stay
        work = Work(stay=stay, policy=policy_of(stay, now), now=now, user=user, state=load_state(stay))
        work.note(kind, message=message, code="M14")
        return
    assert report.course is not None
    CourseEvent.objects.create(
        course=report.course, at=now, recorded_at=now, kind=f"report_{kind}", message=message,
        data={"type": message.type, "status": message.status},
    )  # fmt: skip
