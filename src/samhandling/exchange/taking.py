"""One organisation takes in, rejects or ignores a document: its row, its receivers, its receipts, its tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F

from samhandling.exchange import linking, originals, receipting, steps
from samhandling.exchange.homes import Home
from samhandling.exchange.models import Arrival, Direction, Message, Original, Receipt, Receiver, Role
from samhandling.exchange.rules import MessageInEvent, MessageState
from samhandling.jobs.services import publish
from samhandling.messages.facts.values import Facts, Party
from samhandling.messages.receipts import JudgeSettings, Verdict, error, judge
from samhandling.organisations.models import Organisation
from samhandling.patients import services as patients
from samhandling.patients.values import Number, PatientDetails
from samhandling.registry.models import Agreement, CounterpartFault
from samhandling.registry.services import fault_of, rejects_unknown_service
from samhandling.store.services import is_test_store
from samhandling.tasks.services import open_task

if TYPE_CHECKING:
    from samhandling.messages.engine import Reading

STRONGEST = ("FNR", "DNR", "FHN", "HNR")
CLOCK_SLACK = timedelta(minutes=5)
"""A-20: how far in the future a GenDate may lie before we say so."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one organisation did with a document."""

    organisation: Organisation
    verdict: Verdict
    message: Message | None
    receipts: tuple[Receipt, ...] = ()
    flags: tuple[str, ...] = ()


def take(arrival: Arrival, reading: Reading, facts: Facts, home: Home, *, differs: bool, now: datetime) -> Taken:
    """Judge the document for one organisation and carry the judgement out, in the caller's transaction."""
    key = _patient_key(facts, home.organisation)
    root = (facts.conversation or facts.parent or facts.msg_id).strip().lower()
    linking.lock_series(home.organisation.pk, root, facts.msg_id.strip().lower(), key)
    earlier = _met(home.organisation, facts.msg_id)
    fault = fault_of(home.organisation, facts.type, now)
    verdict = judge(
        reading,
        facts,
        home.own,
        settings=_settings(home.organisation, facts),
        seen=lambda _: earlier is not None,
        test=is_test_store(),
    )
    if verdict.verdict == "duplicate":
        assert earlier is not None
        return _ignore(earlier, verdict, arrival, home, now=now)
    if verdict.verdict == "unreceipted":
        return Taken(home.organisation, verdict, None)
    verdict = _with_fault(verdict, fault)
    message = _row(arrival, facts, home, key, now=now)
    message.state = MessageState.TAKEN if verdict.verdict == "accepted" else MessageState.REJECTED_BY_US
    linking.find_references(message)
    message.flags = [*verdict.flags, *(["party_mismatch"] if differs else [])]
    message.save()
    _receivers(message, facts, home)
    if verdict.verdict == "accepted":
        _take_in(message, facts, now=now)
    else:
        steps.record(f"message.{MessageInEvent.REJECT}", at=now, message=message, arrival=arrival)
        if not message.patient_key:
            message.flags = [f for f in message.flags if f != "unknown_patient"]
    receipts = receipting.answer(message, arrival, facts, verdict, fault=fault, now=now)
    return Taken(home.organisation, verdict, message, receipts, tuple(message.flags))


def _met(organisation: Organisation, msg_id: str) -> Message | None:
    wanted = msg_id.strip().lower()
    if not wanted:
        return None
    return Message.objects.filter(organisation=organisation, direction=Direction.IN, msg_id=wanted).first()


def _ignore(earlier: Message, verdict: Verdict, arrival: Arrival, home: Home, *, now: datetime) -> Taken:
    """A-04: the same MsgId again is counted and otherwise ignored; no receipt."""
    Message.objects.filter(pk=earlier.pk).update(duplicates=F("duplicates") + 1)
    steps.record("message.repeated", at=now, message=earlier, arrival=arrival)
    return Taken(home.organisation, verdict, earlier)


def _settings(organisation: Organisation, facts: Facts) -> JudgeSettings:
    agreements = Agreement.objects.filter(name_and_h_number_accepted=True)
    sender = facts.sender.organisation_her_id
    accepted = bool(sender) and (
        agreements.filter(hospital=organisation, municipality__her_id=sender).exists()
        or agreements.filter(municipality=organisation, hospital__her_id=sender).exists()
    )
    return JudgeSettings(reject_unknown_service=rejects_unknown_service(organisation), accept_h_number=accepted)


def _with_fault(verdict: Verdict, fault: CounterpartFault | None) -> Verdict:
    """A simulated counterpart that rejects with E21 (test stores only)."""
    if fault is None or fault.mode != CounterpartFault.Mode.REJECT_E21 or verdict.verdict != "accepted":
        return verdict
    errors = (error("E21", fault.reason),)
    answers = tuple(replace(answer, status="2", errors=errors) for answer in verdict.receivers)
    return replace(verdict, verdict="rejected", receivers=answers)


def _row(arrival: Arrival, facts: Facts, home: Home, key: str, *, now: datetime) -> Message:
    sender = facts.sender
    own = [p for p in facts.receivers if home.own.owns(p)]
    main = next((p for p in own if p.role == "PRIM"), own[0])
    return Message(
        organisation=home.organisation,
        direction=Direction.IN,
        msg_id=facts.msg_id.strip().lower()[:100],
        msg_id_written=facts.msg_id.strip()[:100],
        type=facts.type[:40],
        standard=facts.standard,
        version=facts.version,
        status=facts.status[:5],
        generated_at=facts.generated_at,
        generated_written=facts.generated.raw[:40],
        ref_parent=facts.parent.strip().lower()[:100],
        ref_conversation=facts.conversation.strip().lower()[:100],
        own_her=(main.her_id or main.organisation_her_id)[:20],
        counterpart_her=sender.her_id[:20],
        counterpart_organisation=(sender.organisation_her_id or sender.organisation_number or sender.her_id)[:20],
        counterpart_name=name_of(sender),
        patient_key=key,
        event_at=next((event.at.instant for event in facts.events if event.at.instant is not None), None),
        written_by="",
        has_attachments=bool(facts.attachments),
        original=_own_copy(arrival, home.organisation, now=now),
        arrival=arrival,
        created_at=now,
    )


