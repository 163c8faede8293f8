"""Every row of routines 2.6 in the store, each test named after it: detected, graded, somebody's, and explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from samhandling.exchange.models import Message
from samhandling.identity import synthetic
from samhandling.jobs.worker import run_due
from samhandling.patients.values import Number
from samhandling.registry.models import CommunicationParty, CounterpartFault
from samhandling.stays import events
from samhandling.stays.anomalies import ANOMALIES
from samhandling.stays.causes import BREACH_SEVERITY
from samhandling.stays.dialogs import Talk, send_talk
from samhandling.stays.models import BreachOfRoutine, Course, Deadline, Stay
from samhandling.stays.services import register
from samhandling.stays.web.explaining import explain, help_for, of_message, of_stay, owner_now
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from tests.store import exchange_world as post
from tests.store.people import logged_in
from tests.store.small_world import BORN, NOW, SmallWorld, admit, build
from tests.store.test_affected_by_downtime import down
from tests.store.test_exchange_receipts import apprec
from tests.store.test_kinds import inform
from tests.store.test_routine_messages import DOCTOR, QUESTION, ask

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    """A municipal user, about whom the admission message has gone."""
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return found


@pytest.fixture
def line(monkeypatch) -> post.World:
    """Two organisations whose line is in the test's hands."""
    return post.make(monkeypatch)


@pytest.fixture
def ids() -> Iterator[str]:
    return post.uuids()


def condition(code: str, severity: str = "") -> Task:
    """The one open task of that anomaly, graded as 2.6 says, with its explanation and the number to call."""
    task = Task.objects.get(anomaly=code, closed_at=None)
    assert task.severity == (severity or BREACH_SEVERITY[code])
    (told,) = help_for([task], present()).values()
    assert (told.code, told.means, told.do) == (code, ANOMALIES[code].means, ANOMALIES[code].do)
    assert told.owner
    assert told.whom
    return task


def breach(code: str) -> BreachOfRoutine:
    """The one breach of that code, graded as 2.6 says."""
    found = BreachOfRoutine.objects.get(code=code)
    assert found.severity == BREACH_SEVERITY[code]
    return found


def page_of(who, stay: Stay) -> str:
    return logged_in(who).get(f"/opphold/{stay.pk}/").content.decode()


def explained_on(page: str, code: str) -> None:
    assert ANOMALIES[code].means in page, code
    assert ANOMALIES[code].do in page
    assert "Hva betyr det, og hva gjør jeg?" in page


def messages_in() -> Message:
    return Message.objects.filter(direction="in").latest("pk")


def test_a_01_no_receipt(world: SmallWorld) -> None:
    CounterpartFault.objects.create(organisation=world.municipality, mode="silent")
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    register(stay, events.ReadySet(at=NOW, ready_date=NOW.date(), decided_by=DOCTOR), user=world.nurse, now=NOW)
    run_due(NOW + 29 * MINUTE)
    assert not Task.objects.filter(anomaly="A-01").exists()
    run_due(NOW + 31 * MINUTE)
    task = condition("A-01", "high")
    assert (task.role, task.phone) == ("message_responsible", "60 99 01 20")
    explained_on(page_of(world.nurse, stay), "A-01")
    follow = logged_in(world.responsible).get(f"{reverse('exchange:follow-up')}?melding={task.subject[8:]}")
    explained = follow.content.decode()
    assert ANOMALIES["A-01"].means in explained


def test_a_02_rejected_with_code_and_text(line: post.World) -> None:
    sent = line.send()
    CounterpartFault.objects.create(organisation=line.municipality, mode="reject_e21", reason="øvelse")
    post.run()
    task = condition("A-02")
    assert "E21" in task.text
    assert [each.code for each in of_message(sent, post.NOW)] == ["A-02"]


def test_a_03_two_receipts_that_differ(line: post.World) -> None:
    sent = line.send()
    post.run()
    post.bring(apprec(sent, "2"))
    assert condition("A-03").role == "message_responsible"


def test_a_04_the_same_message_twice(line: post.World, ids: Iterator[str]) -> None:
    data = post.document(msg_id=next(ids))
    for key in ("1", "2"):
        post.bring(data, key=key)
    (message,) = line.received()
    assert message.duplicates == 1
    assert "A-04" in [each.code for each in of_message(message, post.NOW)]
    assert owner_now(ANOMALIES["A-04"], NOW) == "Ingen: det telles bare."


def test_a_05_the_same_type_with_two_ids(line: post.World, ids: Iterator[str]) -> None:
    for minutes in (0, 10):
        at = post.NOW + minutes * MINUTE
        post.bring(post.document(msg_id=next(ids), generated_at=at), now=post.NOW + HOUR)
    run_due(post.NOW + 2 * HOUR)
    assert breach("A-05").organisation == line.municipality
    condition("A-05")


