"""The statements on the job table that decide who may run what. The only module of this room that speaks SQL.

PostgreSQL claims with `FOR UPDATE SKIP LOCKED`. SQLite needs no such clause: its transactions are IMMEDIATE, so there
is one writer at a time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from samhandling.jobs.models import Job
from samhandling.jobs.rules import State

# A job may run when no job before it stands in the line of one of its keys. Key rows stand as long as they block.
_FREE = """
  NOT EXISTS (SELECT 1 FROM jobs_jobkey mine
              JOIN jobs_jobkey earlier ON earlier.queue = mine.queue AND earlier.key = mine.key
                                      AND earlier.job_id < mine.job_id
              WHERE mine.job_id = j.id)
"""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A job that this worker now holds."""

    id: int
    handler: str
    payload: dict[str, Any]
    # Number of this attempt; 1 is the first.
    attempt: int
    # Times a worker died with it before.
    crashes: int
    queue: str
    run_at: datetime


def on_postgres() -> bool:
    """True when the store is PostgreSQL."""
    return connection.vendor == "postgresql"


def _when(instant: datetime) -> Any:
    """`instant` as a parameter of a hand-written statement."""
    return connection.ops.adapt_datetimefield_value(instant)


def _queues(queues: Sequence[str]) -> tuple[str, list[str]]:
    if not queues:
        return "", []
    return f"AND j.queue IN ({', '.join(['%s'] * len(queues))})", list(queues)


def something_due(now: datetime, queues: Sequence[str] = ()) -> bool:
    """True when a job could be claimed. Reads only: an idle worker on SQLite must not take the write lock."""
    clause, names = _queues(queues)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM jobs_job j WHERE j.state = 'waiting' AND j.run_at <= %s {clause} AND {_FREE} LIMIT 1",  # noqa: S608
            [_when(now), *names],
        )
        return cursor.fetchone() is not None


def claim(
    worker_id: int, *, now: datetime, limit: int, queues: Sequence[str] = (), suspects: bool = True
) -> list[Claimed]:
    """Take up to `limit` jobs that are due at `now`, oldest first, and count the attempt; one statement.

    A job that was held by a worker which died is a suspect. At most one suspect is taken at a time, and none unless
    `suspects`, so that the second death tells which job was to blame.
    """
    clause, names = _queues(queues)
    lock = "FOR UPDATE OF j SKIP LOCKED" if on_postgres() else ""
    due = f"j.state = 'waiting' AND j.run_at <= %s {clause} AND {_FREE}"
    parameters: list[Any] = [worker_id, _when(now), *names]
    allowed = "j.crashes = 0"
    if suspects:
        # The first of them by itself: the others wait, however long.
        one = f"SELECT j.id FROM jobs_job j WHERE j.crashes > 0 AND {due} ORDER BY j.run_at, j.id LIMIT 1"  # noqa: S608
        allowed = f"(j.crashes = 0 OR j.id = ({one}))"
        parameters += [_when(now), *names]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET state = 'running', worker_id = %s, attempts = attempts + 1 WHERE id IN ("  # noqa: S608
            f" SELECT j.id FROM jobs_job j WHERE {due} AND {allowed} ORDER BY j.run_at, j.id LIMIT %s {lock}) "
            "RETURNING id, handler, payload, attempts, crashes, queue, run_at",
            [*parameters, limit],
        )
        rows = [_claimed(row) for row in cursor.fetchall()]
    return sorted(rows, key=lambda job: (job.run_at, job.id))


def _claimed(row: tuple[Any, ...]) -> Claimed:
    return Claimed(
        id=row[0],
        handler=row[1],
        payload=json.loads(row[2]) if isinstance(row[2], str) else row[2],
        attempt=row[3],
        crashes=row[4],
        queue=row[5],
        run_at=_instant(row[6]),
    )


