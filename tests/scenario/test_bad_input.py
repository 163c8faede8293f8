"""The bad input of the routine, each by its name, on the real store: nothing is lost, nobody is told nonsense."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from samhandling.exchange.models import Message
from samhandling.stays import events
from samhandling.stays.models import Course, Deadline, RoutinePolicy, Stay
from samhandling.stays.policy_commands import app
from samhandling.stays.work import load_state
from tests.scenario.ward import DOCTOR, HOUR, Ward, on, open_ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward() -> Ward:
    return open_ward()


def test_events_out_of_order(ward: Ward) -> None:
    """Ready and discharge are told before the flag that came before them: each counts at its own time."""
    person = ward.person()
    stay = ward.admit(person, "16.11.2026 10.00")
    assert stay is not None
    ward.ready(person, "16.11.2026 12.00", "16.11.2026")
    assert ward.sent(stay) == []
    ward.says(person, events.MunicipalUserSet, "16.11.2026 12.30", value=True, when=on("16.11.2026 10.20"))
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR"]
    assert (ward.clock(stay, "F1").starts_at, ward.state(stay)) == (on("16.11.2026 10.00"), "S3")
    assert Course.objects.get(organisation=ward.mun_a).state == "ready"


def test_events_twice(ward: Ward) -> None:
    person = ward.person()
    stay = ward.admit(person, "16.11.2026 10.00")
    assert stay is not None
    for event, more in (
        (events.MunicipalUserSet, {"value": True}),
        (events.ReadySet, {"ready_date": date(2026, 11, 16), "decided_by": DOCTOR}),
        (events.Discharged, {"discharged_to": "1"}),
    ):
        for _ in range(2):
            ward.says(person, event, "16.11.2026 11.00", **more)
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR", "UTSKREVET"]
    assert Stay.objects.count() == 1


def test_events_years_late(ward: Ward) -> None:
    """A stay of years ago that is told today: what must be told is told with its own time, once, and a person looks."""
    person = ward.person()
    ward.visits[person.local] = "V-old"
    ward.until("16.11.2026 10.00")
    about = {"unit_code": "MED", "inpatient": True}
    ward.says(person, events.Admitted, when=on("16.11.2021 10.00"), about=about)
    stay = Stay.objects.get()
    ward.says(person, events.MunicipalUserSet, value=True, when=on("16.11.2021 10.20"))
    ward.says(person, events.Discharged, discharged_to="1", when=on("18.11.2021 10.00"))
    assert ward.state(stay) == "S4"
    assert stay.discharged_at == on("18.11.2021 10.00")
    assert ward.sent(stay) == ["INNLAGT", "UTSKREVET"]
    assert ward.clock(stay, "F1").due_at == on("17.11.2021 10.00")
    assert not Deadline.objects.filter(stay=stay, state__in=["due", "sent"]).exists()


def test_events_from_the_future(ward: Ward) -> None:
    """A discharge that lies ahead waits for its time; nothing is told before it."""
    person = ward.person()
    stay = ward.admit(person, "16.11.2026 10.00")
    assert stay is not None
    ward.flag(person)
    ward.says(person, events.Discharged, discharged_to="1", when=on("20.11.2026 10.00"))
    assert (ward.state(stay), ward.sent(stay)) == ("S2", ["INNLAGT"])
    ward.until("20.11.2026 10.01")
    assert (ward.state(stay), ward.sent(stay)) == ("S4", ["INNLAGT", "UTSKREVET"])


def test_two_stays_at_once(ward: Ward) -> None:
    """Each visit is a stay of its own, and what names none of them changes neither: a person looks."""
    person = ward.person()
    first = ward.admit(person, "16.11.2026 10.00")
    second = ward.admit(person, "16.11.2026 11.00", "KIR")
    assert first is not None
    assert second is not None
    ward.flag(person)
    assert (ward.sent(first), ward.sent(second)) == ([], ["INNLAGT"])
    ward.visits[person.local] = ""
    ward.discharge(person, "16.11.2026 12.00")
    assert {ward.state(first), ward.state(second)} == {"S1", "S2"}


def test_a_patient_merged_in_mid_stay(ward: Ward) -> None:
    """Two patients who are one: both stays are theirs, nothing is told anew, and a person sees that two are open."""
    keep, gone = ward.person(), ward.person()
    first, second = ward.admit(keep, "16.11.2026 10.00"), ward.admit(gone, "16.11.2026 10.30")
    assert first is not None
    assert second is not None
    ward.flag(gone, "16.11.2026 10.40")
    ward.visits[keep.local] = ""
    ward.says(keep, events.PatientsMerged, "16.11.2026 11.00", other=gone.details().numbers)
    second.refresh_from_db()
    assert second.patient_id == first.patient_id
    assert ward.sent(second) == ["INNLAGT"]
    assert "stay.two_open" in ward.causes()
    ward.visits[gone.local] = second.visit
    ward.ready(gone, "16.11.2026 12.00", "16.11.2026")
    assert ward.sent(second) == ["INNLAGT", "UTSKRIVNINGSKLAR"]
    assert Message.objects.filter(direction="out", patient_id=first.patient_id).count() == 2


def test_a_municipality_that_changes_in_mid_stay(ward: Ward) -> None:
    """The new one is told from now on; whether the old was ever right a person says (T26)."""
    person = ward.person()
    stay = ward.admit(person, "16.11.2026 10.00")
    assert stay is not None
    ward.flag(person)
    ward.says(person, events.MunicipalityChanged, "16.11.2026 12.00", municipality_number="9902")
    assert [m.counterpart_organisation for m in ward.messages(stay)] == ["8100", "8200"]
    assert "stay.municipality_question" in ward.causes(stay)
    assert ward.clock(stay, "F1").due_at == on("17.11.2026 10.00")


@pytest.mark.parametrize(
    ("admitted", "due"),
    [("24.10.2026 14.00", "25.10.2026 13.00"), ("27.03.2027 14.00", "28.03.2027 15.00")],
    ids=["to winter time", "to summer time"],
)
def test_clock_changes(admitted: str, due: str) -> None:
    ward = open_ward("24.10.2026 06.00")
    person = ward.person()
    stay = ward.admit(person, admitted)
    assert stay is not None
    ward.flag(person)
    clock = ward.clock(stay, "F1")
    assert clock.due_at == on(due)
    assert clock.due_at - load_state(stay).admitted_at == 24 * HOUR
    ward.until(due)
    assert ward.clock(stay, "F1").settled_at - on(due) < timedelta(seconds=1)


def test_a_contradictory_policy_file(ward: Ward, tmp_path) -> None:
    """Refused with every contradiction named; what held before still holds."""
    file = tmp_path / "rutine.toml"
    file.write_text(
        'base = "nasjonal"\nname = "Feil"\nvalid_from = 2026-01-01\nearly_receipt_alarm_before_hours = 30\n'
        'deviation_reasons = []\n[allowed]\nM1 = "A A A A A A A A"\n'
    )
    before = list(RoutinePolicy.objects.values())
    for words in (["check", str(file)], ["use", str(file), "--hospital", "8000", "--from", "2026-01-01"]):
        done = CliRunner().invoke(app, words)
        assert done.exit_code in (1, 2)
        for named in (
            "early_receipt_alarm_before_hours",
            "deviation_reasons",
            "allowed.M1: kan ikke være tillatt i S4",
        ):
            assert named in done.output
    assert list(RoutinePolicy.objects.values()) == before
