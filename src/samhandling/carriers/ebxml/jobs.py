"""Jobs of the ebXML carriers: send again, and send an answer."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from samhandling.carriers.ebxml import outgoing, rules
from samhandling.carriers.ebxml.rules import Event, Plan
from samhandling.carriers.models import Answer, Mailing, Transmission
from samhandling.exchange import originals
from samhandling.exchange.ports import CarrierRefusedError
from samhandling.jobs.handlers import retry_with
from samhandling.jobs.rules import Retry
from samhandling.jobs.running import Running

PATIENT = Retry(first=timedelta(seconds=5), factor=3.0, longest=timedelta(minutes=10), attempts=700)


def _carrier(name: str) -> object:
    path: str = import_module(settings.SAMHANDLING_WIRING).CARRIERS[name]
    return import_string(path)()


@retry_with(PATIENT)
def resend(running: Running) -> None:
    """Timer: no answer within the interval. Look in the mailbox first, then send again or give up (S2, S12)."""
    row = Transmission.objects.get(pk=running.payload["transmission"])
    carrier = _carrier(row.carrier)
    if row.state in rules.WAITING:
        carrier.drain(running.now)  # type: ignore[attr-defined]
        row.refresh_from_db()
    if row.state in rules.WAITING and Plan(row.retries, timedelta(seconds=row.interval_seconds)).spent(row.tries):
        with transaction.atomic():
            outgoing.settle(row.pk, Event.GAVE_UP, now=running.now, code="no_answer")
            running.finish()
        return
    if row.state in rules.WAITING:
        outgoing.send(row, carrier.submit, now=running.now)  # type: ignore[attr-defined]


@retry_with(PATIENT)
def answer(running: Running) -> None:
    """Send a stored answer in a new mail."""
    row = Answer.objects.get(pk=running.payload["answer"])
    carrier = _carrier(row.carrier)
    if not row.receiver_address or not row.sender_address:
        return
    mail_id = f"{uuid4()}@{row.sender_address.rpartition('@')[2]}"
    try:
        carrier.submit(  # type: ignore[attr-defined]
            originals.read(row.content), row.sender_address, row.receiver_address, mail_id, running.now, "",
            row.about_mail,
        )  # fmt: skip
    except CarrierRefusedError:
        return  # their mailbox is closed to us; they will send again and be told again
    with transaction.atomic():
        Mailing.objects.create(mail_id=mail_id, answer=row, sent_at=running.now)
        running.finish()
