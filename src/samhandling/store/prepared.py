"""Statements that are asked again and again: written once by Django, then only filled in.

Django builds the text of a query anew each time it is asked, and for what a worker does thousands of times an hour that
costs several times more than running it. Here the text is built once per process. The question itself stays an ordinary
queryset, values go in and out through the fields' own converters, and both stores give the same rows as Django does:

    @prepared
    def _open(organisation_id: int, unique_key: str) -> QuerySet[Task]:
        return Task.objects.filter(organisation_id=organisation_id, unique_key=unique_key, closed_at__isnull=True)

    for task in _open(3, "match:7"): ...

`insert` and `update` write rows as `Model.save` does, without asking first whether they are there. Use all of this in
what runs for every message, and Django's own way everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models import query as django_query
from django.db.transaction import TransactionManagementError

from samhandling.errors import NotFoundError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
M = TypeVar("M", bound=Model)

MOST_PREPARED = 1000
"""Statements that a connection to PostgreSQL keeps planned; psycopg's 100 are fewer than a worker uses in turn."""


class _Slot(Expression):
    """Stands in a queryset for an argument that is not known yet."""

    def __init__(self, *where: int | str) -> None:
        super().__init__()
        self.where = where

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A mark for the value, with the slot itself as the parameter: `_asked` puts the value in its place."""
        return "%s", [self]

    def value(self, arguments: Mapping[int | str, Any]) -> Any:
        """The argument, as the driver takes it."""
        value = arguments[self.where[0]]
        return value[self.where[1]] if len(self.where) > 1 else value


@dataclass(frozen=True, slots=True)
class _Question:
    """A queryset in the store's words, and how its rows become what the queryset would give."""

    sql: str
    parameters: tuple[Any, ...]
    locks: bool
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]
    """Column, and what its value goes through."""
    made: Callable[[Sequence[Any]], Any]
    """A row as the queryset gives it."""


