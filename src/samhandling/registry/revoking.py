"""Jobs that fetch what issuers say of certificates: their lists in the background, OCSP where a list does not tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.db import transaction

from samhandling.configuration import configuration
from samhandling.ebxml import certificates, revocation
from samhandling.ebxml.certificates import Trust
from samhandling.ebxml.revocation import Verdict
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue
from samhandling.registry import ages, keys, registered
from samhandling.registry.models import CertificateStatus, RevocationList
from samhandling.registry.remote import issuers
from samhandling.registry.remote.http import RegisterError

log = structlog.get_logger("samhandling.registry")


def trust() -> Trust:
    """The issuers of the settings; lists of files and those that were fetched; answers. Raises as `keys.public`."""
    files = keys.public().trust
    return Trust(files.issuers, (*files.crls, *registered.revocation_lists()), registered.statuses())


def want_status(certificate: x509.Certificate, *, now: datetime) -> None:
    """Let a job find out whether a certificate was taken back."""
    row, _ = CertificateStatus.objects.get_or_create(
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        defaults={"certificate": certificate.public_bytes(serialization.Encoding.DER)},
    )
    enqueue("registry.ask_status", {"certificate": row.pk}, now=now, run_at=now, unique=f"certificate-status:{row.pk}")


def fetch_lists(running: Running) -> None:
    """Job, each hour: fetch the lists named by the certificates in use whose age says so."""
    now = running.now
    if configuration().ebxml is not None:
        for url in sorted(_lists(now)):
            fetch(url, now)
    with transaction.atomic():
        running.finish()


def _lists(now: datetime) -> set[str]:
    """Addresses in the certificates in use and those of their issuers; only of chains that we trust."""
    found = keys.loaded()
    in_use: list[x509.Certificate] = [one.certificate for one in found.decrypters]
    in_use += [one.certificate for keys_of in found.signing.values() for _, one in keys_of]
    in_use += [one for ones in found.registered.values() for one in ones]
    for party in registered.parties(now).values():
        in_use += [*party.signing, *party.encryption]
    return {url for certificate in set(in_use) for url in _named(certificate, found.trust.issuers, now)}


def _named(certificate: x509.Certificate, trusted: Iterable[x509.Certificate], now: datetime) -> tuple[str, ...]:
    chain = certificates.chain_of(certificate, trusted, now)
    subjects = (certificate, *chain[:-1]) if chain else ()
    return tuple(url for one in subjects for url in revocation.lists_of(one)[:1])


def fetch(url: str, now: datetime) -> None:
    """Fetch one list, unless it is young; one that no issuer of ours has signed is not kept."""
    row, _ = RevocationList.objects.get_or_create(url=url[:500])
    if not ages.list_due(row.answered_at, row.next_update, now) or not ages.may_try(row.tried_at, row.fault, now):
        return
    values: dict[str, object] = {"tried_at": now}
    try:
        found = issuers.revocation_list(url)
    except RegisterError as error:
        log.warning("a revocation list could not be fetched", code=error.code, why=error.detail)
        values["fault"] = error.code
    else:
        if _ours(found):
            content = found.public_bytes(serialization.Encoding.DER)
            values |= {"answered_at": now, "fault": "", "content": content, "next_update": found.next_update_utc}
        else:
            values["fault"] = "register.untrue"
    RevocationList.objects.filter(pk=row.pk).update(**values)


def _ours(crl: x509.CertificateRevocationList) -> bool:
    return any(crl.issuer == issuer.subject and revocation.signs(crl, issuer) for issuer in keys.public().trust.issuers)


def ask_status(running: Running) -> None:
    """Job: the lists that speak of one certificate, and OCSP where they leave it unknown."""
    now = running.now
    row = CertificateStatus.objects.filter(pk=running.payload["certificate"]).first()
    values: dict[str, object] = {"tried_at": now}
    if row is not None and configuration().ebxml is not None:
        certificate = certificates.parse(bytes(row.certificate))
        issued = keys.public().trust.issuers
        chain = certificates.chain_of(certificate, issued, now)
        for url in _named(certificate, issued, now):
            fetch(url, now)
        for subject, issuer in zip((certificate, *chain), chain, strict=False):
            values |= _by_ocsp(subject, issuer, row, now)
    with transaction.atomic():
        CertificateStatus.objects.filter(pk=running.payload["certificate"]).update(**values)
        running.finish()


def _by_ocsp(
    certificate: x509.Certificate, issuer: x509.Certificate, row: CertificateStatus, now: datetime
) -> dict[str, object]:
    """What is to be noted of the certificate of the row; of those above it the lists must do."""
    here = trust()
    unknown = revocation.verdict(certificate, issuer, here.crls, here.answers, now) is Verdict.UNKNOWN
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    responders = revocation.responders_of(certificate)
    if fingerprint != row.fingerprint or not unknown or not responders:
        return {}
    try:
        answer = issuers.status(certificate, issuer, responders[0])
    except RegisterError as error:
        log.warning("a certificate's status could not be asked", code=error.code, why=error.detail)
        return {"fault": error.code}
    return {"answered_at": now, "fault": "", "content": answer.public_bytes(serialization.Encoding.DER)}
