"""From an event of the feed to the rules' own events: who, which stay, which ward, which municipality."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from samhandling.clock import oslo
from samhandling.organisations.models import Organisation, Unit
from samhandling.organisations.services import municipality as municipality_of
from samhandling.organisations.services import unit_by_code
from samhandling.patients.models import Patient
from samhandling.patients.services import id_class
from samhandling.registry.services import agreement_between
from samhandling.stays import events
from samhandling.stays.events import Event
from samhandling.stays.models import Stay
from samhandling.stays.rules.step import named
from samhandling.stays.rules.values import (
    AttendingNamed,
    IdentityNow,
    Moved,
    MunicipalityNow,
    Opened,
    Place,
    State,
    StayState,
)
from samhandling.store.prepared import prepared

OPEN_STATES = (State.EXPECTED.value, State.IN.value, State.ACTIVE.value, State.READY.value)
ABOUT_THE_PERSON = (
    events.PatientUpdated,
    events.IdentityChanged,
    events.MunicipalityChanged,
    events.Died,
    events.DeathUndone,
)
"""Events that may come without a visit, and then are about whatever stay is open."""
NAMES_THE_WARD = (events.Admitted, events.Transferred, events.PatientUpdated)
"""Events whose ward is where the patient lies now."""


def unit_of(organisation: Organisation, code: str, now: datetime) -> Unit | None:
    """The ward with that code today."""
    return unit_by_code(organisation, code, oslo.day(now))


def place_of(unit: Unit | None, code: str) -> Place:
    """The ward as the rules see it; an unknown one is taken for somatic."""
    if unit is None:
        return Place(code=code)
    return Place(code=code or unit.code, track=unit.track, phone=unit.phone)


def municipality_facts(organisation: Organisation, number: str, now: datetime) -> tuple[str, bool]:
    """(number in use today, is there an agreement): an old number gives the one that took its place (C-09)."""
    day = oslo.day(now)
    found = municipality_of(number, day)
    if found is None:
        return number, False
    return found.municipality_number or number, agreement_between(organisation, found, day) is not None


def is_inpatient(event: Event, unit: Unit | None) -> bool:
    """Døgnopphold (T02, T03): as the feed says; a feed that does not say leaves it to the ward."""
    said = event.about.inpatient
    return said if said is not None else unit is None or unit.inpatient


def may_begin(event: Event, unit: Unit | None) -> bool:
    """True when the event can begin a stay: an admission, or a later event that tells of one."""
    if isinstance(event, (*ABOUT_THE_PERSON, events.AdmissionCancelled)) or not is_inpatient(event, unit):
        return False
    return isinstance(event, events.Admitted) or event.about.admitted_at is not None


def misses_admission(event: Event, unit: Unit | None) -> bool:
    """True for an event of an inpatient visit whose admission we have not been told."""
    begins = isinstance(event, (*ABOUT_THE_PERSON, events.AdmissionCancelled, events.Admitted))
    about = event.about
    of_a_visit = bool(about.visit) or about.inpatient is True
    return not begins and of_a_visit and is_inpatient(event, unit) and about.admitted_at is None


def of_visit(organisation: Organisation, event: Event) -> list[Stay]:
    """The stays of the visit that the event names, also cancelled ones; rows not yet locked."""
    return _of_visit(organisation, event.about.visit) if event.about.visit else []


@prepared
def _of_visit(organisation: Organisation, visit: str) -> QuerySet[Stay]:
    return Stay.objects.filter(organisation=organisation, visit=visit)


def opened(organisation: Organisation, patient: Patient, event: Event, unit: Unit | None, now: datetime) -> Opened:
    """The admission that an event tells of."""
    about = event.about
    number, agreement = municipality_facts(organisation, patient.municipality_number, now)
    admitted = event.at if isinstance(event, events.Admitted) else about.admitted_at or event.at
    return Opened(
        at=admitted,
        about=about,
        place=place_of(unit, about.unit_code),
        inpatient=is_inpatient(event, unit),
        id_class=id_class(patient),
        municipality=number,
        agreement=agreement,
        attending=about.attending if named(about.attending) else None,
    )


def stays_for(organisation: Organisation, patient: Patient | None, event: Event, of_visit: list[Stay]) -> list[Stay]:
    """The stays that the event is about: that of its visit, else the patient's open one; rows not yet locked."""
    rows = Stay.objects.filter(organisation=organisation)
    if event.about.visit:
        found = max(of_visit, key=lambda stay: (stay.state != State.VOID.value, stay.pk), default=None)
        if found is not None or not isinstance(event, ABOUT_THE_PERSON):
            return [found] if found is not None else []
    if patient is None:
        return []
    mine = rows.filter(patient=patient).exclude(state=State.EXPECTED.value)  # Only an admission begins it (T02).
    still = list(mine.filter(state__in=OPEN_STATES).order_by("admitted_at"))
    if isinstance(event, events.DeathUndone):
        return list(mine.filter(state=State.DEAD.value).order_by("admitted_at"))[-1:]
    if isinstance(event, events.Died) and not still:
        return list(mine.filter(state=State.OUT.value).order_by("admitted_at"))[-1:]
    if isinstance(event, ABOUT_THE_PERSON):
        return still
    return still if len(still) == 1 else []


def facts_that_changed(
    organisation: Organisation, patient: Patient, state: StayState, event: Event, unit: Unit | None, now: datetime
) -> Iterator[Event]:
    """What the event says besides itself: identity, municipality, ward, attending doctor, where they are news."""
    at, about = event.at, event.about
    found = id_class(patient)
    if found != state.id_class:
        yield IdentityNow(at=at, about=about, id_class=found)
    number, agreement = municipality_facts(organisation, patient.municipality_number, now)
    changed = (number, agreement) != (state.municipality, state.agreement)
    if changed and not isinstance(event, events.MunicipalityChanged):
        yield MunicipalityNow(at=at, about=about, municipality=number, agreement=agreement)
    if isinstance(event, NAMES_THE_WARD) and about.unit_code and not isinstance(event, events.Admitted):
        place = place_of(unit, about.unit_code)
        if (place.code, place.track, place.phone) != (state.unit, state.track, state.phone):
            yield Moved(at=at, about=about, place=place)
    if named(about.attending) and about.attending is not None and about.attending != state.attending:
        yield AttendingNamed(at=at, about=about, attending=about.attending)


def itself(
    organisation: Organisation, patient: Patient, event: Event, unit: Unit | None, now: datetime
) -> Iterator[Event]:
    """The event as the rules know it; nothing for those that `facts_that_changed` says in full."""
    match event:
        case events.Admitted():
            yield opened(organisation, patient, event, unit, now)
        case events.MunicipalityChanged():
            number, agreement = municipality_facts(organisation, event.municipality_number, now)
            yield MunicipalityNow(
                at=event.at, about=event.about, municipality=number, agreement=agreement, was_wrong=event.was_wrong
            )
        case events.PatientUpdated() | events.IdentityChanged() | events.Transferred():
            return
        case _:
            yield event
