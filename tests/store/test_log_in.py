"""Log-in, roles, language and refusals, as a person meets them."""

from __future__ import annotations

import pytest
from django.test import Client

from samhandling.access import services
from samhandling.access.models import AuditEntry, LoginFailure, Membership
from samhandling.access.roles import Role
from tests.store.people import NOW, PASSWORD, People, logged_in, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


def log_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post("/inn/", {"username": username, "password": password, **more})


def test_a_nurse_logs_in_and_sees_her_work(people: People) -> None:
    client = Client()
    assert client.get("/").headers["Location"] == "/inn/"
    answer = log_in(client, "KARI")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    body = client.get("/").content.decode()
    assert "Kari Vik" in body
    assert "Medisin" in body
    assert AuditEntry.objects.filter(action="access.login", user_id=people.nurse.pk).count() == 1


def test_after_log_in_the_wanted_page_comes_but_never_another_site(people: People) -> None:
    assert Client().get("/sok/").headers["Location"] == "/inn/?next=%2Fsok%2F"
    assert log_in(Client(), "kari", next="/sok/").headers["Location"] == "/sok/"
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert log_in(Client(), "kari", next=elsewhere).headers["Location"] == "/"


@pytest.mark.parametrize(("username", "password"), [("kari", "feil"), ("finnes-ikke", PASSWORD)])
def test_wrong_name_and_wrong_password_get_the_same_answer(people: People, username: str, password: str) -> None:
    answer = log_in(Client(), username, password)
    assert answer.status_code == 422
    assert "Brukernavn og passord hører ikke sammen" in answer.content.decode()
    assert AuditEntry.objects.filter(action="access.login_refused").count() == 1


def test_empty_fields_are_named_at_the_field_and_in_the_summary(people: People) -> None:
    body = log_in(Client(), "", "").content.decode()
    assert body.count("Skriv brukernavnet ditt.") == 2
    assert 'href="#id_username"' in body


def test_guessing_is_slowed_down_even_with_the_right_password(people: People) -> None:
    for _ in range(5):
        assert log_in(Client(), "kari", "feil").status_code == 422
    assert log_in(Client(), "kari").status_code == 429
    assert log_in(Client(), "ola").status_code == 302
    assert "kari" not in " ".join(LoginFailure.objects.values_list("key", flat=True))


def test_a_disabled_user_is_out_at_once(people: People) -> None:
    client = logged_in(people.nurse)
    assert client.get("/").status_code == 200
    services.disable_user("kari", now=NOW)
    assert client.get("/").headers["Location"] == "/inn/"
    assert log_in(Client(), "kari").status_code == 422


def test_a_new_password_ends_open_sessions(people: People) -> None:
    client = Client()
    log_in(client, "kari")
    services.change_password("kari", "en-helt-ny-setning", now=NOW)
    assert client.get("/").status_code == 302


def test_a_role_taken_away_is_gone_on_the_next_click(people: People) -> None:
    client = logged_in(people.nurse)
    assert client.get("/").status_code == 200
    Membership.objects.filter(user=people.nurse).delete()
    assert client.get("/").headers["Location"] == "/rolle/"
    assert "ingen rolle" in client.get("/rolle/").content.decode()


def test_several_roles_are_chosen_between(people: People) -> None:
    client = logged_in(people.two_hats)
    assert client.get("/").headers["Location"] == "/rolle/"
    body = client.get("/rolle/").content.decode()
    assert "PLO-ressursperson" in body
    client.post("/rolle/", {"hat": f"{people.hospital.pk}-plo_resource"})
    assert "PLO-ressursperson · Sykehuset Prøve, Kirurgi" in client.get("/").content.decode()


def test_a_role_that_one_does_not_hold_cannot_be_put_on(people: People) -> None:
    client = logged_in(people.two_hats)
    client.post("/rolle/", {"hat": f"{people.municipality.pk}-case_handler"})
    assert client.get("/").headers["Location"] == "/rolle/"


def test_log_out_is_a_post(people: People) -> None:
    client = logged_in(people.nurse)
    assert client.get("/ut/").status_code == 405
    client.post("/ut/")
    assert client.get("/").headers["Location"] == "/inn/"


def test_the_language_follows_the_person_not_the_machine(people: People) -> None:
    client = logged_in(people.nurse)
    client.post("/sprak/", {"language": "en", "next": "/"})
    assert '<html lang="en">' in client.get("/").content.decode()
    client.post("/ut/")
    colleague = logged_in(people.other_nurse)
    colleague.cookies.update(client.cookies)
    colleague.force_login(people.other_nurse)
    people.other_nurse.language = "nn"
    people.other_nurse.save()
    assert '<html lang="nn">' in colleague.get("/").content.decode()


def test_an_unknown_language_changes_nothing(people: People) -> None:
    client = logged_in(people.nurse)
    client.post("/sprak/", {"language": "sv", "next": "/"})
    assert '<html lang="nb">' in client.get("/").content.decode()


def test_the_browsers_language_is_not_asked(people: People) -> None:
    assert '<html lang="nb">' in Client().get("/inn/", headers={"Accept-Language": "en"}).content.decode()


def test_a_form_without_its_token_is_refused_with_a_page_that_helps(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = log_in(client, "kari")
    assert answer.status_code == 403
    assert "page.csrf" in answer.content.decode()


def test_headers_keep_the_page_here(people: People) -> None:
    answer = logged_in(people.nurse).get("/")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_an_unknown_address_says_what_to_do(people: People) -> None:
    answer = logged_in(people.nurse).get("/finnes/ikke/")
    assert answer.status_code == 404
    assert "page.not_found" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "where", "with_unit"),
    [
        (Role.CASE_HANDLER, "hospital", False),
        (Role.WARD_NURSE, "municipality", False),
        (Role.WARD_NURSE, "hospital", False),
    ],
)
def test_a_role_must_fit_its_place(people: People, role: Role, where: str, with_unit: bool) -> None:
    with pytest.raises(services.RoleDoesNotFitError):
        services.add_role(people.nurse, role, getattr(people, where), now=NOW)


def test_a_unit_of_another_organisation_does_not_fit(people: People) -> None:
    with pytest.raises(services.RoleDoesNotFitError):
        services.add_role(people.nurse, Role.CASE_HANDLER, people.municipality, unit=people.medicine, now=NOW)
