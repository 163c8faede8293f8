"""The one password of the made-up users: made once per test store, kept beside its keys, shown by `demo`."""

from __future__ import annotations

import os
import secrets

from samhandling.configuration import configuration

_WORDS = ("fjord", "gran", "hare", "isbre", "juni", "kaffe", "lyng", "molte", "nordlys", "orkan", "potet", "rev")


def demo_password() -> str:
    """The password in the store's folder; made on first use, readable by the owner only."""
    path = configuration().home / "secrets" / "demo-password"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = "-".join(secrets.choice(_WORDS) for _ in range(3)) + f"-{secrets.randbelow(9000) + 1000}"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(made)
    return made
