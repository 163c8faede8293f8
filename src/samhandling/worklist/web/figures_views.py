"""Figures for leaders per ward and municipality, open to the cases, and as others may see them (P-16)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.organisations.models import Unit
from samhandling.organisations.services import municipality_name
from samhandling.pages import subjects
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import N_, _, moment
from samhandling.stays.models import Stay
from samhandling.stays.web import words
from samhandling.store.services import now as present
from samhandling.worklist import figures
from samhandling.worklist.figures import Case

KINDS = {
    figures.IN_TIME: N_("Tidligmelding i tide"),
    figures.MISSED: N_("Tidligmelding for sent"),
    figures.AFFECTED: N_("Påvirket av stans"),
    figures.NO_RECEIPT: N_("Uten kvittering"),
    figures.REJECTED: N_("Avvist"),
    figures.BREACH: N_("Brudd på rutine"),
}
MONTHS_BACK = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """One number and the way to its cases."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """One ward or municipality."""

    name: str
    share: str
    median: str
    cells: tuple[Cell, ...]


def _of_kind(found: list[Case], kind: str) -> list[Case]:
    return [case for case in found if case.kind == kind]


def _told(column: list[list[Case]], *, sharing: bool) -> list[str]:
    """A column of numbers, as others may see it where it is to be shared."""
    if sharing:
        return figures.shared([(len(cases), figures.patients(cases)) for cases in column])
    return [str(len(cases)) for cases in column]


def _grouped(found: list[Case], key: Callable[[Case], str], names: dict[str, str]) -> list[tuple[str, str, list[Case]]]:
    """(name, key, cases) by name."""
    by: dict[str, list[Case]] = {}
    for case in found:
        by.setdefault(key(case), []).append(case)
    return sorted((names.get(each, "") or _("Ukjent"), each, mine) for each, mine in by.items())


def _rows(
    found: list[Case], key: Callable[[Case], str], names: dict[str, str], field: str, month: str, *, sharing: bool
) -> list[FiguresRow]:
    groups = _grouped(found, key, names)
    columns = {kind: [_of_kind(mine, kind) for _name, _key, mine in groups] for kind in figures.KINDS}
    texts = {
        kind: figures.shared([(len(c), figures.patients(c)) for c in column])
        if sharing
        else [str(len(c)) for c in column]
        for kind, column in columns.items()
    }
    rows = []
    for place, (name, each, mine) in enumerate(groups):
        cells = tuple(
            Cell(
                _(texts[kind][place]),
                "" if sharing or not columns[kind][place]
                else "?" + urlencode({"maned": month, field: each, "slag": kind}),
            )
            for kind in figures.KINDS
        )  # fmt: skip
        told = all(texts[kind][place].isdecimal() for kind in (figures.IN_TIME, figures.MISSED))
        rows.append(_row(name, mine, cells, few=sharing and not (told and _many(mine))))
    return rows


def _many(found: list[Case]) -> bool:
    timed = _of_kind(found, figures.IN_TIME) + _of_kind(found, figures.MISSED)
    return figures.patients(timed) >= figures.FEWEST


def _row(name: str, found: list[Case], cells: tuple[Cell, ...], *, few: bool) -> FiguresRow:
    """`few`: share and median would tell of a number that is hidden."""
    sums = figures.summed(found)
    share = "" if sums.share is None or few else f"{sums.share}\u00a0%"
    hours = "" if sums.median_hours is None or few else f"{sums.median_hours:g}\u00a0t".replace(".", ",")
    return FiguresRow(name, share, hours, cells)


def _by_code(
    found: list[Case], key: Callable[[Case], str], names: dict[str, str], field: str, month: str, codes: list[str]
) -> list[tuple[str, list[Cell]]]:
    """Breaches of each kind per ward or municipality, each open to its cases; only for one's own eyes."""
    rows = []
    for name, each, mine in _grouped(_of_kind(found, figures.BREACH), key, names):
        counts = [(code, sum(case.code == code for case in mine)) for code in codes]
        query = {"maned": month, field: each, "slag": figures.BREACH}
        cells = [Cell(str(n), "?" + urlencode({**query, "kode": code}) if n else "") for code, n in counts]
        rows.append((name, cells))
    return rows


