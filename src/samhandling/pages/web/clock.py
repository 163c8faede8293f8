"""The clock of a test store: run forward from the page, never back (demo-world: *Spol til …*)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.store.services import now as present
from samhandling.store.services import require_test_store, wind_clock

STEPS = {"15": timedelta(minutes=15), "60": timedelta(hours=1), "240": timedelta(hours=4)}
FURTHEST = timedelta(days=31)


@require_http_methods(["GET", "POST"])
@needs(May.SET_CLOCK)
def clock(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the simulated time; a POST runs it forward by a step or to a local time. Refused on a real store."""
    require_test_store()
    now = present()
    wrong = ""
    if request.method == "POST":
        target = _target(request.POST.get("step", ""), request.POST.get("until", ""), now)
        if target is not None and now < target <= now + FURTHEST:
            there = wind_clock(target, machine_now=datetime.now(UTC))
            audit.record(scope, "clock.set", now=now)
            if there:
                messages.success(request, _("Klokken er nå %(when)s.") % {"when": moment(target)})
            else:
                text = _("Dagen spilles av frem til %(when)s. Last siden på nytt for å følge med.")
                messages.info(request, text % {"when": moment(target)})
            return HttpResponseRedirect(request.path)
        wrong = _("Skriv et tidspunkt fremover i tid, høyst 31 dager frem.")
    values = {
        "shown": moment(now),
        "until": oslo.local(now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:00"),
        "wrong": wrong,
    }
    return page(
        request, "pages/clock.html", values, title=_("Spol klokken"), scope=scope, now=now, status=422 if wrong else 200
    )


def _target(step: str, until: str, now: datetime) -> datetime | None:
    """The instant that the form asks for, or None when it is no time."""
    if step in STEPS:
        return now + STEPS[step]
    try:
        wanted = datetime.fromisoformat(until)
    except ValueError:
        return None
    if wanted.tzinfo is not None:
        return None
    return oslo.from_local(wanted.date(), wanted.time()).instant
