"""What is known beside the message: the register, agreements, certificates, revocation lists and keys.

Each part may be unknown (None); the checklist then leaves out what needs it, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509

from samhandling.ebxml.certificates import Trust
from samhandling.ebxml.cpa import Agreement
from samhandling.ebxml.encryption import Decrypter
from samhandling.ebxml.packing import Signer

VALID_STATUS = (2, 5)
"""Registry status: valid, and valid though not the newest (section 12)."""


@dataclass(frozen=True, slots=True)
class RegisterParty:
    """A party as the address register has it."""

    her_id: str
    name: str
    kind: str
    """`service`, `person`, or `organisation` (level 1, no legal transport party)."""
    organisation_number: str = ""
    edi_address: str = ""
    ours: bool = False
    signing: tuple[x509.Certificate, ...] = ()
    encryption: tuple[x509.Certificate, ...] = ()
    """Certificates that the register points to, the current one first."""


@dataclass(frozen=True, slots=True)
class KnownAgreement:
    """An agreement with its status in the registry."""

    agreement: Agreement
    status: int = 2


@dataclass(frozen=True, slots=True)
class Known:
    """All of it. The default knows nothing."""

    parties: Mapping[str, RegisterParty] | None = None
    agreements: Mapping[str, KnownAgreement] | None = None
    """By CPAId."""
    trust: Trust | None = None
    decrypters: tuple[Decrypter, ...] = field(default=(), repr=False)
    signers: Mapping[str, Signer] = field(default_factory=dict, repr=False)
    """By HER-id of the party that signs."""

    def party(self, her_id: str) -> RegisterParty | None:
        """A party of the register."""
        return (self.parties or {}).get(her_id)

    def agreement(self, cpa_id: str) -> KnownAgreement | None:
        """An agreement by its id; UUIDs are compared without regard to case."""
        found = (self.agreements or {}).get(cpa_id)
        if found is not None or self.agreements is None:
            return found
        return next((one for key, one in self.agreements.items() if key.lower() == cpa_id.lower()), None)
