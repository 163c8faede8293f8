"""Finished documents of the EPJ, of every family: checked, judged by the routine where there is one, sent, followed.

The MsgId is the key: the same document again gives the same result and nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from samhandling.errors import redact
from samhandling.exchange import originals
from samhandling.exchange.models import Delivery, Direction, Message
from samhandling.exchange.services import Draft, Finding, Outcome
from samhandling.exchange.taking import details_of
from samhandling.jobs.services import lock_key
from samhandling.messages import catalogue, engine, profiles
from samhandling.messages.engine import Reading
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Organisation
from samhandling.patients import services as patients
from samhandling.patients.models import Patient
from samhandling.stays.models import Stay
from samhandling.stays.resolving import OPEN_STATES
from samhandling.stays.services import has_routine, send_finished
from samhandling.stays.services import pass_on as pass_through_routine
from samhandling.store.services import is_test_store
from samhandling.writing import notices
from samhandling.writing.owners import hosted_called, sender_of

MOST_BYTES = engine.Limits().bytes
"""A document that the engine would not read is not even loaded."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a document is refused for, or that its writer should know."""

    code: str
    severity: str
    """`error` stops it; `warning` and `note` do not."""
    text: str
    path: str = ""
    """`/MsgHead/MsgInfo/…`, or empty where it is about no single place."""


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """How far the document is on its way to one receiver."""

    her_id: str
    name: str
    state: str
    """State of the delivery: `queued about sent acknowledged received …` (docs/life-cycles.md)."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What came of a document."""

    accepted: bool
    msg_id: str = ""
    type: str = ""
    receivers: tuple[ReceiverState, ...] = ()
    findings: tuple[Remark, ...] = ()

    def as_json(self, file: str) -> dict[str, Any]:
        """As `samhandling send --json` and result files tell it; free of identity numbers."""
        return {
            "file": redact(file),
            "accepted": self.accepted,
            "msg_id": _safe_id(self.msg_id),
            "type": redact(self.type),
            "receivers": [{"her_id": r.her_id, "name": redact(r.name), "state": r.state} for r in self.receivers],
            "findings": [
                {"code": f.code, "severity": f.severity, "path": f.path, "text": redact(f.text)} for f in self.findings
            ],
        }


def _safe_id(msg_id: str) -> str:
    """A UUID as it is; whatever else stands there without what looks like a person number."""
    try:
        UUID(msg_id)
    except ValueError:
        return redact(msg_id)
    return msg_id


def refused(*remarks: Remark) -> PassedOn:
    """A document that was not even read as one."""
    return PassedOn(False, findings=remarks)


TOO_LARGE = Remark("pass_on.too_large", "error", "Dokumentet er større enn noden tar imot.")
FAILED = Remark(
    "pass_on.failed", "error", "Dokumentet kunne ikke behandles på grunn av en feil hos oss. Meld fra til IKT-vakten."
)
NOBODYS = Remark("address.not_our_sender", "error", "Avsenderen i dokumentet er ikke en av våre adresser.")


def owner_of(document: bytes) -> Organisation | None:
    """The hosted organisation that the document names as its sender, else the only one that this node hosts."""
    facts = read_facts(engine.read(document))
    named = sender_of(facts) if facts is not None else None
    return named or hosted_called("")


def pass_on(document: bytes, *, organisation: Organisation, now: datetime) -> PassedOn:
    """Send a finished document for the hosted organisation, byte for byte. `now` is aware UTC.

    Never raises for what the document holds: what stands in the way comes back as findings, and a task tells the
    message responsible. Only faults of the store are raised, and then nothing was sent. Killed before it returns, it
    may be called again with the same bytes.
    """
    reading = engine.read(document)
    facts = read_facts(reading)
    return _decide(document, reading, facts, organisation, now=now)


def give_up(document: bytes, *, organisation: Organisation, now: datetime) -> PassedOn:
    """A document that we fail on again and again is refused, so that those behind it go; a task tells people."""
    key = notices.refused_key("", document)
    notices.refused(organisation, key=key, message_type="", texts=(FAILED.text,), patient=None, now=now)
    return refused(FAILED)


@transaction.atomic
def _decide(
    document: bytes, reading: Reading, facts: Facts | None, organisation: Organisation, *, now: datetime
) -> PassedOn:
    msg_id = facts.msg_id.strip() if facts is not None else ""
    key = notices.refused_key(msg_id, document)
    lock_key(f"pass_on:{organisation.pk}:{key}")
    hindered = tuple(_unfit(reading, facts))
    if facts is None or hindered:
        _tell(organisation, key, facts, hindered, None, now=now)
        return _result(facts, None, hindered)
    remarks = _profile_remarks(reading, facts)
    earlier = _sent_before(organisation, msg_id)
    if earlier is not None:
        if earlier.original is not None and earlier.original.sha256 == originals.digest(document):
            return _result(facts, earlier, remarks)
        used = Remark(
            "pass_on.message_id_used", "error", "Et annet dokument er sendt med samme meldingsid. Bruk en ny."
        )
        _tell(organisation, key, facts, (used,), earlier.patient, now=now)
        return _result(facts, None, (*remarks, used))
    if has_routine(facts.type):
        outcome, patient = pass_through_routine(document, organisation=organisation, now=now), None
    else:
        draft = _draft(document, facts, organisation, now=now)
        outcome, patient = send_finished(draft, facts, now=now), draft.patient
    return _conclude(outcome, facts, remarks, organisation, key, patient, now=now)


