"""Outages from the report to the last notice: who is told what, when, once (routines 4.3 and 4.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from samhandling.configuration import MailSetting, configuration
from samhandling.downtime import services
from samhandling.downtime.models import Notice, Outage, OutageEntry, PlannedAction
from samhandling.downtime.rules.life import ImpossibleChangeError, State
from samhandling.downtime.rules.plan import OutageFactsError
from samhandling.downtime.rules.policy import GROUPS
from samhandling.downtime.services import OvertakenError, Report
from samhandling.downtime.wording import Text
from samhandling.jobs.worker import run_due
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint
from samhandling.tasks.models import Task
from tests.smtp_server import Letters, mail_server
from tests.store.small_world import SmallWorld, build
from tests.unit.test_downtime_plan import at

pytestmark = pytest.mark.django_db

KNOWN = "16.11. 10:20"
"""A Monday; the small world's now."""


@pytest.fixture
def letters() -> Iterator[Letters]:
    with mail_server() as found:
        yield found


@pytest.fixture
def world(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> SmallWorld:
    built = build(at(KNOWN))
    setting = MailSetting(host="127.0.0.1", port=letters.port, starttls=False, sender="stans@sykehuset.invalid")
    monkeypatch.setattr(configuration(), "mail", setting)
    ContactGroup.objects.all().delete()
    ContactPoint.objects.filter(kind__in=["planned_stop", "acute_stop"]).delete()
    for name in ("PLO Ressurspersoner", "PLO seksjonsledere/stedfortredere", "PLO avdelingsrådgivere", "PLO Andre",
                 "PLO avdelingssjefer"):  # fmt: skip
        address = f"{name.split()[1].split('/')[0].lower().replace('å', 'a')}@sykehuset.invalid"
        ContactGroup.objects.create(organisation=built.hospital, name=name, email=address)
    return built


def planned(start: str = "18.11. 09:00", end: str = "18.11. 12:00", known: str = KNOWN, **more: object) -> Report:
    return Report(kind="planned", start=at(start), end=at(end), known_at=at(known), own_side=False, **more)  # type: ignore[arg-type]


def acute(start: str = "16.11. 10:00", end: str | None = None, known: str = KNOWN, **more: object) -> Report:
    return Report(
        kind="acute", start=at(start), end=None if end is None else at(end), known_at=at(known), own_side=False, **more
    )  # type: ignore[arg-type]


def scheduled(world: SmallWorld, report: Report | None = None) -> Outage:
    row = services.register(world.hospital, report or planned(), user=world.responsible, now=at(KNOWN))
    return services.schedule(row.pk, user=world.responsible, now=at(KNOWN))


def subjects(letters: Letters) -> list[str]:
    """The subjects that have come, each once for all groups."""
    return list(dict.fromkeys(str(letter["Subject"]) for letter in letters.got))


def test_it_works(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("17.11. 10:59"))
    assert letters.got == []
    run_due(at("17.11. 11:00"))
    assert len(letters.got) == len(GROUPS)
    assert len(set(letters.addresses())) == len(GROUPS), "one mail for each group, and nobody sees the others"
    body = letters.got[0].get_content()
    for part in ("18.11.2026", "kl. 09.00", "3 t", "manuelle rutiner", "videre"):
        assert part in body
    row.refresh_from_db()
    assert (row.state, row.published) == (State.ANNOUNCED_1, True)
    run_due(at("18.11. 07:00"))
    assert len(letters.got) == 2 * len(GROUPS)
    run_due(at("18.11. 09:00"))
    row.refresh_from_db()
    assert row.state == State.ONGOING
    services.finish(row.pk, user=world.responsible, now=at("18.11. 12:00"))
    run_due(at("18.11. 15:00"))
    assert len(letters.got) == 2 * len(GROUPS), "a planned one that ended on time needs no more (D-14)"
    assert len({letter["Message-ID"] for letter in letters.got}) == 2 * len(GROUPS)
    assert Notice.objects.filter(state=Notice.State.SENT, answer__contains="250").count() == 2 * len(GROUPS)
    assert not Task.objects.filter(closed_at__isnull=True, subject=row.subject).exists()


def test_D_09_acute_is_told_at_once_and_D_14_when_it_is_over(world: SmallWorld, letters: Letters) -> None:
    row = services.announce_acute(world.hospital, acute(), user=world.responsible, now=at(KNOWN))
    run_due(at(KNOWN))
    assert subjects(letters) == ["Akutt stans i PLO- og dialogmeldinger"]
    assert "ikke kjent" in letters.got[0].get_content()
    services.finish(row.pk, user=world.responsible, now=at("16.11. 13:00"))
    run_due(at("17.11. 08:00"))
    assert subjects(letters)[1:] == ["PLO- og dialogmeldinger er i drift igjen"]
    row.refresh_from_db()
    assert not row.published


def test_D_10_short_outage_asks_and_then_tells(world: SmallWorld, letters: Letters) -> None:
    row = services.announce_acute(world.hospital, acute(end="16.11. 10:50"), user=world.responsible, now=at(KNOWN))
    run_due(at("16.11. 10:44"))
    assert letters.got == []
    run_due(at("16.11. 10:45"))
    assert Task.objects.filter(subject=row.subject, cause="outage_unconfirmed").exists()
    run_due(at("16.11. 11:00"))
    assert len(letters.got) == len(GROUPS)


def test_D_10_finished_in_time_tells_nobody(world: SmallWorld, letters: Letters) -> None:
    row = services.announce_acute(world.hospital, acute(end="16.11. 10:50"), user=world.responsible, now=at(KNOWN))
    services.finish(row.pk, user=world.responsible, now=at("16.11. 10:40"))
    run_due(at("17.11. 08:00"))
    assert letters.got == []


def test_D_12_extended_only_a_little(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("18.11. 09:00"))
    before = len(letters.got)
    services.extend(row.pk, end=at("18.11. 12:30"), user=world.responsible, now=at("18.11. 11:00"))
    run_due(at("18.11. 11:00"))
    assert len(letters.got) == before
    row.refresh_from_db()
    assert row.published_until == at("18.11. 12:30")


def test_D_12_extended_by_more_than_half_an_hour(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("18.11. 09:00"))
    services.extend(row.pk, end=at("18.11. 12:31"), user=world.responsible, now=at("18.11. 11:00"))
    run_due(at("18.11. 11:00"))
    last = letters.got[-1]
    assert "varer lenger" in str(last["Subject"])
    assert "12.31" in last.get_content()
    assert "tidligere kl. 12.00" in last.get_content()
    services.finish(row.pk, user=world.responsible, now=at("18.11. 12:20"))
    run_due(at("18.11. 12:20"))
    assert "i drift igjen" in str(letters.got[-1]["Subject"])


def test_D_12_a_short_one_becomes_one_that_must_be_announced(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world, planned("18.11. 09:00", "18.11. 10:00"))
    run_due(at("18.11. 09:30"))
    assert letters.got == []
    services.extend(row.pk, end=at("18.11. 11:00"), user=world.responsible, now=at("18.11. 09:45"))
    run_due(at("18.11. 09:45"))
    assert len(letters.got) == len(GROUPS)


def test_D_13_finished_early(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("18.11. 09:00"))
    services.finish(row.pk, user=world.responsible, now=at("18.11. 10:30"))
    run_due(at("18.11. 16:00"))
    assert "før planlagt tid" in letters.got[-1].get_content()
    row.refresh_from_db()
    assert (row.state, row.published) == (State.FINISHED_EARLY, False)


def test_D_15_cancelled_before_anybody_was_told(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    services.cancel(row.pk, user=world.responsible, now=at("16.11. 12:00"))
    run_due(at("19.11. 12:00"))
    assert letters.got == []


def test_D_16_cancelled_after_round_1(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("17.11. 11:00"))
    services.cancel(row.pk, user=world.responsible, now=at("17.11. 14:00"))
    run_due(at("19.11. 12:00"))
    assert [s.split(":")[0] for s in subjects(letters)][-1] == "Avlyst"
    assert len(letters.got) == 2 * len(GROUPS), "round 2 never goes out"


def test_D_17_moved_within_the_day(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("17.11. 11:00"))
    services.move(
        row.pk, start=at("18.11. 13:00"), end=at("18.11. 15:00"), user=world.responsible, now=at("17.11. 14:00")
    )
    run_due(at("17.11. 14:00"))
    assert subjects(letters)[-1].startswith("Ny tid")
    run_due(at("18.11. 07:00"))
    assert "kl. 13.00" in subjects(letters)[-1]
    assert len(letters.got) == 3 * len(GROUPS)


def test_D_17_moved_to_another_day(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("17.11. 11:00"))
    services.move(
        row.pk, start=at("25.11. 09:00"), end=at("25.11. 12:00"), user=world.responsible, now=at("17.11. 14:00")
    )
    run_due(at("17.11. 14:00"))
    assert subjects(letters)[-1] == "Avlyst: stans i PLO- og dialogmeldinger 18.11.2026"
    run_due(at("24.11. 11:00"))
    assert subjects(letters)[-1] == "Planlagt stans i PLO- og dialogmeldinger 25.11.2026"
    assert len(letters.got) == 3 * len(GROUPS)


def test_D_21_nobody_has_said_that_it_is_over(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("18.11. 11:45"))
    assert Task.objects.get(subject=row.subject).severity == "medium"
    run_due(at("18.11. 12:30"))
    assert Task.objects.get(subject=row.subject).severity == "high"
    before = len(letters.got)
    run_due(at("18.11. 13:00"))
    assert len(letters.got) == before + len(GROUPS)
    assert "skulle vært ferdig" in letters.got[-1].get_content()
    row.refresh_from_db()
    assert row.state == State.ONGOING


def test_the_node_was_down_when_round_1_was_due(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("18.11. 08:00"))
    assert len(letters.got) == len(GROUPS), "only what still holds is told"
    missed = PlannedAction.objects.get(outage=row, state=PlannedAction.State.MISSED)
    assert (missed.notice, bool(missed.why)) == ("planned_first", True)


def test_the_node_was_down_until_it_was_over(world: SmallWorld, letters: Letters) -> None:
    scheduled(world)
    run_due(at("18.11. 12:00"))
    assert letters.got == []


def test_the_mail_server_refuses_one_recipient(world: SmallWorld, letters: Letters) -> None:
    letters.refuse.add("andre@sykehuset.invalid")
    row = services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    assert len(letters.got) == len(GROUPS) - 1
    refused = Notice.objects.get(outage=row, state=Notice.State.REFUSED)
    assert "550" in refused.answer
    assert Task.objects.filter(cause="outage_mail_refused").count() == 1


def test_the_mail_server_is_busy_for_a_while(world: SmallWorld, letters: Letters) -> None:
    letters.busy = 7
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    for minute in range(10):
        run_due(at(KNOWN) + timedelta(minutes=minute))
    assert sorted(letters.addresses()) == sorted(set(letters.addresses()))
    assert len(letters.got) == len(GROUPS)
    assert not Notice.objects.filter(possibly_twice=True).exists()


def test_the_mail_server_takes_and_dies(world: SmallWorld, letters: Letters) -> None:
    letters.die_after_data = 1
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    run_due(at(KNOWN) + timedelta(minutes=2))
    assert len(letters.got) == len(GROUPS) + 1
    twice = Notice.objects.get(possibly_twice=True)
    assert [letter["Message-ID"] for letter in letters.got].count(twice.message_id) == 2
    assert Notice.objects.filter(state=Notice.State.SENT).count() == len(GROUPS)


def test_a_group_with_members_instead_of_an_address(world: SmallWorld, letters: Letters) -> None:
    group = ContactGroup.objects.get(name="PLO Andre")
    group.email = ""
    group.save()
    for name in ("a", "b"):
        ContactGroupMember.objects.create(group=group, role="Rådgiver", email=f"{name}@sykehuset.invalid")
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    assert {"a@sykehuset.invalid", "b@sykehuset.invalid"} <= set(letters.addresses())
    assert len(letters.got) == len(GROUPS) + 1


def test_a_group_that_is_not_there_is_work_for_a_person(world: SmallWorld, letters: Letters) -> None:
    ContactGroup.objects.filter(name="PLO Andre").delete()
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    assert len(letters.got) == len(GROUPS) - 1, "the others are told all the same"
    assert Task.objects.get(cause="outage_group_without_address").text == "andre"


def test_the_municipalities_get_a_copy_when_the_stop_is_ours(world: SmallWorld, letters: Letters) -> None:
    ContactPoint.objects.create(organisation=world.municipality, kind="acute_stop", email="post@kommunen.invalid")
    report = Report(kind="acute", start=at("16.11. 10:00"), end=None, known_at=at(KNOWN), own_side=True)
    services.announce_acute(world.hospital, report, user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    assert "post@kommunen.invalid" in letters.addresses()


def test_two_people_edit_the_same_outage(world: SmallWorld) -> None:
    row = scheduled(world)
    seen = row.version
    services.extend(row.pk, end=at("18.11. 13:00"), user=world.responsible, now=at("16.11. 12:00"), seen=seen)
    with pytest.raises(OvertakenError):
        services.cancel(row.pk, user=world.responsible, now=at("16.11. 12:01"), seen=seen)


def test_what_cannot_be_done(world: SmallWorld) -> None:
    row = scheduled(world)
    with pytest.raises(ImpossibleChangeError):
        services.finish(row.pk, user=None, now=at("16.11. 12:00"))
    with pytest.raises(OutageFactsError):
        services.extend(row.pk, end=at("18.11. 08:00"), user=None, now=at("16.11. 12:00"))
    with pytest.raises(OutageFactsError):
        services.register(world.hospital, planned("18.11. 09:00", "18.11. 08:00"), user=None, now=at(KNOWN))
    services.cancel(row.pk, user=None, now=at("16.11. 12:00"))
    with pytest.raises(ImpossibleChangeError):
        services.cancel(row.pk, user=None, now=at("16.11. 12:00"))


def test_a_text_of_ones_own(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    ours = services.text_of(row, "planned_first", at(KNOWN))
    with pytest.raises(services.NoticeLacksPartsError):
        services.change_text(row.pk, "planned_first", Text(subject="Stans", body="Stans."), user=None, now=at(KNOWN))
    body = ours.body + " Gjelder 15076500565."
    with pytest.raises(services.NoticeHasNumberError):
        services.change_text(row.pk, "planned_first", Text(subject="Stans", body=body), user=None, now=at(KNOWN))
    own = Text(subject="Ny meldingstjener", body=ours.body + " Kaffe i kantina.")
    services.change_text(row.pk, "planned_first", own, user=None, now=at(KNOWN))
    run_due(at("17.11. 11:00"))
    assert str(letters.got[0]["Subject"]) == "Ny meldingstjener"
    assert "Kaffe" in letters.got[0].get_content()


def test_the_ledger_tells_it_all(world: SmallWorld, letters: Letters) -> None:
    row = scheduled(world)
    run_due(at("17.11. 11:00"))
    services.cancel(row.pk, user=world.responsible, now=at("17.11. 14:00"))
    run_due(at("17.11. 14:00"))
    told = [entry.what for entry in OutageEntry.objects.filter(outage=row).order_by("pk")]
    assert told == ["registered", "scheduled", "published", "cancelled", "unpublished"]


def test_minutes(world: SmallWorld) -> None:
    """The desk knows before anything is stored what will happen."""
    made = services.preview(world.hospital, planned(), at(KNOWN))
    assert isinstance(made.actions[0].at, datetime)
    assert not Outage.objects.exists()
