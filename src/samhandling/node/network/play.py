"""A round: the patient system speaks, the nodes work, mails go astray, time passes; then every document is judged."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from samhandling.carriers.ebxml.rules import INTERVAL, RETRIES
from samhandling.identity import synthetic
from samhandling.node.network.line import Fate, Planned
from samhandling.node.network.mail import MailServer
from samhandling.node.network.nodes import (
    HOSPITAL,
    MUNICIPALITY,
    DiedMeanwhileError,
    Ports,
    RoundNode,
    make_keys,
    write_world,
)

START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
LIFE = INTERVAL * (RETRIES + 2)
"""After that nothing of ours waits for an answer any more."""
LOST_STATES = {"failed", "expired", "rejected"}
"""States of a delivery in which somebody has been told that it did not arrive."""
GOOD_STATES = {"received", "warning", "received_late", "acknowledged"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One document of a node and what became of it."""

    what: str
    transport_id: str
    sender: str
    receiver: str
    state: str
    line: str
    tries: int
    legs: tuple[str, str, str]
    """When it was sent, acknowledged by the other message server, and receipted; "" for never."""
    arrived: int
    """How many times the other node's application has it."""
    good: bool
    """Arrived once and not given up, or given up and not arrived."""


@dataclass
class Round:
    """Two nodes and what is between them."""

    post: MailServer
    nodes: dict[str, RoundNode]
    now: datetime
    crash: Callable[[RoundNode], float | None] = lambda node: None
    """Asked before each step: after how many seconds the node dies in it; None lets it live."""
    deaths: int = 0
    following: dict[str, datetime | None] = field(default_factory=dict)

    def step(self, feed: dict[str, list[str]] | None = None) -> None:
        """Both nodes work until neither has anything to do at this time."""
        feed = feed or {}
        self.post.now = self.now
        waiting = dict.fromkeys(self.nodes, True)
        while any(waiting.values()):
            for kind, node in self.nodes.items():
                answer = self._tell(node, feed.pop(kind, []))
                after = answer["next"]
                self.following[kind] = datetime.fromisoformat(after) if after else None
                waiting[kind] = False
                for other in self.nodes:
                    waiting[other] = waiting[other] or (bool(self.post.waiting(other)) and answer["done"] > 0)

    def _tell(self, node: RoundNode, feed: list[str]) -> dict[str, Any]:
        """One step of a node. When it dies it is started again, and the patient system repeats what it said."""
        while True:
            seconds = self.crash(node)
            timer = threading.Timer(seconds, node.kill) if seconds is not None else None
            try:
                if timer is not None:
                    timer.start()
                return node.tell(order="step", at=self.now.isoformat(), feed=feed)
            except DiedMeanwhileError:
                self.deaths += 1
                node.start()
            finally:
                if timer is not None:
                    timer.cancel()
                    timer.join()

    def pass_time(self, until: datetime) -> None:
        """Let time go by, from one thing that happens to the next."""
        while self.now < until:
            due = [self.post.next_at(), *self.following.values()]
            coming = min((at for at in due if at is not None and at > self.now), default=until)
            # A timer may stand at the very instant of another: time always moves on.
            self.now = min(max(coming, self.now + timedelta(seconds=1)), until)
            self.step()

    def calm(self) -> int:
        """No node dies any more, operations lets stopped work go once more, and time passes until all is settled."""
        self.crash = lambda node: None
        retried = sum(int(node.tell(order="retry", at=self.now.isoformat())["retried"]) for node in self.nodes.values())
        self.pass_time(self.now + LIFE)
        return retried

    def verdicts(self) -> list[Verdict]:
        """Every document of both nodes."""
        told = {kind: node.tell(order="report") for kind, node in self.nodes.items()}
        other = {HOSPITAL: told[MUNICIPALITY], MUNICIPALITY: told[HOSPITAL]}
        return [_verdict(kind, row, other[kind]) for kind in self.nodes for row in told[kind]["deliveries"]]


def _verdict(kind: str, row: dict[str, Any], other: dict[str, Any]) -> Verdict:
    there = Counter(other["receipts"] if row["what"] == "APPREC" else other["messages"])
    arrived = there[row["msg_id"]]
    given_up = row["state"] in LOST_STATES
    fine = row["state"] in GOOD_STATES
    good = (arrived == 1 and fine) or (arrived == 0 and given_up)
    legs = tuple(str(row[name] or "")[:19] for name in ("handed", "acknowledged", "receipted"))
    state = row["state"] + (f" ({row['reason']})" if given_up else "")
    return Verdict(
        row["what"], row["transport_id"], kind, row["receiver"], state, row["line"], row["tries"],
        (legs[0], legs[1], legs[2]), arrived, good,
    )  # fmt: skip


