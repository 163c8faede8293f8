"""Keys, certificates, revocation lists and agreements as files, named by the table `[transport]` of a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cryptography import x509
from msgspec import Meta

from samhandling.ebxml import certificates, cpa, tokens
from samhandling.ebxml.certificates import KeyFileError, Trust
from samhandling.ebxml.encryption import Decrypter
from samhandling.ebxml.known import KnownAgreement
from samhandling.ebxml.packing import Signer

Use = Literal["signing", "encryption"]


class _Table(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A table of the file."""


class TransportCertificate(_Table, kw_only=True):
    """`[[transport.certificate]]`: a certificate that the address register points to for a party or organisation."""

    her_id: str
    use: Use
    file: str


class TransportKey(_Table, kw_only=True):
    """`[[transport.key]]`: a key of ours: PEM or PKCS#12, with its certificate in the same file or beside it, or in a
    token (PKCS#11) with the certificate as a file.
    """

    her_id: str
    use: Use
    file: str = ""
    certificate: str = ""
    password_file: str = ""
    """The password of the file, or the PIN of the token."""
    module: str = ""
    """The library of the token's maker."""
    token: str = ""
    label: str = ""
    """Of the private key in the token."""
    signs_from: Annotated[datetime, Meta(tz=True)] | None = None
    """When a new signing key takes over from the old one; empty: when its certificate begins to hold."""


class TransportAgreement(_Table, kw_only=True):
    """`[[transport.cpa]]`: an agreement (CPA) with its status in the registry."""

    file: str
    status: Annotated[int, Meta(ge=1, le=5)] = 2


class Transport(_Table, kw_only=True):
    """`[transport]`; paths are from the file it stands in."""

    issuers: list[str] = msgspec.field(default_factory=list)
    crls: list[str] = msgspec.field(default_factory=list)
    cpa: list[TransportAgreement] = msgspec.field(default_factory=list)
    certificate: list[TransportCertificate] = msgspec.field(default_factory=list)
    key: list[TransportKey] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files hold."""

    trust: Trust = field(default_factory=Trust)
    agreements: Mapping[str, KnownAgreement] = field(default_factory=dict)
    registered: Mapping[tuple[str, Use], tuple[x509.Certificate, ...]] = field(default_factory=dict)
    """Certificates by HER-id (party or organisation) and use, in the order of the file."""
    signing: Mapping[str, tuple[tuple[datetime, Signer], ...]] = field(default_factory=dict, repr=False)
    """By HER-id of a party or organisation: keys, each with the instant from which it signs, the earliest first."""
    decrypters: tuple[Decrypter, ...] = field(default=(), repr=False)

    def signers(self, now: datetime) -> dict[str, Signer]:
        """The key that signs now, by HER-id: the newest that has begun and whose certificate has not ended (10.3).

        Where none has, the newest that has begun, else the first: what is wrong with it is said where it is used.
        """
        found = {}
        for her_id, keys in self.signing.items():
            begun = [signer for since, signer in keys if since <= now]
            lasting = [one for one in begun if now <= one.certificate.not_valid_after_utc]
            found[her_id] = (lasting or begun or [keys[0][1]])[-1]
        return found

    def certificates(self, use: Use, *hers: str) -> tuple[x509.Certificate, ...]:
        """Certificates of a party and its organisation."""
        return tuple(one for her_id in hers for one in self.registered.get((her_id, use), ()))


def read(path: Path, *, keys: bool = True) -> Loaded:
    """The files that the table `[transport]` of a TOML file names. Raises KeyFileError or CpaError.

    `keys` False: for who only looks; no private key is touched.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("transport", {})
        return load(msgspec.convert(table, Transport), path.parent, keys=keys)
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path.name}: {type(error).__name__}") from error


def load(transport: Transport, folder: Path, *, keys: bool = True) -> Loaded:
    """The files that a table names. Raises KeyFileError or CpaError."""
    registered: dict[tuple[str, Use], tuple[x509.Certificate, ...]] = {}
    for row in transport.certificate:
        found = certificates.load_certificates(_file(folder, row.file))[:1]
        registered[row.her_id, row.use] = registered.get((row.her_id, row.use), ()) + found
    agreements = {}
    for entry in transport.cpa:
        agreement = cpa.read(_file(folder, entry.file))
        agreements[agreement.cpa_id] = KnownAgreement(agreement, entry.status)
    pairs = [(key, _pair(key, folder)) for key in transport.key] if keys else []
    signing: dict[str, list[tuple[datetime, Signer]]] = {}
    for key, pair in pairs:
        if key.use == "signing":
            signing.setdefault(key.her_id, []).append((key.signs_from or pair.certificate.not_valid_before_utc, pair))
    return Loaded(
        Trust(
            tuple(one for name in transport.issuers for one in certificates.load_certificates(_file(folder, name))),
            tuple(one for name in transport.crls for one in certificates.load_crls(_file(folder, name))),
        ),
        agreements,
        registered,
        {her_id: tuple(sorted(found, key=itemgetter(0))) for her_id, found in signing.items()},
        tuple(Decrypter(pair.key, pair.certificate) for key, pair in pairs if key.use == "encryption"),
    )


def _file(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise KeyFileError(f"{name}: {error.strerror}") from error


def _pair(row: TransportKey, folder: Path) -> Signer:
    password = _file(folder, row.password_file).decode().strip() if row.password_file else ""
    if row.module:
        named = certificates.load_certificates(_file(folder, row.certificate))[0]
        held = tokens.key(Path(row.module), row.token, row.label, password, named)
        held.check(certificates.Use(row.use))
        return Signer(held, named)
    key, certificate = certificates.load_key(_file(folder, row.file), password)
    if row.certificate:
        certificate = certificates.load_certificates(_file(folder, row.certificate))[0]
    if certificate is None:
        raise KeyFileError(f"{row.file} has no certificate")
    return Signer(key, certificate)
