"""Documents of our own for tests: composed from synthetic values, and mutated as text where a fault is wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from samhandling.messages import engine
from samhandling.messages.compose.logistics import (
    Address,
    AddressLevel,
    LogisticsValues,
    PatientValues,
    Professional,
    UnitValues,
    compose,
)

MSG_ID = "6f0a3c52-0f3e-4b8c-9d0e-2f6f0c6a1b11"
EARLIER = "0b7c1c62-77b5-4a50-8f3e-6a4e9a1f7c22"
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)

HOSPITAL = Address(
    organisation=AddressLevel(name="Sykehuset Prøve HF", her_id="101", organisation_number="999888777"),
    part=AddressLevel(name="Somatikk plo meldingsmottak", her_id="1011"),
)
NURSING = Address(
    organisation=AddressLevel(name="Prøvevik kommune", her_id="202"),
    part=AddressLevel(name="Sykepleietjeneste", her_id="2021"),
)
CASES = Address(
    organisation=AddressLevel(name="Prøvevik kommune", her_id="202"),
    part=AddressLevel(name="Saksbehandling", her_id="2022"),
)

VALUES = LogisticsValues(
    type="LOG_INNLAGT",
    msg_id=MSG_ID,
    generated_at=NOW,
    sender=HOSPITAL,
    receiver=NURSING,
    patient=PatientValues(
        family_name="Prøvesen",
        given_name="Åse",
        identifiers=(("FNR", "13116900216"),),
        birth_date=date(1969, 11, 13),
        sex="2",
    ),
    unit=UnitValues(name="Sengepost 3", phone="69 86 00 00", identifier="SP3"),
    responsible=Professional(family_name="Ansvarsen", given_name="Gro", profession="SP", hpr_number="9999999"),
    admitted_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    ready_on=date(2026, 11, 21),
    withdrawn_on=date(2026, 11, 21),
    discharged_at=date(2026, 11, 21),
    died_at=date(2026, 11, 21),
    discharge_place="1",
    discharge_state="1",
)


def values(**changes: Any) -> LogisticsValues:
    """The values above with changes."""
    return replace(VALUES, **changes)


def message(**changes: Any) -> bytes:
    """A finished document of ours."""
    composed = compose(values(**changes))
    assert composed.document is not None, composed.findings
    return composed.data


def changed(data: bytes, *swaps: tuple[str, str]) -> bytes:
    """The document with texts swapped; each must be there."""
    text = data.decode()
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def between(data: bytes, start: str, end: str, new: str = "") -> bytes:
    """The document with everything from `start` to and with `end` replaced."""
    text = data.decode()
    first = text.index(start)
    last = text.index(end, first) + len(end)
    return (text[:first] + new + text[last:]).encode()


def read(data: bytes) -> engine.Reading:
    return engine.read(data)
