"""Names that people mix up (P-04): equal or one letter apart, however they are written. Pure."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

SHORTEST = 4
"""A family name of fewer letters is mixed up only with its equal."""
_SPELT = str.maketrans({"ø": "o", "æ": "e", "ð": "d", "þ": "t", "ß": "s", "w": "v"})


class Named(NamedTuple):
    """One patient among those that one works with."""

    id: int
    place: int
    """Only patients of one place are mixed up."""
    family_name: str
    given_name: str
    born: date | None


def folded(name: str) -> str:
    """The name as one hears it: small letters without marks, blanks and hyphens; aa is å, ø is o, w is v."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_SPELT).replace("aa", "a"))
    return "".join(sign for sign in plain if sign.isalpha())


def _keys(one: Named) -> Iterable[str]:
    """What two names that are one letter apart have in common: the name without one of its letters."""
    family, given = folded(one.family_name), folded(one.given_name)
    yield family
    if len(family) >= SHORTEST:
        yield from (family[:at] + family[at + 1 :] for at in range(len(family)))
    if given and one.born is not None:
        yield f"{given} {one.born}"


def alike(people: Iterable[Named]) -> set[int]:
    """Ids of those whose name another one of the same place has, or nearly; or the same given name and birthday."""
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for one in people:
        for key in _keys(one):
            if key:
                found[one.place, key].add(one.id)
    return {each for ids in found.values() if len(ids) > 1 for each in ids}
