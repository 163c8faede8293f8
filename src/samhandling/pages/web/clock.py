"""The clock of a test store: run forward from the page, never back (demo-world: *Spol til …*)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.pages.fields import ClockField, DayField
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.store.services import clock_target, require_test_store, wind_clock
from samhandling.store.services import now as present

STEPS = {"15": timedelta(minutes=15), "60": timedelta(hours=1), "240": timedelta(hours=4)}
FURTHEST = timedelta(days=31)


class UntilForm(forms.Form):
    """The local time to run forward to."""

    day = DayField(label=gettext_lazy("Dato"))
    time = ClockField(label=gettext_lazy("Klokkeslett"))


@require_http_methods(["GET", "POST"])
@needs(May.SET_CLOCK)
def clock(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the simulated time; a POST runs it forward by a step or to a local time. Refused on a real store.

    While a simulated day is played, the clock comes there event by event; the page follows it.
    """
    require_test_store()
    now = present()
    later = oslo.local(now + timedelta(hours=1))
    form = UntilForm(initial={"day": later.date(), "time": later.time().replace(minute=0)})
    status = 200
    if request.method == "POST":
        target = now + STEPS[request.POST["step"]] if request.POST.get("step") in STEPS else None
        if target is None:
            form = UntilForm(request.POST)
            if form.is_valid():
                target = oslo.from_local(form.cleaned_data["day"], form.cleaned_data["time"]).instant
        if target is not None and now < target <= now + FURTHEST:
            there = wind_clock(target, machine_now=datetime.now(UTC))
            audit.record(scope, "clock.set", now=target)
            if there:
                messages.success(request, _("Klokken er nå %(when)s.") % {"when": moment(target)})
            return HttpResponseRedirect(request.path)
        if target is not None:
            form.add_error(None, _("Skriv et tidspunkt fremover i tid, høyst 31 dager frem."))
        status = 422
    wanted = clock_target()
    values = {"shown": moment(now), "form": form, "playing_to": moment(wanted) if wanted else ""}
    return page(request, "pages/clock.html", values, title=_("Spol klokken"), scope=scope, now=now, status=status)
