"""What an ADT message means for the stay: events of `stays.events`, or why it cannot be used. Pure: no Django.

Which message leads to which event stands in docs/adt-feed.md; the stay's own table judges the events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from samhandling.errors import SamhandlingError
from samhandling.hl7.adt import AdtEvent, AdtIdentifier, AdtProfessional
from samhandling.identity.persons import classify
from samhandling.intake.errors import (
    NoPatientError,
    NoTimeError,
    NoVisitError,
    SeveralMessagesError,
    UnknownEventError,
)
from samhandling.intake.plausible import plausible
from samhandling.patients.values import Address, Number, PatientDetails
from samhandling.stays import events
from samhandling.stays.events import About, FeedEvent, Professional

PERSON_EVENTS = ("A08", "A31", "A40")
"""ADT events that may come without a visit."""

VISIT_LENGTH = 60
"""As much of a visit number as a stay can hold."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do with a message."""

    events: tuple[FeedEvent, ...]
    doubts: tuple[str, ...] = ()
    """What in the message could not be read as it stands, as `unreadable_time PV1-44`; a person should know."""


def plan(adt: AdtEvent, *, source: str, test: bool, now: datetime) -> Plan:
    """The events that a message stands for, in the order in which they are to be applied.

    `source` is `adt:56`; `test` says whether the store is marked *test* (synthetic numbers); `now` (aware UTC) is what
    times are held against. Raises UnknownEventError, SeveralMessagesError, NoPatientError, NoVisitError or NoTimeError
    for a message that cannot be used.
    """
    _require_usable(adt)
    adt = plausible(adt, now)
    about = _about(adt, source=source, test=test)
    make = _BY_TRIGGER[adt.trigger]
    return Plan(
        events=tuple(make(adt, about, test)),
        doubts=tuple(f"{problem.code} {problem.place}" for problem in adt.problems),
    )


def _require_usable(adt: AdtEvent) -> None:
    wrong: type[SamhandlingError] | None = None
    if any(problem.code == "several_messages" for problem in adt.problems):
        wrong = SeveralMessagesError
    elif adt.message_type != "ADT" or adt.trigger not in _BY_TRIGGER:
        wrong = UnknownEventError
    elif not adt.has_patient or (adt.trigger == "A40" and not adt.merged):
        wrong = NoPatientError
    elif not adt.has_visit and adt.trigger not in PERSON_EVENTS:
        wrong = NoVisitError
    elif adt.occurred_at is None:
        wrong = NoTimeError
    if wrong is not None:
        raise wrong(f"{adt.message_type} {adt.trigger}"[:40])


def _about(adt: AdtEvent, *, source: str, test: bool) -> About:
    patient, visit = adt.patient, adt.visit
    return About(
        patient=PatientDetails(
            numbers=numbers(patient.identifiers, test=test),
            family_name=patient.family_name,
            given_name=patient.given_name,
            middle_name=patient.middle_name,
            birth_date=patient.birth_date,
            sex=patient.sex,
            municipality_number=patient.municipality_number,
            address=Address(patient.street, patient.postal_code, patient.city),
            phone=patient.phone,
            protection=patient.protection,
        ),
        visit=visit.number[:VISIT_LENGTH],
        unit_code=visit.ward,
        admitted_at=visit.admitted_at,
        recorded_at=adt.recorded_at,
        inpatient=visit.inpatient,
        attending=_professional(visit.attending),
        source=source,
    )


def numbers(identifiers: tuple[AdtIdentifier, ...], *, test: bool) -> tuple[Number, ...]:
    """The identifiers with their kinds: declared, else what the digits say (C-03).

    An undeclared synthetic number keeps its kind also where the store is real: there it is refused, not taken for a
    number of the patient system.
    """
    found = []
    for identifier in identifiers:
        kind = identifier.kind
        if not kind:
            kind = classify(identifier.value, test=test).kind
            if kind == "NONE":
                synthetic = classify(identifier.value, "FNR", test=True)
                kind = synthetic.kind if synthetic.synthetic else "LOCAL"
        number = Number(kind, identifier.value, identifier.issuer)
        if number not in found:
            found.append(number)
    return tuple(found)


def _professional(who: AdtProfessional | None) -> Professional | None:
    if who is None:
        return None
    return Professional(
        family_name=who.family_name, given_name=who.given_name, hpr=who.hpr, profession=who.profession
    )  # fmt: skip


