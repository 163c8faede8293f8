"""The contact register and the document register: see, change, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.downtime import registers
from samhandling.downtime.models import RegisterEntry
from samhandling.downtime.web.register_forms import FORMS, ContactForm, RegisterForm
from samhandling.errors import NotFoundError
from samhandling.organisations.models import Organisation
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Status, Tone
from samhandling.registry.models import ContactGroup, ContactPoint
from samhandling.registry.wording import say_hours
from samhandling.store.services import now as present

Last = Mapping[tuple[str, int], RegisterEntry]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register."""

    table: str
    pk: int
    what: str
    name: str
    reach: tuple[str, ...]
    hours: str
    validity: str
    state: Status | None
    """Expired, soon, or due for review; None when all is well."""
    last: str
    """Who changed or confirmed it, and when."""
    members: tuple[Row, ...] = ()
    ours: bool = True
    """Whether it is kept here."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of the routine."""

    pk: int
    code: str
    title: str
    requirement: str
    version: str
    url: str
    validity: str
    state: Status
    last: str


DOCUMENT_STATES: dict[str, tuple[Tone, str]] = {
    "valid": (Tone.OK, N_("Gjelder")),
    "soon": (Tone.WARN, N_("Går snart ut")),
    "expired": (Tone.BAD, N_("Har gått ut: skaff ny utgave")),
    "coming": (Tone.WAIT, N_("Gjelder ikke ennå")),
    "missing": (Tone.WARN, N_("Mangler i registeret")),
}