def test_a_06_a_patient_the_hospital_has_nothing_to_do_with(world: SmallWorld, stay: Stay) -> None:
    question = _late_question(world, stay, days=31)
    assert breach("A-06").message == question
    task = condition("A-06")
    assert (task.role, task.unit) == ("message_responsible", None)
    # Nobody at the ward reads it, and it waits outside the record (C-06).
    assert logged_in(world.nurse).get(reverse("exchange:message", args=[question.pk])).status_code == 404
    page = logged_in(world.responsible).get(reverse("exchange:message", args=[question.pk])).content.decode()
    assert ANOMALIES["A-06"].do in page
    assert "Til avklaring (ikke journalført)" in page


def test_a_06_not_after_twenty_nine_days(world: SmallWorld, stay: Stay) -> None:
    _late_question(world, stay, days=29)
    assert not BreachOfRoutine.objects.filter(code="A-06").exists()
    breach("A-07")


def test_a_06_is_none_once_somebody_has_said_that_it_is_ours(world: SmallWorld, stay: Stay) -> None:
    from samhandling.exchange.matching import assign_patient

    question = _late_question(world, stay, days=31)
    assign_patient(question.pk, stay.patient, user=world.responsible, now=present())
    run_due(present(), strict=True)
    assert not BreachOfRoutine.objects.filter(code="A-06").exists()
    assert not Task.objects.filter(anomaly="A-06", closed_at=None).exists()
    question.refresh_from_db()
    assert (question.subject, question.flags) == (stay.subject, [])


def _late_question(world: SmallWorld, stay: Stay, *, days: int) -> Message:
    """A request that comes so many days after the discharge."""
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    Stay.objects.filter(pk=stay.pk).update(discharged_at=NOW - timedelta(days=days))
    course = Course.objects.get(organisation=world.municipality)
    talk = Talk(
        organisation=world.municipality, message_type="DIALOG_FORESPORSEL", patient=course.patient, course=course
    )  # fmt: skip
    outcome = send_talk(talk, QUESTION, user=world.case_handler, now=present())
    assert outcome.message is not None, outcome.findings
    run_due(present(), strict=True)
    return messages_in()


