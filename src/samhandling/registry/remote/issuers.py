"""Lists and answers of the issuers of certificates: CRL and OCSP. Only addresses in their certificates are asked."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509 import ocsp

from samhandling.ebxml import certificates, revocation
from samhandling.registry.remote import http
from samhandling.registry.remote.http import RegisterUntrueError

MOST_LIST_BYTES = 50_000_000


def revocation_list(url: str) -> x509.CertificateRevocationList:
    """The list at an address; whoever uses it checks who signed it. Raises RegisterError."""
    answer = http.ask("GET", url, most_bytes=MOST_LIST_BYTES, seconds=60)
    if answer.status != 200:
        raise RegisterUntrueError(f"revocation list: {answer.status}")
    try:
        (found, *_) = certificates.load_crls(answer.body)
    except (certificates.KeyFileError, ValueError):
        raise RegisterUntrueError("a revocation list that cannot be read") from None
    return found


def status(certificate: x509.Certificate, issuer: x509.Certificate, url: str) -> ocsp.OCSPResponse:
    """What an OCSP service answers of a certificate; whoever uses it checks it. Raises RegisterError."""
    answer = http.ask(
        "POST",
        url,
        headers={"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"},
        body=revocation.request(certificate, issuer),
    )
    if answer.status != 200:
        raise RegisterUntrueError(f"OCSP: {answer.status}")
    try:
        return ocsp.load_der_ocsp_response(answer.body)
    except ValueError:
        raise RegisterUntrueError("an OCSP answer that cannot be read") from None
