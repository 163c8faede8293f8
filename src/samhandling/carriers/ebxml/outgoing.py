"""Transmissions of ours: prepared once, submitted until an answer comes or the tries are spent (10.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from django.db import transaction

from samhandling.carriers.ebxml import alerts, freshening, rules
from samhandling.carriers.ebxml.knowing import known
from samhandling.carriers.ebxml.rules import Event, Plan, State
from samhandling.carriers.models import Mailing, Received, Transmission
from samhandling.ebxml import certificates, cpa, encryption, monitoring, packing
from samhandling.ebxml.certificates import Doubt, Use
from samhandling.ebxml.document import open_document
from samhandling.ebxml.known import Known
from samhandling.ebxml.monitoring import Product
from samhandling.ebxml.names import ds
from samhandling.ebxml.packing import Payload, Routing
from samhandling.errors import SamhandlingError
from samhandling.exchange import originals
from samhandling.exchange.models import Arrival
from samhandling.exchange.ports import CarrierError, CarrierRefusedError, Envelope, HandOver, Result
from samhandling.exchange.services import transport_answer
from samhandling.jobs.services import enqueue
from samhandling.messages import engine
from samhandling.messages import facts as document_facts
from samhandling.registry import revoking

log = structlog.get_logger("samhandling.carriers.ebxml")

SYNC = {"mshSignalsOnly": "signal", "signalsOnly": "signal", "signalsAndResponse": "reply", "responseOnly": "reply"}
"""syncReplyMode of an agreement's HTTP channel -> what must stand in the response (9.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One transmission: what goes to whom."""

    content: bytes = field(repr=False)
    sender: str
    receiver: str
    mail_id: str
    """New at every transmission."""
    subject: str = ""
    about: str = ""
    """The Message-ID of the mail that a SOAP Fault answers."""


Submit = Callable[[Parcel, datetime], bytes]
"""Takes it to the other end and gives what was answered at once (HTTP), else b"".

Raises CarrierError for what may come right, CarrierRefusedError for what will not.
"""


TO_SEND_BY = 2
"""Registry status of an agreement to send by: valid and the newest (5.3)."""


class EbxmlCarrier(Protocol):
    """The exchange's port for every way of carrying ebXML, and what each of them brings."""

    name: str

    def stays_inside(self, receiver_her: str) -> bool:
        """Never: also between two parties of this node it goes over the line."""
        return False

    def hand_over(self, envelope: Envelope, *, now: datetime) -> HandOver:
        """Sign and store once, submit. Raises CarrierError, CarrierRefusedError."""
        transmission = prepared(envelope, carrier=self.name, now=now)
        if transmission.state in rules.WAITING:
            self.send(transmission, now=now)
            transmission.refresh_from_db()
        done = Result.ACKNOWLEDGED if transmission.state in rules.DELIVERED else Result.HANDED
        return HandOver(done, str(transmission.transport_id))

    def send(self, transmission: Transmission, *, now: datetime) -> None:
        """The stored bytes once more. Raises what `submit` does."""
        ...

    def submit(self, parcel: Parcel, now: datetime) -> bytes:
        """One transmission (Submit)."""
        ...

    def drain(self, now: datetime) -> None:
        """Take in what waits for us, before anything is sent again."""
        ...


