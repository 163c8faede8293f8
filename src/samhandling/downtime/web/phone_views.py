"""The telephone list of an outage: whom to call, on the screen and on paper, and who has been called (D-20)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.downtime import services
from samhandling.downtime.models import Outage
from samhandling.downtime.recipients import Call, phone_list
from samhandling.downtime.web import reading
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.store.services import now as present


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """One line of the list."""

    group: str
    who: str
    phone: str
    called: str
    """Who called, and when."""


@require_http_methods(["GET", "POST"])
@needs(May.ANNOUNCE_ACUTE)
def phones(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """The list; a line is ticked off by whoever has called."""
    now = present()
    row = services.one(pk, scope.organisation.pk)
    listed = phone_list(row, now)
    if request.method == "POST":
        number = request.POST.get("line", "")
        if number.isascii() and number.isdigit() and int(number[:6]) < len(listed):
            call = listed[int(number[:6])]
            services.called(pk, f"{call.who} {call.phone}", user=scope.user, now=now)
            messages.success(request, _("Notert: %(who)s er varslet på telefon.") % {"who": call.who})
        return HttpResponseRedirect(reverse("downtime:phones", args=[pk]))
    values = {"rows": _rows(row, listed), "outage": row, "whom": reading.whom(row, now), "period": reading.period(row)}
    return page(request, "downtime/phones.html", values, title=_("Telefonliste"), scope=scope, now=now)


def _rows(outage: Outage, listed: list[Call]) -> list[PhoneRow]:
    done = {
        entry.text: f"{entry.user.shown_name if entry.user else ''}, {moment(entry.at)}"
        for entry in outage.entries.filter(what="called").select_related("user").order_by("pk")
    }
    return [PhoneRow(each.group, each.who, each.phone, done.get(f"{each.who} {each.phone}", "")) for each in listed]
