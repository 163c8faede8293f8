"""The municipality's inbox per service, *Fordel*, and services on hold."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.stays import sharing
from samhandling.stays.web import inbox_reading as reading
from samhandling.store.services import now as present

HOLDS: dict[str, sharing.Hold] = {"vent": "paused", "start": "resumed"}


@require_safe
@needs(May.SEE_PATIENTS, May.SEE_COURSES)
def inbox(request: HttpRequest, scope: Scope) -> HttpResponse:
    """One service's courses, or what was given to one's own zone; what nobody has is counted and shown first."""
    now = present()
    everything, services = reading.rows(scope, now), reading.services(scope, now)
    service, show = _chosen(request, scope, [s.pk for s in services])
    rows = [r for r in everything if service is None or r.service == service]
    counts = {
        reading.NOT_SHARED: sum(not r.given for r in rows),
        reading.OURS: sum(r.ours for r in everything),
        reading.ALL: len(rows),
    }
    if show == reading.NOT_SHARED:
        rows = [r for r in rows if not r.given]
    elif show == reading.OURS:
        rows = [r for r in everything if r.ours]
    units, people = reading.receivers(scope, now)
    audit.record_reading(scope, "course.list", now=now)
    values = {
        "rows": rows,
        "tabs": [
            reading.ServiceTab(
                s.pk, s.name, sum(r.service == s.pk and not r.given for r in everything), s.pk == service
            )
            for s in services
        ],
        "show": show,
        "shows": [
            (reading.NOT_SHARED, _("Ikke fordelt"), counts[reading.NOT_SHARED]),
            (reading.OURS, _("Fordelt til oss"), counts[reading.OURS]),
            (reading.ALL, _("Alle"), counts[reading.ALL]),
        ],
        "service": service,
        "not_shared": counts[reading.NOT_SHARED],
        "units": units,
        "people": people,
        "loose": reading.loose(scope, now),
        "since": moment(now, now),
    }  # fmt: skip
    return page(request, "stays/inbox.html", values, title=_("Innboks"), scope=scope, now=now)


def _chosen(request: HttpRequest, scope: Scope, known: list[int]) -> tuple[int | None, str]:
    """The service (None: all) and what to show: a zone starts with what was given to it, a service with the rest."""
    wanted = request.GET.get("tjeneste", "")
    mine = [pk for pk in known if scope.unit_ids is not None and pk in scope.unit_ids]
    default = mine[0] if len(mine) == 1 else None
    service = int(wanted) if wanted.isdecimal() and int(wanted) in known else None if wanted == "alle" else default
    show = request.GET.get("vis", "")
    if show not in (reading.NOT_SHARED, reading.OURS, reading.ALL):
        of_zone = scope.unit_ids is not None and not mine
        show = reading.OURS if of_zone else reading.NOT_SHARED
    return service, show


@require_POST
@needs(May.SEE_PATIENTS, May.SEE_COURSES, May.WORK_TASKS)
def share(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Fordel* a course of one service to a zone, unit or person."""
    now = present()
    found = reading.one(scope, pk)
    units, people = reading.receivers(scope, now)
    service = next((s for s in reading.services(scope, now) if str(s.pk) == request.POST.get("tjeneste")), None)
    if service is None:
        raise NotFoundError("service")
    kind, _colon, number = request.POST.get("til", "").partition(":")
    unit = next((u for u in units if kind == "enhet" and str(u.pk) == number), None)
    user = next((u for u in people if kind == "person" and str(u.pk) == number), None)
    try:
        with transaction.atomic():
            sharing.share(found, service, unit=unit, user=user, by=scope.user, now=now)
            audit.record(scope, "course.share", now=now, patient=found.patient_id, subject=found.subject)
    except sharing.NobodyToShareWithError as error:
        return _refused(request, error, reading.address(service.pk))
    to = unit.name if unit is not None else user.shown_name if user is not None else ""
    messages.success(request, _("Fordelt til %(to)s.") % {"to": to})
    return HttpResponseRedirect(reading.address(service.pk))


@require_POST
@needs(May.SEE_PATIENTS, May.SEE_COURSES, May.WORK_TASKS)
def hold(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Tjenester satt på vent* or *startet igjen*."""
    now = present()
    found = reading.one(scope, pk)
    what = HOLDS.get(request.POST.get("hva", ""))
    if what is None:
        raise NotFoundError("hold")
    back = reverse("stays:course", args=[pk])
    try:
        with transaction.atomic():
            sharing.hold(found, what, by=scope.user, now=now)
            audit.record(scope, f"course.{what}", now=now, patient=found.patient_id, subject=found.subject)
    except sharing.HoldAlreadyError as error:
        return _refused(request, error, back)
    said = _("Tjenestene er satt på vent.") if what == "paused" else _("Tjenestene er startet igjen.")
    messages.success(request, said)
    return HttpResponseRedirect(back)


def _refused(request: HttpRequest, error: SamhandlingError, back: str) -> HttpResponse:
    text = texts.error(error.code)
    messages.error(request, f"{text.what} {text.do}")
    return HttpResponseRedirect(back)