def _conclude(
    outcome: Outcome, facts: Facts, remarks: tuple[Remark, ...], organisation: Organisation, key: str,
    patient: Patient | None, *, now: datetime,
) -> PassedOn:  # fmt: skip
    told = {remark.code for remark in remarks}
    findings = (*remarks, *(_remark(finding) for finding in outcome.findings if finding.code not in told))
    if outcome.message is not None:
        notices.passed_on(organisation, key=key, now=now)
    elif outcome.task is None and not any(finding.code.startswith("routine.") for finding in outcome.findings):
        # The exchange and the routine have told people already where they refused.
        blocking = tuple(finding for finding in findings if finding.severity == "error")
        _tell(organisation, key, facts, blocking, patient, now=now)
    return _result(facts, outcome.message, findings)


def _unfit(reading: Reading, facts: Facts | None) -> Iterator[Remark]:
    """Why this is no document to send, whatever the routine says: form, structure, kind."""
    errors = [Remark(p.code, "error", p.text, p.path) for p in reading.problems if p.severity == "error"]
    if errors or not reading.valid:
        yield from errors or [Remark("content.not_valid", "error", "Dokumentet kan ikke leses.")]
    elif facts is None or facts.receipt is not None:
        yield Remark("pass_on.not_a_message", "error", "Dokumentet er ikke en fagmelding. Kvitteringer sender noden.")
    elif catalogue.by_code(facts.type, facts.version) is None:
        yield Remark("pass_on.unknown_type", "error", "Meldingstypen er ikke en som kan sendes.")


def _profile_remarks(reading: Reading, facts: Facts) -> tuple[Remark, ...]:
    assert reading.tree is not None
    found = [Remark(p.code, p.severity, p.text, p.path) for p in reading.problems]
    found += [
        Remark(f.code, "error" if f.blocks_sending else f.severity, f.text, f.path)
        for f in profiles.check(facts, reading.tree, test=is_test_store())
    ]
    return tuple(found)


def _remark(finding: Finding) -> Remark:
    return Remark(finding.code, "error" if finding.blocks else "warning", finding.text)


def _sent_before(organisation: Organisation, msg_id: str) -> Message | None:
    rows = Message.objects.select_related("original", "patient")
    return rows.filter(organisation=organisation, direction=Direction.OUT, msg_id=msg_id.lower()).first()


def _draft(document: bytes, facts: Facts, organisation: Organisation, *, now: datetime) -> Draft:
    """A document that people wrote: tied to its patient, to what it names, and to the patient's stay."""
    patient = _patient(facts, organisation)
    named = _named(facts, organisation)
    return Draft(
        organisation=organisation,
        message_type=facts.type,
        patient=patient,
        document=document,
        refers_to=named,
        subject=named.subject if named is not None and named.subject else _stay(patient, organisation),
        event_at=now,
    )


def _patient(facts: Facts, organisation: Organisation) -> Patient | None:
    found = patients.find(details_of(facts), organisation_id=organisation.pk)
    return patients.current(found.pk) if found is not None else None


def _named(facts: Facts, organisation: Organisation) -> Message | None:
    """The message that the document answers, changes or withdraws, in or out."""
    for reference in (facts.parent, facts.conversation):
        name = reference.strip().lower()
        found = Message.objects.filter(organisation=organisation, msg_id=name).first() if name else None
        if found is not None:
            return found
    return None


def _stay(patient: Patient | None, organisation: Organisation) -> str:
    """The patient's open stay, so that the ward sees the message too."""
    if patient is None:
        return ""
    stays = Stay.objects.filter(organisation=organisation, patient=patient, state__in=OPEN_STATES)
    found = stays.order_by("admitted_at").last()
    return found.subject if found is not None else ""


def _tell(
    organisation: Organisation, key: str, facts: Facts | None, remarks: Iterable[Remark], patient: Patient | None,
    *, now: datetime,
) -> None:  # fmt: skip
    notices.refused(
        organisation,
        key=key,
        message_type=facts.type if facts is not None else "",
        texts=dict.fromkeys(remark.text for remark in remarks if remark.severity == "error"),
        patient=patient,
        now=now,
    )


def _result(facts: Facts | None, message: Message | None, findings: tuple[Remark, ...]) -> PassedOn:
    deliveries = Delivery.objects.filter(message=message).order_by("pk") if message is not None else ()
    return PassedOn(
        accepted=message is not None,
        msg_id=facts.msg_id.strip() if facts is not None else "",
        type=facts.type if facts is not None else "",
        receivers=tuple(ReceiverState(d.her_id, d.name, d.state) for d in deliveries),
        findings=findings,
    )
