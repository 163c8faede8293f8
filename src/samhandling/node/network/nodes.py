"""Make the two nodes and run them: homes, keys, worlds, and a process each that can be killed and started again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from samhandling.errors import SamhandlingError
from samhandling.processes import FOLLOWS_PARENT, command
from samhandling.world.format import World
from samhandling.world.reading import read, write

HOSPITAL, MUNICIPALITY = "hospital", "municipality"
WORLD = "liten"
_MEMORY = re.compile(r"VmRSS:\s+(\d+)")


class NodeDiedError(SamhandlingError):
    """A node of the round ended by itself or did not come up."""

    code = "world.process_ended"


class DiedMeanwhileError(Exception):
    """The node was killed while it worked: it is started again and told once more."""


@dataclass
class Ports:
    """Where the mail server is."""

    smtp: int
    pop3: int


class RoundNode:
    """One of the two nodes."""

    def __init__(self, kind: str, folder: Path, keys: Path, ports: Ports) -> None:
        self.kind = kind
        self.home = folder / kind
        self.keys = keys / f"{kind}.toml"
        self._log = folder / f"{kind}.log"
        mailbox = {
            "smtp_port": ports.smtp, "smtp_starttls": False, "fetch_port": ports.pop3, "fetch_tls": False, "user": kind,
        }  # fmt: skip
        self._environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("SAMHANDLING_")},
            "SAMHANDLING_HOME": str(self.home),
            "SAMHANDLING_EBXML": json.dumps({"transport": str(self.keys), "mailbox": mailbox}),
            "SAMHANDLING_LOG_LEVEL": "error",
            FOLLOWS_PARENT: str(os.getpid()),
        }
        self._child: subprocess.Popen[str] | None = None

    def prepare(self, twin: RoundNode | None) -> None:
        """An empty store with the world in it; copied from the twin's, made before, because making one takes long."""
        if twin is None:
            self._run("migrate", "--test")
        else:
            shutil.copytree(twin.home, self.home)

    def load(self) -> None:
        """The world as this node has it."""
        self._run("world", "load", str(self.keys))

    def _run(self, *words: str) -> None:
        with self._log.open("ab") as log:
            done = subprocess.run(command(*words), env=self._environment, stdout=log, stderr=log, check=False)
        if done.returncode:
            raise NodeDiedError(f"{self.kind}: {words[0]}; see {self._log}")

    def start(self) -> None:
        """Its process."""
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                command("network", "step"), env=self._environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """Of its process."""
        assert self._child is not None
        return self._child.pid

    def tell(self, **order: Any) -> dict[str, Any]:
        """One order and its answer. Raises DiedMeanwhileError when the process is gone."""
        if self._child is None:
            self.start()
        assert self._child is not None
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(json.dumps(order, default=str) + "\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except OSError:
            line = ""
        if not line:
            self.stop()
            raise DiedMeanwhileError(self.kind)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        """As a power cut would."""
        if self._child is not None:
            with suppress(OSError):
                self._child.kill()

    def stop(self) -> None:
        """Let it end."""
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(OSError):
            if child.stdin is not None:
                child.stdin.close()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()

    def memory_mb(self) -> float:
        """Resident memory of its process; 0 where the system does not tell."""
        try:
            found = _MEMORY.search(Path(f"/proc/{self.pid}/status").read_text())
        except OSError:
            return 0.0
        return int(found[1]) / 1024 if found is not None else 0.0


def make_keys(folder: Path, now: datetime) -> Path:
    """Certificates of the world, and a world file for each node with its own keys only; gives the folder."""
    keys = folder / "keys"
    words = ("pki", "demo", str(keys), "--world", WORLD, "--at", now.isoformat(), "--bits", "2048")
    done = subprocess.run(command(*words), capture_output=True, text=True, check=False)
    if done.returncode:
        raise NodeDiedError(f"pki demo: {done.stderr.strip()[:200]}")
    for kind in (HOSPITAL, MUNICIPALITY):
        write_world(keys, kind)
    return keys


def write_world(keys: Path, kind: str, *, wrong_key: bool = False) -> None:
    """The world as one node has it. `wrong_key`: it signs with a certificate of an issuer whom nobody trusts."""
    world = read(str(keys / "world.toml")).world
    for organisation in world.organisation:
        organisation.hosted = organisation.kind == kind
        for party in organisation.party:
            party.carrier = "ebxml_smtp"
            party.edi_address = f"{organisation.kind}@edi.example.no"
    own = {one.her_id for one in world.organisation if one.hosted}
    assert world.transport is not None
    world.transport.key = [key for key in world.transport.key if key.her_id in own]
    for key in world.transport.key:
        if wrong_key and key.use == "signing":
            key.file, key.certificate = "bad/other-issuer.key", "bad/other-issuer.pem"
    path = keys / f"{kind}.toml"
    new = path.with_suffix(".new")
    new.write_bytes(write(_tested(world)))
    new.replace(path)


def _tested(world: World) -> World:
    """No clock in the file: the round sets it."""
    world.world.clock = None
    return world
