"""`samhandling user …` as an operator types it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from typer.testing import CliRunner

from samhandling.access.commands import app
from samhandling.access.models import AuditEntry, Membership, User
from samhandling.access.services import WeakPasswordError
from samhandling.store import services as store
from tests.store.people import PASSWORD, People, make_people

pytestmark = pytest.mark.django_db
PRESENT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def people() -> People:
    return make_people()


def run(*words: str, typed: str = ""):
    return CliRunner().invoke(app, list(words), input=typed)


def test_the_first_user_is_made_with_a_password_typed_twice(people: People) -> None:
    answer = run("add", "nora", "--role", "admin", "--organisation", "999999999", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output
    assert Client().login(username="nora", password=PASSWORD)
    assert Membership.objects.get(user__username="nora").role == "admin"
    assert AuditEntry.objects.filter(action="user.add").exists()


def test_two_different_passwords_are_asked_again(people: People) -> None:
    answer = run("add", "nora", typed=f"{PASSWORD}\nnoe annet her\n")
    assert answer.exit_code != 0
    assert not User.objects.filter(username="nora").exists()


def test_a_wrong_role_leaves_no_user_behind(people: People) -> None:
    answer = run("add", "nora", "--role", "konge", "--organisation", "999999999", "--password-stdin", typed=PASSWORD)
    assert answer.exit_code == 2
    assert not User.objects.filter(username="nora").exists()


def test_a_weak_password_is_refused(people: People) -> None:
    assert isinstance(run("add", "nora", "--password-stdin", typed="kort").exception, WeakPasswordError)


def test_a_demo_user_needs_a_test_store(people: People) -> None:
    answer = run("add", "demo-nora", "--demo", "--password-stdin", typed="demo")
    assert isinstance(answer.exception, store.RealStoreError)
    store.mark_as_test(machine_now=PRESENT)
    assert run("add", "demo-nora", "--demo", "--password-stdin", typed="demo").exit_code == 0


def test_a_demo_user_never_gets_into_a_real_store(people: People) -> None:
    store.mark_as_test(machine_now=PRESENT)
    run("add", "demo-nora", "--demo", "--password-stdin", typed="demo")
    form = {"username": "demo-nora", "password": "demo"}
    assert Client().post("/inn/", form).status_code == 302
    store.Store.objects.update(test=False)
    assert Client().post("/inn/", form).status_code == 422


def test_a_role_is_given_shown_and_taken_away(people: People) -> None:
    assert run("role", "ola", "ward_nurse", "8001", "--unit", "MED").exit_code == 0
    assert run("role", "ola", "ward_nurse", "8001", "--unit", "MED").exit_code == 0
    assert Membership.objects.filter(user=people.other_nurse).count() == 2
    assert "Medisin" in run("list").output
    assert run("role", "ola", "ward_nurse", "8001", "--unit", "MED", "--remove").exit_code == 0
    assert Membership.objects.filter(user=people.other_nurse).count() == 1
    assert run("role", "ola", "ward_nurse", "8001", "--unit", "MED", "--remove").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ["role", "ola", "ward_nurse", "12345", "--unit", "MED"],
        ["role", "ola", "ward_nurse", "8001", "--unit", "FINNES-IKKE"],
        ["role", "ola", "konge", "8001"],
    ],
)
def test_wrong_use_says_what_is_wrong(people: People, words: list[str]) -> None:
    answer = run(*words)
    assert answer.exit_code == 2
    assert "Invalid value" in answer.output


def test_disable(people: People) -> None:
    assert run("disable", "kari").exit_code == 0
    assert not User.objects.get(username="kari").is_active
