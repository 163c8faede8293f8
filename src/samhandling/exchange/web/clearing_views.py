"""A message in that a person must clear up: whose patient it is about (RECV-38), or that it is not ours (C-06)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import ForbiddenError, Scope
from samhandling.errors import NotFoundError
from samhandling.exchange.clearing import ReasonMissingError, assign_patient, remove_content
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.web import reading, words
from samhandling.exchange.web.document import opened_document
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _
from samhandling.patients.models import Patient
from samhandling.patients.services import search
from samhandling.patients.web.strip import strip
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present

FOUND_AT_MOST = 20


def may_clear(scope: Scope, message: Message) -> bool:
    """Whether this scope clears up that message: it sees all of the organisation and may open the content."""
    sees_all = scope.may(May.SEE_MESSAGES) or scope.may(May.SEE_COURSES)
    return message.direction == Direction.IN and scope.may(May.READ_CONTENT) and sees_all and scope.unit_ids is None


@require_http_methods(["GET", "POST"])
@needs(May.READ_CONTENT, May.SEE_PATIENTS)
def match(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Find the patient and say that it is this one. The document stands beside, so that nobody guesses."""
    now = present()
    found = _mine(scope, pk)
    typed = request.POST.get("q", "").strip()[:100]
    chosen = request.POST.get("pasient", "")
    if chosen.isdecimal():
        patient = scope.one(Patient.objects.filter(merged_into__isnull=True), int(chosen))
        assign_patient(found.pk, patient, user=scope.user, now=now)
        messages.success(request, _("Meldingen er koblet til pasienten."))
        return HttpResponseRedirect(reverse("exchange:message", args=[pk]))
    audit.record_reading(scope, "message.read", now=now, patient=found.patient_id, subject=f"message:{pk}")
    test = is_test_store()
    candidates = search(typed, organisation_id=scope.organisation.pk, limit=FOUND_AT_MOST) if typed else []
    document = opened_document(found)
    values = {
        "message": reading.rows(scope, [found], now)[0],
        "document": document.html,
        "attachments": document.attachments,
        "typed": typed,
        "candidates": [(patient.pk, strip(patient, test=test)) for patient in candidates],
    }
    title = _("Koble til pasient: %(name)s") % {"name": words.name(found)}
    return page(request, "exchange/match.html", values, title=title, scope=scope, now=now)


@require_POST
@needs(May.READ_CONTENT)
def remove(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """The message was not for us: delete the content, keep metadata and the reason (P-07)."""
    found = _mine(scope, pk)
    reason = request.POST.get("grunn", "").strip()
    try:
        remove_content(found.pk, organisation_id=scope.organisation.pk, reason=reason, user=scope.user, now=present())
    except ReasonMissingError as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
        return HttpResponseRedirect(reverse("exchange:match", args=[pk]))
    messages.success(request, _("Innholdet er slettet. Si fra til avsenderen."))
    return HttpResponseRedirect(reverse("exchange:message", args=[pk]))


def _mine(scope: Scope, pk: int) -> Message:
    """The message, if this scope clears it up. Raises NotFoundError, ForbiddenError."""
    found = reading.one(scope, pk)
    if found.direction != Direction.IN:
        raise NotFoundError(f"message in {pk}")
    if not may_clear(scope, found):
        raise ForbiddenError("clear up")
    return found
