"""Who sends to whom, and whether they may (AD1.18-1.19, S-26, S-48): parties of the registry, or findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message, Role
from samhandling.exchange.rules import DeliveryState
from samhandling.exchange.values import Draft, Finding
from samhandling.messages import catalogue
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Organisation
from samhandling.registry.models import Agreement, CommunicationParty
from samhandling.registry.services import (
    addressee_for,
    agreement_between,
    party,
    plo_version,
    sender_for,
    staffed_phone,
)


@dataclass(slots=True)
class Addresses:
    """What was found, and what stands in the way."""

    sender: CommunicationParty | None = None
    receiver: CommunicationParty | None = None
    copies: list[CommunicationParty] = field(default_factory=list)
    agreement: Agreement | None = None
    version: str = ""
    """Version of PLO that the receiver takes; empty for messages that have none."""
    counterpart: Organisation | None = None
    at: datetime | None = None
    """When somebody would call."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def phone(self) -> str:
        """The counterpart's phone that is staffed now; looked up only where somebody must call."""
        if self.counterpart is None or self.at is None:
            return ""
        found = staffed_phone(self.counterpart, self.at)
        return found.phone if found is not None else ""

    def hinder(self, code: str, text: str) -> None:
        """Note something that stops the message."""
        self.findings.append(Finding(code, text))


def resolve(draft: Draft, *, now: datetime) -> Addresses:
    """Addresses of a message that the node writes. An answer goes back to the sender party of what it answers."""
    found = Addresses(counterpart=draft.municipality)
    day = oslo.day(now)
    found.sender = _sender(draft, day)
    found.receiver = _receiver(draft, day)
    if found.receiver is not None:
        found.counterpart = found.receiver.organisation
    _judge(found, draft.organisation, day=day, now=now)
    if found.sender is None:
        found.hinder("address.no_sender", "Vi mangler eget meldingsmottak å sende fra.")
    if found.receiver is None and found.counterpart is not None:
        found.hinder(
            "address.no_receiver", f"{found.counterpart.name} har ingen tjeneste som tar imot denne meldingen."
        )
    _find_copies(found, draft, day)
    if found.receiver is not None and not found.findings and _comes_in_plo_versions(draft.message_type):
        _choose_version(found, found.receiver)
    return found


def _choose_version(found: Addresses, receiver: CommunicationParty) -> None:
    """One document goes to all: the version that everybody takes."""
    found.version = plo_version(found.agreement, receiver, *found.copies) or ""
    if found.version:
        return
    alone = plo_version(found.agreement, receiver) or ""
    if not alone:
        found.hinder("address.no_version", f"{receiver.name} tar ikke imot en versjon vi kan sende.")
    for copy in found.copies if alone else ():
        if alone not in copy.plo_versions:
            found.hinder("address.no_copy_version", f"{copy.name} tar ikke imot samme versjon som {receiver.name}.")


def _find_copies(found: Addresses, draft: Draft, day: date) -> None:
    """The copy receivers that the writer has chosen, and those of the version that is changed or withdrawn."""
    named = [str(each.get("receiver") or "") for each in (draft.values or {}).get("copies", ())]
    main = found.receiver.her_id if found.receiver is not None else ""
    for her_id in dict.fromkeys((*draft.copy_hers, *(each for each in named if each))):
        copy = party(her_id, day)
        if copy is None:
            found.hinder("address.unknown_copy", "Kopimottakeren finnes ikke i adresseregisteret.")
        elif her_id != main:
            found.copies.append(copy)
    known = {main, *(copy.her_id for copy in found.copies)}
    earlier = (copy for her_id in _copies_before(draft) if (copy := party(her_id, day)) is not None)
    found.copies += [copy for copy in earlier if copy.her_id not in known]


def _copies_before(draft: Draft) -> list[str]:
    """Whoever was sent a copy of the version before holds what is no longer so, and gets the new one too."""
    earlier = draft.refers_to
    if earlier is None or earlier.direction != Direction.OUT or earlier.type != draft.message_type:
        return []
    if draft.values is None or draft.values.get("status") not in ("M", "C"):
        return []
    sent = earlier.deliveries.filter(role=Role.COP).exclude(state=DeliveryState.REJECTED)
    return list(sent.order_by("id").values_list("her_id", flat=True))


