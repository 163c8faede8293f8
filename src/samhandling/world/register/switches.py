"""How the fake register misbehaves on purpose."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Lie(StrEnum):
    """What it says that is not so."""

    NONE = ""
    OTHER_PARTY = "other_party"
    """Answers about another HER-id than the one asked about."""
    BAD_CERTIFICATE = "bad_certificate"
    """Certificates that are none."""
    WRONG_OWNER = "wrong_owner"
    """The certificate of another organisation."""
    NOT_JSON = "not_json"
    """A page of HTML with status 200."""
    ENDLESS = "endless"
    """A body that does not end."""


class Switches(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The default behaves."""

    down: bool = False
    """Everything is answered 503."""
    slow: float = 0.0
    """Seconds before each answer."""
    lie: Lie = Lie.NONE
    stale: bool = False
    """Answers with what stood in the register when the switch was thrown; no events."""
    revocation_down: bool = False
    """Only CRL and OCSP are answered 503."""
