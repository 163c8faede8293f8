"""Messages that no routine of a stay judges: to the patient's doctor and back, and professional dialogue (HIS 1077)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageState
from samhandling.exchange.services import Draft, Finding, Outcome, Trial, send, try_out
from samhandling.organisations.models import Organisation
from samhandling.pages.texts import N_
from samhandling.patients.models import Patient
from samhandling.registry.models import CommunicationParty
from samhandling.registry.services import address_book, copy_book, writer_of
from samhandling.stays.dialogs import answered
from samhandling.stays.objecting import OBJECTION, objects
from samhandling.stays.policies import policy_for

FREE_DIALOGUE = frozenset({"DIALOG_HELSEFAGLIG", "DIALOG_NOTAT"})
"""Types that a routine may want to be answers only (C-13)."""
REFUSED = {
    "gone": N_("Meldingen kan ikke besvares lenger."),
    "objection": OBJECTION,
    "nobody": N_("Adresseregisteret har ingen som kan få denne meldingen."),
    "withdrawn": N_("Meldingen er trukket tilbake allerede."),
}
"""Why it cannot be written now, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is written, about whom, and what it answers or withdraws."""

    organisation: Organisation
    message_type: str
    patient: Patient | None
    subject: str = ""
    """The stay or course that it belongs to."""
    about: Message | None = None
    """The message in that it answers, or the one of ours that goes before it in a dialogue."""
    withdraws: Message | None = None
    phone: str = ""
    """The telephone of where it is written, when the page knows it."""
    function: str = ""
    """The function of our own that writes, where the type leaves it open: `nursing case_handling` …"""
    person: tuple[str, str] = ("", "")
    """Given and family name of who writes, who may have an address of their own."""


def receivers(letter: Letter, now: datetime) -> list[CommunicationParty]:
    """Who may be written to: back to where the message came from, else the address book and the routine."""
    day = oslo.day(now)
    book = address_book(letter.message_type, letter.organisation, day)
    known = letter.withdraws or letter.about
    if known is not None:
        back = [party for party in book if party.her_id == known.counterpart_her]
        return back or book
    if letter.message_type in FREE_DIALOGUE:
        return [party for party in book if _may_begin(letter.organisation, party.organisation, day)]
    return book


def copy_receivers(letter: Letter, now: datetime) -> list[CommunicationParty]:
    """Who may be sent a copy; where the routine wants answers only, a copy is no way round it."""
    day = oslo.day(now)
    book = copy_book(letter.message_type, letter.organisation, day)
    if letter.message_type not in FREE_DIALOGUE:
        return book
    return [each for each in book if _may_begin(letter.organisation, each.organisation, day)]


def _may_begin(own: Organisation, other: Organisation, day: date) -> bool:
    """C-13: between a hospital and a municipality the routine may want dialogue messages to be answers only."""
    pair = {own.kind: own, other.kind: other}
    hospital, municipality = pair.get("hospital"), pair.get("municipality")
    if hospital is None or municipality is None:
        return True
    return policy_for(hospital.pk, day, municipality.municipality_number).free_dialogue


def refusal(letter: Letter, now: datetime) -> str:
    """Stable code of why it may not be sent now; empty when it may."""
    about, withdraws = letter.about, letter.withdraws
    if about is not None and about.state in (MessageState.REMOVED, MessageState.REJECTED_BY_US):
        return "gone"
    if withdraws is not None and (withdraws.cancelled_by_id is not None or withdraws.status == "C"):
        return "withdrawn"
    if withdraws is None and objects(letter.organisation, letter.patient, letter.subject):
        return "objection"
    return "" if receivers(letter, now) else "nobody"


def _draft(letter: Letter, values: Mapping[str, Any], now: datetime) -> Draft:
    before = letter.withdraws or letter.about
    if before is not None:
        sender = before.own_her
    else:
        own = writer_of(
            letter.message_type, letter.organisation, oslo.day(now), prefer=letter.function, person=letter.person
        )
        sender = own.her_id if own is not None else ""
    return Draft(
        organisation=letter.organisation,
        message_type=letter.message_type,
        patient=letter.patient,
        values=values,
        sender_her=sender,
        receiver_her=str(values.get("receiver") or ""),
        refers_to=before,
        subject=letter.subject,
        event_at=now,
    )


def try_letter(letter: Letter, values: Mapping[str, Any], *, now: datetime) -> Trial:
    """What sending would give; stores nothing. `values`: data of the type, and the HER-id of the `receiver`."""
    return try_out(_draft(letter, values, now), now=now)


@transaction.atomic
def send_letter(letter: Letter, values: Mapping[str, Any], *, user: User, now: datetime) -> Outcome:
    """Send it; a request that it answers is answered. Findings, never an exception, where it may not go."""
    reason = refusal(letter, now)
    if reason:
        return Outcome(None, (Finding(f"letter.{reason}", REFUSED[reason]),))
    outcome = send(_draft(letter, values, now), now=now)
    about = letter.about
    if outcome.message is not None and about is not None and about.direction == Direction.IN:
        answered(about, user=user, now=now)
    return outcome
