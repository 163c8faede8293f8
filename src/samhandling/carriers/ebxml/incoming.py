"""What comes in: judged outside any transaction, stored with its answer in one, only then taken from the mailbox."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr
from uuid import UUID

import structlog
from django.db import transaction
from lxml import etree

from samhandling.carriers.ebxml import alerts, answering, freshening, outgoing, returned
from samhandling.carriers.ebxml.cases import Case, Taken
from samhandling.carriers.ebxml.rules import Event
from samhandling.carriers.models import Ping, Posted, Received, Transmission
from samhandling.ebxml import names, signals
from samhandling.ebxml.checklist import Outcome, run
from samhandling.ebxml.document import Tree
from samhandling.ebxml.envelope import ErrorEntry, Shape
from samhandling.ebxml.known import Known
from samhandling.ebxml.names import ds
from samhandling.ebxml.rules import Answer as Reaction
from samhandling.ebxml.tokens import TokenError
from samhandling.exchange import originals
from samhandling.exchange.services import arrive
from samhandling.store.services import is_test_store

log = structlog.get_logger("samhandling.carriers.ebxml")


def take_in(data: bytes, here: Known, *, carrier: str, now: datetime, posted: Posted | None = None) -> Taken:
    """Deal with one mail by what is known; when this returns STORED everything about it is committed.

    `posted`: the HTTP call that brought it; its answer is set on it, and the caller stores it.
    Raises what the store raises: then nothing was stored and the mail must stay where it is.
    """
    try:
        return _taken(data, here, carrier, now, posted)
    except TokenError as error:
        log.error("the token with our key does not answer", why=error.detail)
        return Taken.WAITS


def _taken(data: bytes, here: Known, carrier: str, now: datetime, posted: Posted | None) -> Taken:
    checked = run(data, here, now)
    case = Case(data, carrier, checked, here, now, posted)
    rules = {finding.rule.id for finding in checked.findings}
    if "bounce" in rules:
        return returned.bounce(case)
    if "soap_fault" in rules:
        return returned.fault(case)
    if freshening.waits(case):
        return Taken.WAITS
    if checked.waits and checked.answer is Outcome.NONE and checked.shape is not Shape.OTHER:
        return Taken.WAITS
    if checked.answer is Outcome.FAULT:
        return _fault(case)
    if "ping" in rules:
        return _ping(case)
    if checked.shape in {Shape.ACKNOWLEDGMENT, Shape.ERROR}:
        return _signal(case)
    if checked.shape is Shape.PAYLOAD and (checked.answer is not Outcome.NONE or not case.errors):
        able = here.signers if checked.answer is Outcome.ERROR else here.signers.get(case.receiver_her)
        if checked.answer is not Outcome.NONE and not able:
            log.error("no key to sign an answer with", receiver=case.receiver_her)
            return Taken.WAITS
        return _payload(case)
    return Taken.ASIDE


@transaction.atomic
def _payload(case: Case) -> Taken:
    """Store the document, its answer and the job that sends it; or answer a repeat as before."""
    trusted = case.checked.signature == "valid" and not any(
        finding.rule.id.startswith("certificate_") and finding.rule.severity == "error"
        for finding in case.checked.findings
    )
    before = None
    if trusted:
        before = (
            Received.objects.select_for_update().filter(sender_her=case.sender_her, message_id=case.message_id).first()
        )
    if before is not None:
        return _repeated(case, before)
    rejected = any(finding.rule.answer is Reaction.ERROR for finding in case.checked.findings)
    answer = answering.decided(case)
    if trusted:
        header = case.checked.envelope.header if case.checked.envelope is not None else None
        assert header is not None
        Received.objects.create(
            message_id=case.message_id,
            sender_her=case.sender_her,
            receiver_her=case.receiver_her,
            cpa_id=(header.cpa_id or "")[:200],
            conversation_id=(header.conversation_id or "")[:200],
            service=(header.service or "")[:200],
            action=(header.action or "")[:200],
            digest=case.digest,
            envelope=originals.store(_envelope_text(case), organisation=None, now=case.now),
            arrival_id=None if rejected else _deliver(case),
            answer=answer,
            received_at=case.now,
        )
    if rejected:
        log.warning("message rejected", rules=[finding.code for finding in case.checked.findings][:10])
    return Taken.STORED


def _envelope_text(case: Case) -> bytes:
    """Headers and envelope, for people who look for a fault."""
    headers = case.checked.headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers.lines if headers is not None else ()))
    assert case.checked.envelope is not None
    return lines.encode() + b"\r\n" + etree.tostring(case.checked.envelope.tree, encoding="utf-8")


def _deliver(case: Case) -> int | None:
    """Give the documents to the exchange; a test message never reaches a real store (R42)."""
    if case.checked.test and not is_test_store():
        log.warning("a message marked as test was not delivered")
        alerts.test_message(case)
        return None
    header = case.checked.envelope.header if case.checked.envelope is not None else None
    first = None
    for number, (_, data) in enumerate(case.checked.documents):
        arrived = arrive(
            data,
            carrier=case.carrier,
            transport_key=f"{case.message_id}:{case.sender_her}" + (f":{number}" if number else ""),
            sender_her=case.sender_her,
            receiver_her=case.receiver_her,
            service=(header.service or "") if header is not None else "",
            action=(header.action or "") if header is not None else "",
            now=case.now,
        )
        first = first if first is not None else arrived.arrival_id
    return first


def _repeated(case: Case, before: Received) -> Taken:
    """The same answer again; never a second delivery (R2, R3)."""
    before.repeats += 1
    before.save(update_fields=["repeats"])
    if before.digest == case.digest:
        if before.answer is not None:
            answering.give(case, before.answer)
        return Taken.STORED
    log.error("false duplicate", sender=case.sender_her)
    alerts.false_duplicate(case)
    entry = ErrorEntry("Inconsistent", "Error", "", "Meldings-ID-en er brukt før for en annen melding.")
    answering.refuse(case, (entry,))
    return Taken.STORED


@transaction.atomic
def _ping(case: Case) -> Taken:
    """Answer a Ping whose signature is the sender's, note a Pong; any other is only logged (R38)."""
    envelope, signer = case.checked.envelope, case.known.signers.get(case.receiver_her)
    strange = any(finding.rule.severity == "error" for finding in case.checked.findings)
    asks = envelope is not None and envelope.header is not None and envelope.header.action == names.PING
    if envelope is not None and asks and not strange and signer is not None:
        answering.keep(case, "pong", signals.pong(envelope, answering.head(case), signer))
    elif envelope is not None and envelope.header is not None and not asks and not strange:
        about = _uuid(envelope.header.ref_to_message_id or "")
        asked = Ping.objects.filter(receiver_her=case.sender_her, sender_her=case.receiver_her)
        if about is not None:
            asked.filter(message_id=about).update(answered_at=case.now, fault="")
    log.info("ping" if asks else "pong", sender=case.sender_her, strange=strange)
    return Taken.STORED