def _occurred(adt: AdtEvent) -> datetime:
    if adt.occurred_at is None:
        raise NoTimeError(adt.trigger)
    return adt.occurred_at


def _recorded(adt: AdtEvent) -> datetime:
    return adt.recorded_at or _occurred(adt)


def _municipal(adt: AdtEvent, about: About) -> list[FeedEvent]:
    """What the hospital has registered for the municipality; what is known already changes nothing."""
    told, at = adt.municipal, _recorded(adt)
    found: list[FeedEvent] = []
    if told.user is not None:
        by_mistake = told.by_mistake if told.user is False else None
        found.append(events.MunicipalUserSet(at=at, about=about, value=told.user, by_mistake=by_mistake))
    if told.need is not None:
        found.append(events.NeedAssessed(at=told.need_assessed_at or at, about=about, value=told.need))
    decided_by = _professional(told.decided_by)
    if told.ready_date is not None:
        found.append(events.ReadySet(at=at, about=about, ready_date=told.ready_date, decided_by=decided_by))
    elif told.ready_cleared:
        mistake = told.by_mistake is True
        found.append(events.ReadyCleared(at=at, about=about, by_mistake=mistake, decided_by=decided_by))
    return found


def _admitted(adt: AdtEvent, about: About, _test: bool) -> list[FeedEvent]:
    at = adt.visit.admitted_at or _occurred(adt)
    return [events.Admitted(at=at, about=about), *_municipal(adt, about)]


def _transferred(adt: AdtEvent, about: About, _test: bool) -> list[FeedEvent]:
    return [events.Transferred(at=_occurred(adt), about=about), *_municipal(adt, about)]


def _leave(adt: AdtEvent, about: About, _test: bool) -> list[FeedEvent]:
    return [events.LeaveStarted(at=_occurred(adt), about=about)]


def _back(adt: AdtEvent, about: About, _test: bool) -> list[FeedEvent]:
    return [events.LeaveEnded(at=_occurred(adt), about=about)]


def _discharged(adt: AdtEvent, about: About, _test: bool) -> list[FeedEvent]:
    visit = adt.visit
    at = visit.discharged_at or _occurred(adt)
    # What was registered before the discharge comes before it: afterwards it could no longer be told.
    before = _municipal(adt, about)
    if adt.patient.dead or visit.discharged_dead:
        return [*before, events.Died(at=adt.patient.died_at or at, about=about)]
    out = events.Discharged(
        at=at, about=about, discharged_to=visit.discharge_place, other_trust=visit.other_trust
    )  # fmt: skip
    return [*before, out]


def _updated(adt: AdtEvent, about: About, _test: bool) -> list[FeedEvent]:
    found: list[FeedEvent] = [events.PatientUpdated(at=_recorded(adt), about=about), *_municipal(adt, about)]
    if adt.patient.dead:
        found.append(events.Died(at=adt.patient.died_at or _occurred(adt), about=about, standing=True))
    elif adt.patient.dead is False:
        found.append(events.DeathUndone(at=_recorded(adt), about=about, standing=True))
    return found


def _cancelled(adt: AdtEvent, about: About, _test: bool) -> list[FeedEvent]:
    return [events.AdmissionCancelled(at=_recorded(adt), about=about, wrong_patient=adt.wrong_patient)]


def _discharge_undone(adt: AdtEvent, about: About, _test: bool) -> list[FeedEvent]:
    """A13 takes back whichever way out was registered: the one that was not has no effect."""
    at = _recorded(adt)
    found: list[FeedEvent] = []
    if not adt.patient.dead:
        found.append(events.DeathUndone(at=at, about=about))
    return [*found, events.DischargeUndone(at=at, about=about)]


def _merged(adt: AdtEvent, about: About, test: bool) -> list[FeedEvent]:
    return [events.PatientsMerged(at=_recorded(adt), about=about, other=numbers(adt.merged, test=test))]


_Make = Callable[[AdtEvent, About, bool], list[FeedEvent]]

_BY_TRIGGER: dict[str, _Make] = {
    "A01": _admitted,
    "A06": _admitted,
    "A02": _transferred,
    "A12": _transferred,
    "A03": _discharged,
    "A07": _discharged,
    "A08": _updated,
    "A31": _updated,
    "A11": _cancelled,
    "A13": _discharge_undone,
    "A21": _leave,
    "A22": _back,
    "A40": _merged,
}
