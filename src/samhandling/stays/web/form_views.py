"""Registering on a stay: the form, its refusals, and what was done."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from samhandling.access import audit, purpose
from samhandling.access.roles import May
from samhandling.access.scope import ForbiddenError, Scope
from samhandling.clock.calendar import next_office_opening, office_hours
from samhandling.errors import NotFoundError
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import N_, _, moment
from samhandling.patients.web.strip import strip
from samhandling.stays import errors, services
from samhandling.stays.models import Stay
from samhandling.stays.web import explaining, similar
from samhandling.stays.web import scope as within
from samhandling.stays.web.forms import Registration, StayForm
from samhandling.stays.web.registrations import REGISTRATIONS
from samhandling.stays.work import load_state, lock_stay
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present

OUTDATED = N_("Oppholdet er endret mens du fylte ut. Se over, og send en gang til.")
"""Somebody else, or the patient system, was faster: nobody registers on top of what they have not seen."""
FIELD_OF_ERROR = {
    "stay.name_missing": "family_name",
    "stay.place_missing": "place",
    "stay.mistake_unanswered": "user",
    "stay.in_future": "day",
    "stay.before_admission": "ready_date",
}
"""The field that a refusal of the routine belongs to, where the form has it."""


@require_http_methods(["GET", "POST"])
@needs(May.SEE_PATIENTS, May.REGISTER)
def register(request: HttpRequest, scope: Scope, pk: int, what: str) -> HttpResponse:
    """One form of one stay. A refusal changes nothing, and stands at its field and at the top."""
    now = present()
    found = within.one_stay(scope, pk)
    registration = REGISTRATIONS.get(what)
    if registration is None:
        raise NotFoundError(f"form {what}")
    if scope.role not in registration.roles:
        raise ForbiddenError(what)
    form = registration.form(request.POST or None, stay=found, state=load_state(found), now=now)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        if seen != _version(found):
            form.is_valid()
            form.add_error(None, _(OUTDATED))
        elif form.is_valid() and _carry_out(scope, found, form, what, now, seen=seen):
            messages.success(request, _(registration.done))
            return HttpResponseRedirect(reverse("stays:stay", args=[pk]))
    else:
        why = purpose.require(scope, found.subject, now=now)
        audit.record_reading(scope, "stay.read", now=now, patient=found.patient_id, subject=found.subject, purpose=why)
    return _page(request, scope, found, registration, form, what, now)


def _carry_out(scope: Scope, stay: Stay, form: StayForm, what: str, now: datetime, *, seen: str) -> bool:
    """Let the events happen, all or none, with their entry in the log.

    False when the routine refuses, or when the same form sent twice, or somebody else, was faster at the last moment.
    """
    try:
        with transaction.atomic():
            if seen != _version(lock_stay(stay.pk)):
                stay.refresh_from_db()
                form.add_error(None, _(OUTDATED))
                return False
            for event in form.events():
                services.register(stay, event, user=scope.user, now=now)
            audit.record(scope, "stay.register", now=now, patient=stay.patient_id, subject=stay.subject, purpose=what)
    except errors.RefusedError as error:
        text = texts.error(error.code)
        field = FIELD_OF_ERROR.get(error.code)
        form.add_error(field if field in form.fields else None, f"{text.what} {text.do}")
        return False
    return True


def _version(stay: Stay) -> str:
    """Changes whenever the stay does."""
    return stay.changed_at.isoformat()


def _page(
    request: HttpRequest,
    scope: Scope,
    stay: Stay,
    registration: Registration,
    form: StayForm,
    what: str,
    now: datetime,
) -> HttpResponse:
    municipality, phone = explaining.counterpart(stay.municipality_number, now)
    outside = ""
    if registration.sends and not office_hours(now):
        # Text 8: a message that is sent is not a message that is read (S-44).
        outside = _("Utenfor kontortid: meldingen leses kanskje ikke før %(day)s. Haster det, ring %(phone)s.") % {
            "day": moment(next_office_opening(now), now),
            "phone": phone.phone if phone else _("kommunen"),
        }
    values = {
        "form": form,
        "fields": list(form),
        "patient": similar.marked(strip(stay.patient, test=is_test_store()), stay),
        "stay": stay,
        "what": what,
        "seen": _version(stay),
        "lead": _(registration.lead) if registration.lead else "",
        "button": _(registration.button),
        "municipality": municipality,
        "outside": outside,
    }
    status = 422 if form.errors else 200
    return page(
        request, "stays/register.html", values, title=_(registration.title), scope=scope, now=now, status=status
    )