@contextmanager
def made(fate: Fate, *, folder: Path | None = None) -> Iterator[Round]:
    """A round with empty nodes; everything ends with the block."""
    with tempfile.TemporaryDirectory(prefix="samhandling-network-") as temporary:
        home = folder or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        keys = make_keys(home, START)
        post = MailServer(fate, START)
        nodes = {
            kind: RoundNode(kind, home, keys, Ports(post.smtp_port, post.pop3_port))
            for kind in (HOSPITAL, MUNICIPALITY)
        }
        try:
            nodes[HOSPITAL].prepare(None)
            nodes[MUNICIPALITY].prepare(nodes[HOSPITAL])
            for node in nodes.values():
                node.load()
                node.start()
            yield Round(post, nodes, START)
        finally:
            for node in nodes.values():
                node.stop()
            post.stop()


def admission(serial: int, at: datetime) -> str:
    """An admission of a synthetic patient of the municipality: one document to its nursing service."""
    stamp = at.strftime("%Y%m%d%H%M%S+0000")
    born = date(1930, 1, 1) + timedelta(days=37 * (serial % 600))
    number = synthetic.person_number(born, "1" if serial % 2 else "2", index=serial // 600)
    return "\r".join((
        f"MSH|^~\\&|PAS|LILLEVIK|NODE|NODE|{stamp}||ADT^A01|N{serial}|P|2.5||||||UNICODE UTF-8",
        f"EVN|A01|{stamp}||||{stamp}",
        f"PID|1||{number}^^^^FNR~N{serial}^^^LILLEVIK^PI||Prøve{serial}^Test||||||Gata 1^^Storvik^^0000^NO^H^^9901",
        f"PV1|1|I|MED{'|' * 16}V-{serial}{'|' * 25}{stamp}",
        "ZPL|Y|9901|Y|",
        "",
    ))  # fmt: skip


def day(fate: Planned, *, documents: int, folder: Path | None = None, tell: Callable[[str], None]) -> list[Verdict]:
    """The demonstration: so many admissions half an hour apart, each meets the next fault; then some days pass."""
    with made(fate, folder=folder) as round_:
        for serial in range(documents):
            fault = fate.faults[serial % len(fate.faults)]
            tell(f"{round_.now:%d.%m.%Y %H:%M} UTC  innleggelse {serial + 1}: {fault or 'ingen feil'}")
            if fault == "wrong certificate":
                write_world(round_.nodes[HOSPITAL].keys.parent, HOSPITAL, wrong_key=True)
            round_.step({HOSPITAL: [admission(serial, round_.now)]})
            if fault == "wrong certificate":
                write_world(round_.nodes[HOSPITAL].keys.parent, HOSPITAL)
            round_.pass_time(round_.now + timedelta(minutes=30))
        tell("Fire døgn går: det som mangler svar, sendes på nytt.")
        round_.pass_time(round_.now + LIFE)
        return round_.verdicts()


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a long round came to."""

    documents: int
    deaths: int
    wrong: tuple[Verdict, ...]
    memory_mb: tuple[float, float]
    """Largest node after the first fifth of the time, and at the end."""
    seconds: float


def soak(fate: Fate, *, seed: int, seconds: float, crashes: float, tell: Callable[[str], None]) -> Soaked:
    """Admissions without end over a line that goes wrong by chance, with nodes that die; then all is judged.

    `crashes`: how likely a node dies in a step.
    """
    chance = random.Random(seed)  # noqa: S311
    began = time.monotonic()

    def crash(node: RoundNode) -> float | None:
        return chance.uniform(0.01, 0.6) if chance.random() < crashes else None

    with made(fate) as round_:
        serial, early = 0, 0.0
        while time.monotonic() - began < seconds:
            round_.crash = crash
            count = chance.randint(1, 3)
            feed = [admission(serial + one, round_.now) for one in range(count)]
            serial += count
            round_.step({HOSPITAL: feed})
            round_.pass_time(round_.now + timedelta(minutes=chance.randint(5, 180)))
            tell(f"{serial} innleggelser, {round_.deaths} krasj, {round_.post.taken} e-poster")
            if not early and time.monotonic() - began > seconds / 5:
                early = _memory(round_)
        late = _memory(round_)
        round_.calm()
        found = round_.verdicts()
        wrong = tuple(one for one in found if not one.good)
        return Soaked(len(found), round_.deaths, wrong, (early or late, late), time.monotonic() - began)


def _memory(round_: Round) -> float:
    return max(node.memory_mb() for node in round_.nodes.values())
