"""What stands in the fake register: parties, certificates, agreements, revocations, and events of changes."""

from __future__ import annotations

import base64
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from samhandling.ebxml import certificates, cpa
from samhandling.ebxml.certificates import Use
from samhandling.world.format import Organisation, Party, World

_TYPES = {"service": "Service", "person": "OrganizationPerson"}
_BUSINESS = {"hospital": "101", "municipality": "102", "gp": "103"}


@dataclass(slots=True)
class Content:
    """Mutable; the server holds a lock when it asks or changes."""

    parties: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By HER-id: what Adresseregisteret answers, without certificates."""
    certificates: dict[tuple[str, Use], x509.Certificate] = field(default_factory=dict)
    agreements: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """By CPAId: status in the registry, and the document."""
    revoked: dict[int, datetime] = field(default_factory=dict)
    """By serial number."""
    events: list[tuple[int, str]] = field(default_factory=list)
    """Sequence number and HER-id."""

    @classmethod
    def of_world(cls, world: World, folder: Path) -> Content:
        """The parties of a world file, with the certificates and agreements that its table `[transport]` names."""
        made = cls()
        for organisation in world.organisation:
            made.parties[organisation.her_id] = _organisation(organisation)
            for party in organisation.party:
                made.parties[party.her_id] = _party(organisation, party)
        if world.transport is None:
            return made
        for row in world.transport.certificate:
            (first, *_) = certificates.load_certificates((folder / row.file).read_bytes())
            below = [one for one in made.parties.values() if str(one["parentHerId"]) == row.her_id]
            for her_id in (row.her_id, *(str(one["herId"]) for one in below)):
                made.certificates.setdefault((her_id, Use(row.use)), first)
        for entry in world.transport.cpa:
            data = (folder / entry.file).read_bytes()
            made.agreements[cpa.read(data).cpa_id] = (entry.status, data)
        return made

    def frozen(self) -> Content:
        """As it is now."""
        return Content(
            deepcopy(self.parties), dict(self.certificates), dict(self.agreements), dict(self.revoked),
            list(self.events),
        )  # fmt: skip

    def change(self, her_id: str, **values: Any) -> None:
        """Other values of a party, in the names of the register (`ediAddress`, `name` …), and an event."""
        self.parties[her_id].update(values)
        self.tell(her_id)

    def remove(self, her_id: str) -> None:
        """A party that is gone."""
        self.parties.pop(her_id, None)
        self.tell(her_id)

    def publish(self, her_id: str, use: Use, certificate: x509.Certificate) -> None:
        """A new certificate of a party."""
        self.certificates[her_id, use] = certificate
        self.tell(her_id)

    def revoke(self, certificate: x509.Certificate, at: datetime) -> None:
        """The issuer takes a certificate back."""
        self.revoked[certificate.serial_number] = at

    def tell(self, her_id: str) -> None:
        """An event of the feed."""
        self.events.append((len(self.events) + 1, her_id))

    def party(self, her_id: str) -> dict[str, Any] | None:
        """The answer about a party."""
        found = self.parties.get(her_id)
        if found is None:
            return None
        signing, encryption = (self.certificates.get((her_id, use)) for use in (Use.SIGNING, Use.ENCRYPTION))
        return {
            **found,
            "currentSigningCertificate": _about(signing),
            "currentEncryptionCertificate": _about(encryption),
        }

    def certificate(self, her_id: str, use: Use) -> dict[str, Any] | None:
        """The answer about a certificate."""
        found = self.certificates.get((her_id, use)) if her_id in self.parties else None
        if found is None:
            return None
        der = found.public_bytes(serialization.Encoding.DER)
        return {**(_about(found) or {}), "certificateValue": base64.b64encode(der).decode()}

    def agreement(self, asked: str) -> tuple[int, bytes] | None:
        """By CPAId."""
        return next((one for key, one in self.agreements.items() if key.lower() == asked.lower()), None)

    def agreement_of(self, one: str, other: str) -> tuple[int, bytes] | None:
        """The newest of two parties: the last that is valid."""
        for status, data in reversed(self.agreements.values()):
            read = cpa.read(data)
            if status == 2 and read.party(one) and read.party(other):
                return status, data
        return None


def _organisation(row: Organisation) -> dict[str, Any]:
    return {
        "herId": int(row.her_id),
        "parentHerId": None,
        "parentName": None,
        "name": row.name,
        "displayName": row.name,
        "type": "Organization",
        "organizationDetails": _details(row),
        "ediAddress": None,
        "validFrom": _day(row.valid_from),
        "validTo": _day(row.valid_to),
    }


def _party(organisation: Organisation, row: Party) -> dict[str, Any]:
    return {
        **_organisation(organisation),
        "herId": int(row.her_id),
        "parentHerId": int(organisation.her_id),
        "parentName": organisation.name,
        "name": row.name,
        "displayName": row.name,
        "type": _TYPES[row.kind],
        "ediAddress": row.edi_address or None,
        "validFrom": _day(row.valid_from),
        "validTo": _day(row.valid_to),
    }


def _details(row: Organisation) -> dict[str, Any]:
    kind = {"codeListId": "9040", "value": _BUSINESS.get(row.kind, "115")}
    return {"organizationNumber": row.organisation_number or None, "businessType": kind}


def _about(certificate: x509.Certificate | None) -> dict[str, Any] | None:
    if certificate is None:
        return None
    return {
        "thumbprint": certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303
        "validFrom": certificate.not_valid_before_utc.isoformat(),
        "validTo": certificate.not_valid_after_utc.isoformat(),
    }


def _day(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00" if day is not None else None
