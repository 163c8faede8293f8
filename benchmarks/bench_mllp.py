"""MLLP intake: acknowledged after commit, the sender waits for each answer, no worker runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.harness import Node, free_port, nodes, wait_until

from benchmarks import Result, percentile

GOALS = {"postgres": 1000.0, "sqlite": 300.0}
SECONDS = 4.0
CONNECTIONS = 8

HOSPITAL = """
from datetime import date
from samhandling.organisations.models import Organisation
Organisation.objects.create(name="Sykehuset", her_id="90001", organisation_number="990000018", kind="hospital",
                            hosted=True, valid_from=date(2020, 1, 1))
"""


def message(control_id: str, patient: int) -> bytes:
    """An A08 as a patient system sends it, about 600 bytes."""
    segments = [
        f"MSH|^~\\&|PAS|SYKEHUSET|SAMHANDLING|NODE|20261124080000+0100||ADT^A08|{control_id}|P|2.4||||||8859/1",
        "EVN|A08|20261124080000+0100|||BRUKER",
        f"PID|1||{patient:011d}^^^SYKEHUSET^PI~H{patient:07d}^^^SYKEHUSET^MR||Prøvesen^Testine^Ærlig^^^^L||19420314|F|||"
        "Prøveveien 1^^Eksempelby^^1500^NO^H^^3103||69 00 00 00^PRN^PH",
        f"PV1|1|I|MED1^12^1^SYKEHUSET|||KIR|1234567^Lege^Lise^^^^^^HPR|||||||||||V{patient}|||||||||||||||||||||||||20261124070000",
        "ZPL|Y|3103|Y|20261124075500|20261125|Lege^Lise|LE|1234567|D||N",
    ]
    return ("\r".join(segments) + "\r").encode("latin-1")


def converse(port: int, name: str, seconds: float, waits: list[float]) -> int:
    """Send one message after the other on one connection for so long; gives how many were acknowledged."""
    count = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            line.sendall(b"\x0b" + message(f"{name}-{count}", count % 2000) + b"\x1c\r")
            answer = b""
            while not answer.endswith(b"\x1c\r"):
                answer += line.recv(4096)
            assert b"\rMSA|AA|" in answer, answer
            waits.append(time.perf_counter() - began)
            count += 1
    return count


def rate(port: int, name: str, connections: int) -> tuple[float, list[float]]:
    """Acknowledged messages a second over so many connections, and how long each waited."""
    converse(port, f"{name}-warm", 0.5, [])
    waits: list[float] = []
    counts = [0] * connections

    def one(number: int) -> None:
        counts[number] = converse(port, f"{name}-{number}", SECONDS, waits)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began), waits


def start_peer(node: Node) -> tuple[subprocess.Popen[bytes], int]:
    """The peer in a process of its own, on the same store."""
    port = free_port()
    words = [sys.executable, "-m", "benchmarks.mllp_peer", str(port)]
    process = subprocess.Popen(words, env={**node.environment, "PYTHONWARNINGS": "ignore"})

    def answers() -> bool:
        assert process.poll() is None
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    wait_until(answers, what="the peer")
    return process, port


def measure(store: str) -> list[Result]:
    """One store."""
    os.environ["SAMHANDLING_TEST_STORE"] = store
    with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
        node = made.make(environment={"SAMHANDLING_LOG_LEVEL": "warning"})
        node.python(HOSPITAL)
        node.start_mllp()
        one, waits = rate(node.mllp_port, "one", 1)
        peer, port = start_peer(node)
        try:
            peer_one, _ = rate(port, "peer", 1)
            peer_many, _ = rate(port, "peer-many", CONNECTIONS)
        finally:
            peer.kill()
            peer.wait()
        again, _ = rate(node.mllp_port, "again", 1)
        many, _ = rate(node.mllp_port, "many", CONNECTIONS)
        stored = node.query("SELECT count(*) FROM intake_adtrecord")[0][0]
        jobs = node.query("SELECT count(*) FROM jobs_job")[0][0]
    assert stored == jobs, (stored, jobs)
    name = "python-hl7's server, same insert"
    single, several = f"{store}: acknowledged, one connection", f"{store}: acknowledged, {CONNECTIONS} connections"
    note = "mean of a run before and a run after the peer's"
    return [
        Result(single, (one + again) / 2, "/s", goal=GOALS[store], peer=name, peer_value=peer_one, note=note),
        Result(several, many, "/s", peer=name, peer_value=peer_many),
        Result(f"{store}: wait for the answer, p50", 1000 * percentile(waits, 0.5), "ms", lower_is_better=True),
        Result(f"{store}: wait for the answer, p99", 1000 * percentile(waits, 0.99), "ms", lower_is_better=True),
    ]


def run() -> list[Result]:
    """Both stores."""
    return [*measure("postgres"), *measure("sqlite")]
