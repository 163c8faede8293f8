"""What other rooms tell about a patient: frozen values, free of Django. They never show content in `repr`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Number:
    """One identifier of a person: a type code of list 8116 (`FNR DNR FHN HNR …`), or `LOCAL`: the patient system's."""

    kind: str
    value: str = field(repr=False)
    issuer: str = ""
    """Who gave it out, where that is more than one (help numbers, local numbers)."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the person lives; hidden for people with a protected address (P-10)."""

    street: str = field(default="", repr=False)
    postal_code: str = field(default="", repr=False)
    city: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetails:
    """What one source says about one person. An empty field says nothing; it never erases what is known."""

    numbers: tuple[Number, ...] = ()
    family_name: str = field(default="", repr=False)
    given_name: str = field(default="", repr=False)
    middle_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: str = ""
    """Code of list 3101: 0 not known, 1 man, 2 woman, 9 not specified; empty: nothing said."""
    municipality_number: str = ""
    address: Address = field(default=Address(), repr=False)
    phone: str = field(default="", repr=False)
    protection: str = ""
    """`6` strictly protected address, `7` protected address; empty: nothing said."""
