"""Stays beyond the numbered scenarios: forms, the EPJ's documents, receipts, timers, and a feed that does not fit."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from samhandling.exchange import originals
from samhandling.exchange.models import Delivery, Message, Receipt
from samhandling.identity import synthetic
from samhandling.jobs.models import Job
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.patients.values import Number, PatientDetails
from samhandling.registry.models import Agreement, CounterpartFault, MessageSetting
from samhandling.stays import errors, events
from samhandling.stays.events import About
from samhandling.stays.models import BreachOfRoutine, RoutinePolicy, Stay, StayEvent, TimelineError
from samhandling.stays.policy import OSTFOLD
from samhandling.stays.services import apply, pass_on, register
from samhandling.stays.work import load_state
from samhandling.store.models import Store
from samhandling.tasks.models import Task
from samhandling.tasks.services import close_tasks
from tests.scenario.ward import BORN, DOCTOR, Person, Ward, on, open_ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward() -> Ward:
    return open_ward()


@pytest.fixture
def person(ward: Ward) -> Person:
    return ward.person()


@pytest.fixture
def active(ward: Ward, person: Person) -> Stay:
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    assert stay is not None
    return stay


# Forms ---------------------------------------------------------------------------------------------------------------


def form(ward: Ward, stay: Stay, event: type[events.Event], role: str = "ward_nurse", **values):
    about = values.pop("about", About())
    return register(
        stay, event(at=values.pop("at", ward.now), about=about, **values), user=ward.user(role), now=ward.now
    )


def test_a_form_does_what_the_feed_does_and_says_who(ward, person):
    stay = ward.admit(person, "16.11.2026 10.00")
    form(ward, stay, events.MunicipalUserSet, value=True)
    ward.work()
    assert ward.sent(stay) == ["INNLAGT"]
    assert StayEvent.objects.get(kind="user_yes").user is not None


def test_forms_are_refused_with_a_reason(ward, person, active):
    day = date(2026, 11, 16)
    other = ward.person()
    unflagged = ward.admit(other, "16.11.2026 11.00")
    refusals = [
        (errors.NameMissingError, active, events.ReadySet, {"ready_date": day}),
        (errors.NotInvolvedError, unflagged, events.ReadySet, {"ready_date": day, "decided_by": DOCTOR}),
        (errors.BeforeAdmissionError, active, events.ReadySet, {"ready_date": date(2026, 11, 1), "decided_by": DOCTOR}),
        (errors.PlaceMissingError, active, events.Discharged, {}),
        (errors.BeforeAdmissionError, active, events.Discharged, {"discharged_to": "1", "at": on("15.11.2026 10.00")}),
        (errors.InFutureError, active, events.NeedAssessed, {"value": True, "at": on("17.11.2026 10.00")}),
        (errors.UnansweredError, active, events.MunicipalUserSet, {"value": False}),
        (errors.UnansweredError, active, events.MunicipalityChanged, {"municipality_number": "9902"}),
        (errors.UnknownUnitError, active, events.Transferred, {"about": About(unit_code="NOWHERE")}),
    ]
    before = StayEvent.objects.count()
    for error, stay, event, values in refusals:
        with pytest.raises(error):
            form(ward, stay, event, **values)
    assert StayEvent.objects.count() == before
    assert ward.sent(active) == ["INNLAGT"]


def test_a_form_for_a_stay_that_has_ended_is_refused(ward, person, active):
    ward.discharge(person, "16.11.2026 13.00")
    with pytest.raises(errors.NotNowError):
        form(ward, active, events.LeaveStarted)


def test_an_old_discharge_is_undone_by_the_message_responsible_only(ward, person, active):
    ward.discharge(person, "16.11.2026 13.00")
    ward.until("18.11.2026 09.00")
    for role, confirmed in (("ward_nurse", True), ("message_responsible", False)):
        with pytest.raises(errors.ResponsibleDecidesError):
            form(ward, active, events.DischargeUndone, role, confirmed=confirmed)
    form(ward, active, events.DischargeUndone, "message_responsible", confirmed=True)
    ward.work()
    assert (ward.state(active), ward.sent(active)[-1]) == ("S2", "UTSKREVET(C)")


def test_an_old_discharge_undone_in_the_feed_waits_for_a_person(ward, person, active):
    ward.discharge(person, "16.11.2026 13.00")
    ward.says(person, events.DischargeUndone, "18.11.2026 09.00")
    assert ward.state(active) == "S4"
    assert "stay.discharge_undone_late" in ward.causes(active)


def test_a_number_registered_by_form_lifts_the_overlay(ward):
    person = ward.person(kind="HNR")
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    number = synthetic.person_number(BORN, "2", index=77)
    about = About(patient=PatientDetails(numbers=(Number("FNR", number),)))
    form(ward, stay, events.IdentityChanged, about=about)
    ward.work()
    assert ward.sent(stay) == ["INNLAGT"]
    assert Patient.objects.filter(organisation=ward.hospital).count() == 1


def test_a_planned_discharge_waits_for_its_time(ward, person, active):
    form(ward, active, events.Discharged, discharged_to="1", at=on("16.11.2026 14.00"))
    ward.until("16.11.2026 13.59")
    assert ward.state(active) == "S2"
    ward.until("16.11.2026 14.00")
    assert (ward.state(active), ward.sent(active)) == ("S4", ["INNLAGT", "UTSKREVET"])
    active.refresh_from_db()
    assert active.discharged_at == on("16.11.2026 14.00")


def test_a_planned_discharge_can_be_taken_back(ward, person, active):
    form(ward, active, events.Discharged, discharged_to="1", at=on("16.11.2026 14.00"))
    ward.says(person, events.DischargeUndone, "16.11.2026 13.00")
    ward.until("16.11.2026 18.00")
    assert (ward.state(active), ward.sent(active)) == ("S2", ["INNLAGT"])


# Written by the EPJ --------------------------------------------------------------------------------------------------


def written_by_epj(ward: Ward, stay: Stay, number: int = 0) -> bytes:
    """A document of the hospital, as if the EPJ had written it: one that the node wrote, in another store's life."""
    message = ward.messages(stay)[number]
    document = originals.read(message.original)
    return document.replace(message.msg_id_written.encode(), b"11111111-2222-4333-8444-%012d" % message.pk)


