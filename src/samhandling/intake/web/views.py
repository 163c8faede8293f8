"""The list of what came from the patient system, the page of one message, and *Prøv på nytt*."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.intake import services, storing
from samhandling.intake.errors import WrongStateError
from samhandling.intake.life import State
from samhandling.intake.models import AdtOriginal
from samhandling.intake.web import reading
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import paged
from samhandling.store.services import now as present

PAGE_SIZE = 50
CHOICES: dict[str, tuple[State, ...]] = {
    "ikke-brukt": (State.ASIDE, State.FAILED),
    "avvist": (State.REFUSED,),
    "venter": (State.WAITING,),
}


@require_safe
@needs(May.SEE_MESSAGES)
def record_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What came, newest first: metadata only."""
    now = present()
    wanted = request.GET.get("vis", "")
    found = reading.within(scope).order_by("-received_at", "-id")
    if wanted in CHOICES:
        found = found.filter(state__in=CHOICES[wanted])
    query = f"vis={wanted}&" if wanted in CHOICES else ""
    shown, first, last = paged(found.count(), request.GET.get("side"), PAGE_SIZE, query)
    audit.record_reading(scope, "adt.list", now=now)
    values = {
        "rows": reading.rows(found[first:last], now),
        "page": shown,
        "show": wanted,
        "choices": [
            ("", _("Alle")),
            ("ikke-brukt", _("Ikke brukt")),
            ("avvist", _("Avvist")),
            ("venter", _("Venter")),
        ],
        "since": moment(now, now),
    }
    return page(request, "intake/list.html", values, title=_("Fra pasientsystemet"), scope=scope, now=now)


@require_safe
@needs(May.SEE_MESSAGES)
def record(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One record: what became of it and why; the message itself by an explicit act of those who may read content."""
    now = present()
    found = scope.one(reading.within(scope), pk)
    kept = AdtOriginal.objects.filter(record_id=pk).exists()
    may_read = scope.may(May.READ_CONTENT) and kept
    opened = may_read and request.GET.get("innhold") == "1"
    with transaction.atomic():
        audit.record_reading(scope, "adt.read" if opened else "adt.metadata", now=now, subject=f"adt:{pk}")
    content = storing.original(pk) if opened else b""
    explains = bool(found.error_code) and found.state != State.DONE
    values = {
        "record": reading.rows([found], now)[0],
        "why": _(f"error.{found.error_code}.what") if explains else "",
        "means": _(f"error.{found.error_code}.means") if explains else "",
        "what_to_do": _(f"error.{found.error_code}.do") if explains else "",
        "verdict": found.verdict,
        "size": found.size,
        "opened": opened,
        "segments": reading.segments(content, found.charset) if opened else None,
        "may_open": may_read and not opened,
        "gone": not kept,
        "may_try": found.state == State.ASIDE,
    }
    return page(request, "intake/record.html", values, title=_("Melding fra pasientsystemet"), scope=scope, now=now)


@require_POST
@needs(May.SEE_MESSAGES)
def again(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Put a record that was set aside in line again."""
    now = present()
    found = scope.one(reading.within(scope), pk)
    try:
        with transaction.atomic():
            audit.record(scope, "adt.try_again", now=now, subject=f"adt:{pk}")
            services.try_again(found.pk, organisation=scope.organisation, now=now)
    except WrongStateError:
        messages.warning(request, _("Meldingen er ikke lenger satt til side."))
    else:
        messages.success(request, _("Meldingen prøves på nytt."))
    return HttpResponseRedirect(reverse("intake:record", args=[pk]))
