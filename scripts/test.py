"""`./run test [pytest words]`: everything on SQLite, then whatever touches the store once more on PostgreSQL.

The last line sums both rounds up: `N passed, N failed, N skipped`. With SAMHANDLING_STRICT=1 a missing server is a
failure, without it a skip with its reason. SAMHANDLING_TEST_WORKERS: processes side by side (one a core).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("SAMHANDLING_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
NO_TESTS = 5
"""pytest's exit status when its words chose no test."""


def postgres_answers() -> bool:
    """Whether there is a server to test on; says why not."""
    import psycopg

    try:
        with psycopg.connect(POSTGRES, connect_timeout=3):
            return True
    except psycopg.OperationalError as error:
        print(f"PostgreSQL does not answer: {error}", file=sys.stderr)
        return False


def one_round(store: str, words: list[str], counts: Counter[str]) -> int:
    """Run pytest on one store, add up what came of it, and give its exit status."""
    workers = os.environ.get("SAMHANDLING_TEST_WORKERS", str(os.cpu_count() or 1))
    environment = {**os.environ, "SAMHANDLING_TEST_STORE": store, "SAMHANDLING_TEST_POSTGRES": POSTGRES}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        pytest = [sys.executable, "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", f"--junitxml={report}"]
        status = subprocess.run([*pytest, "-o", "junit_logging=no", *words], cwd=ROOT, env=environment).returncode
        if report.exists():
            count(report, counts)
    return status


def count(report: Path, counts: Counter[str]) -> None:
    """Add the sums of a JUnit report to `counts`."""
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 (we wrote it ourselves)
        all_tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        counts.update(passed=all_tests - skipped - failed, failed=failed, skipped=skipped)


def main() -> int:
    """Run both; the exit status is the worse of them."""
    words = sys.argv[1:]
    counts: Counter[str] = Counter(passed=0, failed=0, skipped=0)
    began = time.monotonic()
    print("Store: SQLite", flush=True)
    statuses = [one_round("sqlite", words, counts)]
    if postgres_answers():
        print("Store: PostgreSQL", flush=True)
        # A word such as -m of the caller's own would win over ours, so the choice is made in conftest.py.
        os.environ["SAMHANDLING_TEST_ONLY_STORE"] = "1"
        statuses.append(one_round("postgres", words, counts))
    elif os.environ.get("SAMHANDLING_STRICT") == "1":
        statuses.append(1)
    else:
        print("Not tested on PostgreSQL: no server (set SAMHANDLING_TEST_POSTGRES).", flush=True)
    if words and NO_TESTS in statuses and len(set(statuses)) > 1:
        # The caller's choice touches no store, or nothing but the store.
        statuses = [status for status in statuses if status != NO_TESTS]
    print(f"Took {time.monotonic() - began:.0f} s", flush=True)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped", flush=True)
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