def _instant(value: Any) -> datetime:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def remove(job_id: int, worker_id: int) -> bool:
    """Remove a job that is done, if this worker still holds it, and its places in line."""
    held = "DELETE FROM jobs_job WHERE id = %s AND state = 'running' AND worker_id = %s"
    with connection.cursor() as cursor:
        if on_postgres():
            cursor.execute(
                f"WITH gone AS ({held} RETURNING id),"  # noqa: S608
                " left_line AS (DELETE FROM jobs_jobkey WHERE job_id IN (SELECT id FROM gone)) SELECT id FROM gone",
                [job_id, worker_id],
            )
            return cursor.fetchone() is not None
        cursor.execute(held, [job_id, worker_id])
        if cursor.rowcount != 1:
            return False
        cursor.execute("DELETE FROM jobs_jobkey WHERE job_id = %s", [job_id])
    return True


def delete_waiting(unique_name: str) -> bool:
    """Delete the waiting job of that name, if there is one, and its places in line."""
    waiting = "DELETE FROM jobs_job WHERE unique_name = %s AND state = 'waiting' RETURNING id"
    with connection.cursor() as cursor:
        if on_postgres():
            cursor.execute(
                f"WITH gone AS ({waiting}),"  # noqa: S608
                " left_line AS (DELETE FROM jobs_jobkey WHERE job_id IN (SELECT id FROM gone)) SELECT id FROM gone",
                [unique_name],
            )
            return cursor.fetchone() is not None
        cursor.execute(waiting, [unique_name])
        gone = cursor.fetchall()
        for (job_id,) in gone:
            cursor.execute("DELETE FROM jobs_jobkey WHERE job_id = %s", [job_id])
    return bool(gone)


def insert(
    *,
    handler: str,
    payload: dict[str, Any],
    queue: str,
    run_at: datetime,
    unique_name: str | None,
    created_at: datetime,
    keys: Sequence[str],
) -> int:
    """Insert a waiting job and its places in line, under the locks of its keys. Gives its id.

    When a job of that `unique_name` waits already, that one is kept, at the earlier of the two instants. Its row is
    then locked until the transaction ends, so that it cannot run before what this transaction writes can be seen.
    """
    values = [handler, json.dumps(payload), queue, _when(run_at), unique_name, _when(created_at)]
    in_order = sorted(set(keys))
    with connection.cursor() as cursor:
        if in_order and on_postgres():
            # The job gets its id after the locks are held: so ids of one key stand in order of commit.
            cursor.execute(_KEYED, [in_order, *values, queue])
            return int(cursor.fetchone()[0])
        cursor.execute(_PLAIN_POSTGRES if on_postgres() else _PLAIN_SQLITE, values)
        job_id = int(cursor.fetchone()[0])
        for key in in_order:
            cursor.execute(
                "INSERT INTO jobs_jobkey (job_id, queue, key) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [job_id, queue, key],
            )
    return job_id


_COLUMNS = (
    "handler, payload, queue, run_at, unique_name, created_at,"
    " state, attempts, crashes, error_code, error_place, settled_reason"
)
_REST = "'waiting', 0, 0, '', '', ''"
_ONE_OF_A_NAME = (
    " ON CONFLICT (unique_name) WHERE state = 'waiting' AND unique_name IS NOT NULL"
    " DO UPDATE SET run_at = {least}(jobs_job.run_at, EXCLUDED.run_at) RETURNING id"
)
_PLAIN_SQLITE = (
    f"INSERT INTO jobs_job ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, {_REST})"  # noqa: S608
    + _ONE_OF_A_NAME.format(least="MIN")
)
_PLAIN_POSTGRES = (
    f"INSERT INTO jobs_job ({_COLUMNS}) VALUES (%s, %s::jsonb, %s, %s, %s, %s, {_REST})"  # noqa: S608
    + _ONE_OF_A_NAME.format(least="LEAST")
)
LOCK = """SELECT key, pg_advisory_xact_lock(number) FROM (
    SELECT key, hashtextextended(key, 0) AS number FROM {keys} AS key ORDER BY number OFFSET 0) AS in_order"""
