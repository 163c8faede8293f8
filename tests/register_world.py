"""The fake register with one small PKI, for tests: a world of one hospital and one municipality."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import tomli_w
from joserfc import jwk

from samhandling.ebxml import pki
from samhandling.ebxml.certificates import Use
from samhandling.registry.remote import helseid
from samhandling.registry.remote.answers import Addresses, Agreements
from samhandling.world.register import Content, FakeRegister
from samhandling.world.register.server import ADDRESS_SCOPE, AGREEMENT_SCOPE, CLIENT_ID

KEY = jwk.RSAKey.generate_key(2048)


def content(her_ids: dict[str, tuple[str, str, str]], made: pki.Pki) -> Content:
    """Parties as {HER-id: (name, HER-id of the organisation, organisation number)}, with certificates."""
    found = Content()
    pairs: dict[tuple[str, Use], pki.Held] = {}
    for her_id, (name, above, number) in her_ids.items():
        found.parties[her_id] = {
            "herId": int(her_id),
            "parentHerId": int(above) if above else None,
            "parentName": her_ids[above][0] if above else None,
            "name": name,
            "displayName": name,
            "type": "Service" if above else "Organization",
            "organizationDetails": {"organizationNumber": number},
            "ediAddress": f"p{her_id}@edi.example.no" if above else None,
            "validFrom": "2020-01-01T00:00:00",
            "validTo": None,
        }
        for use in Use:
            held = pairs.setdefault((number, use), pairs.get((number, use)) or made.issue(name, number, use))
            found.certificates[her_id, use] = held.certificate
    return found


@contextmanager
def fake(found: Content, made: pki.Pki | None = None, *, now: datetime | None = None) -> Iterator[FakeRegister]:
    """A running fake register."""
    words = {} if now is None else {"clock": lambda: now}
    issuers = {"root": made.root, "issuer": made.issuer} if made is not None else {}
    register = FakeRegister(found, KEY, issuers=issuers, **words)
    register.start()
    try:
        yield register
    finally:
        register.stop()


def addresses(register: FakeRegister, **words) -> Addresses:
    return Addresses(helseid.Client(register.url, CLIENT_ID, KEY), register.url, ADDRESS_SCOPE, **words)


def agreements(register: FakeRegister) -> Agreements:
    return Agreements(helseid.Client(register.url, CLIENT_ID, KEY), register.url, AGREEMENT_SCOPE)


def setting(register: FakeRegister, folder: Path) -> dict[str, str]:
    """The table `[registers]` for it."""
    file = folder / "client.pem"
    file.write_bytes(KEY.as_pem(private=True))
    return {
        "issuer": register.url,
        "client_id": CLIENT_ID,
        "client_key": str(file),
        "address_url": register.url,
        "agreement_url": register.url,
    }


def settings_file(register: FakeRegister, folder: Path, **more: object) -> Path:
    path = folder / "settings.toml"
    path.write_text(tomli_w.dumps({"registers": setting(register, folder), **more}))
    return path
