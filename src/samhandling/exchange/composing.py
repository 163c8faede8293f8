"""From what a stay knows to a document: the values that `messages.compose` takes, and what a cancellation repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from samhandling.clock import oslo
from samhandling.exchange.addressing import Addresses
from samhandling.exchange.values import Draft, Finding, LogisticsContent
from samhandling.messages.codes import known
from samhandling.messages.compose import logistics
from samhandling.messages.compose.values import (
    Address,
    AddressLevel,
    AddressPerson,
    Composed,
    LogisticsType,
    LogisticsValues,
    PatientValues,
    Professional,
    UnitValues,
)
from samhandling.messages.facts.values import Event, Facts
from samhandling.organisations.models import Unit
from samhandling.patients.models import Patient
from samhandling.patients.services import identifiers
from samhandling.registry.models import CommunicationParty

ALIVE, DEAD = "1", "2"
"""Uttilstand, list 8431."""
UNKNOWN_PROFESSION = "XX"
"""Ukjent/uspesifisert, list 9060."""
LOGISTICS = frozenset({"LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the header of a new document says besides the addresses."""

    msg_id: str
    generated_at: datetime
    status: str = "N"
    parent: str = ""
    conversation: str = ""
    cancel_reason: str = field(default="", repr=False)


def compose(draft: Draft, addresses: Addresses, heading: Heading) -> Composed:
    """The document of a logistics draft. The caller has made sure that sender, receiver and patient are there."""
    assert draft.content is not None
    assert draft.patient is not None
    return logistics.compose(_values(draft, draft.content, draft.patient, addresses, heading))


def _values(
    draft: Draft, content: LogisticsContent, patient: Patient, addresses: Addresses, heading: Heading
) -> LogisticsValues:
    assert addresses.sender is not None
    assert addresses.receiver is not None
    agreement = addresses.agreement
    event = {
        "LOG_INNLAGT": "1", "LOG_UTSKRIVNINGSKLAR": "3", "LOG_AVMELDING": "4", "LOG_UTSKREVET": "2", "LOG_DOD": "13",
    }[draft.message_type]  # fmt: skip
    return LogisticsValues(
        type=cast(LogisticsType, draft.message_type),
        version="1.5" if addresses.version == "1.5" else "1.6",
        status="C" if heading.status == "C" else "N",
        msg_id=heading.msg_id,
        generated_at=heading.generated_at,
        sender=address_of(addresses.sender),
        receiver=address_of(addresses.receiver),
        copies=tuple(address_of(copy) for copy in addresses.copies),
        patient=patient_values(patient),
        unit=unit_values(content.unit) if content.unit is not None else None,
        responsible=_professional(content),
        parent=heading.parent,
        conversation=heading.conversation,
        admitted_at=content.admitted_at,
        ready_on=content.ready_date,
        withdrawn_on=oslo.day(content.withdrawn_at) if content.withdrawn_at is not None else None,
        discharged_at=content.discharged_at,
        died_at=content.died_at,
        discharge_place=content.discharged_to,
        discharge_state=(DEAD if content.died else ALIVE) if draft.message_type == "LOG_UTSKREVET" else "",
        remarks={event: content.note} if content.note else {},
        cancel_reason=heading.cancel_reason,
        ready_is_final=agreement is not None and not agreement.ready_is_estimate,
        literal_estimates=agreement is not None and agreement.final_events_are_estimates,
    )


def address_of(party: CommunicationParty) -> Address:
    """A party of the registry on its two levels, as the header names it."""
    organisation = party.organisation
    level = AddressLevel(
        name=organisation.name, her_id=organisation.her_id, organisation_number=organisation.organisation_number
    )
    if party.kind == CommunicationParty.Kind.PERSON:
        person = AddressPerson(family_name=party.family_name, given_name=party.given_name, her_id=party.her_id)
        return Address(organisation=level, part=person)
    return Address(organisation=level, part=AddressLevel(name=party.name, her_id=party.her_id))


