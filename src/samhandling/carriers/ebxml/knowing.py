"""What the carriers judge and send by: the node's own parties, what the registers answered, and the settings' files.

The registers come before the files, also when their answer is old; the files serve where a register was never set up or
has not answered yet (addressing 7).
"""

from __future__ import annotations

from datetime import datetime

from cryptography import x509

from samhandling.configuration import configuration
from samhandling.ebxml.files import Loaded
from samhandling.ebxml.known import Known, KnownAgreement, RegisterParty
from samhandling.registry import registered, revoking
from samhandling.registry.keys import loaded, public
from samhandling.registry.models import CommunicationParty
from samhandling.registry.registered import PartyEntry

__all__ = ["known", "loaded", "public"]


def known(now: datetime) -> Known:
    """Everything that the checklist asks for, as it is today."""
    files = loaded()
    asked = registered.parties(now) if configuration().registers is not None else {}
    parties: dict[str, RegisterParty] = {}
    signers = files.signers(now)
    for row in CommunicationParty.objects.select_related("organisation"):
        above = row.organisation
        parties[above.her_id] = RegisterParty(above.her_id, above.name, "organisation", ours=above.hosted)
        entry = asked.pop(row.her_id, None)
        if entry is None or entry.found or above.hosted:
            parties[row.her_id] = _party(row, entry, files)
        if above.her_id in signers:
            signers.setdefault(row.her_id, signers[above.her_id])
    for her_id, entry in asked.items():
        if entry.found and her_id not in parties:
            parties[her_id] = RegisterParty(
                her_id,
                entry.name,
                entry.kind,
                entry.organisation_number,
                entry.edi_address,
                signing=entry.signing,
                encryption=entry.encryption,
            )
    return Known(parties, _agreements(files), revoking.trust(), files.decrypters, signers)


def _party(row: CommunicationParty, entry: PartyEntry | None, files: Loaded) -> RegisterParty:
    """A party of the world file, with what the register says of it where it has answered."""
    above = row.organisation
    told = entry if entry is not None and entry.found else None
    certificates: dict[str, tuple[x509.Certificate, ...]] = {
        use: files.certificates(use, row.her_id, above.her_id) for use in ("signing", "encryption")
    }
    return RegisterParty(
        row.her_id,
        row.name,
        told.kind if told else row.kind,
        above.organisation_number,
        (told.edi_address if told else "") or row.edi_address,
        above.hosted,
        told.signing if told else certificates["signing"],
        told.encryption if told else certificates["encryption"],
    )


def _agreements(files: Loaded) -> dict[str, KnownAgreement]:
    found = dict(files.agreements)
    if configuration().registers is not None:
        for entry in registered.agreements().values():
            if entry.agreement is not None:
                found[entry.agreement.cpa_id] = KnownAgreement(entry.agreement, entry.status)
    return found
