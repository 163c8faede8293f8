"""The pages that must come even when the store does not answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os
os.environ.update(
    DJANGO_SETTINGS_MODULE="samhandling.settings",
    SAMHANDLING_HOME=os.path.dirname(os.path.abspath(__file__)),
    SAMHANDLING_DATABASE="postgresql://nobody@127.0.0.1:1/none",
)
import django
django.setup()
from django.test import Client
browser = Client(SERVER_NAME="localhost", raise_request_exception=False)
browser.cookies["sessionid"] = "abc"
for path in ("/inn/", "/finnes/ikke/"):
    answer = browser.get(path)
    body = answer.content.decode()
    print(answer.status_code, "store.unreachable" in body, "IKT-vakten" in body, "127.0.0.1" in body)
"""


def test_without_a_store_the_page_says_so_and_whom_to_call(tmp_path: Path) -> None:
    script = tmp_path / "ask.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    answers = [line for line in done.stdout.splitlines() if line[:4] in {"503 ", "404 "}]
    assert answers == ["503 True True False", "404 False False False"], done.stderr[-2000:]
