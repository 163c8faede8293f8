"""*Mulig stans*: what the node has noticed, counterpart by counterpart; a person says whether it is an outage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.downtime import suspicion
from samhandling.downtime.models import SuspicionMute
from samhandling.downtime.signs import Evidence
from samhandling.organisations.services import by_her_id
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Link
from samhandling.registry.services import staffed_phone
from samhandling.store.services import now as present


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """One counterpart that something speaks against."""

    her_id: str
    name: str
    signs: tuple[str, ...]
    phone: str
    propose_href: str
    """The form of an acute outage, filled in."""


@dataclass(frozen=True, slots=True)
class MuteRow:
    """One counterpart about which somebody has said that it is no outage."""

    name: str
    reason: str
    who: str
    until: str


@require_safe
@needs(May.ANNOUNCE_ACUTE)
def suspects(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Everything that speaks for an outage now, and what was said to be none."""
    now = present()
    mutes = SuspicionMute.objects.filter(organisation=scope.organisation, until__gt=now).select_related("user")
    values = {
        "rows": [_row(each, now) for each in suspicion.suspected(scope.organisation, now)],
        "mutes": [
            MuteRow(_name(each.counterpart_her), each.reason, each.user.shown_name, moment(each.until, now))
            for each in mutes.order_by("until")
        ],
        "hours": suspicion.MUTED_HOURS,
        "may_run": scope.may(May.RUN_OUTAGES),
        "since": moment(now, now),
    }
    return page(request, "downtime/suspects.html", values, title=_("Mulig stans"), scope=scope, now=now)


def _row(each: Evidence, now: datetime) -> SuspectRow:
    whose = by_her_id(each.her_id) if each.her_id else None
    phone = staffed_phone(whose, now) if whose is not None else None
    signs = tuple(suspicion.said(sign, now) for sign in each.signs)
    query = {"grunn": signs[0].rstrip(".")[:200]}
    if whose is not None:
        query |= {"kommune": whose.municipality_number, "hvor": "counterpart"}
    return SuspectRow(
        her_id=each.her_id or "oss", name=each.name, signs=signs, phone=phone.phone if phone else "",
        propose_href=f"{reverse('downtime:acute')}?{urlencode(query)}",
    )  # fmt: skip


def _name(her_id: str) -> str:
    whose = by_her_id(her_id) if her_id else None
    return whose.name if whose is not None else _("Oss selv")


def proposed(request: HttpRequest) -> dict[str, Any]:
    """What the form of an acute outage starts with when it was proposed here: whom it concerns, and why."""
    found: dict[str, Any] = {}
    if number := request.GET.get("kommune", ""):
        found["municipalities"] = [number[:4]]
    if request.GET.get("hvor") == "counterpart":
        found["side"] = "counterpart"
    if cause := request.GET.get("grunn", ""):
        found["cause"] = cause[:200]
    return found


@require_POST
@needs(May.RUN_OUTAGES)
def none(request: HttpRequest, scope: Scope, her_id: str) -> HttpResponse:
    """*Ikke stans*, with the reason; nothing is proposed for that counterpart for so many hours."""
    now = present()
    hours = request.POST.get("hours", "")
    whole = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 4 else 0
    key = "" if her_id == "oss" else her_id[:20]
    try:
        suspicion.mute(
            scope.organisation, key, reason=request.POST.get("reason", ""), hours=whole, user=scope.user, now=now
        )
    except (suspicion.ReasonMissingError, suspicion.ReportRefusedError) as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
    else:
        audit.record(scope, "outage.not_one", now=now, subject=f"counterpart:{key}")
        messages.success(request, _("Notert at det ikke er stans. Du blir ikke minnet om det på %(hours)s timer.") % {
            "hours": whole})  # fmt: skip
    return HttpResponseRedirect(reverse("downtime:suspects"))


def offer(scope: Scope, causes: Sequence[str], subjects: Sequence[str]) -> Link | None:
    """The way from the task to the evidence and the two answers (`TASK_ACTIONS`)."""
    if not causes or set(causes) != {suspicion.CAUSE} or not scope.may(May.ANNOUNCE_ACUTE):
        return None
    return Link(_("Foreslå stans, eller si at det ikke er det"), reverse("downtime:suspects"))
