"""Whose work a message gives: the table of contacts decides, one contact for each family (S-08 to S-12).

A rejected epikrise is the documentation centre's, not the PLO desk's. The page *Kontaktpunkter* shows the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from samhandling.clock import oslo
from samhandling.organisations.models import Organisation, Unit
from samhandling.registry.rules import contact_kind
from samhandling.registry.services import family_contact

RESPONSIBLE = "message_responsible"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a task about a message stands."""

    unit: Unit | None
    """The unit of the contact point; None: the message responsible's own desk."""
    role: str
    told: str
    """A sentence that names the contact, where the family is not the PLO desk's; else empty."""
    group: str
    """What sets tasks of this family apart from those of another, at the same counterpart."""


PLO = Desk(None, RESPONSIBLE, "", "")


def desk_of(organisation: Organisation, message_type: str, now: datetime) -> Desk:
    """The desk for work about a message of that type (8279) in that organisation, as the table stands now."""
    kind = contact_kind(message_type)
    if kind == "plo":  # the message responsible's own desk (S-11, S-12): nothing to look up
        return PLO
    contact = family_contact(message_type, organisation, oslo.day(now))
    unit = contact.unit if contact is not None and contact.kind == kind else None
    reached = [part for part in (contact.phone, contact.email) if part] if contact is not None else []
    told = f" Kontaktpunkt hos oss: {', '.join([contact.name, *reached])}." if contact is not None else ""
    return Desk(unit, "" if unit is not None else RESPONSIBLE, told, f":{kind}")
