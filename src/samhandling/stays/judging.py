"""Received messages judged by the routine (2.4, 2.6): what is a breach, whose work it is, what the stay learns."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from samhandling.clock import oslo
from samhandling.exchange.models import Message
from samhandling.exchange.rules import MessageState
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Organisation, Unit
from samhandling.registry.services import party
from samhandling.stays import carrying, relation
from samhandling.stays.causes import BREACH_SEVERITY, CAUSES
from samhandling.stays.coursing import read
from samhandling.stays.events import Event, PlaceAnswered, RequestAnswered, RequestReceived
from samhandling.stays.models import BreachOfRoutine, Stay
from samhandling.stays.policies import policy_for, policy_of
from samhandling.stays.rules.receiving import Incoming, Judged, judge
from samhandling.stays.rules.values import StayState
from samhandling.stays.work import Work, load_state
from samhandling.tasks.models import Task
from samhandling.tasks.services import hurry, open_task

CODES = {
    "DIALOG_FORESPORSEL": "M9",
    "DIALOG_SVAR": "M10",
    "DIALOG_AVVIK": "M11",
    "DIALOG_NOTAT": "M13",
    "DIALOG_HELSEFAGLIG": "M13",
    "INNLEGGELSESRAPPORT": "M2",
}
"""Message type -> message of routines 2.2, as a hospital receives it from a municipality."""
TECHNICAL = "teknisk feil"
OUTSIDE_CAUSES = ("stay.message_outside", "stay.call.help_number", "stay.message_after_death")
"""What a message that does not count asks people for."""


def asks(message: Message) -> bool:
    """Whether anybody has work with it: not with a withdrawal, nor with what is withdrawn or not ours (RECV-54)."""
    gone = (MessageState.CANCELLED, MessageState.LOCKED, MessageState.REMOVED)
    return message.status != "C" and message.state not in gone


def task_keys(message: Message, stay: Stay | None) -> list[str]:
    """Unique keys of the work that a message outside the routine may have given."""
    keys = [_outside_key(message)]
    if stay is not None:
        keys += [f"{stay.subject}:{cause}:{message.pk}" for cause in OUTSIDE_CAUSES]
    return keys


def _outside_key(message: Message) -> str:
    return f"message:{message.pk}:outside"


def judged(message: Message, work: Work) -> Judged | None:
    """What the routine says of a message about a stay; None for types that it does not know."""
    code = CODES.get(message.type)
    if code is None:
        return None
    found = judge(_incoming(message, code, work.now), work.state, work.policy)
    if found.breach:
        record(message, found.breach, now=work.now, stay=work.stay, unit=work.stay.unit)
    if found.cause in OUTSIDE_CAUSES and asks(message):
        task = work.ask(found.cause, detail=str(message.pk), anomaly=found.breach)
        read_soon(task, now=work.now)
    return found


UNREAD = timedelta(hours=1)
"""A-07: how long a message outside the stay may lie before it hurries."""


def read_soon(task: Task, *, now: datetime) -> None:
    """Come back in an hour: a message that nobody has taken by then hurries (A-07)."""
    enqueue("stays.unread", {"task": task.pk}, now=now, run_at=now + UNREAD, unique=f"stays.unread:{task.pk}")


def unread(running: Running) -> None:
    """`stays.unread`: the hour is over."""
    with transaction.atomic():
        hurry(running.payload["task"], now=running.now)
        running.finish()


def is_outside(message: Message, stay: Stay | None, *, now: datetime) -> bool:
    """Whether the routine finds the message to be outside the stay (A-07); decides only, changes nothing."""
    code = CODES.get(message.type)
    if code is None or code == "M2":
        return False
    if stay is None:
        state, policy = _nobody(message), policy_for(message.organisation_id, oslo.day(now))
    else:
        state, policy = load_state(stay), policy_of(stay, now)
    return judge(_incoming(message, code, now), state, policy).breach == "A-07"


def message_of(task: Task) -> int:
    """Row id of the message that the work with an A-07 is about; 0 for other work."""
    kind, _, number = task.subject.partition(":")
    told = number if kind == "message" else task.unique_key.rpartition(":")[2]
    return int(told) if task.cause in OUTSIDE_CAUSES and told.isdecimal() else 0


def tell_stay(message: Message, work: Work) -> None:
    """What a message that counts says to the stay's clocks (F4, F6)."""
    event = _event(message)
    if event is not None:
        carrying.step(work, event)


