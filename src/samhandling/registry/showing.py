"""One party with all that is known of it: how old each piece is, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography import x509

from samhandling.configuration import configuration
from samhandling.ebxml import certificates, cpa
from samhandling.ebxml.certificates import Doubt, Trust, Use
from samhandling.errors import SamhandlingError
from samhandling.registry import ages, keys, registered, revoking
from samhandling.registry.models import CommunicationParty, RegisteredParty
from samhandling.registry.registered import PartyEntry

Source = Literal["register", "cache", "file"]
"""`register`: answered within its age; `cache`: longer ago than it should be; `file`: of the world or the settings."""
DOUBTS = {
    Doubt.NOT_YET_VALID: "det gjelder ikke ennå",
    Doubt.EXPIRED: "det er utløpt",
    Doubt.WRONG_USE: "det er til noe annet",
    Doubt.WEAK: "nøkkelen er for svak",
    Doubt.UNTRUSTED: "utstederen er ikke blant dem vi stoler på",
    Doubt.REVOKED: "det er trukket tilbake",
    Doubt.REVOCATION_UNKNOWN: "tilbakekallingslisten mangler eller er for gammel",
    Doubt.WRONG_ORGANISATION: "det tilhører en annen virksomhet",
}
"""What speaks against a certificate, in words."""
STATUSES = {1: "proposed", 2: "valid", 3: "revoked", 4: "expired", 5: "superseded"}


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """A certificate of the party, the current one of its use first."""

    use: str
    subject: str
    serial: str
    organisation_number: str
    not_after: datetime
    source: Source
    doubts: tuple[Doubt, ...]
    """What speaks against it now."""


@dataclass(frozen=True, slots=True)
class ShownAgreement:
    """An agreement that the party is part of."""

    cpa_id: str
    other: str
    """HER-id of the other party."""
    status: str
    valid_to: datetime | None
    services: tuple[str, ...]
    """`Service/Action`."""
    source: Source
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """The party."""

    her_id: str
    name: str
    kind: str
    organisation: str
    organisation_her_id: str
    organisation_number: str
    ours: bool
    service: str
    """List and code of its service type, `8663 KP02`; empty when nobody says."""
    function: str
    """What we use it for."""
    carrier: str
    edi_address: str
    found: bool | None
    """Whether the address register has it; None: it has not answered."""
    source: Source
    answered_at: datetime | None
    tried_at: datetime | None
    fault: str
    certificates: tuple[ShownCertificate, ...]
    agreements: tuple[ShownAgreement, ...]


def shown(her_id: str, now: datetime) -> Shown | None:
    """Everything that is known of the party; None when nobody here has heard of it."""
    row = CommunicationParty.objects.select_related("organisation").filter(her_id=her_id).first()
    asked = RegisteredParty.objects.filter(her_id=her_id).first()
    entry = registered.parties(now, [her_id]).get(her_id)
    if row is None and asked is None:
        return None
    told = entry if entry is not None and entry.found else None
    above = row.organisation if row is not None else None
    return Shown(
        her_id=her_id,
        name=told.name if told else row.name if row else "",
        kind=told.kind if told else row.kind if row else "",
        organisation=(told.organisation_name if told else "") or (above.name if above else ""),
        organisation_her_id=(told.organisation_her_id if told else "") or (above.her_id if above else ""),
        organisation_number=(told.organisation_number if told else "") or (above.organisation_number if above else ""),
        ours=above is not None and above.hosted,
        service=f"{row.service_list} {row.service_code}".strip() if row else "",
        function=row.function if row else "",
        carrier=row.carrier if row else "",
        edi_address=(told.edi_address if told else "") or (row.edi_address if row else ""),
        found=entry.found if entry else None,
        source=_source(entry.answered_at if entry else None, now),
        answered_at=entry.answered_at if entry else None,
        tried_at=asked.tried_at if asked else None,
        fault=asked.fault if asked else "",
        certificates=_certificates(her_id, above.her_id if above else "", told, now),
        agreements=_agreements(her_id, now),
    )


def _source(answered_at: datetime | None, now: datetime) -> Source:
    if answered_at is None:
        return "file"
    return "cache" if ages.stale(answered_at, now) else "register"


def _trust() -> Trust | None:
    try:
        return revoking.trust() if configuration().ebxml is not None else None
    except SamhandlingError:
        return None  # the files cannot be read: `samhandling check` says why


def _certificates(her_id: str, above: str, told: PartyEntry | None, now: datetime) -> tuple[ShownCertificate, ...]:
    trust = _trust()
    found: list[tuple[Use, x509.Certificate, Source]] = []
    if told is not None:
        source = _source(told.answered_at, now)
        found += [(Use.SIGNING, one, source) for one in told.signing]
        found += [(Use.ENCRYPTION, one, source) for one in told.encryption]
    elif trust is not None:
        files = keys.public()
        for use in ("signing", "encryption"):
            found += [(Use(use), one, "file") for one in files.certificates(use, her_id, above)]
    return tuple(
        ShownCertificate(
            use.value,
            one.subject.rfc4514_string(),
            f"{one.serial_number:x}",
            certificates.organisation_number(one),
            one.not_valid_after_utc,
            source,
            certificates.judge(one, use=use, signed_at=now, now=now, trust=trust),
        )
        for use, one, source in found
    )


def _agreements(her_id: str, now: datetime) -> tuple[ShownAgreement, ...]:
    found: dict[str, ShownAgreement] = {}
    try:
        files = keys.public().agreements if configuration().ebxml is not None else {}
    except SamhandlingError:
        files = {}
    for known in files.values():
        if known.agreement.party(her_id):
            found[known.agreement.cpa_id] = _agreement(known.agreement, known.status, her_id, "file", None)
    for entry in registered.agreements().values():
        if entry.agreement is not None and entry.agreement.party(her_id):
            source = _source(entry.answered_at, now)
            found[entry.agreement.cpa_id] = _agreement(entry.agreement, entry.status, her_id, source, entry.answered_at)
    return tuple(found.values())


def _agreement(
    agreement: cpa.Agreement, status: int, her_id: str, source: Source, answered_at: datetime | None
) -> ShownAgreement:
    party = agreement.party(her_id)
    services = {f"{one.service}/{one.action}" for one in party.bindings} if party is not None else set()
    other = next((one.her_id for one in agreement.parties if one.her_id != her_id), "")
    return ShownAgreement(
        agreement.cpa_id, other, STATUSES[status], agreement.end, tuple(sorted(services)), source, answered_at
    )