@pytest.fixture
def epj_document(ward: Ward, person: Person) -> bytes:
    """An M1 about the person, written before the EPJ took over the type; the stay that it came from is gone."""
    stay = ward.admit(person, "16.11.2026 07.00")
    ward.flag(person, "16.11.2026 07.01")
    document = written_by_epj(ward, stay)
    ward.discharge(person, "16.11.2026 07.30")
    MessageSetting.objects.create(organisation=ward.hospital, message_type="LOG_INNLAGT", written_by="epj")
    return document


def test_the_epjs_document_is_tied_to_what_was_expected(ward, person, epj_document):
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    assert ward.expected(stay) == [("M1", "due")]
    outcome = pass_on(epj_document, organisation=ward.hospital, now=ward.now)
    assert outcome.sent, outcome.findings
    ward.work()
    assert ward.expected(stay) == [("M1", "confirmed")]
    assert originals.read(outcome.message.original) == epj_document
    ward.until("16.11.2026 10.40")
    assert "stay.not_sent" not in ward.causes(stay)


def test_a_document_that_comes_late_closes_the_alarm(ward, person, epj_document):
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    ward.until("16.11.2026 10.40")
    assert ward.causes(stay) == ["stay.not_sent"]
    assert pass_on(epj_document, organisation=ward.hospital, now=ward.now).sent
    assert ward.causes(stay) == []


def test_the_epj_may_be_quicker_than_the_feed(ward, person, epj_document):
    stay = ward.admit(person, "16.11.2026 10.00")
    assert pass_on(epj_document, organisation=ward.hospital, now=ward.now).sent
    ward.flag(person, "16.11.2026 10.20")
    ward.until("16.11.2026 10.40")
    assert ward.sent(stay) == ["INNLAGT"]
    assert ward.expected(stay) == [("M1", "confirmed")]
    assert ward.causes(stay) == []