def name_of(party: Party) -> str:
    """Service (or person) and organisation as the document names them."""
    names = [party.part.name if party.part is not None else "", party.organisation.name]
    return ", ".join(name for name in names if name)[:300]


def _own_copy(arrival: Arrival, organisation: Organisation, *, now: datetime) -> Original:
    """The first organisation takes the bytes over; each other gets a copy of its own (design 3a)."""
    original = arrival.original
    if original.organisation_id is None:
        original.organisation = organisation
        original.save(update_fields=["organisation"])
        return original
    return originals.copy(original, organisation=organisation, now=now)


def _receivers(message: Message, facts: Facts, home: Home) -> None:
    """Our receivers, and the others whom the sender wrote to: a copy receiver sees who else knows (5.9)."""
    Receiver.objects.bulk_create(
        Receiver(
            message=message,
            her_id=party.her_id[:20],
            organisation_her=party.organisation_her_id[:20],
            name=name_of(party),
            role=Role.PRIM if party.role == "PRIM" else Role.COP,
            own=home.own.owns(party),
            party=home.parties.get(party.her_id),
        )
        for party in facts.receivers
    )


def _take_in(message: Message, facts: Facts, *, now: datetime) -> None:
    """Find the patient and the series, and tell those who wait for messages."""
    steps.record(f"message.{MessageInEvent.TAKE}", at=now, message=message, arrival=message.arrival)
    flags = _find_patient(message, facts, now=now)
    flags += linking.settle(message, now=now)
    names_something = bool(message.ref_parent or message.ref_conversation)
    if names_something and message.refers_to is None and "unlinked" not in flags:
        flags.append("unlinked")
    if message.generated_at is not None and message.generated_at > now + CLOCK_SLACK:
        flags.append("clock_skew")
    message.flags = [*message.flags, *(flag for flag in flags if flag not in message.flags)]
    message.save(update_fields=["flags", "patient", "refers_to", "first"])
    if "unknown_service" in message.flags:
        _ask_for_route(message, now=now)
    publish("message.received", {"message": message.pk}, now=now, keys=_line(message))


def _line(message: Message) -> tuple[str, ...]:
    """Messages about one patient are judged in the order they were taken in."""
    return (message.patient_key,) if message.patient_key else ()


def details_of(facts: Facts) -> PatientDetails:
    """What the header says of the patient, as the patients' room takes it."""
    patient = facts.patient
    if patient is None:
        return PatientDetails()
    return PatientDetails(
        numbers=tuple(Number(i.kind, i.id.strip()) for i in patient.identifiers if i.id.strip() and i.kind),
        family_name=patient.family_name,
        given_name=patient.given_name,
        middle_name=patient.middle_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
        municipality_number=patient.municipality_number,
    )


def _patient_key(facts: Facts, organisation: Organisation) -> str:
    """Keyed hash of the strongest number in the header; "" without one."""
    numbers = [n for n in details_of(facts).numbers if n.kind in STRONGEST]
    if not numbers:
        return ""
    best = min(numbers, key=lambda n: STRONGEST.index(n.kind))
    return patients.patient_key(organisation.pk, best.value)


def _find_patient(message: Message, facts: Facts, *, now: datetime) -> list[str]:
    """RECV-30 to 38: matched by number and name, else taken unassigned with a task; never merged by itself."""
    if facts.patient is None:
        return []
    match = patients.match(details_of(facts), organisation_id=message.organisation_id)
    flags = ["h_number"] if match.h_number else []
    if match.outcome == "matched" and match.patient_id is not None:
        message.patient = patients.current(match.patient_id)
        message.save(update_fields=["patient"])
        steps.record("message.patient_matched", at=now, message=message)
        return flags
    flags.append("unknown_patient" if match.outcome == "unknown" or not match.candidates else "manual_match")
    if match.outcome == "manual" and "manual_match" not in flags:
        flags.append("manual_match")
    if match.mismatch:
        flags.append("id_mismatch")
    text = {
        "unknown": "Mottatt melding om en pasient vi ikke kjenner.",
        "manual": "Mottatt melding der pasienten ikke kan kobles automatisk.",
    }.get(match.outcome, "Mottatt melding der pasienten er dårlig identifisert.")
    open_task(
        organisation=message.organisation, kind="match", cause=f"patient.{match.outcome}", severity="medium", now=now,
        subject=f"message:{message.pk}", unique_key=f"match:{message.pk}",
        text=f"{text} Finn riktig pasient, eller meld fra til avsenderen.", role="message_responsible",
    )  # fmt: skip
    return flags


def _ask_for_route(message: Message, *, now: datetime) -> None:
    """Right organisation, unknown service or person: a person says who should have it."""
    open_task(
        organisation=message.organisation, kind="decide", cause="message.unknown_service", severity="medium", now=now,
        patient=message.patient, subject=f"message:{message.pk}", unique_key=f"route:{message.pk}",
        text="Meldingen er sendt til en tjeneste vi ikke kjenner. Fordel den til riktig tjeneste.",
        role="message_responsible",
    )  # fmt: skip
