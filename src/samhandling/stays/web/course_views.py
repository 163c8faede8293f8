"""The municipality's page of one course."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.exchange.models import Message
from samhandling.exchange.web import reading as messages
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _
from samhandling.patients.models import Patient
from samhandling.patients.web.strip import strip
from samhandling.stays import reporting, sharing
from samhandling.stays.models import BreachOfRoutine, Course
from samhandling.stays.web import calling, reports, words
from samhandling.stays.web import course_reading as reading
from samhandling.stays.web import scope as within
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present
from samhandling.tasks.web.reading import open_rows


def _dialogs(course: Course) -> QuerySet[Message]:
    """What was written about the course beside the messages that it is made of, newest first."""
    found = Message.objects.filter(organisation=course.organisation, subject=course.subject).select_related("patient")
    return found.order_by("-created_at", "-id")[:50]


@require_POST
@needs(May.SEE_PATIENTS, May.SEE_COURSES, May.READ_CONTENT)
def announce(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """A patient is to be transferred to the hospital (S-30): on to the report about them."""
    now = present()
    wanted = request.POST.get("sykehus", "")
    hospital = next((h for h in reporting.hospitals_of(scope.organisation, now) if h.her_id == wanted), None)
    patient = Patient.objects.filter(pk=pk, organisation=scope.organisation, merged_into__isnull=True).first()
    if hospital is None or patient is None:
        raise NotFoundError(f"patient {pk}")
    with transaction.atomic():
        found = reporting.announced_course(patient, hospital, now=now)
    return HttpResponseRedirect(reverse("writing:write", args=["forlop", found.pk, "innleggelsesrapport"]))


@require_safe
@needs(May.SEE_PATIENTS, May.SEE_COURSES)
def course(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One course: what is known now, the messages it is known from, the ward's phone, what is to be done."""
    now = present()
    found = within.one_course(scope, pk)
    audit.record_reading(scope, "course.read", now=now, patient=found.patient_id, subject=found.subject)
    breaches = BreachOfRoutine.objects.filter(course=found, organisation=scope.organisation)
    row = reading.row(found, now)
    held = sharing.hold_of([found]).get(found.pk)
    values = {
        "course": row,
        "patient": strip(found.patient, test=is_test_store()) if found.patient else None,
        "told": reading.told(found, now),
        "reply": reading.reply(found, now),
        "report": reports.admission_report(found, now),
        "writing": reading.writing(found),
        "letters": reading.letters(found),
        "messages": messages.rows(scope, _dialogs(found), now),
        "tasks": open_rows(scope, now, subject=found.subject),
        "hold": reading.on_hold(found, held, now),
        "paused": held is not None and held.kind == "paused",
        "may_hold": scope.may(May.WORK_TASKS),
        "call": calling.panel_of_course(found, now),
        "breaches": [_(words.BREACHES.get(b.code, b.code)) for b in breaches],
    }
    return page(request, "stays/course.html", values, title=row.name, scope=scope, now=now)
