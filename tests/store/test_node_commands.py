"""`migrate`, `check`, `jobs`, `metrics` and the command line itself, as an operator meets them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import ROOT, free_port, on_postgres


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("SAMHANDLING_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "samhandling.cli", *words],
        env={**clean, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_check_says_that_all_is_well(make_node):
    node = make_node()
    found = {one["name"]: one["state"] for one in node.json("check", "--json")}
    assert {"settings", "home", "store", "migrations", "mark", "clock"} - set(found) == {"home"}
    assert found.pop("worker") == "warning"
    assert set(found.values()) == {"ok"}
    text = node.run("check")
    assert "Lageret er merket TEST" in text
    assert "samhandling worker" in text


def test_check_says_what_is_missing_and_what_to_do(make_node):
    node = make_node()
    key = node.home / "secrets" / "identity.key"
    key.chmod(0o644)
    text = node.run("check", status=1)
    assert f"chmod 600 {key}" in text
    key.unlink()
    text = node.run("check", status=1)
    assert "samhandling migrate" in text
    node.run("migrate")
    node.query("DELETE FROM django_migrations WHERE app = 'jobs'")
    text = node.run("check", status=1)
    assert re.search(r"MANGLER +Lageret mangler 1 endring.*samhandling migrate", text)


def test_check_of_a_machine_without_anything(tmp_path):
    done = run("check", SAMHANDLING_HOME=str(tmp_path / "no"))
    assert done.returncode == 1
    assert "finnes ikke. Kjør: samhandling migrate" in done.stdout


def test_check_names_a_wrong_setting(tmp_path):
    file = tmp_path / "node.toml"
    file.write_text('web_prt = 8000\nlog_level = "loud"\n')
    done = run("check", SAMHANDLING_CONFIG=str(file))
    assert done.returncode == 1
    assert "web_prt" in done.stdout
    assert "log_level" in done.stdout
    assert run("serve", SAMHANDLING_CONFIG=str(file)).returncode == 2


def test_a_store_that_does_not_answer_is_said_in_words(tmp_path):
    run("migrate", SAMHANDLING_HOME=str(tmp_path))
    database = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    checked = run("check", SAMHANDLING_HOME=str(tmp_path), SAMHANDLING_DATABASE=database)
    assert checked.returncode == 1
    assert "Lageret svarer ikke" in checked.stdout
    for words in (("migrate",), ("worker", "--once"), ("jobs", "list"), ("serve",)):
        done = run(*words, SAMHANDLING_HOME=str(tmp_path), SAMHANDLING_DATABASE=database)
        assert done.returncode == 1, words
        assert "store.unreachable" in done.stderr, words
        assert "Traceback" not in done.stderr


def test_migrate_marks_once_and_keeps_its_keys(tmp_path, make_node):
    node = make_node(test=False)
    keys = {path.name: path.read_text() for path in (node.home / "secrets").iterdir()}
    assert {path.stat().st_mode & 0o777 for path in (node.home / "secrets").iterdir()} == {0o600}
    assert "ekte data" in node.run("migrate")
    assert {path.name: path.read_text() for path in (node.home / "secrets").iterdir()} == keys
    node.run("migrate", "--test", status=1)
    assert node.query("SELECT test FROM store_store") == [(False if on_postgres() else 0,)]


def test_dead_jobs_are_listed_retried_and_skipped(make_node):
    node = make_node()
    job = node.python(
        "from samhandling.jobs.services import enqueue\n"
        "from samhandling.store.services import now\n"
        "result = enqueue('nobody', {'message': 7}, now=now(), keys=['a'])"
    )
    assert "1 jobber" in node.run("worker", "--once") or node.json("jobs", "list", "--json")
    (listed,) = node.json("jobs", "list", "--state", "dead", "--json")
    assert (listed["id"], listed["error"], listed["payload"]) == (job, "job.unknown_handler", {"message": 7})
    assert "job.unknown_handler" in node.run("jobs", "list")
    node.run("jobs", "retry", str(job))
    assert node.json("jobs", "list", "--state", "waiting", "--json")[0]["id"] == job
    node.run("jobs", "skip", str(job), "--reason", "x", status=1)
    node.run("worker", "--once")
    node.run("jobs", "skip", str(job), status=2)
    node.run("jobs", "skip", str(job), "--reason", "Registrert for hånd")
    assert node.json("jobs", "list", "--state", "skipped", "--json")[0]["id"] == job
    node.run("jobs", "retry", str(job), status=1)
    node.run("jobs", "retry", "999999", status=1)
    node.run("jobs", "list", "--state", "nonsense", status=2)


def test_metrics_count_the_jobs(make_node):
    node = make_node()
    node.python(
        "from samhandling.jobs.services import enqueue\n"
        "from samhandling.store.services import now\n"
        "enqueue('nobody', {}, now=now())"
    )
    text = node.run("metrics")
    assert 'samhandling_jobs{queue="main",state="waiting"} 1.0' in text
    assert "samhandling_workers 0.0" in text


def test_wrong_words_end_with_two_and_a_hint():
    done = run("valider")
    assert done.returncode == 2
    assert "Mente du «validate»?" in done.stderr
    assert run().returncode == 2
    assert run("--help").returncode == 0
    assert re.fullmatch(r"samhandling \d+\.\d+\.\d+\n", run("--version").stdout)
    assert run("worker", "--nonsense").returncode in {1, 2}


@pytest.mark.parametrize("words", [("jobs", "list", "--json"), ("check", "--json")])
def test_json_is_alone_on_stdout(make_node, words):
    json.loads(make_node().run(*words))


def test_an_unexpected_error_tells_no_content(tmp_path):
    done = run("migrate", SAMHANDLING_HOME=str(Path("/proc/nowhere")))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "FileNotFoundError" in done.stderr
