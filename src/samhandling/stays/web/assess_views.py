"""*Ikke vurdert*: the patients whom nobody has assessed, answered in one click each or all at once (F11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment, ngettext
from samhandling.stays import assessing, errors
from samhandling.stays.assessing import Question
from samhandling.stays.models import Stay
from samhandling.stays.rules.values import INPATIENT
from samhandling.stays.web import reading
from samhandling.stays.web import scope as within
from samhandling.stays.work import load_state
from samhandling.store.services import now as present

ANSWERS: dict[str, tuple[Question, bool]] = {
    "bruker-ja": ("user", True),
    "bruker-nei": ("user", False),
    "behov-ja": ("need", True),
    "behov-nei": ("need", False),
}
"""Value of the button -> question and answer."""
ALL_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A *Nei* that may be taken back."""

    text: str
    at: str
    stays: tuple[int, ...]


@require_safe
@needs(May.SEE_PATIENTS, May.REGISTER)
def unassessed(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The patients of the scope who are not assessed; those for whom *Ja* is proposed stand apart."""
    now = present()
    rows = [row for row in reading.rows(_in(scope), now) if row.questions]
    audit.record_reading(scope, "stay.list", now=now)
    values = {
        "proposed": [row for row in rows if row.proposes_yes],
        "rows": [row for row in rows if not row.proposes_yes],
        "take_back": _take_back(scope, now),
        "since": moment(now, now),
        "show_unit": scope.unit_ids is None or len(scope.unit_ids) > 1,
    }
    return page(request, "stays/unassessed.html", values, title=_("Ikke vurdert"), scope=scope, now=now)


def _in(scope: Scope) -> list[Stay]:
    return list(within.stays(scope).filter(state__in=[s.value for s in INPATIENT]))


def _take_back(scope: Scope, now: datetime) -> list[TakeBack]:
    found = assessing.lately([s.pk for s in _in(scope)], user=scope.user, now=now)
    return [
        TakeBack(
            ngettext(
                "Du svarte nei for %(num)s pasient %(when)s.", "Du svarte nei for %(num)s pasienter %(when)s.",
                len(said.stays),
            ) % {"num": len(said.stays), "when": moment(said.at, now)},
            said.at.isoformat(),
            said.stays,
        )
        for said in found
    ]  # fmt: skip


@require_POST
@needs(May.SEE_PATIENTS, May.REGISTER)
def answer(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One question about one patient, in one click."""
    now = present()
    found = within.one_stay(scope, pk)
    asked = ANSWERS.get(request.POST.get("svar", ""))
    if asked is None:
        raise NotFoundError("answer")
    question, yes = asked
    if question not in assessing.open_questions(load_state(found)):
        messages.info(request, _("Det er alt svart på dette. Du kan endre svaret på pasientens side."))
        return _back(request)
    try:
        with transaction.atomic():
            assessing.answer(found, question, yes=yes, user=scope.user, now=now)
            audit.record(
                scope, "stay.register", now=now, patient=found.patient_id, subject=found.subject, purpose="vurdering"
            )
    except errors.RefusedError as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
        return HttpResponseRedirect(reverse("stays:register", args=[pk, "vurdering"]))
    name = f"{found.patient.given_name} {found.patient.family_name}"
    said = _("Ja") if yes else _("Nei")
    what = _("Bruker av kommunale tjenester") if question == "user" else _("Behov etter utskriving")
    messages.success(request, f"{name}: {what}: {said}.")
    return _back(request)


@require_POST
@needs(May.SEE_PATIENTS, May.REGISTER)
def all_no(request: HttpRequest, scope: Scope) -> HttpResponse:
    """*Nei* for everybody who stood on the page without a proposal; may be taken back for half an hour."""
    now = present()
    seen = [int(pk) for pk in request.POST.getlist("sett")[:ALL_AT_ONCE] if pk.isdecimal()]
    stays = list(within.stays(scope).filter(pk__in=seen).order_by("pk"))
    with transaction.atomic():
        done = assessing.answer_no(stays, user=scope.user, now=now)
        for stay in done:
            audit.record(
                scope, "stay.register", now=now, patient=stay.patient_id, subject=stay.subject, purpose="vurdering"
            )
    said = ngettext("Svart nei for %(num)s pasient.", "Svart nei for %(num)s pasienter.", len(done))
    messages.success(request, said % {"num": len(done)} + " " + _("Du kan angre i en halv time."))
    return HttpResponseRedirect(reverse("stays:unassessed"))


@require_POST
@needs(May.SEE_PATIENTS, May.REGISTER)
def take_back(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Open the questions again that this person answered with *Nei* at one instant."""
    now = present()
    seen = [int(pk) for pk in request.POST.getlist("sett")[:ALL_AT_ONCE] if pk.isdecimal()]
    stays = list(within.stays(scope).filter(pk__in=seen).order_by("pk"))
    try:
        at = datetime.fromisoformat(request.POST.get("kl", ""))
    except ValueError as error:
        raise NotFoundError("time of the answer") from error
    if at.tzinfo is None:
        raise NotFoundError("time of the answer")
    try:
        with transaction.atomic():
            done = assessing.take_back(stays, at, user=scope.user, now=now)
            for stay in stays:
                audit.record(
                    scope, "stay.register", now=now, patient=stay.patient_id, subject=stay.subject, purpose="angre"
                )
    except errors.RefusedError as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
        return HttpResponseRedirect(reverse("stays:unassessed"))
    said = ngettext(
        "Svaret for %(num)s pasient er tatt tilbake.", "Svarene for %(num)s pasienter er tatt tilbake.", done
    )
    messages.success(request, said % {"num": done})
    return HttpResponseRedirect(reverse("stays:unassessed"))


def _back(request: HttpRequest) -> HttpResponse:
    """To the page where the button was, when that is one of ours."""
    to = request.POST.get("tilbake", "")
    ours = url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return HttpResponseRedirect(to if ours and to.startswith("/") else reverse("stays:unassessed"))
