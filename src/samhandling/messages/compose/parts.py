"""The smallest parts of documents of ours: coded values from the lists, and text that may stand in XML."""

from __future__ import annotations

import re

from samhandling.messages import codes
from samhandling.messages.model import kith

# What XML 1.0 does not allow in any form.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cs(code_list: str, value: str) -> kith.CS:
    """V and DN (SEND-37). Raises UnknownCodeError."""
    found = codes.coded(code_list, value)
    return kith.CS(V=found.V, DN=found.DN)


def cv(code_list: str, value: str) -> kith.CV:
    """V, S and DN (SEND-39). Raises UnknownCodeError."""
    found = codes.coded(code_list, value)
    return kith.CV(V=found.V, S=found.S, DN=found.DN)


def clean(text: str) -> str:
    """Without characters that XML cannot carry and without surrounding blanks; line breaks as plain newlines."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def given(text: str) -> str | None:
    """The cleaned text, or None so that no empty element is written (SEND-35)."""
    return clean(text) or None