def test_a_document_that_the_routine_forbids_is_refused_with_a_task(ward, person, epj_document):
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    pass_on(epj_document, organisation=ward.hospital, now=ward.now)
    again = epj_document.replace(b"11111111-2222", b"99999999-2222")
    outcome = pass_on(again, organisation=ward.hospital, now=ward.now)
    assert [f.code for f in outcome.findings] == ["routine.duplicate"]
    assert "stay.epj_refused" in ward.causes(stay)
    assert pass_on(b"<x/>", organisation=ward.hospital, now=ward.now).findings[0].code == "stay.not_a_logistics_message"


# Receipts ------------------------------------------------------------------------------------------------------------


def test_a_rejected_message_is_no_longer_told_and_not_cancelled(ward, person):
    CounterpartFault.objects.create(organisation=ward.mun_a, mode="reject_e21", reason="Ukjent tjeneste")
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    assert ward.expected(stay) == [("M1", "rejected")]
    assert "rejected" in ward.timeline(stay)
    ward.says(person, events.AdmissionCancelled, "16.11.2026 11.00")
    assert ward.sent(stay) == ["INNLAGT"]


def test_a_rejected_m6_is_not_withdrawn(ward, person, active):
    fault = CounterpartFault.objects.create(
        organisation=ward.mun_a, mode="reject_e21", message_type="LOG_UTSKRIVNINGSKLAR"
    )
    ward.ready(person, "16.11.2026 11.00", "16.11.2026")
    assert ward.expected(active)[-1] == ("M6", "rejected")
    ward.says(person, events.ReadyCleared, "16.11.2026 12.00")
    fault.delete()
    ward.ready(person, "16.11.2026 13.00", "16.11.2026")
    assert ward.sent(active) == ["INNLAGT", "UTSKRIVNINGSKLAR", "UTSKRIVNINGSKLAR"]
    assert ward.course().state == "ready"


def test_a_silent_counterpart_leaves_the_message_unconfirmed(ward, person):
    CounterpartFault.objects.create(organisation=ward.mun_a, mode="silent")
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    assert ward.expected(stay) == [("M1", "sent")]
    ward.until("20.11.2026 10.21")
    assert ward.expected(stay) == [("M1", "unconfirmed")]


def test_the_time_of_receipt_is_kept(ward, person, active):
    row = active.expectations.get()
    assert row.confirmed_at == Delivery.objects.get(message=row.message).receipted_at
    assert Receipt.objects.filter(message=row.message).count() == 1


# Timers and deadlines ------------------------------------------------------------------------------------------------


def test_a_deadline_fires_once(ward, person, active):
    ward.until("17.11.2026 10.00")
    close_tasks(subject=f"stay:{active.pk}", how="done", now=ward.now)
    for _ in range(3):
        ward.work()
    assert BreachOfRoutine.objects.filter(code="A-09").count() == 1
    assert ward.causes(active) == []
    assert ward.timeline(active).count("deadline_missed") == 3  # F1 and F2 at once, F11 after 12 hours


def test_what_was_due_while_the_worker_was_down_is_caught_up(ward, person, active):
    ward.now = on("18.11.2026 12.00")
    ward.work()
    assert ward.clock(active, "F1").state == "missed"
    assert ward.breaches(active) == ["A-09"]


def test_no_need_stops_the_early_notice(ward, person, active):
    ward.says(person, events.NeedAssessed, "16.11.2026 12.00", value=False)
    ward.until("17.11.2026 11.00")
    assert ward.clock(active, "F1").state == "closed"
    assert ward.clock(active, "F11").state == "met"
    assert ward.breaches(active) == []


def test_an_early_notice_told_by_the_epj_meets_the_deadline(ward, person, active):
    ward.says(person, events.InformationSent, "16.11.2026 22.00", kind="early", received_at=on("16.11.2026 22.02"))
    ward.until("18.11.2026 12.00")
    assert ward.clock(active, "F1").state == "met"
    assert ward.breaches(active) == []


