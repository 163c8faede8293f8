"""One organisation takes in, rejects or ignores a document: its row, its receivers, its receipts, its tasks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet

from samhandling.exchange import kinds, linking, originals, receipting, steps
from samhandling.exchange.desks import desk_of
from samhandling.exchange.homes import Home
from samhandling.exchange.models import Arrival, Direction, Message, Original, Receipt, Receiver, Role
from samhandling.exchange.rules import MessageInEvent, MessageState
from samhandling.jobs.services import publish
from samhandling.messages.facts.values import Facts, Party
from samhandling.messages.receipts import RECORD_FAMILIES, JudgeSettings, Verdict, error, judge
from samhandling.organisations.models import Organisation
from samhandling.patients import services as patients
from samhandling.patients.values import Number, PatientDetails
from samhandling.registry.models import Agreement, CounterpartFault
from samhandling.registry.services import attachment_formats, fault_of, rejects_unknown_service
from samhandling.store.prepared import first, insert_all, prepared, update
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
    test = is_test_store()
    fault = fault_of(home.organisation, facts.type, now) if test else None
    verdict = judge(
        reading,
        facts,
        home.own,
        settings=_settings(home, facts),
        seen=lambda _: earlier is not None,
        test=test,
    )
    if verdict.verdict == "duplicate":
        assert earlier is not None
        return _ignore(earlier, verdict, arrival, home, now=now)
    if verdict.verdict == "unreceipted":
        return Taken(home.organisation, verdict, None)
    verdict = _with_fault(verdict, fault)
    accepted = verdict.verdict == "accepted"
    message = _row(arrival, facts, home, key, now=now)
    message.state = MessageState.TAKEN if accepted else MessageState.REJECTED_BY_US
    linking.find_references(message)
    matched = _match(facts, home.organisation) if accepted else Matched("")
    message.patient_id = matched.patient_id
    skew = ["clock_skew"] if _late_event(facts) else []
    message.flags = _joined(verdict.flags, ["party_mismatch"] if differs else [], matched.flags, skew)
    steps.stored(message)
    _receivers(message, facts, home)
    if accepted:
        _take_in(message, matched, now=now)
    else:
        steps.record(f"message.{MessageInEvent.REJECT}", at=now, message=message, arrival=arrival)
    receipts = receipting.answer(message, arrival, facts, verdict, fault=fault, now=now)
    return Taken(home.organisation, verdict, message, receipts, tuple(message.flags))


def _met(organisation: Organisation, msg_id: str) -> int | None:
    """Row id of the message in with that MsgId, taken or rejected."""
    wanted = msg_id.strip().lower()
    if not wanted:
        return None
    return first(_received(organisation, wanted))


@prepared
def _received(organisation: Organisation, msg_id: str) -> QuerySet[Message, int]:
    known = Message.objects.filter(organisation=organisation, direction=Direction.IN, msg_id=msg_id)
    return known.values_list("pk", flat=True)


def _ignore(earlier: int, verdict: Verdict, arrival: Arrival, home: Home, *, now: datetime) -> Taken:
    """A-04: the same MsgId again is counted and otherwise ignored; no receipt."""
    Message.objects.filter(pk=earlier).update(duplicates=F("duplicates") + 1)
    steps.record("message.repeated", at=now, message=earlier, arrival=arrival)
    return Taken(home.organisation, verdict, None)


def _settings(home: Home, facts: Facts) -> JudgeSettings:
    """The organisation's choices, looked up only where the document makes them matter."""
    unknown = any(home.own.owns(p) and p.her_id not in home.parties for p in facts.receivers)
    return JudgeSettings(
        reject_unknown_service=unknown and rejects_unknown_service(home.organisation),
        accept_h_number=_accepts_h_number(home.organisation, facts),
        reject_unknown_patient=_knows_nobody(home.organisation, facts),
        attachment_formats=attachment_formats(home.organisation) if facts.attachments else frozenset(),
    )


def _accepts_h_number(organisation: Organisation, facts: Facts) -> bool:
    sender = facts.sender.organisation_her_id
    if not sender or not any(number.kind == "HNR" for number in details_of(facts).numbers):
        return False
    pair = Q(hospital=organisation, municipality__her_id=sender) | Q(municipality=organisation, hospital__her_id=sender)
    return Agreement.objects.filter(pair, name_and_h_number_accepted=True).exists()


def _knows_nobody(organisation: Organisation, facts: Facts) -> bool:
    """E35: whether an epikrise or svarrapport is about someone without a record here; not asked of other families."""
    if facts.standard not in RECORD_FAMILIES or facts.patient is None:
        return False
    return _match(facts, organisation).outcome == "unknown"


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
        kind=kinds.of_received(facts),
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
        update(original, "organisation")
        return original
    return originals.copy(original, organisation=organisation, now=now)


