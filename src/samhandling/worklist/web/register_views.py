"""The register: three lists kept apart, follow-up, reporting on its own form, export (routines 2.6, 10)."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.errors import SamhandlingError
from samhandling.pages import texts
from samhandling.pages.fields import DayField
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.registry.services import routine_document
from samhandling.store.services import now as present
from samhandling.worklist import register as keeping
from samhandling.worklist.web import register_reading as reading

FORM = "skjema-avvik"
"""Code of the document that holds the form for breaches of routine and agreement (S-42)."""


@require_safe
@needs(May.KEEP_REGISTER)
def register(request: HttpRequest, scope: Scope) -> HttpResponse:
    """One of the three lists; with `form=csv` as a file without patients."""
    now = present()
    kind = request.GET.get("slag", "")
    kind = kind if kind in dict(reading.KINDS) else "brudd"
    rows = reading.rows(scope, kind, now)
    if request.GET.get("vis") == "apne":
        rows = [row for row in rows if not row.done]
    if request.GET.get("form") == "csv":
        audit.record(scope, "register.export", now=now, purpose=f"{kind} {len(rows)}")
        answer = HttpResponse(reading.as_csv(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{kind}-{oslo.day(now).isoformat()}.csv"'
        return answer
    audit.record_reading(scope, "register.read", now=now)
    document = routine_document(FORM, [scope.organisation], oslo.day(now))
    values = {
        "rows": rows,
        "affected": sum(row.affected for row in rows),
        "kind": kind,
        "kinds": [(name, _(text)) for name, text in reading.KINDS],
        "only_open": request.GET.get("vis") == "apne",
        "form_link": document.url if document is not None else "",
        "today": oslo.say_date(now),
        "about": request.GET.get("gjelder", "")[:60],
        "since": moment(now, now),
    }
    return page(request, "worklist/register.html", values, title=_("Avvik og brudd"), scope=scope, now=now)


@require_POST
@needs(May.KEEP_REGISTER)
def follow(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Note how a matter is followed up."""
    subject, done = request.POST.get("sak", ""), request.POST.get("ferdig") == "ja"
    try:
        keeping.follow(scope, subject, done=done, note=request.POST.get("notat", ""), now=present())
        messages.success(request, _("Oppfølgingen er lagret."))
    except (keeping.WordsMissingError, keeping.PatientNamedError) as error:
        _say(request, error)
    return _back(request)


@require_POST
@needs(May.KEEP_REGISTER)
def report(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Note that something was reported on its own form, outside the exchange."""
    now = present()
    try:
        day = DayField(required=True).clean(request.POST.get("dato", ""))
        assert isinstance(day, date)
        keeping.report(
            scope, reported_on=day, reference=request.POST.get("referanse", ""),
            counterpart=request.POST.get("motpart", ""), text=request.POST.get("tekst", ""),
            subject=request.POST.get("sak", ""), now=now,
        )  # fmt: skip
        messages.success(request, _("Det er notert at saken er meldt på eget skjema."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except (keeping.WordsMissingError, keeping.PatientNamedError) as error:
        _say(request, error)
    return HttpResponseRedirect(reverse("worklist:register") + "?slag=skjema")


def _say(request: HttpRequest, error: SamhandlingError) -> None:
    text = texts.error(error.code)
    messages.error(request, f"{text.what} {text.do}")


def _back(request: HttpRequest) -> HttpResponse:
    kind = request.POST.get("slag", "")
    return HttpResponseRedirect(
        reverse("worklist:register") + f"?slag={kind if kind in dict(reading.KINDS) else 'brudd'}"
    )
