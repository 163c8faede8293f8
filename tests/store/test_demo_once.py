"""The simulated day through the real intake, jobs, stays and exchange: what is sent, received and left unreceipted."""

from __future__ import annotations

from collections import defaultdict

import pytest

from samhandling.exchange.models import Delivery, Direction, Message, Receipt
from samhandling.jobs.models import Job
from samhandling.organisations.models import Organisation
from samhandling.stays.models import Course, Deadline, Stay
from samhandling.store import services as store
from samhandling.world import demonstration
from samhandling.world.day import Day
from samhandling.world.demonstration import Progress, StoreInUseError
from samhandling.world.loading import load
from samhandling.world.models import PlayedDay
from samhandling.world.outcome import outcome, received_by_municipalities
from samhandling.world.reading import read
from samhandling.writing.models import Draft

INNLAGT, KLAR = "LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR"
AVMELDING, UTSKREVET = "LOG_AVMELDING", "LOG_UTSKREVET"

SENT = {
    "olsen-anne": [(INNLAGT, "N"), (KLAR, "N"), (AVMELDING, "N")],
    "olsen-arne": [(INNLAGT, "N"), (KLAR, "N"), (UTSKREVET, "N"), (INNLAGT, "N")],
    "dahl-borghild": [(INNLAGT, "N"), (UTSKREVET, "N")],
    "lie-torvald": [(INNLAGT, "N")],
    "strand-magnhild": [(INNLAGT, "N"), (INNLAGT, "N")],
    "moen-oddvar": [(INNLAGT, "N"), (KLAR, "N")],
    "solberg-ruth": [(INNLAGT, "N"), (KLAR, "N")],
    "lund-peder": [(INNLAGT, "N"), (KLAR, "N")],
    "nilsen-edvin": [(INNLAGT, "N")],
    "kowalski-jan": [(INNLAGT, "N")],
    "skogen-maria": [(INNLAGT, "N"), (KLAR, "N")],
    "bakke-helge": [(INNLAGT, "N")],
    "myhre-solveig": [(INNLAGT, "N")],
    "brekke-asta": [(INNLAGT, "N")],
    "foss-trygve": [(INNLAGT, "N"), (UTSKREVET, "N"), (INNLAGT, "N")],
    "midtnatt-ellen": [(INNLAGT, "N"), (UTSKREVET, "N")],
    "morgen-rolf": [(INNLAGT, "N")],
    "feil-pasient": [(INNLAGT, "N"), (INNLAGT, "C")],
}
"""Every logistics message of the day; whoever is not named here gets none."""
EARLY, REPORT = "HELSEOPPL_SOKNAD", "INNLEGGELSESRAPPORT"
ASK, ANSWER, PLACE, HOME = "DIALOG_FORESPORSEL", "DIALOG_SVAR", "DIALOG_NOTAT", "UTSKRIVNINGSRAPPORT"

WRITTEN = {
    "olsen-anne": [(REPORT, "N"), (EARLY, "N"), (REPORT, "M"), (EARLY, "M"), (PLACE, ""), (ASK, ""), (ANSWER, "")],
    "olsen-arne": [(EARLY, "N"), (REPORT, "N"), (PLACE, ""), (EARLY, "M"), (HOME, "N")],
    "lie-torvald": [(EARLY, "N")],
    "moen-oddvar": [(EARLY, "N"), (EARLY, "M")],
    "solberg-ruth": [(EARLY, "N"), (REPORT, "N"), (REPORT, "C"), (REPORT, "N"), (EARLY, "M"), (PLACE, "")],
    "lund-peder": [(EARLY, "N"), (EARLY, "M")],
    "nilsen-edvin": [(EARLY, "N")],
    "kowalski-jan": [(EARLY, "N")],
    "skogen-maria": [(EARLY, "N"), (EARLY, "M")],
    "bakke-helge": [(EARLY, "N"), (REPORT, "N"), (EARLY, "M")],
    "brekke-asta": [(EARLY, "N")],
    "foss-trygve": [(EARLY, "N"), (EARLY, "M"), (EARLY, "N")],
    "berge-ingeborg": [(EARLY, "N")],
    "morgen-rolf": [(EARLY, "N")],
    "aas-turid": [(EARLY, "N")],
}
"""What people at both ends write."""


class Killed(Exception):
    """Stands for a process that is killed."""


def sent_by_patient(day: Day) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[tuple[str, str]]]]:
    """By patient, in order: the logistics messages of the hospital, and what people wrote."""
    logistics: dict[str, list[tuple[str, str]]] = defaultdict(list)
    written: dict[str, list[tuple[str, str]]] = defaultdict(list)
    names = {h.person.given + " " + h.person.family: h.person.key for h in day.happenings if h.person.family}
    for m in Message.objects.filter(direction=Direction.OUT).select_related("patient").order_by("created_at", "pk"):
        assert m.patient is not None
        key = names[f"{m.patient.given_name} {m.patient.family_name}"]
        (logistics if m.type.startswith("LOG_") else written)[key].append((m.type, m.status))
    return dict(logistics), dict(written)


