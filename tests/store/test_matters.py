"""A matter: what belongs together, by reference, by guess and by hand; what counts now; ten thousand changes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samhandling.access.models import AuditEntry, User
from samhandling.access.roles import Role
from samhandling.access.services import add_role
from samhandling.exchange import matters
from samhandling.exchange.clearing import NotThisMessageError
from samhandling.exchange.models import Delivery, Message
from samhandling.exchange.services import cancel, decide_not_ours, part, tie
from samhandling.stays.models import Course
from samhandling.tasks.models import Task
from tests.samples import built
from tests.store.exchange_world import FNR, HOUR, MINUTE, NOW, World, bring, document, make, run, uuids
from tests.store.people import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch) -> World:
    return make(monkeypatch)


@pytest.fixture
def user(world: World) -> User:
    found = User.objects.create(username="siri", first_name="Siri", last_name="Moe")
    add_role(found, Role.CASE_HANDLER, world.municipality, now=NOW)
    return found


@pytest.fixture
def ids():
    return uuids()


def level(name: str, her: str) -> dict[str, str]:
    return {"name": name, "her_id": her}


HEAD = {
    "sender": {"organisation": level("Sykehuset", "7000"), "part": level("PLO-mottak", "7001")},
    "receiver": {"organisation": level("Testby kommune", "8100"), "part": level("Sykepleietjeneste", "8101")},
    "patient": {
        "family_name": "Nordmann", "given_name": "Ola", "birth_date": "1965-07-15", "sex": "1",
        "identifiers": [{"kind": "FNR", "number": FNR}],
    },
}  # fmt: skip
"""Who writes to whom about whom."""


def information(msg_id: str, at: datetime = NOW, *, first: str = "", parent: str = "", **more: Any) -> bytes:
    """An early notice, or with `first` a change of it, from a hospital outside the node."""
    changed = {"msg_id": msg_id, "generated_at": at.isoformat(), **HEAD}
    if first:
        changed |= {"conversation": first, "parent": parent or first}
    composed = built("HELSEOPPL_SOKNAD-endring" if first else "HELSEOPPL_SOKNAD", **{**changed, **more})
    assert composed.errors == ()
    return composed.data


def names(found: Any) -> list[str]:
    return [m.msg_id[-1] for m in found]


def own(world: World, user: User) -> dict[str, Any]:
    return {"organisation_id": world.municipality.pk, "user": user, "now": NOW + HOUR}


def open_tasks(message: Message | Delivery) -> list[str]:
    """Causes of open work that anybody has with that message or delivery, but to hear that it is gone."""
    mine = Task.objects.filter(closed_at__isnull=True, unique_key__contains=f":{message.pk}")
    told = ("message.cancelled", "receipt_not_delivered")
    return [task.cause for task in mine if task.cause not in told]


def test_it_gathers_versions_by_generation_time_whatever_the_order_of_arrival(world, ids):
    first, second, third = next(ids), next(ids), next(ids)
    bring(information(first))
    bring(information(third, NOW + 2 * MINUTE, first=first, parent=second))
    bring(information(second, NOW + MINUTE, first=first))
    for message in world.received():
        root = matters.root_of(message)
        assert root.msg_id == first
        assert names(matters.members(root)) == ["3", "2", "1"]
        assert matters.in_force(root).msg_id == third
    by_id = {m.msg_id: m for m in world.received()}
    assert matters.version_before(by_id[third]) == by_id[second]
    assert matters.version_before(by_id[second]) == by_id[first]
    assert matters.version_before(by_id[first]) is None


def test_a_change_before_its_original_is_one_matter_with_it(world, ids):
    first, second = next(ids), next(ids)
    bring(information(second, NOW + MINUTE, first=first))
    bring(information(first))
    assert {names(matters.members(matters.root_of(m)))[0] for m in world.received()} == {"2"}
    assert matters.in_force(matters.root_of(world.received()[0])).msg_id == second


def test_a_withdrawn_matter_has_nothing_in_force_and_leaves_no_work(world, ids):
    first, second = next(ids), next(ids)
    bring(document(msg_id=next(ids)))
    bring(information(first))
    bring(information(second, NOW + MINUTE, first=first))
    _, early, change = world.received()
    Task.objects.create(
        organisation=world.municipality, kind="read", cause="course.information", severity="normal", opened_at=NOW,
        subject=Course.objects.get().subject, unique_key=f"message:{early.pk}:read",
    )  # fmt: skip
    bring(built_cancellation(next(ids), NOW + 2 * MINUTE, first, second))
    for message in (early, change):
        message.refresh_from_db()
        assert message.state == "cancelled"
        assert open_tasks(message) == []
    assert matters.in_force(matters.root_of(early)) is None


def built_cancellation(msg_id: str, at: datetime, first: str, parent: str) -> bytes:
    return information(msg_id, at, first=first, parent=parent, status="C", cancel_reason="Feil pasient", change=None)


def test_a_message_that_was_withdrawn_before_it_came_gives_no_work(world, ids):
    bring(document(msg_id=next(ids)))
    first = next(ids)
    bring(built_cancellation(next(ids), NOW + MINUTE, first, first))
    bring(information(first))
    [early] = Message.objects.filter(msg_id=first)
    assert early.state == "cancelled"
    assert open_tasks(early) == []


def test_what_was_asked_for_a_message_we_withdrew_is_asked_no_more(world):
    world.line.passages = lambda envelope: ()
    sent = world.send("LOG_UTSKRIVNINGSKLAR")
    run(NOW + HOUR)
    assert open_tasks(Delivery.objects.get(message=sent)) == ["A-01"]
    assert cancel(sent, reason="Feil pasient", now=NOW + HOUR).message is not None
    run(NOW + 97 * HOUR)
    assert not Task.objects.filter(closed_at__isnull=True, subject=f"message:{sent.pk}").exists()


def test_a_request_that_is_not_ours_gives_no_work(world, user, ids):
    asked = built(
        "DIALOG_FORESPORSEL", msg_id=next(ids), receiver=HEAD["receiver"], sender=HEAD["sender"],
        patient=HEAD["patient"], generated_at=NOW.isoformat(),
    )  # fmt: skip
    bring(document(msg_id=next(ids)))
    bring(asked.data)
    [request] = Message.objects.filter(type="DIALOG_FORESPORSEL")
    assert "course.request" in [task.cause for task in Task.objects.filter(closed_at__isnull=True)]
    decide_not_ours(request.pk, reason="Feil kommune", **own(world, user))
    run(NOW + HOUR)
    causes = [task.cause for task in Task.objects.filter(closed_at__isnull=True)]
    assert "course.request" not in causes
    assert "message.not_ours" in causes


def test_references_in_a_circle_end(world, ids):
    first, second = next(ids), next(ids)
    bring(information(first, first=second))
    bring(information(second, NOW + MINUTE, first=first))
    one, two = world.received()
    assert matters.root_of(one) == matters.root_of(two)
    assert set(names(matters.members(matters.root_of(one)))) == {"1", "2"}


def test_a_cancellation_tied_by_guess_can_be_parted_and_the_message_counts_again(world, user, ids):
    bring(document(msg_id=next(ids)))
    bring(document(msg_id=next(ids), status="C", generated_at=NOW + MINUTE))
    original, withdrawal = world.received()
    assert (original.state, withdrawal.tied) == ("cancelled", "guess")
    part(withdrawal.pk, original.pk, **own(world, user))
    run(NOW + HOUR)
    original, withdrawal = world.received()
    assert (original.state, original.cancelled_by, withdrawal.state) == ("taken", None, "held")
    assert not Course.objects.get().messages.get(message=original).cancelled
    assert not Task.objects.filter(cause="message.cancelled", closed_at__isnull=True).exists()
    assert Task.objects.filter(cause="A-17", closed_at__isnull=True).exists()
    assert matters.proposed(withdrawal) == []
    # Nothing that comes later ties the two again.
    bring(document(msg_id=next(ids), generated_at=NOW + 30 * MINUTE, number=None, family_name="Annen"))
    original, withdrawal, _ = world.received()
    assert (original.state, withdrawal.state) == ("taken", "held")


def test_a_message_without_reference_is_proposed_and_tied_by_hand(world, user, ids):
    bring(document(msg_id=next(ids)))
    bring(document(msg_id=next(ids), generated_at=NOW + MINUTE))
    bring(document(msg_id=next(ids), status="C", generated_at=NOW + 2 * MINUTE))
    first, second, held = world.received()
    assert matters.proposed(first) == [held]
    assert matters.proposed(held) == [second, first]
    part(held.pk, first.pk, **own(world, user))
    assert matters.proposed(first) == []
    tie(second.pk, held.pk, **own(world, user))
    run(NOW + HOUR)
    first, second, held = world.received()
    assert [m.state for m in (first, second, held)] == ["taken", "cancelled", "taken"]
    assert matters.root_of(held) == second
    assert held.tied == "person"


def test_what_the_sender_has_named_is_not_parted(world, user, ids):
    first, second = next(ids), next(ids)
    bring(information(first))
    bring(information(second, NOW + MINUTE, first=first))
    one, two = world.received()
    with pytest.raises(NotThisMessageError):
        part(two.pk, one.pk, **own(world, user))


def test_one_change_more_costs_the_same_however_long_the_series(world, ids):
    first = next(ids)
    bring(information(first))
    costs = []
    for number in range(1, 31):
        document_of = information(next(ids), NOW + number * MINUTE, first=first)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            bring(document_of, now=NOW + number * MINUTE)
        costs.append(len(asked))
    assert max(costs[10:]) <= max(costs[2:10]) + 2, costs
    assert Message.objects.filter(state="taken").count() == 1


@pytest.fixture
def long_series(world, ids) -> Message:
    """Ten thousand changes in the store, the newest with a document of its own."""
    first = next(ids)
    bring(information(first))
    [root] = world.received()
    fields = {f.attname: getattr(root, f.attname) for f in Message._meta.concrete_fields if f.name != "id"}
    rows = [
        Message(**{
            **fields, "msg_id": f"change-{number}", "msg_id_written": f"change-{number}", "status": "M",
            "first_id": root.pk, "refers_to_id": root.pk, "ref_conversation": first, "state": "replaced",
            "tied": "reference", "generated_at": NOW + number * MINUTE, "subject": root.subject,
        })
        for number in range(1, 10_001)
    ]  # fmt: skip
    Message.objects.bulk_create(rows, batch_size=500)
    Message.objects.filter(msg_id="change-10000").update(state="taken")
    Message.objects.filter(pk=root.pk).update(state="replaced")
    return root


def test_ten_thousand_changes_are_one_matter_page_by_page(world, user, long_series):
    client = logged_in(user)
    with CaptureQueriesContext(connection) as asked:
        body = client.get(f"/melding/{long_series.pk}/sak/").content.decode()
    assert len(asked) < 60
    assert body.count('class="matter__entry') == 30
    assert "Side 1 av 334" in body
    assert "Dette gjelder nå" in body
    last = client.get(f"/melding/{long_series.pk}/sak/?side=334").content.decode()
    assert f'id="melding-{long_series.pk}"' in last
    # And one that comes on top is taken in without reading them all.
    bring(information("00000000-0000-4000-8000-00000000ffff", NOW + 20_000 * MINUTE, first=long_series.msg_id))
    newest = Message.objects.get(msg_id__endswith="ffff")
    assert matters.in_force(long_series) == newest
    assert client.get(f"/melding/{newest.pk}/").status_code == 200


def marked(tag: str, body: str) -> list[str]:
    """What stands inside such marks on a page, as a screen reader says it."""
    return [" ".join(re.sub("<.*?>", "", text).split()) for text in re.findall(f"<{tag}>(.*?)</{tag}>", body, re.S)]


def test_the_page_shows_what_changed_and_logs_the_reading(world, user, ids):
    first, second = next(ids), next(ids)
    bring(information(first, patient_status="Brudd i venstre håndledd. Får smertestillende."))
    change = {"patient_status": "Brudd i høyre håndledd. Får smertestillende.", "change": "Feil side."}
    bring(information(second, NOW + MINUTE, first=first, **change))
    early, newest = world.received()
    body = logged_in(user).get(f"/melding/{early.pk}/sak/").content.decode()
    assert "fjernet: venstre" in marked("del", body)
    assert "lagt til: høyre" in marked("ins", body)
    assert "Erstattet av en nyere" in body
    assert AuditEntry.objects.filter(action="message.read", subject=f"message:{newest.pk}").exists()
    alone = logged_in(user).get(f"/melding/{newest.pk}/endringer/").content.decode()
    assert "venstre" in alone
    assert logged_in(user).get(f"/melding/{early.pk}/endringer/").status_code == 404


def test_tying_and_parting_on_the_page(world, user, ids):
    bring(document(msg_id=next(ids)))
    bring(document(msg_id=next(ids), generated_at=NOW + MINUTE))
    bring(document(msg_id=next(ids), status="C", generated_at=NOW + 2 * MINUTE))
    first, _, held = world.received()
    client = logged_in(user)
    assert "Knytt hit" in client.get(f"/melding/{first.pk}/sak/").content.decode()
    client.post(f"/melding/{first.pk}/sak/knytt/", {"melding": held.pk})
    run(NOW)
    body = client.get(f"/melding/{first.pk}/sak/").content.decode()
    assert "Saken er trukket tilbake" in body
    assert "Knyttet hit av en person" in body
    client.post(f"/melding/{first.pk}/sak/skill/", {"melding": held.pk})
    run(NOW)
    assert "Dette gjelder nå" in client.get(f"/melding/{first.pk}/sak/").content.decode()
