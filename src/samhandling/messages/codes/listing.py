"""What a code list is: number, name, values, and how its OID is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OID_PREFIX = "2.16.578.1.12.4.1.1."


@dataclass(frozen=True)
class CodeList:
    """A national code list. The texts are those of the list itself: what we write as DN."""

    number: str
    name: str
    values: Mapping[str, str]
    # Values that may still be met but are not to be written any more.
    withdrawn: frozenset[str] = field(default_factory=frozenset)
    # We hold only a part of the list: a value that is missing here may well be right.
    partial: bool = False

    @property
    def oid(self) -> str:
        """The identifier that goes into the attribute S."""
        return OID_PREFIX + self.number


def list_number(oid_or_number: str) -> str:
    """The list number in an OID or in the bare number; "" when it is not one of the national lists.

    An OID may carry a trailing version part (HIS 80704 4.4): `2.16.578.1.12.4.1.1.9121.2` is list 9121.
    """
    text = oid_or_number.strip()
    if text.startswith(OID_PREFIX):
        text = text[len(OID_PREFIX) :].partition(".")[0]
    return text if text.isdigit() and len(text) == 4 else ""


CLASSIFICATIONS: Mapping[str, str] = {
    "7110": "ICD-10",
    "7130": "NIC",
    "7140": "NOC",
    "7150": "NANDA",
    "7170": "ICPC-2",
    "7171": "ICPC-2-B",
    "7180": "ATC",
    "7250": "ICF",
    "7270": "NCRP",
    "7280": "NLK",
    "8151": "NAV hjelpemidler",
}
"""Large classifications that are kept elsewhere: we know their names and show the text of the document."""

REPLACED: Mapping[str, str] = {"9077": "7180", "9078": "7448"}
"""Lists of version 1.5 that another list has taken the place of (errata 15.01.2019 for ATC)."""
