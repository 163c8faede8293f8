"""`samhandling render`, as a tester runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import message


def render(*words: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SAMHANDLING_", "DJANGO_"))}
    program = Path(sys.executable).parent / "samhandling"
    return subprocess.run(
        [str(program), "render", *words], capture_output=True, cwd=cwd, env=environment, timeout=60, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "melding.xml").write_bytes(message())
    (tmp_path / "tull.xml").write_bytes(b"<Tull>")
    return tmp_path


def test_it_works(folder):
    done = render("melding.xml", cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    page = done.stdout.decode("utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="nb">')
    assert "131169 00216" in page


def test_as_text_in_another_language(folder):
    done = render("melding.xml", "--text", "--lang", "en", cwd=folder)
    assert done.returncode == 0
    assert "Sender\n  Name: Sykehuset Prøve HF" in done.stdout.decode("utf-8")


def test_what_cannot_be_read_is_said_and_is_a_problem(folder):
    done = render("tull.xml", cwd=folder)
    assert done.returncode == 1
    assert "velformet" in done.stderr.decode("utf-8")


@pytest.mark.parametrize("words", [["melding.xml", "--lang", "se"], ["finnes-ikke.xml"], []])
def test_wrong_use(folder, words):
    done = render(*words, cwd=folder)
    assert done.returncode == 2
    assert done.stdout == b""
