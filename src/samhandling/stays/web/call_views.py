"""The call card of a stay, and noting a call (S-43 to S-45)."""

from __future__ import annotations

from datetime import datetime, time

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.pages import texts
from samhandling.pages.fields import ClockField
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _
from samhandling.patients.web.strip import strip
from samhandling.stays import calls, errors
from samhandling.stays.models import Course, Stay
from samhandling.stays.web import calling, explaining, standing
from samhandling.stays.web import scope as within
from samhandling.stays.work import load_state
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present


@require_safe
@needs(May.SEE_PATIENTS, May.REGISTER)
def card(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Ringekort*: one sheet with the number that is staffed now, the facts to tell, and room to write."""
    now = present()
    found = within.one_stay(scope, pk)
    audit.record_reading(scope, "stay.read", now=now, patient=found.patient_id, subject=found.subject)
    values = {
        "stay": found,
        "patient": strip(found.patient, test=is_test_store()),
        "call": calling.panel(found, now),
        "facts": calling.facts(found, load_state(found), standing.all_told(found, now), now),
        "by": scope.user.shown_name,
    }
    return page(request, "stays/call_card.html", values, title=_("Ringekort"), scope=scope, now=now)


@require_POST
@needs(May.SEE_PATIENTS, May.REGISTER)
def note(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Note a call: it lands on the timeline and goes to the record; the ticked telephone tasks are settled."""
    now = present()
    found = within.one_stay(scope, pk)
    back = HttpResponseRedirect(f"{reverse('stays:stay', args=[pk])}#ring")
    name, phone = explaining.counterpart(found.municipality_number, now)
    return _noted(request, scope, found, name, phone.phone if phone else "", back, now)


def _noted(
    request: HttpRequest, scope: Scope, about: Stay | Course, name: str, phone: str, back: HttpResponse, now: datetime
) -> HttpResponse:
    """Store the call of the form, or say what is missing."""
    try:
        spoken = calls.Spoken(
            who=request.POST.get("hvem", "")[:200],
            agreed=request.POST.get("avtalt", "")[:1000],
            at=spoken_at(request.POST.get("kl", ""), now),
            counterpart=name,
            phone=request.POST.get("nummer", "")[:40] or phone,
            tasks=[int(t) for t in request.POST.getlist("oppgave") if t.isdecimal()],
        )
        with transaction.atomic():
            if isinstance(about, Stay):
                calls.note_on_stay(about, spoken, user=scope.user, now=now)
            else:
                calls.note_on_course(about, spoken, user=scope.user, now=now)
            audit.record(scope, "call.note", now=now, patient=about.patient_id, subject=about.subject)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return back
    except errors.RefusedError as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
        return back
    messages.success(request, _("Samtalen er notert, og går til journalen."))
    return back


@require_POST
@needs(May.SEE_PATIENTS, May.SEE_COURSES, May.WORK_TASKS)
def note_course(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Note a call of the municipality about one of its patients in hospital."""
    now = present()
    found = within.one_course(scope, pk)
    back = HttpResponseRedirect(f"{reverse('stays:course', args=[pk])}#ring")
    return _noted(request, scope, found, found.ward_name or found.hospital_name, found.ward_phone, back, now)


def spoken_at(written: str, now: datetime) -> datetime:
    """The time of day that was written, the last time it was that; empty: now. Raises ValidationError."""
    clock = ClockField(required=False).clean(written.strip())
    if not isinstance(clock, time):
        return now
    today = oslo.from_local(oslo.day(now), clock).instant
    if today <= now + calls.CLOCK_SLACK:
        return today
    yesterday = oslo.day(now).toordinal() - 1
    return oslo.from_local(oslo.day(now).fromordinal(yesterday), clock).instant
