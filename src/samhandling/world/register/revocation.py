"""CRL and OCSP of the fake: signed with the keys of the test PKI."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from samhandling.ebxml.pki import Held


def crl(by: Held, revoked: Mapping[int, datetime], now: datetime, life: timedelta) -> bytes:
    """The list of an issuer, as DER."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    builder = builder.last_update(now).next_update(now + life)
    for serial, at in revoked.items():
        row = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
        builder = builder.add_revoked_certificate(row)
    return builder.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def answer(asked: bytes, by: Held, revoked: Mapping[int, datetime], now: datetime, life: timedelta) -> bytes:
    """The OCSP answer to a request, as DER: good unless the serial number was revoked."""
    try:
        request = ocsp.load_der_ocsp_request(asked)
    except ValueError:
        bad = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        return bad.public_bytes(serialization.Encoding.DER)
    at = revoked.get(request.serial_number)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=request.issuer_name_hash,
        issuer_key_hash=request.issuer_key_hash,
        serial_number=request.serial_number,
        algorithm=request.hash_algorithm,
        cert_status=ocsp.OCSPCertStatus.GOOD if at is None else ocsp.OCSPCertStatus.REVOKED,
        this_update=now,
        next_update=now + life,
        revocation_time=at,
        revocation_reason=None,
    )
    for extension in request.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, False)
    signed = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate).sign(by.key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)