@require_safe
@needs(May.RUN_OUTAGES)
def contacts(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Everybody who is called or told, with when it holds and who last said that it is right."""
    now = present()
    day, owner = oslo.day(now), scope.organisation
    last = registers.entries(owner, ("added", "changed", "confirmed"))
    asked = registers.entries(owner, ("seen", "added", "changed", "confirmed", "asked"))
    due = {key for key, entry in asked.items() if entry.what == "asked"}
    groups = ContactGroup.objects.filter(organisation=owner).prefetch_related("members").order_by("name", "valid_from")
    values = {
        "groups": [_group(row, last, due, day, now) for row in groups],
        "owners": [
            *((each.name, _contacts(each, last, due, day, now)) for each in registers.maintained(owner, now)),
            *(
                (each.name, [replace(row, ours=False) for row in _contacts(each, {}, set(), day, now)])
                for each in registers.counterparts_here(owner, now)
            ),
        ],
    }
    return page(request, "downtime/contact_register.html", values, title=_("Kontaktregister"), scope=scope, now=now)


def _contacts(whose: Organisation, last: Last, due: set[tuple[str, int]], day: date, now: datetime) -> list[Row]:
    order = [kind for kind, _text in registers.KINDS]
    kinds = dict(registers.KINDS)
    rows = sorted(ContactPoint.objects.filter(organisation=whose), key=lambda row: (order.index(row.kind), row.pk))
    return [
        Row("kontakt", row.pk, _(kinds[row.kind]), row.name, tuple(filter(None, (row.phone, row.email))),
            say_hours(row.hours), _validity(row.valid_from, row.valid_to),
            _state(row.valid_to, day, ("kontakt", row.pk) in due), _last(last, "kontakt", row.pk, now))
        for row in rows
    ]  # fmt: skip


def _group(row: ContactGroup, last: Last, due: set[tuple[str, int]], day: date, now: datetime) -> Row:
    members = tuple(
        Row("medlem", each.pk, each.role, each.name, (each.email,) if each.email else (), "",
            _validity(each.valid_from, each.valid_to), _state(each.valid_to, day, False),
            _last(last, "medlem", each.pk, now))
        for each in row.members.all()
    )  # fmt: skip
    state = _state(row.valid_to, day, ("gruppe", row.pk) in due)
    if state is None and not row.email and not any(each.reach for each in members):
        state = Status(Tone.BAD, _("Ingen adresse: gruppen får ingen varsler"))
    reach = (row.email,) if row.email else ()
    return Row("gruppe", row.pk, _("Varslingsgruppe"), row.name, reach, "", _validity(row.valid_from, row.valid_to),
               state, _last(last, "gruppe", row.pk, now), members)  # fmt: skip


def _state(valid_to: date | None, day: date, due: bool) -> Status | None:
    if valid_to is not None and valid_to < day:
        return Status(Tone.QUIET, _("Har gått ut"))
    if due:
        return Status(Tone.WARN, _("Bekreft at dette stemmer"))
    if valid_to is not None and valid_to < day + registers.SOON:
        return Status(Tone.WARN, _("Går snart ut"))
    return None


def _validity(start: date, end: date | None) -> str:
    if end is None:
        return _("fra %(start)s") % {"start": oslo.say_date(start)}
    return _("%(start)s til %(end)s") % {"start": oslo.say_date(start), "end": oslo.say_date(end)}


def _last(last: Last, table: str, pk: int, now: datetime) -> str:
    entry = last.get((table, pk))
    if entry is None:
        return ""
    words = _("Bekreftet av %(name)s %(when)s") if entry.what == "confirmed" else _("Endret av %(name)s %(when)s")
    return words % {"name": entry.user.shown_name if entry.user else "", "when": moment(entry.at, now)}


@require_safe
@needs(May.ANNOUNCE_ACUTE)
def documents(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The documents that the routine refers to (S-46, S-49 to S-51, S-74, S-75): version, link, validity."""
    now = present()
    last = registers.entries(scope.organisation, ("added", "changed"))
    rows = []
    for each in registers.documents(scope.organisation, oslo.day(now)):
        tone, text = DOCUMENT_STATES[each.state]
        row = each.row
        rows.append(DocumentRow(
            pk=row.pk if row else 0, code=each.code, title=row.title if row else _(each.title),
            requirement=each.requirement, version=row.version if row else "", url=row.url if row else "",
            validity=_validity(row.valid_from, row.valid_to) if row else "", state=Status(tone, _(text)),
            last=_last(last, "dokument", row.pk, now) if row else "",
        ))  # fmt: skip
    values = {"rows": rows, "may_run": scope.may(May.RUN_OUTAGES)}
    return page(request, "downtime/documents.html", values, title=_("Dokumentregister"), scope=scope, now=now)


@require_http_methods(["GET", "POST"])
@needs(May.RUN_OUTAGES)
def edit(request: HttpRequest, scope: Scope, table: str, pk: int = 0) -> HttpResponse:
    """Change a row, or add one; of a new member `gruppe` names the group."""
    now = present()
    make = FORMS.get(table)
    if make is None:
        raise NotFoundError(table)
    row = registers.row_of(table, pk, scope.organisation, now) if pk else None
    form = _form(make, request, scope, row, now)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                saved = form.save(**({} if row is not None else _owner(table, request, scope, form, now)))
                what = "changed" if row is not None else "added"
                registers.note(scope.organisation, table, saved.pk, what, user=scope.user, now=now)
                audit.record(scope, f"register.{what}", now=now, subject=f"{table}:{saved.pk}")
        except IntegrityError:
            form.add_error(None, _("Det finnes alt en med samme navn eller kode fra den dagen."))
        else:
            messages.success(request, _("Lagret."))
            return HttpResponseRedirect(_back(table))
    title = registers.name_of(row) if row is not None else _(NEW[table])
    lead = _("Varsler, telefonlister og utskrifter bruker dette fra og med den dagen det gjelder.")
    values = {
        "form": form, "back": _back(table), "back_text": _("Til registeret"), "seen": "", "button": _("Lagre"),
        "lead": lead,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return page(request, "downtime/change.html", values, title=title, scope=scope, now=now, status=status)


NEW = {
    "kontakt": N_("Nytt kontaktpunkt"), "gruppe": N_("Ny varslingsgruppe"), "medlem": N_("Nytt medlem"),
    "dokument": N_("Nytt dokument"),
}  # fmt: skip


def _form(
    make: type[RegisterForm], request: HttpRequest, scope: Scope, row: Model | None, now: datetime
) -> RegisterForm:
    more: dict[str, Any] = {"row": row, "day": oslo.day(now)}
    if make is ContactForm:
        more["whose"] = registers.maintained(scope.organisation, now)
    form = make(request.POST or None, **more)
    if row is None and make is FORMS["dokument"]:
        form.initial.update({name: request.GET.get(name, "")[:200] for name in ("code", "title")})
    return form


def _owner(table: str, request: HttpRequest, scope: Scope, form: RegisterForm, now: datetime) -> dict[str, Any]:
    """Whose a new row is. Raises NotFoundError."""
    if table == "medlem":
        number = request.GET.get("gruppe", "")
        whole = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        return {"group": registers.row_of("gruppe", whole, scope.organisation, now)}
    if table == "kontakt":
        return {"organisation_id": int(form.cleaned_data["whose"])}
    return {"organisation": scope.organisation}


def _back(table: str) -> str:
    return reverse("downtime:documents" if table == "dokument" else "downtime:contact-register")


@require_POST
@needs(May.RUN_OUTAGES)
def confirm(request: HttpRequest, scope: Scope, table: str, pk: int) -> HttpResponse:
    """*Bekreft at dette stemmer*: the yearly review is done for that contact or group."""
    now = present()
    if table not in registers.REVIEWED:
        raise NotFoundError(table)
    row = registers.row_of(table, pk, scope.organisation, now)
    registers.note(scope.organisation, table, pk, "confirmed", user=scope.user, now=now)
    audit.record(scope, "register.confirmed", now=now, subject=f"{table}:{pk}")
    messages.success(request, _("%(name)s er bekreftet.") % {"name": registers.name_of(row)})
    return HttpResponseRedirect(_back(table))
