"""What people clear up: whose message it is, by two where numbers differ; held cancellations; what is not ours."""

from __future__ import annotations

import pytest

from samhandling.access.models import User
from samhandling.errors import NotFoundError
from samhandling.exchange import originals
from samhandling.exchange.clearing import NotThisMessageError
from samhandling.exchange.matching import SamePersonError, identity_in
from samhandling.exchange.models import MessageEvent, NotOurs
from samhandling.exchange.not_ours import ReasonMissingError, TooEarlyError
from samhandling.exchange.services import (
    assign_patient,
    confirm_patient,
    decide_not_ours,
    decide_ours,
    remove_content,
    tie,
    undo_match,
)
from samhandling.identity import synthetic
from samhandling.patients.services import identifiers, register
from samhandling.patients.values import Number, PatientDetails
from samhandling.stays.models import Course
from samhandling.tasks.models import Task
from tests.store.exchange_world import BORN, HOUR, MINUTE, NOW, bring, document, known_in, make, run, uuids

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch):
    return make(monkeypatch)


@pytest.fixture
def user(world):
    return User.objects.create(username="kari")


@pytest.fixture
def other(world):
    return User.objects.create(username="ola")


@pytest.fixture
def ids():
    return uuids()


def open_causes() -> list[str]:
    found = Task.objects.filter(closed_at__isnull=True).exclude(cause="receipt_not_delivered")
    return sorted(found.values_list("cause", flat=True))


def test_a_person_says_whose_message_it_is(world, user, ids):
    bring(document(msg_id=next(ids), number=None))
    [came] = world.received()
    assign_patient(came.pk, world.twin, user=user, now=NOW + HOUR)
    [came] = world.received()
    assert (came.patient, came.flags) == (world.twin, [])
    assert not [cause for cause in open_causes() if cause.startswith("patient.")]
    event = MessageEvent.objects.get(message=came, kind="message.patient_assigned")
    assert (event.at, event.detail) == (NOW + HOUR, f"user {user.pk}")


def test_never_to_a_patient_of_another_organisation(world, user, ids):
    bring(document(msg_id=next(ids), number=None))
    with pytest.raises(NotFoundError):
        assign_patient(world.received()[0].pk, known_in(world.hospital), user=user, now=NOW)


def test_a_person_ties_a_cancellation_without_reference(world, user, ids):
    bring(document(msg_id=next(ids)))
    bring(document(msg_id=next(ids), generated_at=NOW + MINUTE))
    bring(document(msg_id=next(ids), status="C", generated_at=NOW + 2 * MINUTE))
    first, second, held = world.received()
    assert held.state == "held"
    tie(held.pk, second.pk, organisation_id=world.municipality.pk, user=user, now=NOW + HOUR)
    run(NOW + HOUR)
    first, second, held = world.received()
    assert [m.state for m in (first, second, held)] == ["taken", "cancelled", "taken"]
    assert (second.cancelled_by, held.refers_to) == (held, second)
    assert "A-17" not in open_causes()
    with pytest.raises(NotThisMessageError):
        tie(held.pk, first.pk, organisation_id=world.municipality.pk, user=user, now=NOW)


def test_not_to_another_type_or_sender(world, user, ids):
    bring(document("LOG_UTSKREVET", msg_id=next(ids)))
    bring(document(msg_id=next(ids), sender=("6000", "6001")))
    bring(document(msg_id=next(ids), status="C", generated_at=NOW + MINUTE))
    *others, held = world.received()
    for other in (*others, held):
        with pytest.raises(NotThisMessageError):
            tie(held.pk, other.pk, organisation_id=world.municipality.pk, user=user, now=NOW)
    with pytest.raises(NotFoundError):
        tie(held.pk, others[0].pk, organisation_id=world.hospital.pk, user=user, now=NOW)


OTHER_NUMBER = synthetic.person_number(BORN, "1", index=7)


def own(world, user, now=NOW):
    """What every decision is told: whose message, who decides, and when."""
    return {"organisation_id": world.municipality.pk, "user": user, "now": now}


def test_where_numbers_differ_a_second_person_confirms(world, user, other, ids):
    bring(document(msg_id=next(ids), number=OTHER_NUMBER))
    [came] = world.received()
    assert "manual_match" in came.flags
    assign_patient(came.pk, world.twin, user=user, now=NOW + HOUR)
    run(NOW + HOUR)
    [came] = world.received()
    assert came.patient == world.twin
    assert "unconfirmed_patient" in came.flags
    assert "patient.unconfirmed" in open_causes()
    with pytest.raises(SamePersonError):
        confirm_patient(came.pk, **own(world, user, NOW + HOUR))
    confirm_patient(came.pk, **own(world, other, NOW + 2 * HOUR))
    run(NOW + 2 * HOUR)
    [came] = world.received()
    assert "unconfirmed_patient" not in came.flags
    assert "patient.unconfirmed" not in open_causes()
    with pytest.raises(NotThisMessageError):
        confirm_patient(came.pk, **own(world, other, NOW + 2 * HOUR))


