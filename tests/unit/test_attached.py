"""Attachments are counted and judged where they stand."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from binascii import Error as BrokenError
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samhandling.messages.facts.attached import measure, signature
from tests import payloads as p
from tests.unit.test_profiles_reports import DIALOGUE


@given(content=st.binary(max_size=300), every=st.integers(1, 80))
def test_size_and_judgement_agree_with_decoding(content, every):
    written = base64.b64encode(content).decode()
    broken_up = "\n\t ".join(written[i : i + every] for i in range(0, len(written), every))
    for text in (written, broken_up, f" {broken_up}\r\n"):
        assert measure(text) == (len(content), bool(content))


@settings(max_examples=300)
@given(text=st.text("AQgw+/= \n!æ-", max_size=12))
def test_what_python_cannot_decode_is_none(text):
    squeezed = "".join(text.split())
    try:
        base64.b64decode(squeezed.encode(), validate=True)
        # Python forgives a sign of padding too many; xs:base64Binary does not.
        fine = len(squeezed) % 4 == 0
    except (BrokenError, ValueError):
        fine = False
    assert measure(text).readable == (fine and bool(squeezed))


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n0", "image/png"),
        (b"MZ\x90\x00", "application/x-msdownload"),
        (b"Hei", ""),
        (b"", ""),
    ],
)
def test_what_the_first_bytes_say(start, kind):
    assert signature("\n " + base64.b64encode(start + b"x" * 300).decode()) == kind


MEASURE = """
import sys
from samhandling.messages import display, engine, facts, profiles
from samhandling.messages.receipts import OwnParties, judge

def highest():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1000

def receive(data):
    reading = engine.read(data)
    found = facts.facts(reading)
    profiles.check(found, reading.tree)
    verdict = judge(reading, found, OwnParties.of(["2021"]))
    return verdict.verdict, len(found.attachments), len(display.html(reading))

receive(open(sys.argv[2], "rb").read())
data = open(sys.argv[1], "rb").read()
before = highest()
verdict, attachments, shown = receive(data)
print(verdict, attachments, shown, round((highest() - before) / (len(data) / 1e6), 2))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_document_of_35_mb_takes_at_most_four_times_its_size(tmp_path):
    """Read, checked, judged, and shown, in a process of its own; the document itself is not counted."""
    large, small = tmp_path / "large.xml", tmp_path / "small.xml"
    small.write_bytes(p.with_attachments(DIALOGUE, p.attachment("QUFB")))
    pages = [p.attachment("QUFB" * 625_000, description=f"Del {number}") for number in range(14)]
    large.write_bytes(p.with_attachments(DIALOGUE, *pages))
    assert large.stat().st_size > 35_000_000
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(large), str(small)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    verdict, attachments, shown, times = done.stdout.split()
    assert (verdict, attachments) == ("accepted", "14")
    assert int(shown) < 100_000
    assert float(times) <= 4
