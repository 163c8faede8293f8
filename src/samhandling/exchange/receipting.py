"""Application receipts: ours to what comes in, and theirs to what we sent (application-receipt 7 to 10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import QuerySet

from samhandling.exchange import notices, originals, rules, steps
from samhandling.exchange.delivering import Sent, queue
from samhandling.exchange.models import Arrival, Delivery, Direction, Message, Receipt, Role
from samhandling.exchange.rules import DeliveryEvent, Standing
from samhandling.messages import catalogue, engine
from samhandling.messages import receipts as apprec
from samhandling.messages.facts.values import Facts, ReceiptError
from samhandling.messages.receipts import Answer, Verdict
from samhandling.organisations.models import Organisation
from samhandling.registry.models import CommunicationParty, CounterpartFault
from samhandling.store.prepared import first, insert, prepared, update

SILENT, SLOW = CounterpartFault.Mode.SILENT, CounterpartFault.Mode.SLOW


def answer(
    message: Message,
    arrival: Arrival,
    facts: Facts,
    verdict: Verdict,
    *,
    fault: CounterpartFault | None,
    now: datetime,
) -> tuple[Receipt, ...]:
    """One receipt per own receiver, on its way back the way the message came, in the caller's transaction."""
    return tuple(
        _answer(message, arrival, facts, one, fault=fault, now=now)
        for one in verdict.receivers
        if one.status is not None
    )


def _answer(
    message: Message, arrival: Arrival, facts: Facts, one: Answer, *, fault: CounterpartFault | None, now: datetime
) -> Receipt:
    receipt_id = str(uuid4())
    late = message.generated_at is not None and now > rules.deadline(message.generated_at)
    document = engine.build(apprec.build(facts, one, receipt_id=receipt_id, generated_at=now))
    receipt = Receipt(
        organisation=message.organisation,
        direction=Direction.OUT,
        standing=Receipt.Standing.OWN,
        message=message,
        receipt_id=receipt_id,
        original_msg_id=message.msg_id,
        party_her=one.her_id[:20],
        counterpart_her=facts.sender.her_id[:20],
        role=one.role,
        status=one.status or "",
        errors=[_error(found) for found in one.errors],
        version=apprec.version_for(facts),
        generated_at=now,
        late=late,
        original=originals.store(document, organisation=message.organisation, now=now),
        created_at=now,
    )
    insert(receipt)
    steps.record(f"receipt.made_{one.status}", at=now, message=message, receipt=receipt, detail=one.her_id)
    if fault is not None and fault.mode == SILENT:
        steps.record("receipt.withheld", at=now, message=message, receipt=receipt, detail="simulated")
        return receipt
    wait = timedelta(minutes=fault.minutes) if fault is not None and fault.mode == SLOW else None
    delivery = _way_back(receipt, message, arrival, facts)
    sent = Sent(receipt.party_her, receipt.receipt_id, document)
    queue(delivery, sent, line="", now=now, run_at=now + wait if wait else None)
    return receipt


def _way_back(receipt: Receipt, message: Message, arrival: Arrival, facts: Facts) -> Delivery:
    """The delivery to the sender's party: by its own carrier where we know it, else the one the message came by."""
    party_id, carrier = next(iter(_carriers(facts.sender.her_id)), (None, arrival.carrier))
    kind = catalogue.by_code(message.type, message.version)
    return Delivery(
        organisation=message.organisation,
        receipt=receipt,
        party_id=party_id,
        her_id=facts.sender.her_id or arrival.sender_her or facts.sender.organisation_her_id,
        organisation_her=facts.sender.organisation_her_id[:20],
        name=message.counterpart_name,
        role=Role.PRIM if receipt.role == "PRIM" else Role.COP,
        carrier=carrier,
        service=kind.service if kind is not None else arrival.service or f"S-{message.type}",
        action="APPREC",
    )


@prepared
def _carriers(her_id: str) -> QuerySet[CommunicationParty, tuple[int, str]]:
    return CommunicationParty.objects.filter(her_id=her_id).values_list("pk", "carrier")


def _error(found: ReceiptError) -> dict[str, str]:
    return {"code": found.code, "system": found.oid, "text": found.text, "detail": found.detail}


