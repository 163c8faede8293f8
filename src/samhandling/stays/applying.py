"""What the patient system and the forms say becomes the state of a stay, in one transaction (design 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from samhandling.access.models import User
from samhandling.organisations.models import Organisation, Unit
from samhandling.patients import services as patients
from samhandling.patients.merging import merge
from samhandling.patients.models import Patient
from samhandling.patients.values import PatientDetails
from samhandling.stays import awaiting, carrying, events, resolving
from samhandling.stays.causes import CAUSES
from samhandling.stays.events import Event
from samhandling.stays.models import Stay
from samhandling.stays.policies import policy_of
from samhandling.stays.rules import ImpossibleEventError, State, StayState, repeats
from samhandling.stays.rules.values import INPATIENT
from samhandling.stays.work import Work, load_state, lock_stay, store_state
from samhandling.store import memo
from samhandling.store.prepared import prepared
from samhandling.store.services import RealStoreError
from samhandling.tasks.services import open_task


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an event."""

    outcome: Literal["applied", "repeated", "no_stay", "impossible", "refused"]
    """`repeated`: nothing new; `impossible`: it does not fit, a task is open; `refused`: nobody can be made of it."""
    stay_id: int | None = None
    patient_id: int | None = None
    rows: tuple[str, ...] = ()
    """Transitions of routines 2.3 that were taken."""


@transaction.atomic(savepoint=False)
def apply(event: Event, *, organisation: Organisation, now: datetime) -> Applied:
    """Let an event of the feed happen: patient and stay are locked, the routine decides, its actions are carried out.

    Never raises for what the feed says: what does not fit stays visible as a line in the timeline and a task.
    Messages, timers, tasks and breaches are part of the caller's transaction, or of one of its own.
    """
    if isinstance(event, events.PatientsMerged):
        return _merge(event, organisation, now)
    unit = resolving.unit_of(organisation, event.about.unit_code, now) if event.about.unit_code else None
    of_visit = resolving.of_visit(organisation, event)
    begins = resolving.may_begin(event, unit) and all(stay.state == State.VOID.value for stay in of_visit)
    who = _patient(event, organisation, now, only_known=not begins)
    patient = who.patient
    if patient is None and not who.unknown and not event.about.visit:
        return Applied("refused")
    found = resolving.stays_for(organisation, patient, event, of_visit)
    others = [s for s in found if who.unknown or (patient is not None and s.patient_id != patient.pk)]
    if others and others[0].state == State.VOID.value:
        found = others = []  # It was cancelled, perhaps because it was the wrong patient.
    if others:
        return _wrong_patient(event, organisation, patient, found[0], now)
    targets = [lock_stay(stay.pk, patient=patient) for stay in found]
    if targets and _begins_anew(event, targets[0]):
        targets = []
    if not targets:
        if patient is None and not who.unknown:
            return Applied("refused")
        return _without_stay(event, organisation, patient, unit, now)
    done = [on_stay(event, stay, patient or stay.patient, unit, now) for stay in targets]
    return done[-1]


@dataclass(frozen=True, slots=True)
class _Who:
    """Whom an event is about."""

    patient: Patient | None = None
    """None when nobody can be made of what the event says, with a task, or when it is somebody unknown."""
    unknown: bool = False
    """The event names somebody whom we do not have, and is no reason to keep anything about them."""


def _patient(event: Event, organisation: Organisation, now: datetime, *, only_known: bool) -> _Who:
    """The patient, registered or brought up to date.

    `only_known`: the event begins no stay, so that of people whom we do not have nothing is kept.
    """
    details = event.about.patient
    if isinstance(event, events.MunicipalityChanged):
        details = replace(details, municipality_number=event.municipality_number)
    if details == PatientDetails():
        return _Who()
    try:
        done = _keep(details, organisation.pk, now, only_known)
    except patients.NoIdentityError:
        _desk_task(organisation, event, "stay.unknown_patient", now)
        return _Who()
    except RealStoreError:
        _desk_task(organisation, event, "stay.synthetic_number", now)
        return _Who()
    if done is None:
        return _Who(unknown=True)
    if done.conflicts:
        _desk_task(organisation, event, "stay.number_conflict", now, patient=done.patient)
    return _Who(done.patient)