def patient_values(patient: Patient) -> PatientValues:
    """The patient as the header carries one, with the numbers that may leave the house."""
    return PatientValues(
        family_name=patient.family_name,
        given_name=patient.given_name,
        middle_name=patient.middle_name,
        identifiers=tuple((number.kind, number.value) for number in identifiers(patient)),
        birth_date=patient.birth_date,
        sex=patient.sex,
    )


def unit_values(unit: Unit) -> UnitValues:
    """The ward, with the telephone that is answered."""
    return UnitValues(name=unit.name, phone=unit.phone, identifier=unit.code)


def _professional(content: LogisticsContent) -> Professional | None:
    named = content.responsible
    if not named.family_name.strip():
        return None
    return Professional(
        family_name=named.family_name,
        given_name=named.given_name,
        profession=named.profession if known("9060", named.profession) else UNKNOWN_PROFESSION,
        hpr_number=named.hpr,
        local_id="" if named.hpr else named.family_name,
        phone=named.phone or (content.unit.phone if content.unit is not None else ""),
    )


def findings_of(composed: Composed) -> list[Finding]:
    """The findings of compose and profiles as ours; what is wrong at a field blocks."""
    found = [Finding(found.code, found.text, blocks=found.blocks_sending) for found in composed.findings]
    said = {finding.code for finding in found}
    return [*found, *(Finding(error.code, error.text) for error in composed.errors if error.code not in said)]


def cancellation(original: Facts, addresses: Addresses, heading: Heading, patient: Patient) -> Composed:
    """A cancellation of a logistics message: same type, patient and events as the original (plo-messages 3)."""
    assert addresses.sender is not None
    assert addresses.receiver is not None
    unit, responsible = _unit_of(original), _professional_of(original)
    admitted, ready, withdrawn = original.event("1"), original.event("3"), original.event("4")
    discharged, died = original.event("2"), original.event("13")
    discharge = original.discharge
    return logistics.compose(
        LogisticsValues(
            type=cast(LogisticsType, original.type),
            version="1.5" if original.version == "1.5" else "1.6",
            status="C",
            msg_id=heading.msg_id,
            generated_at=heading.generated_at,
            sender=address_of(addresses.sender),
            receiver=address_of(addresses.receiver),
            copies=tuple(address_of(copy) for copy in addresses.copies),
            patient=patient_values(patient),
            unit=unit,
            responsible=responsible,
            parent=heading.parent,
            conversation=heading.conversation,
            admitted_at=admitted.at.instant if admitted is not None else None,
            ready_on=ready.at.day if ready is not None else None,
            withdrawn_on=withdrawn.at.day if withdrawn is not None else None,
            discharged_at=_when(discharged),
            died_at=_when(died),
            discharge_place=discharge.place.value if discharge is not None else "",
            discharge_state=discharge.state.value if discharge is not None else "",
            cancel_reason=heading.cancel_reason,
            ready_is_final=bool(ready is not None and ready.estimate is False),
        )
    )


def _when(event: Event | None) -> date | datetime | None:
    return None if event is None else event.at.instant or event.at.day


def _unit_of(original: Facts) -> UnitValues | None:
    if not original.units:
        return None
    unit = original.units[0]
    first = unit.identifiers[0] if unit.identifiers else None
    return UnitValues(
        name=unit.name,
        phone=unit.phones[0] if unit.phones else "",
        identifier=first.id if first is not None else "",
        identifier_kind=first.kind if first is not None else "LAV",
    )


def _professional_of(original: Facts) -> Professional | None:
    if not original.responsible:
        return None
    person = original.responsible[0]
    hpr = next((i.id for i in person.identifiers if i.kind == "HPR"), "")
    other = next((i.id for i in person.identifiers if i.kind != "HPR"), "")
    return Professional(
        family_name=person.family_name,
        given_name=person.given_name,
        profession=person.profession.value or UNKNOWN_PROFESSION,
        role=person.role.value or "21",
        hpr_number=hpr,
        local_id=other,
        phone=person.phones[0] if person.phones else "",
    )