@transaction.atomic
def _fault(case: Case) -> Taken:
    """A SOAP Fault to whoever wrote (7.1); what names no writer and looks like no ebXML is set aside."""
    headers = case.checked.headers
    rule = next(finding.rule for finding in case.checked.findings if finding.rule.answer is Reaction.FAULT)
    if case.posted is not None:
        log.warning("answered with a fault", rules=[finding.code for finding in case.checked.findings][:10])
        if not case.posted.waits:
            return Taken.ASIDE
        answering.keep(case, "fault", signals.fault(rule.code, rule.text))
        return Taken.STORED
    if headers is None:
        return Taken.ASIDE
    written = next((headers.get(name) for name in ("Reply-To", "From", "Sender") if headers.get(name)), "") or ""
    address = parseaddr(written.removeprefix("mailto:"))[1]
    if "@" not in address or not address.isascii() or headers.get("SOAPAction") is None:
        return Taken.ASIDE
    answering.keep(
        case, "fault", signals.fault(rule.code, rule.text), to=address, about=headers.get("Message-ID") or ""
    )
    return Taken.STORED


@transaction.atomic
def _signal(case: Case) -> Taken:
    """Tie an acknowledgment or error to what we sent; one that is not signed by the receiver changes nothing (S5)."""
    envelope = case.checked.envelope
    assert envelope is not None
    assert envelope.header is not None
    if any(finding.rule.severity == "error" for finding in case.checked.findings):
        log.error("signal ignored", rules=[finding.code for finding in case.checked.findings][:10])
        alerts.ignored_signal(case, case.errors)
        return Taken.STORED
    receipt, listed = envelope.acknowledgment, envelope.error_list
    about = (receipt.ref_to_message_id if receipt is not None else envelope.header.ref_to_message_id) or ""
    sent = _transmission(about)
    if sent is None:
        log.warning("signal about a message that we do not know")
        return Taken.STORED
    if (sent.receiver_her, sent.sender_her) != (case.sender_her, case.receiver_her):
        log.error("signal about a message to somebody else", transmission=sent.pk)
        alerts.strange_signal(case)
        return Taken.STORED
    if receipt is not None:
        repeated = [[one.get("URI") or "", _digest_value(one)] for one in receipt.references]
        if sorted(repeated) != sorted(sent.references):
            log.error("the acknowledgment repeats other digests than ours", transmission=sent.pk)
            alerts.other_digests(case, sent)
        outgoing.settle(sent.pk, Event.ACKNOWLEDGED, now=case.now)
    elif listed is not None:
        code = next((entry.code for entry in listed.errors), "")
        event = Event.WARNING if listed.only_warnings else Event.ERROR
        outgoing.settle(sent.pk, event, now=case.now, code=code)
    return Taken.STORED


def _digest_value(reference: Tree) -> str:
    return (reference.findtext(ds("DigestValue")) or "").strip()


def _transmission(message_id: str) -> Transmission | None:
    transport_id = _uuid(message_id)
    return Transmission.objects.filter(transport_id=transport_id).first() if transport_id is not None else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def take_reply(data: bytes, sent: Transmission, here: Known, *, now: datetime) -> None:
    """Deal with what stood in the HTTP response to a message of ours (9.2).

    A signal settles it, a business reply is taken in and settles it, a Fault fails it. What cannot be believed changes
    nothing: the message goes again as after a lost answer, and operations are told. Raises what the store raises.
    """
    checked = run(data, here, now)
    case = Case(data, sent.carrier, checked, here, now)
    rules = {finding.rule.id for finding in checked.findings}
    with transaction.atomic():
        if "soap_fault" in rules:
            outgoing.settle(sent.pk, Event.FAULT, now=now, code="fault")
        elif checked.shape in {Shape.ACKNOWLEDGMENT, Shape.ERROR}:
            _signal(case)
        elif checked.shape is Shape.PAYLOAD and not case.errors and _replies(case, sent):
            _payload(case)
            outgoing.settle(sent.pk, Event.ACKNOWLEDGED, now=now)
        elif not checked.waits:
            alerts.refused_reply(sent, case.errors, now)


def _replies(case: Case, sent: Transmission) -> bool:
    envelope = case.checked.envelope
    named = envelope.header.ref_to_message_id if envelope is not None and envelope.header is not None else ""
    parties = (case.sender_her, case.receiver_her) == (sent.receiver_her, sent.sender_her)
    return parties and (named or "").strip().lower() == str(sent.transport_id)
