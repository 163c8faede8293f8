"""What comes in: judged outside any transaction, stored with its answer in one, only then taken from the mailbox."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from enum import StrEnum
from uuid import UUID, uuid4

import structlog
from django.db import transaction

from samhandling.carriers.ebxml import outgoing
from samhandling.carriers.ebxml.rules import Event
from samhandling.carriers.models import Answer, Mailing, Received, Transmission
from samhandling.ebxml import monitoring, names, signals
from samhandling.ebxml.checklist import Checked, Outcome, run
from samhandling.ebxml.document import Tree
from samhandling.ebxml.envelope import ErrorEntry, Shape
from samhandling.ebxml.known import Known
from samhandling.ebxml.monitoring import Product
from samhandling.ebxml.names import ds
from samhandling.ebxml.packing import Packed
from samhandling.ebxml.rules import Answer as Reaction
from samhandling.exchange import originals
from samhandling.exchange.services import arrive
from samhandling.jobs.services import enqueue
from samhandling.store.services import is_test_store

log = structlog.get_logger("samhandling.carriers.ebxml")
_MAIL_ID = re.compile(rb"(?im)^(?:Message-ID|In-Reply-To|References|X-Original-Message-ID):\s*<([^<>\s]{3,190})>")
_FAILED = re.compile(rb"(?im)^Action:\s*failed")


class Taken(StrEnum):
    """What became of a mail."""

    STORED = "stored"
    """Whatever it was, it is dealt with and may be deleted."""
    WAITS = "waits"
    """It cannot be judged now: it stays in the mailbox (R9)."""
    ASIDE = "aside"
    """Nothing that is ours to read: kept for a person."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail on its way in."""

    data: bytes
    carrier: str
    checked: Checked
    known: Known
    now: datetime

    @property
    def message_id(self) -> str:
        """eb:MessageId, lower-cased."""
        header = self.checked.envelope.header if self.checked.envelope is not None else None
        return ((header.message_id or "") if header is not None else "").lower()[:200]

    @property
    def sender_her(self) -> str:
        """HER-id of the sender."""
        header = self.checked.envelope.header if self.checked.envelope is not None else None
        return header.sender.address if header is not None and header.sender is not None else ""

    @property
    def receiver_her(self) -> str:
        """HER-id of the receiver."""
        header = self.checked.envelope.header if self.checked.envelope is not None else None
        return header.receiver.address if header is not None and header.receiver is not None else ""

    @property
    def digest(self) -> str:
        """One digest over all that were signed (10.2)."""
        signed = sorted(f"{one.uri} {one.digest.hex()}" for one in self.checked.references)
        return hashlib.sha256("\n".join(signed).encode()).hexdigest()


def take_in(data: bytes, here: Known, *, carrier: str, now: datetime) -> Taken:
    """Deal with one mail by what is known; when this returns STORED everything about it is committed.

    Raises what the store raises: then nothing was stored and the mail must stay where it is.
    """
    checked = run(data, here, now)
    case = _Case(data, carrier, checked, here, now)
    rules = {finding.rule.id for finding in checked.findings}
    if "bounce" in rules or "soap_fault" in rules:
        return _returned(case, fault="soap_fault" in rules)
    if checked.waits and checked.answer is Outcome.NONE and checked.shape is not Shape.OTHER:
        return Taken.WAITS
    if checked.answer is Outcome.FAULT:
        return _fault(case)
    if "ping" in rules:
        return _ping(case)
    if checked.shape in {Shape.ACKNOWLEDGMENT, Shape.ERROR}:
        return _signal(case)
    if checked.shape is Shape.PAYLOAD and checked.answer is not Outcome.NONE:
        if not (here.signers if checked.answer is Outcome.ERROR else here.signers.get(case.receiver_her)):
            log.error("no key to sign an answer with", receiver=case.receiver_her)
            return Taken.WAITS
        return _payload(case)
    return Taken.ASIDE


@transaction.atomic
def _payload(case: _Case) -> Taken:
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
    answer = _answer(case)
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
            arrival_id=None if rejected else _deliver(case),
            answer=answer,
            received_at=case.now,
        )
    if rejected:
        log.warning("message rejected", rules=[finding.code for finding in case.checked.findings][:10])
    return Taken.STORED


def _deliver(case: _Case) -> int | None:
    """Give the documents to the exchange; a test message never reaches a real store (R42)."""
    if case.checked.test and not is_test_store():
        log.warning("a message marked as test was not delivered")
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


def _repeated(case: _Case, before: Received) -> Taken:
    """The same answer again; never a second delivery (R2, R3)."""
    before.repeats += 1
    before.save(update_fields=["repeats"])
    if before.digest == case.digest:
        enqueue("carriers.answer", {"answer": before.answer_id}, now=case.now)
        return Taken.STORED
    log.error("false duplicate", sender=case.sender_her)
    entry = ErrorEntry("Inconsistent", "Error", "", "Meldings-ID-en er brukt før for en annen melding.")
    _keep(case, "error", _error(case, (entry,)))
    return Taken.STORED


def _answer(case: _Case) -> Answer:
    """The answer that the checklist decided, stored, and a job that sends it."""
    if case.checked.answer is Outcome.ACKNOWLEDGMENT:
        assert case.checked.envelope is not None
        said = signals.acknowledgment(
            case.checked.envelope, case.checked.references, _signal_head(case), case.known.signers[case.receiver_her]
        )
        return _keep(case, "acknowledgment", said)
    return _keep(case, "error", _error(case, case.checked.entries()))


