"""Sending: from a draft to a stored document with one delivery per receiver, or findings and a task (design 3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from samhandling.exchange import addressing, composing, notices, originals, rules, steps, written
from samhandling.exchange.addressing import Addresses
from samhandling.exchange.composing import Heading
from samhandling.exchange.delivering import Sent, queue
from samhandling.exchange.desks import desk_of
from samhandling.exchange.models import Delivery, Direction, Message, Role
from samhandling.exchange.values import Draft, Finding, LogisticsContent, Outcome
from samhandling.exchange.written import NOTHING, Trial
from samhandling.jobs.services import publish
from samhandling.messages import catalogue, engine, profiles
from samhandling.messages.compose import Composed
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.patients.models import Patient
from samhandling.patients.services import identifiers, patient_key
from samhandling.registry.models import CommunicationParty
from samhandling.registry.services import written_by
from samhandling.store.services import is_test_store
from samhandling.tasks.models import Task
from samhandling.tasks.services import close_tasks, open_task


@transaction.atomic(savepoint=False)
def send(draft: Draft, *, now: datetime) -> Outcome:
    """Send a message, in the caller's transaction or one of its own.

    Never raises for content, address or agreement: what stands in the way comes back as findings, with one open task
    per subject and type that carries them to a person. Only faults of the store are raised. `now` is aware UTC.
    """
    if draft.document is not None:
        return _send_finished(draft, draft.document, now=now)
    addresses = addressing.resolve(draft, now=now)
    hindered = [*addresses.findings, *_content_findings(draft)]
    if hindered:
        return _stopped(draft, hindered, phone=addresses.phone, now=now)
    composed = _composed(draft, addresses, now=now)
    findings = composing.findings_of(composed)
    if not composed.sendable:
        return _stopped(draft, findings, phone="", now=now)
    assert composed.facts is not None
    message = store(draft, composed.facts, composed.data, addresses, written="node", now=now)
    task = None
    if draft.values is not None and draft.refers_to is not None:
        task = _mark_series(draft.refers_to, message, addresses, now=now)
    return Outcome(message, tuple(findings), task)


def try_out(draft: Draft, *, now: datetime) -> Trial:
    """What sending a draft with `values` now would give; stores nothing and asks nobody. `now` is aware UTC."""
    addresses = addressing.resolve(draft, now=now)
    findings = (*addresses.findings, *_content_findings(draft))
    if findings:
        return Trial(NOTHING, addresses, findings)
    return Trial(_composed(draft, addresses, now=now), addresses)


def _composed(draft: Draft, addresses: Addresses, *, now: datetime) -> Composed:
    heading = _heading(draft.refers_to, now=now)
    if draft.values is not None:
        return written.compose_draft(draft, addresses, heading, now=now)
    return composing.compose(draft, addresses, heading)


def _mark_series(earlier: Message, message: Message, addresses: Addresses, *, now: datetime) -> Task | None:
    """A change takes the place of our earlier versions; a cancellation withdraws them, and somebody calls."""
    if earlier.direction != Direction.OUT or earlier.type != message.type or message.status not in ("M", "C"):
        return None
    standing = [m for m in _series(earlier) if m.pk != message.pk and m.cancelled_by is None and m.status != "C"]
    if message.status == "C":
        return _withdrawn(message, standing, addresses, now=now)
    for version in standing:
        if version.replaced_by is None:
            version.replaced_by = message
            version.save(update_fields=["replaced_by"])
    return None


def _content_findings(draft: Draft) -> list[Finding]:
    found = []
    if written_by(draft.organisation, draft.message_type) == "epj":
        found.append(Finding("content.written_by_epj", "Denne meldingen skrives i journalsystemet."))
    if draft.values is None and (draft.message_type not in composing.LOGISTICS or draft.content is None):
        found.append(Finding("content.not_composed_here", "Denne meldingen kan ikke skrives her ennå."))
    if draft.patient is None and draft.message_type == "DIALOG_AVVIK" and written.patient_told(draft) is not None:
        return found
    if draft.patient is None:
        found.append(Finding("content.no_patient", "Meldingen mangler pasient."))
    elif not identifiers(draft.patient) and not (draft.patient.birth_date and draft.patient.sex):
        found.append(Finding("content.no_identity", "Pasienten er ikke godt nok identifisert for elektronisk melding."))
    return found


def _heading(refers_to: Message | None, *, now: datetime, status: str = "N", reason: str = "") -> Heading:
    """A new MsgId for every instance; the second and later messages of a series refer back (message-header 5.7)."""
    parent = conversation = ""
    if refers_to is not None:
        parent = refers_to.msg_id_written
        conversation = _conversation(refers_to)
    return Heading(
        msg_id=str(uuid4()),
        generated_at=now.replace(microsecond=0),
        status=status,
        parent=parent,
        conversation=conversation,
        cancel_reason=reason,
    )


def _conversation(message: Message) -> str:
    """MsgId of the first message of the series, as its sender wrote it where we know that."""
    if message.first is not None:
        return message.first.msg_id_written
    return message.ref_conversation or message.msg_id_written


def _stopped(draft: Draft, findings: list[Finding], *, phone: str, now: datetime) -> Outcome:
    return Outcome(None, tuple(findings), notices.not_sent(draft, findings, phone=phone, now=now))


def store(draft: Draft, facts: Facts, data: bytes, addresses: Addresses, *, written: str, now: datetime) -> Message:
    """The message, its document, a delivery per receiver and their jobs: all or nothing."""
    assert addresses.sender is not None
    assert addresses.receiver is not None
    receiver, refers_to = addresses.receiver, draft.refers_to
    message = Message(
        organisation=draft.organisation,
        direction=Direction.OUT,
        msg_id=facts.msg_id.strip().lower(),
        msg_id_written=facts.msg_id.strip(),
        type=facts.type,
        standard=facts.standard,
        version=facts.version,
        status=facts.status,
        kind=draft.kind,
        generated_at=facts.generated_at or now,
        generated_written=facts.generated.raw[:40],
        ref_parent=facts.parent.strip().lower()[:100],
        ref_conversation=facts.conversation.strip().lower()[:100],
        first=(refers_to.first or refers_to) if refers_to is not None else None,
        refers_to=refers_to,
        own_her=addresses.sender.her_id,
        counterpart_her=receiver.her_id,
        counterpart_organisation=receiver.organisation.her_id,
        counterpart_name=f"{receiver.name}, {receiver.organisation.name}",
        patient=draft.patient,
        patient_key=key_of(draft.patient) if draft.patient is not None else "",
        subject=draft.subject,
        event_at=draft.event_at,
        due_at=draft.due_at,
        written_by=written,
        state=rules.MessageState.WAITING,
        has_attachments=bool(facts.attachments),
        original=originals.store(data, organisation=draft.organisation, now=now),
        created_at=now,
    )
    steps.stored(message)
    steps.record("message.sent", at=now, message=message, detail=f"{facts.type} {facts.version} {facts.status}".strip())
    receivers = [(receiver, Role.PRIM), *((copy, Role.COP) for copy in addresses.copies)]
    for party, role in receivers:
        line = message.subject or message.patient_key or message.msg_id
        queue(_delivery(message, party, role), Sent(message.own_her, message.msg_id_written, data), line=line, now=now)
    publish("message.sent", {"message": message.pk}, now=now)
    close_tasks(unique_key=notices.not_sent_key(draft), organisation=draft.organisation, how="resolved", now=now)
    return message


def _delivery(message: Message, party: CommunicationParty, role: str) -> Delivery:
    kind = catalogue.by_code(message.type, message.version)
    assert message.generated_at is not None
    return Delivery(
        organisation=message.organisation,
        message=message,
        party=party,
        her_id=party.her_id,
        organisation_her=party.organisation.her_id,
        name=f"{party.name}, {party.organisation.name}",
        role=role,
        carrier=party.carrier,
        service=kind.service if kind is not None else f"S-{message.type}",
        action=kind.action if kind is not None else message.type,
        deadline_at=rules.deadline(message.generated_at),
    )


def key_of(patient: Patient) -> str:
    """The keyed hash of the patient's most trusted number; "" for one without numbers."""
    numbers = identifiers(patient)
    return patient_key(patient.organisation_id, numbers[0].value) if numbers else ""


