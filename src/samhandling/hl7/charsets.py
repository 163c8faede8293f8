"""Character sets of HL7 table 0211 and what Python calls them."""

from __future__ import annotations

from samhandling.errors import SamhandlingError

_CODECS = {
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "WINDOWS-1252": "cp1252",
    "CP1252": "cp1252",
    **{f"8859/{part}": f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
    **{f"ISO-8859-{part}": f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}


class UnknownCharsetError(SamhandlingError):
    """MSH-18 names a character set that the node does not read."""

    code = "hl7.unknown_charset"


def codec(named: str, default: str) -> str:
    """Python's name of the set that MSH-18 names; `default` is what an empty MSH-18 means.

    Of several repetitions the first rules: the others come into force only through escape sequences. Raises
    UnknownCharsetError.
    """
    first = named.split("~", 1)[0].strip().upper() or default.strip().upper()
    try:
        return _CODECS[first]
    except KeyError:
        raise UnknownCharsetError("MSH-18 or the line's setting") from None
