"""*Siden sist* and the register of deviations, breaches and reports, each kept apart (routines 2.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.access.models import AuditEntry
from samhandling.registry.models import RoutineDocument
from samhandling.stays.models import BreachOfRoutine
from samhandling.store.services import set_clock
from samhandling.tasks.services import open_task
from samhandling.worklist.models import FollowUp, FormReport
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build, patient, send_admission

LATER = NOW + timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def breach(world: SmallWorld, code: str = "A-09") -> BreachOfRoutine:
    stay = admit(world)
    return BreachOfRoutine.objects.create(
        organisation=world.hospital, code=code, severity="high", at=LATER, stay=stay, patient=stay.patient,
        unit=world.medicine, unique_key=f"x:{code}",
    )  # fmt: skip


def deviation(world: SmallWorld) -> None:
    message = send_admission(world, patient(world))
    message.pk, message.msg_id, message.type, message.direction = None, "deviation", "DIALOG_AVVIK", "in"
    message._state.adding = True
    message.refers_to, message.created_at = None, LATER
    message.save()


def at(when: datetime) -> None:
    set_clock(when, machine_now=datetime.now(UTC))


def test_since_last_tells_what_happened_while_nobody_was_there(world: SmallWorld) -> None:
    client = logged_in(world.responsible)
    assert "Siden sist" not in client.get("/").content.decode()
    breach(world)
    deviation(world)
    open_task(organisation=world.hospital, kind="call", cause="A-01", severity="high", now=LATER, text="Ring.")
    at(NOW + timedelta(hours=9))
    body = client.get("/").content.decode()
    assert "skrivebordet stod tomt fra kl. 10.20" in body
    for words in ("<strong>1</strong> nye oppgaver", "<strong>1</strong> avviksmeldinger", "<strong>1</strong> brudd"):
        assert words in body
    # As long as somebody stays there, the counts stay; a page that refreshes itself is nobody.
    at(NOW + timedelta(hours=9, minutes=40))
    assert "fra kl. 10.20" in client.get("/").content.decode()
    for minutes in (60, 85, 110):
        at(NOW + timedelta(hours=9, minutes=minutes))
        client.get("/", headers={"HX-Request": "true"})
    at(NOW + timedelta(hours=11))
    body = client.get("/").content.decode()
    assert "fra kl. 20.00" in body
    assert "<strong>0</strong> nye oppgaver" in body


def test_the_three_kinds_are_kept_apart(world: SmallWorld) -> None:
    breach(world)
    deviation(world)
    client = logged_in(world.responsible)
    client.post("/avvik/skjema/", {"dato": "16.11.2026", "referanse": "AV-77", "tekst": "Skrevet ut uten beskjed"})
    lists = {k: client.get(f"/avvik/?slag={k}").content.decode() for k in ("avviksmelding", "brudd", "skjema")}
    marks = {"avviksmelding": "M11 inn", "brudd": "A-09", "skjema": "AV-77"}
    for kind, body in lists.items():
        for other, mark in marks.items():
            assert (mark in body) is (kind == other), (kind, other)
    assert logged_in(world.nurse).get("/avvik/").status_code == 403
    assert logged_in(world.case_handler).get("/avvik/").status_code == 403


def test_follow_up_is_noted_and_the_list_of_what_is_left_shrinks(world: SmallWorld) -> None:
    row = breach(world)
    client = logged_in(world.responsible)
    assert "Ikke fulgt opp" in client.get("/avvik/?slag=brudd").content.decode()
    form = {"sak": f"breach:{row.pk}", "slag": "brudd", "notat": "Tatt opp på postmøte"}
    client.post("/avvik/folg-opp/", form)
    body = client.post("/avvik/folg-opp/", {**form, "notat": "Ny rutine på posten", "ferdig": "ja"}, follow=True)
    assert "Ny rutine på posten" in body.content.decode()
    assert "A-09" not in client.get("/avvik/?slag=brudd&vis=apne").content.decode()
    assert [step.state for step in FollowUp.objects.order_by("pk")] == ["open", "done"]


def test_no_identity_number_gets_into_the_register(world: SmallWorld) -> None:
    row = breach(world)
    client = logged_in(world.responsible)
    form = {"sak": f"breach:{row.pk}", "slag": "brudd", "notat": "Gjelder 150765 00565"}
    assert "fødselsnummer" in client.post("/avvik/folg-opp/", form, follow=True).content.decode()
    form = {"dato": "16.11.2026", "tekst": "x", "referanse": "15076500565"}
    client.post("/avvik/skjema/", form)
    client.post("/avvik/skjema/", {"dato": "i går", "tekst": "x"})
    client.post("/avvik/skjema/", {"dato": "16.11.2026", "tekst": " "})
    assert not FollowUp.objects.exists()
    assert not FormReport.objects.exists()


def test_another_organisations_matter_cannot_be_followed(world: SmallWorld) -> None:
    row = breach(world)
    BreachOfRoutine.objects.filter(pk=row.pk).update(organisation=world.municipality)
    form = {"sak": f"breach:{row.pk}", "slag": "brudd", "notat": "x"}
    assert logged_in(world.responsible).post("/avvik/folg-opp/", form).status_code == 404


def test_the_export_names_no_patient_and_runs_no_formula(world: SmallWorld) -> None:
    row = breach(world)
    client = logged_in(world.responsible)
    client.post("/avvik/folg-opp/", {"sak": f"breach:{row.pk}", "slag": "brudd", "notat": "=HYPERLINK(1)"})
    answer = client.get("/avvik/?slag=brudd&form=csv")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv")
    first, second, _ = text.split("\r\n")
    assert first.startswith("Dato;Kode;Hva;Motpart")
    assert second.startswith("16.11.2026;A-09;Fristen for tidligmelding ble brutt;Storvik kommune;Medisinsk sengepost")
    assert "'=HYPERLINK(1)" in second
    assert "Prøvesen" not in text
    assert AuditEntry.objects.get(action="register.export").purpose == "brudd 1"


def test_a_breach_leads_to_the_form_and_to_noting_the_report(world: SmallWorld) -> None:
    row = breach(world)
    RoutineDocument.objects.create(
        organisation=world.hospital, code="skjema-avvik", title="Skjema", url="https://skjema.example/"
    )
    client = logged_in(world.responsible)
    assert 'href="https://skjema.example/"' in client.get("/avvik/?slag=brudd").content.decode()
    client.post("/avvik/skjema/", {"dato": "16.11.2026", "tekst": "Meldt", "sak": f"breach:{row.pk}"})
    assert FormReport.objects.get().subject == f"breach:{row.pk}"
