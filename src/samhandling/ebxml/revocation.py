"""Whether an issuer has taken a certificate back: by its list (CRL) or by its answer (OCSP, RFC 6960).

Pure: lists and answers come as values. One that is missing, out of date, not the issuer's, or says *unknown* is no
verdict.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

SKEW = timedelta(minutes=5)
LONGEST_ANSWER = timedelta(hours=12)
"""How long an answer holds that does not say so itself (addressing 7)."""
_DIGESTS: tuple[hashes.HashAlgorithm, ...] = (hashes.SHA1(), hashes.SHA256())  # noqa: S303
"""What identifies an issuer in an answer; no signature rests on it."""
_STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


class Verdict(StrEnum):
    """What is known of a certificate now."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


def verdict(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    crls: Iterable[x509.CertificateRevocationList],
    answers: Iterable[ocsp.OCSPResponse],
    now: datetime,
) -> Verdict:
    """Revoked when any of them says so; good when one that is in force says nothing against it; else unknown."""
    good = False
    for crl in crls:
        if crl.issuer != issuer.subject or crl.next_update_utc is None or not signs(crl, issuer):
            continue
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None and entry.revocation_date_utc <= now:
            return Verdict.REVOKED
        in_force = crl.last_update_utc <= now + SKEW and now <= crl.next_update_utc
        good = good or (in_force and _covers(crl, certificate))
    for answer in answers:
        said = _said(answer, certificate, issuer, now)
        if said is Verdict.REVOKED:
            return said
        good = good or said is Verdict.GOOD
    return Verdict.GOOD if good else Verdict.UNKNOWN


def signs(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether the issuer has signed the list."""
    try:
        return crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (TypeError, UnsupportedAlgorithm):
        return False


def _covers(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether silence of the list speaks for the certificate: not of a list of changes, or of other certificates."""
    if _extension(crl, x509.DeltaCRLIndicator) is not None:
        return False
    scope = _extension(crl, x509.IssuingDistributionPoint)
    if scope is None:
        return True
    basic = _extension(certificate, x509.BasicConstraints)
    other_kind = scope.only_contains_user_certs if basic is not None and basic.ca else scope.only_contains_ca_certs
    partial = scope.indirect_crl or scope.only_contains_attribute_certs or scope.only_some_reasons is not None
    return not (other_kind or partial)


def _said(answer: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Verdict:
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return Verdict.UNKNOWN
    for one in answer.responses:
        named = (one.issuer_name_hash, one.issuer_key_hash)
        if one.serial_number != certificate.serial_number or named not in _names(certificate, issuer):
            continue
        if not _answered_by(answer, issuer, now):
            return Verdict.UNKNOWN
        if one.certificate_status is ocsp.OCSPCertStatus.REVOKED:
            return Verdict.REVOKED
        until = one.next_update_utc or one.this_update_utc + LONGEST_ANSWER
        in_force = one.this_update_utc <= now + SKEW and now <= until
        return Verdict.GOOD if in_force and one.certificate_status is ocsp.OCSPCertStatus.GOOD else Verdict.UNKNOWN
    return Verdict.UNKNOWN


@lru_cache(maxsize=4096)
def _names(certificate: x509.Certificate, issuer: x509.Certificate) -> frozenset[tuple[bytes, bytes]]:
    """Hashes of the issuer's name and key by which answers name it."""
    builder = ocsp.OCSPRequestBuilder()
    asked = [builder.add_certificate(certificate, issuer, algorithm).build() for algorithm in _DIGESTS]
    return frozenset((one.issuer_name_hash, one.issuer_key_hash) for one in asked)


def _answered_by(answer: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> bool:
    """Whether the answer is signed by the issuer, or by one to whom it has given that work (RFC 6960 4.2.2.2)."""
    for signer in (issuer, *answer.certificates):
        if signer != issuer and not _delegated(signer, issuer, now):
            continue
        key, algorithm = signer.public_key(), answer.signature_hash_algorithm
        if not isinstance(key, rsa.RSAPublicKey) or not isinstance(algorithm, _STRONG):
            continue
        try:
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        except InvalidSignature:
            continue
        return True
    return False


def _delegated(signer: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    try:
        signer.verify_directly_issued_by(issuer)
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    in_force = signer.not_valid_before_utc <= now <= signer.not_valid_after_utc
    return in_force and ExtendedKeyUsageOID.OCSP_SIGNING in usage


def request(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """What an OCSP service is asked, as DER."""
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, _DIGESTS[0]).build()
    return asked.public_bytes(serialization.Encoding.DER)


def lists_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where its issuer's list lies: http addresses alone."""
    points = _extension(certificate, x509.CRLDistributionPoints) or ()
    named = (name.value for point in points for name in point.full_name or ())
    return tuple(str(one) for one in named if str(one).startswith(("http://", "https://")))


def responders_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where its issuer answers by OCSP."""
    ways = _extension(certificate, x509.AuthorityInformationAccess) or ()
    named = (str(way.access_location.value) for way in ways if way.access_method == AuthorityInformationAccessOID.OCSP)
    return tuple(one for one in named if one.startswith(("http://", "https://")))


def _extension(of: x509.Certificate | x509.CertificateRevocationList, kind: Any) -> Any:
    try:
        return of.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None
