"""When what the exchange stands on runs out: certificates of the register and the settings' files, CPAs, agreements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from samhandling.clock import oslo
from samhandling.configuration import configuration
from samhandling.ebxml.files import Use
from samhandling.organisations.models import Organisation
from samhandling.registry import registered
from samhandling.registry.keys import public
from samhandling.registry.models import Agreement, CommunicationParty

USES: tuple[Use, ...] = ("signing", "encryption")


@dataclass(frozen=True, slots=True)
class RunsOut:
    """One thing that the exchange with a counterpart needs, and the instant it no longer holds."""

    her_id: str
    """The counterpart at level 1; empty: our own, and so everybody."""
    what: str
    """`certificate` or `agreement`."""
    name: str
    at: datetime


def expiries(organisation: Organisation, now: datetime) -> list[RunsOut]:
    """Everything with an end that the exchange of this organisation needs (`wiring.EXPIRIES`)."""
    found = list(_agreements(organisation))
    if configuration().ebxml is not None:
        found += _transport(organisation, now)
    return found


def _agreements(organisation: Organisation) -> Iterator[RunsOut]:
    """The last day of an agreement without one that takes over."""
    rows = Agreement.objects.select_related("municipality").filter(hospital=organisation)
    latest: dict[str, Agreement] = {}
    for row in rows.order_by("valid_from", "pk"):
        latest[row.municipality.her_id] = row
    for her_id, row in latest.items():
        if row.valid_to is not None and row.municipality.valid_to is None:
            end = oslo.end_of_day(row.valid_to)
            yield RunsOut(her_id, "agreement", row.municipality.name, end)


def _transport(organisation: Organisation, now: datetime) -> Iterator[RunsOut]:
    """Certificates and CPAs of ourselves and of those we have an agreement with; the latest of each kind counts."""
    files = public()
    concerned = set(Agreement.objects.filter(hospital=organisation).values_list("municipality__her_id", flat=True))
    rows = CommunicationParty.objects.select_related("organisation")
    parties = {row.her_id: row for row in rows.filter(organisation__her_id__in=[*concerned, organisation.her_id])}
    asked = registered.parties(now, parties)
    for her_id, row in sorted(parties.items()):
        level1, entry = row.organisation.her_id, asked.get(her_id)
        for use in USES:
            told = getattr(entry, use) if entry is not None and entry.found else ()
            certificates = told or files.certificates(use, her_id, level1)
            if certificates:
                last = max(each.not_valid_after_utc for each in certificates)
                ours = level1 == organisation.her_id
                yield RunsOut("" if ours else level1, "certificate", f"{row.name}, {row.organisation.name}", last)
    documents = [known.agreement for known in files.agreements.values()]
    documents += [entry.agreement for entry in registered.agreements().values() if entry.agreement is not None]
    for document in documents:
        theirs = {parties[one.her_id].organisation.her_id for one in document.parties if one.her_id in parties}
        for her_id in sorted(theirs & concerned):
            if document.end is not None:
                yield RunsOut(her_id, "agreement", document.cpa_id, document.end)