def test_a_07_outside_the_stay(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    question = ask(world)
    assert breach("A-07").message == question
    assert condition("A-07").unit == world.medicine
    explained_on(page_of(world.nurse, stay), "A-07")


def test_a_07_unread_for_an_hour_it_hurries_unless_somebody_has_taken_it(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    ask(world)
    task = condition("A-07", "medium")
    run_due(NOW + 59 * MINUTE)
    task.refresh_from_db()
    assert task.severity == "medium"
    run_due(NOW + 61 * MINUTE)
    task.refresh_from_db()
    assert task.severity == "high"
    assert [step.kind for step in task.steps.all()] == ["raised"]


def test_a_08_wrong_order_here_and_there(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.InformationSent(at=NOW, kind="change"), user=world.nurse, now=NOW)
    run_due(NOW + 14 * MINUTE)
    assert not BreachOfRoutine.objects.filter(code="A-08").exists()
    run_due(NOW + 16 * MINUTE)
    assert breach("A-08").stay == stay
    explained_on(page_of(world.nurse, stay), "A-08")


def test_a_08_a_withdrawal_without_its_message(line: post.World, ids: Iterator[str]) -> None:
    post.bring(post.document("LOG_AVMELDING", msg_id=next(ids)), now=post.NOW)
    run_due(post.NOW + 16 * MINUTE)
    breach("A-08")
    condition("A-08")


def test_a_09_the_early_notice_is_late(world: SmallWorld, stay: Stay) -> None:
    run_due(NOW + 24 * HOUR)
    assert breach("A-09").stay == stay
    assert condition("A-09").unit == world.medicine
    explained_on(page_of(world.nurse, stay), "A-09")
    assert not Message.objects.filter(type="DIALOG_AVVIK").exists()
    ward = logged_in(world.nurse).get("/").content.decode()
    assert ANOMALIES["A-09"].do in ward


def test_a_10_a_help_number(world: SmallWorld) -> None:
    stay = admit(world, number=Number("HNR", synthetic.help_number(BORN, "2", index=1)))
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert not Message.objects.exists()
    tasks = list(Task.objects.filter(anomaly="A-10", closed_at=None))
    assert "stay.h_number.m1" in [task.cause for task in tasks]
    explained_on(page_of(world.nurse, stay), "A-10")


def test_a_11_no_agreement(world: SmallWorld) -> None:
    stay = admit(world, municipality="9999")
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert breach("A-11").stay == stay
    assert not Message.objects.exists()
    assert Task.objects.filter(anomaly="A-11", closed_at=None).exists()
    explained_on(page_of(world.nurse, stay), "A-11")


def test_a_12_a_message_after_the_death(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.Died(at=NOW), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    question = ask(world)
    assert breach("A-12").message == question
    assert condition("A-12").role == "message_responsible"


def test_a_13_discharged_without_any_helseopplysning(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    assert breach("A-13").stay == stay
    explained_on(page_of(world.nurse, stay), "A-13")


def test_a_14_ready_before_the_early_notice_was_received(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.ReadySet(at=NOW, ready_date=NOW.date(), decided_by=DOCTOR), user=world.nurse, now=NOW)
    assert breach("A-14").stay == stay
    explained_on(page_of(world.nurse, stay), "A-14")


def test_a_15_an_avviksmelding_without_an_agreed_reason(world: SmallWorld, stay: Stay) -> None:
    _received(world, stay, "DIALOG_AVVIK")
    breach("A-15")
    condition("A-15", "high")
    explained_on(page_of(world.nurse, stay), "A-15")


def test_a_16_from_a_service_outside_the_agreed_pairs(world: SmallWorld, stay: Stay) -> None:
    CommunicationParty.objects.filter(organisation=world.municipality).update(function="other")
    question = ask(world)
    assert breach("A-16").message == question
    condition("A-16")


def _received(world: SmallWorld, stay: Stay, kind: str) -> Message:
    """A message of that type as the hospital has it, of which nothing is known but its envelope."""
    from samhandling.stays import hearing

    question = ask(world)
    Task.objects.filter(subject=stay.subject).update(closed_at=NOW, closed_how="done")
    fields = {"type": kind, "refers_to": None, "ref_parent": "", "subject": ""}
    Message.objects.filter(pk=question.pk).update(**fields)
    question = Message.objects.get(pk=question.pk)
    hearing.hear(question, now=present())
    return question


def test_a_17_a_cancellation_before_its_message(line: post.World, ids: Iterator[str]) -> None:
    first = next(ids)
    post.bring(post.document(msg_id=next(ids), status="C", parent=first, generated_at=post.NOW + MINUTE))
    assert condition("A-17").role == "message_responsible"
    post.bring(post.document(msg_id=first))
    over = Task.objects.get(anomaly="A-17")
    assert (over.closed_how, over.closing_note) == ("resolved", "Meldingen som den gjelder, er kommet.")


def test_a_18_the_same_patient_by_other_numbers_needs_two_people(line: post.World, ids: Iterator[str]) -> None:
    post.bring(post.document(msg_id=next(ids), family_name="Annerledes"))
    assert condition("A-18").kind == "match"
    (message,) = line.received()
    assert message.patient is None
    assert "A-18" in [each.code for each in of_message(message, post.NOW)]


def test_a_19_while_the_counterpart_is_down_alarms_wait_and_deadlines_run(world: SmallWorld) -> None:
    down(world)
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(NOW + 25 * HOUR)
    assert not Task.objects.filter(anomaly="A-01").exists()
    assert Deadline.objects.get(stay=stay, clock="F1").state == "missed"
    explained_on(page_of(world.nurse, stay), "A-19")


def test_a_20_a_clock_that_is_wrong(line: post.World, ids: Iterator[str]) -> None:
    post.bring(post.document(msg_id=next(ids), generated_at=post.NOW + 6 * MINUTE))
    assert breach("A-20").message == line.received()[0]
    assert "A-20" in [each.code for each in of_message(line.received()[0], post.NOW)]


def test_a_20_something_that_happened_after_it_was_told(line: post.World, ids: Iterator[str]) -> None:
    # The document tells of a discharge at NOW, and says that it was made two hours before.
    post.bring(post.document("LOG_UTSKREVET", msg_id=next(ids), generated_at=post.NOW - 2 * HOUR))
    assert "clock_skew" in line.received()[0].flags
    breach("A-20")


def test_a_21_discharged_without_the_final_notice(world: SmallWorld, stay: Stay) -> None:
    inform(world, stay, "early", 1)
    at = NOW + 5 * MINUTE
    register(stay, events.Discharged(at=at, discharged_to="1"), user=world.nurse, now=at)
    assert breach("A-21").stay == stay
    assert condition("A-21").unit == world.medicine
    explained_on(page_of(world.nurse, stay), "A-21")
    assert not BreachOfRoutine.objects.filter(code="A-13").exists()


def test_every_anomaly_has_words_an_owner_and_a_grade() -> None:
    for number in range(1, 22):
        code = f"A-{number:02}"
        told = explain(code, ("Storvik kommune", "60 99 01 20", ""), NOW)
        assert told is not None
        assert all((told.title, told.means, told.do, told.owner)), code
        assert BREACH_SEVERITY[code] in ("info", "low", "normal", "medium", "high")


def test_whose_it_is_changes_with_the_office_hours() -> None:
    late = NOW + 8 * HOUR
    assert owner_now(ANOMALIES["A-09"], NOW).startswith("Meldingsansvarlig, fordi det er kontortid")
    assert owner_now(ANOMALIES["A-09"], late).startswith("Sengeposten, fordi det er utenfor kontortid")
    assert owner_now(ANOMALIES["A-12"], late) == "Meldingsansvarlig."


def test_the_number_on_the_row_is_the_one_that_is_staffed_now(world: SmallWorld, stay: Stay) -> None:
    run_due(NOW + 24 * HOUR)
    task = Task.objects.get(anomaly="A-09")
    by_day, by_night = (help_for([task], NOW + hours * HOUR)[task.pk] for hours in (24, 36))
    assert (by_day.whom, by_day.phone) == ("Storvik kommune", "60 99 01 20")
    assert by_night.phone == "60 99 01 30"


def test_outside_office_hours_the_ward_has_what_is_not_by_the_book_of_its_patients(world: SmallWorld) -> None:
    from tests.store.test_affected_by_downtime import at

    CounterpartFault.objects.create(organisation=world.municipality, mode="silent")
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    register(stay, events.ReadySet(at=NOW, ready_date=NOW.date(), decided_by=DOCTOR), user=world.nurse, now=NOW)
    run_due(NOW + HOUR)
    at(1)
    nurse, surgeon = logged_in(world.nurse), logged_in(world.surgeon_nurse)
    assert "Avvik som posten har nå" not in nurse.get("/").content.decode()
    at(10)
    ward = nurse.get("/").content.decode()
    assert "Avvik som posten har nå" in ward
    explained_on(ward, "A-01")
    assert "60 99 01 30" in ward
    assert "Avvik som posten har nå" not in surgeon.get("/").content.decode()
    task = Task.objects.get(anomaly="A-01")
    assert nurse.get(f"/oppgave/{task.pk}/").status_code == 200
    assert surgeon.get(f"/oppgave/{task.pk}/").status_code == 404
    said = nurse.post(f"/oppgave/{task.pk}/gjor/", {"gjor": "acknowledge", "igjen": "23.30"}, follow=True)
    assert "Notert at du vet om det" in said.content.decode()
    assert "Kari Vik vet om det. Minner igjen" in nurse.get("/").content.decode()


def test_when_the_receipt_comes_the_list_the_task_and_the_timeline_say_that_it_is_over(line: post.World) -> None:
    CounterpartFault.objects.create(organisation=line.municipality, mode="silent")
    sent = line.send("LOG_UTSKRIVNINGSKLAR")
    post.run()
    post.run(post.NOW + 40 * MINUTE)
    task = condition("A-01", "high")
    post.bring(apprec(sent, generated_at=post.NOW + HOUR), now=post.NOW + HOUR)
    task.refresh_from_db()
    assert (task.closed_how, task.closing_note) == ("resolved", "Kvittering kom 24.11.2026 kl. 11.00.")


def _client(world: SmallWorld) -> Client:
    return logged_in(world.responsible)


def test_siden_sist_tells_what_is_over_and_the_timeline_has_a_mark(world: SmallWorld) -> None:
    from tests.store.test_affected_by_downtime import at

    responsible = _client(world)
    responsible.get("/")
    CounterpartFault.objects.create(organisation=world.municipality, mode="slow", minutes=120)
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    register(stay, events.ReadySet(at=NOW, ready_date=NOW.date(), decided_by=DOCTOR), user=world.nurse, now=NOW)
    run_due(NOW)
    run_due(NOW + HOUR)
    assert Task.objects.filter(anomaly="A-01", closed_at=None).exists()
    run_due(NOW + 2 * HOUR)
    run_due(NOW + 2 * HOUR)
    at(2)
    desk = responsible.get("/").content.decode()
    assert "Over: 1 forhold" in desk
    assert "Kvittering kom 16.11.2026 kl. 1" in desk
    page = page_of(world.nurse, stay)
    assert "Kvittering kom 16.11.2026 kl. 1" in page
    assert [each.code for each in of_stay(stay, [], NOW)].count("A-01") == 0


def test_many_missing_receipts_of_one_counterpart_cost_no_more_questions_than_few(
    line: post.World, django_assert_max_num_queries
) -> None:
    CounterpartFault.objects.create(organisation=line.municipality, mode="silent")
    for number in range(12):
        line.send("LOG_UTSKRIVNINGSKLAR", subject=f"stay:{number}")
    post.run()
    post.run(post.NOW + HOUR)
    tasks = list(Task.objects.filter(anomaly="A-01"))
    assert len(tasks) == 12
    with django_assert_max_num_queries(8):
        assert len(help_for(tasks, post.NOW)) == 12