def prepared(ask: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """Decorator: the function's queryset, built once; called, it gives the rows that are in the store now.

    Arguments stand only as values in the queryset: nothing in the function may look at one, and none may be None (a
    `None` would need `IS NULL`). A model row stands for its id; a list or tuple, for `__in`, may have any length but 0.
    The queryset gives model rows (with `select_related`, without `prefetch_related`) or `values_list`.
    """
    known: dict[Any, _Question] = {}

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> list[R]:
        arguments: dict[int | str, Any] = dict(enumerate(args))
        arguments.update(kwargs)
        connection: Any = connections[DEFAULT_DB_ALIAS]
        shape = (connection.vendor, *((name, _length(value)) for name, value in arguments.items()))
        question = known.get(shape)
        if question is None:
            slots = {name: _slot(name, value) for name, value in arguments.items()}
            queryset: Any = ask(*[slots[n] for n in range(len(args))], **{n: slots[n] for n in kwargs})
            question = known[shape] = _built(queryset, connection)
        return _asked(question, arguments, connection)

    return answer


def _length(value: object) -> int | None:
    if value is None or value == [] or value == ():
        raise ValueError("a prepared question cannot be asked with None or nothing")
    return len(value) if isinstance(value, (list, tuple)) else None


def _slot(name: int | str, value: object) -> Any:
    if isinstance(value, (list, tuple)):
        return [_Slot(name, number) for number in range(len(value))]
    return _Slot(name)


def _built(queryset: Any, connection: Any) -> _Question:
    """Let Django write the statement."""
    if queryset._prefetch_related_lookups or queryset.query.annotation_select:
        raise TypeError("prefetch_related and annotations are not prepared")
    compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    chosen = [column for column, *_ in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(chosen)
    return _Question(
        sql=sql,
        parameters=tuple(parameters),
        locks=queryset.query.select_for_update,
        converters=tuple((number, found, column) for number, (found, column) in converters.items()),
        made=_maker(queryset, compiler),
    )


def _maker(queryset: Any, compiler: Any) -> Callable[[Sequence[Any]], Any]:
    kind = queryset._iterable_class
    if kind is django_query.FlatValuesListIterable:
        return lambda row: row[0]
    if kind is django_query.ValuesListIterable:
        return tuple
    if kind is not django_query.ModelIterable:
        raise TypeError(f"{kind.__name__} is not prepared")
    about = compiler.klass_info
    model, places = about["model"], about["select_fields"]
    start, end = places[0], places[-1] + 1
    names = [column.target.attname for column, *_ in compiler.select[start:end]]
    populators: Any = django_query.get_related_populators
    related = populators(about, compiler.select, DEFAULT_DB_ALIAS)

    def made(row: Sequence[Any]) -> Any:
        found = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
        for populator in related:
            populator.populate(row, found)
        return found

    return made


def _asked(question: _Question, arguments: Mapping[int | str, Any], connection: Any) -> list[Any]:
    if question.locks and not connection.in_atomic_block:
        raise TransactionManagementError("rows can be locked only within a transaction")
    parameters = [
        _adapted(found.value(arguments), connection) if isinstance(found, _Slot) else found
        for found in question.parameters
    ]
    with _cursor(connection) as cursor:
        cursor.execute(question.sql, parameters)
        rows = cursor.fetchall()
    if not rows:
        return []
    if question.converters:
        rows = [list(row) for row in rows]
        for number, converters, column in question.converters:
            for row in rows:
                value = row[number]
                for convert in converters:
                    value = convert(value, column, connection)
                row[number] = value
    return [question.made(row) for row in rows]


def _adapted(value: Any, connection: Any) -> Any:
    """An argument as the driver takes it for a column of its kind."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return str(value) if isinstance(value, str) else value


def _cursor(connection: Any) -> Any:
    cursor = connection.cursor()
    if connection.vendor == "postgresql" and connection.connection.prepared_max != MOST_PREPARED:
        connection.connection.prepared_max = MOST_PREPARED
    return cursor


def first(rows: list[T]) -> T | None:
    """The first of the rows; None where there is none."""
    return rows[0] if rows else None


def only(rows: list[T]) -> T:
    """The row that must be there. Raises NotFoundError."""
    if not rows:
        raise NotFoundError("a row that was asked for by its id")
    return rows[0]


@lru_cache(maxsize=1000)
def _columns(model: type[Model], names: tuple[str, ...]) -> tuple[Field[Any, Any], ...]:
    """The fields of these names; all but the id when none are named."""
    fields: list[Field[Any, Any]] = [f for f in model._meta.local_concrete_fields if not f.primary_key]
    if not names:
        return tuple(fields)
    by_name = {field.name: field for field in fields}
    return tuple(by_name[name] for name in names)


def insert(row: M) -> M:
    """Store a new row, as `row.save(force_insert=True)` does; gives it with its id."""
    return insert_all([row])[0]


def insert_all(rows: Iterable[M]) -> list[M]:
    """Store new rows of one model in one statement, as `bulk_create` does; gives them with their ids."""
    new = list(rows)
    if not new:
        return new
    connection: Any = connections[DEFAULT_DB_ALIAS]
    fields = _columns(type(new[0]), ())
    parameters = []
    for row in new:
        row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
        parameters += [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with _cursor(connection) as cursor:
        cursor.execute(_insert_text(type(new[0]), len(new), connection.vendor), parameters)
        ids = cursor.fetchall()
    for row, (pk,) in zip(new, ids, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return new


@lru_cache(maxsize=1000)
def _insert_text(model: type[Model], count: int, vendor: str) -> str:
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = _columns(model, ())
    marks = f"({', '.join(['%s'] * len(fields))})"
    names = ", ".join(quoted(_column(field)) for field in fields)
    table, pk = quoted(model._meta.db_table), quoted(_column(model._meta.pk))
    return f"INSERT INTO {table} ({names}) VALUES {', '.join([marks] * count)} RETURNING {pk}"  # noqa: S608


def _column(field: Any) -> str:
    return str(field.column)


def update(row: Model, *names: str, expecting: Mapping[str, Any] | None = None) -> bool:
    """Store these fields of a row that is there (all without names), as `row.save(update_fields=names)` does.

    `expecting`: only while these other fields still have these values; False, with nothing stored, when they have not.
    Raises DatabaseError when the row is gone.
    """
    connection: Any = connections[DEFAULT_DB_ALIAS]
    model, conditions = type(row), expecting or {}
    if not names:
        row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
    fields = _columns(model, names)
    parameters = [field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields]
    asked = _columns(model, tuple(conditions)) if conditions else ()
    parameters += [row.pk, *(f.get_db_prep_save(conditions[f.name], connection) for f in asked)]
    with _cursor(connection) as cursor:
        cursor.execute(_update_text(model, names, tuple(conditions), connection.vendor), parameters)
        done: bool = cursor.rowcount == 1
    if not done and not conditions:
        raise DatabaseError(f"{model.__name__} {row.pk} is gone")
    return done


@lru_cache(maxsize=1000)
def _update_text(model: type[Model], names: tuple[str, ...], conditions: tuple[str, ...], vendor: str) -> str:
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    changes = [f"{quoted(_column(field))} = %s" for field in _columns(model, names)]
    asked = [model._meta.pk, *(_columns(model, conditions) if conditions else ())]
    where = [f"{quoted(_column(field))} = %s" for field in asked]
    return f"UPDATE {quoted(model._meta.db_table)} SET {', '.join(changes)} WHERE {' AND '.join(where)}"  # noqa: S608
