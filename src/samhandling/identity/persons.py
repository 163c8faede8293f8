"""Person numbers: kinds, check digits, what may be derived from them, and how they are shown.

Source: message-header 5.10 and 12 (HIS 1001, code list 8116) and C-03. The declared identifier type is looked at first
and the digits second, because synthetic numbers shift the month by 40 as H-numbers do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal["FNR", "DNR", "FHN", "HNR", "NONE"]
"""Codes of list 8116; NONE is everything that is none of the four."""

Sex = Literal["1", "2"]
"""Codes of list 3101: 1 male, 2 female."""

KIND_NAMES: dict[Kind, str] = {
    "FNR": "Fødselsnummer",
    "DNR": "D-nummer",
    "FHN": "Felles hjelpenummer",
    "HNR": "H-nummer",
    "NONE": "Uten fødselsnummer",
}

SYNTHETIC_SHIFTS = (80, 65, 40)
"""What the issuers of synthetic test populations add to the month."""

RELAXED_FROM = date(2032, 1, 1)
"""From this birth date on neither century nor sex may be derived, whatever the check digits say."""

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_SEPARATORS = re.compile(r"[\s.\-\u00a0\u2009\u202f\u2011\u2013]+")
_ELEVEN_DIGITS = re.compile(r"[0-9]{11}")


@dataclass(frozen=True, kw_only=True)
class PersonNumber:
    """What a number is and what it tells. The digits stay out of its repr (P-08)."""

    digits: str = field(repr=False)
    """Without separators; for NONE whatever was written, without separators."""
    kind: Kind
    valid: bool
    """Syntax, date and check digits hold; an H-number is never held to its check digits. Always False for NONE."""
    synthetic: bool = False
    shift: int = 0
    """What was added to the month of a synthetic number (80, 65 or 40), else 0."""
    relaxed: bool = False
    """True when the first check digit satisfies only the rule of 2032."""
    mismatch: bool = False
    """True when the digits have the pattern of another kind than the declared one."""
    birth_date: date | None = None
    sex: Sex | None = None

    @property
    def ordinary(self) -> bool:
        """True for a valid fødselsnummer or D-number: what PLO and dialogue messages may be sent for (S-37, C-03)."""
        return self.valid and self.kind in ("FNR", "DNR")


@dataclass(frozen=True)
class _Date:
    """What the first six digits and the individnummer say under one reading of day and month."""

    possible: bool
    full: date | None


def normal_person_number(text: str) -> str:
    """The number without blanks, dots and hyphens."""
    return _SEPARATORS.sub("", text)


def first_check_remainder(digits: str) -> int:
    """Weighted sum of the first ten digits mod 11: 0 under the classic rule, 0 to 3 under the rule of 2032."""
    weighted = sum(w * int(d) for w, d in zip(_FIRST_WEIGHTS, digits, strict=False))
    return (weighted + int(digits[9])) % 11


def second_check_remainder(digits: str) -> int:
    """Weighted sum of all eleven digits mod 11: 0 when the second check digit is right."""
    weighted = sum(w * int(d) for w, d in zip(_SECOND_WEIGHTS, digits, strict=False))
    return (weighted + int(digits[10])) % 11


def classify(digits: str, declared: str | None = None, *, test: bool = False) -> PersonNumber:
    """Say what a number is (message-header 5.10 and 12, C-03). Never raises.

    Takes the number as written, the declared code of list 8116 where there is one, and `test=True` in a store marked
    *test*. Synthetic series are recognised by the declared type or in a test store only. An undeclared number whose
    month is 41 to 52 is an H-number, save in a test store when its check digits hold. Senders often declare a D-number
    as FNR: where the digits prove the other of the two official kinds, they decide and `mismatch` is set.
    """
    number = normal_person_number(digits)
    code = (declared or "").strip().upper()
    if not _ELEVEN_DIGITS.fullmatch(number) or not number.isascii():
        return PersonNumber(digits=number, kind=_declared_kind(code), valid=False)
    pattern = _pattern(number, test=test)
    if not code:
        return _read(number, pattern, shifts=_shifts(test), mismatch=False)
    kind = _declared_kind(code)
    if kind == "NONE":
        return PersonNumber(digits=number, kind="NONE", valid=False, mismatch=pattern != "NONE")
    read = _read(number, kind, shifts=SYNTHETIC_SHIFTS, mismatch=False)
    if read.valid or pattern in (kind, "NONE"):
        return read
    if kind in ("FNR", "DNR") and pattern in ("FNR", "DNR"):
        proven = _read(number, pattern, shifts=_shifts(test), mismatch=True)
        if proven.valid:
            return proven
    return _read(number, kind, shifts=SYNTHETIC_SHIFTS, mismatch=True)


def _shifts(test: bool) -> tuple[int, ...]:
    return SYNTHETIC_SHIFTS if test else ()


def _declared_kind(code: str) -> Kind:
    match code:
        case "FNR" | "DNR" | "FHN" | "HNR":
            return code
        case _:
            return "NONE"


def _pattern(number: str, *, test: bool) -> Kind:
    """The kind that the digits alone suggest; NONE for a pattern that no issuer uses."""
    first = int(number[0])
    month = int(number[2:4])
    if first >= 8:
        return "FHN"
    ordinary: Kind = "DNR" if first >= 4 else "FNR"
    if 1 <= month <= 12:
        return ordinary
    if 41 <= month <= 52:
        if test and _check_digits(number)[0]:
            return ordinary
        return "HNR" if ordinary == "FNR" else "NONE"
    if test and (66 <= month <= 77 or 81 <= month <= 92):
        return ordinary
    return "NONE"


def _check_digits(number: str) -> tuple[bool, bool]:
    """(right, only by the rule of 2032)."""
    remainder = first_check_remainder(number)
    if remainder > 3 or second_check_remainder(number) != 0:
        return False, False
    return True, remainder != 0


def _read(number: str, kind: Kind, *, shifts: tuple[int, ...], mismatch: bool) -> PersonNumber:
    """Read the number as of that kind."""
    if kind == "NONE":
        return PersonNumber(digits=number, kind=kind, valid=False, mismatch=mismatch)
    if kind == "FHN":
        right = number[0] in "89" and first_check_remainder(number) == 0 and second_check_remainder(number) == 0
        return PersonNumber(digits=number, kind=kind, valid=right, mismatch=mismatch)
    if kind == "HNR":
        read = _date(number, day_shift=0, month_shift=40, derive=True)
        return PersonNumber(
            digits=number,
            kind=kind,
            valid=read.possible,
            mismatch=mismatch,
            birth_date=read.full,
            sex=_sex(number) if read.full else None,
        )
    right, relaxed = _check_digits(number)
    for shift in (0, *shifts):
        read = _date(number, day_shift=40 if kind == "DNR" else 0, month_shift=shift, derive=not relaxed)
        if read.possible:
            break
    else:
        return PersonNumber(digits=number, kind=kind, valid=False, mismatch=mismatch)
    return PersonNumber(
        digits=number,
        kind=kind,
        valid=right,
        synthetic=shift != 0,
        shift=shift,
        relaxed=relaxed,
        mismatch=mismatch,
        birth_date=read.full if right else None,
        sex=_sex(number) if right and read.full else None,
    )


def _sex(number: str) -> Sex:
    return "2" if int(number[8]) % 2 == 0 else "1"


def _date(number: str, *, day_shift: int, month_shift: int, derive: bool) -> _Date:
    """The birth date under one reading; `full` only where the century may be derived and exists."""
    day = int(number[0:2]) - day_shift
    month = int(number[2:4]) - month_shift
    short_year = int(number[4:6])
    if not any(_real_date(century + short_year, month, day) for century in (2000, 1900, 1800)):
        return _Date(possible=False, full=None)
    if not derive:
        return _Date(possible=True, full=None)
    year = year_of(int(number[6:9]), short_year)
    if year is None:
        return _Date(possible=True, full=None)
    full = _real_date(year, month, day)
    if full is None:
        return _Date(possible=False, full=None)
    return _Date(possible=True, full=full if full < RELAXED_FROM else None)


def year_of(individual: int, short_year: int) -> int | None:
    """The year that individnummer and two-digit year stand for; None for a pair that the rule leaves out."""
    if individual <= 499:
        return 1900 + short_year
    if individual <= 749 and short_year > 54:
        return 1800 + short_year
    if short_year < 40:
        return 2000 + short_year
    if individual >= 900:
        return 1900 + short_year
    return None


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def format_person_number(text: str) -> str:
    """As people read it: `15076500565` becomes `150765 00565`; anything but eleven digits is given back unchanged."""
    number = normal_person_number(text)
    if _ELEVEN_DIGITS.fullmatch(number):
        return f"{number[:6]} {number[6:]}"
    return text


def mask(text: str) -> str:
    """For places where the number may not stand in full (P-08): `150765 00565` becomes `150765 *****`.

    Anything but eleven digits is hidden wholly, as is an FH-number, whose first digits are not a birth date.
    """
    number = normal_person_number(text)
    if _ELEVEN_DIGITS.fullmatch(number) and number[0] not in "89":
        return f"{number[:6]} *****"
    return "*" * len(number)
