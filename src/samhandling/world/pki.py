"""`samhandling pki demo`: a synthetic PKI for a world, good and bad certificates, and the world file that uses it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from samhandling.clock import oslo
from samhandling.ebxml import pki
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.files import Transport, TransportCertificate, TransportKey
from samhandling.ebxml.pki import Held, Pki
from samhandling.errors import ConfigurationError
from samhandling.world.format import Organisation, World
from samhandling.world.reading import read, write

app = typer.Typer(no_args_is_help=True, help="Oppdiktede sertifikater til prøving.")

PASSWORD = "SYNTETISK"  # noqa: S105
README = """\
SYNTETISK. Oppdiktede sertifikater og nøkler til prøving, laget av «samhandling pki demo». Bruk dem aldri i drift.

root.pem, issuer.pem        utstederne, med nøklene deres ved siden av
root.crl, issuer.crl        hva de har trukket tilbake; gjelder i 30 dager
HER-signing.pem, .key       signering; også som .p12 (passord i password.txt)
HER-encryption.pem, .key    kryptering
seid1.pem                   som de eldre: nummeret i serialNumber
bad/                        utløpt, ikke gyldig ennå, trukket tilbake, feil bruk, selvsignert, fremmed utsteder
world.toml                  verdenen med alt dette, til «samhandling ebxml … --world»
"""


@app.callback()
def _several() -> None:
    """Makes `demo` a word of its own though it is the only one."""


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="MAPPE", help="En ny eller tom mappe.")],
    world: Annotated[str, typer.Option("--world", help="Hvem som får sertifikater: en verden eller fil.")] = "liten",
    at: Annotated[str, typer.Option("--at", metavar="TID", help="Når sertifikatene lages; nå, ellers.")] = "",
    bits: Annotated[int, typer.Option("--bits", min=2048, max=4096, help="Lengden på nøklene.")] = pki.KEY_SIZE,
    register: Annotated[
        str,
        typer.Option("--register", metavar="URL", help="Adressen til «samhandling register demo»."),
    ] = "",
) -> None:
    """Lag oppdiktede utstedere, sertifikater og tilbakekallingslister for virksomhetene i en verden.

    Som de nasjonale: et par for signering og et for kryptering til hver virksomhet, i tre år, og slike som skal
    avvises. Nøklene ligger ubeskyttet i mappen. Alt er merket SYNTETISK.

    Eksempel: samhandling pki demo pki --world liten
    """
    if folder.exists() and any(folder.iterdir()):
        typer.echo(f"{folder} er ikke tom.", err=True)
        raise typer.Exit(2)
    source = read(world).world
    if not source.world.test:
        raise ConfigurationError("certificates are made for test worlds only")
    now = (oslo.parse_xml_time(at).instant if at else datetime.now(UTC)).replace(microsecond=0)
    (folder / "bad").mkdir(parents=True, exist_ok=True)
    made = pki.make(now, key_size=bits, url=register.rstrip("/"))
    owners = [one for one in source.organisation if one.organisation_number]
    transport = Transport(issuers=["root.pem", "issuer.pem"], crls=["root.crl", "issuer.crl"])
    for owner in owners:
        _pair(folder, made, owner, transport)
    revoked = _bad(folder / "bad", made, owners[0])
    for name, held, gone in (("root", made.root, ()), ("issuer", made.issuer, (revoked,))):
        _write(folder, name, held)
        crl = made.crl(gone, by=held)
        (folder / f"{name}.crl").write_bytes(crl.public_bytes(serialization.Encoding.PEM))
    (folder / "password.txt").write_text(PASSWORD + "\n")
    (folder / "README.txt").write_text(README)
    (folder / "world.toml").write_bytes(write(_with_addresses(source, transport)))
    typer.echo(f"{folder}: sertifikater til {len(owners)} virksomheter. Prøv dem:")
    typer.echo(f"samhandling ebxml pack melding.xml --world {folder / 'world.toml'} --out sendt")


def _pair(folder: Path, made: Pki, owner: Organisation, transport: Transport) -> None:
    """Signing and encryption of one organisation; ours with their keys in the world file."""
    for use in Use:
        held = made.issue(owner.name, owner.organisation_number, use)
        stem = f"{owner.her_id}-{use.value}"
        _write(folder, stem, held)
        transport.certificate.append(TransportCertificate(her_id=owner.her_id, use=use.value, file=f"{stem}.pem"))
        if owner.hosted:
            key = TransportKey(her_id=owner.her_id, use=use.value, file=f"{stem}.key", certificate=f"{stem}.pem")
            transport.key.append(key)


def _bad(folder: Path, made: Pki, owner: Organisation) -> x509.Certificate:
    """Certificates that must be refused; gives the one to revoke."""
    who = (owner.name, owner.organisation_number)
    stranger = pki.make(made.now, key_size=made.key_size)
    revoked = made.issue(*who, Use.SIGNING)
    for name, held in (
        ("expired", made.issue(*who, Use.SIGNING, valid=(-1096, -1))),
        ("not-yet-valid", made.issue(*who, Use.SIGNING, valid=(30, 1126))),
        ("revoked", revoked),
        ("wrong-use", made.issue(*who, Use.ENCRYPTION)),
        ("self-signed", made.self_signed(*who, Use.SIGNING)),
        ("other-issuer", stranger.issue(*who, Use.SIGNING)),
    ):
        _write(folder, name, held)
    _write(folder.parent, "seid1", made.issue(*who, Use.SIGNING, seid1=True))
    return revoked.certificate


def _write(folder: Path, stem: str, held: Held) -> None:
    (folder / f"{stem}.pem").write_bytes(held.certificate_pem())
    key = folder / f"{stem}.key"
    key.touch(mode=0o600)
    key.write_bytes(held.key_pem())
    packed = pkcs12.serialize_key_and_certificates(
        stem.encode(), held.key, held.certificate, None, serialization.BestAvailableEncryption(PASSWORD.encode())
    )
    (folder / f"{stem}.p12").write_bytes(packed)


def _with_addresses(world: World, transport: Transport) -> World:
    """The world with the files, and a mailbox of the example domain for each party without one."""
    for organisation in world.organisation:
        mailbox = re.sub(r"[^a-z0-9]+", "-", organisation.name.lower().translate(_LETTERS)).strip("-")
        for party in organisation.party:
            party.edi_address = party.edi_address or f"{mailbox}@edi.example.no"
    world.transport = transport
    return world


_LETTERS = str.maketrans("æøåé", "eoae")
