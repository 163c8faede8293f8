"""Make the store, or bring it up to date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from samhandling.errors import StoreError
from samhandling.node.django import start


def migrate_store(*, test: bool) -> Iterator[str]:
    """Make the secret files and the store, bring it up to date and mark it; gives a line for people at each step.

    An unmarked store becomes a real one, or with `test` a test store; a mark is never changed. Raises
    ConfigurationError, StoreError (no server), RealStoreError (`test` on a real store).
    """
    from samhandling.configuration import configuration, make_secrets

    home = configuration().home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_secrets()
    yield f"Nøkler: {home / 'secrets'}"
    start()
    from django.core.management import call_command
    from django.db import OperationalError

    from samhandling.store import services
    from samhandling.store.ready import missing_migrations

    count = len(missing_migrations())
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise StoreError(type(error).__name__) from error
    yield f"Lageret er oppdatert ({count} endringer)."
    present = datetime.now(UTC)
    if test:
        services.mark_as_test(machine_now=present)
    else:
        services.mark_as_real(machine_now=present)
    yield "Lageret er merket TEST: bare oppdiktede data." if services.is_test_store() else "Lageret er for ekte data."
