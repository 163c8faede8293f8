"""Tasks as people see and work on them, each within their own scope."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from samhandling.access.models import AuditEntry
from samhandling.access.roles import Role
from samhandling.access.services import add_role
from samhandling.patients.models import Patient
from samhandling.tasks.models import Task
from samhandling.tasks.services import open_task
from tests.store.people import NOW, People, logged_in, make_people, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


def patient(people: People, given: str = "Testine") -> Patient:
    return Patient.objects.create(
        organisation=people.hospital, given_name=given, family_name="Prøvesen", birth_date=date(1950, 2, 1),
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def task(people: People, **more) -> Task:
    values = {
        "organisation": people.hospital, "unit": people.medicine, "kind": "call", "cause": "A-11",
        "severity": "high", "now": NOW, "text": "Ring kommunen.", "phone": "69 00 00 00",
    }  # fmt: skip
    return open_task(**(values | more))


def test_a_nurse_sees_her_wards_tasks_and_no_others(people: People) -> None:
    mine = task(people, patient=patient(people))
    other = task(people, unit=people.surgery, patient=patient(people, "Skjult"))
    client = logged_in(people.nurse)
    body = client.get("/oppgaver/").content.decode()
    assert "Testine Prøvesen" in body
    assert 'href="tel:69000000"' in body
    assert "Skjult" not in body
    assert client.get(f"/oppgave/{mine.pk}/").status_code == 200
    assert client.get(f"/oppgave/{other.pk}/").status_code == 404
    assert client.post(f"/oppgave/{other.pk}/gjor/", {"gjor": "take"}).status_code == 404
    refused = AuditEntry.objects.filter(action="access.refused", user_id=people.nurse.pk)
    assert [entry.subject for entry in refused] == [f"/oppgave/{other.pk}/", f"/oppgave/{other.pk}/gjor/"]


def test_another_organisations_task_does_not_exist(people: People) -> None:
    found = task(people)
    assert logged_in(people.case_handler).get(f"/oppgave/{found.pk}/").status_code == 404
    assert "Ring kommunen." not in logged_in(people.case_handler).get("/oppgaver/").content.decode()


def test_reading_is_logged_once_however_often_the_page_refreshes(people: People) -> None:
    found = task(people, patient=patient(people))
    client = logged_in(people.nurse)
    for _ in range(3):
        client.get(f"/oppgave/{found.pk}/")
    entry = AuditEntry.objects.get(action="task.read")
    assert (entry.user_id, entry.patient_id, entry.subject) == (people.nurse.pk, found.patient_id, f"task:{found.pk}")


def test_take_note_and_close(people: People) -> None:
    found = task(people)
    client = logged_in(people.nurse)
    address = f"/oppgave/{found.pk}/gjor/"
    assert "Oppgaven er din." in client.post(address, {"gjor": "take"}, follow=True).content.decode()
    assert "Notatet er tomt." in client.post(address, {"gjor": "note", "notat": " "}, follow=True).content.decode()
    client.post(address, {"gjor": "note", "notat": "Snakket med koordinator"})
    client.post(address, {"gjor": "close", "hvordan": "called", "notat": "Avklart"})
    found.refresh_from_db()
    assert (found.closed_how, found.closed_by, found.closing_note) == ("called", people.nurse, "Avklart")
    body = client.get(f"/oppgave/{found.pk}/").content.decode()
    assert "Snakket med koordinator" in body
    assert "Ringt og avklart" in body
    assert "Ta oppgaven" not in body
    acts = list(AuditEntry.objects.filter(subject=f"task:{found.pk}").values_list("action", flat=True))
    assert acts == ["task.take", "task.read", "task.note", "task.close"]


def test_a_failed_act_changes_nothing_and_is_not_logged_as_done(people: People) -> None:
    found = task(people)
    logged_in(people.responsible).post(f"/oppgave/{found.pk}/gjor/", {"gjor": "take"})
    body = logged_in(people.nurse).post(f"/oppgave/{found.pk}/gjor/", {"gjor": "take"}, follow=True).content.decode()
    assert "En kollega har tatt oppgaven." in body
    found.refresh_from_db()
    assert found.owner == people.responsible
    assert AuditEntry.objects.filter(action="task.take").count() == 1


def test_hand_on_to_a_colleague_of_the_ward_but_to_nobody_else(people: People) -> None:
    found = task(people)
    colleague = user("eli", "Eli", "Rud")
    add_role(colleague, Role.WARD_NURSE, people.hospital, unit=people.medicine, now=NOW)
    client = logged_in(people.nurse)
    assert "Eli Rud" in client.get(f"/oppgave/{found.pk}/").content.decode()
    refused = client.post(f"/oppgave/{found.pk}/gjor/", {"gjor": "give", "til": people.other_nurse.pk})
    assert refused.status_code == 302
    found.refresh_from_db()
    assert found.owner is None
    client.post(f"/oppgave/{found.pk}/gjor/", {"gjor": "give", "til": colleague.pk})
    found.refresh_from_db()
    assert found.owner == colleague


def test_tasks_of_one_counterpart_and_cause_are_one_row(people: People) -> None:
    for number in range(140):
        task(people, unit=None, group_key="A-01:8002", unique_key=f"A-01:{number}")
    body = logged_in(people.responsible).get("/oppgaver/").content.decode()
    assert "140 saker" in body
    assert body.count("<tr class=") == 1


def test_one_call_settles_all_that_stood_on_the_page_and_no_others(people: People) -> None:
    numbers = [task(people, unit=None, group_key="A-01:8002", unique_key=f"A-01:{n}").pk for n in range(3)]
    elsewhere = open_task(
        organisation=people.municipality, kind="call", cause="A-01", severity="high", now=NOW, text="En annens."
    )
    client = logged_in(people.responsible)
    assert "Ringt og avklart: alle 3 saker" in client.get("/oppgaver/").content.decode()
    late = task(people, unit=None, group_key="A-01:8002", unique_key="A-01:9").pk
    form = {"sett": [*numbers, elsewhere.pk], "notat": "Snakket med Storvik: meldingene er fremme"}
    assert "Notatet er tomt." in client.post("/oppgaver/samlet/", {**form, "notat": ""}, follow=True).content.decode()
    assert "3 oppgaver er ferdige." in client.post("/oppgaver/samlet/", form, follow=True).content.decode()
    assert set(Task.objects.filter(closed_at__isnull=True).values_list("pk", flat=True)) == {late, elsewhere.pk}
    assert AuditEntry.objects.filter(action="task.close").count() == 3


def test_the_most_urgent_stands_first(people: People) -> None:
    task(people, text="Kan vente", severity="low", unique_key="a")
    task(people, text="Senere i dag", severity="high", due_at=NOW + timedelta(hours=8), unique_key="b")
    task(people, text="Straks", severity="high", due_at=NOW + timedelta(hours=1), unique_key="c")
    body = logged_in(people.nurse).get("/oppgaver/").content.decode()
    assert body.index("Straks") < body.index("Senere i dag") < body.index("Kan vente")


def test_it_operations_see_technical_tasks_without_the_patient(people: People) -> None:
    operator = user("vakt", "Vakt", "Ikt")
    add_role(operator, Role.OPERATIONS, people.hospital, now=NOW)
    found = task(people, unit=None, kind="technical", patient=patient(people), text="Bærer svarer ikke")
    task(people, text="Gjelder en pasient", unique_key="x")
    client = logged_in(operator)
    body = client.get("/oppgaver/").content.decode()
    assert "Bærer svarer ikke" in body
    assert "Gjelder en pasient" not in body
    assert "Prøvesen" not in body
    assert "Prøvesen" not in client.get(f"/oppgave/{found.pk}/").content.decode()


def test_an_empty_list_says_that_all_is_well_and_since_when(people: People) -> None:
    body = logged_in(people.nurse).get("/oppgaver/").content.decode()
    assert "Alt er gjort." in body
    assert "Sjekket kl." in body