def without_stay(message: Message, *, now: datetime) -> None:
    """A message about a patient of ours who has no stay: taken in, a breach, and somebody reads it (scenario 7)."""
    code = CODES.get(message.type)
    if code is None or code == "M2" or message.patient is None:
        return
    found = judge(_incoming(message, code, now), _nobody(message), policy_for(message.organisation_id, oslo.day(now)))
    if not found.breach:
        return
    record(message, found.breach, now=now)
    if not asks(message):
        return
    cause = found.cause if found.cause != "stay.deviation" else "stay.message_outside"
    what = CAUSES[cause]
    task = open_task(
        organisation=message.organisation, kind=what.kind, cause=cause, severity=what.severity, now=now,
        patient=message.patient, subject=f"message:{message.pk}", unique_key=_outside_key(message),
        text=" ".join(what.text.format(nummer="", kommune="kommunen").replace(" .", ".").split()),
        role="message_responsible", anomaly=found.breach,
    )  # fmt: skip
    read_soon(task, now=now)


FOUND = {"unknown_patient": "A-06", relation.FLAG: "A-06", "id_mismatch": "A-18", "clock_skew": "A-20"}
"""Flag of a message in -> the breach that it is."""


def record_flags(message: Message, *, settled: bool, now: datetime) -> None:
    """The breaches that the exchange has found by itself; one that a person has `settled` meanwhile is none (A-06)."""
    flags = set(message.flags)
    if message.organisation.kind != Organisation.Kind.HOSPITAL or message.type == "INNLEGGELSESRAPPORT":
        flags.discard("unknown_patient")  # One who is on the way, or of whom the municipality is told first.
    codes = {code for flag, code in FOUND.items() if flag in flags}
    if message.state == MessageState.LOCKED:
        codes.add("A-06")
    elif settled and "A-06" not in codes:
        BreachOfRoutine.objects.filter(
            organisation_id=message.organisation_id, unique_key=f"message:{message.pk}:A-06"
        ).delete()
    for code in sorted(codes):
        record(message, code, now=now)


def without_relation(message: Message, *, now: datetime) -> None:
    """A-06: nobody here has had to do with the patient for long: *til avklaring*, and no ward reads it meanwhile."""
    if relation.FLAG not in message.flags:
        message.flags = [*message.flags, relation.FLAG]
        message.save(update_fields=["flags"])
    record(message, "A-06", now=now)
    if asks(message):
        what = CAUSES["patient.no_relation"]
        open_task(
            organisation=message.organisation, kind=what.kind, cause="patient.no_relation", severity=what.severity,
            now=now, patient=message.patient, subject=f"message:{message.pk}", unique_key=f"match:{message.pk}",
            text=what.text, role="message_responsible", anomaly=what.anomaly,
        )  # fmt: skip


def _nobody(message: Message) -> StayState:
    return StayState(ordinary=True)


def record(message: Message, code: str, *, now: datetime, stay: Stay | None = None, unit: Unit | None = None) -> None:
    """The breach of routine that a message is, once per message and code."""
    whose = {"stay": stay, "patient": message.patient, "unit": unit}
    row, made = BreachOfRoutine.objects.get_or_create(
        organisation=message.organisation,
        unique_key=f"message:{message.pk}:{code}",
        defaults={
            "code": code,
            "severity": BREACH_SEVERITY[code],
            "at": now,
            "message": message,
            **whose,
        },
    )
    if not made and row.patient_id is None:
        BreachOfRoutine.objects.filter(pk=row.pk).update(**whose)


def unmatched(message: Message) -> None:
    """A person has said that the message is about another patient: its breaches are none of this stay's."""
    BreachOfRoutine.objects.filter(message=message).update(stay=None, patient=None, unit=None)


def _incoming(message: Message, code: str, now: datetime) -> Incoming:
    refers = message.refers_to is not None or bool(message.ref_parent)
    if code == "M13":
        refers = message.refers_to is not None and message.refers_to.type == "LOG_UTSKRIVNINGSKLAR"
    sender, own = party(message.counterpart_her), party(message.own_her)
    return Incoming(
        message=code if message.status != "C" else "C",
        at=min(message.generated_at or now, now),
        now=now,
        refers=refers,
        reason=reason_of(read(message)) if code == "M11" else "",
        service=sender.function if sender is not None else "",
        reception=own.function if own is not None else "",
        help_number="h_number" in message.flags,
    )


def reason_of(facts: Facts | None) -> str:
    """The policy's word for the reason of an avviksmelding (C-07): its theme of list 8117, and how its text begins."""
    note = facts.notes[0] if facts is not None and facts.notes else None
    if note is None:
        return "other"
    if note.theme.value == "1":
        return "wrong_addressee"
    if note.theme.value == "9" and note.text.strip().lower().startswith(TECHNICAL):
        return "technical"
    return "missing_information" if note.theme.value == "2" else "other"


def _event(message: Message) -> Event | None:
    at = message.created_at
    match CODES.get(message.type):
        case "M9":
            return RequestReceived(at=at, reference=str(message.pk))
        case "M10" if message.refers_to_id is not None:
            return RequestAnswered(at=at, reference=str(message.refers_to_id))
        case "M13":
            return PlaceAnswered(at=at)
        case _:
            return None
