"""No identity number leaves in a notice (routines 4.4, S-76)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from samhandling.identity.persons import classify

_CANDIDATE = re.compile(r"(?<!\d)\d{6}[ .\-]?\d{5}(?!\d)")

MASK = "••••••"


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """Something in a text that could be a person number."""

    start: int
    end: int
    may_be_overridden: bool
    """The check digits fail: a person may say, with a reason, that it is none."""


def suspects(text: str, *, exempt: Iterable[str] = ()) -> list[Suspect]:
    """Every plausible person number of any kind. `exempt`: telephones of the register and dates put in by us."""
    for known in sorted(exempt, key=len, reverse=True):
        if known:
            text = text.replace(known, " " * len(known))
    found = []
    for match in _CANDIDATE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _could_be_born(digits):
            valid = classify(digits, test=True).valid
            found.append(Suspect(start=match.start(), end=match.end(), may_be_overridden=not valid))
    return found


@dataclass(frozen=True, kw_only=True)
class Masked:
    """A text without what looks like person numbers."""

    text: str
    hits: int


def masked(text: str, *, exempt: Iterable[str] = (), only_certain: bool = False) -> Masked:
    """The text with each suspect taken out; `only_certain`: only those whose check digits are right."""
    found = [each for each in suspects(text, exempt=exempt) if not (only_certain and each.may_be_overridden)]
    for each in reversed(found):
        text = text[: each.start] + MASK + text[each.end :]
    return Masked(text=text, hits=len(found))


def _could_be_born(digits: str) -> bool:
    """The day and month of some kind of number; an FH-number starts with 8 or 9 and tells no day."""
    day, month = int(digits[:2]), int(digits[2:4])
    months = (month, month - 40, month - 65, month - 80)
    return digits[0] in "89" or ((1 <= day <= 31 or 41 <= day <= 71) and any(1 <= each <= 12 for each in months))
