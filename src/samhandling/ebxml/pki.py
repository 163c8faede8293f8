"""A test PKI like the national one: root, issuer, organisation certificates in pairs, revocation lists, bad ones.

Synthetic and marked so in every subject. Never for real use: its keys lie unprotected beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from samhandling.ebxml.certificates import Use
from samhandling.ebxml.packing import Signer

MARK = "SYNTETISK"
KEY_SIZE = 3072


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate with its key."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate

    @property
    def signer(self) -> Signer:
        """To sign with it."""
        return Signer(self.key, self.certificate)

    def certificate_pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self) -> bytes:
        """The key as PEM, unprotected."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@dataclass(frozen=True, slots=True)
class Pki:
    """Issuers of a test PKI."""

    root: Held
    issuer: Held
    now: datetime
    key_size: int = KEY_SIZE
    url: str = ""
    """Where revocation is asked (`samhandling register demo`); without it the certificates name no place."""

    def issue(
        self,
        name: str,
        number: str,
        use: Use,
        *,
        valid: tuple[int, int] = (-30, 1065),
        key: rsa.RSAPrivateKey | None = None,
        seid1: bool = False,
        by: Held | None = None,
    ) -> Held:
        """A certificate of an organisation. `valid`: days from now; `seid1`: the number in serialNumber instead."""
        key = key or _new_key(self.key_size)
        by = by or self.issuer
        oid = NameOID.SERIAL_NUMBER if seid1 else NameOID.ORGANIZATION_IDENTIFIER
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "NO"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK),
                x509.NameAttribute(oid, number if seid1 else f"NTRNO-{number}"),
                x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
            ]
        )
        builder = _builder(subject, by.certificate.subject, key, self.now, valid)
        builder = builder.add_extension(x509.BasicConstraints(False, None), True)
        builder = builder.add_extension(_usage(use), True)
        builder = builder.add_extension(_identifier_of(by), False)
        return Held(key, _asked_at(builder, self.url, "issuer").sign(by.key, hashes.SHA256()))

    def self_signed(self, name: str, number: str, use: Use) -> Held:
        """A certificate that nobody vouches for."""
        key = _new_key(self.key_size)
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
                x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRNO-{number}"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{name} {MARK}"[:64]),
            ]
        )
        builder = _builder(subject, subject, key, self.now, (-30, 1065)).add_extension(_usage(use), True)
        return Held(key, builder.sign(key, hashes.SHA256()))

    def crl(
        self, revoked: tuple[x509.Certificate, ...] = (), *, by: Held | None = None, valid: tuple[int, int] = (-1, 30)
    ) -> x509.CertificateRevocationList:
        """The revocation list of an issuer, with certificates revoked a day before it."""
        by = by or self.issuer
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(by.certificate.subject)
            .last_update(self.now + timedelta(days=valid[0]))
            .next_update(self.now + timedelta(days=valid[1]))
            .add_extension(x509.CRLNumber(1), False)
            .add_extension(_identifier_of(by), False)
        )
        for certificate in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(certificate.serial_number)
                .revocation_date(self.now + timedelta(days=valid[0] - 1))
                .build()
            )
        return builder.sign(by.key, hashes.SHA256())


def make(now: datetime, *, key_size: int = KEY_SIZE, url: str = "") -> Pki:
    """A root and an issuer, valid ten years round now (aware UTC). `url`: where their revocation is asked."""
    root_key, issuer_key = _new_key(key_size), _new_key(key_size)
    root_name, issuer_name = _issuer_name("rot"), _issuer_name("virksomhet")
    root = _issuer_certificate(root_name, root_name, root_key, root_key, now)
    issuer = _issuer_certificate(issuer_name, root_name, issuer_key, root_key, now, url)
    return Pki(Held(root_key, root), Held(issuer_key, issuer), now, key_size, url)


def _new_key(key_size: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, key_size)


def _issuer_name(what: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"Samhandling {MARK}"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Samhandling {MARK} {what}"),
        ]
    )


def _issuer_certificate(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, by: rsa.RSAPrivateKey, now: datetime, url: str = ""
) -> x509.Certificate:
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    builder = _builder(subject, issuer, key, now, (-1825, 1825))
    builder = builder.add_extension(x509.BasicConstraints(True, None), True).add_extension(usage, True)
    return _asked_at(builder, url, "root").sign(by, hashes.SHA256())


def _asked_at(builder: x509.CertificateBuilder, url: str, issuer: str) -> x509.CertificateBuilder:
    """Names where the issuer's list lies and where its OCSP answers."""
    if not url:
        return builder
    place = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{url}/crl/{issuer}.crl")], None, None, None)
    ocsp = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{url}/ocsp/{issuer}")
    )
    builder = builder.add_extension(x509.CRLDistributionPoints([place]), False)
    return builder.add_extension(x509.AuthorityInformationAccess([ocsp]), False)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, now: datetime, valid: tuple[int, int]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=valid[0]))
        .not_valid_after(now + timedelta(days=valid[1]))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )


def _identifier_of(issuer: Held) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _usage(use: Use) -> x509.KeyUsage:
    """contentCommitment alone to sign; keyEncipherment and dataEncipherment to encrypt."""
    signing = use is Use.SIGNING
    return x509.KeyUsage(False, signing, not signing, not signing, False, False, False, False, False)
