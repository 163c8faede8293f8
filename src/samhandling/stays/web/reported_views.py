"""*Meldt fra kommunen*: what akuttmottak knows of patients before they come (T01, A-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages as said
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import ForbiddenError, Scope
from samhandling.errors import NotFoundError
from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.exchange.services import assign_patient
from samhandling.exchange.web import words
from samhandling.messages import display, engine
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Unit
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, language, moment
from samhandling.patients.web.strip import short
from samhandling.stays import awaiting
from samhandling.stays.models import Stay
from samhandling.stays.rules.values import INPATIENT
from samhandling.store.services import now as present

AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient who lies here now and may be the one."""

    stay: int
    name: str
    born: str
    where: str


@dataclass(frozen=True, slots=True)
class Reported:
    """One message about a patient who has not come yet: what must be known first stands on top."""

    pk: int
    href: str
    what: str
    when: str
    name: str
    born: str
    sender: str
    phones: tuple[str, ...]
    critical: tuple[str, ...]
    unread: bool
    """Its content is gone or cannot be read."""
    candidates: tuple[Candidate, ...]


def may_see(scope: Scope) -> bool:
    """Whether the scope is akuttmottak, or all of a hospital (P-03)."""
    if not scope.may(May.REGISTER) or scope.organisation.kind != "hospital":
        return False
    if scope.unit_ids is None:
        return True
    return Unit.objects.filter(pk__in=scope.unit_ids, kind=Unit.Kind.EMERGENCY).exists()


def reported(scope: Scope, now: datetime) -> list[Reported]:
    """The list, newest first; reading it is reading the patients' messages, and is logged as that (P-05)."""
    if not may_see(scope):
        return []
    rows = []
    for message in awaiting.waiting(scope.organisation, now)[:AT_MOST]:
        audit.record_reading(
            scope, "message.read", now=now, patient=message.patient_id, subject=f"message:{message.pk}"
        )
        rows.append(_row(scope, message, now))
    return rows


def _row(scope: Scope, message: Message, now: datetime) -> Reported:
    facts = awaiting.facts_of(message)
    name, born = short(message.patient) if message.patient is not None else _named(facts)
    return Reported(
        pk=message.pk,
        href=reverse("stays:reported", args=[message.pk]),
        what=words.name(message),
        when=moment(message.created_at, now),
        name=name or _("Ukjent pasient"),
        born=born,
        sender=message.counterpart_name,
        phones=_phones(facts),
        critical=facts.critical if facts is not None else (),
        unread=facts is None,
        candidates=_candidates(message, facts) if facts is not None else (),
    )


def _named(facts: Facts | None) -> tuple[str, str]:
    if facts is None or facts.patient is None:
        return "", ""
    born = facts.patient.birth_date
    return facts.patient.name, f"{born:%d.%m.%Y}" if born else ""


def _phones(facts: Facts | None) -> tuple[str, ...]:
    """Who answers for what it says: the unit first, then those who are responsible."""
    if facts is None:
        return ()
    people = [phone for person in facts.responsible for phone in person.phones]
    units = [phone for unit in facts.units for phone in unit.phones]
    return tuple(dict.fromkeys([*units, *people]))[:3]


def _candidates(message: Message, facts: Facts) -> tuple[Candidate, ...]:
    """Patients who lie here and may be the one; none while the match is certain or nobody is like it."""
    if message.patient_id is not None:
        return ()
    found = awaiting.matched(message, facts)
    wanted = [*found.candidates, *([found.patient_id] if found.patient_id is not None else [])]
    stays = Stay.objects.filter(
        organisation_id=message.organisation_id, patient__in=wanted, state__in=[s.value for s in INPATIENT]
    ).select_related("patient", "unit")
    return tuple(
        Candidate(stay.pk, *short(stay.patient), stay.unit.name if stay.unit else _("Ukjent post"))
        for stay in stays.order_by("-admitted_at")
    )


def _one(scope: Scope, pk: int, now: datetime) -> Message:
    """The waiting message. Raises ForbiddenError for other wards, NotFoundError for what does not wait."""
    if not may_see(scope):
        raise ForbiddenError("reported")
    found = awaiting.waiting(scope.organisation, now).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(f"message {pk}")
    return found


@require_safe
@needs(May.SEE_PATIENTS, May.REGISTER, May.READ_CONTENT)
def report_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Everything that waits for a patient, with critical information and the phone on top."""
    now = present()
    if not may_see(scope):
        raise ForbiddenError("reported")
    values = {"reports": reported(scope, now), "since": moment(now, now)}
    return page(request, "stays/reported_list.html", values, title=_("Meldt fra kommunen"), scope=scope, now=now)


@require_safe
@needs(May.SEE_PATIENTS, May.REGISTER, May.READ_CONTENT)
def report(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One of them in full, readable at once."""
    now = present()
    found = _one(scope, pk, now)
    audit.record_reading(scope, "message.read", now=now, patient=found.patient_id, subject=f"message:{pk}")
    document = ""
    if found.original is not None and found.original.removed_at is None:
        reading = engine.read(originals.read(found.original))
        # The display escapes every text of the document (P-20).
        document = mark_safe(display.fragment(reading, lang=language()))  # noqa: S308
    values = {"report": _row(scope, found, now), "document": document}
    return page(request, "stays/reported.html", values, title=words.name(found), scope=scope, now=now)


@require_POST
@needs(May.SEE_PATIENTS, May.REGISTER, May.READ_CONTENT)
def tie(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One click: it is about this patient, who lies here."""
    now = present()
    found = _one(scope, pk, now)
    facts = awaiting.facts_of(found)
    wanted = request.POST.get("opphold", "")
    offered = {str(c.stay) for c in _candidates(found, facts)} if facts is not None else set()
    if wanted not in offered:
        raise NotFoundError("stay for the message")
    stay = Stay.objects.select_related("patient").get(pk=int(wanted))
    assign_patient(found.pk, stay.patient, user=scope.user, now=now)
    said.success(request, _("Meldingen er knyttet til %(name)s.") % {"name": short(stay.patient)[0]})
    return HttpResponseRedirect(reverse("stays:reported-list"))
