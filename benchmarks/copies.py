"""Many rows for measurements on PostgreSQL: copies of real ones, made in the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import psycopg
from tests.harness import Node

ABOVE = 10_000_000
"""The ids of the copies stand above whatever was there."""


@dataclass(frozen=True)
class Copies:
    """Copies of one row of a table: which one, how many, and what differs in copy `g` (column -> SQL)."""

    table: str
    which: str
    count: int
    changed: dict[str, str]


def fill(node: Node, wanted: list[Copies], start: float = 0, end: float = 1) -> None:
    """Make the copies from one share of all to another. The row that is copied is valid, so nothing is checked."""
    with psycopg.connect(node.database, autocommit=True) as store:
        store.execute("SET session_replication_role = replica")
        store.execute("SET synchronous_commit = off")
        for each in wanted:
            found = store.execute(cast(Any, f'SELECT * FROM "{each.table}" LIMIT 0'))
            values = {"id": f"{ABOVE} + g", **each.changed}
            chosen = ", ".join(values.get(column.name, f't."{column.name}"') for column in found.description or ())
            statement = (
                f'INSERT INTO "{each.table}" SELECT {chosen} FROM '
                f'(SELECT * FROM "{each.table}" WHERE {each.which} ORDER BY id LIMIT 1) t, '
                f"generate_series({int(start * each.count) + 1}, {int(end * each.count)}) g"
            )
            if not store.execute(cast(Any, statement)).rowcount:
                raise AssertionError(f"nothing to copy: {each.table} where {each.which}")
        store.execute("VACUUM ANALYZE")
