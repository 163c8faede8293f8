"""The page of one stay."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samhandling.access import audit, purpose
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.exchange.models import Message
from samhandling.exchange.web import reading as messages
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Status, Tone, paged
from samhandling.patients.web.strip import strip
from samhandling.registry.rules import StaffedPhone
from samhandling.stays.models import Stay
from samhandling.stays.rules.values import StayState
from samhandling.stays.web import calling, explaining, next_steps, offers, reading, similar, standing, words
from samhandling.stays.web import scope as within
from samhandling.stays.web.timeline import timeline
from samhandling.stays.work import load_state
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present

PAGE_SIZE = 50


@require_safe
@needs(May.SEE_PATIENTS, May.REGISTER)
def stay_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Every patient who is in now, or about whom something is to be done, of all wards of the scope."""
    now = present()
    rows = reading.ward(scope, now)
    shown, first, last = paged(len(rows), request.GET.get("side"), PAGE_SIZE)
    audit.record_reading(scope, "stay.list", now=now)
    values = {"rows": rows[first:last], "page": shown, "since": moment(now, now)}
    return page(request, "stays/list.html", values, title=_("Opphold"), scope=scope, now=now)


@require_safe
@needs(May.SEE_PATIENTS)
def stay(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One stay: what to do now, what the municipality knows and whether it arrived, forms, and all that happened."""
    now = present()
    found = within.one_stay(scope, pk)
    why = purpose.require(scope, found.subject, now=now)
    audit.record_reading(scope, "stay.read", now=now, patient=found.patient_id, subject=found.subject, purpose=why)
    state = load_state(found)
    municipality_name, phone = explaining.counterpart(found.municipality_number, now)
    tasks = list(reading.open_tasks(found))
    own = [task for task in tasks if task.subject == found.subject]
    told = standing.all_told(found, now)
    listed = Message.objects.filter(organisation=found.organisation, subject=found.subject).select_related("patient")
    patient = strip(found.patient, test=is_test_store())
    entries, timeline_page = timeline(found, request.GET.get("side"), now)
    values = {
        "stay": found,
        "patient": patient,
        "state": reading.standing_of(found, state),
        "marks": (*similar.mark(found), *reading.marks(state)),
        "where": _where(found),
        "municipality": municipality_name or _("Ukjent kommune"),
        "phone": phone,
        "phone_why": _(phone.why_text) if phone else "",
        "user": words.yes_no(state.user),
        "need": words.yes_no(state.need),
        "decided": reading.decided(state),
        "warnings": _warnings(state, municipality_name, phone),
        "steps": next_steps.steps(
            found,
            state,
            found.deadlines.all(),
            own,
            told,
            now,
            phone.phone if phone else "",
            explaining.help_for(own, now),
        ),
        "anomalies": explaining.of_stay(found, tasks, now),
        "told": told,
        "silence": None if told else standing.silence(state, municipality_name),
        "messages": messages.rows(scope, listed.order_by("-created_at", "-id")[:50], now),
        "writing": offers.writing(found, state, now) if scope.may(May.REGISTER) else None,
        "letters": offers.letters(found, state) if scope.may(May.REGISTER) else None,
        "forms": offers.registering(scope, found, state) if scope.may(May.REGISTER) else None,
        "timeline": entries,
        "timeline_page": timeline_page,
        "calm_since": moment(now, now),
        "call": calling.panel(found, now),
        "assess": reading.rows([found], now)[0],
        "may_note": scope.may(May.REGISTER),
        "ward_phone": found.unit.phone if found.unit else "",
    }
    return page(request, "stays/stay.html", values, title=patient.name, scope=scope, now=now)


def _where(stay: Stay) -> str:
    """`Medisinsk sengepost, innlagt 23.11.2026 kl. 10.00`."""
    unit = stay.unit.name if stay.unit else _("Ukjent post")
    parts = {"unit": unit, "in": moment(stay.admitted_at)}
    if stay.discharged_at:
        return _("%(unit)s, innlagt %(in)s, skrevet ut %(out)s") % {**parts, "out": moment(stay.discharged_at)}
    return _("%(unit)s, innlagt %(in)s") % parts


def _warnings(state: StayState, municipality: str, phone: StaffedPhone | None) -> list[Status]:
    """The texts that must stand: help number, no agreement (routines 10, texts 1 and 4)."""
    number = phone.phone if phone else ""
    name = municipality or _("kommunen")
    if state.overlay in ("", "O") or not state.involved:
        return []
    if state.overlay == "H":
        text = _(
            "Pasienten har hjelpenummer, ikke fødselsnummer. PLO-meldinger skal ikke brukes. "
            "Ring %(municipality)s %(phone)s og bruk meldeskjema på papir ved behov."
        )
    elif state.municipality:
        text = _("Vi har ikke avtale om elektroniske meldinger med %(municipality)s. Ring %(phone)s.")
    else:
        text = _("Vi vet ikke hvilken kommune pasienten hører til. Finn den og registrer den her.")
    return [Status(Tone.WARN, " ".join((text % {"municipality": name, "phone": number}).split()))]