def prepared(envelope: Envelope, *, carrier: str, now: datetime, test: bool = False) -> Transmission:
    """The transmission of an envelope: the one that was made before, or a new one, stored before it leaves.

    `test` marks it as sent for testing only (HITS 1172 5.15.2).

    Raises CarrierRefusedError for what a person must put right, CarrierError for what may come right by itself.
    """
    found = Transmission.objects.filter(transport_id=envelope.transport_id).first()
    if found is not None:
        return found
    here = known(now)
    freshening.require_answers(here, envelope, now)
    agreement = _agreement(here, envelope, now)
    route = None
    if agreement is not None:
        route = cpa.route(
            agreement,
            sender=envelope.sender_her,
            receiver=envelope.receiver_her,
            service=envelope.service,
            action=envelope.action,
        )
        if route is None:
            raise CarrierRefusedError(f"the agreement has no {envelope.service} {envelope.action}")
    plan = rules.plan_of(route.channel.retries, route.channel.interval) if route is not None else Plan()
    conversation, cpa_id = _conversation(envelope)
    if not cpa_id:
        cpa_id = agreement.cpa_id if agreement else packing.standard_cpa_id(envelope.sender_her, envelope.receiver_her)
    routing = _routing(envelope, route, cpa_id, conversation, plan, now)
    packed = _packed(here, envelope, routing, route, now, test=test)
    sender, receiver = here.party(envelope.sender_her), here.party(envelope.receiver_her)
    address = route.channel.endpoint.removeprefix("mailto:") if route is not None else ""
    address = address or (receiver.edi_address if receiver else "")
    if not address or sender is None or not sender.edi_address:
        raise CarrierRefusedError("a party has no EDI address")
    with transaction.atomic():
        content = originals.store(packed.content, organisation=None, now=now)
        return Transmission.objects.create(
            transport_id=envelope.transport_id,
            carrier=carrier,
            sender_her=envelope.sender_her,
            receiver_her=envelope.receiver_her,
            cpa_id=routing.cpa_id,
            conversation_id=routing.conversation_id,
            service=routing.service,
            action=routing.action,
            sender_address=sender.edi_address,
            receiver_address=address,
            sync=routing.sync,
            content=content,
            references=references_of(packed.envelope),
            state=State.PREPARED,
            retries=plan.retries,
            interval_seconds=int(plan.interval.total_seconds()),
            prepared_at=now,
        )


def _agreement(here: Known, envelope: Envelope, now: datetime) -> cpa.Agreement | None:
    for one in (here.agreements or {}).values():
        parties = one.agreement.party(envelope.sender_her) and one.agreement.party(envelope.receiver_her)
        if parties and one.status == TO_SEND_BY and one.agreement.valid(now):
            return one.agreement
    return None


def _conversation(envelope: Envelope) -> tuple[str, str]:
    """ConversationId and CPAId: of a receipt those of the message that it answers, else new (3.3, 3.4)."""
    if envelope.action == "APPREC":
        reading = engine.read(envelope.data)
        facts = document_facts.facts(reading) if reading.tree is not None else None
        if facts is not None and facts.receipt is not None:
            original = facts.receipt.original_id.strip().lower()
            arrivals = Arrival.objects.filter(msg_id=original)
            answered = Received.objects.filter(
                arrival__in=arrivals, sender_her=envelope.receiver_her, receiver_her=envelope.sender_her
            ).first()
            if answered is not None:
                return answered.conversation_id, answered.cpa_id
    return str(uuid4()), ""


def _routing(
    envelope: Envelope, route: cpa.Route | None, cpa_id: str, conversation: str, plan: Plan, now: datetime
) -> Routing:
    message = envelope.service.removeprefix("S-")
    answers = envelope.action == "APPREC"
    roles = (f"{message}receiver", f"{message}sender") if answers else (f"{message}sender", f"{message}receiver")
    return Routing(
        sender_her=envelope.sender_her,
        receiver_her=envelope.receiver_her,
        cpa_id=cpa_id,
        conversation_id=conversation,
        service=envelope.service,
        action=envelope.action,
        message_id=str(envelope.transport_id),
        timestamp=now,
        sender_role=route.sender_role if route is not None else roles[0],
        receiver_role=route.receiver_role if route is not None else roles[1],
        time_to_live=plan.time_to_live(now),
        description=monitoring.description(Product()),
        sync=SYNC.get(route.channel.sync_reply_mode, "") if route is not None and http(route.channel.endpoint) else "",
    )


def http(address: str) -> bool:
    """Whether an address is one that messages are posted to."""
    return address.lower().startswith(("http://", "https://"))


def _packed(
    here: Known, envelope: Envelope, routing: Routing, route: cpa.Route | None, now: datetime, *, test: bool
) -> packing.Packed:
    signer = here.signers.get(envelope.sender_her)
    if signer is None:
        raise CarrierRefusedError(f"no signing key for {envelope.sender_her}")
    party = here.party(envelope.receiver_her)
    certificate = route.certificate if route is not None else None
    if certificate is None and party is not None:
        certificate = next(iter(party.encryption), None)
    schema = _schema(envelope.data)
    data, kind = envelope.data, "application/xml"
    if route is None or route.encrypted:
        if certificate is None:
            raise CarrierRefusedError(f"no encryption certificate for {envelope.receiver_her}")
        assert here.trust is not None
        doubts = certificates.judge(certificate, use=Use.ENCRYPTION, signed_at=now, now=now, trust=here.trust)
        if doubts == (Doubt.REVOCATION_UNKNOWN,):
            revoking.want_status(certificate, now=now)
            raise CarrierError("the revocation list is missing or out of date")
        if doubts:
            raise CarrierRefusedError(f"the certificate of {envelope.receiver_her}: {', '.join(doubts)}")
        data, kind = encryption.encrypt(data, certificate), packing.PKCS7
    return packing.pack(routing, (Payload(data, kind, schema, envelope.action),), signer, test=test)


