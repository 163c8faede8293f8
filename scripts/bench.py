"""`./run bench [NAME…] [--json]`: every measurement in a process of its own, beside what this machine can do.

A measurement never fails a build: the exit status is 1 only when one could not be taken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_RUN_ONE = """
import importlib, json, sys
found = importlib.import_module(sys.argv[1])
results = (found.calibration if sys.argv[1] == "benchmarks" else found.run)()
json.dump([result.as_dict() for result in results], sys.stdout)
"""


def names() -> list[str]:
    """Every measurement there is."""
    return sorted(path.stem.removeprefix("bench_") for path in (ROOT / "benchmarks").glob("bench_*.py"))


def take(module: str) -> tuple[list[dict[str, Any]], str]:
    """The figures of one module, or none and why."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN_ONE, module],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return [], done.stderr.strip()
    return json.loads(done.stdout.splitlines()[-1]), ""


def line(figure: dict[str, Any]) -> str:
    """One figure for people: value, goal and whether it is met, peer and ratio."""
    text = f"  {figure['name']:<58} {figure['value']:>12,.4g} {figure['unit']:<6}"
    if figure["goal"] is not None:
        sign = "≤" if figure["lower_is_better"] else "≥"
        text += f"  goal {sign} {figure['goal']:,g}: {'met' if figure['met'] else 'NOT MET'}"
    if figure["peer"]:
        text += f"  [{figure['peer']}: {figure['peer_value']:,.4g}; {figure['ratio']:.2f} times better]"
    return text + (f"  ({figure['note']})" if figure["note"] else "")


def main() -> int:
    """Take and print them."""
    words = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    words.add_argument("name", nargs="*", help=f"one of: {', '.join(names())}")
    words.add_argument("--json", action="store_true", help="one JSON list and nothing else")
    chosen = words.parse_args()
    unknown = set(chosen.name) - set(names())
    if unknown:
        words.error(f"no such measurement: {', '.join(sorted(unknown))}")
    failed = False
    everything: list[dict[str, Any]] = []
    for module in ["benchmarks", *(f"benchmarks.bench_{name}" for name in chosen.name or names())]:
        figures, trouble = take(module)
        everything += figures
        if not chosen.json:
            print(module.removeprefix("benchmarks.bench_"), flush=True)
            for figure in figures:
                print(line(figure), flush=True)
        if trouble:
            failed = True
            print(f"  could not be taken:\n{trouble}", file=sys.stderr, flush=True)
    if chosen.json:
        print(json.dumps(everything, ensure_ascii=False, indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
