"""Messages that a person writes: their values as data, the document made of them, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from samhandling.exchange import originals
from samhandling.exchange.addressing import Addresses
from samhandling.exchange.composing import Heading, address_of, patient_values
from samhandling.exchange.models import Direction
from samhandling.exchange.values import Draft, Finding
from samhandling.messages import compose, engine
from samhandling.messages.compose import Composed
from samhandling.messages.compose.values import PatientValues
from samhandling.messages.facts import facts as read_facts
from samhandling.store.services import is_test_store


@dataclass(frozen=True, slots=True)
class Trial:
    """What sending a draft now would give: the document, or what is wrong, without anything being stored."""

    composed: Composed
    addresses: Addresses
    findings: tuple[Finding, ...] = ()
    """What stands in the way beside the fields: address, agreement, who writes the type."""

    @property
    def sendable(self) -> bool:
        """Nothing stands in the way."""
        return self.composed.sendable and not any(finding.blocks for finding in self.findings)


NOTHING = Composed(None, b"", None)


def compose_draft(draft: Draft, addresses: Addresses, heading: Heading, *, now: datetime) -> Composed:
    """The document of a draft with `values`; its errors name the fields of the values. `now` is aware UTC."""
    assert draft.values is not None
    patient = patient_values(draft.patient) if draft.patient is not None else patient_told(draft)
    assert patient is not None
    assert addresses.sender is not None
    assert addresses.receiver is not None
    version = _version(draft.message_type, addresses)
    values, errors = compose.from_data(draft.message_type, _data(draft.values), now=now, version=version)
    if values is None:
        return Composed(None, b"", None, errors=errors)
    complete = replace(
        values,
        msg_id=heading.msg_id,
        generated_at=heading.generated_at,
        sender=address_of(addresses.sender),
        receiver=address_of(addresses.receiver),
        copies=tuple(address_of(copy) for copy in addresses.copies),
        patient=patient,
        parent=heading.parent,
        conversation=heading.conversation,
    )
    return compose.compose(draft.message_type, version, complete, test=is_test_store())


def patient_told(draft: Draft) -> PatientValues | None:
    """The patient of a message that answers one about somebody unknown to us: as that one names them (HIS 1151)."""
    about = draft.refers_to
    if about is None or about.direction != Direction.IN or about.original is None or about.original.removed_at:
        return None
    # Also of one that is locked since it was not for us: its sender must be told, and only its sender is.
    facts = read_facts(engine.read(originals.read_locked(about.original)))
    told = facts.patient if facts is not None else None
    if told is None:
        return None
    return PatientValues(
        family_name=told.family_name,
        given_name=told.given_name,
        middle_name=told.middle_name,
        identifiers=tuple((each.kind, each.id) for each in told.identifiers if each.kind and each.id.strip()),
        birth_date=told.birth_date,
        sex=told.sex,
    )


def _data(values: Mapping[str, Any]) -> dict[str, Any]:
    """The author's values: what stands round them is not theirs to say."""
    round_them = {"msg_id", "generated_at", "issued_at", "sender", "receiver", "copies", "patient", "parent"}
    return {name: value for name, value in values.items() if name not in {*round_them, "conversation"}}


def _version(message_type: str, addresses: Addresses) -> str:
    ours = compose.versions_of(message_type)
    return addresses.version if addresses.version in ours else ours[-1]
