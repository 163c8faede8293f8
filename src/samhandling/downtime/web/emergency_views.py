"""*Nødrutiner – utskrift*: pass phrases, and a print-out on demand."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.configuration import configuration
from samhandling.downtime import emergency
from samhandling.downtime.models import EmergencyPrint
from samhandling.errors import NotFoundError
from samhandling.organisations.models import Unit
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.store.services import now as present


@dataclass(frozen=True, slots=True)
class WardRow:
    """One ward's print-outs."""

    pk: int
    name: str
    ready: bool
    set_by: str
    made: str


@require_safe
@needs(May.RUN_OUTAGES)
def prints(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Every ward: whether its pass phrase is set, and when its file was last made."""
    now = present()
    wards = emergency.wards(scope.organisation, now)
    known = {row.unit_id: row for row in EmergencyPrint.objects.filter(unit__in=wards).select_related("set_by")}
    rows = [_row(unit, known.get(unit.pk)) for unit in wards]
    values = {"rows": rows, "folder": configuration().emergency_folder is not None,
              "hours": f"{configuration().emergency_hours:g}", "shortest": emergency.SHORTEST}  # fmt: skip
    return page(request, "downtime/prints.html", values, title=_("Nødrutiner – utskrift"), scope=scope, now=now)


def _row(unit: Unit, row: EmergencyPrint | None) -> WardRow:
    if row is None:
        return WardRow(unit.pk, unit.name, False, "", "")
    who = _("%(name)s, %(when)s") % {"name": row.set_by.shown_name, "when": moment(row.set_at)}
    return WardRow(unit.pk, unit.name, True, who, moment(row.made_at) if row.made_at else "")


def _ward(scope: Scope, pk: int) -> Unit:
    unit = Unit.objects.filter(pk=pk, organisation=scope.organisation, inpatient=True).first()
    if unit is None:
        raise NotFoundError(f"unit {pk}")
    return unit


@require_POST
@needs(May.RUN_OUTAGES)
def pass_phrase(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Set the pass phrase of a ward's print-outs."""
    now = present()
    unit = _ward(scope, pk)
    try:
        emergency.set_pass_phrase(unit, request.POST.get("phrase", "")[:200], user=scope.user, now=now)
    except emergency.PassPhraseTooShortError as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
    else:
        audit.record(scope, "outage.pass_phrase", now=now, subject=f"unit:{pk}")
        messages.success(request, _("Passordet er satt for %(unit)s.") % {"unit": unit.name})
    return HttpResponseRedirect(reverse("downtime:prints"))


@require_POST
@needs(May.RUN_OUTAGES)
def print_out(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """The ward's print-out now, as an encrypted file."""
    now = present()
    unit = _ward(scope, pk)
    try:
        content = emergency.document(unit, now)
    except emergency.NoPassPhraseError as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
        return HttpResponseRedirect(reverse("downtime:prints"))
    audit.record(scope, "outage.print", now=now, subject=f"unit:{pk}")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="nodrutine-{unit.code or unit.pk}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
