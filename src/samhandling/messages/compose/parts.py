"""The smallest parts of documents of ours: coded values from the lists, numbers, and text that may stand in XML."""

from __future__ import annotations

import re
from datetime import date

from samhandling.messages import codes
from samhandling.messages.codes.listing import OID_PREFIX
from samhandling.messages.model import kith

# What XML 1.0 does not allow in any form.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SYSTEMS = {"ICD-10": "7110", "ICPC-2": "7170", "ICPC-2-B": "7171"}
ATC = "7180"


def cs(code_list: str, value: str) -> kith.CS:
    """V and DN (SEND-37). Raises UnknownCodeError."""
    found = codes.coded(code_list, value)
    return kith.CS(V=found.V, DN=found.DN)


def cv(code_list: str, value: str) -> kith.CV:
    """V, S and DN (SEND-39). Raises UnknownCodeError."""
    found = codes.coded(code_list, value)
    return kith.CV(V=found.V, S=found.S, DN=found.DN)


def optional_cs(code_list: str, value: str) -> kith.CS | None:
    """The coded value, or None when there is none. Raises UnknownCodeError."""
    return cs(code_list, value) if value else None


def optional_cv(code_list: str, value: str) -> kith.CV | None:
    """The coded value, or None when there is none. Raises UnknownCodeError."""
    return cv(code_list, value) if value else None


def classified(code_list: str, value: str, text: str) -> kith.CV | None:
    """A code of a classification that is kept elsewhere, with the text that the writer gives; None without a code."""
    code = clean(value)
    if not code:
        return None
    return kith.CV(V=code, S=OID_PREFIX + code_list, DN=clean(text))


def clean(text: str) -> str:
    """Without characters that XML cannot carry and without surrounding blanks; line breaks as plain newlines."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def given(text: str) -> str | None:
    """The cleaned text, or None so that no empty element is written (SEND-35)."""
    return clean(text) or None


def joined(*texts: str, by: str = " ") -> str | None:
    """The texts that say something, as one; None when none does."""
    return by.join(cleaned for text in texts if (cleaned := clean(text))) or None


def flag(value: bool | None) -> str | None:
    """true or false; None when nobody has said."""
    return None if value is None else ("true" if value else "false")


def only_true(value: bool) -> str | None:
    """Some statements are sent only when they hold: absence is not "no" (HIS 80704)."""
    return "true" if value else None


def day(value: date | None) -> str | None:
    """A day as xs:date."""
    return value.isoformat() if value is not None else None


def number(value: float | None) -> str | None:
    """A number without exponent and superfluous zeros."""
    return None if value is None else (f"{value:.6f}".rstrip("0").rstrip("."))
