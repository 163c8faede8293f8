"""The year's outages: how many, how long, how soon people were told."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.downtime.models import Outage
from samhandling.downtime.rules.life import State
from samhandling.downtime.web import reading
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _
from samhandling.store.services import now as present

YEARS = 5


@dataclass(frozen=True, slots=True)
class YearRow:
    """One outage of the year."""

    href: str
    when: str
    kind: str
    whom: str
    hours: str
    told_after: str
    """Minutes from known to the first notice; empty when nobody was told."""
    sent: int
    refused: int


@dataclass(frozen=True, slots=True)
class YearReport:
    """All of them."""

    year: int
    rows: tuple[YearRow, ...]
    hours: str
    median: str


@require_safe
@needs(May.RUN_OUTAGES)
def year(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The report of a year, as a page or as a file."""
    now = present()
    this = oslo.day(now).year
    wanted = request.GET.get("ar", "")
    chosen = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) == 4 else this
    if not 2000 <= chosen <= this + 1:
        chosen = this
    report = report_of(scope, chosen, now)
    if request.GET.get("form") == "csv":
        return _csv(report)
    values = {"report": report, "years": list(range(this, this - YEARS, -1))}
    title = _("Stans i %(year)s") % {"year": chosen}
    return page(request, "downtime/year.html", values, title=title, scope=scope, now=now)


def report_of(scope: Scope, chosen: int, now: datetime) -> YearReport:
    """The outages that began in that Oslo year and were more than drafts or cancelled plans."""
    begin, end = oslo.start_of_day(date(chosen, 1, 1)), oslo.start_of_day(date(chosen + 1, 1, 1))
    found = (
        Outage.objects.select_related("organisation")
        .filter(organisation=scope.organisation, start__gte=begin, start__lt=end)
        .exclude(state__in=(State.DRAFT, State.CANCELLED))
        .annotate(
            first_sent=Min("notices__sent_at"), sent=Count("notices", filter=Q(notices__state="sent")),
            refused=Count("notices", filter=Q(notices__state__in=("refused", "bounced"))),
        )
        .order_by("start")
    )  # fmt: skip
    rows, total, waits = [], 0.0, []
    for row in found:
        length = ((row.ended_at or now) - row.start).total_seconds() / 3600 if row.start <= now else 0.0
        total += max(length, 0.0)
        wait = None if row.first_sent is None else (row.first_sent - row.known_at).total_seconds() / 60
        if wait is not None:
            waits.append(wait)
        rows.append(
            YearRow(
                href=reverse("downtime:outage", args=[row.pk]), when=reading.period(row),
                kind=_("Akutt") if row.kind == "acute" else _("Planlagt"), whom=reading.whom(row, now),
                hours=_number(max(length, 0.0)), told_after="" if wait is None else _number(wait),
                sent=row.sent, refused=row.refused,
            )
        )  # fmt: skip
    middle = _number(median(waits)) if waits else "–"
    return YearReport(chosen, tuple(rows), _number(total), middle)


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _csv(report: YearReport) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(
        [_("Når"), _("Slags"), _("Gjelder"), _("Timer"), _("Min fra kjent til varslet"), _("Varsler sendt"),
         _("Ikke sendt")]
    )  # fmt: skip
    for row in report.rows:
        writer.writerow([row.when, row.kind, row.whom, row.hours, row.told_after, row.sent, row.refused])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="stans-{report.year}.csv"'
    return response
