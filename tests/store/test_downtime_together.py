"""D-19 and four eyes: outages that overlap are counted together, and a second person approves what is announced."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.downtime import approving, services
from samhandling.downtime.models import DowntimePolicyChange, Outage, OutageEntry
from samhandling.downtime.rules.life import State
from samhandling.downtime.rules.policy import GROUPS
from samhandling.jobs.worker import run_due
from samhandling.store.services import set_clock
from samhandling.tasks.models import Task
from tests.smtp_server import Letters
from tests.store.small_world import SmallWorld
from tests.store.test_downtime import KNOWN, acute, letters, planned, scheduled, subjects, world
from tests.store.test_downtime_pages import client_of, text_of
from tests.unit.test_downtime_plan import at

__all__ = ["letters", "world"]
pytestmark = pytest.mark.django_db


def test_D_19_two_short_ones_that_overlap_are_both_announced(world: SmallWorld, letters: Letters) -> None:
    first = scheduled(world, planned("18.11. 09:00", "18.11. 09:40"))
    assert not first.actions.filter(notice__startswith="planned").exists(), "forty minutes alone need no notice"
    draft = services.register(
        world.hospital, planned("18.11. 09:30", "18.11. 10:10"), user=world.responsible, now=at(KNOWN)
    )
    shown = text_of(client_of(world.responsible).get(reverse("downtime:outage", args=[draft.pk])))
    assert "Overlapper en annen stans" in shown, "it is said before it is decided"
    second = services.schedule(draft.pk, user=world.responsible, now=at(KNOWN))
    assert second.together
    run_due(at(KNOWN) + timedelta(minutes=1))
    first.refresh_from_db()
    assert first.together
    assert OutageEntry.objects.filter(outage=first, what="together", rule="D-19").count() == 1
    run_due(at("17.11. 11:00"))
    assert len(letters.got) == 2 * len(GROUPS), "one notice for each cause"
    page = text_of(client_of(world.responsible).get(reverse("downtime:outage", args=[first.pk])))
    assert "18.11.2026 kl. 9.30" in page or "09.30" in page
    run_due(at("18.11. 07:00"))
    assert len(letters.got) == 4 * len(GROUPS)


def test_D_19_not_when_they_do_not_overlap_or_are_at_different_counterparts(
    world: SmallWorld, letters: Letters
) -> None:
    scheduled(world, planned("18.11. 09:00", "18.11. 09:40", municipalities=("9901",)))
    apart = scheduled(world, planned("18.11. 13:00", "18.11. 13:40", municipalities=("9901",)))
    other = scheduled(world, planned("18.11. 09:30", "18.11. 10:10", municipalities=("9902",)))
    run_due(at("18.11. 12:00"))
    assert letters.got == []
    assert not Outage.objects.filter(pk__in=(apart.pk, other.pk), together=True).exists()


def test_D_19_through_all_municipalities(world: SmallWorld, letters: Letters) -> None:
    one = scheduled(world, planned("18.11. 09:00", "18.11. 09:40", municipalities=("9901",)))
    scheduled(world, planned("18.11. 09:30", "18.11. 10:10"))
    run_due(at("17.11. 11:00"))
    one.refresh_from_db()
    assert (one.together, one.announced) == (True, True)


def test_D_19_an_acute_one_makes_a_planned_one_notifiable(world: SmallWorld, letters: Letters) -> None:
    scheduled(world, planned("16.11. 11:00", "16.11. 11:50"))
    row = services.announce_acute(
        world.hospital, acute("16.11. 10:10", "16.11. 11:05"), user=world.responsible, now=at(KNOWN)
    )
    run_due(at(KNOWN) + timedelta(minutes=1))
    assert row.together
    assert len(letters.got) == 2 * len(GROUPS)


def test_D_19_no_longer_when_the_other_is_cancelled(world: SmallWorld, letters: Letters) -> None:
    first = scheduled(world, planned("18.11. 09:00", "18.11. 09:40"))
    second = scheduled(world, planned("18.11. 09:30", "18.11. 10:10"))
    run_due(at(KNOWN) + timedelta(minutes=1))
    services.cancel(second.pk, user=world.responsible, now=at(KNOWN) + timedelta(minutes=2))
    run_due(at("18.11. 12:00"))
    first.refresh_from_db()
    assert (first.together, letters.got) == (False, [])


# Four eyes ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(world: SmallWorld) -> SmallWorld:
    DowntimePolicyChange.objects.create(
        organisation=world.hospital, name="Test", valid_from="2020-01-01", changes={"four_eyes": True}
    )
    return world


def deputy(world: SmallWorld):  # type: ignore[no-untyped-def]
    user = add_user("berit", "demo", now=at(KNOWN), first_name="Berit", last_name="Dal", demo=True)
    add_role(user, Role.MESSAGE_RESPONSIBLE, world.hospital, now=at(KNOWN))
    return user


def test_another_person_approves_and_then_it_goes_on_time(strict: SmallWorld, letters: Letters) -> None:
    row = scheduled(strict)
    second = deputy(strict)
    address = reverse("downtime:outage", args=[row.pk])
    mine = text_of(client_of(strict.responsible).get(address))
    assert "Be en annen godkjenne" in mine
    with pytest.raises(approving.OwnApprovalError):
        approving.approve(row.pk, user=strict.responsible, now=at(KNOWN))
    client = client_of(second)
    assert "Godkjenn varslene" in text_of(client.get(address))
    assert Task.objects.filter(cause=approving.CAUSE, closed_at=None).count() == 1
    client.post(reverse("downtime:act", args=[row.pk, "godkjenn"]), {"seen": row.version})
    row.refresh_from_db()
    assert row.approved_by == second
    assert not Task.objects.filter(cause=approving.CAUSE, closed_at=None).exists()
    run_due(at("17.11. 11:00"))
    assert len(letters.got) == len(GROUPS)
    with pytest.raises(approving.NothingToApproveError):
        approving.approve(row.pk, user=second, now=at("17.11. 11:00"))


def test_it_waits_for_the_approval_and_goes_the_moment_it_comes(strict: SmallWorld, letters: Letters) -> None:
    row = scheduled(strict)
    run_due(at("17.11. 11:20"))
    row.refresh_from_db()
    assert (letters.got, row.published, row.state) == ([], False, State.SCHEDULED)
    assert Task.objects.get(cause=approving.CAUSE, closed_at=None).severity == "high"
    approving.approve(row.pk, user=deputy(strict), now=at("17.11. 11:21"))
    run_due(at("17.11. 11:21"))
    row.refresh_from_db()
    assert (len(letters.got), row.published) == (len(GROUPS), True)
    run_due(at("17.11. 13:00"))
    assert len(letters.got) == len(GROUPS), "never twice"


def test_nobody_has_approved_in_time_so_it_goes_and_the_ledger_says_so(strict: SmallWorld, letters: Letters) -> None:
    row = scheduled(strict)
    run_due(at("17.11. 11:00"))
    run_due(at("17.11. 12:00"))
    assert len(letters.got) == len(GROUPS)
    assert OutageEntry.objects.filter(outage=row, what="not_approved").exists()
    run_due(at("18.11. 07:00"))
    assert len(letters.got) == len(GROUPS)
    run_due(at("18.11. 08:30"))
    assert len(letters.got) == 2 * len(GROUPS), "at the latest half an hour before it starts"


def test_a_changed_text_or_time_must_be_approved_anew(strict: SmallWorld, letters: Letters) -> None:
    row = scheduled(strict)
    second = deputy(strict)
    approving.approve(row.pk, user=second, now=at(KNOWN))
    services.move(row.pk, start=at("19.11. 09:00"), end=at("19.11. 12:00"), user=strict.responsible, now=at(KNOWN))
    row.refresh_from_db()
    assert row.approved_at is None
    run_due(at("18.11. 11:30"))
    assert letters.got == []


def test_an_acute_outage_waits_for_nobody_and_neither_does_a_cancellation(strict: SmallWorld, letters: Letters) -> None:
    services.announce_acute(strict.hospital, acute(), user=strict.responsible, now=at(KNOWN))
    run_due(at(KNOWN))
    assert len(letters.got) == len(GROUPS)
    letters.got.clear()
    row = scheduled(strict)
    approving.approve(row.pk, user=deputy(strict), now=at(KNOWN))
    run_due(at("17.11. 11:00"))
    set_clock(at("17.11. 11:05"), machine_now=at("17.11. 11:05"))
    services.cancel(row.pk, user=strict.responsible, now=at("17.11. 11:05"))
    run_due(at("17.11. 11:05"))
    assert any("Avlyst" in each for each in subjects(letters))
