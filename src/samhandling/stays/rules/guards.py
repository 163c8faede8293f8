"""When a transition applies: named yes-or-no questions about a state and an event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from samhandling.stays.rules.step import Step, named
from samhandling.stays.rules.values import State

Guard = Callable[[Step], bool]


def always(step: Step) -> bool:
    """otherwise"""
    return True


def inpatient_visit(step: Step) -> bool:
    """the visit is døgnopphold"""
    return bool(step.event.inpatient)


def same_user(step: Step) -> bool:
    """the feed repeats what is known, and no question is open"""
    state = step.state
    return state.user is step.event.value and not state.user_question


def user_again_while_asked(step: Step) -> bool:
    """user = yes again before anybody said why it was no"""
    return step.state.user_question and bool(step.event.value)


def same_no_without_answer(step: Step) -> bool:
    """user = no again, and still nobody says why"""
    return step.state.user_question and not step.event.value and step.event.by_mistake is None


def becomes_user(step: Step) -> bool:
    """user = yes"""
    return bool(step.event.value)


def told_user_unexplained(step: Step) -> bool:
    """user = no after yes, the municipality was told, nobody says why"""
    return _told_user_ends(step) and step.event.by_mistake is None


def told_user_mistake(step: Step) -> bool:
    """user = no, *Feilregistrert*, the municipality was told"""
    return _told_user_ends(step) and step.event.by_mistake is True


def told_user_no_longer(step: Step) -> bool:
    """user = no, *Ikke lenger behov*, the municipality was told"""
    return _told_user_ends(step) and step.event.by_mistake is False


def _told_user_ends(step: Step) -> bool:
    state = step.state
    told = bool(state.m1 or (state.m6 and state.m6 != "waiting"))
    return not step.event.value and told and (state.user is True or state.user_question)


def same_need(step: Step) -> bool:
    """the feed repeats what is known"""
    return step.state.need is step.event.value


def needs(step: Step) -> bool:
    """need = yes"""
    return bool(step.event.value)


def nothing_left(step: Step) -> bool:
    """need = no, and not a user either"""
    return not step.event.value and step.state.user is not True and not step.state.user_question


def same_ready(step: Step) -> bool:
    """the same ready date again, and no name that was missing"""
    state, event = step.state, step.event
    if state.state is State.READY:
        return state.ready_date == event.ready_date and not (state.m6 == "waiting" and named(event.decided_by))
    if state.state is State.IN:
        return bool(event.ready_date in (state.ready_date, state.expected_ready))
    return bool(state.expected_ready == event.ready_date) and not day_is_here(step)


def name_arrives(step: Step) -> bool:
    """the same ready date, now with the name of who decided"""
    return bool(step.state.ready_date == step.event.ready_date)


def day_is_here(step: Step) -> bool:
    """date ≤ today (or the policy sends at registration)"""
    return step.event.ready_date <= step.today or step.policy.future_ready == "send_at_registration"


def nothing_was_ready(step: Step) -> bool:
    """no ready date is known"""
    return step.state.expected_ready is None and step.state.ready_date is None


def never_ready(step: Step) -> bool:
    """registered by mistake: the patient never was ready"""
    return bool(step.event.by_mistake)


def lies_ahead(step: Step) -> bool:
    """the time lies in the future"""
    return bool(step.event.at > step.now)


def is_planned(step: Step) -> bool:
    """a discharge is planned"""
    return step.state.planned_discharge is not None


def time_has_come(step: Step) -> bool:
    """the planned time is here"""
    planned = step.state.planned_discharge
    return planned is not None and planned <= step.now


def same_discharge(step: Step) -> bool:
    """the discharge is known with that time and place"""
    state, event = step.state, step.event
    return bool(state.discharged_at == event.at and event.place in ("", state.discharged_to))


def death_known(step: Step) -> bool:
    """a death after the discharge is registered"""
    return step.state.died_at is not None


def withdrawn_only(step: Step) -> bool:
    """not by mistake"""
    return not step.event.by_mistake


def soon_enough(step: Step) -> bool:
    """within 24 h, or the message responsible has decided"""
    discharged = step.state.discharged_at
    limit = timedelta(hours=step.policy.undo_discharge_hours)
    return bool(step.event.confirmed) or discharged is None or step.event.at - discharged <= limit


def was_involved(step: Step) -> bool:
    """the stay was in S2 or S3"""
    return step.state.before in (State.ACTIVE, State.READY)


def m8_due(step: Step) -> bool:
    """M8 has not been told and the stay was in S2 or S3"""
    return step.state.m8 == "" and was_involved(step)


def expected_day(step: Step) -> bool:
    """an expected ready date is stored and the day is here"""
    expected = step.state.expected_ready
    return expected is not None and expected <= step.today


def same_identity(step: Step) -> bool:
    """the class of the identifiers is the same"""
    return bool(step.state.id_class == step.event.id_class)


def same_municipality(step: Step) -> bool:
    """the municipality and its agreement are the same, and no question is answered"""
    state, event = step.state, step.event
    answers = bool(state.told_before) and event.was_wrong is not None
    return state.municipality == event.municipality and state.agreement == event.agreement and not answers


def answers_municipality(step: Step) -> bool:
    """somebody says whether the municipality was wrong or the patient moved"""
    state, event = step.state, step.event
    return bool(state.told_before) and event.was_wrong is not None and state.municipality == event.municipality


def other_track(step: Step) -> bool:
    """somatic ↔ psychiatric"""
    return bool(step.state.track != step.event.place.track)


def same_ward(step: Step) -> bool:
    """the ward is the same"""
    state, place = step.state, step.event.place
    return (state.unit, state.track, state.phone) == (place.code, place.track, place.phone)


def on_leave(step: Step) -> bool:
    """already on leave"""
    return step.state.on_leave


def not_on_leave(step: Step) -> bool:
    """not on leave"""
    return not step.state.on_leave


def same_objection(step: Step) -> bool:
    """nothing new: the patient has said so before"""
    return bool(step.state.objects == step.event.value)


def may_be_expected(step: Step) -> bool:
    """agreement with the municipality, and an ordinary number"""
    return step.event.agreement and step.event.id_class in step.policy.identity_classes


def same_admission(step: Step) -> bool:
    """the admission is known with that time"""
    return bool(step.state.admitted_at == step.event.at)