"""Holds the lock of each key until the transaction ends: by number, so that two transactions never wait in a ring.

Two keys of one number share a lock, which only makes one wait for the other. `{keys}`: where the keys come from.
"""
_LOCK = LOCK.format(keys="unnest(%s::text[])")
_KEYED = f"""
WITH lock AS ({_LOCK}), locked AS (SELECT count(*) AS n FROM lock),
job AS (
  INSERT INTO jobs_job ({_COLUMNS})
  SELECT %s::text, %s::jsonb, %s::text, %s::timestamptz, %s::text, %s::timestamptz, {_REST}
  FROM locked WHERE locked.n > 0{_ONE_OF_A_NAME.format(least="LEAST")}
), line AS (
  INSERT INTO jobs_jobkey (job_id, queue, key) SELECT job.id, %s::text, lock.key FROM job, lock ON CONFLICT DO NOTHING
)
SELECT id FROM job
"""  # noqa: S608


def insert_timers(
    *, handler: str, queue: str, created_at: datetime, timers: Sequence[tuple[dict[str, Any], datetime, str]]
) -> None:
    """Insert waiting jobs without keys (payload, instant, name) in one statement, each as `insert` does."""
    plain = _PLAIN_POSTGRES if on_postgres() else _PLAIN_SQLITE
    one = plain[plain.index(" VALUES ") + len(" VALUES ") : plain.index(" ON CONFLICT")]
    parameters: list[Any] = []
    for payload, run_at, name in timers:
        parameters += [handler, json.dumps(payload), queue, _when(run_at), name, _when(created_at)]
    with connection.cursor() as cursor:
        cursor.execute(plain.replace(one, ", ".join([one] * len(timers)), 1), parameters)


def back_to_waiting(
    job_id: int, worker_id: int | None, *, run_at: datetime, attempts: int | None = None, crashes: int | None = None
) -> bool:
    """Let a job wait again until `run_at`: one that this worker holds, or (worker None) one that is dead.

    Its name goes when another of that name waits meanwhile; both are run. Counts are left as they are where None.
    False when the job is not in that state, or no longer this worker's.
    """
    held = Job.objects.filter(pk=job_id)
    held = held.filter(state=State.DEAD) if worker_id is None else held.filter(state=State.RUNNING, worker_id=worker_id)
    changes: dict[str, Any] = {"state": State.WAITING, "worker": None, "run_at": run_at, "settled_at": None}
    if attempts is not None:
        changes["attempts"] = attempts
    if crashes is not None:
        changes["crashes"] = crashes
    try:
        with transaction.atomic():
            return held.update(**changes) == 1
    except IntegrityError:
        return held.update(**changes, unique_name=None) == 1


def hasten(job_id: int, run_at: datetime) -> bool:
    """Let a waiting job run at that instant, where that is earlier."""
    waiting = Job.objects.filter(pk=job_id, state=State.WAITING, run_at__gt=run_at)
    return waiting.update(run_at=run_at) == 1


def lock_keys(keys: Sequence[str]) -> None:
    """Hold the lock of each key until the transaction ends. On SQLite the IMMEDIATE transaction is that lock."""
    if not on_postgres():
        return
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(set(keys))])


def nobody_in_line(keys: Sequence[str], *, queue: str) -> bool:
    """True when no job stands in the line of any of the keys; nobody else enters one until the transaction ends."""
    lock_keys(keys)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(keys))
        cursor.execute(f"SELECT 1 FROM jobs_jobkey WHERE queue = %s AND key IN ({marks}) LIMIT 1", [queue, *keys])  # noqa: S608
        return cursor.fetchone() is None


def next_run_at(after: datetime | None = None) -> datetime | None:
    """When the next waiting job that nothing blocks may run; None when there is none. `after`: look only later."""
    clause, parameters = ("AND j.run_at > %s", [_when(after)]) if after else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT j.run_at FROM jobs_job j WHERE j.state = 'waiting' {clause} AND {_FREE} ORDER BY j.run_at LIMIT 1",  # noqa: S608
            parameters,
        )
        row = cursor.fetchone()
    return None if row is None else _instant(row[0])