def _error(case: _Case, entries: tuple[ErrorEntry, ...]) -> Packed:
    """A signed error; with any key of ours when the message was to nobody here."""
    assert case.checked.envelope is not None
    signer = case.known.signers.get(case.receiver_her) or next(iter(case.known.signers.values()))
    return signals.error(case.checked.envelope, entries, _signal_head(case), signer)


def _signal_head(case: _Case) -> signals.Answer:
    return signals.Answer(str(uuid4()), case.now, monitoring.description(Product()))


def _keep(case: _Case, kind: str, said: Packed, *, to: str = "", about: str = "") -> Answer:
    ours = case.known.party(case.receiver_her)
    theirs = case.known.party(case.sender_her)
    headers = case.checked.headers
    came_to = parseaddr((headers.get("To") or "") if headers is not None else "")[1]
    answer = Answer.objects.create(
        kind=kind,
        carrier=case.carrier,
        sender_address=(ours.edi_address if ours else "") or came_to,
        receiver_address=to or (theirs.edi_address if theirs else ""),
        about_mail=about[:300],
        content=originals.store(said.content, organisation=None, now=case.now),
        made_at=case.now,
    )
    enqueue("carriers.answer", {"answer": answer.pk}, now=case.now)
    return answer


@transaction.atomic
def _ping(case: _Case) -> Taken:
    """Answer a Ping whose signature is the sender's; a Pong, and any other, is only noted (R38)."""
    envelope, signer = case.checked.envelope, case.known.signers.get(case.receiver_her)
    strange = any(finding.rule.severity == "error" for finding in case.checked.findings)
    asks = envelope is not None and envelope.header is not None and envelope.header.action == names.PING
    if envelope is not None and asks and not strange and signer is not None:
        _keep(case, "pong", signals.pong(envelope, _signal_head(case), signer))
    log.info("ping" if asks else "pong", sender=case.sender_her, answered=asks and not strange)
    return Taken.STORED


@transaction.atomic
def _fault(case: _Case) -> Taken:
    """A SOAP Fault to whoever wrote (7.1); what names no writer and looks like no ebXML is set aside."""
    headers = case.checked.headers
    if headers is None:
        return Taken.ASIDE
    written = next((headers.get(name) for name in ("Reply-To", "From", "Sender") if headers.get(name)), "") or ""
    address = parseaddr(written.removeprefix("mailto:"))[1]
    rule = next(finding.rule for finding in case.checked.findings if finding.rule.answer is Reaction.FAULT)
    if "@" not in address or not address.isascii() or headers.get("SOAPAction") is None:
        return Taken.ASIDE
    _keep(case, "fault", signals.fault(rule.code, rule.text), to=address, about=headers.get("Message-ID") or "")
    return Taken.STORED


@transaction.atomic
def _signal(case: _Case) -> Taken:
    """Tie an acknowledgment or error to what we sent; one that is not signed by the receiver changes nothing (S5)."""
    envelope = case.checked.envelope
    assert envelope is not None
    assert envelope.header is not None
    if any(finding.rule.severity == "error" for finding in case.checked.findings):
        log.error("signal ignored", rules=[finding.code for finding in case.checked.findings][:10])
        return Taken.STORED
    receipt, listed = envelope.acknowledgment, envelope.error_list
    about = (receipt.ref_to_message_id if receipt is not None else envelope.header.ref_to_message_id) or ""
    sent = _transmission(about, receiver_her=case.sender_her, sender_her=case.receiver_her)
    if sent is None:
        log.warning("signal about a message that we do not know")
        return Taken.STORED
    if receipt is not None:
        repeated = [[one.get("URI") or "", _digest_value(one)] for one in receipt.references]
        if sorted(repeated) != sorted(sent.references):
            log.error("the acknowledgment repeats other digests than ours", transmission=sent.pk)
        outgoing.settle(sent.pk, Event.ACKNOWLEDGED, now=case.now)
    elif listed is not None:
        code = next((entry.code for entry in listed.errors), "")
        event = Event.WARNING if listed.only_warnings else Event.ERROR
        outgoing.settle(sent.pk, event, now=case.now, code=code)
    return Taken.STORED


def _digest_value(reference: Tree) -> str:
    return (reference.findtext(ds("DigestValue")) or "").strip()


def _transmission(message_id: str, *, receiver_her: str, sender_her: str) -> Transmission | None:
    try:
        transport_id = UUID(message_id)
    except ValueError:
        return None
    return Transmission.objects.filter(
        transport_id=transport_id, receiver_her=receiver_her, sender_her=sender_her
    ).first()


@transaction.atomic
def _returned(case: _Case, *, fault: bool) -> Taken:
    """A bounce or a SOAP Fault: matched by the Message-ID of the mail that it is about (S8, S9)."""
    named = {found.decode("ascii", errors="replace") for found in _MAIL_ID.findall(case.data[:200_000])}
    mailing = Mailing.objects.filter(mail_id__in=named, transmission__isnull=False).first()
    if mailing is None or mailing.transmission_id is None:
        return Taken.ASIDE
    if fault:
        outgoing.settle(mailing.transmission_id, Event.FAULT, now=case.now, code="fault")
    elif _FAILED.search(case.data):
        outgoing.settle(mailing.transmission_id, Event.BOUNCE, now=case.now, code="bounce")
    return Taken.STORED