def _schema(data: bytes) -> tuple[str, str]:
    """Namespace and version of the document's standard. What was read of a large one is gone before it is packed."""
    reading = engine.read(data)
    facts = document_facts.facts(reading) if reading.tree is not None else None
    namespace = facts.namespace if facts is not None else ""
    return (namespace, monitoring.versions()[namespace]) if namespace in monitoring.versions() else ("", "")


def references_of(envelope: bytes) -> list[list[str]]:
    """[URI, digest] of each reference in a signed envelope."""
    tree = open_document(envelope).tree
    assert tree is not None
    found = tree.iterfind(f".//{ds('SignedInfo')}/{ds('Reference')}")
    return [[one.get("URI") or "", (one.findtext(ds("DigestValue")) or "").strip()] for one in found]


def send(transmission: Transmission, submit: Submit, *, now: datetime) -> bytes:
    """Submit the stored bytes once more in a new mail, and set the timer for its answer. Raises what `submit` does.

    Gives what the other end answered at once; the caller deals with it.
    """
    parcel = Parcel(
        content=originals.read(transmission.content),
        sender=transmission.sender_address,
        receiver=transmission.receiver_address,
        mail_id=f"{uuid4()}@{mail_domain(transmission.sender_address)}",
        subject=transmission.action,
    )
    # Stored first: a bounce may come before `submit` has returned.
    mailing = Mailing.objects.create(mail_id=parcel.mail_id, transmission=transmission, sent_at=now)
    reply = submitted(mailing, submit, parcel, now=now)
    with transaction.atomic():
        row = Transmission.objects.select_for_update().get(pk=transmission.pk)
        if row.state not in rules.WAITING:
            return reply  # answered while it was on its way
        row.state = rules.step(State(row.state), Event.SUBMITTED)
        row.tries += 1
        row.next_at = now + timedelta(seconds=row.interval_seconds)
        row.save(update_fields=["state", "tries", "next_at"])
        name = f"carriers.resend:{row.pk}"
        enqueue("carriers.resend", {"transmission": row.pk}, now=now, run_at=row.next_at, unique=name)
    return reply


def submitted(mailing: Mailing, submit: Submit, parcel: Parcel, *, now: datetime) -> bytes:
    """`submit`, with what the other end said to it noted on its mailing. Raises what it raises."""
    try:
        reply = submit(parcel, now)
    except SamhandlingError as error:
        _note(mailing, (error.detail or error.code)[:60])
        raise
    _note(mailing, "taken")
    return reply


def _note(mailing: Mailing, outcome: str) -> None:
    # A bounce that has come meanwhile says more.
    Mailing.objects.filter(pk=mailing.pk, outcome="").update(outcome=outcome)


def mail_domain(address: str) -> str:
    """A domain for a Message-ID: that of a mail address, or the host of a URL."""
    return (urlsplit(address).hostname or "localhost") if "//" in address else address.rpartition("@")[2]


def settle(transmission_id: int, event: Event, *, now: datetime, code: str = "") -> None:
    """Note the answer to a transmission and tell the exchange, in the caller's transaction."""
    row = Transmission.objects.select_for_update().get(pk=transmission_id)
    before = State(row.state)
    after = rules.step(before, event)
    if after == before:
        return
    row.state, row.answered_at, row.answer_code, row.next_at = after, now, code[:60], None
    row.save(update_fields=["state", "answered_at", "answer_code", "next_at"])
    if after is State.LATE:
        alerts.late(row, now)
    if after in {State.BOUNCED, State.REJECTED}:
        freshening.receiver_may_have_changed(row.receiver_her, now)
    transport_answer(
        str(row.transport_id), acknowledged=after in rules.DELIVERED, now=now, reason=f"transport.{code or after}"[:60]
    )
    log.info("transmission settled", transmission=row.pk, state=after, code=code)
