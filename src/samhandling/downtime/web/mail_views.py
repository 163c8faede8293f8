"""What came in: reports of outages, and mails that the node could not place; a person decides about each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.downtime import follow_up, mail_in, reporting, services
from samhandling.downtime.web import mail_reading
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _
from samhandling.store.services import now as present


@require_safe
@needs(May.RUN_OUTAGES)
def incoming(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Reports and mails that wait for a decision, and those that have got one."""
    now = present()
    values = {
        "reports": mail_reading.reports(scope, now, settled=False),
        "mails": mail_reading.mails(scope, settled=False, now=now),
        "old_reports": mail_reading.reports(scope, now, settled=True),
        "old_mails": mail_reading.mails(scope, settled=True, now=now),
        "most": mail_reading.MOST,
    }
    title = _("Meldt stans og e-post")
    return page(request, "downtime/incoming.html", values, title=title, scope=scope, now=now)


@require_POST
@needs(May.RUN_OUTAGES)
def settle_report(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """The report needs no outage, or is about one that is known."""
    now = present()
    reporting.settle(pk, organisation_id=scope.organisation.pk, user=scope.user, now=now)
    audit.record(scope, "outage.report.settled", now=now, subject=f"outage_report:{pk}")
    messages.success(request, _("Avgjort: ikke ny stans."))
    return HttpResponseRedirect(reverse("downtime:incoming"))


@require_POST
@needs(May.RUN_OUTAGES)
def settle_mail(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Somebody has looked at the mail."""
    now = present()
    mail_in.settle(pk, organisation_id=scope.organisation.pk, user=scope.user, now=now)
    messages.success(request, _("Merket som sett på."))
    return HttpResponseRedirect(reverse("downtime:incoming"))


@require_POST
@needs(May.RUN_OUTAGES)
def followed_up(request: HttpRequest, scope: Scope, pk: int, notice: int) -> HttpResponse:
    """A notice that did not arrive was told in another way."""
    now = present()
    services.one(pk, scope.organisation.pk)
    how = request.POST.get("how", "").strip()
    if services.has_number(how):
        messages.error(request, _("Skriv uten fødselsnummer."))
    else:
        follow_up.followed_up(notice, how=how, organisation_id=scope.organisation.pk, user=scope.user, now=now)
        messages.success(request, _("Notert at mottakeren har fått beskjed."))
    return HttpResponseRedirect(reverse("downtime:outage", args=[pk]))
