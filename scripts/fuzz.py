"""`./run fuzz [--minutes N] [NAME…]`: hunt for counter-examples with fresh seeds.

Two kinds. `tests/fuzz/fuzz_<name>.py` has `fuzz(seed, stop_at) -> list[Counterexample]`: it makes inputs from `seed`
until `time.monotonic()` reaches `stop_at`. And every Hypothesis test is run with a profile that is not derandomised.
What is found is stored in `tests/fuzz/found/` as a test case (synthetic data only), and the exit status is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOUND = ROOT / "tests" / "fuzz" / "found"


def entries() -> list[str]:
    """Names of our own hunts."""
    return sorted(path.stem.removeprefix("fuzz_") for path in (ROOT / "tests" / "fuzz").glob("fuzz_*.py"))


def hunt(name: str, seconds: float) -> int:
    """Run one hunt; store what it finds and give how many."""
    seed = secrets.randbits(48)
    print(f"{name}: seed {seed}, {seconds:.0f} s", flush=True)
    entry = importlib.import_module(f"tests.fuzz.fuzz_{name}")
    found = entry.fuzz(seed, time.monotonic() + seconds)
    for example in found:
        store(name, example.data, example.reason)
    return len(found)


def store(name: str, data: bytes, reason: str) -> Path:
    """Keep a counter-example under a name made from its bytes, with the reason beside it."""
    FOUND.mkdir(parents=True, exist_ok=True)
    path = FOUND / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}.bin"
    path.write_bytes(data)
    path.with_suffix(".txt").write_text(reason + "\n")
    print(f"  found: {path.relative_to(ROOT)}: {reason.splitlines()[0] if reason else ''}", flush=True)
    return path


def hypothesis_tests(seconds: float) -> int:
    """Run every Hypothesis test with fresh examples, again and again until the time is up; 0 when all pass."""
    began = time.monotonic()
    environment = {
        **os.environ,
        "SAMHANDLING_HYPOTHESIS": "fuzz",
        "SAMHANDLING_FUZZ_EXAMPLES": os.environ.get("SAMHANDLING_FUZZ_EXAMPLES", "500"),
    }
    # Hypothesis keeps its own counter-examples there; a failing one also prints how to reproduce it.
    environment["HYPOTHESIS_STORAGE_DIRECTORY"] = str(FOUND / "hypothesis")
    rounds = 0
    while rounds == 0 or time.monotonic() - began < seconds:
        rounds += 1
        seed = secrets.randbits(32)
        print(f"hypothesis tests: seed {seed}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-m", "hypothesis", f"--hypothesis-seed={seed}", "tests"],
            cwd=ROOT,
            env=environment,
        )
        if done.returncode not in {0, 5}:
            return 1
    return 0


def main() -> int:
    """Share the time among all, and say what was found."""
    words = argparse.ArgumentParser(prog="./run fuzz", description=__doc__)
    words.add_argument("name", nargs="*", help=f"one of: {', '.join([*entries(), 'hypothesis'])}; without: all")
    words.add_argument("--minutes", type=float, default=5.0, help="for all together (5)")
    chosen = words.parse_args()
    unknown = set(chosen.name) - {*entries(), "hypothesis"}
    if unknown:
        words.error(f"no such hunt: {', '.join(sorted(unknown))}")
    sys.path.insert(0, str(ROOT))
    which = chosen.name or [*entries(), "hypothesis"]
    share = chosen.minutes * 60 / len(which)
    found = 0
    for name in which:
        found += hypothesis_tests(share) if name == "hypothesis" else hunt(name, share)
    print(f"Found {found} counter-example(s)." if found else "Found nothing.", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
