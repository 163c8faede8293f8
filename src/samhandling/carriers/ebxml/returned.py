"""What comes back about a mail of ours: bounces (RFC 3464) and SOAP Faults, tied to it by its ids (S8, S9)."""

from __future__ import annotations

import re

from django.db import transaction

from samhandling.carriers.ebxml import alerts, outgoing
from samhandling.carriers.ebxml.cases import Case, Taken
from samhandling.carriers.ebxml.rules import Event
from samhandling.carriers.models import Mailing

_MAIL_ID = re.compile(rb"(?im)^(?:Message-ID|In-Reply-To|References|X-Original-Message-ID):\s*<([^<>\s]{3,190})>")
_ENVELOPE_ID = re.compile(rb"(?im)^Original-Envelope-Id:\s*(?:rfc822;\s*)?<?([0-9a-z.\-]{8,150})")
_ACTION = re.compile(rb"(?im)^Action:\s*([a-z]{4,20})")
_STATUS = re.compile(rb"(?im)^Status:\s*([245]\.\d{1,3}\.\d{1,3})")
_LOOKED_AT = 200_000
"""Bytes: the report stands first; behind it may lie the whole mail."""


@transaction.atomic
def bounce(case: Case) -> Taken:
    """*failed* ends the transmission, *delayed* is noted, anything else is no news; a mail of nobody is set aside."""
    mailing = _mailing(case)
    action = _ACTION.search(case.data[:_LOOKED_AT])
    if mailing is None or action is None:
        return Taken.ASIDE
    said, status = action[1].decode().lower(), _STATUS.search(case.data[:_LOOKED_AT])
    mailing.outcome = " ".join(("bounce" if said == "failed" else said, status[1].decode() if status else "")).strip()
    mailing.save(update_fields=["outcome"])
    if said != "failed":
        return Taken.STORED
    if mailing.transmission_id is not None:
        outgoing.settle(mailing.transmission_id, Event.BOUNCE, now=case.now, code=mailing.outcome)
    elif mailing.answer is not None:
        parties = case.known.parties or {}
        hers = {party.edi_address: party.her_id for party in parties.values() if party.edi_address}
        ours, theirs = hers.get(mailing.answer.sender_address), hers.get(mailing.answer.receiver_address)
        if ours and theirs:
            alerts.answer_bounced(ours, theirs, case.now)
    return Taken.STORED


@transaction.atomic
def fault(case: Case) -> Taken:
    """A SOAP Fault ends the transmission; about an answer of ours it changes nothing (S10)."""
    mailing = _mailing(case)
    if mailing is None:
        return Taken.ASIDE
    mailing.outcome = "fault"
    mailing.save(update_fields=["outcome"])
    if mailing.transmission_id is not None:
        outgoing.settle(mailing.transmission_id, Event.FAULT, now=case.now, code="fault")
    return Taken.STORED


def _mailing(case: Case) -> Mailing | None:
    """The mail of ours that it names: by SMTP's envelope id, else by a Message-ID anywhere in it."""
    start = case.data[:_LOOKED_AT]
    for found in _ENVELOPE_ID.findall(start):
        mailing = Mailing.objects.filter(mail_id__startswith=f"{found.decode('ascii')}@").first()
        if mailing is not None:
            return mailing
    named = {found.decode("ascii", errors="replace") for found in _MAIL_ID.findall(start)}
    return Mailing.objects.filter(mail_id__in=named).order_by("pk").last()