def take_receipt(arrival: Arrival, facts: Facts, organisation: Organisation, *, valid: bool, now: datetime) -> Receipt:
    """A receipt has come: match it to what we sent, let the first one count, keep every other (A-02, A-03, AR 13-15).

    In the caller's transaction. Matched by OriginalMsgId and the party that answers.
    """
    assert facts.receipt is not None
    original_id = facts.receipt.original_id.strip().lower()
    delivery = _delivery_for(organisation, original_id, facts)
    receipt = Receipt(
        organisation=organisation,
        direction=Direction.IN,
        standing=Receipt.Standing.UNMATCHED,
        message_id=delivery.message_id if delivery is not None else None,
        receipt_id=facts.msg_id.strip()[:100],
        original_msg_id=original_id[:100],
        party_her=(facts.sender.her_id or facts.sender.organisation_her_id)[:20],
        counterpart_her=(facts.sender.her_id or facts.sender.organisation_her_id)[:20],
        role=facts.receipt.role[:10],
        status=facts.receipt.status[:2],
        errors=[_error(found) for found in facts.receipt.errors],
        version=facts.version,
        generated_at=facts.generated_at,
        original=arrival.original,
        arrival=arrival,
        created_at=now,
    )
    if arrival.original.organisation_id is None:
        arrival.original.organisation = organisation
        update(arrival.original, "organisation")
    if delivery is None or not valid or receipt.status not in {"1", "2", "3"}:
        if not valid:
            receipt.message_id = None
        insert(receipt)
        steps.record("receipt.unmatched", at=now, receipt=receipt, arrival=arrival, detail=original_id)
        notices.unmatched_receipt(receipt, now=now)
        return receipt
    return _count(receipt, delivery, arrival, now=now)


def _delivery_for(organisation: Organisation, original_id: str, facts: Facts) -> Delivery | None:
    """The delivery that the receipt is about, its row locked: by party, else by the only one to that organisation."""
    rows = _deliveries_of(organisation, original_id)
    by_party = [row for row in rows if row.her_id == facts.sender.her_id]
    if by_party:
        return by_party[0]
    if facts.sender.her_id:
        return None
    by_organisation = [row for row in rows if row.organisation_her == facts.sender.organisation_her_id]
    return by_organisation[0] if len(by_organisation) == 1 else None


@prepared
def _deliveries_of(organisation: Organisation, msg_id: str) -> QuerySet[Delivery]:
    sent = Delivery.objects.select_for_update(of=("self",)).filter(message__direction=Direction.OUT)
    return sent.filter(organisation=organisation, message__msg_id=msg_id).order_by("pk")


@prepared
def _counted(message_id: int, party_her: str) -> QuerySet[Receipt, str]:
    counted = Receipt.objects.filter(direction=Direction.IN, standing=Receipt.Standing.COUNTED)
    return counted.filter(message_id=message_id, party_her=party_her).values_list("status", flat=True)


def _count(receipt: Receipt, delivery: Delivery, arrival: Arrival, *, now: datetime) -> Receipt:
    assert delivery.message_id is not None
    receipt.party_her = delivery.her_id
    standing = rules.standing(first(_counted(delivery.message_id, delivery.her_id)), receipt.status)
    receipt.standing = standing.value
    receipt.late = delivery.deadline_at is not None and arrival.received_at > delivery.deadline_at
    insert(receipt)
    steps.record(
        f"receipt.{standing}",
        at=now,
        message=delivery.message_id,
        delivery=delivery,
        receipt=receipt,
        arrival=arrival,
    )
    if standing is Standing.CONTRADICTORY:
        notices.contradictory(receipt, now=now)
    if standing is not Standing.COUNTED:
        return receipt
    event = rules.receipt_event(receipt.status)
    at = rules.time_of_receipt(
        sent_at=delivery.queued_at, generated_at=receipt.generated_at, arrived_at=arrival.received_at
    )
    steps.move_delivery(delivery, event, now=now, receipted_at=at)
    if event is DeliveryEvent.RECEIPT_REJECTED:
        notices.rejected(delivery, receipt, now=now)
    return receipt
