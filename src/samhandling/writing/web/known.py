"""What a form knows before anybody writes: from the stay, the address book, and who is logged in."""

from __future__ import annotations

from typing import Any

from samhandling.access.models import User
from samhandling.stays.models import Stay
from samhandling.stays.rules.values import StayState

ATTENDING = "19"
"""*Kontaktlege* of list 9034."""
NURSE, DOCTOR = "SP", "LE"


def writer(user: User, phone: str) -> dict[str, Any]:
    """Who answers for the message."""
    return {
        "phone": phone,
        "family_name": user.last_name or user.shown_name,
        "given_name": user.first_name,
        "profession": NURSE,
        "local_id": user.username,
    }


def ward_and_writer(stay: Stay, user: User) -> dict[str, Any]:
    """The ward with its telephone, and the writer, as they are now."""
    unit = stay.unit
    phone = unit.phone if unit is not None else ""
    found: dict[str, Any] = {"responsible": writer(user, phone)}
    if unit is not None:
        found["unit"] = {"name": unit.name, "identifier": unit.code, "phone": phone}
    return found


def attending_contact(state: StayState) -> list[dict[str, Any]]:
    """The attending doctor as a person to contact; none where the patient system names nobody."""
    doctor = state.attending
    if doctor is None or not doctor.named:
        return []
    known = {"given_name": doctor.given_name, "family_name": doctor.family_name, "hpr_number": doctor.hpr}
    profession = doctor.profession or DOCTOR
    return [{"role": ATTENDING, "profession": profession, **{name: text for name, text in known.items() if text}}]