def test_an_early_notice_received_late_is_missed(ward, person, active):
    ward.until("17.11.2026 09.59")
    ward.says(
        person, events.InformationSent, kind="early", received_at=on("17.11.2026 10.05"), when=on("17.11.2026 09.59")
    )
    assert ward.clock(active, "F1").state == "missed"


def test_a_hospital_has_its_own_policy_from_a_day_on(ward, person):
    RoutinePolicy.objects.create(
        organisation=ward.hospital,
        name="Egen",
        base=OSTFOLD,
        valid_from=date(2026, 11, 16),
        changes={"early_notice_hours": 12},
    )
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    assert ward.clock(stay, "F1").due_at == on("16.11.2026 22.00")


# A feed that does not fit --------------------------------------------------------------------------------------------


def test_what_does_not_fit_is_visible_and_changes_nothing(ward, person, active):
    ward.discharge(person, "16.11.2026 13.00")
    close_tasks(subject=f"stay:{active.pk}", how="done", now=ward.now)
    done = ward.says(person, events.NeedAssessed, "16.11.2026 14.00", value=True)
    assert done.outcome == "impossible"
    assert ward.causes(active) == ["stay.not_applied"]
    assert "not_applied" in ward.timeline(active)
    assert ward.state(active) == "S4"


def test_a_later_event_opens_the_stay_that_was_never_told(ward, person):
    ward.now = on("16.11.2026 12.00")
    ward.visits[person.local] = "V77"
    about = {"admitted_at": on("16.11.2026 08.00"), "inpatient": True, "unit_code": "MED"}
    done = ward.flag(person, about=about)
    stay = Stay.objects.get(pk=done.stay_id)
    assert (stay.admitted_at, ward.sent(stay)) == (on("16.11.2026 08.00"), ["INNLAGT"])
    assert "opened_late" in ward.timeline(stay)


def test_an_unknown_visit_without_admission_time_is_a_task(ward, person):
    ward.visits[person.local] = "V77"
    assert ward.flag(person, about={"inpatient": True}).outcome == "no_stay"
    assert ward.causes() == ["stay.unknown_visit"]


def test_an_unknown_ward_gives_a_stay_and_a_task(ward, person):
    stay = ward.admit(person, "16.11.2026 10.00", "NYPOST")
    assert ward.causes(stay) == ["stay.unknown_unit"]
    ward.flag(person, "16.11.2026 10.20")
    assert stay.unit is None
    assert ward.expected(stay)[0][0] == "M1"


def test_what_could_not_be_sent_is_one_task_and_none_when_it_no_longer_matters(ward, person):
    stay = ward.admit(person, "16.11.2026 10.00", "NYPOST")
    ward.flag(person, "16.11.2026 10.20")
    assert ward.expected(stay) == [("M1", "due")]
    ward.until("16.11.2026 10.40")
    (task,) = [c for c in ward.causes(stay) if c != "stay.unknown_unit"]
    assert task.startswith("not_sent.")
    assert "deadline_missed" in ward.timeline(stay)
    ward.says(person, events.AdmissionCancelled, "16.11.2026 11.00")
    assert ward.expected(stay) == [("M1", "withdrawn")]
    assert not [c for c in ward.causes(stay) if c.startswith("not_sent.")]


def test_a_visit_that_turns_up_on_another_patient_is_not_touched(ward, person, active):
    other = ward.person()
    ward.visits[other.local] = ward.visits[person.local]
    assert ward.flag(other).outcome == "impossible"
    assert "stay.not_applied" in ward.causes()
    assert ward.sent(active) == ["INNLAGT"]


def test_a_synthetic_number_in_a_real_store_is_refused_with_a_task(ward, person):
    Store.objects.update(test=False)
    about = About(patient=person.details(), visit="V1", unit_code="MED", inpatient=True, source="adt:1")
    assert (
        apply(events.Admitted(at=ward.now, about=about), organisation=ward.hospital, now=ward.now).outcome == "refused"
    )
    assert ward.causes() == ["stay.synthetic_number"]
    assert not Patient.objects.exists()


