"""The numbered scenarios of routines 2.7, as the files that come with the program; each test bears its number."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from samhandling.stays.play.commands import play, shipped

NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 21, 24, 25, 26, 27, 28, 29, 30, 31, 33, 34, 35,
           36, 38]  # fmt: skip


def test_every_scenario_of_the_routine_is_there():
    assert sorted(int(number) for number in shipped()) == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_scenario(number):
    file = shipped()[str(number)]
    found = play(file.read_bytes(), file.name, file.parent)
    assert found["differences"] == []


def command(*words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from samhandling.cli import main; main()", "scenario", *words]
    return subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_tells_one_object_per_file_in_order(tmp_path):
    mine = tmp_path / "mitt.toml"
    mine.write_text('[[step]]\nat = "16.11.2026 kl. 10.00"\ndo = "admit"\n')
    done = command("3", str(mine), "1", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, [one["file"] for one in found]) == (0, ["3", str(mine), "1"])
    assert [one["state"] for one in found] == ["S2", "S1", "S2"]
    assert found[0]["deadlines"][0].keys() >= {"id", "due", "state", "late_seconds", "affected_by_downtime"}


def test_an_outcome_that_is_not_as_the_file_says_ends_with_one(tmp_path):
    wrong = tmp_path / "feil.toml"
    wrong.write_text('[[step]]\nat = 2026-11-16T10:00:00\ndo = "admit"\n[expect]\nstate = "S3"\nsent = ["M1"]\n')
    done = command(str(wrong))
    assert done.returncode == 1
    assert "state: ventet S3, fikk S1" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[step", "TOML"),
        ("", "ingen steg"),
        ('[[step]]\ndo = "admit"', "steg 1 (admit): at mangler"),
        ('[[step]]\nat = 2026-11-16\ndo = "dance"', "steg 1: do = «dance» finnes ikke"),
        ('[[step]]\nat = "i går"\ndo = "admit"', "«i går» er ikke et tidspunkt"),
        ('[[step]]\nat = 2026-11-16\ndo = "send"\nmessage = "M99"', "ingen melding «M99»"),
        ('[[step]]\nat = 2026-11-16\ndo = "apprec"', "steg 1 (apprec): of"),
        ('[patient]\nid_type = "X"\n[[step]]\nat = 2026-11-16\ndo = "look"', "id_type"),
        ('[[step]]\nat = 2026-11-16\ndo = "need"\nvalue = "kanskje"', "steg 1 (need): value skal være ja eller nei"),
        ('[[step]]\nat = 2026-11-16\ndo = "outage"', "steg 1 (outage): to"),
        ('policy = "annen"\n[[step]]\nat = 2026-11-16\ndo = "look"', "Det finnes ingen rutine"),
        ('[policy]\nconfirm_ready_by = "06:00"\n[[step]]\nat = 2026-11-16\ndo = "look"', "confirm_ready_by"),
    ],
)
def test_a_file_that_cannot_be_played_says_where_and_why(tmp_path, text, said):
    file = tmp_path / "feil.toml"
    file.write_text(text)
    done = command(str(file), "--json")
    assert done.returncode == 2
    assert said in json.loads(done.stdout)[0]["error"]
    assert said in done.stderr
    assert "Traceback" not in done.stderr
