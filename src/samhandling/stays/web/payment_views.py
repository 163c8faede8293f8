"""*Betalingsgrunnlag*: what each stay comes to in a period, per municipality, with what proves it (routines 3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.configuration import configuration
from samhandling.errors import NotFoundError
from samhandling.organisations.services import municipality_name
from samhandling.pages.fields import DayField
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import N_, _, moment
from samhandling.patients.web.strip import short
from samhandling.stays import paying
from samhandling.stays.paying import Claim, Proof
from samhandling.store.services import now as present

OUTCOMES = {
    "PAYABLE": N_("Kan kreves"),
    "DISPUTED": N_("Omtvistet"),
    "NOT_PAYABLE": N_("Ingen betaling"),
    "MANUAL": N_("Kommunen er ukjent: avgjøres for hånd"),
    "PRICE_MISSING": N_("Døgnpris mangler"),
}
WHY = {
    "early_late": N_("Tidligmeldingen kom for sent"),
    "early_missing": N_("Tidligmelding mangler"),
    "not_acknowledged": N_("Melding om utskrivningsklar er ikke bekreftet mottatt"),
    "downtime": N_("En stans dekket varselet"),
    "outside_control": N_("Kommunen viser til forhold utenfor sin kontroll"),
    "answer_unread": N_("Svaret fra kommunen må leses av et menneske"),
    "cancelled": N_("Melding om utskrivningsklar er trukket tilbake: registrert ved feil"),
    "no_notice": N_("Kommunen er ikke varslet"),
    "price_unverified": N_("Døgnprisen er ikke bekreftet"),
    "Q2": N_("Kommunen kunne ta imot fra en senere dag: stopper den dagen"),
    "Q3": N_("Utskrivingsdagen er ikke regnet med"),
    "Q6": N_("Avmeldt samme dag"),
    "Q7": N_("Dødsdagen er ikke regnet med"),
    "Q9": N_("Meldt i helgen"),
    "Q10": N_("Psykisk helsevern før 2019 betales ikke"),
    "Q11": N_("Kommunen svarte ja, og siden nei"),
}
PROOFS = {
    "early": N_("Tidligmelding"),
    "ready": N_("Melding om utskrivningsklar pasient"),
    "withdrawn": N_("Avmelding av utskrivningsklar pasient"),
    "discharged": N_("Melding om utskrevet pasient"),
    "answer": N_("Svar fra kommunen"),
    "call": N_("Telefonsamtale med kommunen"),
    "left": N_("Utskrevet"),
    "died": N_("Død"),
}
SAYS = {
    "can": N_("kan ta imot"),
    "from": N_("kan ta imot fra %(day)s"),
    "cannot": N_("kan ikke ta imot"),
    "unread": N_("må leses"),
}
CERTAIN = {"high": N_("høy"), "medium": N_("middels"), "low": N_("lav")}


@dataclass(frozen=True, slots=True)
class ShownProof:
    """One line of what proves the days."""

    what: str
    when: str
    received: str
    msg_id: str


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """One time of being ready, in words."""

    name: str
    born: str
    visit: str
    ward: str
    days: int
    dates: str
    prices: str
    amount: str
    outcome: str
    certainty: str
    why: tuple[str, ...]
    proofs: tuple[ShownProof, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The claims on one municipality, or its disputed ones."""

    name: str
    rows: tuple[ShownClaim, ...]
    days: int
    amount: str


