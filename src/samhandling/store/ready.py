"""Whether the store is there and up to date."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from samhandling.errors import ConfigurationError, StoreError


def missing_migrations() -> list[str]:
    """Names of the migrations that the store still lacks. Raises StoreError when it does not answer."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise StoreError(type(error).__name__) from error
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def require_migrated() -> None:
    """Raise ConfigurationError when the store answers and is not up to date; StoreError when it does not answer."""
    if missing_migrations():
        raise ConfigurationError("the store is not up to date; run: samhandling migrate")
