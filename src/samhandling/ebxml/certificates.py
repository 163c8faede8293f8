"""Certificates of organisations (virksomhetssertifikat): whose, for what, and whether to trust them at an instant.

Pure: the issuers and revocation lists that are trusted come as values. A revocation list that is missing or out of
date is no verdict on the certificate: it is `revocation_unknown`, and whoever asked waits (R9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.ocsp import OCSPResponse
from cryptography.x509.oid import NameOID

from samhandling.ebxml import revocation
from samhandling.ebxml.revocation import Verdict
from samhandling.errors import SamhandlingError

_LEAST_BITS = 2048
_LONGEST_CHAIN = 5
_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_NUMBER = re.compile(r"(?:NTRNO-)?(\d{9})")
_PEM = re.compile(rb"-----BEGIN (CERTIFICATE|X509 CRL)-----.*?-----END \1-----", re.DOTALL)


class KeyFileError(SamhandlingError):
    """A key or certificate file cannot be read: wrong format, wrong password, or a kind of key that is not used."""

    code = "ebxml.key_file"


class Use(StrEnum):
    """What a certificate is for."""

    SIGNING = "signing"
    ENCRYPTION = "encryption"


class Doubt(StrEnum):
    """Why a certificate is not good; the values are stable codes."""

    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    WRONG_USE = "wrong_use"
    WEAK = "weak"
    UNTRUSTED = "untrusted"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation_unknown"
    WRONG_ORGANISATION = "wrong_organisation"


@dataclass(frozen=True, slots=True)
class Trust:
    """The issuers that are trusted (roots and those between), revocation lists, and what OCSP has answered."""

    issuers: tuple[x509.Certificate, ...] = ()
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    answers: tuple[OCSPResponse, ...] = ()


def organisation_number(certificate: x509.Certificate) -> str:
    """The organisation number of the subject: organizationIdentifier `NTRNO-…` (SEID2), else serialNumber (SEID1)."""
    for oid in (NameOID.ORGANIZATION_IDENTIFIER, NameOID.SERIAL_NUMBER):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            found = _NUMBER.fullmatch(str(attribute.value).strip())
            if found:
                return found[1]
    return ""


def uses(certificate: x509.Certificate) -> frozenset[Use]:
    """What the key usage allows: contentCommitment to sign; any of the three kinds of encipherment to encrypt.

    Without key usage nothing is forbidden (RFC 5280); national issuers always set it.
    """
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return frozenset(Use)
    except ValueError:
        return frozenset()
    found = set()
    if usage.content_commitment:
        found.add(Use.SIGNING)
    if usage.key_encipherment or usage.data_encipherment or usage.key_agreement:
        found.add(Use.ENCRYPTION)
    return frozenset(found)


def judge(
    certificate: x509.Certificate,
    *,
    use: Use,
    signed_at: datetime,
    now: datetime,
    trust: Trust | None,
    organisation: str = "",
) -> tuple[Doubt, ...]:
    """Everything that speaks against a certificate; empty when it is good.

    `signed_at`: the instant at which it must be valid (eb:Timestamp; when encrypting, now). Revocation counts at `now`.
    `organisation`: the number that must stand in its subject; "" asks for none. Without `trust` only what stands in
    the certificate itself is judged.
    """
    doubts: list[Doubt] = []
    if signed_at < certificate.not_valid_before_utc:
        doubts.append(Doubt.NOT_YET_VALID)
    if signed_at > certificate.not_valid_after_utc:
        doubts.append(Doubt.EXPIRED)
    if use not in uses(certificate):
        doubts.append(Doubt.WRONG_USE)
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _LEAST_BITS:
        doubts.append(Doubt.WEAK)
    if organisation and organisation_number(certificate) != organisation:
        doubts.append(Doubt.WRONG_ORGANISATION)
    if trust is None:
        return tuple(doubts)
    chain = chain_of(certificate, trust.issuers, signed_at)
    if not chain:
        doubts.append(Doubt.UNTRUSTED)
    for subject, issuer in zip([certificate, *chain], chain, strict=False):
        if subject is not issuer:
            said = revocation.verdict(subject, issuer, trust.crls, trust.answers, now)
            if said is not Verdict.GOOD:
                doubts.append(Doubt.REVOKED if said is Verdict.REVOKED else Doubt.REVOCATION_UNKNOWN)
    return tuple(dict.fromkeys(doubts))


def chain_of(
    certificate: x509.Certificate, issuers: Iterable[x509.Certificate], at: datetime
) -> tuple[x509.Certificate, ...]:
    """The issuers from the nearest to a self-signed root, all among those given; empty when there is no such chain."""
    known = list(issuers)
    chain: list[x509.Certificate] = []
    current = certificate
    while len(chain) < _LONGEST_CHAIN:
        above = next((one for one in known if _issued(current, one, at)), None)
        if above is None:
            return ()
        chain.append(above)
        if above.subject == above.issuer:
            return tuple(chain)
        current = above
    return ()


def _issued(certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    if certificate.issuer != issuer.subject or not _may_issue(issuer):
        return False
    if not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
        return False
    return _signed_by(certificate, issuer)


@lru_cache(maxsize=4096)
def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Remembered: the same few certificates come with every message, and this answer never changes."""
    try:
        if not isinstance(certificate.signature_hash_algorithm, _HASHES):
            return False
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return basic.ca and usage.key_cert_sign


def parse(der: bytes) -> x509.Certificate:
    """A certificate of anyone, read to its last field: the library reads fields when they are asked for.

    Raises ValueError for what cannot be read.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        for field in (
            "subject",
            "issuer",
            "extensions",
            "serial_number",
            "not_valid_before_utc",
            "not_valid_after_utc",
        ):
            getattr(certificate, field)
        certificate.public_key()
        if not der.endswith(b"\x00" + certificate.signature):
            raise ValueError("a signature of odd bits")  # read by some as another one
    except Exception as error:
        raise ValueError("no certificate that can be read") from error
    return certificate


def load_certificates(data: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a file, PEM (one or several) or DER. Raises KeyFileError."""
    try:
        if b"-----BEGIN" in data:
            found = x509.load_pem_x509_certificates(data)
            return tuple(parse(one.public_bytes(serialization.Encoding.DER)) for one in found)
        return (parse(data),)
    except ValueError as error:
        raise KeyFileError("no certificate") from error


def load_crls(data: bytes) -> tuple[x509.CertificateRevocationList, ...]:
    """The revocation lists of a file, PEM or DER. Raises KeyFileError."""
    try:
        if b"-----BEGIN" in data:
            return tuple(x509.load_pem_x509_crl(found[0]) for found in _PEM.finditer(data) if found[1] == b"X509 CRL")
        return (x509.load_der_x509_crl(data),)
    except ValueError as error:
        raise KeyFileError("no revocation list") from error


def load_key(data: bytes, password: str = "") -> tuple[rsa.RSAPrivateKey, x509.Certificate | None]:
    """An RSA key from PEM or PKCS#12, with the certificate that stands in the same file. Raises KeyFileError."""
    secret = password.encode() or None
    try:
        if b"-----BEGIN" in data:
            key = serialization.load_pem_private_key(data, secret)
            found = x509.load_pem_x509_certificates(data) if b"BEGIN CERTIFICATE" in data else []
            certificate = found[0] if found else None
        else:
            opened, certificate, _ = pkcs12.load_key_and_certificates(data, secret)
            key = opened  # type: ignore[assignment]
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError("no private key, or the wrong password") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _LEAST_BITS:
        raise KeyFileError("the key must be RSA of at least 2048 bits")
    return key, certificate