@require_safe
@needs(May.SEE_PAYMENT)
def show(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The period's claims, the disputed apart; `form=csv` exports them, unless a day price is missing."""
    if not configuration().payment_basis:
        raise NotFoundError("payment basis is off")
    now = present()
    first, last = _period(request, oslo.day(now))
    found = paying.claims(scope.organisation, first, last, today=oslo.day(now))
    for claim in found:
        audit.record_reading(
            scope, "payment.read", now=now, patient=claim.stay.patient_id, subject=f"stay:{claim.stay.pk}"
        )
    if request.GET.get("form") == "csv":
        paying.require_prices(found)
        audit.record(scope, "payment.export", now=now, purpose=f"{first} {last} {len(found)}")
        return _csv(found, first, last)
    agreed = [claim for claim in found if not claim.disputed]
    values = {
        "first": oslo.say_date(first), "last": oslo.say_date(last),
        "period": f"{oslo.say_date(first)}–{oslo.say_date(last)}",
        "parts": [
            (_("Grunnlag"), _groups(agreed, now_day=first)),
            (_("Omtvistet"), _groups([claim for claim in found if claim.disputed], now_day=first)),
        ],
        "missing": sorted({year for claim in found for year in claim.basis.missing_years}),
        "nobody": not found, "since": moment(now, now),
    }  # fmt: skip
    return page(request, "stays/payment.html", values, title=_("Betalingsgrunnlag"), scope=scope, now=now)


def _period(request: HttpRequest, today: date) -> tuple[date, date]:
    """The asked days; the last month where none, or nonsense, is asked."""
    before = today.replace(day=1) - timedelta(days=1)
    try:
        first, last = (DayField().clean(request.GET.get(name, "")) for name in ("fra", "til"))
    except ValidationError:
        return before.replace(day=1), before
    return (first, last) if first <= last else (last, first)


def _groups(found: Sequence[Claim], *, now_day: date) -> list[Group]:
    groups = []
    for number in sorted({claim.municipality for claim in found}):
        mine = [claim for claim in found if claim.municipality == number]
        amounts = [claim.basis.amount for claim in mine]
        whole = None if None in amounts else sum(amount or 0 for amount in amounts)
        name = municipality_name(number, now_day) if number else ""
        groups.append(
            Group(name or number or _("Ukjent kommune"), tuple(_shown(claim) for claim in mine),
                  sum(claim.basis.days for claim in mine), _kroner(whole))
        )  # fmt: skip
    return groups


def _kroner(amount: int | None) -> str:
    return _("pris mangler") if amount is None else f"{amount:,}".replace(",", "\u00a0")


def _shown(claim: Claim) -> ShownClaim:
    name, born = short(claim.stay.patient)
    days = [day for day, _price in claim.prices]
    priced = sorted({(day.year, price) for day, price in claim.prices}, key=lambda pair: pair[0])
    return ShownClaim(
        name=name, born=born, visit=claim.stay.visit,
        ward=claim.stay.unit.name if claim.stay.unit is not None else "",
        days=claim.basis.days, dates=_runs(days),
        prices=", ".join(f"{year}: {_kroner(price)}" for year, price in priced),
        amount=_kroner(claim.basis.amount), outcome=_(OUTCOMES[claim.basis.outcome]),
        certainty=_(CERTAIN[claim.basis.certainty]), why=tuple(_(WHY[code]) for code in claim.basis.why if code in WHY),
        proofs=tuple(_proof(one) for one in claim.proofs),
    )  # fmt: skip


def _runs(days: Sequence[date]) -> str:
    """`11.03.2024–13.03.2024`: days in a row as one."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(oslo.say_date(run[0]) + (f"–{oslo.say_date(run[-1])}" if len(run) > 1 else "") for run in runs)


def _proof(one: Proof) -> ShownProof:
    what = _(PROOFS[one.kind])
    if one.says:
        what += ": " + _(SAYS[one.says]) % {"day": oslo.say_date(one.day) if one.day else ""}
    received = oslo.say_time(one.receipted_at) if one.receipted_at is not None else ""
    return ShownProof(what, oslo.say_time(one.at), received, one.msg_id)


def _csv(found: Sequence[Claim], first: date, last: date) -> HttpResponse:
    """One line a claim, the disputed marked; *ubekreftet* in each."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([
        _("Kommune"), _("Navn"), _("Født"), _("Opphold"), _("Post"), _("Døgn"), _("Dager"), _("Døgnpris"), _("Kroner"),
        _("Utfall"), _("Omtvistet"), _("Grunn"), _("Sikkerhet"), _("Bevis"), _("Status"),
    ])  # fmt: skip
    for claim in found:
        row = _shown(claim)
        proofs = " | ".join(
            f"{p.what} {p.when}" + (f" ({p.msg_id})" if p.msg_id else "")
            + (f", {_('mottatt')} {p.received}" if p.received else "")
            for p in row.proofs
        )  # fmt: skip
        cells = [
            municipality_name(claim.municipality, first) or claim.municipality, row.name, row.born, row.visit, row.ward,
            row.days, row.dates, row.prices, claim.basis.amount, row.outcome, _("ja") if claim.disputed else _("nei"),
            "; ".join(row.why), row.certainty, proofs, _("ubekreftet"),
        ]  # fmt: skip
        writer.writerow([_inert(cell) for cell in cells])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="betalingsgrunnlag-{first}-{last}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _inert(cell: object) -> object:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" and cell else cell
