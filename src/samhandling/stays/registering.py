"""What people register in forms: the same rules as for the feed, but a refusal is an error that says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from samhandling.access.models import Membership, User
from samhandling.clock import oslo
from samhandling.patients import services as patients
from samhandling.patients.values import Number
from samhandling.stays import errors, events, resolving
from samhandling.stays.applying import Applied, on_stay
from samhandling.stays.events import Event
from samhandling.stays.models import Stay
from samhandling.stays.policies import policy_of
from samhandling.stays.rules import ImpossibleEventError, State, StayState
from samhandling.stays.rules.step import named
from samhandling.stays.work import load_state, lock_stay

CLOCK_SLACK = timedelta(minutes=5)
"""How far ahead of the node's clock a person's entry may lie."""


@transaction.atomic
def register(stay: Stay | int, event: Event, *, user: User, now: datetime) -> Applied:
    """Let a person's entry happen to the stay. Raises a RefusedError that names what stands in the way.

    The event needs no `about`: the stay is known. Rights are the caller's to check, save that undoing an old discharge
    takes the message responsible (T20).
    """
    locked = lock_stay(stay if isinstance(stay, int) else stay.pk)
    state = load_state(locked)
    event = replace(event, about=replace(event.about, visit=locked.visit))
    _refuse(event, state, locked, user, now)
    unit = None
    if isinstance(event, events.Transferred):
        unit = resolving.unit_of(locked.organisation, event.about.unit_code, now)
        if unit is None:
            raise errors.UnknownUnitError
    if isinstance(event, events.MunicipalityChanged):
        locked.patient.municipality_number = event.municipality_number
        locked.patient.save(update_fields=["municipality_number"])
    if isinstance(event, events.IdentityChanged):
        details = replace(event.about.patient, numbers=(*event.about.patient.numbers, *_known(locked)))
        patients.register(details, organisation_id=locked.organisation_id, now=now)
        locked.patient.refresh_from_db()
    if isinstance(event, events.DischargeUndone):
        event = replace(event, confirmed=event.confirmed and _is_responsible(user, locked))
    try:
        return on_stay(event, locked, locked.patient, unit, now, user)
    except ImpossibleEventError as error:
        raise errors.NotNowError(f"{error.event} in {error.state}") from error


def _known(stay: Stay) -> tuple[Number, ...]:
    """A number of the patient that we know already, so that the entry is about the same person."""
    rows = patients.numbers_in_use(stay.patient)
    return tuple(patients.opened(row) for row in rows if row.kind == "LOCAL")


def _is_responsible(user: User, stay: Stay) -> bool:
    return Membership.objects.filter(
        user=user, organisation_id=stay.organisation_id, role="message_responsible"
    ).exists()


def _refuse(event: Event, state: StayState, stay: Stay, user: User, now: datetime) -> None:
    """Raise for an entry that a person can correct at once."""
    if event.at > now + CLOCK_SLACK and not isinstance(event, events.Discharged):
        raise errors.InFutureError
    match event:
        case events.ReadySet():
            _refuse_ready(event, state, now)
        case events.Discharged():
            if not event.discharged_to and not event.other_trust:
                raise errors.PlaceMissingError
            if state.admitted_at is not None and event.at < state.admitted_at:
                raise errors.BeforeAdmissionError
        case events.MunicipalUserSet(value=False, by_mistake=None):
            if state.m1 in ("told", "manual") and (state.user or state.user_question):
                raise errors.UnansweredError
        case events.MunicipalityChanged(was_wrong=None):
            if "told" in (state.m1, state.m6):
                raise errors.UnansweredError
        case events.DischargeUndone():
            _refuse_undo(event, state, stay, user, now)
        case _:
            return


def _refuse_ready(event: events.ReadySet, state: StayState, now: datetime) -> None:
    if state.state is State.IN:
        raise errors.NotInvolvedError
    if state.admitted_at is not None and event.ready_date < oslo.day(state.admitted_at):
        raise errors.BeforeAdmissionError
    here = event.ready_date <= oslo.day(now)
    if here and not named(event.decided_by) and not named(state.attending) and not state.overlay:
        raise errors.NameMissingError


def _refuse_undo(event: events.DischargeUndone, state: StayState, stay: Stay, user: User, now: datetime) -> None:
    if state.discharged_at is None:
        return
    limit = timedelta(hours=policy_of(stay, now).undo_discharge_hours)
    if event.at - state.discharged_at > limit and not (event.confirmed and _is_responsible(user, stay)):
        raise errors.ResponsibleDecidesError