def _send_finished(draft: Draft, document: bytes, *, now: datetime) -> Outcome:
    """Take a document that the EPJ has written: check it, deliver its bytes unchanged, follow it."""
    reading = engine.read(document)
    facts = read_facts(reading)
    if facts is None or reading.tree is None or not reading.valid:
        where = next((p for p in reading.problems if p.severity == "error"), None)
        text = f"Dokumentet fra journalsystemet er ikke gyldig: {where.text}" if where else "Dokumentet kan ikke leses."
        return _stopped(draft, [Finding("content.not_valid", text)], phone="", now=now)
    addresses = addressing.of_document(draft, facts, now=now)
    findings = [*addresses.findings, *_finished_findings(draft, facts)]
    findings += [
        Finding(found.code, found.text, blocks=found.blocks_sending)
        for found in profiles.check(facts, reading.tree, test=is_test_store())
    ]
    if any(finding.blocks for finding in findings):
        return _stopped(draft, findings, phone=addresses.phone, now=now)
    message = store(draft, facts, document, addresses, written="epj", now=now)
    task = _mark_series(draft.refers_to, message, addresses, now=now) if draft.refers_to is not None else None
    return Outcome(message, tuple(findings), task)


def _finished_findings(draft: Draft, facts: Facts) -> list[Finding]:
    found = []
    if draft.message_type and facts.type != draft.message_type:
        found.append(Finding("content.other_type", "Dokumentet er av en annen meldingstype enn ventet."))
    try:
        UUID(facts.msg_id.strip())
    except ValueError:
        found.append(Finding("content.message_id", "Dokumentets meldingsid er ikke en gyldig UUID."))
    already = Message.objects.filter(
        organisation=draft.organisation, direction=Direction.OUT, msg_id=facts.msg_id.strip().lower()
    )
    if already.exists():
        found.append(Finding("content.sent_before", "Dokumentet er sendt før."))
    return found


