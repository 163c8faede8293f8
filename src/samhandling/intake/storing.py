"""Store what was received, with its job, in one transaction; the answer is true only after the commit.

The one hand-written statement of this room: on PostgreSQL a single round trip inserts record, original, job and the
job's places in line, and commits. What it writes of a job is what `jobs.services.enqueue` writes; a test compares them.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakSet

from django.db import connection, transaction
from django.db.models import QuerySet
from psycopg import Connection, OperationalError, pq
from psycopg.errors import InvalidSqlStatementName, error_from_result

from samhandling.intake.life import State
from samhandling.intake.models import AdtOriginal, AdtRecord
from samhandling.intake.reception import Line, Received, other_bytes
from samhandling.jobs import services as jobs
from samhandling.jobs.sql import LOCK
from samhandling.patients.services import vault
from samhandling.store.prepared import only, prepared

APPLY = "intake.apply_adt"
REFUSED = "intake.tell_refused"
DIED = "intake.job_died"

_COLUMNS = (
    "organisation_id, line, sending_application, sending_facility, control_id, trigger, repeat_key, charset, digest,"
    " size, received_at, verdict, answer, patient_key, visit_index, state, error_code"
)
_MARKS = ", ".join(["%s"] * 17)
_RECEIVED_AT = _COLUMNS.replace(" ", "").split(",").index("received_at")
_JOB_COLUMNS = (
    "handler, payload, queue, run_at, state, attempts, crashes, created_at, error_code, error_place, settled_reason"
)

_POSTGRES = f"""
WITH record AS (
  INSERT INTO intake_adtrecord ({_COLUMNS}) VALUES ({_MARKS})
  ON CONFLICT (organisation_id, repeat_key) DO NOTHING RETURNING id
), original AS (
  INSERT INTO intake_adtoriginal (record_id, sealed) SELECT id, %s::bytea FROM record
), lock AS (
  {LOCK.format(keys="record, unnest(string_to_array(%s::text, ' '))")}
), locked AS (
  SELECT count(*) AS n FROM lock
), job AS (
  INSERT INTO jobs_job ({_JOB_COLUMNS})
  SELECT '{APPLY}', jsonb_build_object('record', record.id), 'main', %s::timestamptz, 'waiting', 0, 0,
    %s::timestamptz, '', '', ''
  FROM record, locked WHERE locked.n >= 0 RETURNING id
), line AS (
  INSERT INTO jobs_jobkey (job_id, queue, key) SELECT job.id, 'main', lock.key FROM job, lock
)
SELECT id FROM record
"""  # noqa: S608
_NAME = b"intake"
_number = itertools.count(1)
_NUMBERED = "".join(f"${next(_number)}" if piece == "%s" else piece for piece in re.split("(%s)", _POSTGRES)).encode()
_prepared: WeakSet[Connection[Any]] = WeakSet()
"""The connections that know the statement by its name."""

_PLAIN_RECORD = (
    f"INSERT INTO intake_adtrecord ({_COLUMNS}) VALUES ({_MARKS.replace('%s', '?')})"  # noqa: S608
    " ON CONFLICT (organisation_id, repeat_key) DO NOTHING RETURNING id"
)
_PLAIN_ORIGINAL = "INSERT INTO intake_adtoriginal (record_id, sealed) VALUES (?, ?)"
_PLAIN_JOB = (
    f"INSERT INTO jobs_job ({_JOB_COLUMNS})"  # noqa: S608
    f" VALUES ('{APPLY}', ?, 'main', ?, 'waiting', 0, 0, ?, '', '', '') RETURNING id"
)
_PLAIN_PLACE = "INSERT INTO jobs_jobkey (job_id, queue, key) VALUES (?, 'main', ?)"


@dataclass(frozen=True)
class Stored:
    """What became of a frame."""

    answer: bytes
    verdict: str
    record_id: int | None
    repeated: bool = False


def store(batch: Sequence[tuple[Received, Line]]) -> list[Stored]:
    """Store a batch in one transaction and give the answers, in order; outside a transaction.

    Raises django.db.Error when nothing was stored. A repeat gets the stored answer; the same identity with other
    bytes is refused and becomes a task. The caller wakes the workers.
    """
    if connection.vendor != "postgresql":
        with transaction.atomic():
            return [_settled(received, line, _insert_plain(received)) for received, line in batch]
    if len(batch) == 1:
        received, line = batch[0]
        return [_settled(received, line, _insert_postgres([received])[0])]
    with transaction.atomic():
        ids = _insert_postgres([received for received, _ in batch])
        return [_settled(received, line, found) for (received, line), found in zip(batch, ids, strict=True)]


def _settled(received: Received, line: Line, record_id: int | None) -> Stored:
    """What to answer, now that the record is stored, was there before (None), or is refused (None)."""
    if received.refused:
        return _refused(received)
    if record_id is not None:
        return Stored(received.answer, received.verdict, record_id)
    earlier = AdtRecord.objects.get(organisation_id=received.organisation_id, repeat_key=received.repeat_key)
    if earlier.digest == received.digest:
        return Stored(bytes(earlier.answer), earlier.verdict, earlier.pk, repeated=True)
    return _refused(other_bytes(received, line))


def _values(received: Received) -> list[Any]:
    return [
        received.organisation_id,
        received.line,
        received.sending_application,
        received.sending_facility,
        received.control_id,
        received.trigger,
        received.repeat_key,
        received.charset,
        received.digest,
        len(received.content),
        received.received_at,
        received.verdict,
        received.answer,
        received.keys[0] if received.keys else "",
        received.visit_index,
        State.WAITING.value,
        received.error_code,
    ]


def _insert_postgres(batch: Sequence[Received]) -> list[int | None]:
    """The records' ids; None where the identity is taken already, or the frame is refused.

    Several go to the server together and their answers are read afterwards; one goes alone, which is a transaction of
    its own outside any other.
    """
    connection.ensure_connection()
    raw: Connection[Any] = connection.connection
    with connection.wrap_database_errors:
        if len(batch) == 1 and not connection.in_atomic_block:
            return [None if batch[0].refused else _insert_one(raw, _parameters(batch[0]))]
        with raw.pipeline():
            # Prepared once a connection; Django's own cursor never prepares.
            cursors = [
                None if received.refused else raw.execute(_POSTGRES, _parameters(received), prepare=True)
                for received in batch
            ]
            rows = [None if cursor is None else cursor.fetchone() for cursor in cursors]
    return [None if row is None else int(row[0]) for row in rows]


def _insert_one(raw: Connection[Any], parameters: Sequence[Any]) -> int | None:
    """The statement straight through libpq: a sender waits, and psycopg's cursor would take a fifth of that time."""
    values = [_written(value) for value in parameters]
    formats = [pq.Format.BINARY if isinstance(value, bytes) else pq.Format.TEXT for value in parameters]
    if raw not in _prepared:
        _prepare(raw)
    try:
        result = _checked(raw, raw.pgconn.exec_prepared(_NAME, values, formats))
    except InvalidSqlStatementName:
        # After a rollback psycopg lets the server forget what was prepared.
        _prepare(raw)
        result = _checked(raw, raw.pgconn.exec_prepared(_NAME, values, formats))
    found = result.get_value(0, 0) if result.ntuples else None
    return None if found is None else int(found)


