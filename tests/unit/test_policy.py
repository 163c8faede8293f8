"""The routine as data: what comes with the program, files of one's own, and contradictions that are named."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from samhandling.stays.policy import NATIONAL, OSTFOLD, PolicyError, read, shipped, shipped_names
from samhandling.stays.policy_commands import app

BASE = b'base = "sykehuset-ostfold-1"\nname = "Egen"\nvalid_from = 2027-01-01\n'


def test_two_routines_come_with_the_program_and_neither_contradicts_itself():
    assert shipped_names() == (NATIONAL, OSTFOLD)
    assert shipped(OSTFOLD).name == "Sykehuset Østfold, versjon 1"
    assert shipped(NATIONAL).early_notice_hours == 24


def test_a_file_names_what_differs_and_inherits_the_rest():
    found = read(BASE + b'early_notice_hours = 12\n[allowed]\nM9 = "X X A A X X X X"\n')
    assert (found.name, found.early_notice_hours, found.assessment_hours) == ("Egen", 12, 12)
    assert found.allowed["M9"].split()[1] == "X"
    assert found.allowed["M10"] == shipped(OSTFOLD).allowed["M10"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('confirm_ready_by = "06:00"', "confirm_ready_by (06:00) må være etter confirm_ready_from (07:30)"),
        ('identity_classes = ["DNR"]', "FNR må være med"),
        ('identity_classes = ["FNR", "H"]', "S-35"),
        ("deviation_reasons = []", "minst én grunn"),
        ("discharge_report = true", "discharge_report og allowed.M14"),
        ("warn_hours = { F1 = [23, 12] }", "stigende"),
        ("warn_hours = { F1 = [25] }", "etter fristen"),
        ("warn_hours = { F9 = [1] }", "bare F1 og F2"),
        ("receipt_alarm_minutes = { M6 = 10000 }", "etter receipt_hours"),
        ("early_receipt_alarm_before_hours = 30", "kortere enn early_notice_hours"),
        ('[allowed]\nM1 = "A A A A A A A A"', "allowed.M1: kan ikke være tillatt i S4"),
        ('[allowed]\nM6 = "X X A"', "åtte ord"),
        ('[allowed]\nM99 = "X X X X X X X X"', "ingen melding M99"),
        ('[allowed]\nM12 = "A A A A A A A X"', "allowed.M12: må være tillatt i HN"),
        ('[allowed]\nM9 = "X A A A A X X X"', "dialogue_in_stay_only er på"),
        ('day_prices = { 2026 = { amount = 0, source = "x" } }', "over null kroner"),
        ('day_prices = { 26 = { amount = 6000, source = "x" } }', "årstall"),
        ("day_prices = { 2026 = { amount = 6000 } }", "source"),
        ("early_notice_hours = 0", "early_notice_hours"),
        ('future_ready = "maybe"', "future_ready"),
        ("tidlig = 3", "tidlig"),
        ("name = ", "TOML"),
        ('base = "annen"', "Det finnes ingen rutine annen"),
    ],
)
def test_a_contradiction_is_refused_and_named(text, named):
    whole = text if text.startswith("base") else f"{BASE.decode()}{text}\n"
    with pytest.raises(PolicyError) as refused:
        read(whole.encode())
    assert named in "; ".join(refused.value.findings)


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_show_gives_a_file_that_reads_back_the_same(tmp_path):
    shown = run("show", OSTFOLD)
    assert shown.exit_code == 0
    file = tmp_path / "vist.toml"
    file.write_text(shown.stdout)
    assert run("diff", OSTFOLD, str(file)).exit_code == 0
    assert json.loads(run("show", "--json").stdout)["name"] == "Sykehuset Østfold, versjon 1"


def test_diff_names_what_differs():
    found = run("diff", NATIONAL, OSTFOLD, "--json")
    assert found.exit_code == 1
    assert {row["name"] for row in json.loads(found.stdout)} >= {"deviation_reasons", "free_dialogue", "allowed.M14"}


def test_check_says_what_is_wrong_with_each_file(tmp_path):
    good, bad = tmp_path / "god.toml", tmp_path / "feil.toml"
    good.write_bytes(BASE)
    bad.write_bytes(BASE + b"deviation_reasons = []\n")
    found = run("check", str(good), str(bad), "--json")
    assert found.exit_code == 1
    assert [row["ok"] for row in json.loads(found.stdout)] == [True, False]
    assert run("check", str(good)).exit_code == 0
    assert run("show", str(tmp_path / "ingen.toml")).exit_code == 2
