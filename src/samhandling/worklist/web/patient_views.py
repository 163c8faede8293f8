"""The page of one patient: what has been written and received about them, and what may be written now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.exchange.web import reading as messages
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.values import paged
from samhandling.patients.models import Patient
from samhandling.patients.web.strip import full_name, strip
from samhandling.stays.web import course_reading
from samhandling.stays.web import scope as within
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present
from samhandling.writing.web.finding import about_patient

PAGE_SIZE = 50


def has_pages(scope: Scope) -> bool:
    """Whether patients have pages of their own here: in a hospital their stays have."""
    return scope.organisation.kind != "hospital" and scope.may(May.SEE_COURSES) and scope.may(May.SEE_PATIENTS)


@require_safe
@needs(May.SEE_PATIENTS, May.SEE_COURSES)
def patient(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One patient of a municipality or a doctor's office, in hospital or not."""
    now = present()
    if not has_pages(scope):
        raise NotFoundError(f"patient {pk}")
    found = scope.one(Patient.objects.all(), pk)
    about = messages.within(scope).filter(patient=found).order_by("-created_at", "-id")
    shown, first, last = paged(about.count(), request.GET.get("side"), PAGE_SIZE)
    audit.record_reading(scope, "patient.read", now=now, patient=pk, subject=f"patient:{pk}")
    courses = within.courses(scope).filter(patient=found).order_by("-changed_at")
    values = {
        "patient": strip(found, test=is_test_store()),
        "courses": course_reading.rows(list(courses[:PAGE_SIZE]), now),
        "messages": messages.rows(scope, about[first:last], now),
        "page": shown,
        "letters": about_patient(scope, found),
    }
    return page(request, "worklist/patient.html", values, title=full_name(found), scope=scope, now=now)
