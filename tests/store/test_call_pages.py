"""Whom to call about a stay, the call card, and the calls that were made."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samhandling.access.models import AuditEntry
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.models import Call, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 16, 21, 30, tzinfo=UTC)
"""22.30 in Oslo."""


@pytest.fixture
def world() -> SmallWorld:
    return build()


def page(world: SmallWorld, stay: Stay, more: str = "") -> str:
    answer = logged_in(world.nurse).get(f"/opphold/{stay.pk}/{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def ring(world: SmallWorld, stay: Stay, **form: object) -> str:
    values = {"hvem": "Ane Lie, koordinator", "avtalt": "Henter pasienten kl. 14", "kl": "", **form}
    return logged_in(world.nurse).post(f"/opphold/{stay.pk}/ringt/", values, follow=True).content.decode()


def test_the_number_that_is_staffed_now_by_day_and_by_night(world: SmallWorld) -> None:
    stay = admit(world)
    by_day = page(world, stay)
    assert 'href="tel:60990120"' in by_day
    assert "Utenfor kontortid" not in by_day
    set_clock(NIGHT, machine_now=datetime.now(UTC))
    by_night = page(world, stay)
    assert "Koordinatortelefonen er ikke betjent nå" in by_night
    assert by_night.index("60 99 01 30") < by_night.index("60 99 01 20")
    assert "en melding leses kanskje ikke før" in by_night


def test_a_call_lands_on_the_timeline_and_nobody_reads_it_in_the_store(world: SmallWorld) -> None:
    stay = admit(world)
    body = ring(world, stay, kl="09.55")
    assert "Samtalen er notert" in body
    assert "Ane Lie, koordinator: Henter pasienten kl. 14" in body
    call = Call.objects.get()
    assert call.at == datetime(2026, 11, 16, 8, 55, tzinfo=UTC)
    assert (call.phone, call.counterpart, call.user) == ("60 99 01 20", "Storvik kommune", world.nurse)
    assert b"Henter" not in bytes(call.sealed)
    assert AuditEntry.objects.filter(action="call.note", patient_id=stay.patient_id).count() == 1


def test_a_time_that_has_not_come_was_yesterday(world: SmallWorld) -> None:
    stay = admit(world)
    ring(world, stay, kl="23.10")
    assert Call.objects.get().at == datetime(2026, 11, 15, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("form", [{"hvem": " "}, {"avtalt": ""}, {"kl": "kvart over ti"}])
def test_half_a_call_is_not_noted(world: SmallWorld, form: dict[str, str]) -> None:
    stay = admit(world)
    assert 'role="alert"' in ring(world, stay, **form)
    assert not Call.objects.exists()


def test_a_call_settles_the_ticked_telephone_task_and_no_other(world: SmallWorld) -> None:
    stay, other = admit(world, municipality="9902"), admit(world, municipality="9902", given="Annen", visit="2")
    for one in (stay, other):
        register(one, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    mine = Task.objects.get(subject=stay.subject, kind="call")
    theirs = Task.objects.get(subject=other.subject, kind="call")
    ring(world, stay)
    assert Task.objects.filter(kind="call", closed_at__isnull=True).count() == 2
    ring(world, stay, oppgave=[mine.pk, theirs.pk])
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.closed_how, mine.closed_by) == ("called", world.nurse)
    assert theirs.closed_at is None


def test_a_message_that_is_sent_settles_no_telephone_task(world: SmallWorld) -> None:
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    register(stay, events.MunicipalUserSet(at=NOW, value=False, by_mistake=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    waiting = set(Task.objects.filter(subject=stay.subject, kind="call").values_list("pk", flat=True))
    assert waiting
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert set(Task.objects.filter(pk__in=waiting, closed_at__isnull=True).values_list("pk", flat=True)) == waiting


def test_the_card_tells_what_to_say_and_is_for_the_own_ward(world: SmallWorld) -> None:
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    card = page(world, stay, "ringekort/")
    for words in ("Testine Prøvesen", "14.03.1942", "60 99 01 20", "60 80 01 01", "Medisinsk sengepost"):
        assert words in card
    assert "Innlagt (Mottatt hos Sykepleietjeneste" in card
    assert logged_in(world.surgeon_nurse).get(f"/opphold/{stay.pk}/ringekort/").status_code == 404
    assert logged_in(world.surgeon_nurse).post(f"/opphold/{stay.pk}/ringt/", {"hvem": "x"}).status_code == 404
    assert logged_in(world.case_handler).get(f"/opphold/{stay.pk}/ringekort/").status_code == 403
