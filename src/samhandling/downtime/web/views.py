"""The downtime desk: list, registration, one outage, its texts and changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.downtime import approving, reporting, services, together
from samhandling.downtime.models import Outage
from samhandling.downtime.rules.life import ImpossibleChangeError
from samhandling.downtime.rules.plan import OutageFactsError
from samhandling.downtime.rules.values import Notice as NoticeKind
from samhandling.downtime.web import mail_reading, reading, suspicion_views, words
from samhandling.downtime.web.forms import AcuteForm, ExtendForm, MoveForm, PlannedForm, TextForm
from samhandling.downtime.wording import Text
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.store.services import now as present


@require_safe
@needs(May.ANNOUNCE_ACUTE)
def outages(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What is down, what is planned, and what has been."""
    now = present()
    values = {
        "current": reading.rows(scope, now, over=False),
        "over": reading.rows(scope, now, over=True),
        "may_plan": scope.may(May.RUN_OUTAGES),
        "to_look_at": mail_reading.waiting(scope),
        "since": moment(now, now),
    }
    return page(request, "downtime/list.html", values, title=_("Nedetid"), scope=scope, now=now)


@require_http_methods(["GET", "POST"])
@needs(May.ANNOUNCE_ACUTE)
def acute(request: HttpRequest, scope: Scope) -> HttpResponse:
    """An acute outage: the form is filled in with *now*, *all* and *not known*; one click sends."""
    now = present()
    told = reporting.waiting(_whole(request.GET.get("meldt", "")), scope.organisation.pk)
    initial = {"reported_by": reporting.by_whom(told, now)} if told is not None else suspicion_views.proposed(request)
    form = AcuteForm(request.POST or None, organisation=scope.organisation, now=now, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.announce_acute(scope.organisation, form.report(), user=scope.user, now=now)
        except (OutageFactsError, services.NoticeHasNumberError) as error:
            form.add_error(None, _told(error.code))
        else:
            if told is not None:
                organisation_id = scope.organisation.pk
                reporting.settle(told.pk, organisation_id=organisation_id, user=scope.user, now=now, outage=row)
            audit.record(scope, "outage.acute", now=now, subject=row.subject)
            messages.success(request, _("Stansen er meldt. Under ser du hvem som blir varslet, og når."))
            return HttpResponseRedirect(reverse("downtime:outage", args=[row.pk]))
    values = {"form": form, "button": _("Meld akutt stans og varsle"), "lead": _(
        "Alt er fylt ut med det vanligste: stansen begynte nå, gjelder alle, og slutten er ikke kjent. Rett det som er "
        "annerledes. Mangler du opplysninger, varsle likevel.")}  # fmt: skip
    status = 422 if form.errors else 200
    return page(request, "downtime/form.html", values, title=_("Akutt stans"), scope=scope, now=now, status=status)


@require_http_methods(["GET", "POST"])
@needs(May.RUN_OUTAGES)
def planned(request: HttpRequest, scope: Scope) -> HttpResponse:
    """A planned outage: a draft first, with what will happen when."""
    now = present()
    form = PlannedForm(request.POST or None, organisation=scope.organisation, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.register(scope.organisation, form.report(), user=scope.user, now=now)
        except (OutageFactsError, services.NoticeHasNumberError) as error:
            form.add_error(None, _told(error.code))
        else:
            audit.record(scope, "outage.planned", now=now, subject=row.subject)
            return HttpResponseRedirect(reverse("downtime:outage", args=[row.pk]))
    values = {"form": form, "button": _("Videre: se hva som skjer når"), "lead": _(
        "Ingen blir varslet ennå. På neste side ser du hvem som får varsel når, og kan endre tekstene.")}  # fmt: skip
    status = 422 if form.errors else 200
    return page(request, "downtime/form.html", values, title=_("Planlagt stans"), scope=scope, now=now, status=status)


@require_safe
@needs(May.ANNOUNCE_ACUTE)
def outage(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Everything about one outage: what happens when, who was told, the checklist, what one can do."""
    now = present()
    row = services.one(pk, scope.organisation.pk)
    draft = row.state == "draft"
    plan = _plan(row, now)
    notices = reading.notices(row, now)
    values = {
        "outage": row,
        "state": reading.state(row),
        "whom": reading.whom(row, now),
        "period": reading.period(row),
        "draft": draft,
        "plan": plan,
        "actions": reading.preview(plan) if draft and plan else reading.actions(row),
        "notices": notices,
        "not_told": reading.not_told(notices, row),
        "timeline": reading.timeline(row),
        "checklist": reading.checklist(row),
        "possible": reading.possible(row),
        "may_run": scope.may(May.RUN_OUTAGES),
        "facts": _facts(row),
        "unapproved": approving.wanted(row, now),
        "may_approve": scope.may(May.RUN_OUTAGES) and approving.may(row, scope.user),
        "together": [reading.shown(each, now) for each in together.others(row, now)] if row.together else [],
        "draft_texts": _texts(plan) if draft and plan else [],
    }
    return page(request, "downtime/outage.html", values, title=_title(row), scope=scope, now=now)


def _title(row: Outage) -> str:
    return _("Akutt stans") if row.kind == "acute" else _("Planlagt stans")


def _plan(row: Outage, now: datetime) -> Any:
    """The answer of 4.2 now; None where the facts no longer make sense, such as a draft whose time has passed."""
    from samhandling.downtime.facts import policy_for, value_of
    from samhandling.downtime.rules.plan import plan

    policy = policy_for(row.organisation_id, now)
    if row.state == "draft":
        row.together = together.holds(row, now)
    try:
        return plan(value_of(row), policy, policy.calendar, now)
    except OutageFactsError:
        return None


def _texts(plan: Any) -> list[tuple[str, str]]:
    """The notices of a draft whose words can be changed."""
    kinds = dict.fromkeys(action.notice for action in plan.actions if action.notice)
    return [(kind, _(words.NOTICES[kind])) for kind in kinds]


def _facts(row: Outage) -> list[tuple[str, str]]:
    """What was registered, label by label."""
    from samhandling.downtime.web.forms import AFFECTS, FAMILIES

    families = dict(FAMILIES)
    found = [
        (_("Hva virker ikke"), str(dict(AFFECTS)[row.affects])),
        (_("Gjelder"), ", ".join(str(families[each]) for each in row.families if each in families)),
        (_("Hvorfor"), row.cause),
        (_("Kjent for oss"), moment(row.known_at)),
        (_("Meldt av"), row.reported_by),
    ]
    return [(label, value) for label, value in found if value]


@require_http_methods(["GET", "POST"])
@needs(May.RUN_OUTAGES)
def text(request: HttpRequest, scope: Scope, pk: int, notice: str) -> HttpResponse:
    """Read a notice as it will go out, and change its words."""
    now = present()
    row = services.one(pk, scope.organisation.pk)
    language = next((each for each in LANGUAGES if each == request.GET.get("sprak", "nb")), None)
    if notice not in KINDS or language is None:
        raise NotFoundError(f"notice {notice}")
    ours = services.text_of(row, notice, now, language)
    seal = hashlib.sha256(f"{ours.subject}\n{ours.body}".encode()).hexdigest()[:16]
    form = TextForm(request.POST or None, initial={"subject": ours.subject, "body": ours.body})
    if request.method == "POST" and request.POST.get("shown", seal) != seal:
        form.add_error(None, _told(services.OvertakenError.code))
    elif request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        new = Text(subject=found["subject"].strip(), body=found["body"].replace("\r\n", "\n").strip())
        try:
            services.change_text(
                pk, notice, new, user=scope.user, now=now, number_is_none=found["number_is_none"], language=language
            )
        except services.NoticeLacksPartsError as error:
            form.add_error("body", _told(error.code) + " " + ", ".join(_(PARTS[part]) for part in error.detail.split()))
        except services.NoticeHasNumberError as error:
            form.add_error("body", _told(error.code))
        else:
            messages.success(request, _("Teksten er lagret."))
            return HttpResponseRedirect(reverse("downtime:outage", args=[pk]))
    short = services.short_text_of(row, notice, now, language)
    values = {
        "form": form, "back": reverse("downtime:outage", args=[pk]), "short": short, "size": len(short), "seal": seal,
        "languages": [(code, name, code == language) for code, name in LANGUAGES.items()],
    }  # fmt: skip
    status = 422 if form.errors else 200
    title = _(words.NOTICES[notice])
    return page(request, "downtime/text.html", values, title=title, scope=scope, now=now, status=status)


KINDS = get_args(NoticeKind)
LANGUAGES: dict[oslo.Language, str] = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
PARTS: dict[str, str] = {
    "time": texts.N_("tidspunkt"),
    "duration": texts.N_("varighet"),
    "manual": texts.N_("manuelle rutiner"),
    "phone": texts.N_("telefon til kommunen"),
    "pass_on": texts.N_("be om å gi beskjed videre"),
}


@require_POST
@needs(May.RUN_OUTAGES)
def act(request: HttpRequest, scope: Scope, pk: int, what: str) -> HttpResponse:
    """The changes of one click: schedule, finish, cancel, announce all the same, tick."""
    now = present()
    services.one(pk, scope.organisation.pk)
    done = _DONE.get(what)
    if done is None:
        raise NotFoundError(f"act {what}")
    try:
        done[0](pk, request, scope, now)
    except REFUSED as error:
        messages.error(request, _told(error.code))
    else:
        audit.record(scope, f"outage.{what}", now=now, subject=f"outage:{pk}")
        messages.success(request, _(done[1]))
    return HttpResponseRedirect(reverse("downtime:outage", args=[pk]))


def _seen(request: HttpRequest) -> int | None:
    return _whole(request.POST.get("seen", ""))


def _whole(number: str) -> int | None:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


REFUSED = (
    ImpossibleChangeError, services.OvertakenError, OutageFactsError, approving.OwnApprovalError,
    approving.NothingToApproveError,
)  # fmt: skip

_DONE: dict[str, tuple[Callable[[int, HttpRequest, Scope, datetime], Any], str]] = {
    "sett-i-verk": (
        lambda pk, r, s, now: services.schedule(pk, user=s.user, now=now, seen=_seen(r)),
        texts.N_("Stansen er satt i verk. Varslene går av seg selv."),
    ),
    "godkjenn": (
        lambda pk, r, s, now: approving.approve(pk, user=s.user, now=now, seen=_seen(r)),
        texts.N_("Varslene er godkjent. Det som ventet, går nå."),
    ),
    "ferdig": (
        lambda pk, r, s, now: services.finish(pk, user=s.user, now=now, seen=_seen(r)),
        texts.N_("Stansen er meldt ferdig."),
    ),
    "avlys": (
        lambda pk, r, s, now: services.cancel(pk, user=s.user, now=now, seen=_seen(r)),
        texts.N_("Stansen er avlyst. De som var varslet, får beskjed."),
    ),
    "varsle": (
        lambda pk, r, s, now: services.announce_anyway(pk, user=s.user, now=now),
        texts.N_("Varselet er på vei."),
    ),
    "kryss": (
        lambda pk, r, s, now: services.tick(pk, r.POST.get("step", "")[:30], user=s.user, now=now),
        texts.N_("Krysset av."),
    ),
}


@require_http_methods(["GET", "POST"])
@needs(May.RUN_OUTAGES)
def change(request: HttpRequest, scope: Scope, pk: int, what: str) -> HttpResponse:
    """A new end (D-12), or another time (D-17)."""
    now = present()
    row = services.one(pk, scope.organisation.pk)
    moving = what == "flytt"
    if what not in ("flytt", "forleng") or (moving and row.end is None):
        raise NotFoundError(f"change {what}")
    make: type[MoveForm] | type[ExtendForm] = MoveForm if moving else ExtendForm
    form: forms.Form = make(request.POST or None, outage=row, now=now)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            if moving:
                services.move(pk, start=found["start"], end=found["end"], user=scope.user, now=now, seen=_seen(request))
            else:
                services.extend(
                    pk, end=found["end"], next_update=found["next_update"], user=scope.user, now=now,
                    seen=_seen(request),
                )  # fmt: skip
        except SamhandlingError as error:
            form.add_error(None, _told(error.code))
        else:
            audit.record(scope, f"outage.{what}", now=now, subject=row.subject)
            messages.success(request, _("Tiden er endret. De som skal ha beskjed, får det nå."))
            return HttpResponseRedirect(reverse("downtime:outage", args=[pk]))
    values = {
        "form": form, "back": reverse("downtime:outage", args=[pk]), "back_text": _("Til stansen"), "seen": row.version,
        "button": _("Flytt stansen") if moving else _("Lagre ny slutt"), "lead": reading.period(row),
    }  # fmt: skip
    title = _("Flytt stansen") if moving else _("Forleng stansen")
    status = 422 if form.errors else 200
    return page(request, "downtime/change.html", values, title=title, scope=scope, now=now, status=status)


def _told(code: str) -> str:
    found = texts.error(code)
    return f"{found.what} {found.do}"
