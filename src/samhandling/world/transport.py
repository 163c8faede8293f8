"""A world file as what the checklist of ebXML knows: its organisations as the register, and the files it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from samhandling.clock import oslo
from samhandling.ebxml.files import Loaded, load
from samhandling.ebxml.known import Known, RegisterParty
from samhandling.world.format import Organisation, Party, World


def known(world: World, folder: Path, now: datetime) -> Known:
    """What a world says of an instant. Without `[transport]` it brings the register and nothing else.

    Raises KeyFileError and CpaError for a file that is missing or cannot be read.
    """
    day = oslo.day(now)
    if world.transport is None:
        return Known(parties=dict(_parties(world, Loaded(), day)))
    loaded = load(world.transport, folder)
    signers = loaded.signers(now)
    for organisation in world.organisation:
        if organisation.her_id in signers:
            for party in organisation.party:
                signers.setdefault(party.her_id, signers[organisation.her_id])
    return Known(
        parties=dict(_parties(world, loaded, day)),
        agreements=loaded.agreements,
        trust=loaded.trust,
        decrypters=loaded.decrypters,
        signers=signers,
    )


def _parties(world: World, loaded: Loaded, day: date) -> Iterator[tuple[str, RegisterParty]]:
    for organisation in world.organisation:
        if not _in_force(organisation, day):
            continue
        number, ours = organisation.organisation_number, organisation.hosted
        level_1 = RegisterParty(organisation.her_id, organisation.name, "organisation", number, ours=ours)
        yield organisation.her_id, level_1
        for party in organisation.party:
            if _in_force(party, day):
                hers = (party.her_id, organisation.her_id)
                yield (
                    party.her_id,
                    RegisterParty(
                        party.her_id,
                        party.name,
                        party.kind,
                        number,
                        party.edi_address,
                        ours,
                        loaded.certificates("signing", *hers),
                        loaded.certificates("encryption", *hers),
                    ),
                )


def _in_force(row: Organisation | Party, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