def test_a_help_number_here_and_an_ordinary_one_in_the_message(world, user, other, ids):
    """RECV-36, case 17b: taken with a positive receipt, matched by a person, confirmed by another; both numbers stay."""
    number = synthetic.help_number(BORN, "1")
    theirs = PatientDetails(
        numbers=(Number("HNR", number),), family_name="Hjelpesen", given_name="Ola", birth_date=BORN, sex="1"
    )
    helped = register(theirs, organisation_id=world.municipality.pk, now=NOW).patient
    bring(document(msg_id=next(ids), number=OTHER_NUMBER, family_name="Hjelpesen"))
    [came] = world.received()
    assert came.receipts.get().status == "1"
    assert (came.patient, "manual_match" in came.flags, "id_mismatch" in came.flags) == (None, True, True)
    assign_patient(came.pk, helped, user=user, now=NOW)
    assert "unconfirmed_patient" in world.received()[0].flags
    confirm_patient(came.pk, **own(world, other))
    assert [n.value for n in identifiers(helped)] == [number]
    assert identity_in(world.received()[0]).numbers[0].value == OTHER_NUMBER


def test_a_wrong_match_is_undone_and_its_course_is_nobodys_again(world, user, other, ids):
    bring(document(msg_id=next(ids), number=OTHER_NUMBER))
    [came] = world.received()
    assign_patient(came.pk, world.twin, user=user, now=NOW)
    run(NOW)
    assert Course.objects.get().patient == world.twin
    undo_match(came.pk, **own(world, other, NOW + HOUR))
    run(NOW + HOUR)
    [came] = world.received()
    assert (came.patient, came.matched_by) == (None, None)
    assert "manual_match" in came.flags
    assert Course.objects.get().patient is None
    assert "patient.manual" in open_causes()
    right = known_in(world.municipality, OTHER_NUMBER)
    assign_patient(came.pk, right, user=other, now=NOW + 2 * HOUR)
    run(NOW + 2 * HOUR)
    [came] = world.received()
    assert came.flags == []
    assert Course.objects.get().patient == right


def test_a_message_matched_by_number_has_no_match_to_undo(world, user, ids):
    bring(document(msg_id=next(ids)))
    with pytest.raises(NotThisMessageError):
        undo_match(world.received()[0].pk, **own(world, user))


def test_what_is_not_ours_is_locked_at_once_and_deleted_a_week_later_by_another(world, user, other, ids):
    week = NOW + 7 * 24 * HOUR
    bring(document(msg_id=next(ids)))
    [came] = world.received()
    with pytest.raises(ReasonMissingError):
        decide_not_ours(came.pk, reason=" ", **own(world, user))
    with pytest.raises(NotThisMessageError):
        remove_content(came.pk, **own(world, other, week))
    decide_not_ours(came.pk, reason="Feil kommune", **own(world, user))
    run(NOW)
    [came] = world.received()
    assert came.state == "locked"
    with pytest.raises(originals.ContentLockedError):
        originals.read(came.original)
    assert open_causes() == ["message.not_ours"]
    with pytest.raises(TooEarlyError):
        remove_content(came.pk, **own(world, other, week - MINUTE))
    with pytest.raises(SamePersonError):
        remove_content(came.pk, **own(world, user, week))
    remove_content(came.pk, **own(world, other, week))
    run(week)
    [came] = world.received()
    assert came.state == "removed"
    with pytest.raises(originals.ContentRemovedError):
        originals.read(came.original)
    decision = NotOurs.objects.get(message=came)
    assert (decision.reason, decision.decided_by, decision.removed_by) == ("Feil kommune", user, other)
    assert open_causes() == []
    bring(document(msg_id=came.msg_id))
    assert world.received()[0].duplicates == 1


def test_the_decision_can_be_taken_back_and_the_message_counts_again(world, user, other, ids):
    bring(document(msg_id=next(ids)))
    [came] = world.received()
    decide_not_ours(came.pk, reason="Feil kommune", **own(world, user))
    run(NOW)
    assert Course.objects.get().messages.get().cancelled
    decide_ours(came.pk, **own(world, other, NOW + HOUR))
    run(NOW + HOUR)
    [came] = world.received()
    assert (came.state, came.flags) == ("taken", [])
    assert originals.read(came.original)
    assert not Course.objects.get().messages.get().cancelled
    assert not NotOurs.objects.exists()
