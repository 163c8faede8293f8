"""What epikrise, henvisning and svarrapport with the root Message have in common.

These standards are older than the header: each carries its own parties, and writes all of it in its own namespace.
`MESSAGE` is that namespace; the version says which URI it has. What only looks alike is in the standard's own module.
"""

from __future__ import annotations

import samhandling.messages.model.basismelding as bm  # a field may bear the name of its type
from samhandling.messages.engine.tables import Family, Node, element
from samhandling.messages.model import kith

MESSAGE = Family("msg")


class Address(Node):
    """Postal or visiting address with its electronic addresses."""

    xml = element(MESSAGE)
    Type: kith.CS
    StreetAdr: kith.ST | None = None
    PostalCode: kith.ST | None = None
    City: kith.ST | None = None
    County: kith.CS | None = None
    Country: kith.CS | None = None
    CityDistr: kith.CS | None = None
    TeleAddress: list[kith.URL] = []


class AdditionalId(Node):
    """One more identifier."""

    xml = element(MESSAGE)
    Id: kith.ST
    Type: kith.CS


class Dept(Node):
    """A part of an organisation."""

    xml = element(MESSAGE)
    Type: kith.CS | None = None
    Name: kith.ST | None = None
    Id: kith.ST | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[bm.AdditionalId] = []


class HCPerson(Node):
    """A professional inside an organisation."""

    xml = element(MESSAGE)
    Name: kith.ST | None = None
    Id: kith.ST | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[bm.AdditionalId] = []


class CopyDestRole(Node):
    """What a copy receiver gets, and how."""

    xml = element(MESSAGE)
    MsgType: kith.CS
    ReqComMethod: kith.CS | None = None
    ActComMethod: kith.CS | None = None


class Modifier(Node):
    """What qualifies a coded diagnosis: side, degree …"""

    xml = element(MESSAGE)
    Name: kith.CS
    Value: list[kith.CV]


class Interval(Node):
    """A result between two quantities."""

    xml = element(MESSAGE)
    Low: kith.PQ | None = None
    High: kith.PQ | None = None


class NumResult(Node):
    """A result as a quantity, perhaps *less than* or *more than*."""

    xml = element(MESSAGE)
    ArithmeticComp: kith.CS | None = None
    NumResultValue: kith.PQ


class DateResult(Node):
    """A result that is a date."""

    xml = element(MESSAGE)
    DateResultValue: kith.TS
