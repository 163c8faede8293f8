"""What people clear up: unknown patients, held cancellations, content that is not ours."""

from __future__ import annotations

import pytest

from samhandling.access.models import User
from samhandling.errors import NotFoundError
from samhandling.exchange import originals
from samhandling.exchange.clearing import NotThisMessageError, ReasonMissingError
from samhandling.exchange.models import MessageEvent
from samhandling.exchange.services import assign_patient, remove_content, tie
from samhandling.tasks.models import Task
from tests.store.exchange_world import HOUR, MINUTE, NOW, bring, document, known_in, make, run, uuids

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch):
    return make(monkeypatch)


@pytest.fixture
def user(world):
    return User.objects.create(username="kari")


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


def test_content_that_is_not_ours_goes_and_the_decision_stays(world, user, ids):
    bring(document(msg_id=next(ids)))
    [came] = world.received()
    with pytest.raises(ReasonMissingError):
        remove_content(came.pk, organisation_id=world.municipality.pk, reason=" ", user=user, now=NOW)
    remove_content(came.pk, organisation_id=world.municipality.pk, reason="Feil kommune", user=user, now=NOW + HOUR)
    [came] = world.received()
    assert came.state == "removed"
    with pytest.raises(originals.ContentRemovedError):
        originals.read(came.original)
    bring(document(msg_id=came.msg_id))
    assert world.received()[0].duplicates == 1
