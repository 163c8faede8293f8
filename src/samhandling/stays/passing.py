"""Finished documents of the EPJ: tied to what the routine expects, or refused with a task (written by the EPJ)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from samhandling.exchange.models import Message
from samhandling.exchange.services import Draft, Finding, Outcome
from samhandling.exchange.services import send as send_message
from samhandling.exchange.taking import details_of
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Organisation
from samhandling.patients import services as patients
from samhandling.stays import telling
from samhandling.stays.models import Expectation, Stay
from samhandling.stays.policies import policy_of
from samhandling.stays.resolving import OPEN_STATES
from samhandling.stays.rules.allowed import may_send
from samhandling.stays.rules.expectations import OPEN, ExpectationState
from samhandling.stays.rules.values import MESSAGE_TYPES, State
from samhandling.stays.work import Work, load_state, lock_stay
from samhandling.tasks.services import close_tasks

CODES = {message_type: code for code, message_type in MESSAGE_TYPES.items()}


def has_routine(message_type: str) -> bool:
    """Whether finished documents of that type (8279) are judged by the routine, through `pass_on`."""
    return message_type in CODES


@transaction.atomic
def pass_on(document: bytes, *, organisation: Organisation, now: datetime) -> Outcome:
    """Send a logistics message that the EPJ has written, if the routine lets it (2.4): its bytes go unchanged.

    It is tied to the stay's expectation, or kept ahead of the registration that will ask for it. Findings, never an
    exception, where it may not go; the document stays with the caller, and a task tells people.
    """
    facts = read_facts(engine.read(document))
    if facts is None or facts.type not in CODES:
        return Outcome(None, (Finding("stay.not_a_logistics_message", "Dokumentet er ikke en logistikkmelding."),))
    stay = _stay(facts, organisation)
    if stay is None:
        return Outcome(None, (Finding("stay.unknown_visit", "Vi kjenner ikke noe opphold for pasienten."),))
    locked = lock_stay(stay.pk)
    work = Work(stay=locked, policy=policy_of(locked, now), now=now, source="epj", state=load_state(locked))
    if facts.status == "C":
        return _pass_cancellation(work, document, facts)
    return _pass_new(work, document, CODES[facts.type])


def _stay(facts: Facts, organisation: Organisation) -> Stay | None:
    """The patient's open stay, else the newest."""
    patient = patients.find(details_of(facts), organisation_id=organisation.pk)
    if patient is None:
        return None
    mine = Stay.objects.filter(organisation=organisation, patient=patient).exclude(state=State.VOID.value)
    return mine.filter(state__in=OPEN_STATES).order_by("admitted_at").last() or mine.order_by("admitted_at").last()


def _pass_new(work: Work, document: bytes, code: str) -> Outcome:
    waiting = (
        Expectation.objects.select_for_update(of=("self",))
        .filter(stay=work.stay, message_code=code, state__in=[s.value for s in OPEN], written_by="epj")
        .order_by("number")
        .first()
    )
    if waiting is None:
        answer = may_send(code, work.state, work.policy, now=work.now)
        if not answer.allowed:
            work.note("epj_refused", code=code, reason=answer.reason)
            work.ask("stay.epj_refused", detail=code, message=code)
            text = "Meldingen passer ikke med oppholdet og er ikke sendt."
            return Outcome(None, (Finding(f"routine.{answer.reason}", text),))
    outcome = send_message(_draft(work, document, code), now=work.now)
    if outcome.message is None:
        return outcome
    if waiting is None:
        waiting = Expectation.objects.create(
            stay=work.stay,
            number=work.stay.next_number,
            message_code=code,
            municipality_number=work.state.municipality,
            written_by="epj",
            state=ExpectationState.DUE.value,
            values={"ahead": True},
            due_since=work.now,
        )
        work.stay.next_number += 1
        work.stay.save(update_fields=["next_number"])
    telling.sent(work, waiting, outcome.message)
    close_tasks(
        unique_key=work.task_key("stay.epj_refused", code), organisation=work.organisation, how="resolved", now=work.now
    )
    return outcome


def _draft(work: Work, document: bytes, code: str, refers_to: Message | None = None) -> Draft:
    return Draft(
        organisation=work.organisation,
        message_type=MESSAGE_TYPES[code],
        patient=work.stay.patient,
        document=document,
        municipality=work.municipality,
        track=work.state.track,
        refers_to=refers_to,
        subject=work.stay.subject,
        event_at=work.now,
    )


def _pass_cancellation(work: Work, document: bytes, facts: Facts) -> Outcome:
    """A cancellation is always allowed (2.4); it takes the expectation of its message with it."""
    named = {facts.parent.strip().lower(), facts.conversation.strip().lower()} - {""}
    row = (
        Expectation.objects.select_for_update(of=("self",))
        .filter(stay=work.stay, message_code=CODES[facts.type], message__msg_id__in=named)
        .select_related("message")
        .order_by("number")
        .last()
    )
    outcome = send_message(
        _draft(work, document, CODES[facts.type], refers_to=row.message if row is not None else None), now=work.now
    )
    if outcome.message is not None and row is not None:
        row.cancellation = outcome.message
        if ExpectationState(row.state) is not ExpectationState.CANCELLED:
            telling.move(row, "cancelled")
        work.note("cancelled", message=outcome.message, code=row.message_code)
    return outcome
