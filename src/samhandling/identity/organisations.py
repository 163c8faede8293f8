"""Organisation numbers and HER-ids: one way to write them, and whether they can be right."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s.\-\u00a0\u2009\u202f\u2011\u2013]+")
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_HER_ID = re.compile(r"[1-9][0-9]{0,9}")


def normal_organisation_number(text: str) -> str:
    """The number as it is stored: without blanks, dots, a leading `NO` and a trailing `MVA`. Checks nothing."""
    return _SEPARATORS.sub("", text).upper().removeprefix("NO").removesuffix("MVA")


def valid_organisation_number(text: str) -> bool:
    """True when nine digits, first 8 or 9, and the last is the check digit (mod 11) of the others."""
    number = normal_organisation_number(text)
    if not re.fullmatch(r"[89][0-9]{8}", number):
        return False
    weighted = sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=False))
    return (weighted + int(number[8])) % 11 == 0


def normal_her_id(text: str) -> str:
    """The HER-id as it is stored: without the dots and blanks that people group it with. Checks nothing."""
    return _SEPARATORS.sub("", text)


def valid_her_id(text: str) -> bool:
    """True for one to ten digits without a leading zero."""
    return _HER_ID.fullmatch(normal_her_id(text)) is not None
