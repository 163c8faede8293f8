"""`samhandling demo` as a user starts it: processes, pages, winding the clock, and everything ended by Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

SLOW = 240.0
"""Seconds after which a step has failed, on a machine that does much else."""

SPOOL = """
import sys, time
from datetime import UTC, date, datetime, time as clock
from samhandling.node.django import start
start()
from samhandling.clock import oslo
from samhandling.store import services
from samhandling.store.models import Store
target = oslo.from_local(date(2026, 11, 24), clock(12, 5)).instant
assert not services.wind_clock(target, machine_now=datetime.now(UTC)), "nobody plays the day"
while Store.objects.get(pk=1).clock_target is not None:
    time.sleep(0.1)
from samhandling.exchange.models import Message
print(Message.objects.filter(direction="out", type="LOG_UTSKRIVNINGSKLAR").count(), services.now() >= target)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        pytest.skip("the demo makes its own SQLite store; the played day is tested on both")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SAMHANDLING_", "DJANGO_"))}
    return {**kept, "SAMHANDLING_HOME": str(tmp_path / "demo"), "PYTHONUNBUFFERED": "1"}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "samhandling.cli", *words]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def lines_until(process: subprocess.Popen[str], wanted: str) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line
        if wanted in line:
            return
    raise AssertionError(f"{wanted!r} never came; exit status {process.wait()}")


def children_of(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found += [int(folder.name), *children_of(int(folder.name))]
    return found


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.mark.store
def test_the_demo_starts_plays_and_ends_all_its_processes(environment: dict[str, str]) -> None:
    port = free_port()
    environment["SAMHANDLING_MLLP"] = f'[{{"port": {free_port()}}}]'
    for start in ("first", "second"):
        demo = subprocess.Popen(
            command("demo", "--port", str(port)),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            said = "".join(lines_until(demo, "Ctrl-C"))
            address = re.search(r"http://127\.0\.0\.1:\d+/", said)
            assert address is not None
            assert "Passord for alle:" in said
            assert "nattsykepleier" in said
            with urllib.request.urlopen(address[0], timeout=30) as page:
                assert "SYNTETISK" in page.read().decode()
            second = subprocess.run(command("demo"), env=environment, capture_output=True, text=True, timeout=SLOW)
            assert second.returncode == 1
            assert "world.demo_runs" in second.stderr
            if start == "first":
                wound = subprocess.run(
                    [sys.executable, "-c", SPOOL], env=environment, capture_output=True, text=True, timeout=SLOW
                )
                assert wound.stdout.split() == ["6", "True"], wound.stderr
                journal = Path(environment["SAMHANDLING_HOME"]) / "epj"
                deadline = time.monotonic() + SLOW
                while not list(journal.glob("*/journalen/*.pdf")) and time.monotonic() < deadline:
                    time.sleep(0.2)
                for metadata in journal.glob("*/journalen/*.json"):
                    assert metadata.with_suffix(".pdf").exists()
                    assert metadata.with_suffix(".xml").exists()
                assert list(journal.glob("*/journalen/*.json"))
            children = children_of(demo.pid)
            assert len(children) >= 4
        finally:
            demo.send_signal(signal.SIGINT)
            _, told = demo.communicate(timeout=60)
        assert demo.returncode == 0
        assert "Avslutter" in told
        if start == "second":
            assert "Før dagen" not in told
        deadline = time.monotonic() + 10
        while alive(children) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert alive(children) == []


@pytest.mark.store
def test_once_prints_the_outcome_and_exits_0(environment: dict[str, str]) -> None:
    done = subprocess.run(
        command("demo", "--once"), env=environment, capture_output=True, text=True, timeout=SLOW, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Nøyaktig de tilsiktede mangler kvittering." in done.stdout
    assert "Fagsystemet i Rakkestad kvitterer ikke" in done.stdout
    assert "Olsen, Anne" in done.stdout
    assert not re.search(r"(?<!\d)\d{11}(?!\d)", done.stdout + done.stderr)
    again = subprocess.run(
        command("demo", "--once"), env=environment, capture_output=True, text=True, timeout=SLOW, check=False
    )
    assert again.returncode == 0
    assert "Nøyaktig de tilsiktede mangler kvittering." in again.stdout


@pytest.mark.store
@pytest.mark.parametrize("words", [("demo",), ("demo", "--fresh"), ("demo", "--once")])
def test_a_real_store_is_left_alone(environment: dict[str, str], words: tuple[str, ...]) -> None:
    made = subprocess.run(command("migrate"), env=environment, capture_output=True, text=True, timeout=SLOW)
    assert made.returncode == 0
    store = Path(environment["SAMHANDLING_HOME"]) / "samhandling.sqlite3"
    before = store.stat().st_ino
    told = subprocess.run(command(*words), env=environment, capture_output=True, text=True, timeout=SLOW)
    assert told.returncode == 1
    assert "store.not_a_test_store" in told.stderr
    assert store.stat().st_ino == before
