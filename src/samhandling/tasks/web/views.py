"""The list of tasks, and the page of one: take, hand on, note, close."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.models import Membership, User
from samhandling.access.roles import PERMISSIONS, May, Role
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.pages import texts
from samhandling.pages.fields import ClockField
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.subjects import visible
from samhandling.pages.texts import _, moment, ngettext
from samhandling.pages.values import paged
from samhandling.patients.web.strip import strip
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present
from samhandling.tasks import services
from samhandling.tasks.models import Task
from samhandling.tasks.web import reading

PAGE_SIZE = 50
MOST_AT_ONCE = 1000


@require_safe
@needs()
def task_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The open tasks of the scope, grouped by cause and counterpart."""
    now = present()
    rows = reading.open_rows(scope, now)
    wanted = request.GET.get("vis", "")
    if wanted == "mine":
        rows = [task for task in rows if task.mine]
    elif wanted == "ledige":
        rows = [task for task in rows if not task.owner]
    groups = reading.grouped(rows, scope)
    query = f"vis={wanted}&" if wanted in {"mine", "ledige"} else ""
    shown, first, last = paged(len(groups), request.GET.get("side"), PAGE_SIZE, query)
    audit.record_reading(scope, "task.list", now=now)
    values = {
        "groups": groups[first:last],
        "page": shown,
        "total": len(rows),
        "show": wanted,
        "since": moment(now, now),
    }
    return page(request, "tasks/list.html", values, title=_("Oppgaver"), scope=scope, now=now)


@require_safe
@needs()
def task(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One task: what to do, whom to call, what was done."""
    now = present()
    found = _one(scope, pk)
    audit.record_reading(scope, "task.read", now=now, patient=found.patient_id, subject=f"task:{pk}")
    shows_patient = found.patient is not None and scope.may(May.SEE_PATIENTS)
    row = reading.rows([found], scope, now)[0]
    values = {
        "task": row,
        "patient": strip(found.patient, test=is_test_store()) if found.patient and shows_patient else None,
        "about": reading.about(found) if visible(scope, found.subject) else "",
        "history": reading.history(found, now),
        "closed": moment(found.closed_at, now) if found.closed_at else "",
        "closed_how": _(reading.CLOSED_WORDS.get(found.closed_how, found.closed_how)),
        "may_work": scope.may(May.WORK_TASKS) or scope.role is Role.OPERATIONS,
        "colleagues": _colleagues(scope, found),
        "ways": [(code, _(reading.CLOSED_WORDS[code])) for code in ("done", "called", "not_needed")],
    }
    return page(request, "tasks/task.html", values, title=row.title, scope=scope, now=now)


@require_POST
@needs()
def act(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Take, lay back, hand on, note or close; what could not be done is said, and nothing is changed."""
    now = present()
    found = _one(scope, pk)
    do = request.POST.get("gjor", "")
    try:
        with transaction.atomic():
            said = _do(request, scope, found, do, now)
            audit.record(scope, f"task.{do}", now=now, patient=found.patient_id, subject=f"task:{pk}")
    except SamhandlingError as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
        return HttpResponseRedirect(reverse("tasks:task", args=[pk]))
    messages.success(request, said)
    after = reverse("tasks:list") if do == "close" else reverse("tasks:task", args=[pk])
    return HttpResponseRedirect(after)


@require_POST
@needs(May.WORK_TASKS)
def close_group(request: HttpRequest, scope: Scope) -> HttpResponse:
    """One call settles all tasks of one cause and counterpart (A-01): those of the scope that are open and seen.

    `sett` holds the ids that stood on the page: a task that came in meanwhile is not closed unseen.
    """
    now = present()
    seen = [int(pk) for pk in request.POST.getlist("sett")[:MOST_AT_ONCE] if pk.isdecimal()]
    note = request.POST.get("notat", "").strip()
    if not note:
        text = texts.error(services.NoteMissingError.code)
        messages.error(request, f"{text.what} {text.do}")
        return HttpResponseRedirect(reverse("tasks:list"))
    with transaction.atomic():
        found = list(reading.within(scope).filter(pk__in=seen, closed_at__isnull=True).order_by("pk"))
        for task in found:
            services.close(task.pk, user=scope.user, now=now, how="called", note=note)
            audit.record(scope, "task.close", now=now, patient=task.patient_id, subject=f"task:{task.pk}")
    said = ngettext("%(num)s oppgave er ferdig.", "%(num)s oppgaver er ferdige.", len(found)) % {"num": len(found)}
    messages.success(request, said)
    return HttpResponseRedirect(reverse("tasks:list"))


def _do(request: HttpRequest, scope: Scope, task: Task, do: str, at: datetime) -> str:
    """Do it and give the words that say so. Raises the errors of `tasks.services`, NotFoundError for an unknown act."""
    user = scope.user
    note = request.POST.get("notat", "").strip()
    if do == "take":
        services.take(task.pk, user=user, now=at)
        return _("Oppgaven er din.")
    if do == "release":
        services.release(task.pk, user=user, now=at)
        return _("Oppgaven er lagt tilbake.")
    if do == "give":
        to = next((u for u in _colleagues(scope, task) if str(u.pk) == request.POST.get("til")), None)
        if to is None:
            raise NotFoundError("colleague")
        services.give(task.pk, to=to, user=user, now=at)
        return _("%(name)s har fått oppgaven.") % {"name": to.shown_name}
    if do == "acknowledge":
        until = next_time(request.POST.get("igjen", ""), at)
        services.acknowledge(task.pk, user=user, until=until, now=at)
        return _("Notert at du vet om det. Oppgaven minner om seg selv igjen %(when)s.") % {"when": moment(until, at)}
    if do == "note":
        services.note(task.pk, user=user, text=note, now=at)
        return _("Notatet er lagret.")
    how = request.POST.get("hvordan", "done")
    if do == "close" and how in reading.CLOSED_WORDS:
        services.close(task.pk, user=user, now=at, how=how, note=note)
        return _("Oppgaven er ferdig og ligger i historikken.")
    raise NotFoundError("act")


def next_time(written: str, now: datetime) -> datetime:
    """The next time that Oslo's clocks show what was written. Raises TooLongError for what is no time of day."""
    try:
        clock = ClockField().clean(written.strip())
    except ValidationError as error:
        raise services.TooLongError from error
    today = oslo.from_local(oslo.day(now), clock).instant
    return today if today > now else oslo.from_local(oslo.day(now) + timedelta(days=1), clock).instant


def _one(scope: Scope, pk: int) -> Task:
    """The task within the scope. Raises NotFoundError."""
    found = reading.one(scope, pk)
    if found is None:
        raise NotFoundError(f"task {pk}")
    return found


def _colleagues(scope: Scope, task: Task) -> list[User]:
    """Who else may get the task: people of the organisation whose role works on tasks and covers its unit."""
    working = [role.value for role, may in PERMISSIONS.items() if May.WORK_TASKS in may]
    held = Membership.objects.filter(organisation=scope.organisation, role__in=working, user__is_active=True)
    covering = held.filter(Q(unit__isnull=True) | Q(unit=task.unit)) if task.unit else held.filter(unit__isnull=True)
    users = User.objects.filter(pk__in=covering.values("user_id")).exclude(pk=scope.user.pk)
    return list(users.order_by("first_name", "last_name"))