def _receivers(message: Message, facts: Facts, home: Home) -> None:
    """Our receivers, and the others whom the sender wrote to: a copy receiver sees who else knows (5.9)."""
    insert_all(
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


def _joined(*lists: Iterable[str]) -> list[str]:
    """Flags in order, each once."""
    return list(dict.fromkeys(flag for flags in lists for flag in flags))


def _take_in(message: Message, matched: Matched, *, now: datetime) -> None:
    """Tie the message to its patient and series, and tell those who wait for messages."""
    steps.record(f"message.{MessageInEvent.TAKE}", at=now, message=message, arrival=message.arrival_id)
    _tell_match(message, matched, now=now)
    flags = linking.settle(message, now=now)
    names_something = bool(message.ref_parent or message.ref_conversation)
    if names_something and message.refers_to is None and "unlinked" not in flags:
        flags.append("unlinked")
    if message.generated_at is not None and message.generated_at > now + CLOCK_SLACK:
        flags.append("clock_skew")
    if flags:
        message.flags = _joined(message.flags, flags)
        update(message, "flags")
    if "unknown_service" in message.flags:
        _ask_for_route(message, now=now)
    publish("message.received", {"message": message.pk}, now=now, keys=linking.line(message))


def _late_event(facts: Facts) -> bool:
    """A-20: something that has happened lies after the time at which the message was made."""
    made = facts.generated_at
    happened = [event.at.instant for event in facts.events if event.reading == "final"]
    return made is not None and any(at is not None and at > made + CLOCK_SLACK for at in happened)


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


@dataclass(frozen=True, slots=True)
class Matched:
    """Whose message it is, as far as numbers and names tell."""

    outcome: str
    """`matched manual unknown insufficient`, or empty for a document without a patient."""
    patient_id: int | None = None
    flags: tuple[str, ...] = ()


def _match(facts: Facts, organisation: Organisation) -> Matched:
    """RECV-30 to 38: matched by number and name, else taken unassigned; never merged by itself."""
    if facts.patient is None:
        return Matched("")
    match = patients.match(details_of(facts), organisation_id=organisation.pk)
    flags = ["h_number"] if match.h_number else []
    if match.outcome == "matched" and match.patient_id is not None:
        # A number always points to the row that stands after merges.
        return Matched("matched", match.patient_id, tuple(flags))
    flags.append("unknown_patient" if match.outcome == "unknown" or not match.candidates else "manual_match")
    if match.outcome == "manual" and "manual_match" not in flags:
        flags.append("manual_match")
    if match.mismatch:
        flags.append("id_mismatch")
    return Matched(match.outcome, None, tuple(flags))


def _anomaly(message: Message, matched: Matched) -> str:
    """A-18 when the patient is not the same at both ends, A-06 when a hospital does not know the patient at all.

    A hospital gets admission reports before the patient has ever been there (S-30), and a municipality is told of
    people whom it does not know yet: neither is a wrong addressee.
    """
    if matched.outcome == "manual":
        return "A-18"
    hospital = message.organisation.kind == Organisation.Kind.HOSPITAL
    return "A-06" if hospital and matched.outcome == "unknown" and message.type != "INNLEGGELSESRAPPORT" else ""


def _tell_match(message: Message, matched: Matched, *, now: datetime) -> None:
    """Ask a person where numbers and names do not tell."""
    if matched.patient_id is not None or not matched.outcome:
        return
    text = {
        "unknown": "Mottatt melding om en pasient vi ikke kjenner.",
        "manual": "Mottatt melding der pasienten ikke kan kobles automatisk.",
    }.get(matched.outcome, "Mottatt melding der pasienten er dårlig identifisert.")
    desk = desk_of(message.organisation, message.type, now)
    open_task(
        organisation=message.organisation, kind="match", cause=f"patient.{matched.outcome}",
        severity="high" if _anomaly(message, matched) else "medium", anomaly=_anomaly(message, matched),
        now=now, subject=f"message:{message.pk}", unique_key=f"match:{message.pk}",
        text=f"{text} Finn riktig pasient, eller meld fra til avsenderen.{desk.told}",
        unit=desk.unit, role=desk.role,
    )  # fmt: skip


def _ask_for_route(message: Message, *, now: datetime) -> None:
    """Right organisation, unknown service or person: a person says who should have it."""
    desk = desk_of(message.organisation, message.type, now)
    open_task(
        organisation=message.organisation, kind="decide", cause="message.unknown_service", severity="medium", now=now,
        patient=message.patient, subject=f"message:{message.pk}", unique_key=f"route:{message.pk}",
        text="Meldingen er sendt til en tjeneste vi ikke kjenner. Fordel den til riktig tjeneste." + desk.told,
        unit=desk.unit, role=desk.role,
    )  # fmt: skip