def _keep(details: PatientDetails, organisation_id: int, now: datetime, only_known: bool) -> patients.Registered | None:
    """Once a job: the events of one record say the same of the patient, whose row stays locked meanwhile."""
    known = memo.recall(_keep, organisation_id, details)
    if isinstance(known, patients.Registered):
        return known
    keep = patients.update if only_known else patients.register
    done = keep(details, organisation_id=organisation_id, now=now)
    if done is not None:
        memo.keep(done, _keep, organisation_id, details)
    return done


def _desk_task(
    organisation: Organisation, event: Event, cause: str, now: datetime, patient: Patient | None = None
) -> None:
    """Work for the message responsible about an event that found no stay."""
    what = CAUSES[cause]
    source, visit = event.about.source, event.about.visit
    about = (
        str(patient.pk) if patient is not None else patients.vault().index(f"visit:{visit}")[:32] if visit else source
    )
    key = f"{cause}:{about}"
    open_task(
        organisation=organisation, kind=what.kind, cause=cause, severity=what.severity, now=now, patient=patient,
        subject=source, unique_key=key if about else "", text=what.text,
        role="message_responsible",
    )  # fmt: skip


def _begins_anew(event: Event, stay: Stay) -> bool:
    """A visit that was cancelled and is admitted again, at another time or registered later, is a new stay (T21)."""
    if not isinstance(event, events.Admitted) or stay.state != State.VOID.value:
        return False
    recorded, voided = event.about.recorded_at, load_state(stay).voided_at
    return stay.admitted_at != event.at or (recorded is not None and voided is not None and recorded > voided)


def _wrong_patient(
    event: Event, organisation: Organisation, patient: Patient | None, stay: Stay, now: datetime
) -> Applied:
    """The visit is another patient's: nothing is applied, a person looks."""
    _desk_task(organisation, event, "stay.not_applied", now, patient=patient)
    return Applied("impossible", stay.pk, patient.pk if patient is not None else None)


def _without_stay(
    event: Event, organisation: Organisation, patient: Patient | None, unit: Unit | None, now: datetime
) -> Applied:
    """Open a stay for an admission, also for one that only a later event tells of; else there is nothing to do."""
    about = event.about
    late = not isinstance(event, events.Admitted)
    if patient is None or not resolving.may_begin(event, unit):
        patient_id = patient.pk if patient is not None else None
        if resolving.misses_admission(event, unit):
            _desk_task(organisation, event, "stay.unknown_visit", now, patient=patient)
        return Applied("no_stay", None, patient_id, () if late else ("T03",))
    admission = resolving.opened(organisation, patient, event, unit, now)
    mine = list(_stays_of(patient))
    announced = awaiting.expected([s for s in mine if s.state == State.EXPECTED.value], patient, now=now)
    stay = announced or Stay(organisation=organisation, patient=patient, admitted_at=admission.at)
    stay.visit, stay.unit, stay.previous = about.visit, unit, _last_before(mine, admission.at)
    if announced is None:
        store_state(stay, StayState(), now=now)
    work = _work(stay, now, event)
    if announced is None:
        work.clocks = {}
    rows = [carrying.step(work, admission).row]
    _welcome(work, about.unit_code, unit)
    awaiting.tie_at_admission(stay, now=now)
    if not late:
        return Applied("applied", stay.pk, patient.pk, tuple(rows))
    work.note("opened_late")
    done = on_stay(event, stay, patient, unit, now)
    return replace(done, outcome="applied", rows=(*rows, *done.rows))


@prepared
def _stays_of(patient: Patient) -> QuerySet[Stay]:
    return Stay.objects.filter(patient=patient).exclude(state=State.VOID.value).order_by("-admitted_at", "-pk")


def _last_before(stays: Sequence[Stay], at: datetime) -> Stay | None:
    return next((one for one in stays if one.admitted_at < at and one.state != State.EXPECTED.value), None)


def _welcome(work: Work, unit_code: str, unit: Unit | None) -> None:
    """What a new stay should make people look at: a readmission (T21), a ward that we do not know."""
    stay, previous = work.stay, work.stay.previous
    if previous is not None and previous.discharged_at is not None:
        soon = stay.admitted_at - previous.discharged_at < timedelta(hours=work.policy.readmission_hours)
        work.note("readmission" if soon else "earlier_stay", previous=previous.pk)
        if load_state(previous).user:
            work.note("was_user")
    if unit is None and unit_code:
        work.note("unknown_unit", unit=unit_code)
        work.ask("stay.unknown_unit")


