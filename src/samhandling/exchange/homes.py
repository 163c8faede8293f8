"""Which of our organisations a document or receipt concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from samhandling.messages.facts.values import Facts, Party
from samhandling.messages.receipts import OwnParties
from samhandling.organisations.models import Organisation
from samhandling.registry.models import CommunicationParty
from samhandling.store.prepared import first, prepared


@dataclass(frozen=True, slots=True)
class Home:
    """A hosted organisation with those of its addresses that matter for one document."""

    organisation: Organisation
    parties: dict[str, CommunicationParty]
    """Our communication parties by HER-id, of those that the document names."""

    @property
    def own(self) -> OwnParties:
        """Our addresses, as the judgement takes them."""
        numbers = (self.organisation.organisation_number,) if self.organisation.organisation_number else ()
        return OwnParties.of(self.parties, (self.organisation.her_id,), numbers)


def homes_of(addresses: Iterable[Party]) -> list[Home]:
    """The hosted organisations that these addresses name on either level, in the order of the addresses.

    Level 2 decides where the levels name different organisations of ours; closed parties count, since a sender with an
    old address book is still right about whose patient it is.
    """
    wanted = list(addresses)
    hers = [p.her_id for p in wanted if p.her_id]
    parties = {row.her_id: row for row in _hosted(hers)} if hers else {}
    by_her, by_number = _level_1([address for address in wanted if address.her_id not in parties])
    found: dict[int, Home] = {}
    for address in wanted:
        party = parties.get(address.her_id)
        organisation = (
            party.organisation
            if party is not None
            else by_her.get(address.organisation_her_id) or by_number.get(address.organisation_number)
        )
        if organisation is None:
            continue
        home = found.setdefault(organisation.pk, Home(organisation, {}))
        if party is not None:
            home.parties[party.her_id] = party
    return list(found.values())


@prepared
def _hosted(hers: list[str]) -> QuerySet[CommunicationParty]:
    rows = CommunicationParty.objects.select_related("organisation", "unit")
    return rows.filter(her_id__in=hers, organisation__hosted=True)


def _level_1(addresses: list[Party]) -> tuple[dict[str, Organisation], dict[str, Organisation]]:
    """Hosted organisations that these addresses name on level 1, by HER-id and by organisation number."""
    if not addresses:
        return {}, {}
    hers = [a.organisation_her_id for a in addresses if a.organisation_her_id]
    numbers = [a.organisation_number for a in addresses if a.organisation_number]
    found = list(Organisation.objects.filter(Q(her_id__in=hers) | Q(organisation_number__in=numbers), hosted=True))
    return {o.her_id: o for o in found}, {o.organisation_number: o for o in found if o.organisation_number}


def home_of_party(her_id: str) -> Home | None:
    """The hosted organisation that the transport envelope is addressed to."""
    party = first(_hosted([her_id]))
    return Home(party.organisation, {party.her_id: party}) if party is not None else None


def concerned(facts: Facts, envelope_receiver: str) -> tuple[list[Home], bool]:
    """Whose message this is, and whether envelope and document disagree about it.

    A transmission is for the organisation that its envelope names: another of ours that the document also names gets
    a transmission of its own. Without an envelope (a file) every organisation named is meant.
    """
    homes = homes_of(facts.receivers)
    meant = next((home for home in homes if envelope_receiver in home.parties), None)
    if meant is None and envelope_receiver:
        meant = home_of_party(envelope_receiver)
    if meant is None:
        return homes, bool(envelope_receiver)
    mine = [home for home in homes if home.organisation.pk == meant.organisation.pk]
    if mine:
        return mine, not any(p.her_id == envelope_receiver for p in facts.receivers)
    return homes, True


def strange_sender(facts: Facts, envelope_sender: str) -> bool:
    """Whether the document is written in the name of another than the one who signed its envelope (AD1.19, AD2.1).

    Two parties of one organisation may send for each other.
    """
    written, carried = facts.sender.her_id, envelope_sender
    if not carried or not written or written == carried:
        return False
    known = {row.her_id: row.organisation.her_id for row in _named([written, carried])}
    above = known.get(written) or facts.sender.organisation_her_id
    return carried != above and (not above or known.get(carried) != above)


@prepared
def _named(hers: list[str]) -> QuerySet[CommunicationParty]:
    return CommunicationParty.objects.select_related("organisation").filter(her_id__in=hers)
