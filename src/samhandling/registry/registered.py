"""What the registers have answered, as values with their age: the cache on disk as others read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.x509 import ocsp

from samhandling.ebxml import certificates, cpa, packing
from samhandling.ebxml.cpa import Agreement
from samhandling.registry import ages
from samhandling.registry.models import CertificateStatus, RegisteredAgreement, RegisteredParty, RevocationList


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A party that has been asked about."""

    her_id: str
    found: bool
    answered_at: datetime
    fault: str
    name: str
    kind: str
    organisation_her_id: str
    organisation_name: str
    organisation_number: str
    edi_address: str
    signing: tuple[x509.Certificate, ...]
    """The current one; after it the one before, as long as messages signed with it may come."""
    encryption: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class AgreementEntry:
    """An agreement, or that there is none for a pair."""

    asked: str
    answered_at: datetime
    fault: str
    status: int
    agreement: Agreement | None


def parties(now: datetime, her_ids: Iterable[str] | None = None) -> dict[str, PartyEntry]:
    """All that Adresseregisteret has answered, or of these HER-ids, by HER-id; what it never answered is not there."""
    rows = RegisteredParty.objects.filter(answered_at__isnull=False)
    if her_ids is not None:
        rows = rows.filter(her_id__in=list(her_ids))
    return {row.her_id: _party(row, now) for row in rows}


def _party(row: RegisteredParty, now: datetime) -> PartyEntry:
    assert row.answered_at is not None
    former = _one(row.former_signing) if ages.former(row.signing_changed_at, now) else ()
    return PartyEntry(
        row.her_id,
        row.found,
        row.answered_at,
        row.fault,
        row.name,
        row.kind,
        row.organisation_her_id,
        row.organisation_name,
        row.organisation_number,
        row.edi_address,
        (*_one(row.signing), *former),
        _one(row.encryption),
    )


def _one(der: bytes | memoryview | None) -> tuple[x509.Certificate, ...]:
    return () if der is None else (_certificate(bytes(der)),)


@lru_cache(maxsize=4096)
def _certificate(der: bytes) -> x509.Certificate:
    return certificates.parse(der)


def pair_of(one: str, other: str) -> str:
    """How the newest agreement of two parties is asked for: the smaller HER-id first (3.4)."""
    return packing.standard_cpa_id(one, other)


def agreements() -> dict[str, AgreementEntry]:
    """All that the CPPA registry has answered, by what was asked: a CPAId, or a pair `a_b`."""
    rows = RegisteredAgreement.objects.filter(answered_at__isnull=False)
    return {row.asked: _agreement(row) for row in rows}


def _agreement(row: RegisteredAgreement) -> AgreementEntry:
    assert row.answered_at is not None
    document = None if row.document is None or not row.found else _read(bytes(row.document))
    return AgreementEntry(row.asked, row.answered_at, row.fault, row.status, document)


@lru_cache(maxsize=512)
def _read(document: bytes) -> Agreement:
    return cpa.read(document)


def revocation_lists() -> tuple[x509.CertificateRevocationList, ...]:
    """The lists that have been fetched."""
    rows = RevocationList.objects.filter(content__isnull=False).values_list("pk", "answered_at")
    return tuple(_list(key, answered_at) for key, answered_at in rows)


@lru_cache(maxsize=64)
def _list(key: int, answered_at: datetime) -> x509.CertificateRevocationList:
    """Read from the store once for each time it was fetched: it may be large."""
    content = RevocationList.objects.values_list("content", flat=True).get(pk=key)
    assert content is not None
    return certificates.load_crls(bytes(content))[0]


def statuses() -> tuple[ocsp.OCSPResponse, ...]:
    """What issuers have answered of single certificates."""
    rows = CertificateStatus.objects.filter(content__isnull=False).values_list("content", flat=True)
    return tuple(_response(bytes(content)) for content in rows if content is not None)


@lru_cache(maxsize=1024)
def _response(content: bytes) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(content)
