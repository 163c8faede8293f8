"""The simple types of XML Schema that the standards use.

A simple value is kept as its text, exactly as written: the engine checks it and never changes it. White space is
collapsed before the check where the schema language says so. Differences from libxml2 are listed in
docs/differences-from-xsd.md.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from typing import Annotated

XML_SPACE = " \t\r\n"
# No OID, address or name is longer; matching one of megabytes would take many times its memory.
LONGEST = 100_000


class SimpleType:
    """A named simple type; `check` takes the raw text and says whether it is a value of the type (None: any text)."""

    __slots__ = ("check", "name", "say")

    def __init__(self, name: str, say: str, check: Callable[[str], bool] | None = None) -> None:
        self.name = name
        self.say = say
        self.check = check


def collapse(text: str) -> str:
    """White space as the facet `collapse` wants it: none at the ends, single blanks inside."""
    return " ".join(part for part in re.split(r"[ \t\r\n]+", text) if part)


_DATE = r"(?P<sign>-)?(?P<year>[0-9]{4}|[1-9][0-9]{4,17})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_CLOCK = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?"
_ZONE = r"(?P<zone>Z|[+-](?P<zone_hour>[0-9]{2}):(?P<zone_minute>[0-9]{2}))?"
_full_date = re.compile(_DATE + _ZONE).fullmatch
_full_date_time = re.compile(_DATE + "T" + _CLOCK + _ZONE).fullmatch
_full_time = re.compile(_CLOCK + _ZONE).fullmatch
_full_year = re.compile(r"(?P<sign>-)?(?P<year>[0-9]{4}|[1-9][0-9]{4,17})" + _ZONE).fullmatch
_full_year_month = re.compile(r"(?P<sign>-)?(?P<year>[0-9]{4}|[1-9][0-9]{4,17})-(?P<month>[0-9]{2})" + _ZONE).fullmatch
# What nearly every document has; the rest takes the long way.
_USUAL = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
_usual_date = re.compile(_USUAL).fullmatch
_usual_date_time = re.compile(_USUAL + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?").fullmatch
_usual_oid = re.compile(r"2\.16\.578\.1\.12\.4\.1\.1\.[0-9]{4}").fullmatch
_decimal = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)").fullmatch
_double = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN").fullmatch
_integer = re.compile(r"[+-]?[0-9]+").fullmatch
_oid = re.compile(r"\d+(?:\.\d+)*").fullmatch
# Possessive, so that the matcher remembers nothing of an attachment of 30 MB.
_base64 = re.compile(r"[A-Za-z0-9+/ \t\r\n]*+(?P<padding>(?:=[ \t\r\n]*+){0,2})").fullmatch
# The last sign before the padding holds bits that must be zero.
_BEFORE_PADDING = {1: "AEIMQUYcgkosw048", 2: "AQgw"}

_NAME_START = (
    "A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C-\\u200D"
    "\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\U00010000-\\U000EFFFF"
)
_ncname = re.compile(f"[{_NAME_START}][{_NAME_START}\\-.0-9\\xB7\\u0300-\\u036F\\u203F-\\u2040]*").fullmatch


def _zone_ok(match: re.Match[str]) -> bool:
    hour = match["zone_hour"]
    if hour is None:
        return True
    minute = int(match["zone_minute"])
    return minute < 60 and int(hour) * 60 + minute <= 840


def _year_ok(match: re.Match[str]) -> bool:
    return match["year"] != "0000"


def _day_ok(match: re.Match[str]) -> bool:
    month, day = int(match["month"]), int(match["day"])
    if not (_year_ok(match) and 1 <= month <= 12 and day >= 1):
        return False
    # Leap years repeat every 400 years, so the last four digits decide, before our era too.
    return day <= monthrange(2000 + int(match["year"][-4:]) % 400, month)[1]


def _clock_ok(match: re.Match[str]) -> bool:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    if hour == 24:
        return minute == 0 and second == 0 and not (match["fraction"] or "").strip(".0")
    return hour < 24 and minute < 60 and second < 60


def is_date(text: str) -> bool:
    """xs:date."""
    if _usual_date(text) is not None:
        return True
    match = _full_date(text.strip(XML_SPACE))
    return match is not None and _day_ok(match) and _zone_ok(match)


def is_date_time(text: str) -> bool:
    """xs:dateTime; the zone may be missing."""
    if _usual_date_time(text) is not None:
        return True
    match = _full_date_time(text.strip(XML_SPACE))
    return match is not None and _day_ok(match) and _clock_ok(match) and _zone_ok(match)


def is_time(text: str) -> bool:
    """xs:time."""
    match = _full_time(text.strip(XML_SPACE))
    return match is not None and _clock_ok(match) and _zone_ok(match)


def is_year(text: str) -> bool:
    """xs:gYear."""
    match = _full_year(text.strip(XML_SPACE))
    return match is not None and _year_ok(match) and _zone_ok(match)


def is_year_month(text: str) -> bool:
    """xs:gYearMonth."""
    match = _full_year_month(text.strip(XML_SPACE))
    return match is not None and _year_ok(match) and 1 <= int(match["month"]) <= 12 and _zone_ok(match)


def is_point_in_time(text: str) -> bool:
    """The union behind TS: dateTime, date, gYear, gYearMonth or time."""
    return is_date_time(text) or is_date(text) or is_year(text) or is_year_month(text) or is_time(text)


def is_boolean(text: str) -> bool:
    """xs:boolean: true, false, 1 or 0."""
    return text.strip(XML_SPACE) in {"true", "false", "1", "0"}


def is_true(text: str | None) -> bool:
    """The truth of an xs:boolean as it stands in a document; a missing one is false."""
    return text is not None and text.strip(XML_SPACE) in {"true", "1"}


def is_plain_boolean(text: str) -> bool:
    """The boolean of BL, written out: true or false."""
    return text.strip(XML_SPACE) in {"true", "false"}


def is_decimal(text: str) -> bool:
    """xs:decimal."""
    return _decimal(text.strip(XML_SPACE)) is not None


def is_double(text: str) -> bool:
    """xs:double."""
    return _double(text.strip(XML_SPACE)) is not None


def is_integer(text: str) -> bool:
    """xs:integer."""
    return _integer(text.strip(XML_SPACE)) is not None


def is_oid(text: str) -> bool:
    """The object identifier of the Norwegian standards: digits with single dots between them."""
    if _usual_oid(text) is not None:
        return True
    return len(text) <= LONGEST and (_oid(text) is not None or _oid(collapse(text)) is not None)


def is_base64(text: str) -> bool:
    """xs:base64Binary; white space anywhere."""
    match = _base64(text)
    if match is None:
        return False
    signs = len(text) - sum(text.count(blank) for blank in XML_SPACE)
    padding = match["padding"].count("=")
    if signs % 4:
        return False
    if not padding:
        return True
    last = match.start("padding") - 1
    while last >= 0 and text[last] in XML_SPACE:
        last -= 1
    return last >= 0 and text[last] in _BEFORE_PADDING[padding]


def is_id(text: str) -> bool:
    """xs:ID: a name without a colon. That it stands once in the document is checked by the engine."""
    return _ncname(text.strip(XML_SPACE)) is not None


def _uri_pattern() -> Callable[[str], object]:
    """An URI or relative reference by RFC 3986, after what may not stand in one is escaped."""
    char = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
    no_colon = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=@]|%[0-9A-Fa-f]{2})"
    plain = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
    authority = rf"(?:(?:{plain}|:)*@)?(?:\[[^\]]*\]|{plain}*)(?::[0-9]+)?"
    rest = rf"(?:/{char}*)*"
    absolute = rf"[A-Za-z][A-Za-z0-9+\-.]*:(?://{authority}{rest}|(?!//)/{char}*{rest}|{char}+{rest}|)"
    relative = rf"(?://{authority}{rest}|(?!//)/{char}*{rest}|{no_colon}+{rest}|)"
    tail = rf"(?:\?(?:{char}|[/?])*)?(?:#(?:{char}|[/?\[\]])*)?"
    return re.compile(rf"(?:{absolute}|{relative}){tail}").fullmatch


_uri = _uri_pattern()
_unsafe_in_uri = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")


def is_uri(text: str) -> bool:
    """xs:anyURI."""
    if len(text) > LONGEST:
        return False
    return _uri(text) is not None or _uri(_unsafe_in_uri.sub("_", collapse(text))) is not None


STRING = SimpleType("string", "tekst")
TOKEN = SimpleType("token", "tekst")
BOOLEAN = SimpleType("boolean", "true, false, 1 eller 0", is_boolean)
PLAIN_BOOLEAN = SimpleType("", "true eller false", is_plain_boolean)
DATE = SimpleType("date", "en dato (åååå-mm-dd)", is_date)
DATE_TIME = SimpleType("dateTime", "dato og klokkeslett (åååå-mm-ddTtt:mm:ss)", is_date_time)
YEAR = SimpleType("gYear", "et årstall", is_year)
YEAR_MONTH = SimpleType("gYearMonth", "år og måned (åååå-mm)", is_year_month)
POINT_IN_TIME = SimpleType("", "en dato, dato med klokkeslett, år, år og måned eller klokkeslett", is_point_in_time)
DECIMAL = SimpleType("decimal", "et desimaltall", is_decimal)
DOUBLE = SimpleType("double", "et tall", is_double)
INTEGER = SimpleType("integer", "et heltall", is_integer)
OID = SimpleType("", "en OID (siffer med punktum mellom)", is_oid)
ANY_URI = SimpleType("anyURI", "en URI", is_uri)
BASE64 = SimpleType("base64Binary", "base64-kodet innhold", is_base64)
XML_ID = SimpleType("ID", "en entydig id", is_id)

_language = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*").fullmatch
_name = re.compile(f"[:{_NAME_START}][:{_NAME_START}\\-.0-9\\xB7\\u0300-\\u036F\\u203F-\\u2040]*").fullmatch
_nmtoken = re.compile(f"[:{_NAME_START}\\-.0-9\\xB7\\u0300-\\u036F\\u203F-\\u2040]+").fullmatch


def _matching(pattern: Callable[[str], object]) -> Callable[[str], bool]:
    return lambda text: len(text) <= LONGEST and pattern(collapse(text)) is not None


def _between(low: int | None, high: int | None) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        if not is_integer(text) or len(text) > 4000:
            return False
        number = int(text.strip(XML_SPACE))
        return (low is None or number >= low) and (high is None or number <= high)

    return check


# What may stand in for a type by xsi:type: name -> (the type it narrows, check). The types of XML Schema by their
# name, those of the standards as `{namespace}name`.
DERIVED: dict[str, tuple[str, Callable[[str], bool] | None]] = {
    "normalizedString": ("string", None),
    "token": ("normalizedString", None),
    "language": ("token", _matching(_language)),
    "NMTOKEN": ("token", _matching(_nmtoken)),
    "Name": ("token", _matching(_name)),
    "NCName": ("Name", _matching(_ncname)),
    "integer": ("decimal", is_integer),
    "nonPositiveInteger": ("integer", _between(None, 0)),
    "negativeInteger": ("nonPositiveInteger", _between(None, -1)),
    "nonNegativeInteger": ("integer", _between(0, None)),
    "positiveInteger": ("nonNegativeInteger", _between(1, None)),
    "long": ("integer", _between(-(2**63), 2**63 - 1)),
    "int": ("long", _between(-(2**31), 2**31 - 1)),
    "short": ("int", _between(-(2**15), 2**15 - 1)),
    "byte": ("short", _between(-128, 127)),
    "unsignedLong": ("nonNegativeInteger", _between(0, 2**64 - 1)),
    "unsignedInt": ("unsignedLong", _between(0, 2**32 - 1)),
    "unsignedShort": ("unsignedInt", _between(0, 2**16 - 1)),
    "unsignedByte": ("unsignedShort", _between(0, 255)),
    "{http://www.kith.no/xmlstds}ST": ("string", None),
    "{http://www.kith.no/xmlstds}INT": ("integer", None),
    "{http://www.kith.no/xmlstds}oid": ("token", is_oid),
    "{http://www.kith.no/xmlstds/msghead/2006-05-24}oid": ("token", is_oid),
    "{http://www.kith.no/xmlstds/apprec/2004-11-21}oid": ("token", is_oid),
    "{http://www.w3.org/2000/09/xmldsig#}CryptoBinary": ("base64Binary", None),
    "{http://www.w3.org/2000/09/xmldsig#}DigestValueType": ("base64Binary", None),
    "{http://www.w3.org/2000/09/xmldsig#}HMACOutputLengthType": ("integer", None),
}


def _whole_check(name: str) -> Callable[[str], bool] | None:
    """The check of a derived type; each check of ours includes those it narrows."""
    current = name
    while current in DERIVED:
        current, check = DERIVED[current]
        if check is not None:
            return check
    return _PRIMITIVE[current]


_PRIMITIVE: dict[str, Callable[[str], bool] | None] = {
    "anySimpleType": None,
    "string": None,
    "boolean": is_boolean,
    "date": is_date,
    "dateTime": is_date_time,
    "time": is_time,
    "gYear": is_year,
    "gYearMonth": is_year_month,
    "decimal": is_decimal,
    "double": is_double,
    "anyURI": is_uri,
    "base64Binary": is_base64,
}
# The types of XML Schema an open element may name by xsi:type: name -> check (None: any text).
SIMPLE_TYPES = {name: _whole_check(name) for name in (*_PRIMITIVE, *DERIVED)}


def enumeration(*values: str) -> SimpleType:
    """A restriction of xs:string to the given values, compared as written."""
    allowed = frozenset(values)
    return SimpleType("", "en av: " + ", ".join(sorted(allowed)), allowed.__contains__)


String = Annotated[str, STRING]
Token = Annotated[str, TOKEN]
Boolean = Annotated[str, BOOLEAN]
PlainBoolean = Annotated[str, PLAIN_BOOLEAN]
Date = Annotated[str, DATE]
DateTime = Annotated[str, DATE_TIME]
Year = Annotated[str, YEAR]
PointInTime = Annotated[str, POINT_IN_TIME]
Decimal = Annotated[str, DECIMAL]
Double = Annotated[str, DOUBLE]
Integer = Annotated[str, INTEGER]
Oid = Annotated[str, OID]
AnyUri = Annotated[str, ANY_URI]
Base64 = Annotated[str, BASE64]
XmlId = Annotated[str, XML_ID]
