"""Writing a message: the form with its draft, the preview, sending. Works without script."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock.calendar import next_office_opening, office_hours
from samhandling.exchange.services import Trial
from samhandling.messages import display, engine
from samhandling.messages.compose.attachments import WARN_ABOVE
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, language, moment
from samhandling.registry.models import CommunicationParty
from samhandling.registry.services import staffed_phone
from samhandling.stays.after_discharge import MISSING, REASONS
from samhandling.store.services import now as present
from samhandling.writing import attaching, drafts
from samhandling.writing.drafts import OvertakenError
from samhandling.writing.models import Draft
from samhandling.writing.web import attachments
from samhandling.writing.web.finding import piece as find_piece
from samhandling.writing.web.forms import WritingForm
from samhandling.writing.web.pieces import Piece

PAGE_NAME = 32
"""Signs in the name of an opened page."""


@require_http_methods(["GET", "POST"])
@needs(May.SEE_PATIENTS, May.READ_CONTENT)
def write(request: HttpRequest, scope: Scope, where: str, pk: int, what: str) -> HttpResponse:
    """The form. Every sending of it saves the draft first, right or wrong; then on to the preview."""
    now = present()
    piece = find_piece(scope, where, pk, what, now)
    draft = drafts.find(piece.place)
    if request.method == "POST":
        return _posted(request, scope, piece, draft, now)
    _log(scope, piece, "draft.open", now)
    kept = drafts.read(draft).fields if draft is not None else None
    return _form_page(request, scope, piece, piece.form(None, kept or _asked(request)), draft, now)


def _asked(request: HttpRequest) -> dict[str, str] | None:
    """A choice that the link to the form has made already."""
    choice = request.GET.get("svar", "")
    return {"reply": choice} if choice in {"can", "from", "cannot"} else None


def _posted(request: HttpRequest, scope: Scope, piece: Piece, draft: Draft | None, now: datetime) -> HttpResponse:
    form = piece.form(request.POST, None)
    stepped = form.stepped()
    if stepped is not None:
        return _stepped(request, scope, piece, form, stepped, now)
    right = form.is_valid()
    values = form.values() if right else None
    try:
        draft = _save(request, scope, piece, form, values, now)
    except OvertakenError:
        form.add_error(None, _("En annen har lagret utkastet mens du skrev. Se over, og send en gang til."))
        return _form_page(request, scope, piece, form, draft, now)
    refused = attachments.take(request, piece, draft)
    if attachments.pressed(request) and not refused:
        return HttpResponseRedirect(f"{_address('write', request)}#{attachments.FIELD}")
    if refused:
        form = piece.form(None, form.fields_now())
        messages.error(request, " ".join(refused))
        return _form_page(request, scope, piece, form, draft, now, status=422)
    if "lagre" in request.POST:
        messages.success(request, _("Utkastet er lagret."))
        return HttpResponseRedirect(piece.back)
    if values is not None and not piece.refusal():
        trial = piece.trial(attaching.with_files(draft, values))
        form.take_errors(trial.composed.errors)
        if piece.unchanged(values) and not attaching.changed(draft, piece.place.continues):
            form.add_error(None, _("Ingenting er endret siden forrige versjon."))
        if trial.sendable and not form.errors:
            if piece.at_once:
                return _send(request, scope, piece, draft, now)
            return HttpResponseRedirect(_address("preview", request))
        for finding in trial.findings:
            form.add_error(None, finding.text)
    return _form_page(request, scope, piece, form, draft, now)


def _stepped(
    request: HttpRequest, scope: Scope, piece: Piece, form: WritingForm, stepped: dict[str, str], now: datetime
) -> HttpResponse:
    """A row is added or removed: saved as a draft, which the form then shows, without errors yet."""
    after = piece.form(stepped, None)
    right = after.is_valid()
    try:
        draft = _save(request, scope, piece, after, after.values() if right else None, now)
    except OvertakenError:
        if request.headers.get("HX-Request"):
            found = HttpResponse(render_to_string("writing/saved.html", _overtaken(request), request))
            found.headers["HX-Retarget"] = found.headers["HX-Reselect"] = "#saved"
            return found
        form.add_error(None, _("En annen har lagret utkastet mens du skrev. Se over, og send en gang til."))
        return _form_page(request, scope, piece, form, drafts.find(piece.place), now)
    # Without script a file may have been chosen as well.
    for text in attachments.take(request, piece, draft):
        messages.error(request, text)
    return HttpResponseRedirect(f"{_address('write', request)}?{urlencode({'rad': form.focus_after_step()})}")


def _overtaken(request: HttpRequest) -> dict[str, Any]:
    return {"saved": "", "version": request.POST.get("version", "0"), "overtaken": True}


def _save(
    request: HttpRequest,
    scope: Scope,
    piece: Piece,
    form: WritingForm,
    values: dict[str, Any] | None,
    now: datetime,
    *,
    by_itself: bool = False,
) -> Draft:
    seen, opened = request.POST.get("version", "0"), request.POST.get("page", "")[:PAGE_NAME]
    version = int(seen) if seen.isascii() and seen.isdigit() else 0
    with transaction.atomic():
        saved = drafts.save(
            piece.place, form.fields_now(), values,
            version=version, author=scope.user, now=now, page=opened, by_itself=by_itself,
        )  # fmt: skip
        _log(scope, piece, "draft.save", now)
    return saved


def _form_page(
    request: HttpRequest,
    scope: Scope,
    piece: Piece,
    form: WritingForm,
    draft: Draft | None,
    now: datetime,
    *,
    status: int = 0,
) -> HttpResponse:
    values = {
        **_round(piece, now),
        "form": form,
        "sections": form.sections(),
        "focus": request.GET.get("rad", "") if request.method == "GET" else "",
        "refusal": piece.refusal(),
        "lead": piece.lead,
        "lead_link": piece.lead_link,
        "warning": piece.warning,
        "after_discharge": _after_discharge(piece, now),
        "at_once": piece.at_once,
        "draft": draft,
        "page_name": request.POST.get("page", "")[:PAGE_NAME] or token_hex(PAGE_NAME // 2),
        "files": attachments.shown(piece, draft, _kwargs(request)),
        "saved": _saved(draft, now),
        "save_address": _address("autosave", request),
        "discard_address": _address("discard", request),
    }
    status = status or (422 if form.errors else 200)
    return page(request, "writing/form.html", values, title=piece.title, scope=scope, now=now, status=status)


def _round(piece: Piece, now: datetime) -> dict[str, Any]:
    """What stands round the form and the preview alike."""
    return {
        "patient": piece.strip(),
        "back": piece.back,
        "button": piece.button,
        "outside": _outside(piece, now),
    }


def _outside(piece: Piece, now: datetime) -> str:
    """Text 8: a message that is sent is not a message that is read (S-44)."""
    if office_hours(now):
        return ""
    phone = staffed_phone(piece.counterpart, now)
    return _("Utenfor kontortid: meldingen leses kanskje ikke før %(day)s. Haster det, ring %(phone)s.") % {
        "day": moment(next_office_opening(now), now),
        "phone": phone.phone if phone else _("mottakeren"),
    }


def _after_discharge(piece: Piece, now: datetime) -> dict[str, Any] | None:
    """What is said and asked where the patient has left (2.4); None otherwise."""
    if not piece.asks_reason():
        return None
    phone = staffed_phone(piece.counterpart, now)
    text = _("Pasienten er skrevet ut. Dette regnes som avvik fra avtalt rutine. Ring %(phone)s først.")
    number = phone.phone if phone is not None else _("kommunen")
    return {"text": text % {"phone": number}, "reasons": [(code, _(words)) for code, words in REASONS.items()]}


def _saved(draft: Draft | None, now: datetime) -> str:
    if draft is None:
        return ""
    return _("Utkast lagret %(when)s av %(who)s") % {
        "when": moment(draft.saved_at, now),
        "who": draft.author.shown_name,
    }


@require_POST
@needs(May.SEE_PATIENTS, May.READ_CONTENT)
def autosave(request: HttpRequest, scope: Scope, where: str, pk: int, what: str) -> HttpResponse:
    """Save what stands in the form while somebody writes; gives the line that says so."""
    now = present()
    piece = find_piece(scope, where, pk, what, now)
    form = piece.form(request.POST, None)
    try:
        values_now = form.values() if form.is_valid() else None
        draft = _save(request, scope, piece, form, values_now, now, by_itself=True)
        values = {"saved": _saved(draft, now), "version": draft.version, "overtaken": False}
    except OvertakenError:
        values = _overtaken(request)
    return HttpResponse(render_to_string("writing/saved.html", values, request))


@require_POST
@needs(May.SEE_PATIENTS, May.READ_CONTENT)
def discard(request: HttpRequest, scope: Scope, where: str, pk: int, what: str) -> HttpResponse:
    """Throw the draft away."""
    now = present()
    piece = find_piece(scope, where, pk, what, now)
    with transaction.atomic():
        drafts.discard(piece.place)
        _log(scope, piece, "draft.discard", now)
    messages.success(request, _("Utkastet er forkastet."))
    return HttpResponseRedirect(piece.back)


@require_http_methods(["GET", "POST"])
@needs(May.SEE_PATIENTS, May.READ_CONTENT)
def preview(request: HttpRequest, scope: Scope, where: str, pk: int, what: str) -> HttpResponse:
    """The message as the receiver will see it; the button here sends it."""
    now = present()
    piece = find_piece(scope, where, pk, what, now)
    draft = drafts.find(piece.place)
    values = drafts.read(draft).values if draft is not None else {}
    if draft is None or not values:
        return HttpResponseRedirect(_address("write", request))
    if request.method == "POST":
        if request.POST.get("version") != str(draft.version):
            messages.warning(request, _("Utkastet er endret etter at du så det. Se over, og send en gang til."))
            return HttpResponseRedirect(request.path)
        piece.reason = request.POST.get("grunn", "")
        if piece.asks_reason() and piece.reason not in REASONS:
            messages.error(request, _(MISSING))
            return HttpResponseRedirect(f"{request.path}#grunn")
        return _send(request, scope, piece, draft, now)
    trial = piece.trial(attaching.with_files(draft, values))
    refusal = piece.refusal()
    if refusal or not trial.sendable:
        for text in (refusal, *(finding.text for finding in trial.findings)):
            if text:
                messages.error(request, text)
        return HttpResponseRedirect(_address("write", request))
    _log(scope, piece, "draft.preview", now)
    found = {
        **_round(piece, now),
        "warning": piece.warning,
        "document": _document(trial),
        "receiver": _said(trial.addresses.receiver),
        "copies": [_said(copy) for copy in trial.addresses.copies],
        "large": len(trial.composed.data) > WARN_ABOVE,
        "news": _news(piece, draft, values),
        "version": draft.version,
        "edit": _address("write", request),
        "after_discharge": _after_discharge(piece, now),
    }
    title = _("Se over: %(title)s") % {"title": piece.title}
    return page(request, "writing/preview.html", found, title=title, scope=scope, now=now)


def _document(trial: Trial) -> SafeString:
    """The very document, shown as at the receiver; the display escapes every text of it (P-20)."""
    return mark_safe(display.fragment(engine.read(trial.composed.data), lang=language()))  # noqa: S308


def _news(piece: Piece, draft: Draft, values: dict[str, Any]) -> tuple[str, ...]:
    """What is new since the last version; a first version has nothing new."""
    earlier = piece.place.continues
    attached = earlier is not None and attaching.changed(draft, earlier)
    return (*piece.news(values), *((_("Vedlegg"),) if attached else ()))


def _said(party: CommunicationParty | None) -> str:
    return f"{party.name}, {party.organisation.name}" if party is not None else ""


def _send(request: HttpRequest, scope: Scope, piece: Piece, draft: Draft, now: datetime) -> HttpResponse:
    """Send it, and let the draft become the message, all or nothing."""
    with transaction.atomic():
        outcome = piece.send(attaching.with_files(draft, drafts.read(draft).values), scope.user)
        if outcome.message is not None:
            drafts.sent(draft, outcome.message)
            audit.record(
                scope, "message.write", now=now, patient=draft.patient_id, subject=f"message:{outcome.message.pk}"
            )
    if outcome.message is None:
        for finding in outcome.findings:
            messages.error(request, finding.text)
        return HttpResponseRedirect(_address("write", request))
    messages.success(request, piece.done)
    return HttpResponseRedirect(piece.back)


def _log(scope: Scope, piece: Piece, action: str, now: datetime) -> None:
    patient = piece.patient
    audit.record_reading(
        scope, action, now=now, patient=patient.pk if patient is not None else None, subject=piece.place.subject
    )


def _address(name: str, request: HttpRequest) -> str:
    return reverse(f"writing:{name}", kwargs=_kwargs(request))


def _kwargs(request: HttpRequest) -> dict[str, Any]:
    assert request.resolver_match is not None
    return dict(request.resolver_match.kwargs)
