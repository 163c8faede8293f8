"""Finished documents of the EPJ that people wrote: the routine judges them as it judges what is written here, and the
stay learns of them (S-22 to S-27, S-38 to S-41, 2.4, C-10)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.messages import compose
from samhandling.registry.models import CommunicationParty
from samhandling.stays import events
from samhandling.stays.models import BreachOfRoutine, Deadline, Stay
from samhandling.stays.services import register
from samhandling.stays.work import load_state
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from samhandling.writing.services import PassedOn, pass_on
from tests.store.small_world import BORN, NOW, SmallWorld, admit, build, details
from tests.store.test_routine_messages import ask

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[2] / "docs" / "data"
MINUTE = timedelta(minutes=1)
SOMATIC, NURSING, CASES = "98000101", "98310701", "98310702"


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return found


def passed(
    world: SmallWorld, message_type: str, *, to: str = NURSING, by: str = SOMATIC, at: datetime = NOW, **changes: object
) -> PassedOn:
    """The EPJ writes it to that service of the municipality, and it is sent as far as it goes."""
    data = json.loads((DATA / f"{message_type}.json").read_text())
    for name in ("parent", "conversation", "refers_to"):
        data.pop(name, None)
    data |= {
        "msg_id": str(uuid4()),
        "generated_at": at.isoformat(),
        "sender": {
            "organisation": {"name": "Lillevik sykehus HF", "her_id": "98000100"},
            "part": {"name": "Mottak", "her_id": by},
        },
        "receiver": {
            "organisation": {"name": "Storvik kommune", "her_id": "98310700"},
            "part": {"name": "Tjeneste", "her_id": to},
        },
        "patient": {
            "family_name": "Prøvesen", "given_name": "Testine", "birth_date": BORN.isoformat(), "sex": "2",
            "identifiers": [{"kind": "FNR", "number": details("Testine", "Prøvesen").numbers[0].value}],
        },
    } | changes  # fmt: skip
    kind = message_type.partition("-")[0]
    values, errors = compose.from_data(kind, data, now=at)
    assert values is not None, errors
    composed = compose.compose(kind, compose.versions_of(kind)[-1], values, test=True)
    assert composed.data, composed.errors
    found = pass_on(composed.data, organisation=world.hospital, now=at)
    run_due(at, strict=True)
    return found


def refusals(found: PassedOn) -> list[str]:
    return [one.code for one in found.findings if one.severity == "error"]


def open_causes() -> set[str]:
    return set(Task.objects.filter(closed_at=None).values_list("cause", flat=True))


def test_m3_of_the_epj_meets_f1_and_the_next_one_counts_as_final(world: SmallWorld, stay: Stay) -> None:
    assert passed(world, "HELSEOPPL_SOKNAD", to=CASES).accepted
    assert Deadline.objects.get(stay=stay, clock="F1").state == "met"
    message = Message.objects.get(direction="out", type="HELSEOPPL_SOKNAD")
    assert (message.kind, message.written_by) == ("early", "epj")
    assert passed(world, "HELSEOPPL_SOKNAD-endelig", to=CASES, parent=message.msg_id, at=NOW + MINUTE).accepted
    stay.refresh_from_db()
    assert load_state(stay).information == "final"
    register(stay, events.Discharged(at=NOW + 2 * MINUTE, discharged_to="1"), user=world.nurse, now=NOW + 2 * MINUTE)
    assert not BreachOfRoutine.objects.filter(stay=stay, code__in=["A-13", "A-21", "A-09"]).exists()


def test_p01_nothing_is_passed_on_against_the_patients_objection(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.Objected(at=NOW, value=True), user=world.nurse, now=NOW)
    assert refusals(passed(world, "HELSEOPPL_SOKNAD", to=CASES)) == ["routine.objection"]
    assert "stay.epj_refused" in open_causes()


def test_m9_of_the_epj_starts_f6_and_m10_answers_what_was_asked(world: SmallWorld, stay: Stay) -> None:
    assert passed(world, "DIALOG_FORESPORSEL").accepted
    assert Deadline.objects.filter(stay=stay, clock="F6").exists()
    question = ask(world)
    assert passed(world, "DIALOG_SVAR", parent=question.msg_id).accepted
    stay.refresh_from_db()
    assert [one.ours for one in load_state(stay).requests] == [True]
    assert not Task.objects.filter(unique_key=f"message:{question.pk}:request", closed_at=None).exists()


def test_s24_requests_and_answers_end_with_the_stay(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    assert refusals(passed(world, "DIALOG_FORESPORSEL")) == ["routine.discharged"]
    assert "stay.epj_refused" in open_causes()
    assert not Message.objects.filter(direction="out", type="DIALOG_FORESPORSEL").exists()


@pytest.mark.parametrize("with_stay", [True, False])
def test_s26_only_between_the_agreed_services_and_receptions(world: SmallWorld, with_stay: bool) -> None:
    if with_stay:
        found = admit(world)
        register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    CommunicationParty.objects.create(
        organisation=world.municipality, her_id="98310709", name="Frisklivssentral", function="other"
    )
    result = passed(world, "DIALOG_FORESPORSEL", to="98310709")
    assert refusals(result) == ["routine.address" if with_stay else "dialogue.address"]
    assert {"stay.epj_refused" if with_stay else "pass_on.refused"} <= open_causes()
    CommunicationParty.objects.create(
        organisation=world.hospital, her_id="98000109", name="Sengeposten", function="other"
    )
    assert not passed(world, "DIALOG_FORESPORSEL", by="98000109").accepted
    assert not Message.objects.filter(direction="out", type="DIALOG_FORESPORSEL").exists()
    assert passed(world, "DIALOG_FORESPORSEL").accepted


def test_s38_to_s41_a_deviation_names_a_message_and_an_agreed_reason(world: SmallWorld, stay: Stay) -> None:
    question = ask(world)
    words = {"reason": "wrong_receiver", "text": "Pasienten er ikke hos oss."}
    assert refusals(passed(world, "DIALOG_AVVIK", parent=str(uuid4()), **words)) == ["routine.no_reference"]
    assert passed(world, "DIALOG_AVVIK", parent=question.msg_id, **words).accepted


def test_c13_no_dialogue_begins_where_the_routine_has_none(world: SmallWorld, stay: Stay) -> None:
    assert refusals(passed(world, "DIALOG_HELSEFAGLIG")) == ["routine.free_dialogue"]
