"""*Skjematisk oversikt*, *Hva sender jeg nå?*, *Eksterne kommunikasjonsparter*, and the paper form (S-36)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange.web.words import NAMES as MESSAGE_NAMES
from samhandling.organisations.models import Organisation
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.patients.web.strip import strip
from samhandling.registry.models import Agreement
from samhandling.registry.rules import FUNCTION_BY_TYPE
from samhandling.registry.services import parties_of, staffed_phone
from samhandling.stays.policies import policy_for
from samhandling.stays.web import calling, overview, reading, standing
from samhandling.stays.web import scope as within
from samhandling.stays.work import load_state
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present


def _hospital(scope: Scope, now: datetime) -> Organisation:
    """The hospital whose routine holds: one's own, or that of the municipality's agreement."""
    if scope.organisation.kind != "municipality":
        return scope.organisation
    held = Agreement.objects.filter(municipality=scope.organisation).select_related("hospital").order_by("-valid_from")
    first = held.first()
    return first.hospital if first is not None else scope.organisation


@require_safe
@needs()
def routine(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Who sends what, when, to which service: made from the policy that holds today."""
    now = present()
    hospital = _hospital(scope, now)
    own = scope.organisation.municipality_number if hospital.pk != scope.organisation.pk else ""
    policy = policy_for(hospital.pk, oslo.day(now), own)
    values = {
        "rows": overview.rows(policy),
        "columns": overview.columns(),
        "policy": policy.name,
        "since": oslo.say_date(policy.valid_from),
        "hospital": hospital.name,
    }
    return page(request, "stays/overview.html", values, title=_("Skjematisk oversikt"), scope=scope, now=now)


@require_safe
@needs(May.SEE_PATIENTS)
def what_now(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Hva sender jeg nå?* for one stay."""
    now = present()
    found = within.one_stay(scope, pk)
    audit.record_reading(scope, "stay.read", now=now, patient=found.patient_id, subject=found.subject)
    state = load_state(found)
    values = {
        "stay": found,
        "patient": strip(found.patient, test=is_test_store()),
        "rows": overview.now_rows(found, state, now),
        "state": reading.standing_of(found, state),
        "marks": reading.marks(state),
        "call": calling.panel(found, now),
    }
    return page(request, "stays/what_now.html", values, title=_("Hva sender jeg nå?"), scope=scope, now=now)


@require_safe
@needs(May.SEE_PATIENTS, May.REGISTER)
def paper_form(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Meldeskjema* on paper, prefilled: for help numbers, no agreement, no addressee (S-36)."""
    now = present()
    found = within.one_stay(scope, pk)
    audit.record_reading(scope, "stay.read", now=now, patient=found.patient_id, subject=found.subject)
    state = load_state(found)
    values = {
        "stay": found,
        "patient": strip(found.patient, test=is_test_store()),
        "help_number": state.overlay == "H",
        "call": calling.panel(found, now),
        "facts": calling.facts(found, state, standing.all_told(found, now), now),
        "hospital": found.organisation.name,
        "by": scope.user.shown_name,
        "at": moment(now),
    }
    return page(request, "stays/paper_form.html", values, title=_("Meldeskjema"), scope=scope, now=now)


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One service that we may write to."""

    name: str
    her_id: str
    function: str
    takes: str
    versions: str


@dataclass(frozen=True, slots=True)
class CounterpartRow:
    """One municipality or hospital with which there is an agreement."""

    name: str
    number: str
    agreement: str
    phone: str
    why: str
    parties: tuple[PartyRow, ...]
    ended: bool


@require_safe
@needs()
def counterparts(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Everybody with whom there is, was or will be an agreement: services, message types, from and to."""
    now = present()
    ours = scope.organisation
    inward = ours.kind == "municipality"
    held = Agreement.objects.filter(**({"municipality": ours} if inward else {"hospital": ours}))
    found = [
        _counterpart(a, a.hospital if inward else a.municipality, now)
        for a in held.select_related("hospital", "municipality")
    ]
    values = {"rows": sorted(found, key=lambda row: (row.ended, row.name))}
    title = _("Eksterne kommunikasjonsparter")
    return page(request, "stays/counterparts.html", values, title=title, scope=scope, now=now)


def _counterpart(agreement: Agreement, other: Organisation, now: datetime) -> CounterpartRow:
    day = oslo.day(now)
    begins, ends = oslo.say_date(agreement.valid_from), agreement.valid_to
    until = _("fra %(from)s til %(to)s") % {"from": begins, "to": oslo.say_date(ends)} if ends else ""
    phone = staffed_phone(other, now) if other.kind == "municipality" else None
    return CounterpartRow(
        name=other.name,
        number=other.municipality_number,
        agreement=until or _("fra %(from)s") % {"from": begins},
        phone=phone.phone if phone else "",
        why=_(phone.why_text) if phone else "",
        parties=tuple(
            PartyRow(p.name, p.her_id, _(overview.FUNCTIONS.get(p.function, p.function)), _takes(p.function),
                     ", ".join(p.plo_versions))
            for p in parties_of(other, day)
        ),
        ended=bool(ends and ends < day),
    )  # fmt: skip


def _takes(function: str) -> str:
    """The message types that go to a service of that function."""
    types = [t for t, f in FUNCTION_BY_TYPE.items() if f == function]
    return ", ".join(_(MESSAGE_NAMES[t]) for t in types if t in MESSAGE_NAMES)
