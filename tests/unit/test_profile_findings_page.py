"""docs/profile-findings.md names every finding there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CODE = re.compile(r'"((?:HODE|HIS1153|HITS1174|PLO|HIS1149|STRUKTUR)-\d\d)"')


def test_the_page_and_the_code_agree() -> None:
    folder = ROOT / "src" / "samhandling" / "messages"
    sources = [*(folder / "profiles").glob("*.py"), *(folder / "compose").glob("*.py")]
    written = {code for source in sources for code in _CODE.findall(source.read_text(encoding="utf-8"))}
    page = (ROOT / "docs" / "profile-findings.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| ([A-Z0-9]+-\d\d) \|", page, re.MULTILINE)
    assert len(told) == len(set(told))
    assert set(told) == written
