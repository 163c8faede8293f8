"""Requests, answers, deviations and the municipality's answer to *utskrivningsklar*: judged, sent, told (M9 to M13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageState
from samhandling.exchange.services import Draft, Finding, Outcome, Trial, try_out
from samhandling.exchange.services import send as send_message
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import municipality
from samhandling.pages.texts import N_
from samhandling.patients.models import Patient
from samhandling.registry.services import party
from samhandling.stays import after_discharge, carrying, clocks
from samhandling.stays.causes import CAUSES
from samhandling.stays.events import RequestAnswered, RequestSent
from samhandling.stays.informing import REFUSED
from samhandling.stays.models import Course, CourseEvent, CourseMessageRow, Stay
from samhandling.stays.policies import policy_of
from samhandling.stays.policy import Policy
from samhandling.stays.rules.allowed import may_send, may_talk
from samhandling.stays.rules.courses import CourseState
from samhandling.stays.rules.values import State
from samhandling.stays.sharing import reader_of
from samhandling.stays.work import Work, load_state, lock_stay
from samhandling.tasks.services import close_tasks, open_task

CODES: Mapping[str, str] = {
    "DIALOG_FORESPORSEL": "M9",
    "DIALOG_SVAR": "M10",
    "DIALOG_AVVIK": "M11",
    "DIALOG_NOTAT": "M13",
}
REASONS: Mapping[str, str] = {
    **REFUSED,
    "not_ready": N_("Pasienten er ikke lenger meldt utskrivningsklar."),
    "no_request": N_("Det er ingen ubesvart forespørsel å svare på."),
    "nothing_to_ask": N_("Vi har ikke fått noen melding om pasienten fra sykehuset som vi kan svare på."),
    "gone": N_("Meldingen kan ikke besvares lenger."),
    "address": N_("Dialogmeldinger kan bare gå mellom tjenestene og mottakene som er avtalt. Ring."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A dialogue message to be sent: what, about which message, in which stay or course."""

    organisation: Organisation
    message_type: str
    patient: Patient | None
    about: Message | None = None
    """The message that is answered, asked about or faulty."""
    stay: Stay | None = None
    course: Course | None = None


def ready_message(course: Course) -> Message | None:
    """The message *utskrivningsklar* that stands in the course."""
    row = (
        CourseMessageRow.objects.filter(course=course, kind="LOG_UTSKRIVNINGSKLAR", cancelled=False)
        .exclude(status="C")
        .select_related("message")
        .order_by("event_at", "generated_at")
        .last()
    )
    return row.message if row is not None and course.state == CourseState.READY else None


def asks_reason(talk: Talk, *, now: datetime) -> bool:
    """Whether it may go only with a reason, because the patient has left (2.4: an answer on the day of discharge)."""
    if talk.stay is None or talk.message_type not in CODES:
        return False
    answer = may_send(CODES[talk.message_type], load_state(talk.stay), policy_of(talk.stay, now), now=now)
    return after_discharge.asks(answer)


def refusal(talk: Talk, *, now: datetime) -> str:
    """Stable code of why it may not be sent now (2.4); empty when it may."""
    about = talk.about
    if talk.message_type == "DIALOG_NOTAT":
        return "" if about is not None and talk.course is not None and ready_message(talk.course) else "not_ready"
    if about is not None and (about.state == MessageState.REMOVED or about.direction != Direction.IN):
        return "gone"
    if talk.stay is not None:
        policy = policy_of(talk.stay, now)
        answer = may_send(CODES[talk.message_type], load_state(talk.stay), policy, now=now)
        if not answer.allowed:
            return answer.reason
        if about is None or talk.message_type == "DIALOG_AVVIK":
            return ""
        return "" if _is_agreed_pair(about, policy) else "address"
    if about is None and (talk.course is None or _last_of(talk.course) is None):
        return "nothing_to_ask"
    return ""


def _is_agreed_pair(about: Message, policy: Policy) -> bool:
    """S-26: what came from a service that has no dialogue with us is not answered by one."""
    theirs, own = party(about.counterpart_her), party(about.own_her)
    return may_talk(
        policy,
        service=theirs.function if theirs is not None else "",
        reception=own.function if own is not None else "",
    )


def _last_of(course: Course) -> Message | None:
    row = CourseMessageRow.objects.filter(course=course).select_related("message").order_by("event_at").last()
    return row.message if row is not None else None


def _draft(talk: Talk, values: Mapping[str, Any], now: datetime) -> Draft:
    """Back to whoever wrote; a question of a ward to the municipality's nurses, of a municipality to the hospital."""
    common: dict[str, Any] = {
        "organisation": talk.organisation,
        "message_type": talk.message_type,
        "patient": talk.patient,
        "values": values,
        "event_at": now,
        "kind": "place" if values.get("ready_reply") else "",
    }
    if talk.stay is not None:
        state = load_state(talk.stay)
        town = municipality(state.municipality, oslo.day(now)) if state.municipality else None
        return Draft(**common, refers_to=talk.about, municipality=town, track=state.track, subject=talk.stay.subject)
    subject = talk.course.subject if talk.course is not None else ""
    if talk.about is not None or talk.course is None:
        return Draft(**common, refers_to=talk.about, subject=subject)
    last = _last_of(talk.course)
    return Draft(
        **common,
        sender_her=last.own_her if last is not None else "",
        receiver_her=last.counterpart_her if last is not None else "",
        subject=subject,
    )