def _prepare(raw: Connection[Any]) -> None:
    _checked(raw, raw.pgconn.prepare(_NAME, _NUMBERED))
    _prepared.add(raw)


def _checked(raw: Connection[Any], result: pq.abc.PGresult) -> pq.abc.PGresult:
    """The result. Raises psycopg.Error when it is a failure."""
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        return result
    if raw.pgconn.status == pq.ConnStatus.BAD:
        raise OperationalError("the connection to the store is lost")
    raise error_from_result(result)


def _written(value: str | bytes | int | datetime) -> bytes:
    """A parameter as the server reads it."""
    if isinstance(value, bytes):
        return value
    return (value.isoformat() if isinstance(value, datetime) else str(value)).encode()


def _parameters(received: Received) -> list[Any]:
    return [
        *_values(received),
        vault().seal_bytes(received.content),
        " ".join(received.keys),
        received.received_at,
        received.received_at,
    ]


def _insert_plain(received: Received) -> int | None:
    """As above in plain statements, for SQLite, in the caller's transaction."""
    if received.refused:
        return None
    when = connection.ops.adapt_datetimefield_value(received.received_at)
    values = _values(received)
    values[_RECEIVED_AT] = when
    execute: Any = connection.connection.execute
    with connection.wrap_database_errors:
        row = execute(_PLAIN_RECORD, values).fetchone()
        if row is None:
            return None
        record_id = int(row[0])
        execute(_PLAIN_ORIGINAL, [record_id, vault().seal_bytes(received.content)])
        job_id = execute(_PLAIN_JOB, [json.dumps({"record": record_id}), when, when]).fetchone()[0]
        for key in sorted(received.keys):
            execute(_PLAIN_PLACE, [job_id, key])
    return record_id


def _refused(received: Received) -> Stored:
    """Keep what was refused, and let a job tell a person."""
    with transaction.atomic():
        record = AdtRecord.objects.create(
            organisation_id=received.organisation_id,
            line=received.line,
            sending_application=received.sending_application,
            sending_facility=received.sending_facility,
            control_id=received.control_id,
            trigger=received.trigger,
            charset=received.charset,
            digest=received.digest,
            size=len(received.content),
            received_at=received.received_at,
            verdict=received.verdict,
            answer=received.answer,
            state=State.REFUSED,
            error_code=received.error_code,
            settled_at=received.received_at,
        )
        AdtOriginal.objects.create(record=record, sealed=vault().seal_bytes(received.content))
        jobs.enqueue(REFUSED, {"record": record.pk}, now=received.received_at)
    return Stored(received.answer, received.verdict, record.pk)


def taken_down(record_id: int) -> tuple[bytes, str, str]:
    """The bytes of a record as they came, the line's character set, and the line.

    Raises NotFoundError when the bytes have been deleted.
    """
    sealed, charset, line = only(_taken_down(record_id))
    return vault().open_bytes(bytes(sealed)), charset, line


@prepared
def _taken_down(record_id: int) -> QuerySet[AdtOriginal, tuple[bytes | memoryview, str, str]]:
    return AdtOriginal.objects.filter(record_id=record_id).values_list("sealed", "record__charset", "record__line")


def original(record_id: int) -> bytes:
    """The bytes of a record as they came. Raises AdtOriginal.DoesNotExist when they have been deleted."""
    sealed = AdtOriginal.objects.values_list("sealed", flat=True).get(record_id=record_id)
    return vault().open_bytes(bytes(sealed))
