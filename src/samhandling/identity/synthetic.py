"""Numbers for synthetic persons and organisations, for tests and the demo world only.

Every person number made here carries a shifted month or is an H- or FH-number, so it is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

from samhandling.identity.persons import (
    SYNTHETIC_SHIFTS,
    Sex,
    first_check_remainder,
    second_check_remainder,
    year_of,
)


def person_number(
    birth_date: date,
    sex: Sex,
    *,
    index: int = 0,
    shift: int = 80,
    kind: str = "FNR",
    relaxed: bool = False,
) -> str:
    """The `index`-th synthetic number for a birth date (1855 to 2031) and sex.

    `shift` is what is added to the month (80, 65 or 40); `kind` is FNR or DNR; `relaxed` gives one that satisfies only
    the rule of 2032. Raises ValueError when there is none.
    """
    if shift not in SYNTHETIC_SHIFTS or kind not in ("FNR", "DNR"):
        raise ValueError("only shifted months make a synthetic number")
    stem = _stem(birth_date, day_shift=40 if kind == "DNR" else 0, month_shift=shift)
    return _pick(_numbers(stem, birth_date, sex, remainders=(1, 2, 3) if relaxed else (0,)), index)


def help_number(birth_date: date, sex: Sex, *, index: int = 0) -> str:
    """The `index`-th H-number for a birth date and sex. Raises ValueError when there is none."""
    return _pick(_numbers(_stem(birth_date, day_shift=0, month_shift=40), birth_date, sex, remainders=(0,)), index)


def common_help_number(*, index: int = 0) -> str:
    """The `index`-th FH-number from 800000000 upwards."""
    return _pick(_with_check_digits(map(str, range(800_000_000, 1_000_000_000)), remainders=(0,)), index)


def organisation_number(*, index: int = 0) -> str:
    """The `index`-th organisation number from 99000000 upwards with a right check digit."""

    def numbers() -> Iterator[str]:
        for stem in map(str, range(99_000_000, 100_000_000)):
            weighted = sum(w * int(d) for w, d in zip((3, 2, 7, 6, 5, 4, 3, 2), stem, strict=True))
            check = -weighted % 11
            if check < 10:
                yield f"{stem}{check}"

    return _pick(numbers(), index)


def _pick(numbers: Iterator[str], index: int) -> str:
    found = next(islice(numbers, index, None), None)
    if found is None:
        raise ValueError("there are not so many numbers for this birth date and sex")
    return found


def _stem(birth_date: date, *, day_shift: int, month_shift: int) -> str:
    return f"{birth_date.day + day_shift:02}{birth_date.month + month_shift:02}{birth_date.year % 100:02}"


def _numbers(stem: str, birth_date: date, sex: Sex, *, remainders: tuple[int, ...]) -> Iterator[str]:
    """Numbers on a stem whose individnummer means that century and sex, the highest first as the issuer does."""
    odd = {"1": 1, "2": 0}.get(sex)
    if odd is None:
        raise ValueError("sex is a code of list 3101: 1 or 2")
    individuals = [
        f"{i:03}" for i in range(999, -1, -1) if i % 2 == odd and year_of(i, birth_date.year % 100) == birth_date.year
    ]
    return _with_check_digits((stem + individual for individual in individuals), remainders=remainders)


def _with_check_digits(stems: Iterator[str], *, remainders: tuple[int, ...]) -> Iterator[str]:
    """Each stem of nine digits with every pair of check digits whose first leaves one of the remainders."""
    for stem in stems:
        first = first_check_remainder(stem + "0")
        for remainder in remainders:
            one = (remainder - first) % 11
            if one == 10:
                continue
            two = -second_check_remainder(f"{stem}{one}0") % 11
            if two < 10:
                yield f"{stem}{one}{two}"
