"""*Mitt arbeid*: what each role has to do now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May, Role
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.clock.calendar import office_hours
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageState
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Tone
from samhandling.registry.services import desks
from samhandling.stays.web import course_reading, inbox_reading, reading, reported_views
from samhandling.store.services import now as present
from samhandling.tasks.models import SEVERITY_ORDER, Task
from samhandling.tasks.web import reading as tasks
from samhandling.worklist import watch

Desk = tuple[str, dict[str, Any]]


@require_safe
@needs()
def my_work(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The front page of the role. The list alone is one reading, however often it refreshes itself (P-05)."""
    now = present()
    template, values = DESKS[scope.role](scope, now)
    if scope.role is Role.MESSAGE_RESPONSIBLE:
        values["lately"] = _lately(request, scope, now)
    audit.record_reading(scope, "worklist.read", now=now)
    return page(request, template, {**values, "since": moment(now, now)}, title=_("Mitt arbeid"), scope=scope, now=now)


def _lately(request: HttpRequest, scope: Scope, now: datetime) -> dict[str, Any] | None:
    """*Siden sist*; a page that only refreshes itself does not staff the desk."""
    refresh = request.headers.get("HX-Request") == "true"
    at = (
        watch.empty_since(scope.organisation, scope.role.value)
        if refresh
        else watch.staffed(scope.organisation, scope.role.value, now=now)
    )
    if at is None:
        return None
    counts = watch.happened(scope.organisation, at)
    return {"when": moment(at, now), "counts": counts, "over": tasks.over(counts.over, scope, now)}


def _ward(scope: Scope, now: datetime) -> Desk:
    """The ward: its patients in one line each; those who need something first."""
    rows = reading.ward(scope, now)
    conditions = [] if office_hours(now) else _conditions(scope, [row.pk for row in rows], now)
    subjects = {f"stay:{row.pk}" for row in rows}
    stands = {task.pk for task in conditions}
    others = [t for t in tasks.open_rows(scope, now) if t.subject not in subjects and t.pk not in stands]
    return "worklist/ward.html", {
        "rows": [row for row in rows if not row.left],
        "left": [row for row in rows if row.left],
        "urgent": sum(row.tone is Tone.BAD for row in rows),
        "soon": sum(row.tone is Tone.WARN for row in rows),
        "unassessed": sum(row.unassessed for row in rows),
        "groups": tasks.grouped(others, scope),
        "conditions": tasks.grouped(conditions),
        "show_unit": scope.unit_ids is None or len(scope.unit_ids) > 1,
        "place": ", ".join(scope.unit_names) or scope.organisation.name,
        "may_register": scope.may(May.REGISTER),
        "reports": reported_views.reported(scope, now) if scope.unit_ids is not None else [],
    }


def _conditions(scope: Scope, stays: list[int], now: datetime) -> list[tasks.TaskRow]:
    """What is not by the book about the ward's patients: the ward's own to see to outside office hours (2.6)."""
    subjects = [f"stay:{pk}" for pk in stays]
    messages = Message.objects.filter(organisation=scope.organisation, subject__in=subjects)
    subjects += [f"message:{pk}" for pk in messages.values_list("pk", flat=True)]
    found = Task.objects.filter(organisation=scope.organisation, closed_at__isnull=True, subject__in=subjects)
    found = found.exclude(anomaly="").select_related("unit", "patient", "owner", "acknowledged_by")
    return tasks.rows(sorted(found, key=lambda t: (SEVERITY_ORDER.get(t.severity, 9), t.pk)), scope, now)


def _queue(scope: Scope, now: datetime) -> Desk:
    """The message responsible: tasks grouped by cause and counterpart, and how the messages stand."""
    rows, elsewhere = _of_this_desk(scope, tasks.open_rows(scope, now), now)
    out = scope.rows(Message.objects.filter(direction=Direction.OUT))
    unsettled = (MessageState.WAITING, MessageState.SENT)
    return "worklist/queue.html", {
        "groups": tasks.grouped(rows, scope),
        "total": len(rows),
        "elsewhere": elsewhere,
        "waiting": out.filter(state__in=unsettled).count(),
        "unconfirmed": out.filter(state__in=(MessageState.UNCONFIRMED, MessageState.FAILED)).count(),
        "rejected": out.filter(state=MessageState.REJECTED).count(),
        "desk": course_reading.desk(scope, now) if scope.organisation.kind == "municipality" else None,
    }


def _of_this_desk(
    scope: Scope, rows: list[tasks.TaskRow], now: datetime
) -> tuple[list[tasks.TaskRow], list[tuple[str, str, int]]]:
    """The work of this desk; and of the desks that the table of contacts names for families (S-08 to S-11): name,
    telephone or address, how many."""
    if scope.unit_ids is not None:
        return rows, []
    others = {point.unit.name: point for point in desks(scope.organisation, oslo.day(now)).values() if point.unit}
    counted = Counter(row.unit for row in rows if row.unit in others)
    elsewhere = [(name, others[name].phone or others[name].email, count) for name, count in sorted(counted.items())]
    return [row for row in rows if row.unit not in others], elsewhere


def _municipality(scope: Scope, now: datetime) -> Desk:
    """The municipality: ready now, admitted now, discharged today, from what it received alone."""
    rows = tasks.open_rows(scope, now)
    return "worklist/municipality.html", {
        "desk": course_reading.desk(scope, now),
        "groups": tasks.grouped(rows, scope),
        "total": len(rows),
        "not_shared": inbox_reading.not_shared(scope, now),
    }


def _doctor(scope: Scope, now: datetime) -> Desk:
    """The doctor's office: what has come and nobody has finished with."""
    rows = tasks.open_rows(scope, now)
    return "worklist/doctor.html", {
        "groups": tasks.grouped(rows, scope),
        "total": len(rows),
        "not_shared": inbox_reading.not_shared(scope, now),
    }


def _technical(scope: Scope, now: datetime) -> Desk:
    """IT and administrators: technical tasks, no patients."""
    rows = tasks.open_rows(scope, now)
    return "worklist/technical.html", {"groups": tasks.grouped(rows, scope), "total": len(rows)}


DESKS: dict[Role, Callable[[Scope, datetime], Desk]] = {
    Role.WARD_NURSE: _ward,
    Role.PLO_RESOURCE: _ward,
    Role.MESSAGE_RESPONSIBLE: _queue,
    Role.CASE_HANDLER: _municipality,
    Role.MUNICIPAL_NURSE: _municipality,
    Role.DOCTOR: _doctor,
    Role.OPERATIONS: _technical,
    Role.WATCH: _technical,
    Role.ADMIN: _technical,
    Role.LEADER: _ward,
    Role.CONTROLLER: _technical,
}
