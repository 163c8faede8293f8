"""Real nodes for tests: a home, a store of its own, and `samhandling` processes that can be started, stopped and killed.

A test takes the fixture `make_node`. The store is the round's (SAMHANDLING_TEST_STORE): a SQLite file or a fresh
PostgreSQL database, cloned from one that was migrated once.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("SAMHANDLING_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
T = TypeVar("T")


def on_postgres() -> bool:
    """Whether this round of tests runs on PostgreSQL."""
    return os.environ.get("SAMHANDLING_TEST_STORE", "sqlite") == "postgres"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(condition: Callable[[], T], seconds: float = 20.0, what: str = "it") -> T:
    """Ask until the answer is true, and give it. Raises AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s for {what}; last answer: {answer!r}")
        time.sleep(0.02)


class Process:
    """One `samhandling` process of a node."""

    def __init__(self, name: str, words: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.log_file = log
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "samhandling.cli", *words],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        self.pid = self._child.pid

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL."""
        if self.running:
            self._child.send_signal(signal.SIGKILL)
        self._child.wait()

    def stop(self, seconds: float = 30.0) -> int:
        """Ask it to end (SIGTERM) and give its exit status. Raises AssertionError when it does not end in time."""
        if self.running:
            self._child.terminate()
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            raise AssertionError(f"{self.name} did not end within {seconds:.0f} s\n{self.log()}") from None

    def log(self) -> str:
        """What it has written."""
        return self.log_file.read_text(errors="replace")

    def memory_mb(self) -> float:
        """Resident memory now."""
        return process_memory_mb(self.pid)

    def children(self) -> list[int]:
        """Ids of the processes that it has started and that still run."""
        return [int(one) for one in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]


def process_memory_mb(pid: int) -> float:
    """Resident memory of a process now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


class Node:
    """A node with a home and a store of its own."""

    def __init__(self, home: Path, database: str, environment: dict[str, str] | None = None) -> None:
        self.home = home
        self.database = database
        self.web_port = free_port()
        self.mllp_port = free_port()
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SAMHANDLING_")},
            "SAMHANDLING_HOME": str(home),
            "SAMHANDLING_DATABASE": database,
            "SAMHANDLING_WEB_PORT": str(self.web_port),
            "SAMHANDLING_MLLP": json.dumps([{"port": self.mllp_port}]),
            # Tests that kill a worker mean the process they started.
            "SAMHANDLING_WORKER_PROCESSES": "1",
            "DJANGO_SETTINGS_MODULE": "samhandling.settings",
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        }
        self.processes: list[Process] = []

    @property
    def web_url(self) -> str:
        """Address of the pages once `serve` runs."""
        return f"http://127.0.0.1:{self.web_port}"

    def run(self, *words: str, stdin: str = "", status: int | None = 0, seconds: float = 120) -> str:
        """Run `samhandling WORDS…` to its end and give its stdout. `status` None: any exit status will do."""
        done = subprocess.run(
            [sys.executable, "-m", "samhandling.cli", *words],
            env=self.environment,
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        if status is not None and done.returncode != status:
            raise AssertionError(f"samhandling {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def json(self, *words: str, **options: Any) -> Any:
        """Run a command and read its stdout as JSON."""
        return json.loads(self.run(*words, **options))

    def python(self, code: str, **values: Any) -> Any:
        """Run Python in this node with Django set up; the JSON of what it assigns to `result` is given.

        `values` are names the code can use.
        """
        program = (
            "import json, sys\n"
            "from samhandling.node.django import start\n"
            "start()\n"
            "scope = json.load(sys.stdin)\n"
            "exec(compile(scope.pop('__code__'), 'test', 'exec'), scope)\n"
            "print(json.dumps(scope.get('result'), default=str))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=self.environment,
            cwd=ROOT,
            input=json.dumps({**values, "__code__": code}),
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise AssertionError(f"{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run one statement on the store, committed, beside Django. Placeholders are `%s` on both stores."""
        if self.database.startswith("postgresql"):
            with psycopg.connect(self.database, autocommit=True) as store:
                cursor = store.execute(sql, parameters)
                return list(cursor.fetchall()) if cursor.description else []
        store_file = urlsplit(self.database).path[1:]
        with sqlite3.connect(store_file, timeout=20) as lite:
            rows = lite.execute(sql.replace("%s", "?"), parameters).fetchall()
        lite.close()
        return rows

    def instant(self, when: datetime) -> Any:
        """An aware instant as a parameter of `query`."""
        return when if on_postgres() else when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    def start(self, name: str, *words: str) -> Process:
        """Start `samhandling WORDS…` (default: the name itself) and give it at once; see `wait_until`."""
        process = Process(name, words or (name,), self.environment, self.home / f"{name}.log")
        self.processes.append(process)
        return process

    def start_web(self) -> Process:
        """Start the pages and wait until they answer."""
        process = self.start("serve")
        self._wait_for_port(process, self.web_port)
        return process

    def start_mllp(self) -> Process:
        """Start the listener and wait until it answers."""
        process = self.start("mllp")
        self._wait_for_port(process, self.mllp_port)
        return process

    def _wait_for_port(self, process: Process, port: int) -> None:
        def answers() -> bool:
            if not process.running:
                raise AssertionError(f"{process.name} ended\n{process.log()}")
            with socket.socket() as one:
                one.settimeout(1)
                return one.connect_ex(("127.0.0.1", port)) == 0

        wait_until(answers, what=f"{process.name} on port {port}")

    def close(self) -> None:
        """Kill whatever of this node still runs."""
        for process in self.processes:
            process.kill()


class Nodes:
    """Makes nodes whose stores are clones of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Node] = []
        self._databases: list[str] = []
        self._templates: dict[bool, Node] = {}

    def make(self, *, test: bool = True, environment: dict[str, str] | None = None) -> Node:
        """A node with an empty, migrated store; `test` marks it as a test store."""
        if test not in self._templates:
            name = "test" if test else "real"
            template = Node(self._folder / f"template-{name}", self._database(self._folder / f"template-{name}"))
            template.run("migrate", *(["--test"] if test else []))
            self._templates[test] = template
        template = self._templates[test]
        home = self._folder / f"node-{len(self._made)}"
        shutil.copytree(template.home, home)
        node = Node(home, self._database(home, template), environment)
        self._made.append(node)
        return node

    def _database(self, home: Path, template: Node | None = None) -> str:
        if not on_postgres():
            return f"sqlite:///{home / 'samhandling.sqlite3'}"
        name = f"samhandling_node_{uuid.uuid4().hex[:12]}"
        words = f" TEMPLATE {urlsplit(template.database).path[1:]}" if template else ""
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}{words}")
        self._databases.append(name)
        return urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))

    def close_nodes(self) -> None:
        """Kill what runs; the stores stay until `close`."""
        for node in self._made:
            node.close()

    def close(self) -> None:
        """Kill what runs and drop every database."""
        self.close_nodes()
        if self._databases:
            with psycopg.connect(POSTGRES, autocommit=True) as server:
                for name in self._databases:
                    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def nodes(folder: Path) -> Iterator[Nodes]:
    """Nodes that are gone afterwards; also for benchmarks."""
    made = Nodes(folder)
    try:
        yield made
    finally:
        made.close()
