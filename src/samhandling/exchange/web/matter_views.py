"""The page of a matter, what changed in one version, and what a person ties or parts by hand."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import ForbiddenError, Scope
from samhandling.errors import NotFoundError
from samhandling.exchange import matters
from samhandling.exchange.clearing import NotThisMessageError
from samhandling.exchange.models import Message
from samhandling.exchange.web import matter_reading, reading, words
from samhandling.exchange.web.clearing_views import clears, say
from samhandling.pages import subjects
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import paged
from samhandling.patients.web.strip import strip
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present

PAGE_SIZE = 30


@require_safe
@needs()
def matter(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Everything that belongs together around a message, by generation time; content of versions only when opened."""
    now = present()
    found = reading.one(scope, pk)
    root = matters.root_of(found)
    may_read = scope.may(May.READ_CONTENT)
    opened = may_read and (not scope.may(May.SEE_MESSAGES) or request.GET.get("innhold") == "1")
    rows = matter_reading.within(scope, found)
    shown, first, last = paged(
        rows.count(), request.GET.get("side"), PAGE_SIZE, "innhold=1&" if request.GET.get("innhold") == "1" else ""
    )
    listed = list(rows[first:last])
    why = reading.why(scope, found, now) if opened else ""
    entries = matter_reading.entries(scope, listed, now, compare=opened)
    with transaction.atomic():
        audit.record_reading(scope, "message.metadata", now=now, patient=found.patient_id, subject=f"message:{pk}")
        for each in matter_reading.shown_in_full(listed, entries):
            audit.record_reading(
                scope, "message.read", now=now, patient=each.patient_id, subject=f"message:{each.pk}", purpose=why
            )
    may_tie = clears(scope)
    status, newest = matter_reading.standing(root, now)
    values = {
        "message": reading.rows(scope, [found], now)[0],
        "patient": strip(found.patient, test=is_test_store())
        if found.patient and scope.may(May.SEE_PATIENTS)
        else None,
        "stay": subjects.link(found.subject) if subjects.visible(scope, found.subject) else "",
        "standing": status,
        "newest": newest,
        "entries": entries,
        "page": shown,
        "root": root.pk,
        "proposed": reading.rows(scope, matters.proposed(root), now) if may_tie else [],
        "may_tie": may_tie,
        "may_open": may_read and not opened and any(entry.compare for entry in entries),
        "since": moment(now, now),
    }
    title = _("Saken: %(name)s") % {"name": words.name(root)}
    return page(request, "exchange/matter.html", values, title=title, scope=scope, now=now)


@require_safe
@needs(May.READ_CONTENT)
def changes(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """What one version says otherwise than the one before it, value by value."""
    now = present()
    found = reading.one(scope, pk)
    before = matter_reading.version_before(scope, found)
    if before is None or found.original is None:
        raise NotFoundError(f"version before message {pk}")
    why = reading.why(scope, found, now)
    with transaction.atomic():
        for each in (found, before):
            audit.record_reading(
                scope, "message.read", now=now, patient=each.patient_id, subject=f"message:{each.pk}", purpose=why
            )
    values = {
        "message": reading.rows(scope, [found], now)[0],
        "patient": strip(found.patient, test=is_test_store())
        if found.patient and scope.may(May.SEE_PATIENTS)
        else None,
        "compared": matter_reading.compared(before, found, now),
    }
    return page(request, "exchange/changes.html", values, title=_("Hva er endret?"), scope=scope, now=now)


@require_POST
@needs(May.READ_CONTENT)
def tie(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Knytt hit*."""
    return _decided(request, scope, pk, matters.tie, _("Meldingen er knyttet til saken."))


@require_POST
@needs(May.READ_CONTENT)
def part(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Hører ikke sammen*."""
    return _decided(request, scope, pk, matters.part, _("Notert: meldingene hører ikke sammen."))


def _decided(request: HttpRequest, scope: Scope, pk: int, act: Callable[..., Message], done: str) -> HttpResponse:
    chosen = request.POST.get("melding", "")
    root = reading.one(scope, pk)
    other = reading.one(scope, int(chosen)) if chosen.isdecimal() else None
    if other is None:
        raise NotFoundError("message to tie")
    if not clears(scope):
        raise ForbiddenError("tie messages")
    try:
        act(other.pk, root.pk, organisation_id=scope.organisation.pk, user=scope.user, now=present())
    except NotThisMessageError as error:
        say(request, error)
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("exchange:matter", args=[pk]))
