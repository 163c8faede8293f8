"""The municipality's inbox per service, *Fordel*, and services on hold."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.organisations.models import Unit
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.stays import sharing
from samhandling.stays.web import inbox_reading as reading
from samhandling.store.services import now as present
from samhandling.tasks.services import close

Row = TypeVar("Row", reading.InboxRow, reading.LooseRow)
HOLDS: dict[str, sharing.Hold] = {"vent": "paused", "start": "resumed"}


@require_safe
@needs(May.SEE_PATIENTS, May.SEE_COURSES)
def inbox(request: HttpRequest, scope: Scope) -> HttpResponse:
    """One service's work, or what was given to one's own zone; what nobody has is counted and shown first."""
    now = present()
    courses, loose, services = reading.rows(scope, now), reading.loose(scope, now), reading.services(scope, now)
    service, show = _chosen(request, scope, [s.pk for s in services])
    everything: list[reading.InboxRow | reading.LooseRow] = [*courses, *loose]
    of_service = [r for r in everything if service is None or r.service == service]
    counts = {
        reading.NOT_SHARED: sum(not r.given for r in of_service),
        reading.OURS: sum(r.ours for r in everything),
        reading.ALL: len(of_service),
    }
    units, people = reading.receivers(scope, now)
    audit.record_reading(scope, "course.list", now=now)
    values = {
        "rows": _shown(courses, service, show),
        "loose": _shown(loose, service, show),
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
        "caption": _("Meldinger som ikke hører til et forløp ennå") if _has_courses(scope) else _("Meldinger"),
        "nothing": _nothing(scope, show),
        "since": moment(now, now),
    }  # fmt: skip
    return page(request, "stays/inbox.html", values, title=_("Innboks"), scope=scope, now=now)


def _has_courses(scope: Scope) -> bool:
    """Whether the organisation follows patients through a hospital: a doctor's office has messages alone."""
    return scope.organisation.kind != "gp"


def _nothing(scope: Scope, show: str) -> str:
    if show == reading.NOT_SHARED:
        return _("Alt er fordelt.") if _has_courses(scope) else _("Alt er lest eller fordelt.")
    if show == reading.OURS:
        return _("Ingenting er fordelt til dere nå.")
    return _("Ingen meldinger om pasienter på sykehus nå.") if _has_courses(scope) else _("Ingen uleste meldinger.")


def _shown(rows: list[Row], service: int | None, show: str) -> list[Row]:
    if show == reading.OURS:
        return [r for r in rows if r.ours]
    return [r for r in rows if service in (None, r.service) and (show == reading.ALL or not r.given)]


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
    service = next((s for s in reading.services(scope, now) if str(s.pk) == request.POST.get("tjeneste")), None)
    if service is None:
        raise NotFoundError("service")
    unit, user = _receiver(request, scope, now)
    try:
        with transaction.atomic():
            sharing.share(found, service, unit=unit, user=user, by=scope.user, now=now)
            audit.record(scope, "course.share", now=now, patient=found.patient_id, subject=found.subject)
    except sharing.NobodyToShareWithError as error:
        return _refused(request, error, reading.address(service.pk))
    return _given(request, unit, user, reading.address(service.pk))


@require_POST
@needs(May.SEE_PATIENTS, May.SEE_COURSES, May.WORK_TASKS)
def share_message(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Fordel* the work with a message that belongs to no course."""
    now = present()
    task = reading.loose_task(scope, pk)
    back = _back(request)
    unit, user = _receiver(request, scope, now)
    try:
        with transaction.atomic():
            sharing.share_task(task, unit=unit, user=user, by=scope.user, now=now)
            audit.record(scope, "message.share", now=now, patient=task.patient_id, subject=task.subject)
    except SamhandlingError as error:
        return _refused(request, error, back)
    return _given(request, unit, user, back)


@require_POST
@needs(May.SEE_PATIENTS, May.SEE_COURSES, May.WORK_TASKS)
def finish_message(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """The message is read and needs nothing more: it leaves the inbox."""
    now = present()
    task = reading.loose_task(scope, pk)
    try:
        with transaction.atomic():
            close(task.pk, user=scope.user, now=now)
            audit.record(scope, "task.close", now=now, patient=task.patient_id, subject=f"task:{pk}")
    except SamhandlingError as error:
        return _refused(request, error, _back(request))
    messages.success(request, _("Oppgaven er ferdig og ligger i historikken."))
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    service = request.POST.get("tjeneste", "")
    return reading.address(int(service) if service.isdecimal() else 0)


def _receiver(request: HttpRequest, scope: Scope, now: datetime) -> tuple[Unit | None, User | None]:
    """The unit or person of the municipality that the form names."""
    units, people = reading.receivers(scope, now)
    kind, _colon, number = request.POST.get("til", "").partition(":")
    unit = next((u for u in units if kind == "enhet" and str(u.pk) == number), None)
    return unit, next((u for u in people if kind == "person" and str(u.pk) == number), None)


def _given(request: HttpRequest, unit: Unit | None, user: User | None, back: str) -> HttpResponse:
    to = unit.name if unit is not None else user.shown_name if user is not None else ""
    messages.success(request, _("Fordelt til %(to)s.") % {"to": to})
    return HttpResponseRedirect(back)


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
