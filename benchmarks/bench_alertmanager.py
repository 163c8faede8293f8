"""500 recipients with a kill in the middle: our notices beside Prometheus Alertmanager's mails.

Both hand one mail to each recipient, to the same SMTP server, and are killed (SIGKILL) when half have gone.
Alertmanager keeps no alerts over a restart: whoever raises them says them again, as Prometheus does each minute; here
at once. It is also measured with an orderly end, when it writes down what it has sent.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.harness import free_port, nodes, wait_until
from tests.smtp_server import Letters, mail_server

from benchmarks import Result
from benchmarks.bench_downtime import GROUPS, RECIPIENTS, WORLD, announce_and_kill

PROGRAM = "prometheus-alertmanager"
QUIET_SECONDS = 60.0
"""When no more mail has come for this long, no more is awaited."""


@dataclass(frozen=True)
class Told:
    """What the recipients got."""

    missing: int
    doubled: int
    seconds: float


def told(letters: Letters, seconds: float) -> Told:
    """Count the recipients who got none, and the mails beyond the first."""
    got = Counter(letters.addresses())
    return Told(RECIPIENTS - len(got), sum(got.values()) - len(got), seconds)


def _settled(letters: Letters, began: float) -> float:
    """Wait until nothing more comes; seconds to the last mail."""
    last, at = len(letters.got), time.perf_counter()
    while time.perf_counter() - at < QUIET_SECONDS:
        time.sleep(0.1)
        if len(letters.got) != last:
            last, at = len(letters.got), time.perf_counter()
    return at - began


def _configuration(port: int) -> str:
    """JSON is YAML: a route and a receiver for each recipient."""
    names = [f"m{number}" for number in range(RECIPIENTS)]
    return json.dumps({
        "global": {
            "smtp_smarthost": f"127.0.0.1:{port}", "smtp_from": "stans@sykehuset.invalid", "smtp_require_tls": False,
        },
        "route": {
            "receiver": "m0", "group_wait": "0s", "group_interval": "5m", "repeat_interval": "24h",
            "routes": [{"receiver": name, "continue": True, "matchers": ['alertname="Stans"']} for name in names],
        },
        "receivers": [{"name": name, "email_configs": [{"to": f"{name}@sykehuset.invalid"}]} for name in names],
    })  # fmt: skip


def _alertmanager(folder: Path, how: signal.Signals) -> Told:
    with mail_server() as letters:
        address = f"127.0.0.1:{free_port()}"
        (folder / "alertmanager.yml").write_text(_configuration(letters.port))

        def start() -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [PROGRAM, f"--config.file={folder / 'alertmanager.yml'}", f"--storage.path={folder / 'data'}",
                 f"--web.listen-address={address}", "--cluster.listen-address="],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            wait_until(lambda: _ask(address, "/-/ready"), seconds=30, what=PROGRAM)
            return process

        process = start()
        try:
            began = time.perf_counter()
            _raise(address)
            wait_until(lambda: len(letters.got) >= RECIPIENTS // 2, seconds=120, what="half of them")
            process.send_signal(how)
            process.wait(timeout=30)
            process = start()
            _raise(address)
            return told(letters, _settled(letters, began))
        finally:
            process.kill()
            process.wait()


def _ask(address: str, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _raise(address: str) -> None:
    alert = [{"labels": {"alertname": "Stans"}, "annotations": {"summary": "Stans. " * 60}}]
    body = json.dumps(alert).encode()
    request = urllib.request.Request(
        f"http://{address}/api/v2/alerts", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5):
        pass


def _ours(folder: Path) -> Told:
    with mail_server() as letters, nodes(folder) as made:
        setting = {"host": "127.0.0.1", "port": letters.port, "starttls": False, "sender": "stans@sykehuset.invalid"}
        node = made.make(environment={"SAMHANDLING_MAIL": json.dumps(setting)})
        node.run("world", "load", "liten")
        node.python(WORLD, groups=GROUPS, recipients=RECIPIENTS)
        _first, last = announce_and_kill(node, letters)
        _settled(letters, time.perf_counter())
        return told(letters, last)


def run() -> list[Result]:
    """Mails missing, mails doubled, seconds; one line that says so where the program is not installed."""
    if shutil.which(PROGRAM) is None:
        return [Result("skipped", 0, "", note=f"{PROGRAM} is not installed: apt-get install {PROGRAM}")]
    ways: list[tuple[str, Callable[[Path], Told]]] = [
        ("ours, killed half way", _ours),
        ("Alertmanager, killed half way", lambda folder: _alertmanager(folder, signal.SIGKILL)),
        ("Alertmanager, ended in order half way", lambda folder: _alertmanager(folder, signal.SIGTERM)),
    ]
    found = []
    for name, way in ways:
        with tempfile.TemporaryDirectory() as folder:
            made = way(Path(folder))
        found += [
            Result(f"{name}: recipients without a mail", made.missing, "", lower_is_better=True),
            Result(f"{name}: mails too many", made.doubled, "", lower_is_better=True),
            Result(f"{name}: {RECIPIENTS} recipients", made.seconds, "s", lower_is_better=True),
        ]
    return found
