"""Writes docs/conformance.md: `python -m scripts.conformance`; with `--check` only says whether it is up to date.

The requirements and what shows each of them stand in `conformance_rows`. Every test that is named there must exist.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from scripts.conformance_rows import RECEIVING, SENDING, Row

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "conformance.md"
HEAD = """# Conformance

What shows that the requirements of the national acceptance tests are met, for a sending and for a receiving system.
Written by `python -m scripts.conformance`; the gate checks that it is up to date and that every test exists. The
requirements are told in our own words, under the numbers of the collaboration's checklist. A test is run by
`./run test tests/…::test_…`; those in `tests/conformance` need the official files (`SAMHANDLING_STANDARDS`).
"""


def node(name: str) -> str:
    """The test's name for pytest: `store/filing::it_works` is `tests/store/test_filing.py::test_it_works`."""
    place, _, test = name.partition("::")
    folder, _, module = place.rpartition("/")
    return f"tests/{folder}/test_{module}.py::test_{test}"


def tests_of(rows: Iterable[Row]) -> list[str]:
    """Every test that the rows name."""
    return sorted({node(name) for row in rows for name in row.shown_by if not name.startswith("page ")})


def missing(rows: Iterable[Row]) -> list[str]:
    """What is wrong with the rows: tests that pytest does not find, requirements that nothing shows, ids met twice."""
    found = list(rows)
    wanted = tests_of(found)
    files = sorted({name.partition("::")[0] for name in wanted})
    gone = [file for file in files if not (ROOT / file).exists()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *set(files) - set(gone)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    known = set()
    for line in done.stdout.splitlines():
        if "::" in line:
            # A test in a class is named without it here.
            file, test = line.strip().partition("::")[0], line.strip().rpartition("::")[2]
            known |= {f"{file}::{test}", f"{file}::{test.partition('[')[0]}"}
    wrong = [f"no such test: {name}" for name in wanted if name not in known]
    wrong += [f"nothing shows {row.id}" for row in found if not row.shown_by]
    ids = [row.id for row in found]
    return wrong + [f"twice: {name}" for name in sorted({name for name in ids if ids.count(name) > 1})]


def page() -> str:
    """The page as it should be."""
    lines = [HEAD]
    for title, rows in (("Sending", SENDING), ("Receiving", RECEIVING)):
        lines += [f"## {title}", "", "| | Requirement | Shown by |", "|---|---|---|"]
        lines += [f"| {row.id} | {row.says} | {_shown(row)} |" for row in rows]
        lines.append("")
    short = [row for row in (*SENDING, *RECEIVING) if row.lacks]
    lines += ["## Not met, or met otherwise", ""]
    lines += [f"- **{row.id}**: {row.lacks}." for row in short]
    return "\n".join(lines) + "\n"


def _shown(row: Row) -> str:
    names = [f"`{name.removeprefix('page ')}`" if name.startswith("page ") else _link(name) for name in row.shown_by]
    return "<br>".join([*names, *(["*see below*"] if row.lacks else [])])


def _link(name: str) -> str:
    file, _, test = node(name).partition("::")
    return f"[{test.removeprefix('test_').replace('_', ' ')}](../{file})"


def main() -> int:
    """Write or check the page."""
    wrong = missing((*SENDING, *RECEIVING))
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        return 1
    if "--check" in sys.argv[1:]:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        if not current:
            print("docs/conformance.md is out of date: python -m scripts.conformance", file=sys.stderr)
        return 0 if current else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
