"""A world file as what the checklist of ebXML knows: register, agreements, certificates, revocation lists and keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cryptography import x509

from samhandling.ebxml import certificates, cpa
from samhandling.ebxml.certificates import KeyFileError, Trust
from samhandling.ebxml.encryption import Decrypter
from samhandling.ebxml.known import Known, KnownAgreement, RegisterParty
from samhandling.ebxml.packing import Signer
from samhandling.world.format import Organisation, Party, Transport, TransportKey, World
from samhandling.world.reading import WorldFileError


def known(world: World, folder: Path, day: date) -> Known:
    """What a world says of a day. Without `[transport]` it brings the register and nothing else.

    Raises WorldFileError for a file that is missing, KeyFileError and CpaError for one that cannot be read.
    """
    transport = world.transport
    if transport is None:
        return Known(parties=dict(_parties(world, Transport(), folder, day)))
    issuers = [one for name in transport.issuers for one in certificates.load_certificates(_file(folder, name))]
    crls = [one for name in transport.crls for one in certificates.load_crls(_file(folder, name))]
    signers, decrypters = _keys(world, transport, folder)
    agreements = {}
    for row in transport.cpa:
        agreement = cpa.read(_file(folder, row.file))
        agreements[agreement.cpa_id] = KnownAgreement(agreement, row.status)
    return Known(
        parties=dict(_parties(world, transport, folder, day)),
        agreements=agreements,
        trust=Trust(tuple(issuers), tuple(crls)),
        decrypters=decrypters,
        signers=signers,
    )


def _file(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise WorldFileError(f"{name}: {error.strerror}") from error


def _parties(world: World, transport: Transport, folder: Path, day: date) -> Iterator[tuple[str, RegisterParty]]:
    registered: dict[tuple[str, str], list[str]] = {}
    for row in transport.certificate:
        registered.setdefault((row.her_id, row.use), []).append(row.file)

    def brought(use: str, *hers: str) -> tuple[x509.Certificate, ...]:
        files = [name for her in hers for name in registered.get((her, use), ())]
        return tuple(one for name in files for one in certificates.load_certificates(_file(folder, name))[:1])

    for organisation in world.organisation:
        if not _in_force(organisation, day):
            continue
        yield (
            organisation.her_id,
            RegisterParty(
                organisation.her_id,
                organisation.name,
                "organisation",
                organisation.organisation_number,
                ours=organisation.hosted,
            ),
        )
        for party in organisation.party:
            if _in_force(party, day):
                hers = (party.her_id, organisation.her_id)
                yield (
                    party.her_id,
                    RegisterParty(
                        party.her_id,
                        party.name,
                        party.kind,
                        organisation.organisation_number,
                        party.edi_address,
                        organisation.hosted,
                        brought("signing", *hers),
                        brought("encryption", *hers),
                    ),
                )


def _in_force(row: Organisation | Party, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def _keys(world: World, transport: Transport, folder: Path) -> tuple[dict[str, Signer], tuple[Decrypter, ...]]:
    """Signing keys by party, and every key that decrypts."""
    signers: dict[str, Signer] = {}
    decrypters = []
    below = {one.her_id: [party.her_id for party in one.party] for one in world.organisation}
    for row in transport.key:
        pair = _key(row, folder)
        if row.use == "encryption":
            decrypters.append(Decrypter(pair.key, pair.certificate))
            continue
        for her_id in (row.her_id, *below.get(row.her_id, ())):
            signers.setdefault(her_id, pair)
    return signers, tuple(decrypters)


def _key(row: TransportKey, folder: Path) -> Signer:
    password = _file(folder, row.password_file).decode().strip() if row.password_file else ""
    key, certificate = certificates.load_key(_file(folder, row.file), password)
    if row.certificate:
        certificate = certificates.load_certificates(_file(folder, row.certificate))[0]
    if certificate is None:
        raise KeyFileError(f"{row.file} has no certificate")
    return Signer(key, certificate)