@transaction.atomic
def cancel(message: Message, *, reason: str, now: datetime) -> Outcome:
    """Withdraw a message of ours and its series: a message with status C goes to the same receivers (plo-messages 3).

    `reason` is for the receiver, in bokmål. A cancellation always asks somebody to call as well (routines 2.4).
    Findings instead of an error where it cannot be sent: rejected messages need none, and some cannot take one.
    """
    series = list(_series(message))
    live = [m for m in series if not m.refused and m.status != "C" and m.cancelled_by is None]
    if message.direction != Direction.OUT or not live:
        return Outcome(None, (Finding("cancel.nothing_to_cancel", "Det er ingen melding å trekke tilbake."),))
    draft = _cancel_draft(message, series)
    addresses = addressing.resolve(draft, now=now)
    findings = list(addresses.findings)
    if addresses.agreement is not None and not addresses.agreement.takes_cancellation:
        findings.append(Finding("cancel.not_taken", "Mottakeren kan ikke ta imot tilbaketrekking. Ring."))
    if written_by(message.organisation, message.type) == "epj" or message.type not in composing.LOGISTICS:
        findings.append(Finding("cancel.written_by_epj", "Trekk meldingen tilbake i journalsystemet, og ring."))
    if message.patient is None or message.original is None:
        findings.append(Finding("content.no_patient", "Meldingen har ikke lenger innhold å trekke tilbake."))
    if findings:
        return _stopped(draft, findings, phone=addresses.phone, now=now)
    return _send_cancellation(message, draft, live, addresses, reason=reason, now=now)


def _series(message: Message) -> list[Message]:
    """Our messages of one series and type, oldest first; rows locked."""
    first = message.first_id or message.pk
    rows = Message.objects.select_for_update(of=("self",)).filter(
        Q(pk__in=(message.pk, first)) | Q(first_id=first),
        organisation=message.organisation,
        direction=Direction.OUT,
        type=message.type,
    )
    return list(rows.order_by("generated_at", "pk"))


def _cancel_draft(message: Message, series: list[Message]) -> Draft:
    copies = message.deliveries.filter(role=Role.COP).values_list("her_id", flat=True)
    return Draft(
        organisation=message.organisation,
        message_type=message.type,
        patient=message.patient,
        content=LogisticsContent(),
        sender_her=message.own_her,
        receiver_her=message.counterpart_her,
        copy_hers=tuple(copies),
        refers_to=series[-1],
        subject=message.subject,
        event_at=message.event_at,
    )


def _send_cancellation(
    message: Message, draft: Draft, live: list[Message], addresses: Addresses, *, reason: str, now: datetime
) -> Outcome:
    assert message.original is not None
    assert message.patient is not None
    original = read_facts(engine.read(originals.read(message.original)))
    assert original is not None
    heading = _heading(draft.refers_to, now=now, status="C", reason=reason)
    composed = composing.cancellation(original, addresses, heading, message.patient)
    findings = composing.findings_of(composed)
    if not composed.sendable:
        return _stopped(draft, findings, phone=addresses.phone, now=now)
    assert composed.facts is not None
    sent = store(draft, composed.facts, composed.data, addresses, written="node", now=now)
    return Outcome(sent, tuple(findings), _withdrawn(sent, live, addresses, now=now))


def _withdrawn(sent: Message, live: list[Message], addresses: Addresses, *, now: datetime) -> Task:
    """The messages no longer count, whoever follows them is told, and somebody calls (routines 2.4)."""
    for earlier in live:
        earlier.cancelled_by = sent
        earlier.save(update_fields=["cancelled_by"])
        steps.record("message.withdrawn", at=now, message=earlier, detail=sent.msg_id)
        for delivery in earlier.deliveries.all():
            notices.close(delivery, now=now, note="Meldingen er trukket tilbake.")
        publish("message.cancelled", {"message": earlier.pk}, now=now, keys=(f"message:{earlier.pk}",))
    desk = desk_of(sent.organisation, sent.type, now)
    return open_task(
        organisation=sent.organisation, kind="call", cause="message.withdrawn", severity="high", now=now,
        patient=sent.patient, subject=sent.subject or f"message:{sent.pk}",
        unique_key=f"withdrawn:{sent.pk}", phone=addresses.phone, unit=desk.unit, role=desk.role,
        text=f"En melding til {sent.counterpart_name} er trukket tilbake. Ring og gi beskjed.{desk.told}",
    )  # fmt: skip
