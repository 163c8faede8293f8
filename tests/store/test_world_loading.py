"""A world in a store: loaded once or twice, taken out again, and refused where it does not belong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import msgspec
import pytest
from django.contrib.auth import authenticate

from samhandling.access.models import Membership, User
from samhandling.organisations.models import Organisation, Unit
from samhandling.registry.models import CommunicationParty, ContactPoint
from samhandling.store.services import RealStoreError, mark_as_real, mark_as_test
from samhandling.world.diff import diff
from samhandling.world.exporting import export
from samhandling.world.loading import ContradictionError, RealWorldError, load
from samhandling.world.reading import Source, parse, read, write

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def test_store() -> None:
    mark_as_test(machine_now=NOW)


@pytest.mark.parametrize("name", ["ostfold", "liten"])
def test_export_then_load_gives_an_empty_diff(test_store: None, name: str) -> None:
    source = read(name)
    load(source, now=NOW, password="ikke-hemmelig")
    exported = export()
    assert diff(source.world, exported) == ()
    again = parse(write(exported))
    assert diff(again.world, exported) == ()
    loaded = load(again, now=NOW, password="ikke-hemmelig")
    assert +loaded.added == {}
    assert +loaded.changed == {}


def test_loading_twice_changes_nothing(test_store: None) -> None:
    first = load(read("ostfold"), now=NOW, password="ikke-hemmelig")
    assert first.added["organisation"] == 22
    second = load(read("ostfold"), now=NOW, password="noe-annet")
    assert +second.added == {}
    assert +second.changed == {}


def test_a_changed_phone_is_changed_in_place(test_store: None) -> None:
    load(read("liten"), now=NOW)
    row = ContactPoint.objects.get(kind="coordinator")
    changed = write(read("liten").world).replace(b"60 99 01 20", b"60 99 01 21")
    loaded = load(parse(changed), now=NOW)
    assert +loaded.changed == {"contactpoint": 1}
    row.refresh_from_db()
    assert row.phone == "60 99 01 21"
    differences = diff(read("liten").world, export())
    assert [(d.kind, d.key, d.before, d.after) for d in differences] == [
        ("changed", "phone", "60 99 01 20", "60 99 01 21")
    ]


def test_rows_that_the_file_does_not_name_stay_and_are_shown_as_removed(test_store: None) -> None:
    load(read("liten"), now=NOW)
    hospital = Organisation.objects.get(kind="hospital")
    Unit.objects.create(organisation=hospital, code="NY", name="Ny post", kind="ward")
    load(read("liten"), now=NOW)
    assert Unit.objects.filter(code="NY").exists()
    assert [d.kind for d in diff(read("liten").world, export())] == ["added"]
    assert [d.kind for d in diff(export(), read("liten").world)] == ["removed"]


def test_a_setting_goes_back_when_the_file_says_so(test_store: None) -> None:
    written = write(read("liten").world)
    epj = parse(
        written.replace(
            b'name = "Lillevik sykehus HF"', b'name = "Lillevik sykehus HF"\nwritten_by_epj = ["LOG_INNLAGT"]'
        )
    )
    load(epj, now=NOW)
    assert diff(epj.world, export()) == ()
    load(read("liten"), now=NOW)
    assert diff(read("liten").world, export()) == ()


def test_a_real_store_refuses_a_synthetic_world() -> None:
    mark_as_real(machine_now=NOW)
    with pytest.raises(RealStoreError):
        load(read("liten"), now=NOW)
    assert not Organisation.objects.exists()


def test_a_test_store_refuses_a_real_world(test_store: None) -> None:
    real = msgspec.convert(msgspec.to_builtins(read("liten").world), type(read("liten").world))
    real.world.test = False
    with pytest.raises(RealWorldError):
        load(Source(real, {}), now=NOW)
    assert not Organisation.objects.exists()


def test_a_contradiction_changes_nothing(test_store: None) -> None:
    wrong = write(read("liten").world).replace(b'"98310702"', b'"98310701"')
    with pytest.raises(ContradictionError) as caught:
        load(parse(wrong), now=NOW)
    assert caught.value.code == "world.contradiction"
    assert "world.her_id_twice" in caught.value.detail
    assert not CommunicationParty.objects.exists()


def test_users_get_their_roles_and_the_one_password(test_store: None) -> None:
    load(read("ostfold"), now=NOW, password="ikke-hemmelig")
    night = User.objects.get(username="nattsykepleier")
    assert night.demo
    assert {(m.role, m.unit.code) for m in Membership.objects.filter(user=night) if m.unit} == {
        ("ward_nurse", "MEDGER"),
        ("ward_nurse", "SLAG"),
    }
    assert night.check_password("ikke-hemmelig")
    assert authenticate(username="nattsykepleier", password="feil") is None


def test_without_a_password_no_users_are_made(test_store: None) -> None:
    load(read("ostfold"), now=NOW)
    assert not User.objects.exists()


def test_loading_takes_few_statements_however_large_the_world(
    test_store: None, django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    with django_assert_max_num_queries(45):
        load(read("ostfold"), now=NOW)


def test_the_shipped_world_is_what_the_description_says(test_store: None) -> None:
    load(read("ostfold"), now=NOW)
    numbers = set(
        Organisation.objects.filter(kind="municipality", valid_to=None).values_list("municipality_number", flat=True)
    )
    assert numbers == set(
        "3101 3103 3105 3107 3110 3112 3114 3116 3118 3120 3122 3124 3216 3218 3207 3226 3214".split()  # noqa: SIM905
    )
    for row in Organisation.objects.filter(kind="municipality", valid_to=None):
        functions = set(CommunicationParty.objects.filter(organisation=row).values_list("function", flat=True))
        assert {"nursing", "case_handling", "doctor"} <= functions
        assert ("psych_health" in functions) == (row.municipality_number in {"3105", "3107"})
    ski = Organisation.objects.get(municipality_number="0213")
    assert ski.valid_to == date(2019, 12, 31)
    assert ski.successor is not None
    assert ski.successor.municipality_number == "3207"
