"""Does the line hold? A Ping to a counterpart, and on test nodes a whole test message. A worker signs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from samhandling.carriers.ebxml import knowing, outgoing
from samhandling.carriers.ebxml.incoming import take_in
from samhandling.carriers.ebxml.jobs import carrier
from samhandling.carriers.ebxml.outgoing import Parcel
from samhandling.carriers.models import Mailing, Ping
from samhandling.clock import oslo
from samhandling.ebxml import monitoring, names, packing
from samhandling.ebxml.monitoring import Product
from samhandling.errors import SamhandlingError
from samhandling.exchange import originals
from samhandling.exchange.ports import CarrierRefusedError, Envelope
from samhandling.identity import synthetic
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue
from samhandling.messages.compose.logistics import compose
from samhandling.messages.compose.values import (
    Address,
    AddressLevel,
    LogisticsValues,
    PatientValues,
    Professional,
    UnitValues,
)
from samhandling.registry.models import CommunicationParty
from samhandling.store.services import require_test_store

BORN = date(1960, 2, 29)


@transaction.atomic
def ask(sender: CommunicationParty, receiver: CommunicationParty, *, now: datetime) -> Ping:
    """A Ping from a party of ours, sent by a worker. Raises CarrierRefusedError when a party has no address."""
    if not sender.edi_address or not receiver.edi_address:
        raise CarrierRefusedError("a party has no EDI address")
    row = Ping.objects.create(
        message_id=uuid4(),
        carrier="ebxml_http" if outgoing.http(receiver.edi_address) else "ebxml_smtp",
        sender_her=sender.her_id,
        receiver_her=receiver.her_id,
        sender_address=sender.edi_address,
        receiver_address=receiver.edi_address,
        asked_at=now,
    )
    enqueue("carriers.ping", {"ping": row.pk}, now=now)
    return row


def ping(running: Running) -> None:
    """Sign and send a Ping, once: a person asks again if it fails."""
    row = Ping.objects.get(pk=running.payload["ping"])
    here = knowing.known(running.now)
    try:
        content = _signed_ping(row, here.signers.get(row.sender_her), running.now)
        with transaction.atomic():
            row.content = originals.store(content, organisation=None, now=running.now)
            row.save(update_fields=["content"])
        parcel = Parcel(
            content=content,
            sender=row.sender_address,
            receiver=row.receiver_address,
            mail_id=f"{row.message_id}@{outgoing.mail_domain(row.sender_address)}",
            subject=names.PING,
        )
        mailing, _ = Mailing.objects.get_or_create(mail_id=parcel.mail_id, ping=row, defaults={"sent_at": running.now})
        reply = outgoing.submitted(mailing, carrier(row.carrier).submit, parcel, now=running.now)
    except SamhandlingError as error:
        with transaction.atomic():
            Ping.objects.filter(pk=row.pk).update(fault=(error.detail or error.code)[:60])
            running.finish()
        return
    if reply:
        take_in(reply, here, carrier=row.carrier, now=running.now)


def _signed_ping(row: Ping, signer: packing.Signer | None, now: datetime) -> bytes:
    if signer is None:
        raise CarrierRefusedError("no signing key")
    routing = packing.Routing(
        sender_her=row.sender_her,
        receiver_her=row.receiver_her,
        cpa_id=packing.standard_cpa_id(row.sender_her, row.receiver_her),
        conversation_id=str(row.message_id),
        service=names.SIGNAL_SERVICE,
        action=names.PING,
        message_id=str(row.message_id),
        timestamp=now,
        description=monitoring.description(Product()),
        sync="reply" if row.carrier == "ebxml_http" else "",
    )
    root, head, _ = packing.frame()
    packing.write_header(head, routing, duplicate_elimination=False)
    if routing.sync:
        packing.sync_reply(head)
    return packing.single(root, head, signer, routing.message_id).content


def test_message(running: Running) -> None:
    """A whole message about nobody, marked as test: packed, encrypted and acknowledged as any other.

    Its document is about a synthetic person, and its AppRec will come as one about a message that nobody sent.
    """
    require_test_store()
    sender = CommunicationParty.objects.select_related("organisation").get(pk=running.payload["sender"])
    receiver = CommunicationParty.objects.select_related("organisation").get(pk=running.payload["receiver"])
    transport_id = UUID(running.payload["transport_id"])
    envelope = Envelope(
        transport_id=transport_id,
        sender_her=sender.her_id,
        receiver_her=receiver.her_id,
        service="S-LOG_INNLAGT",
        action="LOG_INNLAGT",
        msg_id=str(transport_id),
        data=_document(sender, receiver, str(transport_id), running.now),
    )
    transmission = outgoing.prepared(envelope, carrier=receiver.carrier, now=running.now, test=True)
    carrier(receiver.carrier).send(transmission, now=running.now)


def _document(sender: CommunicationParty, receiver: CommunicationParty, msg_id: str, now: datetime) -> bytes:
    number = synthetic.person_number(BORN, "2")
    composed = compose(
        LogisticsValues(
            type="LOG_INNLAGT",
            version="1.6",
            status="N",
            msg_id=msg_id,
            generated_at=now,
            sender=_address(sender),
            receiver=_address(receiver),
            patient=PatientValues(
                family_name="Testmelding", given_name="Syntetisk", identifiers=(("FNR", number),),
                birth_date=BORN, sex="2",
            ),
            unit=UnitValues(name="Testavdeling", phone="22000000", identifier="TEST"),
            responsible=Professional(
                family_name="Test", given_name="Syntetisk", hpr_number="9144897", phone="22000000"
            ),
            admitted_at=now - timedelta(hours=1),
            ready_on=oslo.day(now),
        )
    )  # fmt: skip
    return composed.data


def _address(party: CommunicationParty) -> Address:
    return Address(
        organisation=AddressLevel(name=party.organisation.name, her_id=party.organisation.her_id),
        part=AddressLevel(name=party.name, her_id=party.her_id),
    )