def _work(stay: Stay, now: datetime, event: Event, user: User | None = None) -> Work:
    policy = policy_of(stay, now)
    return Work(stay=stay, policy=policy, now=now, user=user, source=event.about.source, state=load_state(stay))


def on_stay(
    event: Event, stay: Stay, patient: Patient, unit: Unit | None, now: datetime, user: User | None = None
) -> Applied:
    """Let the event happen to one locked stay."""
    work = _work(stay, now, event, user)
    rows: list[str] = []
    moves = isinstance(event, resolving.NAMES_THE_WARD) and bool(event.about.unit_code)
    if moves and stay.unit_id != (unit.pk if unit is not None else None):
        stay.unit = unit
        if unit is None:
            work.ask("stay.unknown_unit")
    organisation, fed = stay.organisation, user is None
    if fed:
        _keep_what_people_corrected(work, patient, event)
    outcome: Literal["applied", "repeated", "impossible"] = "repeated"
    acted = moves
    repeated = fed and any(repeats.is_repeat(before, event) for before in (work.state.said, work.state.refused))
    for found in (
        *resolving.facts_that_changed(organisation, patient, work.state, event, unit, now),
        *(() if repeated else resolving.itself(organisation, patient, event, unit, now)),
    ):
        before = work.state
        try:
            decision = carrying.step(work, found, keep=False)
        except ImpossibleEventError as error:
            if user is not None:
                raise
            work.note("not_applied", event=error.event, state=error.state)
            work.ask("stay.not_applied")
            outcome = "impossible"
            continue
        rows.append(decision.row)
        acted = acted or bool(decision.actions)
        if outcome == "repeated" and (decision.actions or decision.state != before):
            outcome = "applied"
    if fed:
        _remember(work, event, refused=outcome == "impossible")
    if acted or stay.facts != msgspec.to_builtins(work.state):
        store_state(stay, work.state, now=now)
    return Applied(outcome, stay.pk, stay.patient_id, tuple(rows))


def _remember(work: Work, event: Event, *, refused: bool) -> None:
    """What the feed has said is no news when it comes again; what could not be may be, once the stay goes on."""
    if refused:
        work.state = msgspec.structs.replace(work.state, refused=repeats.remember(work.state.refused, event))
    elif not repeats.is_repeat(work.state.refused, event):
        work.state = msgspec.structs.replace(work.state, said=repeats.remember(work.state.said, event))


def _keep_what_people_corrected(work: Work, patient: Patient, event: Event) -> None:
    """A municipality that a person has corrected stands until the patient system says another one (T26)."""
    number, state = event.about.patient.municipality_number, work.state
    if not number or number != state.said.municipality or not state.municipality:
        return
    if resolving.municipality_facts(work.organisation, number, work.now)[0] != state.municipality:
        patient.municipality_number = state.municipality
        patient.save(update_fields=["municipality_number"])


def _merge(event: events.PatientsMerged, organisation: Organisation, now: datetime) -> Applied:
    """A40: the other patient's numbers, stays and messages follow the one who stays."""
    gone = patients.find(PatientDetails(numbers=event.other), organisation_id=organisation.pk)
    who = _patient(event, organisation, now, only_known=gone is None)
    kept = who.patient
    if kept is None:
        return Applied("no_stay" if who.unknown else "refused")
    if gone is None or gone.pk == kept.pk or gone.merged_into_id is not None:
        return Applied("repeated", None, kept.pk)
    merge(keep=kept, gone=gone, now=now, source=event.about.source)
    kept = Patient.objects.get(pk=kept.pk)
    rows: list[str] = []
    last: int | None = None
    after = events.PatientUpdated(at=event.at, about=replace(event.about, unit_code="", visit=""))
    stays = list(Stay.objects.filter(patient=kept, state__in=[s.value for s in INPATIENT]).order_by("pk"))
    for stay in stays:
        locked = lock_stay(stay.pk)
        work = _work(locked, now, event)
        work.note("patients_merged")
        if len(stays) > 1:
            work.ask("stay.two_open")
        rows += on_stay(after, locked, kept, None, now).rows
        last = stay.pk
    return Applied("applied", last, kept.pk, tuple(rows))
