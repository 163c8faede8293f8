"""Search by name, number, stay or MsgId: always by POST, so that no number stands in an address (P-08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from samhandling.access import audit
from samhandling.access.roles import MUNICIPAL_ROLES, May
from samhandling.access.scope import Scope
from samhandling.exchange.models import Message
from samhandling.exchange.web import reading as messages
from samhandling.organisations.models import Organisation
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _
from samhandling.pages.values import Link, PatientStrip
from samhandling.patients import services as patients
from samhandling.patients.web.strip import short, strip
from samhandling.stays import reporting
from samhandling.stays.models import Course, Stay
from samhandling.stays.rules.courses import CourseState
from samhandling.stays.web import course_reading, reading
from samhandling.stays.web import scope as within
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present
from samhandling.worklist.web.patient_views import has_pages

LIMIT = 50
LONGEST = 100


@require_http_methods(["GET", "POST"])
@needs()
def search(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Results for what was typed, all within the scope. One stay or one message alone is opened at once."""
    now = present()
    typed = request.POST.get("q", "").strip()[:LONGEST] if request.method == "POST" else ""
    stays = _stays(scope, typed) if typed else []
    courses = _courses(scope, typed) if typed else []
    found = _messages(scope, typed) if typed else []
    if typed:
        # What was typed may be a number, so the log says that there was a search and what was found, not the words.
        count = len(stays) + len(courses) + len(found)
        audit.record(scope, "search", now=now, purpose=f"{count}")
    shown_stays, shown_courses = reading.rows(stays, now), course_reading.rows(courses, now)
    shown_messages = messages.rows(scope, found, now)
    people = _people(scope, typed) if typed else []
    announce = _to_announce(scope, typed, courses, now) if typed else None
    only = [r.href for r in shown_stays] + [r.href for r in shown_courses] + [r.href for r in shown_messages]
    only = only or [person.href for person in people]
    if len(only) == 1 and not (announce and announce.patients):
        return HttpResponseRedirect(only[0])
    values = {
        "typed": bool(typed),
        "stays": shown_stays,
        "courses": shown_courses,
        "messages": shown_messages,
        "people": people,
        "announce": announce,
        "nothing": not (only or (announce and announce.patients)),
    }
    return page(request, "worklist/search.html", values, title=_("Søk"), scope=scope, now=now)


def _patient_ids(scope: Scope, typed: str) -> list[int]:
    return [p.pk for p in patients.search(typed, organisation_id=scope.organisation.pk, limit=LIMIT)]


def _stays(scope: Scope, typed: str) -> list[Stay]:
    """Stays by patient or by the patient system's number of the visit, newest first."""
    if not scope.may(May.SEE_PATIENTS):
        return []
    found = within.stays(scope)
    by_visit = found.filter(visit=typed)
    by_patient = found.filter(patient__in=_patient_ids(scope, typed))
    return sorted({s.pk: s for s in (*by_visit, *by_patient[:LIMIT])}.values(), key=_newest)


def _newest(stay: Stay) -> float:
    when: datetime = stay.admitted_at
    return -when.timestamp()


def _courses(scope: Scope, typed: str) -> list[Course]:
    """The municipality's courses by patient, newest first."""
    if not scope.may(May.SEE_COURSES):
        return []
    return list(within.courses(scope).filter(patient__in=_patient_ids(scope, typed)).order_by("-changed_at")[:LIMIT])


def _people(scope: Scope, typed: str) -> list[Link]:
    """Patients of a municipality or a doctor's office, in hospital or not, with their pages."""
    if not has_pages(scope):
        return []
    found = patients.search(typed, organisation_id=scope.organisation.pk, limit=LIMIT)
    return [Link(", ".join(part for part in short(p) if part), reverse("worklist:patient", args=[p.pk])) for p in found]


@dataclass(frozen=True, slots=True)
class Announce:
    """Patients of the municipality whom no course goes on for, and the hospitals they may be announced to (S-30)."""

    patients: tuple[PatientStrip, ...]
    ids: tuple[int, ...]
    hospitals: tuple[Organisation, ...]


def _to_announce(scope: Scope, typed: str, courses: list[Course], now: datetime) -> Announce | None:
    if scope.role not in MUNICIPAL_ROLES:
        return None
    going_on = {c.patient_id for c in courses if c.state not in (CourseState.OUT, CourseState.DEAD)}
    found = [p for p in patients.search(typed, organisation_id=scope.organisation.pk, limit=LIMIT)
             if p.pk not in going_on and not p.provisional]  # fmt: skip
    return Announce(
        patients=tuple(strip(p, test=is_test_store()) for p in found),
        ids=tuple(p.pk for p in found),
        hospitals=tuple(reporting.hospitals_of(scope.organisation, now)),
    )


def _messages(scope: Scope, typed: str) -> list[Message]:
    """The message with that MsgId, sent or received."""
    found = messages.within(scope).filter(msg_id=typed.casefold())
    return [message for message in found[:LIMIT] if messages.may_see(scope, message)]
