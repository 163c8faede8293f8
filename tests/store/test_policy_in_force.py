"""Which routine holds: the agreement's before the hospital's before the shipped one, each from its own day."""

from __future__ import annotations

from datetime import date

import pytest
from typer.testing import CliRunner

from samhandling.stays import events
from samhandling.stays.models import Deadline, RoutinePolicy
from samhandling.stays.policies import policy_for
from samhandling.stays.policy import NATIONAL, shipped
from samhandling.stays.policy_commands import app
from tests.scenario.ward import Ward, open_ward

pytestmark = pytest.mark.django_db
FILE = 'base = "sykehuset-ostfold-1"\nname = "{}"\nvalid_from = 2026-01-01\nearly_notice_hours = {}\n'


@pytest.fixture
def ward() -> Ward:
    return open_ward()


def use(tmp_path, name: str, hours: int, *words: str) -> None:
    file = tmp_path / "rutine.toml"
    file.write_text(FILE.format(name, hours))
    done = CliRunner().invoke(app, ["use", str(file), "--hospital", "8000", *words])
    assert done.exit_code == 0, done.output


def test_the_agreement_goes_before_the_hospital_and_each_holds_from_its_day(ward: Ward, tmp_path) -> None:
    use(tmp_path, "Sykehuset", 20, "--from", "2026-11-01")
    use(tmp_path, "Avtalen", 12, "--from", "2026-11-10", "--municipality", "9901", "--to", "2026-11-20")

    def hours(day: date, municipality: str = "") -> float:
        return policy_for(ward.hospital.pk, day, municipality).early_notice_hours

    assert hours(date(2026, 10, 31), "9901") == 24
    assert hours(date(2026, 11, 5), "9901") == 20
    assert hours(date(2026, 11, 16), "9901") == 12
    assert hours(date(2026, 11, 16), "9902") == 20
    assert hours(date(2026, 11, 21), "9901") == 20


def test_without_an_agreement_of_its_own_a_hospital_has_the_national_rules_only(ward: Ward) -> None:
    RoutinePolicy.objects.all().delete()
    found = policy_for(ward.hospital.pk, date(2026, 11, 16), "9901")
    assert found == shipped(NATIONAL)
    # What only Sykehuset Østfold has agreed: S-24, S-39 to S-41, C-12, C-13.
    assert (found.dialogue_in_stay_only, found.free_dialogue, found.discharge_report) == (False, True, True)
    assert "outside_use" in found.deviation_reasons
    shown = CliRunner().invoke(app, ["in-force", "--hospital", "8000", "--day", "2026-11-16"])
    assert 'name = "Nasjonale regler"' in shown.output


def test_a_stay_is_judged_by_the_routine_of_its_municipality(ward: Ward, tmp_path) -> None:
    use(tmp_path, "Avtalen", 12, "--from", "2026-11-10", "--municipality", "9901")
    due = {}
    for number in ("9901", "9902"):
        person = ward.person(municipality=number)
        stay = ward.admit(person, "16.11.2026 10.00")
        ward.flag(person)
        due[number] = Deadline.objects.get(stay=stay, clock="F1")
    assert {n: (d.due_at - d.starts_at).total_seconds() / 3600 for n, d in due.items()} == {"9901": 12, "9902": 24}


def test_what_was_decided_before_a_change_stands(ward: Ward, tmp_path) -> None:
    person = ward.person()
    stay = ward.admit(person, "16.11.2026 10.00")
    ward.flag(person)
    use(tmp_path, "Ny", 12, "--from", "2026-11-17")
    ward.until("17.11.2026 09.00")
    ward.says(person, events.NeedAssessed, value=True)
    assert Deadline.objects.get(stay=stay, clock="F1").state == "due"


def test_an_unknown_hospital_and_a_wrong_day_are_wrong_use(ward: Ward, tmp_path) -> None:
    file = tmp_path / "rutine.toml"
    file.write_text(FILE.format("x", 12))
    runner = CliRunner()
    assert runner.invoke(app, ["use", str(file), "--hospital", "1", "--from", "2026-01-01"]).exit_code == 2
    assert runner.invoke(app, ["use", str(file), "--hospital", "8000", "--from", "i går"]).exit_code == 2
    shown = runner.invoke(app, ["in-force", "--hospital", "8000", "--day", "2026-11-16"])
    assert 'name = "SØ"' in shown.output