def _comes_in_plo_versions(message_type: str) -> bool:
    kind = catalogue.by_code(message_type)
    return kind is not None and kind.standard == "plo"


def _sender(draft: Draft, day: date) -> CommunicationParty | None:
    if draft.sender_her:
        named = party(draft.sender_her, day)
        return named if named is not None and named.organisation_id == draft.organisation.pk else None
    earlier = draft.refers_to
    if earlier is not None and earlier.direction == Direction.IN and earlier.own_her:
        answering = party(earlier.own_her, day)
        if answering is not None and answering.organisation_id == draft.organisation.pk:
            return answering
    return sender_for(draft.organisation, draft.track, day)


def _receiver(draft: Draft, day: date) -> CommunicationParty | None:
    if draft.receiver_her:
        return party(draft.receiver_her, day)
    earlier = draft.refers_to
    if earlier is not None and _is_reply(draft, earlier):
        back = party(earlier.counterpart_her, day)
        if back is not None:
            return back
    if draft.municipality is None:
        return None
    return addressee_for(draft.message_type, draft.municipality, draft.track, day)


def _is_reply(draft: Draft, earlier: Message) -> bool:
    """True when the message goes back to where the earlier one came from, or on to where it went."""
    if earlier.direction == Direction.IN:
        return True
    kind = catalogue.by_code(draft.message_type)
    same_addressee = kind is not None and kind.addressee == _addressee(earlier.type)
    return same_addressee and (
        draft.municipality is None or _belongs(earlier.counterpart_organisation, draft.municipality)
    )


def _addressee(message_type: str) -> str:
    kind = catalogue.by_code(message_type)
    return kind.addressee if kind is not None else ""


def _belongs(organisation_key: str, organisation: Organisation) -> bool:
    return organisation_key in {organisation.her_id, organisation.organisation_number}


def of_document(draft: Draft, facts: Facts, *, now: datetime) -> Addresses:
    """Addresses of a finished document: those it carries, checked against the registry."""
    found = Addresses(counterpart=draft.municipality)
    day = oslo.day(now)
    sender = party(facts.sender.her_id, day) if facts.sender.her_id else None
    if sender is not None and sender.organisation_id == draft.organisation.pk:
        found.sender = sender
    else:
        found.hinder("address.not_our_sender", "Avsenderen i dokumentet er ikke en av våre adresser.")
    main = [p for p in facts.receivers if p.role == "PRIM"]
    if len(main) == 1:
        found.receiver = party(main[0].her_id, day)
    if found.receiver is None:
        found.hinder("address.no_receiver", "Mottakeren i dokumentet finnes ikke i adresseregisteret.")
    else:
        found.counterpart = found.receiver.organisation
    for other in facts.copies:
        copy = party(other.her_id, day)
        if copy is None:
            found.hinder("address.unknown_copy", "Kopimottakeren finnes ikke i adresseregisteret.")
        else:
            found.copies.append(copy)
    _judge(found, draft.organisation, day=day, now=now)
    return found


def _judge(found: Addresses, own: Organisation, *, day: date, now: datetime) -> None:
    """Between a hospital and a municipality there must be an agreement (S-48); no municipality is a finding (A-11)."""
    other = found.counterpart
    if other is None:
        found.hinder("address.no_municipality", "Vi vet ikke hvilken kommune meldingen skal til.")
        return
    found.at = now
    pair = {own.kind: own, other.kind: other}
    hospital, municipality = pair.get("hospital"), pair.get("municipality")
    if hospital is None or municipality is None:
        return
    found.agreement = agreement_between(hospital, municipality, day)
    if found.agreement is None:
        call = f" Ring {found.phone}." if found.phone else " Ring."
        found.hinder("address.no_agreement", f"Vi har ikke avtale om elektroniske meldinger med {other.name}.{call}")
