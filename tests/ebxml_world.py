"""Keys, certificates and messages for the tests of ebXML; one small PKI for all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from samhandling.ebxml import pki
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.packing import Packed, Payload, Routing, pack

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOSPITAL_HER, MUNICIPALITY_HER = "98000101", "98310701"
HOSPITAL, MUNICIPALITY = "311000004", "311000012"
MESSAGE_ID = "0b2c7a52-6f0e-4f0e-9c39-5d8f0a3a7f01"


@cache
def the_pki() -> pki.Pki:
    return pki.make(NOW, key_size=2048)


@cache
def held(number: str, use: Use) -> pki.Held:
    name = {HOSPITAL: "Lillevik sykehus HF", MUNICIPALITY: "Storvik kommune"}.get(number, "Fremmed AS")
    return the_pki().issue(name, number, use)


def routing(**changes: object) -> Routing:
    values: dict[str, object] = {
        "sender_her": HOSPITAL_HER,
        "receiver_her": MUNICIPALITY_HER,
        "cpa_id": f"{HOSPITAL_HER}_{MUNICIPALITY_HER}",
        "conversation_id": "5f7c1d52-5a31-4b61-8c6e-6fc1a0c7a1b2",
        "service": "S-LOG_INNLAGT",
        "action": "LOG_INNLAGT",
        "message_id": MESSAGE_ID,
        "timestamp": NOW,
        "sender_role": "LOG_INNLAGTsender",
        "receiver_role": "LOG_INNLAGTreceiver",
        "description": '{"MSH-system":"Samhandling","MSH-versjon":"0.1.0"}',
        **changes,
    }
    return Routing(**values)  # type: ignore[arg-type]


def packed(*data: bytes, **changes: object) -> Packed:
    payloads = tuple(Payload(one) for one in data or (b"payload",))
    return pack(routing(**changes), payloads, held(HOSPITAL, Use.SIGNING).signer)
