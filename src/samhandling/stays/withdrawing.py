"""Withdraws the Helseopplysninger of a stay when the admission or the municipality was wrong (T19, T26)."""

from __future__ import annotations

from typing import Any

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.exchange.services import Draft
from samhandling.exchange.services import send as send_message
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts, Person
from samhandling.organisations.models import Organisation
from samhandling.stays.models import Expectation
from samhandling.stays.rules import outbox
from samhandling.stays.rules.values import Cancel
from samhandling.stays.versions import standing_version
from samhandling.stays.work import Work

MESSAGE_TYPE = "HELSEOPPL_SOKNAD"


def to_cancel(work: Work, action: Cancel) -> list[Expectation]:
    """The expectations that a cancellation is about, newest first, their rows locked."""
    rows = Expectation.objects.select_for_update(of=("self",)).filter(stay=work.stay)
    return list(outbox.to_cancel(rows.select_related("message"), action))


def withdraw_information(work: Work, action: Cancel, reason: str) -> None:
    """Cancellation (C) of the series of Helseopplysninger, as its last version tells it; else somebody calls.

    The exchange asks for a call in either case (2.4). With `action.municipality` only what went there.
    """
    last = standing_version(work.organisation, work.stay.subject, MESSAGE_TYPE)
    town = work.municipality_numbered(action.municipality or work.state.municipality)
    if last is None or town is None or last.counterpart_organisation != town.her_id:
        return
    outcome = send_message(_draft(work, last, town, reason), now=work.now)
    kind = "cancelled" if outcome.message is not None else "cancelled_by_phone"
    work.note(kind, message=outcome.message, code="M3")


def _draft(work: Work, last: Message, town: Organisation, reason: str) -> Draft:
    facts = _facts(last)
    return Draft(
        organisation=work.organisation,
        message_type=MESSAGE_TYPE,
        patient=work.stay.patient,
        values={**_repeated(work, facts), "status": "C", "cancel_reason": reason},
        municipality=town,
        track=work.state.track,
        refers_to=last,
        subject=work.stay.subject,
        event_at=work.now,
        kind=last.kind,
    )


def _facts(message: Message) -> Facts | None:
    if message.original is None or message.original.closed:
        return None
    return read_facts(engine.read(originals.read(message.original)))


def _repeated(work: Work, facts: Facts | None) -> dict[str, Any]:
    """As little of the last version as the receiver needs to know it by."""
    found: dict[str, Any] = {}
    unit = work.stay.unit
    if unit is not None:
        found["unit"] = {"name": unit.name, "phone": unit.phone, "identifier": unit.code}
    if facts is None:
        return found
    if facts.responsible:
        found["responsible"] = _person(facts.responsible[0])
    expected = facts.event("5") or facts.event("3")
    if expected is not None and expected.at.day is not None:
        found["expected_ready_on"] = expected.at.day.isoformat()
    return found


def _person(person: Person) -> dict[str, str]:
    hpr = next((i.id for i in person.identifiers if i.kind == "HPR"), "")
    found = {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "profession": person.profession.value,
        "role": person.role.value,
        "hpr_number": hpr,
        "phone": person.phones[0] if person.phones else "",
    }
    return {name: value for name, value in found.items() if value}
