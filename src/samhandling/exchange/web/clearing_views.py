"""A message in that people must clear up: whose patient it is about (RECV-38), and whether it is ours (C-06)."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import ForbiddenError, Scope
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.exchange.clearing import NotThisMessageError
from samhandling.exchange.matching import (
    UNCONFIRMED,
    SamePersonError,
    assign_patient,
    confirm_patient,
    identity_in,
    undo_match,
)
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.not_ours import ReasonMissingError, TooEarlyError, decide, remove_content, take_back
from samhandling.exchange.web import reading, words
from samhandling.exchange.web.document import opened_document
from samhandling.messages import codes
from samhandling.messages.display.values import identifier_text
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _
from samhandling.patients.models import Patient
from samhandling.patients.services import search
from samhandling.patients.values import PatientDetails
from samhandling.patients.web.strip import strip
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present

FOUND_AT_MOST = 20


def clears(scope: Scope) -> bool:
    """Whether this scope clears up messages: it sees all of the organisation and may open the content."""
    sees_all = scope.may(May.SEE_MESSAGES) or scope.may(May.SEE_COURSES)
    return scope.may(May.READ_CONTENT) and sees_all and scope.unit_ids is None


def may_clear(scope: Scope, message: Message) -> bool:
    """Whether this scope clears up that message: one that came in."""
    return message.direction == Direction.IN and clears(scope)


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
        matched = assign_patient(found.pk, patient, user=scope.user, now=now)
        if UNCONFIRMED in matched.flags:
            text = _("Koblet til pasienten. Nummer eller navn er ikke likt: en annen må bekrefte før journalføring.")
            messages.warning(request, text)
        else:
            messages.success(request, _("Meldingen er koblet til pasienten."))
        return _to_message(pk)
    why = reading.why(scope, found, now)
    audit.record_reading(scope, "message.read", now=now, patient=found.patient_id, subject=f"message:{pk}", purpose=why)
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


@require_http_methods(["GET", "POST"])
@needs(May.READ_CONTENT, May.SEE_PATIENTS)
def confirm(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """A second person compares document and patient: the same, or not. Whoever reads the message may (C-06)."""
    now = present()
    found = reading.one(scope, pk)
    if found.direction != Direction.IN or found.patient is None or found.matched_by_id is None:
        raise NotFoundError(f"match of message {pk}")
    if request.method == "POST":
        return _answered(request, scope, pk)
    why = reading.why(scope, found, now)
    audit.record_reading(scope, "message.read", now=now, patient=found.patient_id, subject=f"message:{pk}", purpose=why)
    document = opened_document(found)
    values = {
        "message": reading.rows(scope, [found], now)[0],
        "document": document.html,
        "stated": stated(identity_in(found)),
        "patient": strip(found.patient, test=is_test_store()),
        "waits": UNCONFIRMED in found.flags,
        "own": found.matched_by_id == scope.user.pk,
    }
    title = _("Samme pasient? %(name)s") % {"name": words.name(found)}
    return page(request, "exchange/confirm.html", values, title=title, scope=scope, now=now)


def _answered(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Yes, the same patient; or no, another."""
    act, done, after = confirm_patient, _("Bekreftet: samme pasient. Meldingen kan journalføres."), _to_message(pk)
    if request.POST.get("svar") == "nei":
        act, done, after = undo_match, _("Koblingen er opphevet. Noen må finne riktig pasient."), _home()
    return _tried(
        request,
        lambda: act(pk, organisation_id=scope.organisation.pk, user=scope.user, now=present()),
        done,
        back=_to_message(pk),
        after=after,
    )


def stated(details: PatientDetails) -> list[tuple[str, str]]:
    """What a document says of its patient, as label and value."""
    name = " ".join(part for part in (details.given_name, details.middle_name, details.family_name) if part)
    found = [(_("Navn"), name)]
    if details.birth_date:
        found.append((_("Født"), details.birth_date.strftime("%d.%m.%Y")))
    for number in details.numbers:
        value, note = identifier_text(number.value, number.kind, texts.language())
        label = codes.text("8116", number.kind, texts.language()) or number.kind
        found.append((label, f"{value} ({note})" if note else value))
    return [(label, value or "–") for label, value in found]


@require_POST
@needs(May.READ_CONTENT)
def not_ours(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """The message was not for us: lock the content at once."""
    found = _mine(scope, pk)
    reason = request.POST.get("grunn", "").strip()
    return _tried(
        request,
        lambda: decide(found.pk, organisation_id=scope.organisation.pk, reason=reason, user=scope.user, now=present()),
        _("Innholdet er låst. Send avviksmelding, så avsenderen vet det. En annen sletter det om sju dager."),
        back=HttpResponseRedirect(reverse("exchange:match", args=[pk])),
        after=_to_message(pk),
    )


@require_POST
@needs(May.READ_CONTENT)
def ours_after_all(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """The decision is taken back: the content can be read again."""
    found = _mine(scope, pk)
    return _tried(
        request,
        lambda: take_back(found.pk, organisation_id=scope.organisation.pk, user=scope.user, now=present()),
        _("Meldingen er åpnet igjen."),
        back=_to_message(pk),
    )


@require_POST
@needs(May.READ_CONTENT)
def remove(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Another person deletes the content after a week; metadata and the decision stay (P-07)."""
    found = _mine(scope, pk)
    return _tried(
        request,
        lambda: remove_content(found.pk, organisation_id=scope.organisation.pk, user=scope.user, now=present()),
        _("Innholdet er slettet. Hvem, når og hvorfor blir stående."),
        back=_to_message(pk),
    )


EXPECTED = (ReasonMissingError, SamePersonError, TooEarlyError, NotThisMessageError)


def _tried(
    request: HttpRequest,
    act: Callable[[], object],
    done: str,
    *,
    back: HttpResponse,
    after: HttpResponse | None = None,
) -> HttpResponse:
    """Do it and say so; what a person cannot do is said in words on the page he came from."""
    try:
        act()
    except EXPECTED as error:
        say(request, error)
        return back
    messages.success(request, done)
    return after or back


def say(request: HttpRequest, error: SamhandlingError) -> None:
    """An error in words, on the next page."""
    text = texts.error(error.code)
    messages.error(request, f"{text.what} {text.do}")


def _to_message(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("exchange:message", args=[pk]))


def _home() -> HttpResponse:
    """The front door: a message that is nobody's again may lie outside what this person sees."""
    return HttpResponseRedirect("/")


def _mine(scope: Scope, pk: int) -> Message:
    """The message, if this scope clears it up. Raises NotFoundError, ForbiddenError."""
    found = reading.one(scope, pk)
    if found.direction != Direction.IN:
        raise NotFoundError(f"message in {pk}")
    if not may_clear(scope, found):
        raise ForbiddenError("clear up")
    return found
