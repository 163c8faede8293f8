"""From a stored record to patient, stay and task, with the real jobs."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from samhandling.hl7.mllp import Piece
from samhandling.intake import storing
from samhandling.intake.errors import WrongStateError
from samhandling.intake.lines import file_line
from samhandling.intake.models import AdtRecord
from samhandling.intake.reception import receive
from samhandling.intake.services import take_in, try_again
from samhandling.jobs.models import Job, JobKey
from samhandling.jobs.services import enqueue
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Unit
from samhandling.patients.models import Patient
from samhandling.stays.models import Stay
from samhandling.tasks.models import Task
from tests.store.mllp import NOW, PID, PV1, adt, hospital

pytestmark = pytest.mark.django_db


@pytest.fixture
def hosp():
    found = hospital()
    Unit.objects.create(
        organisation=found, code="MED1", name="Medisin", kind="ward", inpatient=True, valid_from=date(2020, 1, 1)
    )
    return found


def feed(hosp, *messages: bytes) -> list[AdtRecord]:
    stored = [take_in(message, organisation=hosp, now=NOW) for message in messages]
    run_due(NOW, strict=True)
    return [AdtRecord.objects.get(pk=one.record_id) for one in stored]


def test_an_admission_becomes_patient_and_stay(hosp):
    (record,) = feed(hosp, adt("A01", "1"))
    assert (record.state, record.error_code) == ("done", "")
    assert record.settled_at == NOW
    stay = Stay.objects.get()
    assert (stay.visit, stay.unit.code, stay.patient.family_name) == ("V-1", "MED1", "Gundersen")
    assert stay.admitted_at.isoformat() == "2026-11-16T09:00:00+00:00"
    assert not Job.objects.filter(handler=storing.APPLY).exists()


def test_a_whole_stay_by_feed(hosp):
    out = "PV1|1|I|MED1" + "|" * 16 + "V-1" + "|" * 17 + "|1" + "|" * 7 + "20261116100000|20261116102400"
    records = feed(
        hosp,
        adt("A01", "1"),
        adt("A08", "2", PID, PV1, "ZPL|Y"),
        adt("A08", "3", PID, PV1, "ZPL|Y||||20261116|Lege^Lise|LE|1234567"),
        adt("A08", "4", PID, PV1, 'ZPL|Y||||""'),
        adt("A03", "5", PID, out),
    )
    assert [r.state for r in records] == ["done"] * 5
    assert [r.error_code for r in records] == [""] * 5
    stay = Stay.objects.get()
    assert stay.state == "S4"
    assert stay.facts["discharged_to"] == "1"


def test_the_same_message_applied_twice_is_one_stay(hosp):
    feed(hosp, adt("A01", "1"), adt("A01", "1"), adt("A01", "2"))
    assert Stay.objects.count() == Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (adt("A99", "1"), "adt.unknown_event"),
        (adt("A01", "1").replace(b"ADT^A01", b"ORU^R01"), "adt.unknown_event"),
        (adt("A01", "1", PV1), "adt.no_patient"),
        (adt("A01", "1", PID), "adt.no_visit"),
        (adt("A01", "1", "PID|1", PV1), "adt.no_patient"),
        (adt("A40", "1", PID), "adt.no_patient"),
        (adt("A01", "1", PID, PV1) + adt("A01", "2", PID, PV1), "adt.several_messages"),
        (
            adt("A01", "1", PID, "PV1|1|I").replace(b"20261116102000", b"x").replace(b"20261116102500", b""),
            "adt.no_time",
        ),
    ],
    ids=["event", "type", "no PID", "no PV1", "nobody", "no MRG", "two messages", "no time"],
)
def test_what_cannot_be_used_is_set_aside_with_a_task(hosp, message, code):
    (record,) = feed(hosp, message)
    assert (record.state, record.verdict, record.error_code) == ("aside", "AA", code)
    task = Task.objects.get(subject=f"adt:{record.pk}")
    assert task.cause in (code, "stay.unknown_patient")
    assert task.text
    assert not Stay.objects.exists()


def test_an_unknown_event_that_comes_often_is_one_task(hosp):
    feed(hosp, *[adt("A04", str(number)) for number in range(5)])
    assert AdtRecord.objects.filter(state="aside").count() == 5
    assert Task.objects.filter(cause="adt.unknown_event").count() == 1


def test_an_unknown_ward_is_a_stay_with_a_task(hosp):
    feed(hosp, adt("A01", "1", PID, PV1.replace("MED1", "NOWHERE")))
    assert Stay.objects.get().unit is None
    assert Task.objects.filter(cause="stay.unknown_unit").count() == 1


def test_a_record_set_aside_does_not_stop_the_next_and_can_be_tried_again(hosp):
    first, second = feed(hosp, adt("A01", "1", "PID|1", PV1), adt("A01", "2"))
    assert (first.state, second.state) == ("aside", "done")
    try_again(first.pk, organisation=hosp, now=NOW)
    first.refresh_from_db()
    assert first.state == "waiting"
    assert not Task.objects.filter(subject=f"adt:{first.pk}", closed_at__isnull=True).exists()
    run_due(NOW, strict=True)
    first.refresh_from_db()
    assert first.state == "done"  # the visit is known by now
    with pytest.raises(WrongStateError):
        try_again(second.pk, organisation=hosp, now=NOW)


def test_what_was_refused_is_a_task(hosp):
    stored = take_in(b"hello", organisation=hosp, now=NOW)
    assert stored.verdict == "AR"
    run_due(NOW, strict=True)
    task = Task.objects.get()
    assert (task.cause, task.subject, task.role) == ("hl7.no_header", f"adt:{stored.record_id}", "operations")


def test_what_is_doubtful_is_applied_and_told(hosp):
    (record,) = feed(hosp, adt("A08", "1", PID, PV1, "ZPL|perhaps"))
    assert (record.state, record.error_code) == ("done", "unknown_code")
    assert Task.objects.get(subject=f"adt:{record.pk}").cause == "adt.doubtful"


def test_a_merge_waits_in_the_lines_of_both_patients(hosp):
    take_in(adt("A40", "1", PID, "MRG|99^^^SOK^PI"), organisation=hosp, now=NOW)
    assert JobKey.objects.count() == 3
    take_in(adt("A08", "2", "PID|1||99^^^SOK^PI||Vik^Kari"), organisation=hosp, now=NOW)
    other = JobKey.objects.order_by("job_id").last()
    assert JobKey.objects.filter(key=other.key).count() == 2


def test_a_fault_of_ours_marks_the_record_and_its_death_is_told(hosp, monkeypatch):
    from samhandling.intake import applying
    from samhandling.jobs import outcomes

    def fail(*_args, **_kwargs):
        raise RuntimeError("bang")

    stored = take_in(adt("A01", "1"), organisation=hosp, now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(applying, "apply", fail)
        run_due(NOW)
    record = AdtRecord.objects.get(pk=stored.record_id)
    assert (record.state, record.error_code) == ("failed", "unexpected")
    job = Job.objects.get(handler=storing.APPLY)
    Job.objects.filter(pk=job.pk).update(state="running")
    with transaction.atomic():
        outcomes._die(job.pk, outcomes.Event.GAVE_UP, code="unexpected", handler=job.handler, now=NOW)
    run_due(NOW)
    assert Task.objects.filter(cause="adt.failed", subject=f"adt:{record.pk}").count() == 1


def test_the_statement_writes_the_job_that_enqueue_writes(hosp):
    line = file_line(hosp)
    received = receive(Piece(adt("A01", "1")), line, now=NOW)
    (stored,) = storing.store([(received, line)])
    by_hand = Job.objects.get()
    with transaction.atomic():
        enqueue(storing.APPLY, {"record": stored.record_id}, now=NOW, keys=received.keys)
    enqueued = Job.objects.exclude(pk=by_hand.pk).get()
    fields = [f.attname for f in Job._meta.concrete_fields if f.attname != "id"]
    assert [getattr(by_hand, name) for name in fields] == [getattr(enqueued, name) for name in fields]
    places = [sorted(JobKey.objects.filter(job=job).values_list("queue", "key")) for job in (by_hand, enqueued)]
    assert places[0] == places[1]
    assert len(places[0]) == 2


def test_an_error_in_the_middle_of_a_batch_rolls_all_of_it_back(hosp):
    line = file_line(hosp)
    good = receive(Piece(adt("A01", "1")), line, now=NOW)
    from dataclasses import replace

    bad = replace(good, control_id="x", repeat_key="z", organisation_id=None)
    with pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011
        storing.store([(good, line), (bad, line)])
    assert not AdtRecord.objects.exists()
    assert not Job.objects.exists()
