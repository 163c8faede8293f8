"""Prepared statements give what Django gives: the same rows, the same values in the store, on both stores."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.db.transaction import TransactionManagementError

from samhandling.exchange.models import Delivery, Direction, Message, MessageEvent, OriginalPiece
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation, Unit
from samhandling.organisations.services import valid
from samhandling.patients.models import PatientNumber
from samhandling.stays import events
from samhandling.stays.models import Stay
from samhandling.stays.services import register
from samhandling.store.prepared import insert, insert_all, prepared, update
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    world = build()
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return world


def everything(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_it_gives_what_django_gives(world):
    def of_visit(organisation: Organisation, visit: str) -> QuerySet[Stay]:
        rows = Stay.objects.select_related("organisation", "unit", "patient")
        return rows.filter(organisation=organisation, visit=visit).exclude(state="X")

    stay = Stay.objects.get()
    (found,) = prepared(of_visit)(stay.organisation, stay.visit)
    (expected,) = of_visit(stay.organisation, stay.visit)
    assert everything(found) == everything(expected)
    assert found.facts == expected.facts
    for name in ("organisation", "unit", "patient"):
        assert everything(found._state.fields_cache[name]) == everything(getattr(expected, name))


def test_the_next_time_other_values_are_asked_for(world):
    @prepared
    def named(name: str) -> QuerySet[Organisation]:
        return Organisation.objects.filter(name=name)

    names = list(Organisation.objects.values_list("name", flat=True))
    assert [[row.name for row in named(name)] for name in names] == [[name] for name in names]
    assert named("Ingensteds") == []


def test_it_is_written_once(world, monkeypatch):
    built = []

    @prepared
    def named(name: str) -> QuerySet[Organisation]:
        built.append(name)
        return Organisation.objects.filter(name=name)

    for name in ("A", "B", "C"):
        named(name)
    assert len(built) == 1


@pytest.mark.parametrize("day", [date(1990, 1, 1), NOW.date(), date(2090, 1, 1)])
def test_dates_conditions_and_order(world, day):
    def on(organisation: Organisation, day: date) -> QuerySet[Unit]:
        rows = Unit.objects.filter(Q(code="MED") | Q(kind="service") | Q(kind="ward"), organisation=organisation)
        return rows.filter(valid(day)).order_by("-code")

    for organisation in Organisation.objects.all():
        assert prepared(on)(organisation, day) == list(on(organisation, day))


def test_instants_kinds_of_values_and_lists(world):
    @prepared
    def numbers(organisation_id: int, kinds: list[str], until: datetime) -> QuerySet[PatientNumber]:
        return PatientNumber.objects.filter(organisation_id=organisation_id, kind__in=kinds, valid_from__lte=until)

    organisation_id = Stay.objects.get().organisation_id
    kinds = ["FNR", "DNR", "LOCAL"]
    found = numbers(organisation_id, kinds, NOW)
    of_organisation = PatientNumber.objects.filter(organisation_id=organisation_id)
    assert {row.pk for row in found} == set(of_organisation.values_list("pk", flat=True))
    assert bytes(found[0].sealed) == bytes(PatientNumber.objects.get(pk=found[0].pk).sealed)
    assert numbers(organisation_id, kinds[:1], NOW) == found
    assert numbers(organisation_id, kinds, NOW - timedelta(days=9000)) == []


def test_lists_of_values_and_one_value(world):
    @prepared
    def ids(direction: str) -> QuerySet[Message, tuple[int, str]]:
        return Message.objects.filter(direction=direction).order_by("pk").values_list("pk", "msg_id")

    @prepared
    def carriers(transport_id: object) -> QuerySet[Delivery, str]:
        return Delivery.objects.filter(transport_id=transport_id).values_list("carrier", flat=True)

    assert ids(Direction.OUT)
    assert ids(Direction.OUT) == list(
        Message.objects.filter(direction="out").values_list("pk", "msg_id").order_by("pk")
    )
    for delivery in Delivery.objects.all():
        assert carriers(delivery.transport_id) == ["loopback"]
    assert carriers(uuid4()) == []


def test_none_and_nothing_are_refused(world):
    @prepared
    def any_of(kinds: list[str]) -> QuerySet[PatientNumber]:
        return PatientNumber.objects.filter(kind__in=kinds)

    for wrong in (None, [], ()):
        with pytest.raises(ValueError, match="nothing"):
            any_of(wrong)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_only_within_a_transaction():
    @prepared
    def locked(pk: int) -> QuerySet[Task]:
        return Task.objects.select_for_update().filter(pk=pk)

    with pytest.raises(TransactionManagementError):
        locked(1)
    with transaction.atomic():
        assert locked(1) == []
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.execute_wrapper(_must_lock):
            locked(1)


def _must_lock(execute, sql, parameters, many, context):
    assert sql.endswith("FOR UPDATE")
    return execute(sql, parameters, many, context)


def test_inserting_stores_what_saving_stores(world):
    stay = Stay.objects.select_related("organisation", "patient").get()

    def task(key: str) -> Task:
        return Task(
            organisation=stay.organisation, patient=stay.patient, kind="call", cause="test", severity="high",
            subject="stay:1", unique_key=key, text="Æøå «x» % %s", opened_at=NOW, due_at=NOW + timedelta(hours=1),
        )  # fmt: skip

    first, second = insert(task("a")), task("b")
    second.save()
    assert first.pk
    assert not first._state.adding
    stored = [everything(Task.objects.get(pk=row.pk)) for row in (first, second)]
    for row in stored:
        del row["id"], row["unique_key"]
    assert stored[0] == stored[1]
    second.text = "annet"
    second.save()
    first.text = "annet"
    update(first, "text")
    assert Task.objects.get(pk=first.pk).text == Task.objects.get(pk=second.pk).text == "annet"


def test_inserting_several_gives_each_its_id(world):
    message = Message.objects.create(
        organisation=world.hospital, direction="out", msg_id="x", msg_id_written="X", state="waiting", flags=["a", "b"], created_at=NOW,
    )  # fmt: skip
    rows = insert_all([MessageEvent(message=message, at=NOW, kind=f"test.{number}") for number in range(3)])
    assert [MessageEvent.objects.get(pk=row.pk).kind for row in rows] == ["test.0", "test.1", "test.2"]
    assert insert_all([]) == []


def test_updating_all_fields_and_nulls(world):
    stay = Stay.objects.get()
    stay.unit, stay.facts, stay.discharged_at = None, {"a": [1, None]}, NOW
    update(stay)
    assert everything(Stay.objects.get()) == everything(stay)


def test_updating_only_while_it_stands(world):
    stay = Stay.objects.get()
    before, stay.visit = stay.visit, "other"
    assert update(stay, "visit", expecting={"visit": "never", "patient": stay.patient_id}) is False
    assert Stay.objects.get().visit == before
    assert update(stay, "visit", expecting={"visit": before, "patient": stay.patient_id}) is True
    assert Stay.objects.get().visit == "other"


def test_a_row_that_is_gone_is_an_error(world):
    with pytest.raises(DatabaseError, match="gone"):
        update(OriginalPiece(pk=987654, original_id=1, number=0, data=b""), "number")


def test_time_zone_and_fraction_survive(world):
    stay = Stay.objects.get()
    stay.admitted_at = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
    update(stay, "admitted_at")
    assert Stay.objects.get().admitted_at == stay.admitted_at
