"""Who is who: whether an identification suffices, which numbers a new one replaces, and when a match is automatic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from samhandling.patients.values import Number, PatientDetails

IDENTITY_KINDS = ("FNR", "DNR", "FHN", "HNR")
"""Kinds that name a person, the most trusted first; a new one of a higher or the same kind replaces a lower (P-09)."""

SUFFICIENT_KINDS = ("FNR", "DNR", "FHN")
"""With a name they suffice (message-header 5.10); an H-number does not."""

IdClass = Literal["FNR", "DNR", "FH", "H", "NONE"]


def has_name(details: PatientDetails) -> bool:
    """True with family and given name."""
    return bool(details.family_name.strip() and details.given_name.strip())


def is_sufficient(details: PatientDetails) -> bool:
    """One of the four sufficient combinations (E36): name with FNR, DNR or FHN, or with birth date and sex."""
    if not has_name(details):
        return False
    if any(n.kind in SUFFICIENT_KINDS and n.value.strip() for n in details.numbers):
        return True
    return details.birth_date is not None and bool(details.sex)


def id_class(numbers: Iterable[tuple[str, bool]]) -> IdClass:
    """The class of C-03 from the numbers in use, each as (kind, valid): type code first; broken numbers do not count.

    An H-number counts whatever its check digits: nobody may send for it either way.
    """
    kinds = {kind for kind, valid in numbers if valid or kind == "HNR"}
    classes: dict[str, IdClass] = {"FNR": "FNR", "DNR": "DNR", "FHN": "FH", "HNR": "H"}
    return next((classes[kind] for kind in IDENTITY_KINDS if kind in kinds), "NONE")


def is_stronger(kind: str, other: str) -> bool:
    """True when both kinds name a person and the first is the more trusted."""
    if kind not in IDENTITY_KINDS or other not in IDENTITY_KINDS:
        return False
    return IDENTITY_KINDS.index(kind) < IDENTITY_KINDS.index(other)


def replaces(new: Number, old_kind: str, old_issuer: str) -> bool:
    """True when `new` (another value) takes the place of a number in use of that kind and issuer."""
    if new.kind in IDENTITY_KINDS and old_kind in IDENTITY_KINDS:
        if new.kind == "HNR" and old_kind == "HNR":
            return new.issuer == old_issuer
        return IDENTITY_KINDS.index(new.kind) <= IDENTITY_KINDS.index(old_kind)
    return False


_WORD = re.compile(r"[^\W\d_]+")


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


def names_agree(details: PatientDetails, family_name: str, given_name: str, middle_name: str = "") -> bool:
    """True when the names can be one person's: a family name in common and the same first given name.

    A part of a double name, a middle name written as family name, case and hyphens make no difference.
    """
    given, known_given = _words(details.given_name), _words(given_name)
    if not given or not known_given or given[0] != known_given[0]:
        return False
    family = {*_words(details.family_name), *_words(details.middle_name)}
    return bool(family & {*_words(family_name), *_words(middle_name)} and _words(details.family_name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A patient we have, as far as matching needs."""

    patient_id: int
    family_name: str
    given_name: str
    middle_name: str
    birth_date: date | None
    sex: str
    by_number: bool
    """Found through an identity number in the message that the patient has or had; else through name and birth date."""
    number_kinds: tuple[str, ...]
    """Kinds of the identity numbers in use at ours."""


def agrees(details: PatientDetails, patient: Candidate) -> bool:
    """Whether nothing in a document speaks against that patient, so that one person's word suffices (RECV-36).

    With an identity number it must be the patient's, with the same name and birth date; without one name, birth date
    and sex must all be the same.
    """
    if not names_agree(details, patient.family_name, patient.given_name, patient.middle_name):
        return False
    if patient.by_number:
        return None in (details.birth_date, patient.birth_date) or details.birth_date == patient.birth_date
    if any(number.kind in IDENTITY_KINDS and number.value.strip() for number in details.numbers):
        return False
    return details.birth_date is not None and (details.birth_date, details.sex) == (patient.birth_date, patient.sex)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What we know about the person a document names."""

    outcome: Literal["matched", "manual", "unknown", "insufficient"]
    """`matched`: automatic, number and name; `manual`: a person must choose; `unknown`: nobody like that here."""
    patient_id: int | None = None
    candidates: tuple[int, ...] = ()
    mismatch: bool = False
    """Numbers, names or birth dates at the two ends do not agree (A-18)."""
    h_number: bool = False
    """The document identifies by help number only (A-10)."""


def judge(details: PatientDetails, candidates: Sequence[Candidate]) -> Match:
    """Choose among the candidates (RECV-30 to 38, A-18). Never merges different identifiers by itself."""
    kinds = {n.kind for n in details.numbers if n.value.strip()}
    h_number = bool(kinds & {"HNR", "FHN"}) and not kinds & {"FNR", "DNR"}
    if not is_sufficient(details):
        found = tuple(c.patient_id for c in candidates)
        return Match(outcome="insufficient", candidates=found, h_number=h_number)
    by_number = [c for c in candidates if c.by_number]
    if len(by_number) == 1:
        only = by_number[0]
        same_name = names_agree(details, only.family_name, only.given_name, only.middle_name)
        same_birth = None in (details.birth_date, only.birth_date) or details.birth_date == only.birth_date
        if same_name and same_birth:
            return Match(outcome="matched", patient_id=only.patient_id, h_number=h_number)
        return Match(outcome="manual", candidates=(only.patient_id,), mismatch=True, h_number=h_number)
    if by_number:
        return Match(
            outcome="manual", candidates=tuple(c.patient_id for c in by_number), mismatch=True, h_number=h_number
        )
    alike = [c for c in candidates if names_agree(details, c.family_name, c.given_name, c.middle_name)]
    if not alike:
        # Without a number nobody can be told apart for certain: a person looks even when nobody is alike.
        outcome: Literal["manual", "unknown"] = "unknown" if kinds & set(SUFFICIENT_KINDS) else "manual"
        return Match(outcome=outcome, h_number=h_number)
    differ = bool(kinds & set(IDENTITY_KINDS)) and any(set(c.number_kinds) & set(IDENTITY_KINDS) for c in alike)
    return Match(outcome="manual", candidates=tuple(c.patient_id for c in alike), mismatch=differ, h_number=h_number)
