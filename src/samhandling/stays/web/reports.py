"""The admission report on the municipality's page of a course: whether it is sent and has arrived, when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from samhandling.exchange.models import Direction, Message
from samhandling.exchange.web.reading import statuses
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Due, Link, Status, Tone, due
from samhandling.stays import reporting
from samhandling.stays.models import Course
from samhandling.stays.reporting import ADMISSION_REPORT, Report
from samhandling.stays.rules.courses import CourseState
from samhandling.stays.web.standing import Told

WRITINGS = (
    ("innleggelsesrapport", N_("Skriv innleggelsesrapport")),
    ("innleggelsesrapport-endring", N_("Endre innleggelsesrapporten")),
    ("innleggelsesrapport-trekk-tilbake", N_("Trekk tilbake innleggelsesrapporten")),
)
VERSIONS = {"N": N_("Rapporten"), "M": N_("Endring")}


@dataclass(frozen=True, slots=True)
class AdmissionReportNow:
    """All that the page of a course says of the report."""

    told: tuple[Told, ...]
    """What was sent, the newest first."""
    missing: Status | None
    due: Due | None
    writing: tuple[Link, ...]


def admission_report(course: Course, now: datetime) -> AdmissionReportNow | None:
    """Where the report stands; None when there is none, and none may be written any more."""
    sent = list(
        Message.objects.filter(
            organisation_id=course.organisation_id, direction=Direction.OUT, type=ADMISSION_REPORT,
            subject=course.subject,
        ).exclude(status="C").order_by("-created_at", "-id")
    )  # fmt: skip
    report = Report(course=course)
    writing = tuple(
        Link(_(text), reverse("writing:write", args=["forlop", course.pk, what]))
        for what, text in WRITINGS
        if reporting.allowed(
            report, now=now, change=what.endswith("-endring"), withdraw=what.endswith("-trekk-tilbake")
        ).allowed
    )
    if not (sent or writing):
        return None
    by_message = statuses(sent, now)
    told = tuple(_told(message, by_message.get(message.pk), now) for message in sent)
    until = reporting.report_due(course, now)
    wanted = not any(one.stands for one in told) and course.state in (CourseState.ADMITTED, CourseState.READY)
    return AdmissionReportNow(
        told=told,
        missing=Status(Tone.WAIT, _("Ikke sendt")) if wanted else None,
        due=due(until, now) if wanted and until is not None else None,
        writing=writing,
    )


def _told(message: Message, status: Status | None, now: datetime) -> Told:
    gone = message.cancelled_by_id is not None
    found = status or Status(Tone.WAIT, _("Sendes nå"))
    return Told(
        text=_(VERSIONS.get(message.status, VERSIONS["N"])),
        status=Status(Tone.QUIET, _("Trukket tilbake")) if gone else found,
        when=_("sendt %(when)s") % {"when": moment(message.created_at, now)},
        href=reverse("exchange:message", args=[message.pk]),
        stands=not gone,
        failed=found.tone is Tone.BAD and not gone and message.replaced_by_id is None,
    )
