"""The data types shared by all the standards (namespace kith)."""

from __future__ import annotations

from typing import Annotated

from samhandling.messages.engine.simple import (
    AnyUri,
    Double,
    Oid,
    PlainBoolean,
    PointInTime,
    SimpleType,
    String,
    Token,
    is_integer,
)
from samhandling.messages.engine.tables import Attribute, Family, Node, element, named_type

KITH = Family("kith", "http://www.kith.no/xmlstds")

# Plain text, under the name the standard gives it.
ST = Annotated[str, SimpleType(f"{{{KITH.uri}}}ST", "tekst")]
# A whole number, likewise.
INT = Annotated[str, SimpleType(f"{{{KITH.uri}}}INT", "et heltall", is_integer)]


class CS(Node):
    """Coded simple value: the code list is given by the standard."""

    xml = named_type(KITH)
    V: Attribute[Token] = None
    DN: Attribute[String] = None


class CV(Node):
    """Coded value: V with its list S and text DN, or free text OT."""

    xml = named_type(KITH)
    V: Attribute[Token] = None
    S: Attribute[Oid] = None
    DN: Attribute[String] = None
    OT: Attribute[String] = None


class BL(Node):
    """Yes or no: `true` or `false`."""

    xml = named_type(KITH)
    V: Attribute[PlainBoolean] = None


class TS(Node):
    """Point in time: dateTime, date, gYear, gYearMonth or time."""

    xml = named_type(KITH)
    V: Attribute[PointInTime] = None


class PQ(Node):
    """Physical quantity: number and unit."""

    xml = named_type(KITH)
    V: Attribute[Double] = None
    U: Attribute[Token] = None


class URL(Node):
    """Electronic address: tel:, fax:, mailto: …"""

    xml = named_type(KITH)
    V: Attribute[AnyUri] = None


class REF(Node):
    """A reference; declared by the standard, used by none of the messages."""

    xml = element(KITH)
    V: Attribute[AnyUri] = None
