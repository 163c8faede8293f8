"""Helseopplysninger that people write here: judged by the routine, sent, and told to the stay (T06 to T08)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.db import transaction

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.exchange.models import Message
from samhandling.exchange.services import Draft, Finding, Outcome, Trial, try_out
from samhandling.exchange.services import send as send_message
from samhandling.organisations.services import municipality
from samhandling.pages.texts import N_
from samhandling.stays import after_discharge, carrying
from samhandling.stays.events import Event, InformationSent, InformationWithdrawn, NeedAssessed
from samhandling.stays.models import Stay
from samhandling.stays.objecting import OBJECTION
from samhandling.stays.policies import policy_of
from samhandling.stays.rules.allowed import Answer, may_send
from samhandling.stays.rules.values import State
from samhandling.stays.versions import standing_version, status_of
from samhandling.stays.work import Work, load_state, lock_stay

Kind = Literal["early", "change", "final"]
MESSAGE_TYPE = "HELSEOPPL_SOKNAD"
CODES: Mapping[Kind, str] = {"early": "M3", "change": "M4", "final": "M5"}
REFUSED = {
    "state": N_("Meldingen passer ikke med hvor pasienten er nå."),
    "overlay_h": N_("Pasienten har ikke fødselsnummer. PLO-meldinger skal ikke brukes."),
    "objection": OBJECTION,
    "discharged": N_("Pasienten er skrevet ut. Ring kommunen."),
    "overlay_n": N_("Vi har ikke avtale om elektroniske meldinger med kommunen."),
    "no_series": N_("Det er ingen helseopplysning å endre eller trekke tilbake."),
    "series": N_("Tidligmelding er sendt. Skriv en endringsmelding."),
}
"""Why the routine says no, in words."""


def stay_of(message: Message) -> int | None:
    """Row id of the stay that a message of ours belongs to."""
    kind, _, number = message.subject.partition(":")
    return int(number) if kind == "stay" and number.isdecimal() else None


def last_version(stay: Stay) -> Message | None:
    """The Helseopplysning that stands now at the patient's municipality: not rejected, not withdrawn.

    One that went to an earlier municipality is no version of what the new one gets (T26).
    """
    found = standing_version(stay.organisation, stay.subject, MESSAGE_TYPE)
    if found is None or not stay.municipality_number:
        return found
    town = municipality(stay.municipality_number, oslo.day(found.created_at))
    return found if town is None or town.her_id == found.counterpart_organisation else None


def allowed(stay: Stay, kind: Kind, *, now: datetime, withdraw: bool = False) -> Answer:
    """Whether the routine lets that Helseopplysning, or the withdrawal of all of them, go now (2.4)."""
    state, last, policy = load_state(stay), last_version(stay), policy_of(stay, now)
    if withdraw:
        return may_send("C", state, policy) if last is not None else Answer("no", "no_series")
    answer = may_send(CODES[kind], state, policy, now=now)
    if not answer.allowed:
        return answer
    if kind == "early" and last is not None:
        return Answer("no", "series")
    if kind == "change" and last is None:
        return Answer("no", "no_series")
    return answer


def _draft(stay: Stay, kind: Kind, values: Mapping[str, Any], answers: Message | None, now: datetime) -> Draft:
    """The draft: N where nothing stands, else M or C of the last version; a first one may answer a request."""
    work = _work(stay, now)
    state, last = work.state, last_version(stay)
    return Draft(
        organisation=stay.organisation,
        message_type=MESSAGE_TYPE,
        patient=stay.patient,
        values={**values, "status": status_of(values, last)},
        municipality=work.municipality,
        track=state.track,
        refers_to=last or answers,
        subject=stay.subject,
        event_at=now,
        kind=kind,
        due_at=state.early_due if kind == "early" else None,
    )


def _work(stay: Stay, now: datetime, user: User | None = None) -> Work:
    policy = policy_of(stay, now)
    return Work(stay=stay, policy=policy, now=now, user=user, state=load_state(stay))


def try_information(
    stay: Stay, *, kind: Kind, values: Mapping[str, Any], now: datetime, answers: Message | None = None
) -> Trial:
    """What sending would give: the document, or the errors at its fields; stores nothing."""
    return try_out(_draft(stay, kind, values, answers, now), now=now)


@transaction.atomic
def send_information(
    stay_id: int,
    *,
    kind: Kind,
    values: Mapping[str, Any],
    basis: int | None,
    user: User,
    now: datetime,
    answers: Message | None = None,
    reason: str = "",
) -> Outcome:
    """Send a Helseopplysning of the stay: the routine judges it, F1 and F9 hear of it (T06 to T08, F1, A-21).

    `values`: data of the message type; `status` "C" withdraws the series. `basis`: row id of the version that it was
    written on top of; another one now stands when somebody was faster. `answers`: the request that it answers.
    `reason`: of `after_discharge.REASONS`, why it goes although the patient has left (2.4).
    Findings, never an exception, where it may not go.
    """
    stay = lock_stay(stay_id)
    withdraw = values.get("status") == "C"
    answer = allowed(stay, kind, now=now, withdraw=withdraw)
    if not answer.allowed:
        return Outcome(None, (Finding(f"routine.{answer.reason}", REFUSED.get(answer.reason, REFUSED["state"])),))
    if after_discharge.asks(answer) and reason not in after_discharge.REASONS:
        return Outcome(None, (Finding("routine.reason_needed", after_discharge.MISSING),))
    last = last_version(stay)
    if (last.pk if last is not None else None) != basis:
        return Outcome(None, (Finding("routine.overtaken", "En annen har sendt en nyere versjon. Se over på nytt."),))
    outcome = send_message(_draft(stay, kind, values, answers, now), now=now)
    if outcome.message is None:
        return outcome
    work = _work(stay, now, user)
    if work.state.state is State.IN and not withdraw:
        # Who writes an early notice has found that there is a need after discharge (T05).
        carrying.step(work, NeedAssessed(at=now, value=True))
    event: Event = InformationWithdrawn(at=now) if withdraw else InformationSent(at=now, kind=kind)
    carrying.step(work, event)
    why = reason if after_discharge.asks(answer) else ""
    after_discharge.keep(outcome.message, why, now=now)
    work.note("cancelled" if withdraw else "sent", message=outcome.message, code=CODES[kind], reason=why)
    return outcome
