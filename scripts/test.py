"""`./run test [pytest words]`: everything on SQLite, then whatever touches the store once more on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys


def _postgres_answers(url: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=3):
            return True
    except psycopg.OperationalError as error:
        print(f"PostgreSQL does not answer: {error}", file=sys.stderr)
        return False


def main() -> int:
    """Run both; the exit status is the worse of them."""
    words = sys.argv[1:]
    workers = os.environ.get("SAMHANDLING_TEST_WORKERS", str(min(4, os.cpu_count() or 1)))
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", workers, *words]
    print("Store: SQLite", flush=True)
    first = subprocess.run(pytest, env={**os.environ, "SAMHANDLING_TEST_STORE": "sqlite"}).returncode
    url = os.environ.get("SAMHANDLING_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
    if not _postgres_answers(url):
        if os.environ.get("SAMHANDLING_STRICT") == "1":
            return 1
        print("Skipped on PostgreSQL: no server (set SAMHANDLING_TEST_POSTGRES).", flush=True)
        return first
    print("Store: PostgreSQL", flush=True)
    environment = {**os.environ, "SAMHANDLING_TEST_STORE": "postgres", "SAMHANDLING_TEST_POSTGRES": url}
    second = subprocess.run([*pytest, "-m", "store"], env=environment).returncode
    return first or (0 if second == 5 and words else second)


if __name__ == "__main__":
    sys.exit(main())
