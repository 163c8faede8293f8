"""Measurements: `./run bench [NAME…]`. They print and never gate.

Each module `bench_<name>.py` has `run() -> list[Result]` and runs in a process of its own, so it may set Django up as
it likes. A peer is measured in the same run, on the same machine, in the same minute: only the ratio means something
elsewhere.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """One figure."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    peer: str = ""
    """What it is compared with, measured in the same run."""
    peer_value: float | None = None
    ratio: float | None = None
    """How many times better than the peer; worked out from the two values where not given."""
    lower_is_better: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.lower_is_better else self.value >= self.goal

    @property
    def times(self) -> float | None:
        """How many times better than the peer; None without one."""
        if self.ratio is not None or not self.peer_value or not self.value:
            return self.ratio
        return self.peer_value / self.value if self.lower_is_better else self.value / self.peer_value

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {**asdict(self), "met": self.met, "ratio": self.times}


def rate(work: Callable[[], Any], *, seconds: float = 2.0, per_call: int = 1) -> float:
    """How often a second `work` can be done, after one call to warm up; `per_call`: units done by one call."""
    work()
    began = time.perf_counter()
    calls = 0
    while (spent := time.perf_counter() - began) < seconds:
        work()
        calls += 1
    return calls * per_call / spent


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie, nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def calibration(folder: Path | None = None) -> list[Result]:
    """What this machine does, to read the other figures by: RSA-3072 signatures, durable writes, plain Python."""
    return [
        Result("calibration: RSA-3072 signatures", _signatures(), "/s"),
        Result("calibration: fdatasync of 4 kB", _syncs(folder), "/s"),
        Result("calibration: Python loop of 10,000", rate(lambda: sum(range(10_000)), seconds=0.5), "/s"),
    ]


def _signatures() -> float:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return rate(lambda: key.sign(b"x" * 1000, padding.PKCS1v15(), hashes.SHA256()), seconds=1.0)


def _syncs(folder: Path | None) -> float:
    with tempfile.TemporaryFile(dir=folder) as file:
        handle = file.fileno()

        def write() -> None:
            os.pwrite(handle, b"x" * 4096, 0)
            os.fdatasync(handle)

        return rate(write, seconds=1.0)