def try_talk(talk: Talk, values: Mapping[str, Any], *, now: datetime) -> Trial:
    """What sending would give: the document, or the errors at its fields; stores nothing."""
    return try_out(_draft(talk, values, now), now=now)


@transaction.atomic
def send_talk(talk: Talk, values: Mapping[str, Any], *, user: User, now: datetime, reason: str = "") -> Outcome:
    """Send a dialogue message: the routine judges it, the stay or course hears of it, answered work ends.

    `reason`: of `after_discharge.REASONS`, why it goes although the patient has left (2.4).
    Findings, never an exception, where it may not go.
    """
    if talk.stay is not None:
        lock_stay(talk.stay.pk)
        talk.stay.refresh_from_db()
    if talk.course is not None:
        Course.objects.select_for_update().get(pk=talk.course.pk)
        talk.course.refresh_from_db()
    refused = refusal(talk, now=now)
    if refused:
        return Outcome(None, (Finding(f"routine.{refused}", REASONS.get(refused, REASONS["state"])),))
    asked = asks_reason(talk, now=now)
    if asked and reason not in after_discharge.REASONS:
        return Outcome(None, (Finding("routine.reason_needed", after_discharge.MISSING),))
    outcome = send_message(_draft(talk, values, now), now=now)
    if outcome.message is None:
        return outcome
    if talk.about is not None and talk.message_type == "DIALOG_SVAR":
        close_tasks(unique_key=request_key(talk.about), organisation=talk.organisation, how="done", now=now, user=user)
    if talk.stay is not None:
        work = Work(stay=talk.stay, policy=policy_of(talk.stay, now), now=now, user=user, state=load_state(talk.stay))
        after_discharge.keep(outcome.message, reason if asked else "", now=now)
        work.note("dialog_sent", message=outcome.message, reason=reason if asked else "")
        tell_stay(work, talk, outcome.message)
    if talk.course is not None:
        _tell_course(talk.course, outcome.message, values, user, now)
    return outcome


def tell_stay(work: Work, talk: Talk, message: Message) -> None:
    """What was asked is open until it is answered (F6); an answer after the discharge is a breach in itself (2.4)."""
    if talk.message_type == "DIALOG_FORESPORSEL":
        carrying.step(work, RequestSent(at=work.now, reference=str(message.pk)))
    elif talk.message_type == "DIALOG_SVAR" and talk.about is not None:
        carrying.step(work, RequestAnswered(at=work.now, reference=str(talk.about.pk)))
        if work.state.state is State.OUT:
            clocks.breach(work, "A-07")
            work.ask("stay.call.after_discharge", due_at=work.now)


def answered(about: Message, *, user: User, now: datetime) -> None:
    """A message was answered by one of another type (dialog-messages 5): the work with it ends, and its clock."""
    close_tasks(
        unique_key=[request_key(about), read_key(about)],
        organisation=about.organisation,
        how="done",
        now=now,
        user=user,
    )
    kind, _, number = about.subject.partition(":")
    if kind != "stay" or about.type != "DIALOG_FORESPORSEL":
        return
    stay = lock_stay(int(number))
    work = Work(stay=stay, policy=policy_of(stay, now), now=now, user=user, state=load_state(stay))
    carrying.step(work, RequestAnswered(at=now, reference=str(about.pk)))


def request_key(message: Message) -> str:
    """Unique key of the task to answer a request."""
    return f"message:{message.pk}:request"


def read_key(message: Message) -> str:
    """Unique key of the task to read a message."""
    return f"message:{message.pk}:read"


def place_key(course: Course) -> str:
    """Unique key of the task to tell the hospital as soon as there is a place."""
    return f"{course.subject}:place"


def _tell_course(course: Course, message: Message, values: Mapping[str, Any], user: User, now: datetime) -> None:
    """The course's history; *kan ikke* leaves standing work until a further answer (§ 11)."""
    reply = str(values.get("ready_reply") or "")
    data = {"type": message.type, "reply": reply, "from_day": str(values.get("from_day") or "")}
    CourseEvent.objects.create(
        course=course, at=now, recorded_at=now, kind="replied" if reply else "dialog_sent", message=message,
        data={name: value for name, value in data.items() if value},
    )  # fmt: skip
    if not reply:
        return
    if reply == "cannot":
        what = CAUSES["course.place"]
        open_task(
            organisation=course.organisation, kind=what.kind, cause="course.place", severity=what.severity, now=now,
            patient=course.patient, subject=course.subject, unique_key=place_key(course), text=what.text,
            unit=reader_of(ready, course) if (ready := ready_message(course)) is not None else None,
            phone=course.ward_phone,
        )  # fmt: skip
    else:
        close_tasks(unique_key=place_key(course), organisation=course.organisation, how="done", now=now, user=user)
