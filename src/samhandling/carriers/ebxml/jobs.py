"""Jobs of the ebXML carriers: send again, and send an answer."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from samhandling.carriers.ebxml import knowing, outgoing, rules
from samhandling.carriers.ebxml.cases import Taken
from samhandling.carriers.ebxml.incoming import take_in
from samhandling.carriers.ebxml.outgoing import EbxmlCarrier, Parcel
from samhandling.carriers.ebxml.rules import Event, Plan
from samhandling.carriers.models import Answer, Mailing, Posted, Transmission
from samhandling.exchange import originals
from samhandling.exchange.ports import CarrierRefusedError
from samhandling.jobs.handlers import retry_with
from samhandling.jobs.rules import Retry
from samhandling.jobs.running import Running

PATIENT = Retry(first=timedelta(seconds=5), factor=3.0, longest=timedelta(minutes=10), attempts=700)


AGAIN, GIVE_UP = timedelta(minutes=5), timedelta(days=4)
"""How often and how long something posted that cannot be judged yet is tried (R9)."""


def carrier(name: str) -> EbxmlCarrier:
    """The carrier of that name."""
    path: str = import_module(settings.SAMHANDLING_WIRING).CARRIERS[name]
    made: EbxmlCarrier = import_string(path)()
    return made


@retry_with(PATIENT)
def resend(running: Running) -> None:
    """Timer: no answer within the interval. Look in the mailbox first, then send again or give up (S2, S12)."""
    row = Transmission.objects.get(pk=running.payload["transmission"])
    way = carrier(row.carrier)
    if row.state in rules.WAITING:
        way.drain(running.now)
        row.refresh_from_db()
    if row.state in rules.WAITING and Plan(row.retries, timedelta(seconds=row.interval_seconds)).spent(row.tries):
        with transaction.atomic():
            outgoing.settle(row.pk, Event.GAVE_UP, now=running.now, code="no_answer")
            running.finish()
        return
    if row.state in rules.WAITING:
        way.send(row, now=running.now)


@retry_with(PATIENT)
def answer(running: Running) -> None:
    """Send a stored answer in a new mail."""
    row = Answer.objects.get(pk=running.payload["answer"])
    if not row.receiver_address or not row.sender_address:
        return
    parcel = Parcel(
        content=originals.read(row.content),
        sender=row.sender_address,
        receiver=row.receiver_address,
        mail_id=f"{uuid4()}@{outgoing.mail_domain(row.sender_address)}",
        about=row.about_mail,
    )
    mailing = Mailing.objects.create(mail_id=parcel.mail_id, answer=row, sent_at=running.now)
    try:
        outgoing.submitted(mailing, carrier(row.carrier).submit, parcel, now=running.now)
    except CarrierRefusedError:
        return  # their mailbox is closed to us; they will send again and be told again


def posted(running: Running) -> None:
    """Judge what came to our HTTP endpoint, and leave the answer for the web process that waits for it."""
    row = Posted.objects.select_related("content").get(pk=running.payload["posted"])
    if row.content is None or row.state != "waiting":
        return
    data = originals.read(row.content)
    here = knowing.known(running.now)
    with transaction.atomic():
        taken = take_in(data, here, carrier="ebxml_http", now=running.now, posted=row)
        if taken is Taken.WAITS and not row.waits and running.now - row.received_at < GIVE_UP:
            running.postpone(running.now + AGAIN)
            return
        # Who waits is told to come again: the same message is then judged again.
        row.state = {Taken.STORED: "answered", Taken.WAITS: "later", Taken.ASIDE: "aside"}[taken]
        row.save(update_fields=["state", "answer"])
        running.finish()
