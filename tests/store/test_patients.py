"""Patients of one organisation: registering, numbers with history, matching, merging, protection."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from samhandling.identity import synthetic
from samhandling.organisations.models import Organisation
from samhandling.patients import merging, services
from samhandling.patients.models import Patient, PatientMerge, PatientNumber
from samhandling.patients.values import Number, PatientDetails
from samhandling.store.services import RealStoreError, mark_as_test
from samhandling.tasks.models import Task
from samhandling.tasks.services import open_task

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
BORN = date(1965, 7, 15)
FNR = synthetic.person_number(BORN, "1")
OTHER_FNR = synthetic.person_number(BORN, "1", index=1)
DNR = synthetic.person_number(BORN, "1", kind="DNR")
HNR = synthetic.help_number(BORN, "1")


@pytest.fixture(autouse=True)
def test_store():
    mark_as_test(machine_now=NOW)


@pytest.fixture
def hospital() -> Organisation:
    return Organisation.objects.create(name="Testsykehuset", her_id="100", kind="hospital", hosted=True)


def details(*numbers: tuple[str, str], family: str = "Olsen", given: str = "Kari", **more) -> PatientDetails:
    return PatientDetails(
        numbers=tuple(Number(kind, value) for kind, value in numbers), family_name=family, given_name=given, **more
    )


def register(given: PatientDetails, hospital: Organisation, now: datetime = NOW) -> services.Registered:
    return services.register(given, organisation_id=hospital.pk, now=now)


def test_it_works(hospital):
    done = register(details(("LOCAL", "4711"), ("FNR", FNR)), hospital)
    assert done.created
    assert services.find(details(("FNR", f"{FNR[:6]} {FNR[6:]}")), organisation_id=hospital.pk) == done.patient
    assert services.identifiers(done.patient) == [Number("FNR", FNR)]
    assert services.id_class(done.patient) == "FNR"
    assert (done.patient.birth_date, done.patient.sex) == (BORN, "1")


def test_the_store_holds_no_number_in_clear(hospital):
    register(details(("LOCAL", "4711"), ("FNR", FNR)), hospital)
    with connection.cursor() as cursor:
        cursor.execute('SELECT kind, sealed, "index", issuer FROM patients_patientnumber')
        rows = cursor.fetchall()
    assert len(rows) == 2
    assert not any(FNR in str(bytes(c) if isinstance(c, memoryview) else c) for row in rows for c in row)
    assert FNR not in repr(details(("FNR", FNR)))


def test_registering_again_updates_and_empties_nothing(hospital):
    first = register(details(("FNR", FNR), municipality_number="3101", protection="7"), hospital).patient
    again = register(details(("FNR", FNR), family="Berg", given=""), hospital, LATER)
    assert (again.patient.pk, again.created, again.numbers_changed) == (first.pk, False, False)
    assert (again.patient.family_name, again.patient.given_name) == ("Berg", "Kari")
    assert (again.patient.municipality_number, again.patient.protection) == ("3101", "7")


def test_the_ordinary_number_replaces_the_help_number_which_stays_searchable(hospital):
    patient = register(details(("LOCAL", "4711"), ("HNR", HNR)), hospital).patient
    assert services.id_class(patient) == "H"
    done = register(details(("LOCAL", "4711"), ("FNR", FNR)), hospital, LATER)
    assert done.numbers_changed
    assert services.id_class(done.patient) == "FNR"
    old = PatientNumber.objects.get(kind="HNR")
    assert old.valid_to == LATER
    assert services.search(HNR, organisation_id=hospital.pk) == [patient]
    assert not register(details(("LOCAL", "4711"), ("HNR", HNR), ("FNR", FNR)), hospital, LATER).numbers_changed


def test_a_help_number_first_seen_beside_the_ordinary_one_is_kept_as_past(hospital):
    patient = register(details(("FNR", FNR), ("HNR", HNR)), hospital).patient
    assert services.identifiers(patient) == [Number("FNR", FNR)]
    assert PatientNumber.objects.get(kind="HNR").valid_to is not None


def test_a_broken_number_never_replaces_a_right_one(hospital):
    broken = FNR[:-1] + str((int(FNR[-1]) + 1) % 10)
    patient = register(details(("LOCAL", "1"), ("FNR", broken)), hospital).patient
    assert services.id_class(patient) == "NONE"
    assert services.identifiers(patient) == []
    register(details(("LOCAL", "1"), ("FNR", FNR)), hospital)
    register(details(("LOCAL", "1"), ("FNR", broken)), hospital)
    assert services.identifiers(Patient.objects.get()) == [Number("FNR", FNR)]


def test_a_number_of_another_patient_is_a_conflict_and_moves_nothing(hospital):
    first = register(details(("LOCAL", "1"), ("FNR", FNR)), hospital).patient
    second = register(details(("LOCAL", "2"), ("HNR", HNR)), hospital).patient
    done = register(details(("LOCAL", "2"), ("FNR", FNR)), hospital, LATER)
    assert (done.patient, done.conflicts) == (second, (first.pk,))
    assert services.id_class(done.patient) == "H"
    assert services.find(details(("FNR", FNR)), organisation_id=hospital.pk) == first


def test_a_number_that_somebody_had_once_is_no_conflict(hospital):
    register(details(("LOCAL", "1"), ("FNR", FNR)), hospital)
    register(details(("LOCAL", "1"), ("FNR", OTHER_FNR)), hospital, LATER)
    done = register(details(("LOCAL", "2"), ("FNR", FNR)), hospital, LATER)
    assert (done.created, done.conflicts) == (True, ())
    assert services.id_class(done.patient) == "FNR"


def test_a_number_without_type_is_what_its_digits_say(hospital):
    patient = register(details(("", FNR), ("", "A-17")), hospital).patient
    assert sorted(row.kind for row in patient.numbers.all()) == ["FNR", "LOCAL"]
    assert register(details(("FNR", FNR)), hospital).patient == patient


def test_organisations_do_not_see_each_others_patients(hospital):
    other = Organisation.objects.create(name="Testkommunen", her_id="200", kind="municipality", hosted=True)
    register(details(("FNR", FNR)), hospital)
    assert services.find(details(("FNR", FNR)), organisation_id=other.pk) is None
    assert services.match(details(("FNR", FNR)), organisation_id=other.pk).outcome == "unknown"
    assert services.search("Olsen", organisation_id=other.pk) == []


def test_matching_a_document(hospital):
    patient = register(details(("FNR", FNR)), hospital).patient
    match = services.match(details(("FNR", FNR)), organisation_id=hospital.pk)
    assert (match.outcome, match.patient_id) == ("matched", patient.pk)
    by_name = services.match(details(birth_date=BORN, sex="1"), organisation_id=hospital.pk)
    assert (by_name.outcome, by_name.candidates) == ("manual", (patient.pk,))


def test_nothing_to_know_a_person_by(hospital):
    with pytest.raises(services.NoIdentityError):
        register(PatientDetails(family_name="Olsen"), hospital)
    assert not Patient.objects.exists()


def test_merge_lets_numbers_and_work_follow_and_keeps_the_history(hospital):
    keep = register(details(("LOCAL", "1"), ("FNR", FNR)), hospital).patient
    gone = register(details(("LOCAL", "2"), ("HNR", HNR), municipality_number="3101", protection="6"), hospital).patient
    task = open_task(organisation=hospital, kind="call", cause="x", severity="low", now=NOW, patient=gone)
    merging.merge(keep=keep, gone=gone, now=LATER, source="adt:1")
    kept = Patient.objects.get(pk=keep.pk)
    assert (kept.municipality_number, kept.protection) == ("3101", "6")
    assert services.id_class(kept) == "FNR"
    assert services.find(details(("LOCAL", "2")), organisation_id=hospital.pk) == kept
    assert services.find(details(("HNR", HNR)), organisation_id=hospital.pk) == kept
    assert Task.objects.get(pk=task.pk).patient == kept
    assert PatientMerge.objects.get().moved == {"patients.patientnumber": 2, "tasks.task": 1}
    assert services.current(gone.pk) == kept
    with pytest.raises(merging.MergeError):
        merging.merge(keep=keep, gone=gone, now=LATER)


def test_merging_away_the_row_with_the_ordinary_number(hospital):
    keep = register(details(("LOCAL", "1"), ("HNR", HNR)), hospital).patient
    gone = register(details(("LOCAL", "2"), ("FNR", FNR)), hospital).patient
    merging.merge(keep=keep, gone=gone, now=LATER)
    assert services.identifiers(Patient.objects.get(pk=keep.pk)) == [Number("FNR", FNR)]


def test_a_real_store_refuses_synthetic_numbers(hospital):
    from samhandling.store.models import Store

    Store.objects.update(test=False)
    with pytest.raises(RealStoreError):
        register(details(("FNR", FNR)), hospital)
    assert not Patient.objects.exists()


def test_job_keys_tell_nothing_and_are_the_same_however_written(hospital):
    key = services.patient_key(hospital.pk, FNR)
    assert key == services.patient_key(hospital.pk, f"{FNR[:6]} {FNR[6:]}")
    assert FNR not in key
    assert key != services.patient_key(hospital.pk + 1, FNR)
    assert key != services.patient_key(hospital.pk, OTHER_FNR)


def test_search_by_name_knows_norwegian_letters(hospital):
    patient = register(details(("DNR", DNR), family="Østby Åsen", given="Pål"), hospital).patient
    for words in ("østby", "ÅSEN", "pål øst", "Åsen Pål"):
        assert services.search(words, organisation_id=hospital.pk) == [patient]
    assert services.search("stby", organisation_id=hospital.pk) == []
