"""`samhandling world …`: exit statuses, what is said, and that wrong use changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from samhandling.organisations.models import Organisation
from samhandling.store.services import mark_as_real, mark_as_test
from samhandling.world.commands import app
from samhandling.world.reading import SHIPPED

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_load_then_diff_then_export_then_load(tmp_path: Path) -> None:
    mark_as_test(machine_now=NOW)
    loaded = run("load", "liten")
    assert loaded.exit_code == 0
    assert "organisation: 4 lagt til, 0 endret" in loaded.stdout
    assert run("diff", "liten").exit_code == 0
    file = tmp_path / "ut.toml"
    assert run("export", "--out", str(file), "--name", "min").exit_code == 0
    assert 'name = "min"' in file.read_text()
    again = run("load", str(file))
    assert again.exit_code == 0
    assert "Ingen endringer" in again.stdout
    assert run("export").stdout_bytes.startswith(b"[world]\n")


def test_the_password_is_told_and_stays_the_same() -> None:
    mark_as_test(machine_now=NOW)
    first, second = run("load", "ostfold"), run("load", "ostfold")
    assert first.exit_code == second.exit_code == 0
    assert first.stdout.splitlines()[-1].startswith("Passord for de oppdiktede brukerne: ")
    assert first.stdout.splitlines()[-1] == second.stdout.splitlines()[-1]


def test_differences_are_listed_and_give_1() -> None:
    mark_as_test(machine_now=NOW)
    run("load", "liten")
    Organisation.objects.filter(her_id="98990200").update(name="Innvik kommune")
    told = run("diff", "liten")
    assert told.exit_code == 1
    assert told.stdout == "~ organisasjon 98990200: name 'Utvik kommune' → 'Innvik kommune'\n"
    (row,) = json.loads(run("diff", "liten", "--json").stdout)
    assert row == {
        "kind": "changed",
        "row": "organisasjon 98990200",
        "key": "name",
        "before": "Utvik kommune",
        "after": "Innvik kommune",
    }


def test_two_files_can_be_compared() -> None:
    assert run("diff", "liten", "liten").exit_code == 0
    assert run("diff", "liten", "ostfold").exit_code == 1


def test_check_names_line_and_code(tmp_path: Path) -> None:
    file = tmp_path / "feil.toml"
    text = (SHIPPED / "liten.toml").read_text().replace('"98310702"', '"98310701"')
    file.write_text(text)
    told = run("check", str(file))
    assert told.exit_code == 1
    line = text[: text.rindex('"98310701"')].count("\n")
    assert f"FEIL  linje {line}, organisation[1].party[1]: HER-id 98310701 står også i" in told.stdout
    (problem,) = json.loads(run("check", str(file), "--json").stdout)
    assert (problem["code"], problem["line"]) == ("world.her_id_twice", line)


def test_warnings_alone_give_0() -> None:
    told = run("check", "ostfold")
    assert told.exit_code == 0
    assert "world.coordinator_missing" in told.stdout


@pytest.mark.parametrize("word", ["load", "check", "diff"])
def test_a_file_that_cannot_be_read_is_wrong_use(tmp_path: Path, word: str) -> None:
    mark_as_test(machine_now=NOW)
    broken = tmp_path / "x.toml"
    broken.write_text("[world\n")
    for name in (str(broken), str(tmp_path / "finnes-ikke.toml"), str(tmp_path)):
        told = run(word, name)
        assert told.exit_code == 2
        assert "Verdenen kan ikke leses" in told.stderr
    assert not Organisation.objects.exists()


def test_a_real_store_takes_no_synthetic_world() -> None:
    mark_as_real(machine_now=NOW)
    told = run("load", "liten")
    assert told.exit_code != 0
    assert getattr(told.exception, "code", "") == "store.not_a_test_store"
    assert not Organisation.objects.exists()


def test_a_file_that_cannot_be_written_is_wrong_use(tmp_path: Path) -> None:
    mark_as_test(machine_now=NOW)
    assert run("export", "--out", str(tmp_path / "mangler" / "ut.toml")).exit_code == 2