def test_the_same_number_on_two_patients_is_a_task_and_merges_nobody(ward, person, active):
    other = ward.person()
    ward.admit(other, "16.11.2026 11.00")
    other.numbers = person.numbers
    ward.says(other, events.PatientUpdated, "16.11.2026 11.30")
    assert "stay.number_conflict" in ward.causes()
    assert Patient.objects.filter(organisation=ward.hospital, merged_into__isnull=True).count() == 2


def test_a_cancelled_visit_that_is_admitted_again_is_a_new_stay(ward, person, active):
    visit = ward.visits[person.local]
    ward.says(person, events.AdmissionCancelled, "16.11.2026 11.00")
    ward.says(person, events.Admitted, "16.11.2026 12.00", about={"unit_code": "MED", "inpatient": True})
    ward.flag(person, "16.11.2026 12.10")
    both = Stay.objects.filter(visit=visit).order_by("pk")
    assert [s.state for s in both] == ["S6", "S2"]
    assert ward.sent(both[1]) == ["INNLAGT"]


def test_an_agreement_that_begins_during_the_stay(ward):
    person = ward.person(municipality="9903")
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person, "16.11.2026 10.20")
    Agreement.objects.create(hospital=ward.hospital, municipality=ward.mun_z)
    ward.says(person, events.PatientUpdated, "16.11.2026 11.00")
    assert ward.sent(stay) == ["INNLAGT"]
    assert ward.causes(stay) == []


def test_psychiatry_sends_from_its_own_reception(ward, person):
    stay = ward.admit(person, "16.11.2026 10.00", "APS")
    ward.flag(person, "16.11.2026 10.20")
    assert ward.messages(stay)[0].own_her == "8002"


def test_a_failing_store_takes_everything_back(ward, person, monkeypatch):
    stay = ward.admit(person, "16.11.2026 10.00")
    lines = StayEvent.objects.count()

    def broken(*args: object, **values: object) -> None:
        raise ObjectDoesNotExist

    monkeypatch.setattr("samhandling.stays.applying.store_state", broken)
    with pytest.raises(ObjectDoesNotExist), transaction.atomic():
        ward.flag(person, "16.11.2026 10.20")
    assert StayEvent.objects.count() == lines
    assert Message.objects.count() == 0
    assert not Job.objects.filter(handler="exchange.deliver").exists()
    monkeypatch.undo()
    ward.flag(person, "16.11.2026 10.21")
    assert ward.sent(stay) == ["INNLAGT"]


def test_a_timeline_only_grows(ward, person, active):
    line = StayEvent.objects.first()
    for change in (line.save, line.delete):
        with pytest.raises(TimelineError):
            change()


def test_nothing_in_jobs_or_tasks_names_the_patient(ward, person, active):
    number = person.numbers[0].value
    texts = [str(j.payload) + (j.unique_name or "") for j in Job.objects.all()]
    texts += [t.text + t.unique_key + t.group_key for t in Task.objects.all()]
    texts += [str(e.data) for e in StayEvent.objects.all()] + [str(s.facts) for s in Stay.objects.all()]
    assert texts
    assert not any(number in text or "Prøvesen" in text for text in texts)


def test_two_organisations_on_one_node_do_not_mix(ward, person, active):
    other = Organisation.objects.create(name="Nabosykehuset", her_id="8900", kind="hospital", hosted=True)
    about = About(patient=person.details(), visit=ward.visits[person.local], unit_code="MED", inpatient=True)
    apply(events.Discharged(at=ward.now, about=about, discharged_to="1"), organisation=other, now=ward.now)
    assert ward.state(active) == "S2"


def test_the_state_survives_the_store(ward, person, active):
    ward.ready(person, "16.11.2026 11.00", "16.11.2026")
    active.refresh_from_db()
    state = load_state(active)
    assert (state.m6, state.ready_decided_by, state.ready_date) == ("told", DOCTOR, date(2026, 11, 16))
    assert state.early_due == on("17.11.2026 10.00")
