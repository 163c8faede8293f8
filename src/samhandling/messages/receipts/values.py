"""Who we are, what we ask of a document, and what we answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from samhandling.identity.organisations import normal_her_id, normal_organisation_number
from samhandling.messages.facts import Party, ReceiptError

Role = Literal["PRIM", "COP"]
Status = Literal["1", "2"]
Outcome = Literal["accepted", "rejected", "duplicate", "unreceipted"]

Flag = Literal[
    "unknown_patient",
    "manual_match",
    "id_mismatch",
    "h_number",
    "copy",
    "unknown_service",
    "unlinked",
    "cancels",
    "replaces",
    "cancelled_before_original",
    "unknown_code",
    "estimate_of_past",
    "test_message",
]

Reason = Literal[
    "",
    "unreadable",
    "unknown_root",
    "receipt",
    "sender_unreadable",
    "message_id_missing",
    "not_for_us",
]
"""Why a document got no receipt; "" for all that did."""


@dataclass(frozen=True)
class OwnParties:
    """Which addresses are ours: HER-ids of level 2, HER-ids and organisation numbers of level 1, all normalised."""

    parties: frozenset[str]
    organisations: frozenset[str] = frozenset()
    organisation_numbers: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        parties: Iterable[str],
        organisations: Iterable[str] = (),
        organisation_numbers: Iterable[str] = (),
    ) -> OwnParties:
        """From ids as written: dots and blanks are taken out."""
        return cls(
            frozenset(normal_her_id(p) for p in parties) - {""},
            frozenset(normal_her_id(o) for o in organisations) - {""},
            frozenset(normal_organisation_number(n) for n in organisation_numbers) - {""},
        )

    def has_service(self, party: Party) -> bool:
        """Whether level 2 is one of our services or persons."""
        return bool(party.her_id) and party.her_id in self.parties

    def has_organisation(self, party: Party) -> bool:
        """Whether level 1 is our organisation."""
        return party.organisation_her_id in self.organisations or party.organisation_number in self.organisation_numbers

    def owns(self, party: Party) -> bool:
        """Ours when either level is: misaddressed is only what names neither (HITS 1168 5.3)."""
        return self.has_service(party) or self.has_organisation(party)


@dataclass(frozen=True, kw_only=True)
class JudgeSettings:
    """What the sources leave to the receiver (acceptance requirements 2.7)."""

    # Answer E21 for a service or person that we do not know in our own organisation; else take it.
    reject_unknown_service: bool = False
    # By agreement: name and H-number identify a patient well enough.
    accept_h_number: bool = False
    # The patient has no record with us: E35 for epikrise and svarrapport, which nobody else may keep. Whoever knows the
    # patients sets it for the document at hand; all other families are taken unassigned.
    reject_unknown_patient: bool = False
    # Media types of attachments that we can use; another gives T99. Empty: all are taken, and opened with care.
    attachment_formats: frozenset[str] = frozenset()


DEFAULT_SETTINGS = JudgeSettings()


@dataclass(frozen=True)
class Answer:
    """What one own receiver answers."""

    party: Party
    role: Role
    # None when no receipt is due (a duplicate).
    status: Status | None
    errors: tuple[ReceiptError, ...] = ()
    # False when the organisation is ours and the service or person is unknown.
    known: bool = True

    @property
    def her_id(self) -> str:
        """HER-id of level 2, of level 1 when the document names no more."""
        return self.party.her_id or self.party.organisation_her_id


@dataclass(frozen=True)
class Verdict:
    """What we do with a document, and what each own receiver answers."""

    verdict: Outcome
    receivers: tuple[Answer, ...] = ()
    flags: tuple[Flag, ...] = ()
    reason: Reason = ""
