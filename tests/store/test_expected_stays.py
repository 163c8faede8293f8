"""The stay that a municipality announces (S0): from its admission report to the admission, or to nothing (T01, F8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.exchange.services import decide_not_ours
from samhandling.jobs.services import next_run_at
from samhandling.jobs.worker import run_due
from samhandling.patients import services as patients
from samhandling.registry.models import Agreement
from samhandling.stays.models import BreachOfRoutine, Deadline, Stay
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from tests.store.reports import bring_report
from tests.store.small_world import NOW, SmallWorld, admit, build, details

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def clock(stay: Stay, name: str) -> Deadline:
    return Deadline.objects.get(stay=stay, clock=name)


def until(hours: float) -> None:
    end = NOW + timedelta(hours=hours)
    while (following := next_run_at()) is not None and following <= end:
        run_due(max(following, NOW), strict=True)


def breaches() -> list[str]:
    return list(BreachOfRoutine.objects.values_list("code", flat=True))


@pytest.mark.parametrize("known", [True, False])
def test_t01_a_report_before_the_admission_is_an_expected_stay(world: SmallWorld, known: bool) -> None:
    if known:
        patients.register(details("Testine", "Prøvesen"), organisation_id=world.hospital.pk, now=NOW)
    message = bring_report()
    stay = Stay.objects.get()
    assert (stay.state, message.subject) == ("S0", stay.subject)
    assert stay.patient.provisional is not known
    assert (clock(stay, "F8").due_at - NOW) == timedelta(hours=48)
    assert breaches() == []


@pytest.mark.parametrize("known", [True, False])
def test_t02_the_admission_begins_the_expected_stay(world: SmallWorld, known: bool) -> None:
    if known:
        patients.register(details("Testine", "Prøvesen"), organisation_id=world.hospital.pk, now=NOW)
    message = bring_report(NOW - timedelta(hours=3))
    expected = Stay.objects.get()
    stay = admit(world)
    run_due(present(), strict=True)
    message.refresh_from_db()
    assert (stay.pk, stay.state, stay.visit != "", stay.unit) == (expected.pk, "S1", True, world.medicine)
    assert (message.patient_id, stay.patient.provisional) == (stay.patient_id, False)
    assert "unknown_patient" not in message.flags
    assert clock(stay, "F8").state == "met"
    assert [e.kind for e in stay.events.order_by("id")].count("report_attached") == 1
    until(60)
    stay.refresh_from_db()
    assert stay.state == "S1"


def test_f8_without_an_admission_it_is_put_away_and_that_is_no_breach(world: SmallWorld) -> None:
    bring_report()
    stay = Stay.objects.get()
    until(47)
    stay.refresh_from_db()
    assert stay.state == "S0"
    until(49)
    stay.refresh_from_db()
    assert (stay.state, clock(stay, "F8").state, breaches()) == ("S6", "closed", [])
    assert not Task.objects.filter(subject=stay.subject, closed_at=None).exists()
    # Whoever comes after that begins a stay of their own.
    assert admit(world).pk != stay.pk


def test_t01r_another_report_about_the_same_patient_is_the_same_stay(world: SmallWorld) -> None:
    first, second = bring_report(), bring_report(NOW + timedelta(hours=1))
    stay = Stay.objects.get()
    assert (first.subject, second.subject) == (stay.subject, stay.subject)
    assert (clock(stay, "F8").due_at - NOW) == timedelta(hours=48)


def test_t01_needs_an_agreement(world: SmallWorld) -> None:
    Agreement.objects.all().delete()
    message = bring_report()
    assert not Stay.objects.exists()
    assert message.subject == ""


def test_a18_an_admission_under_another_name_does_not_take_the_report(world: SmallWorld) -> None:
    message = bring_report(other_name="Annetnavn")
    expected = Stay.objects.get()
    stay = admit(world)
    run_due(present(), strict=True)
    message.refresh_from_db()
    expected.refresh_from_db()
    assert (message.subject, message.patient_id) == ("", None)
    assert (stay.pk != expected.pk, expected.state) == (True, "S6")


def test_a_report_that_was_not_for_us_announces_nobody(world: SmallWorld) -> None:
    message = bring_report()
    decide_not_ours(
        message.pk, organisation_id=world.hospital.pk, reason="wrong_addressee", user=world.responsible, now=NOW
    )
    run_due(NOW, strict=True)
    assert Stay.objects.get().state == "S6"