@pytest.mark.django_db(transaction=True)
def test_the_day_is_played_as_it_is_written() -> None:
    store.mark_as_test(machine_now=store.now())

    def killed_half_way(progress: Progress) -> None:
        if progress.done == 40:
            raise Killed

    with pytest.raises(Killed):
        demonstration.prepare(tell=killed_half_way)
    assert not PlayedDay.objects.get(pk=1).ready
    seen: list[int] = []
    day = demonstration.prepare(tell=lambda progress: seen.append(progress.done))
    assert seen == list(range(41, sum(each.at < day.starts_at for each in day.everything()) + 1))
    demonstration.prepare(tell=lambda progress: pytest.fail("a second start plays nothing again"))

    inside = Stay.objects.filter(state__in=["S1", "S2", "S3"]).count()
    assert 45 <= inside <= 50
    told: list[str] = []
    demonstration.play_whole_day(day, told=lambda happening: told.append(happening.control_id))
    assert told == [each.control_id for each in day.everything() if each.at >= day.starts_at]

    found = outcome(day)
    assert found.faults == ()
    assert found.missing == ()
    assert [(u.patient, u.type, bool(u.reason)) for u in found.unanswered] == [("moen-oddvar", KLAR, True)]
    assert found.as_intended
    logistics, written = sent_by_patient(day)
    assert logistics == SENT
    assert written == WRITTEN
    _check_early_notices(day)
    _check_counterparts(day)
    _check_municipalities()


def _check_early_notices(day: Day) -> None:
    """Most municipalities had the early notice in time; those that did not are meant to show that (F1)."""
    people = {h.visit: h.person.key for h in day.happenings}
    states: dict[str, set[str]] = defaultdict(set)
    for deadline in Deadline.objects.filter(clock="F1").select_related("stay"):
        states[deadline.state].add(people[deadline.stay.visit])
    assert states["missed"] == {"strand-magnhild"}, states
    assert len(states["met"]) >= 14
    # A draft that somebody left lies where it was left.
    assert Draft.objects.filter(sent=None).count() == 1


def _check_counterparts(day: Day) -> None:
    """Who rejects, who answers late, who gets which version, and where psychiatric messages go."""

    def delivery(organisation: str, message_type: str) -> Delivery:
        return Delivery.objects.select_related("message").get(
            organisation_her=organisation, message__type=message_type, message__direction=Direction.OUT
        )

    rejected = Delivery.objects.filter(state="rejected", message__isnull=False)
    assert [d.organisation_her for d in rejected] == ["99311600"]
    late = delivery("99311800", INNLAGT)
    answer = Receipt.objects.get(message=late.message, direction=Direction.IN)
    assert (answer.created_at - late.queued_at).total_seconds() == 20 * 60
    marker = delivery("99312200", KLAR)
    assert marker.message is not None
    assert marker.message.version == "1.5"
    psychiatric = Message.objects.get(direction=Direction.OUT, counterpart_her="99310704")
    assert psychiatric.own_her == "99000102"
    assert not Message.objects.filter(counterpart_organisation="99321400").exists()
    expected = {h.at for h in day.happenings if h.event.does == "die"}
    death = delivery("99310100", UTSKREVET)
    assert death.message is not None
    waited = death.message.created_at - expected.pop()
    assert waited.total_seconds() == 5 * 60


def _check_municipalities() -> None:
    """Everything that was sent has been taken in (or rejected) at the other end, and both ends know the same."""
    out = Message.objects.filter(direction=Direction.OUT).count()
    assert out == sum(map(len, (*SENT.values(), *WRITTEN.values())))
    to_municipalities = Message.objects.filter(direction=Direction.OUT, organisation__kind="hospital").count()
    assert sum(count for _, count in received_by_municipalities()) == to_municipalities
    ids_out = set(Message.objects.filter(direction=Direction.OUT).values_list("msg_id", flat=True))
    ids_in = set(Message.objects.filter(direction=Direction.IN).values_list("msg_id", flat=True))
    assert ids_in == ids_out
    assert Course.objects.exists()
    assert not Job.objects.filter(state="dead").exists()


@pytest.mark.django_db(transaction=True)
def test_a_store_with_other_organisations_is_left_alone() -> None:
    store.mark_as_test(machine_now=store.now())
    load(read("liten"), now=store.now())
    before = Organisation.objects.count()
    with pytest.raises(StoreInUseError):
        demonstration.prepare(tell=lambda progress: None)
    assert Organisation.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_real_store_takes_no_demo() -> None:
    store.mark_as_real(machine_now=store.now())
    with pytest.raises(store.RealStoreError):
        demonstration.prepare(tell=lambda progress: None)
    assert not Organisation.objects.exists()
