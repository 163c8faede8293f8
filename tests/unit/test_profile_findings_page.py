"""docs/profile-findings.md names every finding there is, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CODE = re.compile(r'"((?:HODE|HISD?\d+|HITS\d+|PLO|STRUKTUR)-\d\d)"')


def test_the_page_and_the_code_agree() -> None:
    folder = ROOT / "src" / "samhandling" / "messages"
    sources = [*(folder / "profiles").glob("*.py"), *(folder / "compose").glob("*.py")]
    written = {code for source in sources for code in _CODE.findall(source.read_text(encoding="utf-8"))}
    page = (ROOT / "docs" / "profile-findings.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| ([A-Z0-9]+-\d\d) \|", page, re.MULTILINE)
    assert len(told) == len(set(told))
    assert set(told) == written


def test_the_page_says_which_findings_stop_sending() -> None:
    """Read from the code: a finding that says `blocks=False` stops nothing."""
    page = (ROOT / "docs" / "profile-findings.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([A-Z0-9]+-\d\d) \|.*\| (yes|no) \|$", page, re.MULTILINE))
    count = 0
    for source in (ROOT / "src" / "samhandling" / "messages" / "profiles").glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "at":
                continue
            texts = (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
            code = next((text for text in texts if _CODE.fullmatch(f'"{text}"')), None)
            if code is not None:
                count += 1
                blocks = not any(word.arg == "blocks" for word in node.keywords)
                assert told[code] == ("yes" if blocks else "no"), code
    assert count > 80