@require_safe
@needs(May.SEE_FIGURES)
def show(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The month per ward and municipality; with `slag` the cases behind one number; `form=csv` as others may see it."""
    now = present()
    first = figures.month(request.GET.get("maned", ""), oslo.day(now))
    month, sharing = f"{first:%Y-%m}", request.GET.get("vis") == "deling"
    found = figures.cases(scope, first)
    if request.GET.get("slag") in KINDS:
        return _cases(request, scope, found, month)
    csv_wanted = request.GET.get("form") == "csv"
    sharing = sharing or csv_wanted
    towns = {n: municipality_name(n, first) for n in {c.municipality for c in found} if n}
    units = {str(u.pk): u.name for u in Unit.objects.filter(pk__in={c.unit for c in found})}
    wards = _rows(found, _ward_of, units, "post", month, sharing=sharing)
    municipalities = _rows(found, _town_of, towns, "kommune", month, sharing=sharing)
    if csv_wanted:
        audit.record(scope, "figures.export", now=now, purpose=month)
        return _csv(month, [(_("Post"), wards), (_("Kommune"), municipalities)])
    audit.record_reading(scope, "figures.read", now=now)
    codes = sorted({c.code for c in found if c.kind == figures.BREACH})
    by_code = [[c for c in found if c.kind == figures.BREACH and c.code == code] for code in codes]
    counts = (
        figures.shared([(len(c), figures.patients(c)) for c in by_code]) if sharing else [str(len(c)) for c in by_code]
    )
    values = {
        "month": month,
        "months": _months(oslo.day(now)),
        "sharing": sharing,
        "tables": [(_("Per post"), wards), (_("Per kommune"), municipalities)],
        "heads": [_(text) for text in KINDS.values()],
        "breaches": [(code, _(words.BREACHES.get(code, code)), _(n)) for code, n in zip(codes, counts, strict=True)],
        "codes": codes,
        "by_code": []
        if sharing
        else [
            (_("Brudd per post"), _by_code(found, _ward_of, units, "post", month, codes)),
            (_("Brudd per kommune"), _by_code(found, _town_of, towns, "kommune", month, codes)),
        ],
        "since": moment(now, now),
    }
    return page(request, "worklist/figures.html", values, title=_("Tall"), scope=scope, now=now)


def _ward_of(case: Case) -> str:
    return str(case.unit)


def _town_of(case: Case) -> str:
    return case.municipality


def _months(today: date) -> list[str]:
    found, first = [], today.replace(day=1)
    for _number in range(MONTHS_BACK + 1):
        found.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _cases(request: HttpRequest, scope: Scope, found: list[Case], month: str) -> HttpResponse:
    """The cases behind one number, each with the way to it."""
    now, kind = present(), request.GET["slag"]
    unit, town, code = (request.GET.get(name) for name in ("post", "kommune", "kode"))
    mine = [c for c in found if c.kind == kind and code in (None, c.code)]
    mine = [c for c in mine if (unit is None or str(c.unit) == unit) and (town is None or c.municipality == town)]
    audit.record_reading(scope, "figures.cases", now=now)
    visits = {s.subject: s.visit for s in scope.rows(Stay.objects.all(), unit="unit").filter(
        pk__in=[int(c.subject.partition(":")[2]) for c in mine if c.subject.startswith("stay:")])}  # fmt: skip
    rows = [
        (
            moment(c.at, now),
            _(words.BREACHES.get(c.code, c.code)) if c.code else _(KINDS[kind]),
            _("Opphold %(visit)s") % {"visit": visits[c.subject]} if c.subject in visits else _("Melding"),
            subjects.link(c.subject) if subjects.visible(scope, c.subject) else "",
        )
        for c in sorted(mine, key=lambda c: c.at)
    ]
    values = {"rows": rows, "month": month}
    return page(request, "worklist/figure_cases.html", values, title=_(KINDS[kind]), scope=scope, now=now)


def _csv(month: str, tables: list[tuple[str, list[FiguresRow]]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for head, rows in tables:
        writer.writerow([head, _("I tide"), _("Median"), *(_(text) for text in KINDS.values())])
        for row in rows:
            writer.writerow([row.name, row.share, row.median, *(cell.text for cell in row.cells)])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="tall-{month}.csv"'
    return answer
