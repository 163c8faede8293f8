"""The municipality's course: folded from what it received, whatever the order of arrival."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from samhandling.exchange.models import Message
from samhandling.identity import synthetic
from samhandling.jobs.worker import run_due
from samhandling.patients.models import Patient
from samhandling.stays import coursing
from samhandling.stays.models import BreachOfRoutine, Course, CourseEvent
from samhandling.tasks.models import Task
from tests.store.exchange_world import BORN, CASES, HOUR, MINUTE, NOW, World, bring, document, make, uuids

pytestmark = pytest.mark.django_db

M1, M6, M7, M8 = "LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET"


@pytest.fixture
def world(monkeypatch) -> World:
    return make(monkeypatch)


def written(kinds: list[str], **more) -> list[bytes]:
    """Documents of a hospital outside the node, ten minutes apart."""
    ids = uuids()
    return [
        document(kind, msg_id=next(ids), generated_at=NOW + n * 10 * MINUTE, **more) for n, kind in enumerate(kinds)
    ]


def test_it_works(world):
    for data in written([M1, M6, M7, M6, M8]):
        bring(data, now=NOW + HOUR)
    course = Course.objects.get()
    assert (course.state, course.admitted_at, course.discharged_to) == ("out", NOW - HOUR, "1")
    assert (course.hospital_name, course.ward_name, course.ward_phone) == ("Virksomhet 7000", "Ortopedi", "69860001")
    assert course.patient == world.twin
    assert [e.kind for e in course.events.all()] == ["received"] * 5
    run_due(NOW + 2 * HOUR)
    assert not BreachOfRoutine.objects.exists()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_does_not_matter(world, order):
    documents = written([M1, M6, M7])
    for number in order:
        bring(documents[number], now=NOW + HOUR)
    assert Course.objects.get().state == "admitted"
    run_due(NOW + 2 * HOUR)
    assert not BreachOfRoutine.objects.exists()
    assert not Task.objects.filter(cause="course.order").exists()


def test_a_withdrawal_without_its_message_is_held_and_then_flagged(world):
    _, _, m7 = written([M1, M6, M7])
    bring(m7, now=NOW + HOUR)
    run_due(NOW + HOUR + 14 * MINUTE)
    assert not BreachOfRoutine.objects.exists()
    run_due(NOW + HOUR + 15 * MINUTE)
    assert BreachOfRoutine.objects.get().code == "A-08"
    assert Task.objects.get(cause="course.order").organisation == world.municipality


def test_two_m6_with_different_ids_are_both_kept_and_the_later_counts(world):
    for data in written([M1, M6, M6]):
        bring(data, now=NOW + HOUR)
    run_due(NOW + 2 * HOUR)
    assert BreachOfRoutine.objects.get().code == "A-05"
    assert Course.objects.get().state == "ready"
    assert Course.objects.get().messages.count() == 3


def test_a_cancellation_takes_its_message_away(world):
    ids = uuids()
    first = next(ids)
    bring(document(M1, msg_id=first))
    bring(document(M1, msg_id=next(ids), status="C", parent=first, conversation=first, generated_at=NOW + MINUTE))
    course = Course.objects.get()
    assert course.state == "unknown"
    assert {e.kind for e in course.events.all()} == {"received", "received_cancellation", "cancelled"}
    assert course.events.count() == 3


def test_a_cancellation_before_its_message(world):
    ids = uuids()
    first, second = next(ids), next(ids)
    bring(document(M1, msg_id=second, status="C", parent=first, conversation=first, generated_at=NOW + MINUTE))
    bring(document(M1, msg_id=first), now=NOW + HOUR)
    assert {c.state for c in Course.objects.all()} == {"unknown"}
    assert Course.objects.count() == 1


def test_discharge_without_admission_is_a_course_of_its_own(world):
    """Need only: no M1 was due (T05)."""
    (m8,) = written([M8])
    bring(m8)
    assert Course.objects.get().state == "out"
    run_due(NOW + HOUR)
    assert not BreachOfRoutine.objects.exists()


def test_someone_unknown_is_kept_as_known_from_messages_only(world):
    other = synthetic.person_number(BORN, "1", index=3)
    for data in written([M1, M6], number=other, family_name="Ukjentsen"):
        bring(data)
    course = Course.objects.get()
    assert course.state == "ready"
    assert course.patient is not None
    assert course.patient.provisional
    assert Patient.objects.filter(organisation=world.municipality, provisional=True).count() == 1


def test_two_people_whom_nobody_can_tell_apart_are_not_one_course(world):
    for data in written([M1], number=None, family_name="Hansen"):
        bring(data)
    for data in written([M6], number=None, family_name="Berg", receiver=("8100", CASES)):
        bring(data.replace(b"00000000-0000-4000-8000-000000000001", b"00000000-0000-4000-8000-000000000099"))
    assert Message.objects.filter(direction="in").count() == 2
    assert Course.objects.count() == 2


def test_a_message_read_twice_tells_once(world):
    for data in written([M1, M6]):
        bring(data)
    message = Message.objects.filter(type=M6).get()
    facts = coursing.read(message)
    assert facts is not None
    coursing.take(message, facts, now=NOW + HOUR)
    assert CourseEvent.objects.count() == 2
    assert Course.objects.get().messages.count() == 2


def test_a_second_stay_is_a_second_course(world):
    ids = uuids()
    bring(document(M1, msg_id=next(ids)))
    bring(document(M8, msg_id=next(ids), generated_at=NOW + MINUTE))
    later = NOW + timedelta(days=2)
    # The second admission: the same document, two days on.
    text = document(M1, msg_id=next(ids), generated_at=later).decode()
    day = (NOW - HOUR).date().isoformat()
    moved = text.replace(f'V="{day}', f'V="{(NOW - HOUR + timedelta(days=2)).date().isoformat()}')
    assert moved != text
    bring(moved.encode(), now=later)
    assert [c.state for c in Course.objects.order_by("admitted_at")] == ["out", "admitted"]


def test_a_logistics_message_to_a_hospital_is_a_breach_and_tells_no_course(world):
    bring(document(M1, msg_id=next(uuids()), receiver=("8000", "8001")))
    assert not Course.objects.exists()
    breach = BreachOfRoutine.objects.get()
    assert (breach.code, breach.organisation) == ("A-07", world.hospital)
